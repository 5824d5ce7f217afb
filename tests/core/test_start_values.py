"""A start value is a control of its own, and is one with a parameter only where the model says so."""

from __future__ import annotations

import param
import pytest

from ncm_app.core.catalogue import find, flows
from ncm_app.core.model import Choice, Flow, Preset, Quantity, State
from ncm_app.core.parameters import parameters_read
from ncm_app.core.share import decode, encode
from ncm_app.session.clicks import start_values

ONE = State("v", span=(0.0, 1.0))
V_0 = Quantity(6.0, bounds=(0, 10), unit="mV", group="cells", doc="half-activation")
BOTH = r"v_0 is the start value of the state v, and something else .* State\('v', start_at='v_0'\)"


class Shared(Flow):
    """Something that starts where its equation points."""

    chapter, title = "9.9", "Shared"
    v_0 = Quantity(6.0, bounds=(0, 10), group="cells")
    states = (State("v", start_at="v_0", span=(0.0, 20.0)), State("w", start=1.0, span=(0.0, 2.0)))
    presets = (Preset("low", "From below.", values={"v_0": 2.0}),)

    @staticmethod
    def rhs(t, y, p):
        v, w = y
        return 2.0 * p.v_0 - v, -w


class Halved(param.Parameterized):
    """A mix-in with a parameter that Jansen and Rit call so."""

    v_0 = Quantity(6.0, bounds=(0, 10))


class Started(Flow):
    """A state as it usually is."""

    states = (State("v", start=1.0, span=(0.0, 2.0)),)


def define(bases=(Flow,), **body):
    return type("Made", bases, body)


@pytest.mark.parametrize(("bases", "body"), [
    ((Flow,), {"v_0": V_0, "states": (ONE,)}),
    ((Flow,), {"v_0": Choice("a", objects=["a", "b"]), "states": (ONE,)}),
    ((Flow,), {"v_0": staticmethod(lambda p: 0.0), "states": (ONE,)}),
    ((Halved, Flow), {"states": (ONE,)}),
    ((Halved, Started), {"states": (ONE,)}),
    ((Halved, Started), {}),
    ((Started,), {"v_0": V_0})])
def test_a_parameter_with_the_name_of_a_start_value_is_refused(bases, body):
    with pytest.raises(ValueError, match=f"Made: {BOTH}"):
        define(bases, **body)


@pytest.mark.parametrize("body", [
    {"states": (State("v", span=(0, 1), start_at="v_1"),)},
    {"v_1": Choice("a", objects=["a", "b"]), "states": (State("v", span=(0, 1), start_at="v_1"),)}])
def test_sharing_needs_a_quantity(body):
    with pytest.raises(ValueError, match="Made: the state v starts at v_1, which is no Quantity of the model"):
        define(**body)


def test_other_names_and_inherited_states_are_no_clash():
    assert set(define(v_1=V_0, states=(ONE,)).controls()) >= {"v_0", "v_1"}
    again = define((Started,), states=(State("v", span=(0, 1), start=0.5), State("w", span=(0, 1))))
    assert (again.control("v_0").default, Started.control("v_0").default) == (0.5, 1.0)
    assert define((Started,)).control("v_0") is Started.control("v_0")


def test_sharing_is_inherited_and_is_not_undone_unsaid():
    assert Shared.control("v_0") is define((Shared,)).control("v_0")
    assert define((Shared,), v_0=Quantity(2.0)).control("v_0").default == 2.0
    with pytest.raises(ValueError, match=BOTH):
        define((Shared,), states=(ONE,))


def test_sharing_that_is_stated_gives_one_control():
    assert [name for name in Shared.controls() if name.startswith(("v", "w"))] == ["v_0", "w_0"]
    assert Shared.control("v_0").group == "cells"
    snapshot = Shared(v_0=3.0, w_0=0.5).snapshot()
    assert (snapshot.start, snapshot.p.v_0) == ((3.0, 0.5), 3.0)
    assert Shared.preset_values("low")["v_0"] == 2.0
    assert start_values(Shared, (4.0, 1.5)) == {"v_0": 4.0, "w_0": 1.5}


def test_a_question_without_start_values_keeps_a_parameter_that_is_one():
    snapshot = Shared(v_0=3.0, w_0=0.5).snapshot()
    assert snapshot.without(start=True) == Shared(v_0=3.0).snapshot()
    assert snapshot.without(start=True, parameters=["v_0"]) == Shared().snapshot()


def test_links_carry_a_shared_start_value():
    snapshot = Shared(v_0=3.0).snapshot()
    shared = decode("?" + encode(snapshot, "low", {"starts": [[4.0, 1.5]]}), {Shared.slug(): Shared})
    assert (shared.values["v_0"], shared.extras["starts"], shared.complaints) == (3.0, [(4.0, 1.5)], ())


@pytest.mark.parametrize("model", flows().values(), ids=flows())
def test_no_equation_of_the_catalogue_reads_a_start_value_that_is_not_shared(model):
    read = parameters_read(model.rhs)
    assert read is not None
    assert not {state.start_control for state in model.states if not state.start_at} & set(read)


# Questions to which some values do not matter --------------------------------------------

def test_without_sets_what_does_not_matter_to_its_defaults():
    eif = find("eif")
    moved = {"t_end": 321.0, "dt": 0.5, "method": "RK4"}
    snapshot = eif(I_0=7.0, tau_m=12.0, V_0=-60.0, **moved).snapshot()
    assert snapshot.without() == snapshot
    assert snapshot.without(run=True) == eif(I_0=7.0, tau_m=12.0, V_0=-60.0).snapshot()
    assert snapshot.without(start=True) == eif(I_0=7.0, tau_m=12.0, **moved).snapshot()
    assert snapshot.without(parameters=["I_0", "dt"]) == snapshot.changed(I_0=0.0, dt=0.1)
    assert snapshot.without(run=True, start=True, parameters=("I_0", "tau_m")) == eif().snapshot()


def test_without_refuses_unknown_names_and_keeps_what_a_user_has_opened():
    snapshot = find("spike_trains")().snapshot()
    opened = type(snapshot)(snapshot.model, snapshot.values, opened="a file")
    assert opened.without(run=True, start=True).opened == "a file"
    with pytest.raises(ValueError, match="no parameter named 'I0'; did you mean I_0"):
        find("eif")().snapshot().without(parameters=["I0"])
