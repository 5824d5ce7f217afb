"""Plots and sentences of the recurrent network with a readout."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.model import Mark, Measure, Plot, Variable
from ncm_app.models.learning._rnn_readout_state import (
    DRAWN,
    LEAST,
    OVERSHOOT,
    RULES,
    RNNAnswer,
    eigenvalues_alone,
    exponent_alone,
    largest_rate,
    network_of,
    share_name,
    target,
)
from ncm_app.numerics.learning.chaos import mean_field_exponent
from ncm_app.numerics.learning.reservoir import SHOWN, Pace, eigenvalues, largest_exponent
from ncm_app.numerics.results.base import Array

Drawing = dict[str, tuple[Any, ...]]

WINDOWS = 80
"""Windows over a whole run in which the error is told."""
KEPT = 0.2
"""Share of the target's own RMS below which a held readout has kept it."""
RHOS = np.linspace(0.5, 2.5, 9)
CIRCLE = np.exp(2j * np.pi * np.linspace(0.0, 1.0, 181))


def readout(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw readout and target, and below them when the readout learns."""
    floor = -1.5 * max(1.0, float(np.abs(answer.y).max()))
    near = np.where(np.abs(answer.z) < -4.0 * floor, answer.z, np.nan)  # one that diverges leaves the picture
    return {"y": (answer.t, answer.y), "z": (answer.t, near), "learns": learning_times(answer, floor)}


def learning_times(answer: RNNAnswer, height: float) -> tuple[Array, Array]:
    """Return a line at a height for each time in which the readout learned, NaN between."""
    at = np.flatnonzero(answer.share > 0.0)
    if not len(at):
        return np.array([]), np.array([])
    gaps = np.flatnonzero(np.diff(at) > 60)  # more than the most steps of which one learns
    first, last = at[np.concatenate([[0], gaps + 1])], at[np.concatenate([gaps, [len(at) - 1]])]
    x = np.column_stack([answer.t[first], answer.t[last], np.full(len(first), np.nan)]).ravel()
    return x, np.where(np.isnan(x), np.nan, height)


def rates(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw the rates of some cells, each about a line of its own."""
    found = answer.samples
    t = np.arange(found.shape[1]) * max(1, round(1.0 / p.dt)) * p.dt
    return {f"cell_{k + 1}": (t, k + 0.45 * found[k]) for k in range(len(found))}


def error(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw the RMS error in windows of time."""
    n = max(1, round(answer.duration / answer.dt / WINDOWS))
    whole = len(answer.t) // n
    if not whole:
        return {}
    squares = ((answer.z - answer.y) ** 2)[:whole * n].reshape(whole, n)
    return {"RMS": (answer.t[:whole * n].reshape(whole, n).mean(axis=1), np.sqrt(squares.mean(axis=1)))}


def weight_norm(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw the size of the readout weights."""
    return {"size": (answer.t, answer.norm)}


def overshoot(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw the share of the error that each step of learning takes away, and the bound above which it overshoots."""
    return {"share": (answer.t, np.where(answer.share > 0.0, answer.share, np.nan)),
            "bound": ([0.0, answer.duration], [OVERSHOOT, OVERSHOOT])}


def without_feedback(p: Any) -> Drawing:
    """Draw the eigenvalues of the network alone, the unit circle and Girko's."""
    found, radius = eigenvalues_alone(int(p.N), float(p.rho), int(p.seed), float(p.gain)), p.rho * p.gain
    return {"before": (found.real, found.imag), "unit": (CIRCLE.real, CIRCLE.imag),
            "Girko": (radius * CIRCLE.real, radius * CIRCLE.imag)}


def with_feedback(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw the eigenvalues with the readout of now fed back."""
    if is_open_loop(p):
        return {}
    found = eigenvalues(network_of(p), p.gain, p.q * answer.R)
    return {"after": (found.real, found.imag)}


def is_open_loop(p: Any) -> bool:
    """Tell whether the readout is never fed back."""
    return bool(p.feedback == 2 or p.q == 0.0)


def exponents(p: Any) -> Drawing:
    """Draw the largest Lyapunov exponent without feedback over rho, for this network and by theory."""
    found = np.array([exponent_alone(int(p.N), float(rho), int(p.seed), float(p.gain)) for rho in RHOS])
    fine = np.linspace(RHOS[0], RHOS[-1], 21)
    return {"computed": (RHOS, found[:, 0]), "theory": (fine, [mean_field_exponent(float(p.gain * x)) for x in fine]),
            "zero": (fine[[0, -1]], [0.0, 0.0])}


def present_exponents(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw the exponent at the present rho, and that of the network with its readout fed back and held."""
    here = exponent_alone(int(p.N), float(p.rho), int(p.seed), float(p.gain))
    drawn: Drawing = {"now": ([p.rho], [here[0]])}
    if not is_open_loop(p) and not answer.failed:
        closed = largest_exponent(network_of(p), Pace(LEAST, p.gain), p.q * answer.R, answer.r)
        drawn["closed"] = ([p.rho], [closed.value])
    return drawn


def one_period(answer: RNNAnswer, p: Any) -> Drawing:
    """Draw the target over one period."""
    curve = answer.curve
    whole = p.period if curve is None or curve.t is None else float(curve.t[-1])
    phase = np.linspace(0.0, 1.0, 513)
    return {"y": (phase, target(np.minimum(phase, 1.0 - 1e-9) * whole, p, curve))}


TIME, UNIT = Variable("time", (0.0, 5000.0), unit="ms"), Variable("rates of cells", (-0.7, SHOWN - 0.3))

PLOTS = (
    Plot("readout", "Readout over target", TIME, Variable("z", (-1.7, 1.7)),
         (Mark("y", role="theory", label="target y"), Mark("z", role="excitatory", label="readout z", ghost=True),
          Mark("learns", role="external", label="learns")), readout, shape="wide", over_time=True, fits="y",
         clicks=("t_off",)),
    Plot("overshoot", "Share of the error that a step takes away", TIME, Variable("share", (0.0, 2.2)),
         (Mark("share"), Mark("bound", role="theory", label="overshoots above")), overshoot, shape="wide",
         over_time=True, fits="y", on_choice=True),
    Plot("norm", "Size of the readout weights", TIME, Variable("|R|", (0.0, 2.0)), (Mark("size", ghost=True),),
         weight_norm, shape="wide", over_time=True, fits="y", on_choice=True),
    Plot("rates", f"Rates of {SHOWN} cells", TIME, UNIT, tuple(Mark(f"cell_{k + 1}") for k in range(SHOWN)), rates,
         shape="wide", over_time=True, rows=tuple(f"{k + 1}" for k in range(SHOWN))),
    Plot("error", "Error of the readout", TIME, Variable("RMS of z - y", (1e-3, 2.0)),
         (Mark("RMS", ghost=True),), error, shape="wide", over_time=True, fits="y", log="y", clicks=("t_off",)),
    Plot("eigenvalues", "Eigenvalues about rest", Variable("real part", (-2.2, 3.6)),
         Variable("imaginary part", (-2.0, 2.0)),
         (Mark("before", "points", "external", "gW"), Mark("after", "points", "excitatory", "g (W + QR)"),
          Mark("unit", role="now", label="unit circle"), Mark("Girko", role="theory", label="Girko's circle")),
         with_feedback, fits="xy", fixed=without_feedback, aspect="equal"),
    Plot("target", "Target over one period", Variable("part of a period", (0.0, 1.0)),
         Variable("y", (-1.5, 1.5)), (Mark("y", role="theory"),), one_period, fits="y", clicks=("drawn",)),
    Plot("exponents", "Largest Lyapunov exponent", Variable("rho", (0.5, 2.5)),
         Variable("exponent × tau", (-0.5, 0.3)),
         (Mark("computed", "points", label="this network"), Mark("theory", role="theory", label="very many cells"),
          Mark("zero", role="external"), Mark("now", "points", "now", "at this rho"),
          Mark("closed", "points", "excitatory", "with feedback")), present_exponents, fits="y", fixed=exponents,
         on_choice=True, clicks=("rho",)),
)


def measures(answer: RNNAnswer, p: Any) -> tuple[Measure, ...]:
    """Return the errors before, while and after the readout learns, and how far the network is from rest."""
    span = float(p.period)
    end, taught = float(answer.t[-1]) + answer.dt, answer.t[answer.share > 0.0]
    found = []
    if len(taught):
        first, last = float(taught[0]), float(taught[-1]) + answer.dt
        found.append(Measure("RMS error before it learns", answer.rms(max(0.0, first - span), first)))
        found.append(Measure("RMS error while it learns", answer.rms(max(first, last - span), last)))
        found.append(Measure("RMS error once R is held", answer.rms(max(last + span, end - span), end)))
    else:
        found.append(Measure("RMS error before it learns", answer.rms(end - span, end)))
    alone = eigenvalues_alone(int(p.N), float(p.rho), int(p.seed), float(p.gain))
    value, spread = exponent_alone(int(p.N), float(p.rho), int(p.seed), float(p.gain))
    found.append(Measure("spectral radius", float(np.abs(alone).max()), theory=p.rho * p.gain, theory_name="Girko"))
    found.append(Measure("Lyapunov exponent times tau", value, theory=mean_field_exponent(float(p.rho * p.gain)),
                         error=spread, theory_name="very many cells"))
    return tuple(one for one in found if np.isfinite(one.value))


def told(answer: RNNAnswer, p: Any) -> str:
    """Return how the readout does, or which bound it crossed, or will."""
    if answer.failed:
        return answer.failed
    ready = "" if p.target != DRAWN or len(p.drawn) or answer.curve else \
        "nothing is drawn yet, and a sine stands in: drag in the plot of the target; "
    return f"{ready}{warning(answer, p)}{progress(answer, p)}"


def warning(answer: RNNAnswer, p: Any) -> str:
    """Return that learning diverges, will, or overshoots here and there, with the bound beside the number."""
    if not p.learning or answer.t[-1] >= p.t_off:
        return ""
    name, eps = ("eps", p.eps) if RULES[p.learning] == "LMS" else ("eps_R", p.eps_R)
    recent = answer.share[answer.t > answer.t[-1] - p.period]
    if recent.max() > OVERSHOOT:
        return f"steps overshoot: {share_name(p)} reaches {recent.max():.3g}, above {OVERSHOOT:g}; "
    if RULES[p.learning] == "RLS":
        return f"learning will diverge: {name} = {eps:g} lies above {OVERSHOOT:g}; " if eps > OVERSHOOT else ""
    bound, size = largest_rate(answer, p)
    if eps <= bound:
        return ""
    return f"learning will diverge: {name} = {eps:g} lies above 2 / |r|² = {bound:.3f}, |r|² being about {size:.0f}; "


def alone(answer: RNNAnswer, p: Any) -> str:
    """Return what the network does where nothing is learned: it rests, or goes on, with chaos or without."""
    if answer.size[-1] < 1e-3 * p.N:
        return "nothing is learned, and the rates die out"
    value, error = exponent_alone(int(p.N), float(p.rho), int(p.seed), float(p.gain))
    kind = "chaotic" if value > 3.0 * error else "not chaotic" if value < -3.0 * error else "at the edge of chaos"
    return (f"nothing is learned, and the rates go on: without feedback they are {kind}, small deviations growing by "
            f"{value:.2g} ± {error:.1g} in a time constant")


def progress(answer: RNNAnswer, p: Any) -> str:
    """Return how far the readout is from its target, before, while or after it learns."""
    now, span = float(answer.t[-1]), float(p.period)
    taught = answer.t[answer.share > 0.0]
    recent = answer.rms(max(0.0, now - span), now + answer.dt)
    if not len(taught):
        if not p.learning:
            return alone(answer, p)
        waits = f"; it begins to learn at {p.t_on:g} ms" if now < p.t_on < answer.duration else ""
        return f"the readout has not learned, and misses the target by {recent:.2g} (RMS){waits}"
    if now - taught[-1] <= 60.0 * answer.dt:
        return f"while it learns the readout misses the target by {recent:.2g} (RMS over the last {span:g} ms)"
    size = float(np.sqrt(np.mean(answer.y**2)))
    kept = ("it has kept the target" if recent < KEPT * size else
            "it has lost the target, which it only followed" if RULES[p.learning] == "LMS" else
            "it has lost the target")
    return (f"R is held from {taught[-1] + p.each * answer.dt:.0f} ms on, and the readout misses the target by "
            f"{recent:.2g} (RMS): {kept}")
