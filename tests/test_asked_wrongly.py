"""What a Python prompt asks wrongly is answered in words that say what is right."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import ncm_app as ncm
from ncm_app.core.catalogue import flows, models
from ncm_app.core.drawing import Drawing
from ncm_app.core.model import Flow, Model
from ncm_app.core.past import Past
from ncm_app.core.quantity import Choice, Quantity
from ncm_app.core.times import Times

EXPERIMENTS = [slug for slug, model in models().items() if not issubclass(model, Flow)]
INSIDE = {"over": lambda low, high: (low, high + (high - low) / 50), "under": lambda low, high: (low - 1e-6, high),
          "beyond": lambda low, high: (high + 1.0, high + 2.0), "both": lambda low, high: (2 * low - high, 2 * high)}
NO_RANGE = [(3, 3), (5, 3), (float("nan"), 5), (5, float("nan")), (5, float("inf")), (-float("inf"), 5), (5,), (), 5,
            (5, 6, 7), "ab", ("5", "6"), {5: 6}, {5, 6}, (True, 5), (None, 5), (5, 10**400), (5j, 6), np.eye(3), b"ab"]


def said(error, call, /, *arguments, **settings):
    """Return the one-line sentence with which a call is refused."""
    with pytest.raises(error) as caught:
        call(*arguments, **settings)
    sentence = str(caught.value)
    assert 10 < len(sentence) < 600 and "\n" not in sentence and "object has no" not in sentence
    return sentence


def drawn(model):
    """Return a parameter of the equations of a flow."""
    free = [n for n, c in model.controls().items() if isinstance(c, Quantity) and c.group not in ("run", "start")]
    return model.explore or next(name for name in free if name not in model.steady)


@pytest.mark.parametrize("slug", flows())
@pytest.mark.parametrize("way", INSIDE)
def test_range_beyond_the_bounds_is_refused(slug, way):
    model = ncm.model(slug)
    name = drawn(type(model))
    low, high = type(model).control(name).bounds
    between = INSIDE[way](low, high)
    sentence = said(ValueError, ncm.bifurcation_diagram, model, name, between)
    assert f"{name} must lie between {low:g} and {high:g}" in sentence


@pytest.mark.parametrize("between", NO_RANGE, ids=str)
def test_what_is_no_range_is_refused(between):
    model = ncm.model("ei_rate_network")
    assert "tau_i" in said(ValueError, ncm.bifurcation_diagram, model, "tau_i", between)
    assert "tau_i" in said(ValueError, ncm.two_parameter_diagram, model, ("tau_i", "tau_e"), (between, (5, 60)))
    assert "tau_e" in said(ValueError, ncm.two_parameter_diagram, model, ("tau_i", "tau_e"), ((5, 60), between))


def test_range_that_took_a_minute_is_refused_at_once():
    model = ncm.model("ei_rate_network", preset="Fig 3.4 C,D", tau_i=40)
    assert said(ValueError, ncm.bifurcation_diagram, model, "tau_i", (5, 6000)) == (
        "tau_i must lie between 1 and 100 (ms), so it cannot run from 5 to 6000")
    assert "tau_e must lie" in said(ValueError, ncm.two_parameter_diagram, model, ("tau_i", "tau_e"), ((5, 60), (0, 9)))


@pytest.mark.parametrize("between", [[20, 80], np.array([20.0, 80.0]), (np.float32(20), 80), iter((20, 80))],
                         ids=["list", "array", "mixed", "iterator"])
def test_range_may_be_any_two_numbers(between):
    found = ncm.bifurcation_diagram(ncm.model("ei_rate_network"), "tau_i", between, cycles=False)
    assert [q.code for q in found.points] == ["H"]


def test_whole_range_of_a_parameter_is_no_refusal():
    (branch,) = ncm.bifurcation_diagram(ncm.model("leaky_integrator"), "I_0", (-20, 20)).branches
    assert (branch.parameter.min(), branch.parameter.max()) == (pytest.approx(-20.0), pytest.approx(20.0))


@pytest.mark.parametrize("slug", EXPERIMENTS)
@pytest.mark.parametrize("ask", [ncm.equilibria, ncm.phase_portrait,
                                 lambda m: ncm.bifurcation_diagram(m, next(iter(m.controls()))),
                                 lambda m: ncm.bifurcation_diagram(m, "no such name", (5, 1)),
                                 lambda m: ncm.two_parameter_diagram(m, ("a", "b"))])
def test_experiment_says_what_it_can_be_asked(slug, ask):
    sentence = said(ValueError, ask, ncm.model(slug))
    assert sentence.startswith(f"{slug} has no ")
    assert "ncm.measure(model)" in sentence and "ncm.simulate(model)" in sentence
    assert ncm.measure(ncm.model(slug)) and ncm.simulate(ncm.model(slug)) is not None


@pytest.mark.parametrize("slug", models())
def test_only_models_that_measure_answer(slug):
    if models()[slug].measure is Model.measure:
        assert "ncm.simulate(model)" in said(ValueError, ncm.measure, ncm.model(slug))
    else:
        assert all(isinstance(name, str) for name in ncm.measure(ncm.model(slug)))


@pytest.mark.parametrize("slug", flows())
def test_plane_needs_two_states_and_the_others_held(slug):
    model = ncm.model(slug)
    names = [state.name for state in model.states]
    if len(names) == 1:
        assert f"one state, {names[0]}" in said(ValueError, ncm.phase_portrait, model)
        return
    assert "not 77" in said(ValueError, ncm.phase_portrait, model, (0, 77))
    assert "two different states" in said(ValueError, ncm.phase_portrait, model, (names[1], 1))
    assert f"no state named '{names[1]}x'" in said(ValueError, ncm.phase_portrait, model, (0, f"{names[1]}x"))
    assert "(" in said(ValueError, ncm.phase_portrait, model, 0)
    if len(names) > 2:
        assert f"where the others are held ({', '.join(names[2:])})" in said(ValueError, ncm.phase_portrait, model)


def test_plane_of_a_slice():
    """On z = r - 1 the x' of Lorenz is sigma (y - x), its y' x (r - z) - y = x - y."""
    field = ncm.phase_portrait(ncm.model("lorenz"), ("y", "x"), held={"z": 27.0})
    y, x = np.meshgrid(field.x, field.y)
    np.testing.assert_allclose(field.dx, x - y, atol=1e-9)
    np.testing.assert_allclose(field.dy, 10.0 * (y - x), atol=1e-9)
    for held in ({"z": float("nan")}, {"z": "high"}, {"w": 1.0}, 27.0):
        assert said(ValueError, ncm.phase_portrait, ncm.model("lorenz"), ("y", "x"), held)


@pytest.mark.parametrize(("slug", "name", "words"), [
    ("eif", "method", "no quantity"), ("eif", "dt", "belongs to the run"), ("eif", "t_end", "belongs to the run"),
    ("eif", "V_0", "where a run starts"), ("eif", "I_1", "changes in time"), ("kuramoto", "seed", "no quantity"),
    ("synapses", "s_e", "no quantity"), ("eif", 3, "by its name"), ("eif", None, "by its name"),
    ("hodgkin_huxley", "I_2", "changes in time"), ("eif", "tau", "did you mean")])
def test_parameter_of_no_diagram(slug, name, words):
    assert words in said(ValueError, ncm.bifurcation_diagram, ncm.model(slug), name)
    other = "I_0" if slug == "eif" else next(iter(models()[slug].controls()))
    assert said(ValueError, ncm.two_parameter_diagram, ncm.model(slug), (name, other))


@pytest.mark.parametrize("pair", ["I_0", ("I_0",), ("I_0", "D", "V_T"), None, 3, {"I_0": 1, "D": 2}])
def test_what_is_no_pair_of_parameters(pair):
    assert "(first, second)" in said(ValueError, ncm.two_parameter_diagram, ncm.model("eif"), pair)


@pytest.mark.parametrize("ask", [ncm.simulate, ncm.measure, ncm.equilibria, ncm.phase_portrait,
                                 lambda m: ncm.bifurcation_diagram(m, "I_0"), lambda m: ncm.open_file(m, "x.csv"),
                                 lambda m: ncm.two_parameter_diagram(m, ("I_0", "D"))])
@pytest.mark.parametrize("model", ["eif", None, 3, models()["eif"]], ids=str)
def test_what_is_no_model(ask, model):
    assert "such as ncm.model('eif')" in said(TypeError, ask, model)


@pytest.mark.parametrize("slug", models())
def test_values_of_wrong_type_and_beyond_bounds(slug):
    wrong = [float("nan"), float("inf"), -float("inf"), None, True, "much", [1.0], {}, 1j, 10**400, np.ones(2), b"1"]
    for name, control in models()[slug].controls().items():
        if isinstance(control, Times):
            refused = [5, b"20", {20: 1}, [float("nan")], [1e9], "twenty", range(61), True]
        elif isinstance(control, Drawing):
            refused = [5, b"20", {20: 1}, [float("nan")], [1e9], "=", True, None, [None], ["much"], [[1], [1, 2]]]
        elif isinstance(control, Past):
            refused = [5, b"20", {20: 1}, "twenty", [(1, "nothing", 2)], [(0, slug, 1)], True, None, [None], [1]]
        elif isinstance(control, Choice):
            refused = [*wrong, 0, control.objects[0].upper() + "x", np.array(control.objects)]
        else:
            low, high = control.bounds
            refused = [*wrong, high + 1, low - 1, 1e308, -1e308]
        for value in refused:
            sentence = said(ValueError, ncm.model, slug, **{name: value})
            assert name in sentence
            if slug != "spike_trains":
                assert sentence == said(ValueError, ncm.simulate, ncm.model(slug), **{name: value})


@pytest.mark.parametrize(("given", "meant"), [
    ("EIF", "eif"), ("Hodgkin-Huxley", "hodgkin_huxley"), ("HODGKIN HUXLEY", "hodgkin_huxley"), ("lorentz", "lorenz"),
    ("Morris Lecar", "morris_lecar"), ("fitzhugh", "fitzhugh_nagumo"), ("wilson-cowan", "wilson_cowan")])
def test_nearly_the_name_of_a_model(given, meant):
    assert f"did you mean {meant}" in said(ValueError, ncm.model, given)


@pytest.mark.parametrize("given", ["fig 3.4 c,d", "Fig. 3.4 C,D", "Fig3.4 C,D", "FIG 3.4 C, D"])
def test_nearly_the_name_of_a_preset(given):
    assert "did you mean Fig 3.4 C,D" in said(ValueError, ncm.model, "ei_rate_network", given)


def test_slip_in_an_attribute_is_told():
    model = ncm.model("eif")
    assert "did you mean tau_m" in said(AttributeError, setattr, model, "tau_n", 3.0)
    model.tau_m = 20
    assert (model.tau_m, repr(model)) == (20, "ncm.model('eif', tau_m=20)")
    assert repr(eval(repr(ncm.model("synapses", "Fig 1.4", dt=1.0)))) == repr(ncm.model("synapses", "Fig 1.4", dt=1.0))


@pytest.mark.parametrize("name", [name for name in ncm.__all__ if name != "__version__"])
def test_every_public_name_is_explained(name):
    text = inspect.getdoc(getattr(ncm, name))
    first = text.splitlines()[0]
    assert first.endswith((".", ":"))
    if name != "catalogue":
        assert "Raises ValueError" in text
    assert name in (ncm.__doc__ or "") or name == "open_file"


def test_exported_scripts_ask_only_what_is_answered():
    """A script that asks this package reads off numbers: a model that cannot be written out has some."""
    asking = [model for model in models().values() if not issubclass(model, Flow) or model.driven]
    assert len(asking) >= 6
    assert [model.slug() for model in asking if model.measure is Model.measure] == []
