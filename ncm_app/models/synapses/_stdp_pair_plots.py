"""Two spike trains, the traces that they leave, and the weight that learns from them (Eq. 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ncm_app.numerics.results.base import Result
from ncm_app.numerics.spikes.arrivals import arrivals

PAIRS, POISSON = range(2)
FIRST = 200.0  # ms before the first spike
GRID = 2000


@dataclass(frozen=True)
class Learned(Result):
    """Spikes (ms) of both neurons; traces (kHz) and weight (mV ms) at times t (ms), before and after each spike."""

    pre: np.ndarray
    post: np.ndarray
    t: np.ndarray
    y_e: np.ndarray
    y_i: np.ndarray
    J: np.ndarray
    duration: float


def spikes(p: Any) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the inhibitory and the excitatory spikes, and how long is looked at, ms."""
    if p.protocol == POISSON:
        return (*(np.sort(arrivals(rate / 1000.0, p.T, p.seed, stream)[0])
                  for stream, rate in enumerate((p.r_i, p.r_e))), p.T)
    starts = FIRST + p.period * np.arange(p.pairs)
    pre, post = starts + max(-p.delay, 0.0), starts + max(p.delay, 0.0)
    return pre, post, float(max(pre[-1], post[-1]) + FIRST + 2.0 * p.tau_y)


def learn(p: Any) -> Learned:
    """Follow Eq. 4.1 from spike to spike: between them traces decay and the weight stays."""
    pre, post, duration = spikes(p)
    times, is_post = np.concatenate([pre, post]), np.repeat([0, 1], [len(pre), len(post)])
    order = np.lexsort((is_post, times))  # of two at one time one sees the other: the inhibitory one comes first
    times, is_post = times[order], is_post[order]
    after = np.empty((3, len(times) + 1))
    after[:, 0] = 0.0, 0.0, p.J_0
    kept = np.exp(-np.diff(times, prepend=0.0) / p.tau_y)
    y_e, y_i, J = after[:, 0]
    r_0 = p.r_0 / 1000.0
    for k, (keep, fired) in enumerate(zip(kept.tolist(), is_post.tolist(), strict=True), 1):
        y_e, y_i = y_e * keep, y_i * keep
        if fired:
            J -= p.epsilon * y_i
            y_e += 1.0 / p.tau_y
        else:
            J -= p.epsilon * (y_e - 2.0 * r_0)
            y_i += 1.0 / p.tau_y
        after[:, k] = y_e, y_i, J
    grid = np.linspace(0.0, duration, GRID)
    t = np.concatenate([grid, times, times])
    last = np.concatenate([np.searchsorted(times, grid, side="right"), np.arange(len(times)),
                           1 + np.arange(len(times))])
    place = np.lexsort((last, t))
    t, last = t[place], last[place]
    decayed = np.exp(-(t - np.concatenate([[0.0], times])[last]) / p.tau_y)
    y_e, y_i, J = after[:, last]
    return Learned(pre, post, t, y_e * decayed, y_i * decayed, J, duration)


def change(delay: Any, p: Any) -> Any:
    """Return the weight change (mV ms) by all pairs of the protocol at delays (ms): each spike meets each other one."""
    m = np.arange(1 - p.pairs, p.pairs)
    met = (p.pairs - np.abs(m)) * np.exp(-np.abs(m * p.period + np.asarray(delay)[..., None]) / p.tau_y)
    return -p.epsilon / p.tau_y * (met.sum(axis=-1) - 2.0 * p.pairs * p.r_0 / 1000.0 * p.tau_y)


def printed(delay: Any, p: Any) -> Any:
    """Return the change by one pair as the book prints it, where 2 r_0 lacks its factor tau_y."""
    return -p.epsilon / p.tau_y * (np.exp(-np.abs(delay) / p.tau_y) - 2.0 * p.r_0 / 1000.0)


def drift(r_e: Any, p: Any, t: Any) -> Any:
    """Return the mean change by Poisson trains up to times t (ms), whose traces begin at 0."""
    r_e, r_i, r_0 = np.asarray(r_e) / 1000.0, p.r_i / 1000.0, p.r_0 / 1000.0
    return -2.0 * p.epsilon * r_i * (r_e * (t - p.tau_y * -np.expm1(-t / p.tau_y)) - r_0 * t)


def spread(r_e: Any, p: Any, t: Any) -> Any:
    """Return the SD of that change: of a sum over pairs of points of two independent Poisson processes."""
    r_e, r_i, r_0, tau = np.asarray(r_e) / 1000.0, p.r_i / 1000.0, p.r_0 / 1000.0, p.tau_y
    q = np.exp(-t / tau)
    seen = 2.0 * t - 2.0 * tau * (1.0 - q)  # integral of K, where K(s) = 2 - exp(-s / tau) - exp(-(t - s) / tau)
    squared = 4.0 * t - 8.0 * tau * (1.0 - q) + tau * (1.0 - q**2) + 2.0 * t * q  # and of K squared
    pairs = t / tau - (1.0 - q**2) / 2.0  # integral of exp(-2 |s - s'| / tau) / tau^2
    met = r_e * r_i * pairs + (r_e**2 * r_i + r_i**2 * r_e) * squared
    return p.epsilon * np.sqrt(np.maximum(4.0 * r_0**2 * r_i * t - 4.0 * r_0 * r_e * r_i * seen + met, 0.0))


def draw_spikes(answer: Learned, p: Any) -> dict[str, tuple[Any, ...]]:
    """Ticks of both neurons."""
    return {"excitatory": (answer.post, np.ones(len(answer.post))),
            "inhibitory": (answer.pre, np.zeros(len(answer.pre)))}


def draw_traces(answer: Learned, p: Any) -> dict[str, tuple[Any, ...]]:
    """Both traces, Hz."""
    return {"y_e": (answer.t, 1000.0 * answer.y_e), "y_i": (answer.t, 1000.0 * answer.y_i)}


def draw_weight(answer: Learned, p: Any) -> dict[str, tuple[Any, ...]]:
    """The weight, and where Poisson trains take it on average."""
    drawn: dict[str, tuple[Any, ...]] = {"J_ei": (answer.t, answer.J)}
    if p.protocol == POISSON:
        t = np.linspace(0.0, answer.duration, 201)
        mean, sd = p.J_0 + drift(p.r_e, p, t), spread(p.r_e, p, t)
        drawn |= {"mean": (t, mean), "band": (t, mean - sd, mean + sd)}
    return drawn


def draw_window(answer: Learned, p: Any) -> dict[str, tuple[Any, ...]]:
    """The change over the delay, the one that the book prints, and the present one; a lone pair beside trains."""
    x = np.linspace(-1300.0, 1300.0, 1301)
    if p.protocol == POISSON:
        return {"change": (x, change(x, p._replace(pairs=1, period=1.0)))}
    drawn = {"change": (x, change(x, p)), "now": ([p.delay], [answer.J[-1] - p.J_0])}
    return drawn | ({"printed": (x, printed(x, p))} if p.pairs == 1 else {})


def draw_drift(answer: Learned, p: Any) -> dict[str, tuple[Any, ...]]:
    """The mean change by Poisson trains over the excitatory rate, and the present one."""
    if p.protocol == PAIRS:
        return {}
    x = np.linspace(0.0, 50.0, 201)
    mean, sd = drift(x, p, p.T), spread(x, p, p.T)
    return {"mean": (x, mean), "band": (x, mean - sd, mean + sd), "now": ([p.r_e], [answer.J[-1] - p.J_0])}
