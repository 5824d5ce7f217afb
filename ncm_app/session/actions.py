"""What a user does, as values; `reduce` says to what state each of them leads."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ncm_app.core.capabilities import is_learner
from ncm_app.core.learner import TO_THE_END, moved
from ncm_app.core.snapshot import Snapshot
from ncm_app.session.choices_codec import compared_in, shown_in
from ncm_app.session.state import PageState, beside_in
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.companion import linked_values
from ncm_app.studies.diagram import explorable
from ncm_app.views.window import Why

ON_SLIDERS = {"noise", "held"}
"""View choices that are made on sliders: consecutive ones are one step back."""

OF_AXES = ("explore", "against", "second", "axes")
"""View choices with which other axes come."""


@dataclass(frozen=True)
class Move:
    """Set one control."""

    name: str
    value: Any


@dataclass(frozen=True)
class ChoosePreset:
    """Set all values to a preset's, "" for the defaults; clicked starts go."""

    preset: str


@dataclass(frozen=True)
class OpenFile:
    """Let a file that was read answer, under a preset that suits it."""

    preset: str
    opened: Any


@dataclass(frozen=True)
class CloseFile:
    """Let the model answer by itself again."""


@dataclass(frozen=True)
class Choose:
    """Make view choices, by name."""

    choices: Mapping[str, Any]


@dataclass(frozen=True)
class Respond:
    """Do what a click in a plot means; the clicks of one `drag` have its number, others 0."""

    values: Mapping[str, Any]
    choices: ViewChoices
    drag: int = 0


@dataclass(frozen=True)
class Learn:
    """Go on, or back, to a step of what a model learns; `anew` forgets under which rules it learned."""

    steps: int
    anew: bool = False


@dataclass(frozen=True)
class Freeze:
    """Keep the present run as a ghost."""


@dataclass(frozen=True)
class Clear:
    """Wipe the ghost, the clicked starts and the sweep."""


@dataclass(frozen=True)
class Enlarge:
    """Show text plain, or large for a projector."""

    large: bool


@dataclass(frozen=True)
class Restore:
    """Show a state that was read from a link."""

    state: PageState


@dataclass(frozen=True)
class ShowBeside:
    """Show the companion of the model beside it, or no more."""

    shown: bool


@dataclass(frozen=True)
class Beside:
    """Do something with the companion."""

    action: Action


Own = Move | ChoosePreset | OpenFile | CloseFile | Choose | Respond | Learn | Freeze | Clear | Enlarge | Restore
Action = Own | ShowBeside | Beside


def reduce(state: PageState, action: Action) -> PageState:
    """Return the state to which an action leads; ValueError with a sentence where it cannot be."""
    match action:
        case ShowBeside(shown):
            return state.with_companion({} if shown else None)
        case Beside(inner):
            return state if state.beside is None else _with_beside(state, state.beside, reduce(state.beside, inner))
        case Freeze() | Clear() if state.beside is not None:
            state = replace(state, beside=_reduced(state.beside, action))
    return _reduced(state, action).linked()


def _reduced(state: PageState, action: Own) -> PageState:
    match action:
        case Move(name, value):
            return _exploring_what_matters(replace(state, snapshot=_moved(state.snapshot, name, value)))
        case ChoosePreset(preset):
            return _preset(state, preset, state.snapshot.opened if preset == state.preset else None)
        case OpenFile(preset, opened):
            return _preset(state, preset, opened)
        case CloseFile():
            return replace(state, snapshot=replace(state.snapshot, opened=None))
        case Choose(choices):
            return replace(state, choices=replace(state.choices, **choices))
        case Respond(values, choices):
            return replace(state, snapshot=_taught(state.snapshot, values), choices=choices)
        case Learn(steps, anew):
            past = {"past": ()} if anew else {}
            return replace(state, snapshot=state.snapshot.changed(steps=min(steps, TO_THE_END), **past))
        case Freeze():
            return replace(state, frozen=state.snapshot)
        case Clear():
            return replace(state, frozen=None, choices=replace(state.choices, starts=(), sweep=False))
        case Enlarge(large):
            return replace(state, large=large)
        case Restore(restored):
            return restored


