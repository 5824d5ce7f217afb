"""What a click or a drag in a plot means: new values, or a new choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.plot import Plot
from ncm_app.core.quantity import Count, nice_step
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.touch import Place, Touch, Touchable
from ncm_app.session.view_choices import MOST_STARTS, ViewChoices
from ncm_app.views.columns import Limits
from ncm_app.views.diagram import Cycles, Explored
from ncm_app.views.gestures import Click, Drag
from ncm_app.views.picking import pick
from ncm_app.views.plots import PlotView
from ncm_app.views.view import View


class Shown(NamedTuple):
    """What a plot showed when it was clicked; `cycles` are None until they are computed."""

    view: View
    snapshot: Snapshot
    choices: ViewChoices
    result: Any
    limits: Limits
    cycles: Cycles | None = None


class Response(NamedTuple):
    """New values of the model, and the choices of the page."""

    values: dict[str, Any]
    choices: ViewChoices


def snapped(control: Any, value: float) -> float:
    """Return the step of a slider next to a value, within its bounds."""
    low, high = control.bounds
    step = 1 if isinstance(control, Count) else control.step or nice_step(*(control.softbounds or control.bounds))
    return float(f"{min(max(low + round((value - low) / step) * step, low), high):.12g}")


def start_values(model: type[Flow], state: Any) -> dict[str, float]:
    """Return the start controls of a state (n,), kept within their bounds."""
    values = {}
    for s, value in zip(model.states, state, strict=True):
        low, high = model.control(s.start_control).bounds
        # Five digits: next to an unstable state, not on it, so that the run can leave.
        values[s.start_control] = min(max(float(f"{float(value):.5g}"), low), high)
    return values


def respond(x: float, y: float, shown: Shown) -> Response | None:
    """Return what a click at a place of a plot asks for; None if nothing."""
    return ANSWERS[shown.view.click](x, y, shown)


def grabs(x: float, y: float, shown: Shown) -> bool:
    """Tell whether a drag that begins at a place takes hold of something."""
    return (shown.view.drag in (Drag.CLICKS, Drag.TURN)
            or (shown.view.drag is Drag.BRANCH and _picked(x, y, shown) is not None))


def turned(choices: ViewChoices, across: float, up: float) -> ViewChoices:
    """Return phase space turned by a drag, given in parts of the plot's width and height."""
    azimuth, elevation = choices.seen
    return replace(choices, seen=((azimuth - 180.0 * across) % 360.0, min(max(elevation - 180.0 * up, -90.0), 90.0)))


def _named(y: float, plot: Plot) -> str:
    """Return the control that a plot sets at a height; of several, the row decides."""
    return plot.clicks[min(max(round(y), 0), len(plot.clicks) - 1)]


def _touch(now: Place, before: Place | None, shown: Shown) -> Touch:
    """Return a touch in the units of the equations."""
    assert isinstance(shown.view, PlotView)
    scales = shown.view.plot.x.scale, shown.view.plot.y.scale
    places = [None if place is None else (place[0] / scales[0], place[1] / scales[1]) for place in (now, before)]
    x, y = ((low / scale, high / scale) for (low, high), scale in zip(shown.view.spans(shown.result), scales,
                                                                      strict=True))
    return Touch(places[0] or now, places[1], (x, y), shown.snapshot.values_by_name)


def meant(place: Place, shown: Shown) -> Any:
    """Return what a stroke that begins at a place of a plot in which one draws does all along."""
    control, value = _drawn(shown)
    return control.meant(value, _touch(place, None, shown))


def painted(places: Sequence[Place], before: Place | None, meaning: Any, shown: Shown) -> Response:
    """Draw a stroke on through some places; `before` is None where it begins. What is drawn is put to use."""
    control, value = _drawn(shown)
    for place in places:
        value = control.touched(value, _touch(place, before, shown)._replace(meant=meaning))
        before = place
    return Response({**_put_to_use(control.name, shown.snapshot), control.name: value}, shown.choices)


