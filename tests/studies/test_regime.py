"""The sentence on the present regime says what theory says."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.core.catalogue import find, flows
from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.numerics.system import SILENT
from ncm_app.studies import memo
from ncm_app.studies.cycles import cycles
from ncm_app.studies.plots import told as own_words
from ncm_app.studies.regime import nearest_event, regime
from ncm_app.studies.step_checks import STABILITY_ORDERS, largest_step
from ncm_app.studies.words import number
from tests.support.catalogue import every_preset, warm_once


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    """A sentence says more once cycles are known: begin without."""
    monkeypatch.setattr(memo, "MEMORY", memo.Memory(2**26))


def told(model, preset=None, **changes):
    return regime(model(**{**model.preset_values(preset), **changes}).snapshot(), model.explore)


@pytest.mark.parametrize(("model", "preset"), every_preset(flows().values()))
def test_every_preset_says_what_its_expectations_say(model, preset):
    """Expectations come from the book or from theory; the sentence must agree with them."""
    warm_once(model)
    expect = model.presets[preset].expect
    sentence = told(model, preset).sentence
    said = bool(own_words(model(**model.preset_values(preset)).snapshot()))
    if said:
        expect = {}
    if "period" in expect:
        said += 1
        assert sentence.startswith(f"Limit cycle, {number(1000 / expect['period'])} Hz (period ")
    elif "rate" in expect:
        said += 1
        word = f"Fires regularly at {number(expect['rate'])} Hz" if expect["rate"] else "Rests at"
        assert sentence.startswith(word)
    elif expect.get("steady_rate"):
        said += 1
        low, high = np.ravel(expect["steady_rate"])[[0, -1]]
        assert sentence.startswith("Fires at ")
        assert low - 0.05 <= float(sentence.split()[2]) <= high + 0.05
    elif "kinds" in expect:
        kinds = expect["kinds"]
        said += 1
        assert all(kind in sentence.lower() for kind in kinds) or sentence.startswith("Rests at")
        count = f"{len(kinds) or 'No'} fixed point"
        assert (len(kinds) == 1) or count in sentence or "fires once when pushed" in sentence
    spikes = expect.get("spikes", len(expect.get("spike_times", ())) if "spike_times" in expect else None)
    if spikes is not None:
        said += 1
        assert f"; {spikes} spike{'s' if spikes != 1 else ''} in this run" in sentence
    assert sentence.endswith(".")
    assert "nan" not in sentence.lower()
    assert said or model.driven or "errors" in expect


@pytest.mark.parametrize(("preset", "start"), [
    ("Fig 3.4 A,B", "Stable spiral, 49.7 Hz damped; r_e = 5.61 Hz, r_i = 12.5 Hz; Hopf point at tau_i = 57.2 ms, 42.2"),
    ("Fig 3.4 C,D", "Limit cycle, 44.2 Hz (period 22.6 ms), around an unstable spiral; Hopf point at tau_i = 28.6 ms"),
    ("Ex 3.3.1", "Stable spiral, 291 Hz damped"),
    ("Sigmoid: memory", "3 fixed points: stable node at r_e = 0.446 Hz, saddle at r_e = 4.70 Hz, stable spiral"),
    ("Power law: soft Hopf", "Limit cycle, 18.1 Hz (period 55.1 ms), around an unstable spiral"),
])
def test_rate_network(preset, start):
    assert told(EIRateNetwork, preset).sentence.startswith(start)


def test_rhythm_of_figure_3_4_is_converged_whatever_the_step():
    sentences = {told(EIRateNetwork, "Fig 3.4 C,D", dt=dt).sentence.split(";")[0] for dt in (0.01, 0.1, 0.5)}
    assert sentences == {"Limit cycle, 44.2 Hz (period 22.6 ms), around an unstable spiral"}


@pytest.mark.parametrize(("slug", "preset", "start"), [
    ("linear_system", "Fig A.8 stable spiral", "Stable spiral, 1592 Hz damped; u_1 = 0, u_2 = 0; Hopf point at a"),
    ("linear_system", "Fig A.10 centre", "Centre, 780 Hz, neither damped nor growing; u_1 = 0, u_2 = 0; Hopf point "
     "just here, at a = 1.00 per ms"),
    ("hopf_system", "Ex A.9.4, c < 0", "Limit cycle, 159 Hz (period 6.30 ms), around an unstable spiral; Hopf point at "
     "c = 0, 0.200 per ms above"),
])
def test_rounding_errors_are_told_as_zero(slug, preset, start):
    assert told(find(slug), preset).sentence.startswith(start)


@pytest.mark.parametrize(("dt", "stepped"), [(0.1, 24.7), (0.01, 22.86)])
def test_step_check_tells_how_far_euler_stretches_the_cycle(dt, stepped):
    """The book's figure has 24.7 ms at dt = 0.1 ms; the cycle itself lasts 22.64 ms."""
    check = told(EIRateNetwork, "Fig 3.4 C,D", dt=dt).step_check
    periods = [float(re.search(pattern, check)[1]) for pattern in (r"(\d+\.\d+) ms long", r"it is (\d+\.\d+) ms")]
    assert check.startswith(f"Euler with dt = {dt:g} ms makes the cycle ")
    assert periods == [pytest.approx(stepped, abs=0.05), pytest.approx(22.644, abs=0.005)]
    percent = float(re.search(r"\((\S+)% off\)", check)[1])
    assert percent == pytest.approx(100 * (periods[0] / 22.644 - 1), abs=0.06)


