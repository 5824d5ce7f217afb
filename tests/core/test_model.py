"""The contract of a model: controls, start values, presets, near matches, records."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.model import Choice, Count, Flow, Model, Preset, Quantity, Spiking, State, Variable, unknown
from ncm_app.core.snapshot import Snapshot


class Decay(Flow):
    """Something decays to a target.

    The rest of the text is not for the catalogue.
    """

    chapter, title = "9.9", "Decay"
    tau = Quantity(10.0, bounds=(1, 100), unit="ms", symbol=r"\tau")
    target = Quantity(0.0, bounds=(-1, 1))
    kind = Choice("plain", objects=["plain", "fancy"])
    seed = Count(3, bounds=(0, 99))
    t_end = Quantity(50.0)
    states = (State("x", start=0.5, span=(-1.0, 1.0), unit="mV", symbol="x", doc="what decays"),
              State("z", span=(0.0, 0.1), box=(-5.0, 5.0)))
    presets = (Preset("fast", "Quick.", values={"tau": 2}), Preset("far",
               "From afar.", values={"x_0": -1.0, "kind": "fancy"}))

    @staticmethod
    def rhs(t, y, p):
        x, z = y
        return (p.target - x) / p.tau, -z


class SlowDecay(Decay):
    """The same with other defaults."""

    tau = Quantity(90.0)


class Record(Flow):
    """A model of this module, found again by name."""

    g = Quantity(1.0, bounds=(0, 2))
    states = (State("x", span=(0, 1)),)


# Controls -------------------------------------------------------------------------------

def test_controls_hold_parameters_start_values_and_run_settings():
    names = list(Decay.controls())
    assert set(names) == {"tau", "target", "kind", "seed", "t_end", "dt", "method", "x_0", "z_0"}
    assert [n for n in names if n in ("tau", "target", "kind", "seed")] == ["tau", "target", "kind", "seed"]
    assert "name" not in names


def test_start_value_controls():
    x_0, z_0 = Decay.control("x_0"), Decay.control("z_0")
    assert (x_0.default, x_0.bounds, x_0.unit, x_0.symbol) == (0.5, (-1.0, 1.0), "mV", "x(0)")
    assert (x_0.group, x_0.rare, x_0.doc) == ("start", True, "what decays at t = 0")
    assert (z_0.default, z_0.bounds, z_0.symbol, z_0.doc) == (0.0, (-5.0, 5.0), "z(0)", "z at t = 0")


def test_new_default_of_an_inherited_control_keeps_the_rest():
    assert Decay.control("t_end").default == 50.0
    assert Decay.control("t_end").bounds == Flow.control("t_end").bounds
    slow = SlowDecay.control("tau")
    assert (slow.default, slow.bounds, slow.unit, slow.symbol) == (90.0, (1, 100), "ms", r"\tau")
    assert list(SlowDecay.presets) == ["fast", "far"]
    assert SlowDecay().values()["x_0"] == 0.5


def test_record_holds_what_right_hand_sides_see():
    fields = Decay.Parameters._fields
    assert set(fields) == {"tau", "target", "kind", "seed", "x_0", "z_0"}
    p = Decay(kind="fancy", tau=5).snapshot().p
    assert (p.tau, p.kind, p.seed, p.x_0) == (5.0, 1, 3, 0.5)
    assert [type(v) for v in (p.tau, p.kind, p.seed)] == [float, int, int]


@pytest.mark.parametrize("model", [*models().values(), Record], ids=[*models(), "here"])
def test_record_is_found_again_by_name(model):
    p = model().snapshot().p
    again = pickle.loads(pickle.dumps(p))
    assert all(np.array_equal(old, new) for old, new in zip(p, again, strict=True))
    assert type(pickle.loads(pickle.dumps(p))) is model.Parameters


# Names and values -----------------------------------------------------------------------

@pytest.mark.parametrize(("values", "said"), [
    ({"tua": 5}, "test_model has no parameter named 'tua'; did you mean tau"),
    ({"tau": 500}, r"tau must lie between 1 and 100 \(ms\)"),
    ({"tau": "x"}, "tau must be a number"), ({"kind": "odd"}, "kind must be one of plain, fancy"),
    ({"x_0": 2}, "x_0 must lie between"),
    ({"seed": 1.5}, "seed must be a whole number"), ({"method": "Eulr"}, "method must be one of Euler"),
    ({"name": "x"}, "no parameter")])
def test_bad_values_are_named(values, said):
    with pytest.raises(ValueError, match=said):
        Decay(**values)
    with pytest.raises(ValueError, match=said):
        Decay().snapshot(**values)


def test_unknown_names_with_and_without_near_matches():
    assert unknown("parameter", "tau_x", ["tau_e", "tau_i"], "net") == (
        "net has no parameter named 'tau_x'; did you mean tau_i, tau_e?")
    assert unknown("model", "qqq", ["eif", "lif"], "the catalogue") == (
        "the catalogue has no model named 'qqq'; there is eif, lif.")
    assert unknown("preset", "Fig", [], "net") == "net has no preset named 'Fig'; there is none."


def test_presets():
    assert Decay.first_preset() == "fast"
    assert Decay.preset_values(None) == Decay.preset_values("") == Decay().values()
    assert Decay.preset_values("far") == Decay().values() | {"x_0": -1.0, "kind": "fancy"}
    assert type(Decay.preset_values("fast")["tau"]) is float
    with pytest.raises(ValueError, match="no preset named 'fasst'; did you mean fast"):
        Decay.preset_values("fasst")


def test_preset_replaces_every_value():
    model = Decay(tau=7.0, target=0.3)
    model.set_preset("far")
    assert model.values() == Decay.preset_values("far")
    model.set_preset("")
    assert model.values() == Decay().values()


def test_models_do_not_share_values():
    one, other = Decay(tau=5.0), Decay()
    one.target = 0.7
    assert (other.tau, other.target) == (10.0, 0.0)


def test_sentence_and_slug():
    assert Decay.sentence() == "Something decays to a target."
    assert Decay.slug() == "test_model"
    assert Model.first_preset() == ""


def test_kinds_without_functions_say_so():
    class Empty(Spiking):
        """A cell that states nothing."""

        states = (State("V", span=(0.0, 1.0)),)

    p = Empty().snapshot().p
    assert Empty.observe(0.0, (0.0,), p) == ()
    for call in (lambda: Empty.rhs(0.0, (0.0,), p), lambda: Empty.threshold(p), lambda: Empty.reset((0.0,), p)):
        with pytest.raises(NotImplementedError):
            call()


def test_snapshot_of_a_model():
    model = Decay(tau=5.0)
    snapshot = model.snapshot(target=0.5)
    assert snapshot == Snapshot.of(Decay, model.values() | {"target": 0.5})
    assert model.target == 0.0


# Variables ------------------------------------------------------------------------------

def test_axis_of_a_variable():
    rate = Variable("r", span=(0.0, 0.02), unit="kHz", shown="Hz")
    assert (rate.scale, rate.axis, rate.drawn_span) == (1000.0, "r (Hz)", (0.0, 20.0))
    share = Variable("n", span=(0.0, 1.0))
    assert (share.scale, share.axis, share.drawn_span) == (1.0, "n", (0.0, 1.0))
    assert State("x", span=(0.0, 1.0)).limits == (0.0, 1.0)
    assert State("x", span=(0.0, 1.0), box=(-2.0, 2.0)).limits == (-2.0, 2.0)


def test_start_outside_its_limits_is_refused():
    with pytest.raises(ValueError, match=r"must be at most 1\.0, not 3\.0"):
        State("x", start=3.0, span=(0.0, 1.0)).start_quantity()
