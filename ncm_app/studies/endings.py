"""How does a run end: where it rests, or when it escapes? And by whose steps does a cell fire?"""

from __future__ import annotations

import numpy as np

from ncm_app.core.capabilities import has_resets, is_audible
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.state import State
from ncm_app.numerics.results import MeasuredRates, Status, Trajectory
from ncm_app.studies.rates import rates_method
from ncm_app.studies.words import number


def escape(snapshot: Snapshot, run: Trajectory) -> str:
    """Say when a run leaves for good the range in which the model is looked at; "" of one that does not."""
    low, high = np.array([s.limits if s.periodic is None else (-np.inf, np.inf) for s in snapshot.model.states]).T
    outside = (run.y < low[:, None]) | (run.y > high[:, None])
    if not np.any(outside[:, -1]):
        return f"this run escapes at t = {number(float(run.t[-1]))} ms" if run.status is Status.DIVERGED else ""
    index = int(np.argmax(outside[:, -1]))
    inside = np.flatnonzero(~outside[index])
    if not len(inside):
        return f"this run starts outside the range of {_range(snapshot.model.states[index])} and stays there"
    left = float(run.t[inside[-1] + 1])
    return f"this run escapes: it leaves {_range(snapshot.model.states[index])} at t = {number(left)} ms"


def _range(state: State) -> str:
    low, high = (number(value * state.scale) for value in state.limits)
    unit = state.shown or state.unit
    return f"{state.name} from {low} to {high}" + ("" if unit == "1" else f" {unit}")


def driven_spikes(snapshot: Snapshot, run: Trajectory) -> int | None:
    """Return how often a smooth cell fires under an input that changes in time, None where that says nothing.

    The model says what its spikes are, as it does for their sound; one without any never fires.
    """
    model = snapshot.model
    if snapshot.steady == snapshot or has_resets(model) or not is_audible(model):
        return None
    heard = model.sound(run, snapshot.p)
    return None if heard is None else len(heard[0])


def as_stepped(snapshot: Snapshot, rates: MeasuredRates) -> str:
    """Say by whose steps a rate was measured, and where it says more of them than of the cell."""
    how = f", as {rates_method(snapshot)} with dt = {snapshot.dt:g} ms steps it"
    fastest = max(float(rates.first[0]), float(rates.lasting[0]))
    return how + (" (a spike at every step: the true rate is higher)" if fastest * snapshot.dt > 999.0 else "")
