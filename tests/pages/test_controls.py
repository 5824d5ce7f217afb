"""Sliders and fields: labels, ranges, and nothing that waits."""

from __future__ import annotations

import panel as pn
import pytest

from ncm_app.core.quantity import Choice, Count
from ncm_app.core.times import Times
from ncm_app.pages import live
from ncm_app.pages.controls import Controls
from tests.support.session import EI, MODELS


@MODELS
def test_labels_hooks_and_ranges_of_all_controls(model):
    controls = Controls(model, model().values(), lambda name, value: None, lambda sentence: None)
    for name, control in model.controls().items():
        widget = controls.widgets[name]
        assert widget.css_classes == [f"ncm-{name}"]
        assert widget.label == f"<i>{control.html_name}</i>"
        assert widget.help
        if isinstance(control, Choice):
            assert widget.options == list(control.objects)
        elif isinstance(control, Times):
            assert control.clean(widget.value) == model().values()[name]
        else:
            assert (widget.low, widget.high) == control.bounds
            assert widget.low <= widget.start < widget.end <= widget.high
            assert widget.whole is isinstance(control, Count)
            assert 10 <= (widget.end - widget.start) / widget.step <= 100_000
    groups = controls.groups()
    titles = list(groups._names)
    assert len(set(titles)) == len(titles)
    first = model.control(next(iter(model.Parameters._fields))).group
    assert "run" not in titles or first == "run" or titles.index("run") > titles.index(first)


def test_showing_values_calls_nobody_and_moving_calls_once():
    moved = []
    controls = Controls(EI, EI().values(), lambda *what: moved.append(what), lambda sentence: None)
    controls.show({"tau_i": 20.0})
    assert moved == []
    controls.widgets["tau_i"].value = 21.0
    assert moved == [("tau_i", 21.0)]


def test_dimmed_controls_keep_their_values_and_can_be_moved():
    moved = []
    controls = Controls(EI, EI().values(), lambda *what: moved.append(what), lambda sentence: None)
    controls.dim({"k", "n"})
    assert {name for name, widget in controls.widgets.items() if widget.idle} == {"k", "n"}
    controls.widgets["k"].value = 0.0007
    assert moved == [("k", 0.0007)]
    controls.dim({"n", "s"})
    assert {name for name, widget in controls.widgets.items() if widget.idle} == {"n", "s"}


def test_complaint_of_a_field_is_passed_on_without_its_stamp():
    told = []
    controls = Controls(EI, EI().values(), lambda *what: None, told.append)
    controls.widgets["tau_i"].complaint = "τᵢ takes a number from 1 to 100 ms; it stays at 15 ms. #1234"
    assert told == ["τᵢ takes a number from 1 to 100 ms; it stays at 15 ms."]


@pytest.mark.parametrize("kind", [live.Beacon, *dict.fromkeys(type(w) for w in Controls(
    EI, EI().values(), lambda *what: None, lambda sentence: None).widgets.values())])
def test_nothing_between_slider_and_server_waits(kind):
    """`_debounce` is a private name of Panel: 50 ms of latency if it is renamed."""
    assert kind._debounce == 0
    assert isinstance(pn.reactive.Syncable._debounce, int)
