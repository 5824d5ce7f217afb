"""What the page of inhibition-stabilised networks draws and measures."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.model import Measure
from ncm_app.core.symbols import in_symbols
from ncm_app.models.rates._responses import external, fixed_point, followed, gains, response, weights
from ncm_app.numerics.networks.mean_field import balanced_rates

STRENGTHS = np.geomspace(0.2, 30.0, 121)
NAMES = tuple(map(in_symbols, ("r_e by X_e", "r_i by X_e", "r_e by X_i", "r_i by X_i")))


def at_start(run: Any, p: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the rates (2,) of the run just before the step, or at its end, and the total inputs (2,) there."""
    before = np.flatnonzero(run.t < p.t_1) if p.step_e or p.step_i else np.arange(len(run.t))
    r = np.asarray(run.y[:2, before[-1] if len(before) else 0])
    return r, p.c * (weights(p) @ r + np.array([p.X_e, p.X_i]))


def own_gain(current: Any, p: Any) -> float:
    """Return the gain of e times its weight onto itself: more than 1, and only inhibition keeps e in check."""
    return float(gains(current[0], p) * p.c * p.w_ee)


def draw_matrix(run: Any, p: Any) -> dict[str, tuple[Any, ...]]:
    """The four responses, Hz/mV, from the gains, and by how far fixed points move for a mV more."""
    r, current = at_start(run, p)
    X = np.array([p.X_e, p.X_i])
    rest = fixed_point(p, r, X, p.c)
    moved = [fixed_point(p, rest, X + more, p.c) - rest for more in np.eye(2)]
    rows = np.arange(4.0)
    return {"linear": (1000.0 * response(p, current).T.ravel(), rows), "moved": (1000.0 * np.ravel(moved), rows),
            "none": ([0.0, 0.0], [-0.5, 3.5])}


def draw_own(run: Any, p: Any) -> dict[str, tuple[Any, ...]]:
    """How i answers its own input, Hz/mV, over the gain of e times w_ee, the other gains and weights held."""
    _, current = at_start(run, p)
    g_e, g_i = gains(current, p) * p.c
    now, own = own_gain(current, p), 1000.0 * response(p, current)[1, 1]
    x = np.linspace(0.0, 2.0 * max(now, 1.0), 301)
    determinant = (1.0 - x) * (1.0 - g_i * p.w_ii) - g_e * g_i * p.w_ei * p.w_ie
    y = 1000.0 * g_i * (1.0 - x) / np.where(determinant > 0.0, determinant, np.nan)
    y[np.abs(y) > 4.0 * max(abs(own), abs(y[0]))] = np.nan  # near where the fixed point is lost
    return {"theory": (x, y), "none": (x[[0, -1]], [0.0, 0.0]), "now": ([now], [own])}


def draw_strength(run: Any, p: Any) -> dict[str, tuple[Any, ...]]:
    """Both fixed points over the strength of weights and inputs, Hz, and where they go."""
    r, _ = at_start(run, p)
    X = np.array([p.X_e, p.X_i])
    r_e, r_i = 1000.0 * followed(p, r, X, STRENGTHS)
    limit = balanced_rates(weights(p), X)
    drawn: dict[str, tuple[Any, ...]] = {"r_e": (STRENGTHS, r_e), "r_i": (STRENGTHS, r_i),
                                         "now": ([p.c, p.c], 1000.0 * r)}
    if np.all(np.isfinite(limit)):
        ends = STRENGTHS[[0, -1]]
        drawn["balance"] = ([*ends, np.nan, *ends], 1000.0 * np.repeat([limit[0], np.nan, limit[1]], (2, 1, 2)))
    return drawn


def measured(run: Any, p: Any) -> tuple[Measure, ...]:
    """The gain of e through itself, what the step did, and how far the inputs to e cancel."""
    r, current = at_start(run, p)
    found = [Measure("g_e w_ee", own_gain(current, p))]
    if (p.step_e or p.step_i) and p.t_1 < run.t[-1]:
        known = response(p, current) @ np.array([p.step_e, p.step_i])
        found += [Measure(f"change of {name}", float(1000.0 * (after - before)), "Hz", theory=float(1000.0 * linear),
                          theory_name="linear response")
                  for name, before, after, linear in zip(("r_e", "r_i"), r, run.y[:2, -1], known, strict=True)]
    end, X = run.y[:2, -1], external(float(run.t[-1]), p)
    limit = balanced_rates(weights(p), X)
    if np.all(np.isfinite(limit)):
        found += [Measure(f"{name} in the end", float(1000.0 * rate), "Hz", theory=float(1000.0 * far),
                          theory_name="balance") for name, rate, far in zip(("r_e", "r_i"), end, limit, strict=True)]
    excitatory = p.w_ee * end[0] + X[0]
    if excitatory > 0.0:
        found.append(Measure("excitation of e that is not cancelled",
                             float(100.0 * (1.0 + p.w_ei * end[1] / excitatory)), "%"))
    return tuple(found)
