"""What plastic synapses show: their weights over time, beside the rate network that learns by the same rule."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.core.snapshot import Snapshot
from ncm_app.models.networks import _spike_plots as spikes
from ncm_app.models.networks._answer import NetworkAnswer
from ncm_app.models.networks._ei import rate_network_of
from ncm_app.models.networks._plots import RATE, TIME
from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.trains import PER_SECOND

STEP = 2.0
"""Step of the rate network, ms: far below its time constants, 30 and 15 ms."""
COLUMNS, ROWS = 120, 40
"""Cells of the histogram of weights over time, at most."""

Drawing = dict[str, tuple[Any, ...]]


def input_after(p: Any) -> float:
    """Return the rate of a source after the step, Hz."""
    return max(p.r_x + p.step_x, 0.0)


def as_rates(p: Any) -> Any:
    """Return the parameters of the rate network of Eq. 4.3 that this network has by mean-field theory."""
    x = p.N_x * p.p / PER_SECOND
    steps = {"step_e": x * p.j_ex * (input_after(p) - p.r_x), "step_i": x * p.j_ix * (input_after(p) - p.r_x)}
    own = {"t_1": p.t_1, "g": p.g, "theta": p.theta, "eps_r": 2.0 * p.eps * p.N_i * p.p, "r_0": p.r_0 / PER_SECOND,
           **{name: value for name, value in rate_network_of(p).items() if name != "w_ei"}, **steps}
    model = find("plastic_rates")
    return Snapshot.of(model, {**model.preset_values(None), **own}).p


def rate_model(p: Any) -> tuple[Array, Array]:
    """Return times (m,) ms and r_e, r_i (kHz), w_ei (mV/kHz) of the rate network, (3, m), by Heun's method."""
    return _stepped(as_rates(p), float(p.t_end), rate_network_of(p)["w_ei"])


@lru_cache(4)  # two plots show it
def _stepped(given: Any, t_end: float, w_ei: float) -> tuple[Array, Array]:
    rhs, t = find("plastic_rates").rhs, np.arange(0.0, t_end + STEP / 2.0, STEP)
    course = [(0.0, 0.0, w_ei)]
    for now in t[:-1].tolist():
        y = course[-1]
        first = rhs(now, y, given)
        second = rhs(now + STEP, tuple(a + STEP * da for a, da in zip(y, first, strict=True)), given)
        course.append(tuple(a + STEP / 2.0 * (da + db) for a, da, db in zip(y, first, second, strict=True)))
    found = np.array(course).T
    for array in (t, found):
        array.setflags(write=False)
    return t, found


def fixed_point(p: Any) -> tuple[float, float]:
    """Return r_i (Hz) and the mean weight from i to e (mV ms) with which e fires at the target after the step.

    NaN where none can be: no cells, or no inhibition to learn with.
    """
    given, r_0 = as_rates(p), p.r_0 / PER_SECOND
    r_i = given.g * (given.w_ie * r_0 + given.X_i + given.step_i - given.theta) / (1.0 - given.g * given.w_ii)
    synapses = p.N_i * p.p
    if r_i <= 0.0 or synapses == 0.0 or given.g == 0.0:
        return float("nan"), float("nan")
    w_ei = (r_0 / given.g + given.theta - given.w_ee * r_0 - given.X_e - given.step_e) / r_i
    return PER_SECOND * r_i, w_ei / synapses


def rates(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the smoothed rates; the mean field of fixed weights has no part in it."""
    return {name: columns for name, columns in spikes.rates(answer, p).items() if not name.startswith("theory")}


def expected_rates(p: Any) -> Drawing:
    """Draw the rates of the rate network, and the target."""
    t, (r_e, r_i, _) = rate_model(p)
    return {"model_e": (t, PER_SECOND * r_e), "model_i": (t, PER_SECOND * r_i),
            "target": ([0.0, p.t_end], [p.r_0, p.r_0])}


def weights(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the share of synapses over their weight in the course of time, and their mean."""
    if not answer.run.weights or not answer.run.weights[0].weights.size:
        return {}
    history = answer.run.weights[0]
    every = -(-len(history.t) // COLUMNS)
    t, kept = history.t[::every], history.weights[::every]
    low, high = float(kept.min()), float(kept.max())
    edges = np.linspace(low, high if high > low else low + 1.0, ROWS + 1)
    shares = np.array([100.0 / kept.shape[1] * np.histogram(row, edges)[0] for row in kept]).T
    width = t[1] - t[0] if len(t) > 1 else STEP
    return {"share": (np.append(t, t[-1] + width), edges, np.where(shares > 0.0, shares, np.nan)),
            "mean": (history.t, history.mean)}


def expected_weight(p: Any) -> Drawing:
    """Draw the mean weight that the rate network gives."""
    synapses = p.N_i * p.p
    if not synapses:
        return {}
    t, y = rate_model(p)
    return {"model": (t, y[2] / synapses)}


PLOTS = (
    Plot("rates", "Rates", TIME, RATE,
         (Mark("e", role="excitatory", label="e", ghost=True), Mark("i", role="inhibitory", label="i", ghost=True),
          Mark("model_e", role="theory", label="rate network"), Mark("model_i", role="theory"),
          Mark("target", role="now", label="target")), rates, fixed=expected_rates, shape="wide", over_time=True,
         fits="y"),
    Plot("learning", "Weights from i to e", TIME, Variable("weight", (-100.0, 0.0), unit="mV ms"),
         (Mark("share", "heatmap"), Mark("mean", role="now", label="mean", ghost=True),
          Mark("model", role="theory", label="rate network")), weights, fixed=expected_weight, shape="wide",
         over_time=True, fits="y", colours=Variable("share of synapses", (0.0, 15.0), unit="%")),
)
