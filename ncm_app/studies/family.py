"""How does another model of the same family answer the same input?"""

from __future__ import annotations

from typing import Any

from ncm_app.core.capabilities import has_resets
from ncm_app.core.catalogue import models
from ncm_app.core.model import Model
from ncm_app.core.quantity import Choice, Control
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.written import Written
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.rates import rate_as_stepped
from ncm_app.studies.simulate import simulate
from ncm_app.studies.words import number


def relatives(model: type[Model]) -> dict[str, type[Model]]:
    """Return the other models of a model's family by slug."""
    return {slug: other for slug, other in models().items()
            if model.family and other.family == model.family and other is not model}


def counterpart(snapshot: Snapshot, slug: str, preset: str = "") -> Snapshot:
    """Return another model of the family under the same values.

    Controls that both models have take the values of the first, as far as the bounds of the
    second go. What only the second has stands as in its preset of the same name, or at its default.
    """
    other = relatives(snapshot.model)[slug]
    values = other.preset_values(preset if preset in other.presets else "")
    shared = {name: value for name, value in snapshot.values_by_name.items() if name in values}
    return Snapshot.of(other, {**values, **{name: within(other, name, value) for name, value in shared.items()}})


def _may_be(control: Written, value: Any) -> bool:
    try:
        return bool(control.clean(value) == value)
    except ValueError:
        return False


def within(model: type[Model], name: str, value: Any) -> Any:
    """Return a value of a control, or the nearest that its bounds allow."""
    control = model.control(name)
    if isinstance(control, Written):
        return value if _may_be(control, value) else control.default
    if isinstance(control, Choice):
        return value if value in control.objects else control.default
    low, high = control.bounds
    return control.clean(min(max(value, low), high))


def _answer(snapshot: Snapshot, progress: Progress) -> str:
    """Return a model's rate under the constant input, where it is constant, and its spikes in this run."""
    count = len(simulate(snapshot, progress=progress).spikes)
    spikes = f"{count} spike{'s' * (count != 1)} in this run"
    if snapshot.steady != snapshot:  # pulses fire it too: a rate under the rest would mislead
        return spikes
    return f"{number(rate_as_stepped(snapshot, progress=progress))} Hz, {spikes}"


def compare(snapshot: Snapshot, other: Snapshot, *, progress: Progress = SILENT) -> str:
    """Say in one line how two cells of a family answer the same input."""
    if not (has_resets(snapshot.model) and has_resets(other.model)):
        return ""
    own, its = (f"{one.model.acronym}{drawn} {_answer(one, progress)}"
                for one, drawn in ((snapshot, ""), (other, f" (grey{_of_its_own(snapshot, other)})")))
    mine = snapshot.values_by_name
    differ = [valued(name, value, other.model.control(name)) for name, value in other.values_by_name.items()
              if name in mine and isinstance(value, float) and value != mine[name]]
    there = f"; its {', '.join(differ)}: its slider ends there" if differ else ""
    return f"Under the same current I_x, as stepped: {own}; {its}{there}"


def _of_its_own(snapshot: Snapshot, other: Snapshot) -> str:
    """Return the values that only the other model has, of which no slider of the page tells."""
    own = {name: other.model.control(name) for name in other.values_by_name if name not in snapshot.values_by_name}
    told = [valued(name, other.values_by_name[name], control) for name, control in own.items()
            if not isinstance(control, Written) and not control.rare]
    return f"; {', '.join(told)}" if told else ""


def valued(name: str, value: Any, control: Control) -> str:
    """Return a value as one says it: "V_re = -66 mV"."""
    unit = "" if isinstance(control, Choice) or control.unit == "1" else f" {control.unit}"
    return f"{name} = {value if isinstance(control, Choice) else format(value, 'g')}{unit}"
