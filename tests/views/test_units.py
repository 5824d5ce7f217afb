"""States with different units stand on different axes, each with its own unit and range."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import flows
from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.session.plot_rules import rules_for
from ncm_app.views.traces import TraceView, by_unit
from tests.views.answers import view_of


def traces(model):
    return [view for _, view in rules_for(model) if isinstance(view, TraceView)]


@pytest.mark.parametrize("model", flows().values(), ids=flows())
def test_every_state_is_drawn_once_on_an_axis_of_its_unit(model):
    drawn = [state for view in traces(model) for state in view.shown.values()]
    assert sorted(s.name for s in drawn) == sorted(s.name for s in model.states if s.traced)
    for view in traces(model):
        (unit,) = {s.shown or s.unit for s in view.shown.values()}
        assert view.y_label == ", ".join(s.name for s in view.shown.values()) + (f" ({unit})" if unit != "1" else "")
    assert len({view.name for view in traces(model)}) == len(traces(model)) == len(by_unit(model))


def test_gates_have_a_strip_of_their_own_below_the_voltage():
    main, gates = traces(HodgkinHuxley)
    assert (main.name, main.shape, main.y_label, main.legend) == ("trace", "wide", "V (mV)", False)
    assert (gates.name, gates.shape, gates.y_label, gates.legend) == ("trace_2", "strip", "n, h, m", True)
    names = [view.name for _, view in rules_for(HodgkinHuxley)]
    assert names.index("trace_2") == names.index("trace") + 1


def test_strip_shows_the_gates_of_the_run_within_their_spans():
    view, result = view_of(HodgkinHuxley, "trace_2", "Fig B.2 A-D")
    columns = view.columns(result)
    for i, name in enumerate(("n", "h", "m"), 1):
        assert columns[name][1][-1] == pytest.approx(result.trajectory.y[i, -1], abs=1e-6)
        assert columns[f"rest {name}"][1] == pytest.approx([result.fixed_points[0].state[i]] * 2, abs=1e-6)
    assert view.limits(result)[1] == pytest.approx((-0.03, 1.03))
    assert not {"V", "rest V", "spikes"} & set(columns)


def test_hues_are_those_of_the_other_plots():
    """A state has the same hue in its strip as on the axis of the phase plane."""
    (_, strip), plane = traces(MorrisLecar), view_of(MorrisLecar, "phase_plane")[0]
    hue = {layer.name: layer.look.get("color") for view in (strip, plane) for layer in view.layers()}
    assert hue["w"] == hue["y nullcline"] != hue["x nullcline"]


def test_voltage_axis_is_not_stretched_by_the_gates():
    view, result = view_of(MorrisLecar, "trace", "Hopf")
    low, high = view.limits(result)[1]
    assert (low, high) == pytest.approx((-78.75, 53.75))
    assert np.ptp(view.columns(result)["V"][1]) > 50
