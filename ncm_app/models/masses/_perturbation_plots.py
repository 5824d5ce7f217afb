"""What the page of second-order analysis draws and measures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ncm_app.core.model import Measure
from ncm_app.models.masses._hopf_points import OSCILLATOR, Answer, expansion_of, here, place_of, side_of
from ncm_app.numerics.amplitude.feedback import Sigmoid, second_order_frequency
from ncm_app.numerics.amplitude.landscape import stationary
from ncm_app.numerics.perturbation.averaged import EPSILONS, frequencies, transient
from ncm_app.numerics.perturbation.comparison import KINDS, ORDERS, PHASES, SLOPES, range_of, slope_of

LIMIT, SLOW = 0.05, 40.0  # error up to which an order is valid; duration of the averaged transient, in eps t
NAMES = tuple(f"order {order}" for order in ORDERS)


def parameter_at(p: Any) -> float:
    """Return the parameter at the chosen distance from the Hopf point."""
    expansion = expansion_of(p)
    return float(expansion.p[0] + side_of(expansion) * place_of(p).farthest * p.d / 100.0)


def distance_at(x: float, p: Any) -> float:
    """Return the distance, in % of the farthest, of a place on the parameter's axis."""
    expansion, place = expansion_of(p), place_of(p)
    return float(np.clip(100.0 * (x - expansion.p[0]) * side_of(expansion) / place.farthest, 0.1, 100.0))


def valid_to(answer: Answer, row: int) -> float:
    """Return the distance up to which an order gives the first harmonic within LIMIT."""
    return range_of(answer.distances, answer.comparison.errors[1, row], LIMIT)


def _over_parameter(answer: Answer, p: Any, true: Any, predicted: Any, lowest: float) -> dict[str, Any]:
    """Return true and predicted values over the parameter, the shaded range, and where the page is."""
    expansion, reach = answer.expansion, answer.place.farthest
    q = expansion.p[0] + side_of(expansion) * reach * np.linspace(0.0, 1.0, 121)
    drawn: dict[str, Any] = {"true": (np.r_[q[0], answer.comparison.p], np.r_[lowest, true])}
    for name, order in zip(NAMES, ORDERS, strict=True):
        sizes = [expansion.size(order, float(value)) for value in q]
        drawn[name] = (q, np.array([math.nan if math.isnan(eps) else predicted(order, eps) for eps in sizes]))
        drawn[name][1][0] = lowest
    row = p.order
    far = min(valid_to(answer, row), reach)
    ends = np.array([q[0], q[0] + side_of(expansion) * far])
    both = np.r_[lowest, true, drawn[NAMES[0]][1]]
    low, top = np.nanmin(both), np.nanmax(both)
    drawn["valid"] = (np.sort(ends), np.full(2, low), np.full(2, top))
    return drawn


def draw_amplitude(answer: Answer, p: Any) -> dict[str, Any]:
    """First harmonic over the parameter."""
    def harmonic(order: int, eps: float) -> float:
        wave = answer.expansion.states(order, eps)[answer.place.observed]
        return float(2.0 * abs(np.fft.rfft(wave)[1]) / len(wave))

    now = here(p)
    drawn = _over_parameter(answer, p, answer.comparison.a[0], harmonic, 0.0)
    return drawn | ({} if now is None else {"now": ([now.p[-1]], [now.a[0, -1]])})


def draw_frequency(answer: Answer, p: Any) -> dict[str, Any]:
    """Frequency over the parameter, as a share of that at the Hopf point."""
    start, now = answer.expansion.omega[0], here(p)
    drawn = _over_parameter(answer, p, answer.comparison.omega[0] / start,
                            lambda order, eps: answer.expansion.frequency(order, eps) / start, 1.0)
    return drawn | ({} if now is None else {"now": ([now.p[-1]], [now.omega[0, -1] / start])})


def draw_wave(answer: Answer, p: Any) -> dict[str, Any]:
    """What is observed over a turn at the chosen distance."""
    now = here(p)
    if now is None:
        return {}
    phase = np.linspace(0.0, 1.0, PHASES + 1)
    return {name: (phase, np.r_[wave, wave[0]]) for name, wave in zip(("true", *NAMES), now.waves[:, -1], strict=True)}


