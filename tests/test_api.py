"""The Python interface: the names a prompt sees, and what they answer."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import ncm_app as ncm
from ncm_app.core.catalogue import models
from ncm_app.core.model import Flow, Model
from ncm_app.numerics.results import Diagram, Equilibrium, Loci, Portrait, Status, Trajectory

NAMES = {"catalogue", "model", "simulate", "equilibria", "phase_portrait", "bifurcation_diagram",
         "two_parameter_diagram"}


def test_top_level_names():
    assert set(ncm.__all__) - {"__version__"} >= NAMES
    assert all(callable(getattr(ncm, name)) for name in NAMES)
    assert ncm.__version__[0].isdigit()


def test_catalogue_is_in_the_order_of_the_book():
    listed = ncm.catalogue()
    assert listed["leaky_integrator"] == "Leaky integrator"
    assert list(listed)[:2] == ["leaky_integrator", "eif"]
    assert list(listed) == list(models())


@pytest.mark.parametrize("slug", models())
def test_every_model_answers_every_question(slug):
    for preset in (None, *models()[slug].presets):
        model = ncm.model(slug, preset)
        if type(model).measure is not Model.measure:
            assert all(np.isfinite(value) for value in ncm.measure(model).values())
        if not isinstance(model, Flow):
            answer = ncm.simulate(model)  # one that was stopped, or found nothing, has no measures
            assert ncm.measure(model) or getattr(answer, "failed", "") or answer.status is Status.RUNAWAY
            continue
        run = ncm.simulate(model, t_end=20.0)
        assert isinstance(run, Trajectory)
        assert run.y.shape == (len(model.states), len(run.t))
        assert all(isinstance(point, Equilibrium) for point in ncm.equilibria(model))
        if model.explore:
            assert isinstance(ncm.bifurcation_diagram(model, model.explore, cycles=False), Diagram)
        if len(model.states) > 1:
            held = {state.name: state.start for state in model.states[2:]}
            assert isinstance(ncm.phase_portrait(model, held=held), Portrait)


def test_preset_then_values():
    model = ncm.model("ei_rate_network", preset="Fig 3.4 C,D", tau_i=40)
    assert (model.tau_e, model.tau_i, model.w_ee) == (15.0, 40.0, 2000.0)
    assert ncm.model("ei_rate_network").tau_i == 15.0


def test_presets_are_found_by_name():
    presets = ncm.model("ei_rate_network").presets
    assert presets["Fig 3.4 C,D"].values == {"tau_e": 15.0, "tau_i": 30.0}


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ncm.model("ei_network"), ("no model named 'ei_network'", "did you mean", "ei_rate_network")),
    (lambda: ncm.model("zzz"), ("no model named 'zzz'", "there is", "leaky_integrator", "eif")),
    (lambda: ncm.model("eif", preset="Fig 1.3 C"), ("no preset named", "did you mean", "Fig 1.3 A", "Fig 1.3 B")),
    (lambda: ncm.model("ei_rate_network", tau_j=3), ("no parameter named 'tau_j'", "did you mean", "tau_i")),
    (lambda: ncm.model("eif", I_0=51), ("I_0 must lie between -10 and 50 (mV), not 51",)),
    (lambda: ncm.model("eif", I_0="much"), ("I_0 must be a number", "'much'")),
    (lambda: ncm.model("eif", I_0=float("nan")), ("I_0 must be a finite number",)),
    (lambda: ncm.model("eif", method="Eulr"), ("method must be one of Euler, Heun, RK4, adaptive", "'Eulr'")),
    (lambda: ncm.model("leaky_integrator", seed=1.5), ("seed must be a whole number between 0 and 9999",)),
    (lambda: ncm.simulate(ncm.model("eif"), dt=0), ("dt must lie between 0.001 and 50 (ms)",)),
    (lambda: ncm.simulate(ncm.model("eif"), t_ende=5), ("no parameter named 't_ende'", "t_end")),
    (lambda: ncm.bifurcation_diagram(ncm.model("eif"), "I0"), ("no parameter named 'I0'", "I_0")),
    (lambda: ncm.bifurcation_diagram(ncm.model("eif"), "I_0", (3, 3)), ("I_0 cannot run from 3 to 3",)),
    (lambda: ncm.two_parameter_diagram(ncm.model("eif"), ("I_0", "DD")), ("no parameter named 'DD'", "D")),
    (lambda: ncm.two_parameter_diagram(ncm.model("eif"), ("I_0", "I_0")), ("two different parameters",)),
    (lambda: ncm.two_parameter_diagram(ncm.model("eif"), ("I_0", "D"), ((3, 2), (1, 2))), ("range of I_0 must grow",)),
    (lambda: ncm.two_parameter_diagram(ncm.model("eif"), ("I_0", "method")), ("method is no quantity",)),
])
def test_what_is_wrong_is_named(call, words):
    with pytest.raises(ValueError, match=r".") as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def test_settings_of_a_run_leave_the_model_alone():
    model = ncm.model("leaky_integrator")
    run = ncm.simulate(model, t_end=30.0, dt=0.5, method="RK4")
    assert (len(run.t), run.t[-1]) == (61, pytest.approx(30.0))
    np.testing.assert_allclose(run.y[0], -67.0 - 3.0 * np.exp(-run.t / 15.0), atol=1e-5)
    assert (model.t_end, model.dt, model.method) == (600.0, 0.1, "Euler")


def test_seed_decides_the_noise():
    model = ncm.model("leaky_integrator", preset="Noise")
    one, again, other = (ncm.simulate(model, seed=seed).y for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert np.max(np.abs(one - other)) > 0.1


def test_equilibrium_of_the_book():
    (point,) = ncm.equilibria(ncm.model("ei_rate_network"))
    assert 1000 * point.state == pytest.approx([5.60833, 12.50437], abs=5e-6)
    assert np.sort_complex(point.eigenvalues) == pytest.approx([-0.288333 - 0.312152j, -0.288333 + 0.312152j], abs=1e-6)
    assert (point.kind, point.stable) == ("stable spiral", True)


def test_diagram_and_its_points():
    found = ncm.bifurcation_diagram(ncm.model("ei_rate_network"), "tau_i", (20, 80))
    (hopf,) = [q for q in found.points if q.code == "H"]
    assert hopf.parameters["tau_i"] == pytest.approx(1.906504 * 30.0, abs=2e-5)
    assert hopf.frequency == pytest.approx(abs(hopf.eigenvalues[0].imag) / (2 * np.pi), rel=1e-6)
    assert [branch.parameter.min() for branch in found.branches] == pytest.approx([20.0])


def test_two_parameter_diagram_and_its_points():
    """The cusp of FitzHugh-Nagumo: v = 0, b = 1, I = a; a part of the range has a part of the points."""
    model = ncm.model("fitzhugh_nagumo", a=0.6)
    found = ncm.two_parameter_diagram(model, ("I", "b"))
    assert isinstance(found, Loci)
    assert {q.code: q.parameters for q in found.points}["CP"] == pytest.approx({"I": 0.6, "b": 1.0}, rel=1e-7)
    part = ncm.two_parameter_diagram(model, ("I", "b"), ((-1, 2), (0.1, 0.9)))
    assert [q.parameters["b"] for q in part.points if q.code == "GH"] == pytest.approx([0.51042119], rel=1e-7)
    assert "CP" not in {q.code for q in part.points}


def test_portrait_of_swapped_axes():
    portrait = ncm.phase_portrait(ncm.model("ei_rate_network"), axes=(1, 0))
    assert (portrait.x[-1], portrait.y[-1]) == (pytest.approx(0.03), pytest.approx(0.02))


def test_run_becomes_a_table():
    pytest.importorskip("pandas", reason="pandas is optional")
    run = ncm.simulate(ncm.model("ei_rate_network"), t_end=10.0)
    table = run.to_frame()
    assert list(table.columns) == ["r_e", "r_i"]
    assert table.index.name == "t"
    np.testing.assert_array_equal(table["r_i"].to_numpy(), run.y[1])


def test_results_become_dictionaries_and_are_read_only():
    model = ncm.model("ei_rate_network")
    results = (ncm.simulate(model, t_end=5.0), ncm.equilibria(model)[0], ncm.phase_portrait(model),
               ncm.bifurcation_diagram(model, "tau_i", cycles=False))
    for result in results:
        as_dict = result.to_dict()
        assert set(as_dict) == {field.name for field in dataclasses.fields(result)}
        assert not any(v.flags.writeable for v in as_dict.values() if isinstance(v, np.ndarray))
        with pytest.raises(dataclasses.FrozenInstanceError):
            result.extra = 1


def test_a_run_that_blows_up_says_so():
    run = ncm.simulate(ncm.model("leaky_integrator", tau_m=1), dt=50, t_end=1000)
    assert run.status.name == "DIVERGED"
    assert run.message.startswith("V left every bound at t = ")
    assert np.all(np.isfinite(run.y))


def test_cycles_of_morris_lecar_are_followed_with_the_fixed_points():
    found = ncm.bifurcation_diagram(ncm.model("morris_lecar"), "I", (0, 300))
    assert [q.code for q in found.points] == ["LPC", "H", "H", "LPC"]
    values = [q.parameters["I"] for q in found.points]
    assert values == pytest.approx([88.293251, 93.857618, 212.018817, 216.899801], rel=1e-6)
    assert found.points[0].period == pytest.approx(135.3862, rel=1e-5)
    (branch,) = found.cycles
    assert branch.stable.any()
    again = ncm.bifurcation_diagram(ncm.model("morris_lecar"), "I")
    assert [q.code for q in again.points] == ["LPC", "H", "H", "LPC"]
    assert ncm.bifurcation_diagram(ncm.model("morris_lecar"), "I", (0, 300), cycles=False).cycles == ()


def test_a_diagram_says_which_cycles_may_be_missing():
    chaos = ncm.bifurcation_diagram(ncm.model("lorenz"), "r", (26.0, 30.0))
    assert "neither rest nor repeat themselves" in chaos.message and chaos.status is not Status.OK
    plain = ncm.bifurcation_diagram(ncm.model("morris_lecar", preset="homoclinic"), "I", (35.5, 36.2))
    assert plain.message == "" and plain.status is Status.OK
    assert [float(branch.parameter.max()) for branch in plain.cycles if branch.stable.any()] == [36.2]


def test_a_long_run_from_python_has_more_steps_than_a_page_draws():
    run = ncm.simulate(ncm.model("lif", I_0=5.0, I_1=50.0, t_1=737.0, d_1=2.0, V_0=-67.0), t_end=9000.0, dt=0.01)
    assert (len(run.t), run.t[-1], run.status) == (900_001, pytest.approx(9000.0), Status.OK)
    before = -67.0  # at rest, then two ms towards -17 with time constant 15 ms
    assert run.y[0].max() == pytest.approx(-17.0 + (before + 17.0) * np.exp(-2.0 / 15.0), abs=5e-3)
    cut = ncm.simulate(ncm.model("lif"), t_end=20_000.0, dt=0.01)
    assert len(cut.t) == 1_000_001 and cut.status is Status.STEP_LIMIT and "1,000,000 steps at most" in cut.message
