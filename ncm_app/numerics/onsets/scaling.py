"""Laws by which period and amplitude of cycles change near the parameter where they begin.

With x the distance of the parameter from there:

* SNIC: the period is T_0 + C / sqrt(x);
* homoclinic orbit: T_0 - ln(x) / rate, with the slower leading rate of the saddle;
* supercritical Hopf point: the period is finite, the amplitude C sqrt(x);
* fold of cycles: both are finite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.optimize

from ncm_app.numerics.results import Array

LAWS: dict[str, Callable[[Array], Array]] = {"SNIC": lambda x: 1.0 / np.sqrt(x), "homoclinic": lambda x: -np.log(x)}
"""Name of an onset with a period without bound -> the law of that period, but for two constants."""

NEAREST, FARTHEST = 1e-9, 3.0
"""Where the end of the law may lie beyond the last cycle, in ranges of the fitted ones."""

_TRIALS = 200


@dataclass(frozen=True)
class PeriodFit:
    """A law fitted to periods: `critical` value of the parameter, `slope` C, `error` relative."""

    law: str
    critical: float
    slope: float
    error: float


def fit_period(law: str, values: Array, periods: Array) -> PeriodFit:
    """Fit T_0, C and the critical value to cycles (m,), the last one nearest to the end."""
    toward = float(np.sign(values[-1] - values[0]))
    width = abs(float(values[-1] - values[0]))

    def solve(log_gap: float) -> tuple[float, Array]:
        shape = LAWS[law](np.abs(values - values[-1]) + width * np.exp(log_gap))
        rows = np.column_stack([np.ones_like(shape), shape]) / periods[:, None]
        constants: Array = np.linalg.lstsq(rows, np.ones_like(periods), rcond=None)[0].astype(np.float64)
        return float(np.sqrt(np.mean((rows @ constants - 1.0) ** 2))), constants

    gaps = np.linspace(np.log(NEAREST), np.log(FARTHEST), _TRIALS)
    best = int(np.argmin([solve(gap)[0] for gap in gaps]))
    around = gaps[max(best - 1, 0)], gaps[min(best + 1, _TRIALS - 1)]
    gap = float(scipy.optimize.minimize_scalar(lambda g: solve(g)[0], bounds=around, method="bounded",
                                               options={"xatol": 1e-6}).x)
    error, constants = solve(gap)
    return PeriodFit(law, float(values[-1]) + toward * width * float(np.exp(gap)), float(constants[1]), error)


def period_exponent(values: Array, periods: Array, critical: float) -> float:
    """Return the exponent e of T (m,) = T_0 + C |value - critical|^e: -1/2 at a SNIC, near 0 at a homoclinic orbit."""
    x = np.abs(values - critical)

    def error(exponent: float) -> float:
        rows = np.column_stack([np.ones_like(x), (x / x.max()) ** exponent]) / periods[:, None]
        constants = np.linalg.lstsq(rows, np.ones_like(periods), rcond=None)[0]
        return float(np.mean((rows @ constants - 1.0) ** 2))

    found = scipy.optimize.minimize_scalar(error, bounds=(-2.0, -1e-3), method="bounded", options={"xatol": 1e-6})
    return float(found.x)


def amplitude_exponent(values: Array, amplitudes: Array, critical: float) -> float:
    """Return the slope of ln(amplitude) (m,) over ln|value - critical|, 1/2 at a Hopf point; NaN from less than two."""
    x = np.abs(values - critical)
    use = (x > 0.0) & (amplitudes > 0.0)
    if np.count_nonzero(use) < 2 or np.ptp(np.log(x[use])) == 0.0:
        return float("nan")
    return float(np.polyfit(np.log(x[use]), np.log(amplitudes[use]), 1)[0])