def draw_errors(answer: Answer, p: Any) -> dict[str, Any]:
    """Errors of the chosen kind over the distance, and lines of the expected slopes through the nearest."""
    errors, distance, drawn = answer.comparison.errors[p.error], np.abs(answer.distances), {}
    x, y = [], []
    for name, row, slope in zip(NAMES, errors, SLOPES[KINDS[p.error]], strict=True):
        shown = np.where(row > 1e-11, row, np.nan)
        drawn[name] = (distance, shown)
        if np.isfinite(shown).any():
            k = int(np.flatnonzero(np.isfinite(shown))[0])
            ends = np.array([distance[k], distance[-1]])
            x += [*ends, math.nan]
            y += [*shown[k] * (ends / ends[0]) ** slope, math.nan]
    now = np.abs([parameter_at(p) - answer.expansion.p[0]] * 2)
    return drawn | {"expected": (np.array(x), np.array(y)), "now": (now, [1e-11, 1.0])}


def rhythm_of(p: Any) -> tuple[Sigmoid, float] | None:
    """Return the feedback of the oscillator at the chosen gain, and the amplitude of its stable rhythm, if any."""
    if place_of(p).slug != OSCILLATOR:
        return None
    feedback = Sigmoid(parameter_at(p), p.th, p.rho)
    found = stationary(feedback)
    return (feedback, found[-1]) if found else None


def draw_transient(answer: Answer, p: Any) -> dict[str, Any]:
    """The amplitude of the oscillator and of its average, from a little above the separatrix, or from near rest."""
    found = rhythm_of(p)
    if found is None:
        return {}
    feedback, rhythm = found
    both = stationary(feedback)
    run = transient(feedback, p.eps, 1.1 * both[0] if len(both) > 1 else 0.1 * rhythm, SLOW)
    return {"oscillator": (run.tau, run.R), "averaged": (run.tau, run.averaged)}


def draw_shift(answer: Answer, p: Any) -> dict[str, Any]:
    """How much slower than 1 the rhythm is, over eps: order 2 of averaging, and harmonic balance."""
    found = rhythm_of(p)
    if found is None:
        return {}
    predicted, true = frequencies(*found)
    return {"order 2": (EPSILONS, -predicted), "true": (EPSILONS, -true)}


def measured(answer: Answer, p: Any) -> tuple[Measure, ...]:
    """Frequency and first harmonic of each order beside the true cycle; slopes of errors; ranges; coefficients."""
    place, expansion, now = answer.place, answer.expansion, here(p)
    unit = "Hz" if place.slug == "jansen_rit" else "1"
    found = [Measure("Hopf point", float(expansion.p[0]), unit),
             Measure("frequency there", float(expansion.omega[0]) * place.hertz, place.frequency_unit)]
    if now is not None:
        for row, order in enumerate(ORDERS, 1):
            if np.isfinite(now.a[row, -1]):
                found.append(Measure(f"first harmonic, order {order}", float(now.a[row, -1]), place.unit,
                                     theory=float(now.a[0, -1]), theory_name="true"))
        f = now.omega[:, -1] * place.hertz
        if np.isfinite(f[p.order + 1]):
            found.append(Measure(f"frequency, order {ORDERS[p.order]}", float(f[p.order + 1]), place.frequency_unit,
                                 theory=float(f[0]), theory_name="true"))
    for row, order in enumerate(ORDERS):
        slope = slope_of(answer.distances, answer.comparison.errors[p.error, row], KINDS[p.error])
        if math.isfinite(slope):
            found.append(Measure(f"slope, order {order}", slope, theory=SLOPES[KINDS[p.error]][row]))
    if math.isfinite(valid_to(answer, p.order)):
        found.append(Measure(f"order {ORDERS[p.order]} valid to", valid_to(answer, p.order), unit))
    rhythm = rhythm_of(p)
    if rhythm is not None:
        found.append(Measure("omega_2 of the rhythm", second_order_frequency(*rhythm)))
    return tuple(found)


def sentence(answer: Answer, p: Any) -> str:
    """How good the chosen order is here, and how far it is good."""
    place, now, order = answer.place, here(p), ORDERS[p.order]
    born = f"{place.parameter} = {parameter_at(p):.4g}, Hopf point at {answer.expansion.p[0]:.4g}"
    if now is None:
        return f"{born}: no cycle was found by harmonic balance"
    error, far = now.errors[1, p.order, -1], valid_to(answer, p.order)
    if not math.isfinite(error):
        return f"{born}: order {order} has no cycle here, harmonic balance has one"
    within = f"within 5 % up to a distance of {far:.3g}" if math.isfinite(far) else "within 5 % as far as is drawn"
    beyond = "" if abs(now.p[-1] - answer.expansion.p[0]) <= far else "; here take harmonic balance"
    return f"{born}: order {order} misses the first harmonic by {100.0 * error:.2g} %, {within}{beyond}"
