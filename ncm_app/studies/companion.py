"""What does the companion of a model do, at values that follow from the model's own, and where do both agree?"""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.core.companion import Pair
from ncm_app.core.model import Measure, Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.family import valued, within
from ncm_app.studies.plots import Drawing, drawn_columns, measures
from ncm_app.studies.simulate import simulate
from ncm_app.studies.words import NOTHING, number

STILL = 0.005
"""Share of its mean by which a rate that rests varies at most."""


def companion_of(model: type[Model]) -> type[Model] | None:
    """Return the model that can stand beside another, None if there is none."""
    return find(model.companion.slug) if model.companion else None


def _stated(snapshot: Snapshot) -> dict[str, Any]:
    """Return what follows from the values of a snapshot for its companion, within its bounds or not."""
    companion = snapshot.model.companion
    if companion is None:
        return {}
    return {**{name: snapshot.values_by_name[name] for name in companion.shared}, **companion.values(snapshot.p)}


def linked_values(snapshot: Snapshot) -> dict[str, Any]:
    """Return the values that the companion takes from a snapshot, as far as its bounds go."""
    other = companion_of(snapshot.model)
    return {} if other is None else {n: within(other, n, value) for n, value in _stated(snapshot).items()}


def out_of_bounds(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the values of the companion that stay at an end of their sliders, as one says them."""
    other, stated = companion_of(snapshot.model), _stated(snapshot)
    return tuple(valued(name, value, other.control(name)) for name, value in linked_values(snapshot).items()
                 if other is not None and not np.isclose(value, stated[name], rtol=1e-9, atol=0.0))


def _course(other: Snapshot, pair: Pair, progress: Progress) -> tuple[Array, Array]:
    """Return times (ms) and values of a state of the companion's run, in the unit of its axis."""
    run, names = simulate(other, progress=progress), [state.name for state in other.model.states]
    place = names.index(pair.state)
    return run.t, run.y[place] * other.model.states[place].scale


def companion_marks(snapshot: Snapshot, other: Snapshot, name: str, *, progress: Progress = SILENT) -> Drawing:
    """Return what is drawn of the companion's run over that of the model in the plot of a name, by mark."""
    plot = next(one for one in snapshot.model.plots if one.name == name)
    found = {}
    for pair in snapshot.model.companion.pairs:
        t, values = _course(other, pair, progress)
        shown = slice(None) if plot.over_time else t <= plot.x.drawn_span[1]
        found[pair.mark] = t[shown], values[shown]
    return found


def _compared(snapshot: Snapshot, other: Snapshot, pair: Pair, progress: Progress) -> str:
    """Say where the companion rests, and how far from that this model is on average."""
    found = next((one for one in measures(snapshot, progress=progress) if one.name == pair.measure), None)
    t, values = _course(other, pair, progress)
    late = values[t >= snapshot.model.companion.since(snapshot.p)]
    if found is None or not len(late) or not np.isfinite(late).all():
        return ""
    mean = float(late.mean())
    rests = "rests at" if np.ptp(late) <= STILL * abs(mean) + NOTHING else "is on average"
    return f"{pair.state} {rests} {number(mean)} {found.unit}, {_distance(mean, found)}"


def _distance(value: float, found: Measure) -> str:
    """Say how far a value lies from what was measured."""
    if not found.error or not np.isfinite(found.error):
        return f"here {number(found.value)}"
    away, side = abs(value - found.value) / found.error, "below" if value < found.value else "above"
    far = "within an error of" if away < 1.0 else f"{away:.0f} error{'s' * (round(away) > 1)} {side}"
    return f"{far} {number(found.value)} ± {number(found.error)} here"


def _transient(snapshot: Snapshot, other: Snapshot, progress: Progress) -> str:
    """Say of the first pair how high it rises at first, and by how much it varies later, there and here."""
    companion = snapshot.model.companion
    pair, since = companion.pairs[0], companion.since(snapshot.p)
    index = [plot.name for plot in snapshot.model.plots].index(companion.plots[0])
    drawn = drawn_columns(snapshot, index, progress=progress)
    if pair.curve not in drawn:
        return ""
    tops, ends = [], []
    for (t, values), where in ((_course(other, pair, progress), "there"), (drawn[pair.curve], "here")):
        top, late = int(np.argmax(values[t < since])), values[t >= since]
        tops.append(f"{number(float(values[top]))} {where} (after {number(float(t[top]))} ms)")
        ends.append(f"{_rounded(float(np.std(late)), float(np.mean(late)))} {where}")
    return (f"before {number(since)} ms {pair.state} is highest at {' and '.join(tops)}, later its SD is "
            f"{' and '.join(ends)}")


def _rounded(value: float, scale: float) -> str:
    return number(value if value > STILL * scale / 5.0 else 0.0)


def tell_companion(snapshot: Snapshot, other: Snapshot, *, progress: Progress = SILENT) -> str:
    """Say in one line where a model and its companion agree, and where they part."""
    told = [_compared(snapshot, other, pair, progress) for pair in snapshot.model.companion.pairs]
    if all(told):
        told.append(_transient(snapshot, other, progress))
    beyond = out_of_bounds(snapshot)
    if beyond:
        told.append(f"its {', '.join(beyond)}: its slider ends there")
    said = "; ".join(filter(None, told))
    return f"{snapshot.model.companion.name.capitalize()}: {said}" if said else ""
