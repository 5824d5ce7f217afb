"""What the page of semi-stable states draws and measures."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from ncm_app.core.model import Measure
from ncm_app.numerics.amplitude.escape import dwell_times, kramers_time
from ncm_app.numerics.amplitude.feedback import Feedback, Polynomial, Sigmoid, SigmoidOfPotential, potential, slope
from ncm_app.numerics.amplitude.landscape import Landscape, density, fold, landscape, share_above, stationary
from ncm_app.numerics.amplitude.noisy import NoisyRun, oscillator_steps, simulate, step_of
from ncm_app.numerics.results.base import Array

CURRENT, POLYNOMIAL, POTENTIAL = range(3)
NOISES = np.geomspace(0.1, 2.0, 25)
WINDOW = 2.0 * math.pi * 20.0  # of the signal: 20 turns of the oscillator
BATCHES, ENOUGH = 20, 5


def feedback_of(p: Any) -> Feedback:
    """Return the feedback that is chosen."""
    if p.feedback == POLYNOMIAL:
        return Polynomial(p.K, p.a_1, p.a_2)
    return (SigmoidOfPotential if p.feedback == POTENTIAL else Sigmoid)(p.G, p.th, p.rho)


def land_of(p: Any, geometric: int | None = None) -> Landscape:
    """Return the potential of the parameters, with the noise in the form that is chosen, or in one asked for."""
    return landscape(feedback_of(p), p.s, p.noise if geometric is None else geometric)


def split_of(p: Any) -> float:
    """Return the amplitude that parts rest and rhythm, the unstable one of two; inf where there are no two states."""
    found = stationary(feedback_of(p))
    return found[0] if len(found) > 1 else math.inf


def run(p: Any, progress: Any) -> NoisyRun:
    """Return the noisy run, of the amplitude or of the oscillator."""
    return simulate(land_of(p), split_of(p), p.eps, p.T, p.R_0, p.seed, p.noise == 1, progress)


# Plots ------------------------------------------------------------------------------------------

def seen(p: Any) -> float:
    """Return how far the potential is drawn."""
    found = stationary(feedback_of(p))
    return float(max(1.3 * (found[-1] if found else 0.0), 3.0 * p.s, 1.3 * p.R_0))


def ball_at(answer: NoisyRun, p: Any) -> int:
    """Return which record shows the chosen moment of the run."""
    return round((len(answer.tau) - 1) * p.at / 100.0)


def draw_potential(answer: NoisyRun, p: Any) -> dict[str, Any]:
    """U, V and the ball where the run is at the chosen moment."""
    land = land_of(p)
    R = answer.R[ball_at(answer, p)]
    U = np.interp(R, land.R, land.U)
    return fixed_potential(p) | {"ball": ([R], [U - 0.5 * p.s**2 * math.log(max(R, 1e-6)) if p.noise else U])}


def fixed_potential(p: Any) -> dict[str, Any]:
    """U and V over R, wells as points; what is high above is left out."""
    land, last = land_of(p), seen(p)
    inside = last >= land.R
    R, U = land.R[inside], land.U[inside]
    found = [0.0, *stationary(feedback_of(p))]
    heights = np.interp(found, land.R, land.U)
    top = heights.max() + max(1.2 * np.ptp(heights), 1.5 * p.s**2)
    V = U - 0.5 * p.s**2 * np.log(np.maximum(R, 1e-9))
    drawn = {"U": (R, np.where(top >= U, U, np.nan)), "states": (found, heights)}
    return drawn | ({"V": (R, np.where(top >= V, V, np.nan))} if p.noise else {})


def draw_amplitude(answer: NoisyRun, p: Any) -> dict[str, Any]:
    """R over eps t, with the stationary amplitudes, and where the ball is."""
    found, k = stationary(feedback_of(p)), ball_at(answer, p)
    ends = [0.0, float(answer.tau[-1])]
    drawn = {"R": (answer.tau, answer.R), "ball": ([answer.tau[k]], [answer.R[k]])}
    lines = {name: (ends, [R, R]) for name, R in zip(_names(p), found, strict=True)}
    return drawn | lines


def _names(p: Any) -> tuple[str, ...]:
    """Return what the stationary amplitudes above 0 are called, rising."""
    return {0: (), 1: ("rhythm",), 2: ("separatrix", "rhythm")}[len(stationary(feedback_of(p)))]


def draw_signal(answer: NoisyRun, p: Any) -> dict[str, Any]:
    """x over turns of the oscillator from the chosen moment on, with its amplitude."""
    k = min(ball_at(answer, p), len(answer.tau) - 2)
    if p.noise:
        turns = step_of(land_of(p), p.eps, True)[1]
        steps = int(WINDOW / (2.0 * math.pi) * turns)
        state, (R, variance, x, y) = np.array([answer.x[k], answer.y[k]]), np.empty((4, steps))
        oscillator_steps(state, feedback_of(p).code, feedback_of(p).numbers, p.eps, p.s, 2.0 * math.pi / turns, p.seed,
                         k * answer.every, R, variance, x, y)
        t = np.arange(1, steps + 1) / turns
    else:
        t = np.linspace(0.0, WINDOW / (2.0 * math.pi), 1281)
        R = np.interp(answer.tau[k] + 2.0 * math.pi * t * p.eps, answer.tau, answer.R)
        x = R * np.sin(2.0 * np.pi * t)
    return {"x": (t, x), "R": (t, R)}


def draw_histogram(answer: NoisyRun, p: Any) -> dict[str, Any]:
    """Time spent at each amplitude, and what the two forms of the noise say of it."""
    width = answer.edges[1] - answer.edges[0]
    return {"run": (answer.edges, answer.counts / max(answer.counts.sum(), 1) / width)} | fixed_histogram(p)


def fixed_histogram(p: Any) -> dict[str, Any]:
    """Density of the amplitude with noise on it alone, and with the circle."""
    line, circle = land_of(p, 0), land_of(p, 1)
    return {"line": (line.R, density(line)), "circle": (circle.R, density(circle))}


@functools.lru_cache(maxsize=16)
def _dwell_curves(feedback: Feedback, geometric: int) -> Array:
    """Return exact and Kramers times up and down, (4, n), over NOISES; NaN where there is one well only."""
    rows = []
    for s in NOISES:
        land = landscape(feedback, float(s), geometric)
        rows.append((*dwell_times(land), kramers_time(land, True), kramers_time(land, False)))
    found = np.array(rows).T
    return np.where(np.isfinite(found) & (found < 1e8), found, np.nan)


def fixed_dwell(p: Any) -> dict[str, Any]:
    """Mean dwell times over the noise, exact and by Kramers."""
    up, down, up_kramers, down_kramers = _dwell_curves(feedback_of(p), p.noise)
    if not (np.isfinite(up).any() or np.isfinite(down).any()):  # one state alone is never left
        return {}
    return {"rest": (NOISES, up), "rhythm": (NOISES, down), "Kramers": (
        np.concatenate([NOISES, [np.nan], NOISES]), np.concatenate([up_kramers, [np.nan], down_kramers]))}


def draw_dwell(answer: NoisyRun, p: Any) -> dict[str, Any]:
    """Theory over the noise; means of the run with two standard errors."""
    drawn = fixed_dwell(p)
    timed = {"rest, run": mean_of(answer.low), "rhythm, run": mean_of(answer.high)}
    bars: list[tuple[float, float]] = []
    for name, (mean, error) in timed.items():
        if math.isfinite(mean):
            drawn[name] = ([p.s], [mean])
            bars += [(p.s, max(mean - 2.0 * error, 0.2 * mean)), (p.s, mean + 2.0 * error), (math.nan, math.nan)]
    return drawn | ({"errors": tuple(np.array(bars).T)} if bars else {})


def draw_survival(answer: NoisyRun, p: Any) -> dict[str, Any]:
    """Share of dwell times that are longer than a time, over that time in means; exp(-t) if leaving forgets."""
    t = np.linspace(0.0, 5.0, 101)
    drawn: dict[str, Any] = {"exponential": (t, np.exp(-t))}
    for name, times in (("rest", answer.low), ("rhythm", answer.high)):
        if len(times) >= ENOUGH:
            rising = np.sort(times) / times.mean()
            drawn[name] = (rising, 1.0 - np.arange(1, len(rising) + 1) / (len(rising) + 1.0))
    return drawn


@functools.lru_cache(maxsize=32)
def _branches(th: float, rho: float) -> tuple[Array, Array]:
    """Return gain and amplitude along the rhythm of the sigmoid: G = R / Phi(R)."""
    R = np.geomspace(1e-3, 16.0, 400)
    return R / (R - slope(Sigmoid(1.0, th, rho), R)), R


def draw_gain(answer: NoisyRun, p: Any) -> dict[str, Any]:
    """Stationary amplitudes over the gain, and where the run spent its time on average."""
    mean = float(answer.R.mean())
    if p.feedback != CURRENT:
        return {"stable": ([0.0, 60.0], [0.0, 0.0]), "now": ([p.G], [mean])} if p.feedback == POTENTIAL else {}
    return fixed_gain(p) | {"now": ([p.G], [mean])}


SHOWN = 30.0
"""Gain up to which branches are drawn, unless one has gone beyond."""


def fixed_gain(p: Any) -> dict[str, Any]:
    """The stable and the unstable amplitudes, with the fold and the Hopf point."""
    if p.feedback != CURRENT:
        return {}
    G, R = _branches(p.th, p.rho)
    hopf, (G_F, R_F) = Sigmoid(p.G, p.th, p.rho).hopf, fold(p.th, p.rho)
    end = 60.0 if p.G > SHOWN else SHOWN
    up, inside = R > R_F, end >= G
    rest = ([0.0, min(hopf, end)], [0.0, 0.0])
    stable = (np.r_[rest[0], np.nan, G[up & inside]], np.r_[rest[1], np.nan, R[up & inside]])
    unstable = (np.r_[G[~up & inside], np.nan, min(hopf, end), end], np.r_[R[~up & inside], np.nan, 0.0, 0.0])
    points = ([G_F, hopf], [R_F, 0.0]) if hopf <= end else ([G_F], [R_F])
    return {"stable": stable, "unstable": unstable, "fold and Hopf": points}


# Numbers ----------------------------------------------------------------------------------------

def mean_of(times: Array) -> tuple[float, float]:
    """Return the mean of dwell times and its standard error, NaN for fewer than ENOUGH."""
    if len(times) < ENOUGH:
        return math.nan, math.nan
    return float(times.mean()), float(times.std(ddof=1) / math.sqrt(len(times)))


def share_of(answer: NoisyRun, split: float) -> tuple[float, float]:
    """Return the share of time in the rhythm and its standard error: from whole cycles, or from parts of the run."""
    lengths, above = answer.cycles
    if len(lengths) >= ENOUGH:
        share = float(above.sum() / lengths.sum())
        scatter = float(np.std(above - share * lengths, ddof=1))
        return share, scatter * math.sqrt(len(lengths)) / float(lengths.sum())
    return answer.above, batched((split < answer.R).astype(float))[1]


def batched(values: Array) -> tuple[float, float]:
    """Return the mean of a series and its standard error from the means of its parts."""
    parts = np.array([part.mean() for part in np.array_split(values, BATCHES)])
    return float(values.mean()), float(parts.std(ddof=1) / math.sqrt(BATCHES))


def measured(answer: NoisyRun, p: Any) -> tuple[Measure, ...]:
    """Dwell times, the share of time in the rhythm and the mean amplitude, each beside its theory."""
    land, found = land_of(p), []
    if land.barrier is not None:
        up, down = dwell_times(land)
        for name, times, theory, upward in (("in rhythm", answer.high, down, False), ("at rest", answer.low, up, True)):
            mean, error = mean_of(times)
            if math.isfinite(mean):
                found.append(Measure(f"dwell {name}", mean, theory=theory, error=error))
            found.append(Measure(f"Kramers {name}", kramers_time(land, upward), theory=theory, theory_name="exact"))
    if math.isfinite(split := split_of(p)):
        share, doubt = share_of(answer, split)
        found.append(Measure("share in rhythm", share, theory=share_above(land, split), error=doubt))
        heights = potential(land.feedback, np.array([0.0, *stationary(land.feedback)]))
        found += [Measure("barrier from rest", float(heights[1] - heights[0])),
                  Measure("barrier from rhythm", float(heights[1] - heights[2]))]
    mean, error = batched(answer.R)
    found.append(Measure("mean amplitude", mean, theory=float(np.trapezoid(land.R * density(land), land.R)),
                         error=error))
    if p.feedback == CURRENT:
        found += [Measure("G at the fold", fold(p.th, p.rho)[0]),
                  Measure("G at the Hopf point", Sigmoid(p.G, p.th, p.rho).hopf)]
    return tuple(found)


def sentence(answer: NoisyRun, p: Any) -> str:
    """What there is, and how often the run went from one to the other."""
    found, land = stationary(feedback_of(p)), land_of(p)
    short = f" (the run ends at {answer.tau[-1]:.0f}: 20 million steps)" if answer.tau[-1] < 0.99 * p.T else ""
    if p.feedback == POTENTIAL:
        return "rest alone: feedback of the potential does no work over a turn, so no gain makes a second state"
    if len(found) < 2:
        return f"rhythm alone, of amplitude {found[0]:.3g}" if found else "rest alone"
    told = f"rest and a rhythm of amplitude {found[1]:.3g}, parted at {found[0]:.3g}"
    if land.barrier is None:
        return f"{told}; noise on the oscillator leaves one peak of the density, at {land.alone:.3g}"
    here, other = share_above(land, found[0]), share_above(land_of(p, 1 - p.noise), found[0])
    where = "the amplitude alone" if p.noise else "the oscillator"
    count = f"{len(answer.high)} times left for rest" if len(answer.high) != 1 else "left for rest once"
    return f"{told}: {count}; {100 * here:.3g} % of time in it, {100 * other:.3g} % were the noise on {where}{short}"
