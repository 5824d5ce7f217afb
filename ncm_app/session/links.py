"""What a page's link holds besides the values: view choices, frozen run, clicked starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from ncm_app.core.capabilities import is_flow
from ncm_app.core.model import Flow
from ncm_app.core.share import decode, encode
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.trackers import without_trackers
from ncm_app.session.choices_codec import compared_in, read_choices, shown_in, write_choices
from ncm_app.session.state import PageState, beside_in
from ncm_app.session.view_choices import MOST_STARTS, ViewChoices
from ncm_app.studies.companion import companion_of, linked_values

LOST = "it was made with a file open, which no link holds: open the file again"
"""What a page says of a link that shows other data than it did."""

QUICK = 20_000
"""Steps that take a blink even before the steppers are compiled."""


class LinkReading(NamedTuple):
    """The state that a link asks for, whether it was made with a `file` open, and what it says wrongly."""

    state: PageState
    file: bool = False
    complaints: tuple[str, ...] = ()


def with_file_of(reading: LinkReading, snapshot: Snapshot) -> LinkReading:
    """Return a reading that shows the file of a snapshot, where the link was made with one and it is still open."""
    if not reading.file or snapshot.opened is None:
        return reading
    state = replace(reading.state, snapshot=replace(reading.state.snapshot, opened=snapshot.opened))
    return LinkReading(state, True, tuple(one for one in reading.complaints if one != LOST))


def first_state(model: type[Flow], query: str, large: bool = False) -> LinkReading:
    """Return the state on which a page opens: the link's, or the first preset's, `large` if the browser keeps that."""
    if set(parse_qs(without_trackers(query))) - {"model", "v"}:
        return read_link(query, model, large)
    return LinkReading(PageState.of_preset(model, model.first_preset(), large))


def is_quick(snapshot: Snapshot) -> bool:
    """Tell whether a run takes a blink, so that a page may compute it while it is built."""
    if not is_flow(snapshot.model):
        return snapshot.values_by_name == snapshot.model.preset_values(snapshot.model.first_preset())
    return snapshot.method != "adaptive" and snapshot.t_end / snapshot.dt <= QUICK


def write_link(state: PageState) -> str:
    """Return the query string of a page; what is as the preset has it is left out."""
    model, choices = state.snapshot.model, state.choices
    view = write_choices(choices, model, state.preset)
    if state.large:
        view["text"] = "large"
    if state.snapshot.opened is not None:
        view["file"] = "open"
    if (beside := _write_beside(state)) != _write_beside(PageState.of_preset(model, state.preset)):
        view["beside"] = beside
    # A frozen run of a file would come back as one of something else.
    frozen = None if state.frozen is None or state.frozen.opened is not None else state.frozen.values_by_name
    return encode(state.snapshot, state.preset, {"view": view, "frozen": frozen, "starts": choices.starts})


def _write_beside(state: PageState) -> str:
    """Return the link of what stands beside a model without the values that follow from it, "none" for nothing."""
    if state.beside is None:
        return "none"
    own = state.beside.snapshot.without(parameters=linked_values(state.snapshot))
    return write_link(replace(state.beside, snapshot=own, large=False))


def _read_beside(text: str, state: PageState) -> tuple[PageState, list[str]]:
    """Return a state with what its link says of what stands beside, and what that says wrongly."""
    other = companion_of(state.snapshot.model)
    if text == "none" or other is None:
        return state, [] if text == "none" else ["view.beside: no model can stand beside this one"]
    if decode(text).model != other.slug():
        return state, [f"view.beside: only {other.slug()} can stand here, not {text[:40]}"]
    reading = read_link(text, other)
    return replace(state, beside=reading.state).linked(), [f"beside: {one}" for one in reading.complaints]


def read_link(query: str, model: type[Flow], large: bool = False) -> LinkReading:
    """Return the state that a link asks for: the good fields restored, the bad ones named.

    Text is large if the link or `large` says so.
    """
    shared = decode(query)
    snapshot = Snapshot.of(model, shared.values or model.preset_values(""))
    view: dict[str, str] = dict(shared.extras.get("view", {}))
    large, file = (view.pop("text", "") == "large") or large, view.pop("file", "") == "open"
    beside = view.pop("beside", None)
    # The model's own parameter may have no effect under the options chosen: it is explored all the same.
    if view.get("explore") == model.explore:
        del view["explore"]
    chosen, wrong = read_choices(view, snapshot)
    starts: Any = shared.extras.get("starts", ())
    frozen = shared.extras.get("frozen")
    choices = ViewChoices(**{"explore": model.explore, "compare": compared_in(model, shared.preset),
                             "overlays": shown_in(model, shared.preset), **chosen,
                             "starts": tuple(starts)[-MOST_STARTS:]})
    state = PageState(shared.preset, snapshot, choices, None if frozen is None else Snapshot.of(model, frozen), large)
    state, more = (state.with_companion(beside_in(model, shared.preset)), []) if beside is None else _read_beside(
        beside, state)
    return LinkReading(state, file, (*shared.complaints, *wrong, *more, *([LOST] if file else [])))