def _with_beside(state: PageState, old: PageState, new: PageState) -> PageState:
    """Return the state after something was done with the companion; what both share moves in both."""
    model, linked = state.snapshot.model, linked_values(state.snapshot)
    moved = {name: value for name, value in new.values.items() if name in linked and value != old.values[name]}
    for name in moved:
        if name not in model.companion.shared:
            raise ValueError(f"{name} follows from the sliders of the {model.title.lower()}: move those")
    return replace(state, snapshot=state.snapshot.changed(**moved), beside=new).linked()


def why_axes_follow(old: PageState, new: PageState, action: Action) -> Why:
    """Return why the axes move when an action leads from one state to another."""
    if isinstance(action, Beside):
        action = Choose({})
    if isinstance(action, ChoosePreset | OpenFile | CloseFile | Restore) or any(
            getattr(old.choices, name) != getattr(new.choices, name) for name in OF_AXES):
        return Why.PRESET
    return Why.TIME if old.values.get("t_end") != new.values.get("t_end") else Why.STAY


def wipes_trails(action: Action) -> bool:
    """Tell whether points begin a trail anew after an action."""
    return isinstance(action, ChoosePreset | OpenFile | Restore | Clear)


def stroke(action: Action | None) -> Hashable | None:
    """Return what consecutive actions share that are one step back: one slider, one drag; None for no such thing."""
    match action:
        case Move(name):
            return name
        case Respond(drag=drag) if drag:
            return drag
        case Learn():
            return "learn"
        case Choose(choices) if set(choices) <= ON_SLIDERS:
            return tuple(choices)
        case Beside(inner):
            return None if (same := stroke(inner)) is None else ("beside", same)
    return None


def _moved(snapshot: Snapshot, name: str, value: Any) -> Snapshot:
    reads = snapshot.model.reads
    # Another of the model's own answers takes the place of a file.
    opened = None if reads is not None and name == reads.instead else snapshot.opened
    return replace(_taught(snapshot, {name: value}), opened=opened)


def _taught(snapshot: Snapshot, values: Mapping[str, Any]) -> Snapshot:
    """Return a snapshot with other values: from the next step on, or learned anew, as the model says of each."""
    model, before = snapshot.model, snapshot.values_by_name
    if not is_learner(model):
        return snapshot.changed(**values)
    reached, last = model.reached(snapshot.p), model.last_step(snapshot.p)
    for name, value in values.items():
        if before[name] != value:
            past = moved(model, snapshot.values_by_name, reached, last, name)
            snapshot = snapshot.changed(**{name: value}, **past)
    return snapshot


def _preset(state: PageState, preset: str, opened: Any) -> PageState:
    model = state.snapshot.model
    # A comparison that was chosen by hand stays where the preset has none of its own.
    compare = (compared_in(model, preset) if preset != state.preset else "") or state.choices.compare
    # So do plots that were chosen by hand; those of the preset before go with it.
    gone, new = (shown_in(model, name) if preset != state.preset else () for name in (state.preset, preset))
    kept = [name for name in state.choices.overlays if name not in (*gone, *new)]
    own = beside_in(model, preset)
    if state.beside is not None:  # it stays, with its own values as the preset has them, or as they are by default
        usual = _preset(state.beside, "", None)
        state = replace(state, beside=replace(usual, snapshot=usual.snapshot.changed(**(own or {}))))
    elif preset != state.preset:
        state = state.with_companion(own)
    return _exploring_what_matters(replace(
        state, preset=preset, snapshot=Snapshot.of(model, model.preset_values(preset), opened),
        choices=replace(state.choices, starts=(), compare=compare, overlays=(*kept, *new))))


def _exploring_what_matters(state: PageState) -> PageState:
    """Explore another parameter where the chosen one has no effect any more."""
    options = explorable(state.snapshot)
    if not options or state.choices.explore in options:
        return state
    return replace(state, choices=replace(state.choices, explore=options[0]))
