"""What the page of slow drift draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ncm_app.models.masses._drift_runs import (
    BURSTS,
    NOISE,
    SEEN,
    TURN,
    Answer,
    case_of,
    course_of,
    slow_of,
    slug_of,
)
from ncm_app.numerics.amplitude.landscape import fold
from ncm_app.numerics.drift.bursts import hopf_gain
from ncm_app.numerics.drift.lags import hopf_lag, node_lag
from ncm_app.numerics.drift.ramp import HOLD, MS
from ncm_app.numerics.drift.states import REST, RHYTHM, SPIKES, occupancy
from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spectra import power_spectrum

Drawing = dict[str, tuple[Any, ...]]
MOST = 1200  # pieces of a run of which the extremes are drawn
WINDOW, AROUND, SEGMENT, HIGHEST = 2.0, 4.0, 2000.0, 40.0  # s after, s about the moment; ms; Hz
ROWS = np.array([0.0, 1.0, 2.0, 2.0])  # of states in plots: with noise alone the high rest is a rhythm too
CODES = ("LP", "H", "LPC")


def duration_of(p: Any) -> float:
    """Return how long the run is, s."""
    if case_of(p) in (BURSTS, NOISE):
        return float(p.T)
    course = course_of(p)
    return 2.0 * (HOLD / MS + abs(course.end - course.start) / course.rate)


def share_at(t: float, p: Any) -> float:
    """Return which part of the run a time is, %."""
    return float(np.clip(100.0 * t / duration_of(p), 0.0, 100.0))


def here(answer: Answer, p: Any) -> int:
    """Return which record is at the chosen moment."""
    return round((len(answer.run.t) - 1) * p.at / 100.0)


def extremes(answer: Answer) -> tuple[Array, Array, Array]:
    """Return time, parameter and the lowest and highest signal, in turn, of short pieces of a run."""
    run = answer.run
    size = max(len(run.t) // MOST, 1)
    count = len(run.t) // size
    t, parameter, x = (column[:count * size].reshape(count, size) for column in (run.t, run.parameter, run.x))
    middle = [np.repeat(column.mean(axis=1), 2) for column in (t, parameter)]
    return middle[0], middle[1], np.column_stack([x.min(axis=1), x.max(axis=1)]).ravel()


def directed(x: Array, y: Array, parameter: Array) -> Drawing:
    """Return a curve in two: where the parameter rises or stays, and where it falls."""
    steps = np.diff(parameter[::2], append=parameter[-1])
    steps[-1] = steps[-2] if len(steps) > 1 else 0.0
    if len(k := np.flatnonzero(steps)):  # before and after a ramp it goes the way that it will go, or went
        steps = steps[k[np.minimum(np.searchsorted(k, np.arange(len(steps))), len(k) - 1)]]
    rising = np.repeat(steps >= 0.0, 2)
    return {"up": (x, np.where(rising, y, np.nan)), "down": (x, np.where(rising, np.nan, y))}


def draw_diagram(answer: Answer, p: Any) -> Drawing:
    """The run over the diagram, and the point of the chosen moment."""
    k, lines, run = here(answer, p), answer.background, answer.run
    drawn = {"stable": lines.stable, "unstable": lines.unstable, "rhythm": lines.cycles,
             "unstable rhythm": lines.unstable_cycles}
    if answer.R is not None:
        slow, size = slow_of(p), max(round(2.0 * math.pi * TURN / run.dt), 1)
        G, R = np.repeat(run.parameter[::size], 2), np.repeat(answer.R[::size], 2)
        G_F, R_F = fold(slow.th, slow.rho)
        return drawn | directed(G, R, G) | {"here": ([run.parameter[k]], [answer.R[k]]),
                                            "points": ([G_F, hopf_gain(slow)], [R_F, 0.0])}
    _, parameter, x = extremes(answer)
    shown = [q for q in lines.points if q.code in CODES]
    return drawn | directed(parameter, x, parameter) | {
        "here": ([run.parameter[k]], [run.x[k]]), "points": (
            [q.parameters[lines.parameter] for q in shown], [float(q.state[SEEN[slug_of(p)]]) for q in shown])}


def draw_trace(answer: Answer, p: Any) -> Drawing:
    """The signal over time, and the chosen moment."""
    t, parameter, x = extremes(answer)
    k = here(answer, p)
    return directed(t, x, parameter) | {"here": ([answer.run.t[k]], [answer.run.x[k]])}


def draw_states(answer: Answer, p: Any) -> Drawing:
    """The state of each window over time, where noise switches."""
    if case_of(p) != NOISE:
        return {}
    row, t, k = ROWS[answer.windows.state], answer.windows.t, here(answer, p)
    near = int(np.argmin(np.abs(t - answer.run.t[k])))
    half = 0.5 * (t[1] - t[0]) if len(t) > 1 else 0.5
    edges = np.column_stack([t - half, t + half]).ravel()
    return {"in turn": (edges, np.repeat(row, 2)), "here": ([t[near]], [row[near]])}


def draw_window(answer: Answer, p: Any) -> Drawing:
    """The signal from the chosen moment on."""
    run = answer.run
    size = min(round(WINDOW / run.dt) + 1, len(run.t))
    k = min(here(answer, p), len(run.t) - size)
    return {"x": (run.dt * np.arange(size), run.x[k:k + size])}


def draw_spectrum(answer: Answer, p: Any) -> Drawing:
    """The power spectrum of the signal about the chosen moment."""
    run = answer.run
    size = min(round(AROUND / run.dt), len(run.t))
    k = int(np.clip(here(answer, p) - size // 2, 0, len(run.t) - size))
    f, power = power_spectrum(run.x[k:k + size], run.dt * MS, SEGMENT)
    shown = (f > 0.0) & (f <= HIGHEST)
    return {"power": (f[shown], np.maximum(power[shown], 1e-12))}


def draw_lags(answer: Answer, p: Any) -> Drawing:
    """Lags over the rate of the drift, measured and expected."""
    if answer.lags is None:
        return {}
    lags, rates = answer.lags, np.geomspace(0.25, 64.0, 60)
    node, hopf = lags.node, lags.hopf
    k = int(np.argmin(np.abs(lags.rates - p.rate)))
    found = [value for value in (node[k], hopf[k]) if math.isfinite(value) and value > 0.0]
    return {"Airy": (rates, node_lag(rates, lags.passage)), "Hopf theory": (rates, hopf_lag(rates, lags.speed)),
            "saddle-node": (lags.rates, np.where(node > 0.0, node, np.nan)),
            "Hopf": (lags.rates, np.where(hopf > 0.0, hopf, np.nan)), "here": ([p.rate] * len(found), found)}


def draw_shares(answer: Answer, p: Any) -> Drawing:
    """The share of time in each state, with what the parts of the run differ by."""
    if case_of(p) != NOISE:
        return {}
    shares, _ = occupancy(answer.windows)
    rows = np.array([REST, SPIKES, RHYTHM])
    x = np.column_stack([np.zeros(3), shares[rows], np.full(3, np.nan)]).ravel()
    return {"bars": (x, np.repeat(np.arange(3.0), 3)), "share": (shares[rows], np.arange(3.0))}


def draw_gain(answer: Answer, p: Any) -> Drawing:
    """The gain over time, with the values between which rest and rhythm are both stable."""
    if case_of(p) != BURSTS:
        return {}
    slow, run, k = slow_of(p), answer.run, here(answer, p)
    ends, G_F, G_H = [0.0, float(run.t[-1])], fold(slow.th, slow.rho)[0], hopf_gain(slow)
    size = max(round(2.0 * math.pi * TURN / run.dt), 1)
    t, G = np.repeat(run.t[::size], 2), np.repeat(run.parameter[::size], 2)
    return {**directed(t, G, G), "fold": (ends, [G_F, G_F]), "Hopf": (ends, [G_H, G_H]),
            "here": ([run.t[k]], [run.parameter[k]])}
