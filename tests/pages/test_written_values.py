"""What is drawn or listed, between models and in scripts."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

import ncm_app as ncm
from ncm_app.core.capabilities import is_self_contained
from ncm_app.core.catalogue import models
from ncm_app.core.model import Flow, Preset, Sketch, State, Times
from ncm_app.pages.export import script_of
from ncm_app.studies import family
from ncm_app.studies.family import counterpart
from tests.support.blackboard import Blackboard


class Traced(Flow):
    """A leak with an input that is drawn."""

    family = "traced"
    states = (State("x", span=(-1.0, 1.0)),)
    trace = Sketch(4, doc="input")
    spikes = Times((5.0,), doc="spikes")
    presets = (Preset("Plain", "Nothing is drawn."),)

    @staticmethod
    def rhs(t, y, p):
        return (-y[0],)


class Finer(Traced):
    """The same with more numbers."""

    trace = Sketch(8, doc="input")


def test_a_relative_takes_what_it_can_hold(monkeypatch):
    monkeypatch.setattr(family, "models", lambda: {"traced": Traced, "finer": Finer})
    given = {**Traced.preset_values(""), "trace": Traced.control("trace").clean([0.5] * 4), "spikes": (1.0, 2.0)}
    there = counterpart(Traced(**given).snapshot(), "finer").values_by_name
    assert there["trace"] == () and there["spikes"] == (1.0, 2.0)
    back = counterpart(Finer(**given | {"trace": ()}).snapshot(), "traced").values_by_name
    assert back["trace"] == () and back["spikes"] == (1.0, 2.0)


def test_a_flow_with_a_drawing_is_no_script_of_its_own():
    assert not is_self_contained(Traced)
    assert is_self_contained(models()["lorenz"])


def test_an_exported_script_holds_what_is_drawn_and_finds_the_numbers_again(monkeypatch):
    monkeypatch.setitem(models(), "blackboard", Blackboard)
    values = {**Blackboard.preset_values("Full"), "places": [(1.0, -1.0, 1)]}
    text = script_of(Blackboard(**values).snapshot(), "Full", "")
    assert len(text) < 2000 and "places='" in text
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(text, "script", "exec"), {})
    assert "sum of pattern: 784" in said.getvalue()
    with pytest.raises(AssertionError):
        exec(compile(text.replace("pattern='_", "pattern='A"), "script", "exec"), {})


def test_a_drawing_is_given_as_numbers_or_text_at_the_prompt(monkeypatch):
    monkeypatch.setitem(models(), "blackboard", Blackboard)
    wave = np.sin(np.linspace(0.0, 6.28, 64))
    model = ncm.model("blackboard", target=wave)
    assert ncm.model("blackboard", target=Blackboard.control("target").text(model.target)).target == model.target
    assert ncm.measure(model)["sum of target"] == pytest.approx(wave.sum(), abs=64 * 3 / 4094 / 2)
    with pytest.raises(ValueError, match="target must hold 64 numbers"):
        ncm.model("blackboard", target=wave[:9])
