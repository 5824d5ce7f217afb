"""What a page says of its time step, and of kinks at which stability changes."""

from __future__ import annotations

import re

import pytest

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.numerics.system import SILENT
from ncm_app.studies import memo
from ncm_app.studies.regime import nearest_event, regime
from ncm_app.studies.step_checks import check_step
from ncm_app.studies.words import number, percent


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    """Bifurcations of cycles count once they are known: begin without."""
    monkeypatch.setattr(memo, "MEMORY", memo.Memory(2**26))


@pytest.mark.parametrize(("dt", "stepped"), [(0.1, 53.3), (1.0, 55.0)])
def test_interval_between_spikes_is_told_as_stepped_and_exact(dt, stepped):
    """Exact interval at I_0 = 18 mV: 52.9899 ms (book's table of Exercise 1.2.2)."""
    told = check_step(EIF(**EIF.preset_values("Ex 1.2.2") | {"dt": dt}).snapshot(), SILENT)
    found = [float(x) for x in re.findall(r"(\d+\.?\d*) ms long|it is (\d+\.\d+) ms", told) for x in x if x]
    assert found == [pytest.approx(stepped, abs=0.06), pytest.approx(52.99, abs=0.005)]


def test_adaptive_runs_and_runs_near_the_bound_have_no_halved_step():
    assert "Adaptive steps" in check_step(LeakyIntegrator(method="adaptive").snapshot(), SILENT)
    longest = LeakyIntegrator(t_end=40_000, dt=0.1).snapshot()
    assert check_step(longest, SILENT) == ""
    assert regime(longest, "I_0").warnings == ()


def test_a_kink_counts_as_an_event_only_where_stability_changes():
    """With X_e low enough f_e is silent: the excitatory rate is 0 and nothing can ring."""
    cycling = EIRateNetwork(tau_e=15.0, tau_i=30.0).snapshot()
    _, point, distance, _ = nearest_event(cycling, "X_e", SILENT)
    assert point.code == "KINK"
    assert distance < 0
    # There the total input of the excitatory population is exactly its threshold, and r_e = 0.
    p = cycling.p
    r_i = p.g * (p.X_i - p.theta) / (1 - p.g * p.w_ii)
    assert point.parameters["X_e"] == pytest.approx(p.theta - p.w_ei * r_i, rel=1e-6)
    assert "change of stability at the kink" in regime(cycling, "X_e").sentence
    ringing = EIRateNetwork().snapshot()  # fast inhibition: stable on both sides
    assert nearest_event(ringing, "X_e", SILENT) is None


def test_rounding_noise_is_nothing_and_small_shares_are_small():
    assert number(-2.42e-32) == "0"
    assert percent(6.9e-7) == "less than 0.01%"
    assert percent(0.0921) == "9.2%"


def test_sentence_says_that_only_the_constant_input_counts():
    assert "under the constant input alone" in regime(LeakyIntegrator(input="sine").snapshot(), "I_0").sentence
    assert "alone" not in regime(LeakyIntegrator().snapshot(), "I_0").sentence


@pytest.mark.parametrize("changes", [{}, {"method": "RK4"}, {"t_end": 40.0}])
def test_chaotic_run_is_not_judged_by_half_the_step(changes):
    """Largest Lyapunov exponent of the Lorenz system: 0.9056 per ms, a factor of ten in 2.5 ms."""
    told = check_step(Lorenz(**changes).snapshot(), SILENT)
    assert "chaotic" in told and "%" not in told
    tenfold = float(re.search(r"every (\d+\.\d+) ms", told)[1])
    assert 1.8 < tenfold < 4.5
    assert "x from −" in told


@pytest.mark.parametrize(("model", "preset"), [
    (Lorenz, "Two rests"), (Lorenz, "One rest"), (HodgkinHuxley, "Fig B.2 E,F"), (HodgkinHuxley, "All or none")])
def test_other_runs_of_many_states_are_not_called_chaotic(model, preset):
    told = check_step(model(**model.preset_values(preset)).snapshot(), SILENT)
    assert "half the step changes" in told


@pytest.mark.parametrize("changes", [{"dt": 50.0}, {"dt": 5.0}, {"dt": 0.05}, {"t_end": 1.0}, {"r": 0.0}])
def test_steps_that_cannot_be_judged_are_met_with_a_sentence_or_silence(changes):
    assert isinstance(check_step(Lorenz(**changes).snapshot(), SILENT), str)
    assert regime(Lorenz(**changes).snapshot(), "r").sentence.endswith(".")
