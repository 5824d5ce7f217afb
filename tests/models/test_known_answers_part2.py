"""What pencil and paper say of the models of the dynamics appendices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.stats import norm

from ncm_app.models import hodgkin_huxley as hh
from ncm_app.models import morris_lecar as ml
from ncm_app.models.brusselator import Brusselator
from ncm_app.models.fitzhugh_nagumo import FitzHughNagumo
from ncm_app.models.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.hopf_system import HopfSystem
from ncm_app.models.linear_system import LinearSystem, exact
from ncm_app.models.lorenz import Lorenz
from ncm_app.models.morris_lecar import MorrisLecar
from ncm_app.models.phase_line import PhaseLine
from ncm_app.models.phase_oscillators import H, PhaseOscillators
from ncm_app.models.wilson_cowan import S, WilsonCowan
from ncm_app.numerics.results import Status
from ncm_app.studies.diagram import diagram
from ncm_app.studies.expectations import check
from ncm_app.studies.oscillation import settled
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria


def snapshot_of(model, preset=None, **changes):
    return model(**{**model.preset_values(preset), **changes}).snapshot()


def special(snapshot, parameter, code):
    return [q.parameters[parameter] for q in diagram(snapshot, parameter).points if q.code == code]


# Linear system ------------------------------------------------------------------------

entries = st.floats(-12, 12)


@given(a=entries, b=entries, c=entries, d=entries, u=entries.map(lambda v: v / 2), t=st.floats(0.01, 1))
@settings(max_examples=200, deadline=None)
def test_closed_form_is_the_matrix_exponential(a, b, c, d, u, t):
    p = snapshot_of(LinearSystem, a=a, b=b, c=c, d=d, u_1_0=u, u_2_0=1.0).p
    size = np.exp(np.linalg.norm([[a, b], [c, d]]) * t)
    found = [x[0] for x in exact(np.array([t]), p)]
    np.testing.assert_allclose(found, expm(t * np.array([[a, b], [c, d]])) @ [u, 1.0], atol=1e-8 * size)


@pytest.mark.parametrize(("a", "b", "c", "d"), [(-1, 1, 0, -1), (0, 0, 0, 0), (2, 0, 0, 2), (-1, 1, 1e-18, -1)])
def test_closed_form_survives_equal_eigenvalues(a, b, c, d):
    p = snapshot_of(LinearSystem, a=a, b=b, c=c, d=d).p
    found = [x[0] for x in exact(np.array([1.5]), p)]
    np.testing.assert_allclose(found, expm(1.5 * np.array([[a, b], [c, d]], dtype=float)) @ [1.75, 0.25], rtol=1e-9)


@given(a=entries, b=entries, c=entries, d=entries)
@settings(max_examples=100, deadline=None)
def test_trace_and_determinant_decide_the_kind(a, b, c, d):
    trace, determinant = a + d, a * d - b * c
    if min(abs(trace), abs(determinant), abs(trace**2 - 4 * determinant)) < 1e-3:
        return
    (point,) = equilibria(snapshot_of(LinearSystem, a=a, b=b, c=c, d=d)).points
    shape = "spiral" if trace**2 < 4 * determinant else "node"
    side = "stable" if trace < 0 else "unstable"
    assert point.kind == ("saddle" if determinant < 0 else f"{side} {shape}")


def test_eulers_spiral_is_too_large_by_the_growth_of_its_map():
    """Each step multiplies the distance by |1 + dt lambda| instead of exp(dt Re lambda)."""
    snapshot = snapshot_of(LinearSystem, "Fig A.8 stable spiral")
    end, true = simulate(snapshot).y[:, -1], [x[-1] for x in exact(np.array([0.0, 5.0]), snapshot.p)]
    growth = (abs(1 + 0.001 * (-1 + 10j)) / np.exp(-0.001)) ** 5000
    assert np.hypot(*end) / np.hypot(*true) == pytest.approx(growth, rel=1e-6)
    assert growth == pytest.approx(1.281, abs=5e-4)


# Phase line ---------------------------------------------------------------------------

@pytest.mark.parametrize(("x_0", "x"), [(0.6, -np.tanh(5 - np.arctanh(0.6))), (0.0, -np.tanh(5)),
                                        (-2.0, -1 / np.tanh(5 + np.arctanh(0.5)))])
def test_parabola_is_solved_by_hyperbolic_tangents(x_0, x):
    run = simulate(snapshot_of(PhaseLine, f="x^2 - 1", x_0=x_0, method="RK4"))
    assert run.y[0, -1] == pytest.approx(x, abs=1e-9)


def test_exact_values_of_the_note():
    values = [-np.tanh(5 - np.arctanh(0.6)), -np.tanh(5), -1 / np.tanh(5 + np.arctanh(0.5))]
    assert values == pytest.approx([-0.999637, -0.999909, -1.00003], abs=5e-7)


def test_parabola_blows_up_at_its_pole():
    run = simulate(snapshot_of(PhaseLine, x_0=1.1, method="adaptive"))
    assert run.status is Status.DIVERGED
    assert run.t[-1] == pytest.approx(np.arctanh(1 / 1.1), abs=0.02)


@given(a=st.floats(-3, 3).filter(lambda a: abs(a) > 1e-2))
@settings(max_examples=50, deadline=None)
def test_normal_forms_have_their_fixed_points(a):
    expected = {"x^2 + a": [-np.sqrt(-a), np.sqrt(-a)] if a < 0 else [],
                "pitchfork": [-np.sqrt(a), 0.0, np.sqrt(a)] if a > 0 else [0.0], "transcritical": sorted([0.0, a])}
    for f, points in expected.items():
        found = [float(q.state[0]) for q in equilibria(snapshot_of(PhaseLine, f=f, a=a)).points]
        assert found == pytest.approx(points, abs=1e-9)


def test_cubic_folds_where_its_slope_is_zero():
    roots = (2 + np.array([1, -1]) * np.sqrt(7)) / 3
    folds = (roots + 1) * (roots - 1) * (roots - 2)
    assert special(snapshot_of(PhaseLine, "Ex A.7.3"), "a", "LP") == pytest.approx(folds, abs=1e-9)


# Hopf system --------------------------------------------------------------------------

@pytest.mark.parametrize("preset", HopfSystem.presets)
def test_hopf_point_is_at_zero_with_frequency_one(preset):
    (point,) = [q for q in diagram(snapshot_of(HopfSystem, preset), "c").points if q.code == "H"]
    assert point.parameters["c"] == pytest.approx(0.0, abs=1e-9)
    assert point.frequency == pytest.approx(1 / (2 * np.pi), rel=1e-9)


def test_van_der_pol_cycles_have_their_known_size_and_period():
    """Period at c = -1 from the literature; at small c by the expansion 2 pi (1 + c^2 / 16)."""
    strong, weak = (settled(snapshot_of(HopfSystem, c=c)) for c in (-1.0, -0.1))
    assert strong.period == pytest.approx(6.6632868593, rel=1e-6)
    assert strong.high[1] == pytest.approx(2.0086, abs=5e-5)
    assert weak.period == pytest.approx(2 * np.pi * (1 + 0.01 / 16), rel=1e-5)


def test_unstable_cycle_parts_rest_from_escape():
    inside, outside = (simulate(snapshot_of(HopfSystem, "Ex A.9.3", x_0=x, method="RK4", t_end=100.0))
                       for x in (2.1726, 2.1728))
    assert inside.status is Status.OK and np.hypot(*inside.y[:, -1]) < 1e-9
    assert outside.status is Status.DIVERGED
    assert simulate(snapshot_of(HopfSystem, "Ex A.9.3, outside")).t[-1] == pytest.approx(1.3, abs=0.1)


# Lorenz -------------------------------------------------------------------------------

@given(sigma=st.floats(1, 30), r=st.floats(1.1, 50), beta=st.floats(0.2, 8))
@settings(max_examples=40, deadline=None)
def test_lorenz_fixed_points(sigma, r, beta):
    away = np.sqrt(beta * (r - 1))
    found = [q.state for q in equilibria(snapshot_of(Lorenz, sigma=sigma, r=r, beta=beta)).points]
    expected = [(-away, -away, r - 1), (0, 0, 0), (away, away, r - 1)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_lorenz_events():
    assert special(Lorenz().snapshot(), "r", "H") == pytest.approx([470 / 19] * 2, rel=1e-7)
    assert special(Lorenz().snapshot(), "r", "BP") == pytest.approx([1.0], abs=1e-7)


def test_lorenz_volume_shrinks_at_a_constant_rate():
    for point in equilibria(Lorenz().snapshot()).points:
        assert point.trace == pytest.approx(-(10 + 1 + 8 / 3), rel=1e-6)


def test_lorenz_stays_in_the_range_of_the_exercise():
    outcome = check(Lorenz().snapshot(), "range", ((-19.2, -25.4, 0.95), (21.2, 28.9, 53.6)))
    assert outcome.met, outcome.sentence


# FitzHugh-Nagumo ----------------------------------------------------------------------

def test_fitzhugh_nagumo_hopf_points_have_zero_trace():
    v = np.sqrt(1 - 0.064) * np.array([-1, 1])
    current = (v + 0.7) / 0.8 - v + v**3 / 3
    found = [q for q in diagram(FitzHughNagumo().snapshot(), "I").points if q.code == "H"]
    assert [q.parameters["I"] for q in found] == pytest.approx(current, rel=1e-9)
    assert current == pytest.approx([0.331281337, 1.418718663], abs=5e-10)
    assert [q.state[0] for q in found] == pytest.approx(v, rel=1e-7)
    assert [1 / q.frequency for q in found] == pytest.approx([22.805917] * 2, rel=1e-7)


@given(b=st.floats(0, 2), phi=st.floats(0.005, 1), I=st.floats(-1, 2.5))
@settings(max_examples=40, deadline=None)
def test_fitzhugh_nagumo_points_lie_on_both_nullclines(b, phi, I):  # noqa: E741
    for point in equilibria(snapshot_of(FitzHughNagumo, b=b, phi=phi, I=I)).points:
        v, w = point.state
        assert w == pytest.approx(v - v**3 / 3 + I, abs=1e-8)
        assert b * w == pytest.approx(v + 0.7, abs=1e-8)
        assert point.trace == pytest.approx(1 - v**2 - b * phi, abs=1e-6)


# Morris-Lecar -------------------------------------------------------------------------

@pytest.mark.parametrize("preset", MorrisLecar.presets)
def test_morris_lecar_gates_are_half_open_at_their_potentials(preset):
    p = snapshot_of(MorrisLecar, preset).p
    assert [ml.m_inf(p.V_1, p), ml.w_inf(p.V_3, p)] == [0.5, 0.5]
    assert ml.m_inf(p.V_1 + p.V_2 / 2, p) == pytest.approx(1 / (1 + np.exp(-1)))


def test_morris_lecar_references():
    hopf = [q for q in diagram(snapshot_of(MorrisLecar, "Hopf"), "I").points if q.code == "H"]
    assert [q.parameters["I"] for q in hopf] == pytest.approx([93.857618, 212.018817], rel=1e-6)
    assert [q.state[0] for q in hopf] == pytest.approx([-25.270105, 7.800664], rel=1e-6)
    assert [1 / q.frequency for q in hopf] == pytest.approx([78.75661, 42.28192], rel=1e-6)


def test_two_kinds_of_onset_share_their_fixed_points():
    """phi changes the speed of w alone: folds stay, the Hopf point moves."""
    saddle_node, homoclinic = (snapshot_of(MorrisLecar, name) for name in ("SNLC", "homoclinic"))
    assert special(saddle_node, "I", "LP") == pytest.approx(special(homoclinic, "I", "LP"), abs=1e-6)
    assert special(saddle_node, "I", "H")[0] > special(saddle_node, "I", "LP")[1] > special(homoclinic, "I", "H")[0]


def test_period_grows_like_an_inverse_root_at_the_saddle_node():
    fold = special(snapshot_of(MorrisLecar, "SNLC"), "I", "LP")[1]
    near, far = (settled(snapshot_of(MorrisLecar, "SNLC", I=fold + gap)).period for gap in (0.02, 0.08))
    assert near / far == pytest.approx(2.0, rel=0.05)


# Hodgkin-Huxley -----------------------------------------------------------------------

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


def crossings(snapshot):
    return check(snapshot, "crossings", {0.0: ()}).found[0.0]


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


# Wilson-Cowan -------------------------------------------------------------------------

@given(a=st.floats(0.1, 5), theta=st.floats(-5, 10), x=st.floats(-30, 30))
@settings(deadline=None)
def test_response_starts_from_zero_and_is_symmetric(a, theta, x):
    shifted, plain = (snapshot_of(WilsonCowan, curve=curve).p for curve in ("from zero", "logistic"))
    assert S(0.0, a, theta, shifted) == pytest.approx(0.0, abs=1e-12)
    assert S(theta, a, theta, plain) == 0.5
    assert S(theta + x, a, theta, plain) + S(theta - x, a, theta, plain) == pytest.approx(1.0, abs=1e-12)


@given(P=st.floats(-6, 6), Q=st.floats(-14, 2), E=st.floats(0, 1), I=st.floats(0, 1))
@settings(deadline=None)
def test_hoppensteadt_and_izhikevich_have_their_symmetry(P, Q, E, I):  # noqa: E741
    here, there = (snapshot_of(WilsonCowan, "Hoppensteadt-Izhikevich", P=p, Q=q).p for p, q in ((P, Q), (-P, -12 - Q)))
    mirrored = WilsonCowan.rhs(0.0, (1 - E, 1 - I), there)
    assert WilsonCowan.rhs(0.0, (E, I), here) == pytest.approx([-v for v in mirrored], abs=1e-12)


def test_refractory_cells_cannot_be_excited_again():
    p = snapshot_of(WilsonCowan, "1972 Fig 11", P=10.0).p
    strong = WilsonCowan.rhs(0.0, (1.0, 0.0), p)[0]
    assert strong == pytest.approx(-1.0)


@pytest.mark.parametrize(("E_0", "E"), [(0.2, 0.0), (0.3, 0.938431)])
def test_neuromatch_keeps_what_it_is_given(E_0, E):
    run = simulate(snapshot_of(WilsonCowan, "Neuromatch", E_0=E_0, t_end=200.0))
    assert run.y[0, -1] == pytest.approx(E, abs=1e-6)


# Brusselator --------------------------------------------------------------------------

@given(A=st.floats(0.5, 2), B=st.floats(0.1, 6))
@settings(max_examples=40, deadline=None)
def test_brusselator_fixed_point(A, B):
    (point,) = equilibria(snapshot_of(Brusselator, A=A, B=B)).points
    assert point.state == pytest.approx([A, B / A], rel=1e-8)
    assert [point.trace, point.determinant] == pytest.approx([B - 1 - A**2, A**2], abs=1e-5)


@pytest.mark.parametrize("A", [0.5, 1.0, 1.7])
def test_brusselator_hopf_point(A):
    (point,) = [q for q in diagram(snapshot_of(Brusselator, A=A), "B").points if q.code == "H"]
    assert point.parameters["B"] == pytest.approx(1 + A**2, rel=1e-8)
    assert 1 / point.frequency == pytest.approx(2 * np.pi / A, rel=1e-8)


# Phase oscillators --------------------------------------------------------------------

@given(phase=st.floats(0.1, 2 * np.pi - 0.1), I_0=st.floats(0.1, 9))
@settings(max_examples=30, deadline=None)
def test_push_at_a_right_angle_is_the_phase_response_of_the_qif_neuron(phase, I_0):
    """A small kick to V' = V^2 + I brings the next spike nearer by the kick over V'."""
    root, kick = np.sqrt(I_0), 1e-4
    V = -root / np.tan(phase / 2)
    nearer = quad(lambda v: 1 / (v * v + I_0), V, V + kick)[0] / kick
    push = H(-phase, snapshot_of(PhaseOscillators, "QIF response").p)
    assert push / (2 * I_0) == pytest.approx(nearer, rel=0.02, abs=1e-6)
    assert push == pytest.approx(1 - np.cos(phase), abs=1e-6)


@given(K=st.floats(0.02, 1), D=st.floats(-0.5, 0.5), alpha=st.floats(-1.5, 1.5))
@settings(max_examples=60, deadline=None)
def test_followers_lock_within_the_reach_of_the_push(K, D, alpha):
    reach = [K * (np.sin(alpha) - 1), K * (np.sin(alpha) + 1)]
    if min(abs(D + r) for r in reach) < 1e-3:
        return
    values = {"network": "pacemaker", "K": K, "alpha": alpha, "D_2": D, "D_3": -K * np.sin(alpha)}
    if abs(values["D_3"]) > 0.5:
        return
    points = equilibria(snapshot_of(PhaseOscillators, **values)).points
    assert bool(points) == (reach[0] < -D < reach[1])


def test_three_oscillators_lock_at_the_known_strength():
    """Spacing D and order R: sin(psi) = D / (K R), R = (1 + 2 cos(psi)) / 3."""
    cosine = (np.sqrt(33) - 1) / 8
    strength = 0.3 / (np.sqrt(1 - cosine**2) * (1 + 2 * cosine))
    found = special(snapshot_of(PhaseOscillators, "Kuramoto"), "K", "LP")
    assert min(abs(np.array(found) - strength)) < 1e-8
    assert strength == pytest.approx(0.170438, abs=5e-7)


def test_order_is_one_if_all_phases_agree():
    p = PhaseOscillators().snapshot().p
    y = np.array([[0.0, 2 * np.pi / 3, np.pi], [0.0, 4 * np.pi / 3, 0.0]])
    np.testing.assert_allclose(PhaseOscillators.observe(np.zeros(3), y, p)[0], [1.0, 0.0, 1 / 3], atol=1e-12)


# The words for expectations -----------------------------------------------------------

@pytest.mark.parametrize(("name", "wrong"), [
    ("crossings", {0.0: ()}), ("crossings", {0.0: (10.06,)}), ("crossings", {39.9: (10.3,)}),
    ("range", ((-76.0, 0.3, 0.08, 0.01), (50.0, 0.8, 0.6, 1.0)))])
def test_wrong_expectation_of_a_run_is_not_met(name, wrong):
    assert not check(snapshot_of(HodgkinHuxley, "Fig B.2 A-D"), name, wrong).met


def test_branch_point_is_told_from_a_fold():
    pitchfork, parabola = snapshot_of(PhaseLine, "Pitchfork"), snapshot_of(PhaseLine, "Fig A.6")
    assert check(pitchfork, "branch", {"a": 0.0}).met
    assert not check(parabola, "branch", {"a": 0.0}).met
