"""Patches that no page sends: whatever arrives, the model and the choices hold only what their controls allow."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from bokeh.core.serialization import DeserializationError
from bokeh.events import Event, Pan, PanStart, Tap

from ncm_app.core.catalogue import find, models
from ncm_app.pages.bar import Bar
from ncm_app.pages.browser_widgets import AddressBar, LiveText, ThemeCookie
from ncm_app.pages.brush import Brush
from ncm_app.pages.control_panel import ControlPanel
from ncm_app.pages.dials import Action, Dial, Pick
from ncm_app.pages.export import Pictures
from ncm_app.pages.live import Beacon
from ncm_app.pages.part import Part
from ncm_app.pages.read_out import ReadOut
from ncm_app.pages.sound import Listen
from ncm_app.pages.uploads import Chooser
from ncm_app.pages.visit import Traveller
from tests.support.session import served

pytestmark = pytest.mark.sweep  # a page is built for each test

NAN, INFINITE = ({"type": "number", "value": text} for text in ("nan", "+inf"))
BAD = [NAN, INFINITE, 1e308, -1e308, 10**400, -1, True, None, "x", "", "<script>", "x" * 5000, [], [NAN], [[]], {},
       {"a": 1}, {"type": "map", "entries": [["a", 1]]}, {"type": "set", "entries": [1]}, 2**53 + 0.5, 0.1234567]
PAGES = ["lif", "synapses", "lorenz", "spike_trains", "hopfield"]
BOUNDS = {"low", "high", "start", "end", "options", "step", "whole", "groups", "most", "endings", "plots"}
KINDS = {Action, Bar, Beacon, AddressBar, Brush, Chooser, ControlPanel, Dial, Listen, ThemeCookie, Traveller, Pick,
         ReadOut, Pictures, LiveText}


def parts_of(session):
    """Yield every part of a page that the browser runs, with its model in the document."""
    session.page.export.show()
    for root in session.roots:
        for viewable in root.select(Part):
            for model, _ in list(viewable._models.values()):
                yield viewable, model


def patch(session, model, attribute, value):
    """Set a property as a browser does; Bokeh itself refuses some."""
    with suppress(ValueError, TypeError, OverflowError, DeserializationError):
        session.document.apply_json_patch({"events": [
            {"kind": "ModelChanged", "model": {"id": model.id}, "attr": attribute, "new": value}]})


def check(page):
    """Check that the model and the choices hold what they may, and nothing else."""
    for name, value in page.bench.model.values().items():
        control = page.bench.model.control(name)
        assert control.clean(value) == value, (name, value)
        assert not (isinstance(value, float) and not math.isfinite(value))
    choices = page.bench.state.choices
    assert 0.0 <= choices.noise <= 1.0
    controls = page.bench.model.controls()
    assert choices.explore in ("", *controls) and choices.second in ("", *controls)
    assert choices.against in ("", *(s.name for s in page.bench.model.states))
    assert choices.compare == "" or choices.compare in models()
    assert page.bench.state.preset in ("", *page.bench.model.presets)
    for values in (choices.held, *choices.starts):
        assert len(values) in (0, len(page.bench.model.states))
        limits = [s.limits for s in page.bench.model.states]
        assert all(low <= v <= high for v, (low, high) in zip(values, limits, strict=False))
    hash(choices)


@pytest.mark.parametrize("slug", PAGES)
def test_no_patch_of_a_part_gets_past_its_bounds(slug, caplog):
    async def act(session):
        page = await session.settled()
        for part, model in parts_of(session):
            facts = {name: getattr(part, name) for name in part.param if name not in (*part._taken, "name")}
            for attribute in ("low", "high", "start", "end", "options", "most", "seq", "value", "typed", *part._taken):
                if attribute in model.data.properties():
                    for value in BAD:
                        patch(session, model.data, attribute, value)
            for number, name in enumerate([*page.bench.model.controls(), "dt ", "groups"], 1):
                for value in BAD if isinstance(part, ControlPanel) else ():
                    patch(session, model.data, "moved", [number, name, value])
            await session.pause()
            check(page)
            # What a control is told by the server may change with what is computed; bounds never do.
            changed = {name for name in facts if getattr(part, name) != facts[name]}
            assert not changed & BOUNDS, (part, changed)
        await session.settled()
        check(page)
        return {type(part) for part, _ in parts_of(session)}

    kinds = served(find(slug), act)
    assert {ControlPanel, Bar, Beacon, AddressBar} <= kinds


def test_every_kind_of_part_is_on_one_of_these_pages():
    async def act(session):
        await session.settled()
        return {type(part) for part, _ in parts_of(session)}

    found = set().union(*(served(find(slug), act) for slug in PAGES))
    assert KINDS - found <= {ThemeCookie, Traveller, LiveText}  # of the shell, and of the list of models
    assert {kind for kind in Part.__subclasses__() if kind.__module__.startswith("ncm_app")} == KINDS


PLACES = [math.nan, math.inf, -math.inf, 1e308, -1e308, 10**400, None, "1", [1.0], {}, True, 1e300]


@pytest.mark.parametrize("slug", ["synapses", "lorenz", "linear_system"])
def test_clicks_and_drags_that_lie_nowhere_ask_nothing(slug):
    async def act(session):
        page = await session.settled()
        for figure in session.figures().values():
            for bad in PLACES:
                for x, y in ((bad, 0.5), (0.5, bad), (bad, bad)):
                    for kind in (Tap, PanStart, Pan):
                        if kind.event_name in figure._event_callbacks:
                            figure._trigger_event(event_of(kind, figure, x, y))
            await session.settled()
            check(page)

    served(find(slug), act)


def event_of(kind, figure, x, y) -> Event:
    if kind is Tap:
        return Tap(figure, sx=1, sy=1, x=x, y=y)
    if kind is PanStart:
        return PanStart(figure, sx=1, sy=1, x=x, y=y)
    return Pan(figure, delta_x=1, delta_y=1, sx=1, sy=1, x=x, y=y)


def test_what_a_browser_may_set_still_arrives():
    async def act(session):
        page = await session.settled()
        (model, _), = page.bench.controls.panel._models.values()
        for move in ([1, "I_0", 21], [2, "method", "RK4"]):
            patch(session, model.data, "moved", move)
        await session.settled()
        return page.bench.model.I_0, page.bench.model.method

    assert served(find("lif"), act) == (21.0, "RK4")
