"""Both formulations of a rate network side by side: linear responses, eigenvalues, what is measured.

Rates that relax and inputs that relax are one model where all time constants are one [Miller2012].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Measure
from ncm_app.models.rates._ei_populations import X_e, X_i
from ncm_app.models.rates._f_i_curve import f
from ncm_app.models.rates._responses import fixed_point, gains, weights

FREQUENCIES = np.geomspace(0.5, 500.0, 241)
ONE = 1.0  # strength of weights and inputs


def rest(run: Any, p: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the rates (2,) and gains (2,) of the fixed point near the end of a run; NaN where there is none."""
    X = np.array([p.X_e, p.X_i]) + (p.t_1 <= run.t[-1]) * np.array([p.step_e, p.step_i])
    r = fixed_point(p, np.clip(run.y[:2, -1], 0.0, None), X, ONE)
    return r, gains(weights(p) @ r + X, p)


def rates(run: Any, p: Any) -> tuple[Any, Any]:
    """Return the rates of the second formulation (kHz): f of recurrent and external input."""
    I_e, I_i = run.y[2:]
    return f(I_e + sine(run.t, p) + X_e(run.t, p), p), f(I_i + X_i(run.t, p), p)


@register_jitable
def sine(t: Any, p: Any) -> Any:
    """Return the sine that e is given besides, mV."""
    return p.A_x * np.sin(2.0 * np.pi * p.f_x * t / 1000.0)


def jacobians(g: np.ndarray, p: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the Jacobians (2, 2) of both formulations at gains (2,), 1/ms."""
    W, G, rate = weights(p), np.diag(g), np.diag([1.0 / p.tau_e, 1.0 / p.tau_i])
    return rate @ (G @ W - np.eye(2)), rate @ (W @ G - np.eye(2))


def linear(frequency: Any, g: np.ndarray, p: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much r_e of both swings for a mV of a sine into e (kHz/mV), at frequencies (m,), Hz."""
    one, other = jacobians(g, p)
    turn = 2j * np.pi * np.atleast_1d(frequency)[:, None, None] / 1000.0 * np.eye(2)
    first = np.linalg.solve(turn - one, np.broadcast_to([[g[0] / p.tau_e], [0.0]], (len(turn), 2, 1)))
    W_g = weights(p)[:, :1] * g[0] / np.array([[p.tau_e], [p.tau_i]])
    second = np.linalg.solve(turn - other, np.broadcast_to(W_g, (len(turn), 2, 1)))
    return np.abs(first[:, 0, 0]), np.abs(g[0] * (1.0 + second[:, 0, 0]))


def swings(run: Any, p: Any) -> tuple[float, float] | None:
    """Return the swings of r_e of both at the sine's frequency (kHz), over whole periods at the end; None if none."""
    period = 1000.0 / p.f_x
    whole = np.floor(run.t[-1] / 2.0 / period)
    if p.A_x == 0.0 or whole < 1:
        return None
    late = run.t > run.t[-1] - whole * period
    wave = np.exp(-2j * np.pi * run.t[late] / period)
    return tuple(float(2.0 * abs(np.mean(r[late] * wave))) for r in (run.y[0], rates(run, p)[0]))  # type: ignore[return-value]


def draw_rates(run: Any, p: Any) -> dict[str, tuple[Any, ...]]:
    """The rates of both over time, Hz."""
    second = rates(run, p)
    return {name: (run.t, 1000.0 * r)
            for name, r in zip(("r_e", "r_i", "f_e", "f_i"), (*run.y[:2], *second), strict=True)}


def draw_plane(run: Any, p: Any) -> dict[str, tuple[Any, ...]]:
    """The rates of both in the plane of e and i, and their fixed point, Hz."""
    (r_e, r_i), (f_e, f_i), (e, i) = run.y[:2], rates(run, p), rest(run, p)[0]
    return {"first": (1000.0 * r_e, 1000.0 * r_i), "second": (1000.0 * f_e, 1000.0 * f_i),
            "now": ([1000.0 * e], [1000.0 * i])}


def draw_eigenvalues(run: Any, p: Any) -> dict[str, tuple[Any, ...]]:
    """The eigenvalues of both at the fixed point, 1/ms."""
    r, g = rest(run, p)
    if not np.isfinite(r).all():
        return {}
    found = [np.linalg.eigvals(J) for J in jacobians(g, p)]
    high = 1.2 * max(np.abs(found[0].imag).max(), 0.01)
    return {"first": (found[0].real, found[0].imag), "second": (found[1].real, found[1].imag),
            "zero": ([0.0, 0.0], [-high, high])}


def draw_responses(run: Any, p: Any) -> dict[str, tuple[Any, ...]]:
    """How much r_e of both swings for a mV of a sine into e, Hz/mV, and what the run shows."""
    r, g = rest(run, p)
    if not np.isfinite(r).all():
        return {}
    one, other = linear(FREQUENCIES, g, p)
    drawn: dict[str, tuple[Any, ...]] = {"first": (FREQUENCIES, 1000.0 * one), "second": (FREQUENCIES, 1000.0 * other)}
    seen = swings(run, p)
    return drawn if seen is None else drawn | {"now": ([p.f_x] * 2, 1000.0 * np.array(seen) / p.A_x)}


def measured(run: Any, p: Any) -> tuple[Measure, ...]:
    """How far apart the rates of e are late in the run, and the swings that a sine makes."""
    apart = 1000.0 * np.abs(rates(run, p)[0] - run.y[0])
    found = [Measure("most apart in the second half", float(apart[run.t >= run.t[-1] / 2.0].max()), "Hz"),
             Measure("apart in the end", float(apart[-1]), "Hz")]
    (r, g), seen = rest(run, p), swings(run, p)
    if seen is not None and np.isfinite(r).all():
        known = [1000.0 * p.A_x * float(one[0]) for one in linear(p.f_x, g, p)]
        found += [Measure(f"swing of r_e, {name}", 1000.0 * one, "Hz", theory=theory, theory_name="linear response")
                  for name, one, theory in zip(("Eq. 3.11", "Eq. 3.12"), seen, known, strict=True)]
    return tuple(found)
