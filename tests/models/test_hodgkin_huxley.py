"""The Hodgkin-Huxley neuron against the numbers of figures B.1 and B.2."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.stats import norm

from ncm_app.core.functions import ratio, rise
from ncm_app.models.cells import hodgkin_huxley as hh
from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.numerics.results import Status
from ncm_app.studies.curves import curves
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import crossings, snapshot_of
from tests.support.catalogue import warm_once


def share(opening, closing):
    return lambda V: opening(V, BOOK) / (opening(V, BOOK) + closing(V, BOOK))


BOOK = HodgkinHuxley().snapshot().p
GATES = {"n": share(hh.alpha_n, hh.beta_n), "m": share(hh.alpha_m, hh.beta_m),
         "h": share(hh.alpha_h, hh.beta_h)}


@pytest.mark.parametrize(("gate", "V"), [("h", -62.3075), ("n", -53.4129), ("m", -40.0351)])
def test_gates_are_half_open_where_the_book_draws_it(gate, V):
    assert brentq(lambda v: GATES[gate](v) - 0.5, -90, -20) == pytest.approx(V, abs=5e-5)


@pytest.mark.parametrize(("V", "n4", "m3", "h"), [
    (-65.0, 0.0101846, 1.48309e-4, 0.596121), (-50.0, 0.0920494, 0.0158014, 0.153443),
    (-20.0, 0.486538, 0.672017, 0.00894348)])
def test_gating_curves(V, n4, m3, h):
    assert [GATES["n"](V) ** 4, GATES["m"](V) ** 3, GATES["h"](V)] == pytest.approx([n4, m3, h], rel=6e-6)


def test_rates_have_no_hole():
    assert [hh.alpha_n(-55.0, BOOK), hh.alpha_m(-40.0, BOOK)] == pytest.approx([0.1, 1.0], rel=1e-11)
    for near in (0.0, 1e-14, 1e-12, 1e-9, -1e-12, 1e-4):
        assert ratio(near) == pytest.approx(1 + near / 2, rel=1e-9)
    x = np.array([-5.0, -0.3, 0.4, 7.0])
    np.testing.assert_allclose(ratio(x), x / (1 - np.exp(-x)), rtol=1e-13)
    field = HodgkinHuxley.rhs(0.0, np.array([[-55.0, -40.0], [0.3, 0.3], [0.6, 0.6], [0.1, 0.1]]), BOOK)
    assert np.isfinite(field).all()


def test_rest_of_the_axon():
    (rest,) = equilibria(HodgkinHuxley().snapshot()).points
    assert rest.state == pytest.approx([-64.99638, 0.317732, 0.595994, 0.052955], abs=5e-6)
    assert [GATES[g](rest.state[0]) for g in "nhm"] == pytest.approx(rest.state[1:], abs=1e-9)


def test_soft_step_is_close_to_the_cumulative_normal():
    s = np.linspace(-60, 60, 24_001)
    assert np.max(np.abs(rise(s) - norm.cdf(s))) < 1.5e-4
    assert rise(-1e3) == pytest.approx(0.0, abs=1e-100)


def test_spikes_of_the_figure():
    book = [51.379, 75.350, 125.868, 138.917, 151.649, 164.362, 177.074, 189.786]
    assert crossings(snapshot_of(HodgkinHuxley, "Fig B.2 E,F")) == pytest.approx(book, abs=0.01)
    assert crossings(snapshot_of(HodgkinHuxley, "Fig B.2 A-D")) == pytest.approx([10.055], abs=0.01)


def test_spikes_agree_with_a_run_of_high_accuracy_and_the_true_step():
    snapshot = snapshot_of(HodgkinHuxley, "Fig B.2 E,F")
    flat = snapshot.changed(I_s=0.0).p

    def slope(t, y):
        dV, *gates = HodgkinHuxley.rhs(t, y, flat)
        return [dV + 15.0 * norm.cdf((t - 125.0) / 2.0), *gates]

    def fires(t, y):
        return y[0]

    fires.direction = 1
    true = solve_ivp(slope, (0, 140), snapshot.start, "DOP853", events=fires, rtol=1e-9, atol=1e-9, max_step=0.5)
    found = crossings(snapshot)
    assert found[:len(true.t_events[0])] == pytest.approx(true.t_events[0], abs=2e-3)
    assert len(true.t_events[0]) == 4


def test_threshold_of_the_pulse_is_sharp():
    count = [len(crossings(snapshot_of(HodgkinHuxley, "Threshold", I_1=height))) for height in (2.985, 2.987)]
    assert count == [0, 1]


@pytest.fixture
def warm():
    warm_once(HodgkinHuxley)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(("I_app", "period"), [(6.2, None), (6.3, 18.966), (10.0, 14.6305), (15.0, 12.7115)])
def test_firing_under_constant_current(I_app, period):
    found = limit_cycle(HodgkinHuxley(I_app=I_app, V_0=-20.0).snapshot()).period
    assert found == pytest.approx(period, rel=1e-4) if period else np.isnan(found)


@pytest.mark.parametrize(("preset", "currents", "V"), [
    ("book", (9.745807, 154.732631), (-59.664063, -43.041262)), ("classical", (9.775438, 154.522434), None)])
def test_hodgkin_huxley_hopf_points(preset, currents, V):
    found = [q for q in diagram(snapshot_of(HodgkinHuxley, preset), "I_app").points if q.code == "H"]
    assert [q.parameters["I_app"] for q in found] == pytest.approx(currents, rel=1e-6)
    assert V is None or [q.state[0] for q in found] == pytest.approx(V, rel=1e-6)


def test_single_spike_has_the_figures_numbers():
    snapshot = snapshot_of(HodgkinHuxley, "Fig B.2 A-D", dt=0.001, method="Euler")
    run, p = simulate(snapshot), snapshot.p
    V, n, h, m = run.y
    assert [V.max(), V.min(), h.min()] == pytest.approx([39.6337, -76.0308, 0.0762431], abs=2e-3)
    assert [run.t[V.argmax()], run.t[V.argmin()]] == pytest.approx([10.292, 13.174], abs=2e-3)
    assert [(m**3).max(), (n**4).max()] == pytest.approx([0.981835, 0.350431], abs=2e-4)
    sodium, potassium = p.g_Na * m**3 * h * (V - p.E_Na), p.g_K * n**4 * (V - p.E_K)
    assert [-sodium.min(), potassium.max()] == pytest.approx([788.026, 829.091], abs=0.2)
    down = np.flatnonzero((V[:-1] > 0) & (V[1:] <= 0))[0]
    assert run.t[down] - crossings(snapshot)[0] == pytest.approx(1.145, abs=2e-3)


def test_pulses_of_the_right_panel_fail_and_fire():
    run = simulate(snapshot_of(HodgkinHuxley, "Fig B.2 E,F", dt=0.001, method="Euler"))
    peaks = [run.y[0, (run.t > t - 5) & (run.t < t + 10)].max() for t in (25, 50, 75)]
    assert peaks == pytest.approx([-61.565, 38.432, 39.271], abs=0.02)
    intervals = np.diff(crossings(snapshot_of(HodgkinHuxley, "Fig B.2 E,F")))
    assert intervals[-1] == pytest.approx(12.712, abs=2e-3)


def test_step_of_the_later_version():
    """Step of 20 at 13 ms that rises with standard deviation 1 ms: spikes and peak as published."""
    later = snapshot_of(HodgkinHuxley, I_s=20.0, t_s=13.0, d_s=1.0, t_end=30.0, dt=0.001, method="Euler")
    assert crossings(later) == pytest.approx([14.073, 26.102], abs=0.01)
    assert simulate(later).y[0].max() == pytest.approx(40.480, abs=0.03)


def test_gating_curves_have_the_figures_peaks():
    found = curves(snapshot_of(HodgkinHuxley), 1)
    for values, (V, tau) in zip(found.values, ((-77.17, 5.7923), (-38.84, 0.5017), (-66.81, 8.5824)), strict=True):
        assert values.max() == pytest.approx(tau, rel=1e-3)
        assert found.x[values.argmax()] == pytest.approx(V, abs=0.25)


def test_gating_curves_meet_the_rest():
    snapshot = snapshot_of(HodgkinHuxley, t_end=200.0)
    n, h, m = simulate(snapshot).y[1:, -1]
    V, shares = curves(snapshot, 0).present
    assert pytest.approx([-64.99638] * 3, abs=1e-3) == V
    assert shares == pytest.approx([n**4, m**3, h], rel=1e-3)


@pytest.mark.parametrize(("preset", "changes", "times"), [
    ("Threshold", {"I_1": 3.0}, (15.1,)), ("Refractory period", {"I_2": 40.0}, (10.05, 18.7)),
    ("Refractory period", {"t_2": 22.0}, (10.05, 23.3)), ("Fig B.2 E,F", {"d_s": 20.0}, (51.4, 75.3, 156.7))])
def test_what_to_try_is_true(preset, changes, times):
    found = crossings(snapshot_of(HodgkinHuxley, preset, **changes))
    assert found[:len(times)] == pytest.approx(times, abs=0.1)


def test_all_spikes_are_nearly_alike():
    run = simulate(snapshot_of(HodgkinHuxley, "All or none"))
    peaks = [run.y[0, (run.t > t - 6) & (run.t < t + 8)].max() for t in (10, 50, 90)]
    assert peaks == pytest.approx([38, 40, 41], abs=0.7)


def test_coarse_euler_steps_blow_up():
    run = simulate(snapshot_of(HodgkinHuxley, "book", method="Euler", dt=0.1))
    assert run.status is Status.DIVERGED
    assert run.t[-1] < 3.0
