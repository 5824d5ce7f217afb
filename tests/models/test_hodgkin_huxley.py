"""The Hodgkin-Huxley neuron against the numbers of figures B.1 and B.2."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.stats import norm

from ncm_app.models import hodgkin_huxley as hh
from ncm_app.models.hodgkin_huxley import HodgkinHuxley
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import settled
from ncm_app.studies.stability import equilibria
from tests.models.asking import crossings, snapshot_of


def share(opening, closing):
    return lambda V: opening(V) / (opening(V) + closing(V))


BOOK = HodgkinHuxley().snapshot().p
GATES = {"n": share(hh.alpha_n, hh.beta_n), "m": share(hh.alpha_m, lambda V: hh.beta_m(V, BOOK)),
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
    assert [hh.alpha_n(-55.0), hh.alpha_m(-40.0)] == pytest.approx([0.1, 1.0], rel=1e-11)
    for near in (0.0, 1e-14, 1e-12, 1e-9, -1e-12, 1e-4):
        assert hh.ratio(near) == pytest.approx(1 + near / 2, rel=1e-9)
    x = np.array([-5.0, -0.3, 0.4, 7.0])
    np.testing.assert_allclose(hh.ratio(x), x / (1 - np.exp(-x)), rtol=1e-13)
    field = HodgkinHuxley.rhs(0.0, np.array([[-55.0, -40.0], [0.3, 0.3], [0.6, 0.6], [0.1, 0.1]]), BOOK)
    assert np.isfinite(field).all()


def test_rest_of_the_axon():
    (rest,) = equilibria(HodgkinHuxley().snapshot()).points
    assert rest.state == pytest.approx([-64.99638, 0.317732, 0.595994, 0.052955], abs=5e-6)
    assert [GATES[g](rest.state[0]) for g in "nhm"] == pytest.approx(rest.state[1:], abs=1e-9)


def test_soft_step_is_close_to_the_cumulative_normal():
    s = np.linspace(-60, 60, 24_001)
    assert np.max(np.abs(hh.rise(s) - norm.cdf(s))) < 1.5e-4
    assert hh.rise(-1e3) == pytest.approx(0.0, abs=1e-100)


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


@pytest.mark.parametrize(("I_app", "period"), [(6.2, None), (6.3, 18.966), (10.0, 14.6305), (15.0, 12.7115)])
def test_firing_under_constant_current(I_app, period):
    found = settled(HodgkinHuxley(I_app=I_app, V_0=-20.0).snapshot()).period
    assert found == pytest.approx(period, rel=1e-4) if period else np.isnan(found)


@pytest.mark.parametrize(("preset", "currents", "V"), [
    ("book", (9.745807, 154.732631), (-59.664063, -43.041262)), ("classical", (9.775438, 154.522434), None)])
def test_hodgkin_huxley_hopf_points(preset, currents, V):
    found = [q for q in diagram(snapshot_of(HodgkinHuxley, preset), "I_app").points if q.code == "H"]
    assert [q.parameters["I_app"] for q in found] == pytest.approx(currents, rel=1e-6)
    assert V is None or [q.state[0] for q in found] == pytest.approx(V, rel=1e-6)
