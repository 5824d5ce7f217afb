"""Sliders and fields: labels, ranges, what a browser may set, and nothing that waits."""

from __future__ import annotations

import json
import math

import panel as pn
import pytest

from ncm_app.core.capabilities import is_learner
from ncm_app.core.catalogue import find
from ncm_app.core.learner import OF_THE_RUN
from ncm_app.core.quantity import Choice, Count
from ncm_app.core.written import Written
from ncm_app.pages import live
from ncm_app.pages.control_panel import ControlPanel
from ncm_app.pages.controls import Controls
from ncm_app.pages.dials import Action, Dial, Pick
from tests.support.session import EI, MODELS

SYNAPSES = find("synapses")


def controls_of(model, moved=None, told=None, prefix=""):
    """Return the controls of a model; what is moved and told is kept in the lists given."""
    return Controls(model, model().values(), lambda *what: moved.append(what), lambda sentence: told.append(sentence),
                    prefix)


@MODELS
def test_labels_hooks_and_ranges_of_all_controls(model):
    controls = controls_of(model)
    assert set(controls.values) == set(model.controls()) - set(OF_THE_RUN if is_learner(model) else ())
    for name in controls.values:
        control, facts = model.control(name), controls.facts(name)
        assert facts["hook"] == f"ncm-{name}"
        assert facts["label"] == f"<i>{control.html_name}</i>"
        assert facts["help"]
        if isinstance(control, Choice):
            assert facts["options"] == list(control.objects)
        elif isinstance(control, Written):
            assert control.clean(controls.values[name]) == model().values()[name]
        else:
            assert (facts["low"], facts["high"]) == control.bounds
            assert facts["low"] <= facts["start"] < facts["end"] <= facts["high"]
            assert facts["whole"] is isinstance(control, Count)
            assert 9 <= (facts["end"] - facts["start"]) / facts["step"] <= 100_000
    groups = json.loads(controls.panel.groups)
    titles = [title for title, _, _ in groups]
    assert len(set(titles)) == len(titles)
    first = model.control(next(iter(model.Parameters._fields))).group
    assert "run" not in titles or first == "run" or titles.index("run") > titles.index(first)
    # Values stand in the order of the rows.
    assert [facts["plain"] for _, _, rows in groups for facts in rows] == list(controls.values)
    assert controls.panel.shown == [0, *controls.values.values()]


def test_a_group_of_rare_controls_is_closed_at_first():
    groups = json.loads(controls_of(EI).panel.groups)
    assert {title: open for title, open, _ in groups} == {
        "time constants": True, "weights": True, "input": True, "f-I curve": False, "start": False, "run": True}


def test_hooks_begin_with_the_prefix_of_a_bench():
    assert controls_of(EI, prefix="left_").facts("tau_i")["hook"] == "ncm-left_tau_i"


def test_showing_values_calls_nobody_and_moving_calls_once():
    moved = []
    controls = controls_of(EI, moved)
    controls.show({"tau_i": 20.0})
    assert moved == []
    controls.move("tau_i", 21.0)
    assert moved == [("tau_i", 21.0)]


def test_a_move_of_the_browser_is_not_sent_back_to_it():
    moved, sent = [], []
    controls = controls_of(EI, moved)
    controls.panel.param.watch(lambda event: sent.append(event.new), "shown")
    controls.panel.moved = [1, "tau_i", 21.0]
    controls.show({"tau_i": 21.0, "X_e": controls.values["X_e"]})
    assert moved == [("tau_i", 21.0)] and sent == []
    controls.panel.moved = [2, "tau_i", 22.0]
    controls.show({"tau_i": 15.0})  # as when it is taken back
    assert [shown[0] for shown in sent] == [2]
    assert dict(zip(controls.values, sent[0][1:], strict=True)) == controls.values
    assert controls.values["tau_i"] == 15.0


def test_a_list_that_cannot_be_read_is_told_and_shown_as_it_was():
    moved, told = [], []
    controls = controls_of(SYNAPSES, moved, told)
    before = controls.values["s_e"]
    controls.panel.moved = [1, "s_e", "20, soon"]
    assert told == ["time 2 of s_e must be a number, not 'soon'; it stays as it was."] and moved == []
    assert controls.values["s_e"] == before and controls.panel.shown == [1, *controls.values.values()]
    controls.panel.moved = [2, "s_e", "30;20"]
    assert moved == [("s_e", (20.0, 30.0))] and controls.values["s_e"] == "20, 30"
    assert controls.panel.shown == [2, *controls.values.values()]


GOOD = [[1, "tau_i", 20], [1, "tau_i", 20.5], [2**31 - 1, "curve", "sigmoid"], [0, "seed", 3]]
BAD = [[1, "tau_i", math.nan], [1, "tau_i", 1e9], [1, "tau_i", True], [1, "tau_i", "20"], [1, "tau_i", None],
       [-1, "tau_i", 20.0], [2**31, "tau_i", 20.0], [1.5, "tau_i", 20.0], [True, "tau_i", 20.0], [1, "tau", 20.0],
       [1, ["tau_i"], 20.0], [1, None, 20.0], [1, "curve", "step"], [1, "curve", 1], [1, "tau_i"], [], None, "x", {},
       [1, "tau_i", 20.0, 1], [1, "tau_i", [20.0]]]


@pytest.mark.parametrize("move", BAD, ids=repr)
def test_a_browser_moves_nothing_to_what_it_cannot_be(move):
    assert not controls_of(EI).panel.takes(move)


def test_only_moves_and_complaints_arrive():
    panel = controls_of(EI).panel
    good = {"moved": [1, "tau_i", 20.0], "complaint": "no"}
    assert panel._process_property_change({**good, "groups": "[]", "shown": [9], "idle": ["k"]}) == good
    assert panel._process_property_change({"moved": BAD[0]}) == {}


def test_a_browser_moves_controls_to_what_they_may_be():
    panel = controls_of(EI).panel
    assert [move for move in GOOD if move[1] in EI.controls() and not panel.takes(move)] == []
    numbers = find("leaky_integrator")
    assert controls_of(numbers).panel.takes([1, "seed", 3]) and not controls_of(numbers).panel.takes([1, "seed", 3.5])
    times = controls_of(SYNAPSES).panel
    assert times.takes([1, "s_e", "20, soon"]) and not times.takes([1, "s_e", "1" * 5000])


def test_dimmed_controls_keep_their_values_and_can_be_moved():
    moved = []
    controls = controls_of(EI, moved)
    controls.dim({"k", "n"})
    assert set(controls.panel.idle) == {"k", "n"}
    controls.move("k", 0.0007)
    assert moved == [("k", 0.0007)]
    controls.dim({"n", "s"})
    assert set(controls.panel.idle) == {"n", "s"}


def test_complaint_of_a_field_is_passed_on_without_its_stamp():
    told = []
    controls = controls_of(EI, told=told)
    controls.panel.complaint = "τᵢ takes a number from 1 to 100 ms; it stays at 15 ms. #1234"
    assert told == ["τᵢ takes a number from 1 to 100 ms; it stays at 15 ms."]


@pytest.mark.parametrize("kind", [live.Beacon, ControlPanel, Dial, Pick, Action])
def test_nothing_between_slider_and_server_waits(kind):
    """`_debounce` is a private name of Panel: 50 ms of latency if it is renamed."""
    assert kind._debounce == 0
    assert isinstance(pn.reactive.Syncable._debounce, int)