def test_step_check_of_a_run_that_settles_is_about_its_range():
    check = told(EIRateNetwork, "Fig 3.4 A,B").step_check
    assert check.startswith("Euler with dt = 0.1 ms: half the step changes r_")


@pytest.mark.parametrize(("I_0", "start"), [
    (20.0, "Fires regularly at 25.5 Hz (every 39.2 ms) under constant I_0 = 20.0 mV; 25 spikes in this run"),
    (5.0, "Rests at V = −67.0 mV under constant I_0 = 5.00 mV; fires once when pushed beyond V = −50.8 mV; 0 spikes"),
])
def test_exponential_cell(I_0, start):
    assert told(EIF, I_0=I_0, I_1=0.0, I_2=0.0).sentence.startswith(start)


def test_spikes_of_the_run_and_rest_of_the_cell_are_told_apart():
    sentence = told(EIF, "Fig 1.2").sentence
    assert sentence.startswith("Rests at V = −72.0 mV under constant I_0 = 0 mV")
    assert "; 3 spikes in this run; saddle-node at I_0 = 15.0 mV, 15.0 mV above." in sentence


@settings(max_examples=15, deadline=None)
@given(tau_m=st.floats(1, 100), I_0=st.floats(-20, 20))
def test_leaky_cell_settles_in_tau(tau_m, I_0):
    sentence = told(LeakyIntegrator, tau_m=tau_m, I_0=I_0).sentence
    assert sentence.startswith(f"Stable fixed point, approached with time constant {number(tau_m)} ms; V = ")
    assert sentence.endswith("no bifurcation in I_0 within its range.")
    shown = float(sentence.split("V = ")[1].split(" mV")[0].replace("−", "-"))
    assert shown == pytest.approx(-72.0 + I_0, abs=0.06)


@pytest.mark.parametrize(("tau_i", "side"), [(20.0, "37.2 ms above"), (60.0, "2.80 ms below")])
def test_distance_to_the_next_bifurcation(tau_i, side):
    assert told(EIRateNetwork, tau_i=tau_i).sentence.endswith(
        f"Hopf point at tau_i = 57.2 ms, {side} (cycles not yet followed).")
    _, point, distance, _ = nearest_event(EIRateNetwork(tau_i=tau_i).snapshot(), "tau_i", SILENT)
    assert (point.code, distance) == ("H", pytest.approx(57.19512 - tau_i, abs=1e-4))


def test_a_fold_of_cycles_is_nearer_once_the_cycles_are_known():
    snapshot = EIRateNetwork(tau_i=50.0).snapshot()
    cycles(snapshot, "tau_i")
    assert told(EIRateNetwork, tau_i=50.0).sentence.endswith("fold of cycles at tau_i = 56.3 ms, 6.33 ms above.")


# Time steps -------------------------------------------------------------------------

def test_too_large_a_step_is_told_with_its_bound():
    (warning,) = told(LeakyIntegrator, dt=40.0).warnings
    assert "unstable here" in warning
    assert warning.endswith("dt stays below 30.0 ms.")
    assert told(LeakyIntegrator, dt=29.9).warnings == ()
    assert told(LeakyIntegrator, dt=40.0, method="adaptive").warnings == ()


def test_a_run_that_blows_up_says_when_and_which():
    warnings = told(LeakyIntegrator, dt=50.0, tau_m=1.0).warnings
    assert "V left every bound at t = " in warnings[0]
    assert "below 2.00 ms" in warnings[1]
    assert told(LeakyIntegrator, dt=50.0, tau_m=1.0).step_check == ""


@settings(max_examples=50)
@given(rate=st.floats(0.001, 50))
def test_largest_step_on_the_real_axis(rate):
    values = np.array([-rate + 0j])
    for method, bound in (("Euler", 2.0), ("Heun", 2.0), ("RK4", 2.785293563)):
        assert largest_step(method, values) == pytest.approx(bound / rate, rel=1e-3)


@settings(max_examples=50)
@given(real=st.floats(0.05, 5), imag=st.floats(0, 5))
def test_largest_euler_step_of_a_spiral(real, imag):
    """|1 + h lambda| = 1 at h = -2 Re / |lambda|^2."""
    values = np.array([-real + 1j * imag, -real - 1j * imag])
    h = 2 * real / (real**2 + imag**2)
    assert largest_step("Euler", values) == pytest.approx(h, rel=1e-3, abs=1.1e-3 / abs(values[0]))


