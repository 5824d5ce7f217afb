"""Bifurcation diagrams: which parameters, and the marker that asks nothing new."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.studies import diagram as module
from ncm_app.studies import memo
from ncm_app.studies.diagram import diagram, explorable
from ncm_app.studies.memo import Memory


@pytest.fixture
def computed(monkeypatch):
    """The parameters of the diagrams that were really computed, in an empty memory."""
    found = []
    compute = module.bifurcation_diagram

    def counting(system, p, parameter, *args, **kwargs):
        found.append(parameter)
        return compute(system, p, parameter, *args, **kwargs)

    monkeypatch.setattr(memo, "MEMORY", Memory(2**26))
    monkeypatch.setattr(module, "bifurcation_diagram", counting)
    return found


def test_moving_the_explored_parameter_asks_nothing_new(computed):
    first = diagram(EIRateNetwork().snapshot(), "tau_i")
    for tau_i in (1.0, 28.0, 57.2, 100.0):
        assert diagram(EIRateNetwork().snapshot(tau_i=tau_i), "tau_i") is first
    assert computed == ["tau_i"]


def test_run_settings_start_and_moving_inputs_ask_nothing_new(computed):
    first = diagram(EIF().snapshot(), "I_0")
    for change in ({"t_end": 50.0}, {"dt": 1.0}, {"method": "RK4"}, {"V_0": -60.0}, {"I_1": 20.0}, {"I_0": 7.0}):
        assert diagram(EIF().snapshot(**change), "I_0") is first
    assert computed == ["I_0"]


def test_another_parameter_is_another_question(computed):
    diagram(EIRateNetwork().snapshot(), "tau_i")
    diagram(EIRateNetwork().snapshot(tau_e=15.0), "tau_i")
    diagram(EIRateNetwork().snapshot(), "X_e")
    assert computed == ["tau_i", "tau_i", "X_e"]


@pytest.mark.parametrize("tau_e", [15.0, 30.0, 45.0])
def test_hopf_point_scales_with_tau_e(tau_e):
    """The trace vanishes at tau_i = tau_e (1 - g w_ii) / (g w_ee - 1)."""
    (hopf,) = [q for q in diagram(EIRateNetwork().snapshot(tau_e=tau_e), "tau_i").points if q.code == "H"]
    g = 0.003575
    assert hopf.parameters == {"tau_i": pytest.approx(tau_e * (1 + g * 3000) / (g * 2000 - 1), rel=1e-6)}


@pytest.mark.parametrize(("V_T", "D"), [(-55.0, 2.0), (-50.0, 1.0), (-60.0, 4.0)])
def test_saddle_node_stands_at_the_closed_form(V_T, D):
    (fold,) = [q for q in diagram(EIF().snapshot(V_T=V_T, D=D), "I_0").points if q.code == "LP"]
    assert fold.parameters["I_0"] == pytest.approx(V_T + 72.0 - D, abs=1e-6)
    assert fold.state == pytest.approx([V_T], abs=1e-3)


def test_diagram_spans_the_bounds_of_the_slider():
    (branch,) = diagram(LeakyIntegrator().snapshot(), "I_0").branches
    assert sorted(branch.parameter[[0, -1]]) == pytest.approx([-20.0, 20.0])
    np.testing.assert_allclose(branch.states[0], -72.0 + branch.parameter, atol=1e-6)


@pytest.mark.parametrize(("model", "shown", "hidden"), [
    (LeakyIntegrator, {"E_L", "tau_m", "I_0"}, {"I_1", "t_1", "T_x", "f_x", "sigma_x", "h_x", "seed", "t_end", "V_0"}),
    (EIF, {"I_0", "tau_m", "E_L", "V_T", "D"}, {"I_1", "I_2", "t_1", "d_2", "V_th", "V_re", "dt", "V_0"}),
    (EIRateNetwork, {"tau_e", "tau_i", "w_ee", "w_ii", "X_e", "theta", "g"}, {"curve", "t_end", "r_e_0", "method"}),
])
def test_only_parameters_that_move_the_flow_can_be_explored(model, shown, hidden):
    offered = set(explorable(model().snapshot()))
    assert shown <= offered
    assert not hidden & offered


def test_what_can_be_explored_follows_the_chosen_curve():
    sigmoid = explorable(EIRateNetwork(curve="sigmoid").snapshot())
    power = explorable(EIRateNetwork(curve="rectified power").snapshot())
    assert {"r_max", "s"} <= set(sigmoid)
    assert {"k", "n"} <= set(power)
    assert "g" not in sigmoid
    assert "g" not in power


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_the_default_of_every_model_can_be_explored(model):
    assert not model.explore or model.explore in explorable(model().snapshot())


def test_unknown_parameter_names_near_ones():
    with pytest.raises(ValueError, match=r"no parameter named 'tau_j'; did you mean .*tau_i"):
        diagram(EIRateNetwork().snapshot(), "tau_j")