def _put_to_use(name: str, snapshot: Snapshot) -> dict[str, str]:
    """Return the options to choose so that a control has an effect, where it has none under the present ones."""
    found = {}
    for choice, used in snapshot.model.idle_unless.items():
        options = [option for option, names in used.items() if name in names]
        if options and snapshot.values_by_name[choice] not in options:
            found[choice] = options[0]
    return found


def _drawn(shown: Shown) -> tuple[Touchable, Any]:
    assert isinstance(shown.view, PlotView)
    (name,) = shown.view.plot.clicks
    return shown.snapshot.model.control(name), shown.snapshot.values_by_name[name]


def _controls(x: float, y: float, shown: Shown) -> Response:
    """Set a control to the place clicked; one of many numbers knows itself what a touch does."""
    assert isinstance(shown.view, PlotView)
    plot = shown.view.plot
    name = _named(y, plot)
    control = shown.snapshot.model.control(name)
    if isinstance(control, Touchable):
        return Response({name: control.touched(shown.snapshot.values_by_name[name], _touch((x, y), None, shown))},
                        shown.choices)
    value = x / plot.x.scale
    if plot.value_at is not None:
        value = plot.value_at(value, shown.snapshot.p)
    return Response({name: snapped(control, value)}, shown.choices)


def _start(x: float, y: float, shown: Shown) -> Response:
    states, place = shown.snapshot.model.states, np.array(shown.result.held, dtype=float)
    for k, value in zip(shown.result.axes, (x, y), strict=True):
        place[k] = value / states[k].scale
    start = tuple(float(min(max(v, s.limits[0]), s.limits[1])) for v, s in zip(place, states, strict=True))
    choices = replace(shown.choices, starts=(*shown.choices.starts, start)[-MOST_STARTS:])
    return Response({}, choices)


def _line(x: float, y: float, shown: Shown) -> Response:
    state = shown.snapshot.model.states[0]
    return Response({state.start_control: snapped(shown.snapshot.model.control(state.start_control), x / state.scale)},
                    shown.choices)


def _picked(x: float, y: float, shown: Shown) -> Any:
    explored: Explored = shown.result
    return pick(explored, shown.cycles, shown.snapshot.model.states[explored.axis].scale, shown.limits, (x, y))


def _branch(x: float, y: float, shown: Shown) -> Response:
    """On a branch the run starts there too; elsewhere only the parameter moves."""
    model, name = shown.snapshot.model, shown.choices.explore
    picked = _picked(x, y, shown)
    values: dict[str, Any] = {name: snapped(model.control(name), x if picked is None else picked.value)}
    if picked is not None:
        values |= start_values(model, picked.state)
    return Response(values, shown.choices)


def _place(x: float, y: float, shown: Shown) -> Response | None:
    """Where the model knows how, the fixed point goes to a trace and a determinant."""
    values = shown.snapshot.model.at_trace_determinant(shown.snapshot.values_by_name, x, y)
    if values is None:
        return None
    # Six digits are more than one can point at, and keep links short.
    rounded = {name: float(f"{v:.6g}") if isinstance(v, float) else v for name, v in values.items()}
    return Response(rounded, shown.choices)


def _explored(x: float, y: float, shown: Shown) -> Response:
    name = shown.choices.explore
    return Response({name: snapped(shown.snapshot.model.control(name), x)}, shown.choices)


def _pair(x: float, y: float, shown: Shown) -> Response:
    controls = {name: shown.snapshot.model.control(name) for name in (shown.choices.explore, shown.choices.second)}
    return Response({n: snapped(c, v) for (n, c), v in zip(controls.items(), (x, y), strict=True)}, shown.choices)


def _own(x: float, y: float, shown: Shown) -> Response:
    name = shown.snapshot.model.explore
    return Response({name: snapped(shown.snapshot.model.control(name), x)}, shown.choices)


ANSWERS: dict[Click, Callable[[float, float, Shown], Response | None]] = {
    Click.NOTHING: lambda x, y, shown: None, Click.START: _start, Click.LINE: _line, Click.BRANCH: _branch,
    Click.EXPLORED: _explored, Click.OWN: _own, Click.PAIR: _pair, Click.PLACE: _place, Click.CONTROLS: _controls,
}