@settings(max_examples=50)
@given(real=st.floats(0.2, 5), imag=st.floats(0, 5), method=st.sampled_from(sorted(STABILITY_ORDERS)))
def test_beyond_the_largest_step_the_distance_grows(real, imag, method):
    z = -real + 1j * imag
    h = largest_step(method, np.array([z, z.conjugate()]))
    for factor, grows in ((0.9, False), (1.01, True)):
        amplification = sum((factor * h * z) ** k / np.prod(np.arange(1, k + 1)) for k in
                            range(STABILITY_ORDERS[method] + 1))
        assert bool(abs(amplification) > 1) is grows


def test_rk4_almost_reaches_its_bound_on_the_imaginary_axis():
    assert largest_step("RK4", np.array([-1e-6 + 1j])) == pytest.approx(2 * np.sqrt(2), rel=2e-3)


def test_fastest_eigenvalue_decides_and_unstable_points_have_no_bound():
    assert largest_step("Euler", np.array([-1.0 + 0j, -10.0 + 0j])) == pytest.approx(0.2, rel=1e-3)
    assert largest_step("Euler", np.array([1.0 + 0j, -10.0 + 0j])) == np.inf
    assert largest_step("adaptive", np.array([-1.0 + 0j])) == np.inf


# Numbers ----------------------------------------------------------------------------

@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (5.0, "5.00"), (57.195, "57.2"), (291.0, "291"),
                                             (-72.0, "−72.0"), (0.000123, "0.000123"), (12345.0, "12345")])
def test_numbers_have_three_digits(value, text):
    assert number(value) == text


@given(value=st.floats(1e-6, 1e5))
def test_numbers_are_right_to_half_a_percent(value):
    text = number(value)
    assert float(text) == pytest.approx(value, rel=5.1e-3)
    assert "e" not in text


@pytest.mark.parametrize(("slug", "changes", "end"), [
    ("lif", {"I_0": 17.01}, "constant I_0 = 17.01 mV; 8 spikes in this run; spikes begin (the fixed point reaches the "
                            "threshold) at I_0 = 17.0 mV, 0.0100 mV below."),
    ("lif", {"I_0": 16.99}, "at I_0 = 17.0 mV, 0.0100 mV above."),
    ("eif", {"I_0": 14.999, "I_1": 0.0, "I_2": 0.0}, "saddle-node at I_0 = 15.0 mV, 0.00100 mV above."),
    ("ei_rate_network", {"tau_e": 15.0, "tau_i": 28.6}, "Hopf point at tau_i = 28.5976 ms, 0.00244 ms below."),
    ("linear_system", {"a": 0.9, "b": 10.0, "c": -10.0, "d": -1.0}, "at a = 1.00 per ms, 0.100 per ms above."),
    ("phase_oscillators", {"D": 0.15}, "saddle-node at D = 0.200 per ms (psi = 1.57 rad), 0.0500 per ms above.")])
def test_two_values_do_not_print_alike(slug, changes, end):
    sentence = told(find(slug), **changes).sentence.replace(" (cycles not yet followed)", "")
    assert sentence.endswith(end)


@pytest.mark.parametrize(("E_L", "V_T", "below"), [(-72.0, -55.0, 0.01), (-65.0, -50.0, 0.002), (-80.0, -45.0, 0.3)])
def test_rest_does_not_print_as_the_threshold(E_L, V_T, below):
    sentence = told(find("lif"), E_L=E_L, V_T=V_T, I_0=V_T - E_L - below).sentence
    printed = float(sentence.partition("V = ")[2].split()[0].replace("−", "-"))
    assert V_T - printed == pytest.approx(below, rel=0.11)


@pytest.mark.parametrize("a", [0.99, 0.9999999, 1.0, 1.000001, *(
    pytest.param(a, marks=pytest.mark.sweep) for a in (0.9999, 0.999999, 1.0001, 1.01))])
def test_linear_system_has_no_limit_cycle(a):
    sentence = told(find("linear_system"), a=a, b=10.0, c=-10.0, d=-1.0).sentence
    kind = "Centre, 1584 Hz" if a == 1.0 else "Stable spiral, 158" if a < 1.0 else "Unstable spiral, 158"
    assert sentence.startswith(kind)


@pytest.mark.parametrize(("c", "start"), [(1e-4, "Stable spiral"), (0.01, "Stable spiral"), (-0.01, "Limit cycle"),
                                          (-0.2, "Limit cycle, 159 Hz (period 6.30 ms), around an unstable spiral")])
def test_cycle_is_one_where_neighbours_wind_onto_it(c, start):
    assert told(find("hopf_system"), c=c).sentence.startswith(start)
