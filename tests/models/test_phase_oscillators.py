"""What theory says of two, three and many oscillators that are phases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from ncm_app.models.oscillators import three_oscillators as three
from ncm_app.models.oscillators.kuramoto import Kuramoto, frequencies, simulated, start_phases
from ncm_app.models.oscillators.phase_oscillators import PhaseOscillators, advance, weak_advance
from ncm_app.models.oscillators.three_oscillators import ThreeOscillators
from ncm_app.studies.curves import curves
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of, special


def p_of(**changes):
    return snapshot_of(PhaseOscillators, **changes).p


# Two ----------------------------------------------------------------------------------

@given(phase=st.floats(0.1, 2 * np.pi - 0.1), I_0=st.floats(0.1, 9), kick=st.floats(0.01, 3))
@settings(max_examples=40, deadline=None)
def test_advance_is_the_time_that_a_pulse_saves_a_qif_neuron(phase, I_0, kick):
    """V' = V^2 + I_0 jumps by the kick: its next spike comes earlier by the integral of 1 / V' over the jump."""
    root = np.sqrt(I_0)
    V, omega = -root / np.tan(phase / 2), 2 * root
    saved = quad(lambda v: 1 / (v * v + I_0), V, V + kick, points=[0.0] if V < 0 < V + kick else None)[0]
    size = kick / root
    if not 0.5 <= omega <= 10 or size * omega / (2 * np.pi) > 0.6:
        return
    p = p_of(K=size * omega / (2 * np.pi), omega=omega)
    assert advance(phase, p) == pytest.approx(saved * omega, rel=1e-6)
    if size < 0.02:
        assert weak_advance(phase, p) == pytest.approx(saved * omega, abs=2 * size**2)


def test_numbers_of_the_later_book():
    """I_0 = 4, pulses of 1: G at a quarter of pi, and the phase after 14 pulses, in units of time."""
    p = snapshot_of(PhaseOscillators, "QIF follower, equal").p
    assert advance(np.pi, p) / 4 == pytest.approx(0.231824, abs=1e-6)
    assert weak_advance(np.pi, p) / 4 == pytest.approx(0.25, abs=1e-6)
    phase = 4 * 0.1871
    for _ in range(14):
        phase += advance(phase, p)
    assert phase / 4 == pytest.approx(1.4604, abs=5e-5)
    run = simulate(snapshot_of(PhaseOscillators, "QIF follower, equal"))
    assert np.interp(14 * np.pi / 2, run.t, run.y[0]) / 4 == pytest.approx(1.4604, abs=1e-4)


@given(K=st.floats(0.02, 0.6), D=st.floats(-0.5, 0.5), network=st.sampled_from(["two-way", "one-way"]))
@settings(max_examples=40, deadline=None)
def test_two_sines_lock_within_their_range(K, D, network):
    reach = 2 * K if network == "two-way" else K
    if abs(abs(D) - reach) < 1e-3:
        return
    points = equilibria(snapshot_of(PhaseOscillators, K=K, D=D, network=network)).points
    assert len(points) == (2 if abs(D) < reach else 0)
    for point in points:
        assert np.sin(point.state[0]) == pytest.approx(D / reach, abs=1e-9)


@pytest.mark.parametrize(("D", "period"), [(0.22, 68.56), (0.4, 18.14)])
def test_slips_take_the_time_of_adlers_equation(D, period):
    """2 pi / sqrt(D^2 - (2 K)^2)."""
    run = simulate(snapshot_of(PhaseOscillators, "Two coupled: slip", D=D, t_end=400.0))
    times = [np.interp(2 + 2 * np.pi * turn, run.y[0], run.t) for turn in (1, 2)]
    assert times[1] - times[0] == pytest.approx(2 * np.pi / np.sqrt(D**2 - 0.04), rel=1e-4)
    assert times[1] - times[0] == pytest.approx(period, abs=0.01)


def test_two_qif_neurons_advance_each_other_alike():
    run = simulate(snapshot_of(PhaseOscillators, "Two QIF neurons"))
    assert run.y[0, -1] == pytest.approx(2.0 + 0.02 * 200, abs=1e-9)
    assert equilibria(snapshot_of(PhaseOscillators, "QIF follower", D=0.01)).points == ()


def test_large_pulses_advance_by_less_than_small_ones_promise():
    p = snapshot_of(PhaseOscillators, "QIF follower, equal", omega=1.0).p
    assert advance(np.pi, p) < 0.6 * weak_advance(np.pi, p)


def test_dots_stand_on_the_curves_within_the_axes():
    for psi in (-2.0, 0.5, 4.2, 30.0):
        snapshot = snapshot_of(PhaseOscillators, D=0.0, K=0.0, psi_0=max(min(psi, 4.2), -2.0), t_end=1.0)
        for index in (0, 1):
            found = curves(snapshot, index)
            low, high = PhaseOscillators.curves[index].x.span
            assert np.all((found.present[0] >= low) & (found.present[0] <= high))
        assert found.present[0, 0] == pytest.approx(snapshot.start[0] % (2 * np.pi))


# Three --------------------------------------------------------------------------------

def test_push_at_a_right_angle_is_the_phase_response_of_the_qif_neuron():
    phase = np.linspace(0, 2 * np.pi, 50)
    push = three.H(-phase, snapshot_of(ThreeOscillators, "QIF response").p)
    np.testing.assert_allclose(push, weak_advance(phase, p_of(K=0.1, omega=2 * np.pi * 0.1)), atol=1e-6)


@given(K=st.floats(0.02, 1), D=st.floats(-0.5, 0.5), alpha=st.floats(-1.5, 1.5))
@settings(max_examples=60, deadline=None)
def test_followers_lock_within_the_reach_of_the_push(K, D, alpha):
    reach = [K * (np.sin(alpha) - 1), K * (np.sin(alpha) + 1)]
    if min(abs(D + r) for r in reach) < 1e-3:
        return
    values = {"network": "pacemaker", "K": K, "alpha": alpha, "D_2": D, "D_3": -K * np.sin(alpha)}
    if abs(values["D_3"]) > 0.5:
        return
    points = equilibria(snapshot_of(ThreeOscillators, **values)).points
    assert bool(points) == (reach[0] < -D < reach[1])


def test_three_oscillators_lock_at_the_known_strength():
    """Spacing D and order R: sin(psi) = D / (K R), R = (1 + 2 cos(psi)) / 3."""
    cosine = (np.sqrt(33) - 1) / 8
    strength = 0.3 / (np.sqrt(1 - cosine**2) * (1 + 2 * cosine))
    found = special(snapshot_of(ThreeOscillators, "Kuramoto"), "K", "LP")
    assert min(abs(np.array(found) - strength)) < 1e-8
    assert strength == pytest.approx(0.170438, abs=5e-7)


def test_order_is_one_if_all_phases_agree():
    p = ThreeOscillators().snapshot().p
    y = np.array([[0.0, 2 * np.pi / 3, np.pi], [0.0, 4 * np.pi / 3, 0.0]])
    np.testing.assert_allclose(ThreeOscillators.observe(np.zeros(3), y, p)[0], [1.0, 0.0, 1 / 3], atol=1e-12)


# Many ---------------------------------------------------------------------------------

@pytest.mark.parametrize("preset", Kuramoto.presets)
def test_onset_is_where_the_density_of_frequencies_says(preset):
    snapshot = snapshot_of(Kuramoto, preset)
    density = 1 / (np.pi * snapshot.p.Delta)
    assert special(snapshot, "K", "BP") == pytest.approx([2 / (np.pi * density)], abs=1e-7)


@given(K=st.floats(0.0, 1.0), Delta=st.floats(0.01, 0.3))
@settings(max_examples=40, deadline=None)
def test_order_beyond_the_onset(K, Delta):
    if abs(K - 2 * Delta) < 1e-3:
        return
    found = [q.state[0] for q in equilibria(snapshot_of(Kuramoto, K=K, Delta=Delta)).points]
    assert found == pytest.approx([0.0, np.sqrt(1 - 2 * Delta / K)] if 2 * Delta < K else [0.0], abs=1e-7)


def step_by_step(p, t):
    """Return the order of the same N oscillators, integrated as N equations with DOP853."""
    omega, first = frequencies(p), np.angle(start_phases(p))

    def slope(_, theta):
        mean = np.exp(1j * theta).mean()
        return omega + p.K * np.imag(mean * np.exp(-1j * theta))

    run = solve_ivp(slope, (0, t[-1]), first, "DOP853", t_eval=t, rtol=1e-7, atol=1e-7)
    return np.abs(np.exp(1j * run.y).mean(axis=0))


@pytest.mark.parametrize("changes", [{"N": 40, "seed": 3}, {"N": 40, "K": 0.15, "r_0": 0.6}, {"N": 20, "K": 1.0}])
def test_simulated_oscillators_solve_their_equations(changes):
    p, t = snapshot_of(Kuramoto, **changes).p, np.linspace(0, 40, 81)
    assert simulated(t, p) == pytest.approx(step_by_step(p, t), abs=0.02)


@pytest.mark.parametrize(("K", "r_0"), [(0.4, 0.4), (0.05, 0.6), (0.8, 0.3)])
def test_five_hundred_oscillators_follow_the_one_equation(K, r_0):
    """Far from the onset: near it the noise of a finite number is amplified."""
    snapshot = snapshot_of(Kuramoto, K=K, r_0=r_0, N=500, t_end=80.0)
    run = simulate(snapshot)
    many = [simulated(run.t, snapshot.changed(seed=seed).p) for seed in range(8)]
    apart = np.mean(many, axis=0) - run.y[0]
    assert np.abs(apart).max() < 0.06
    assert np.std([order[-1] for order in many]) < 3 / np.sqrt(500)


def test_start_phases_and_frequencies_have_their_distributions():
    p = snapshot_of(Kuramoto, N=1000, r_0=0.6, Delta=0.2).p
    assert start_phases(p).mean() == pytest.approx(0.6, abs=0.06)
    assert np.quantile(frequencies(p), [0.25, 0.5, 0.75]) == pytest.approx([-0.2, 0.0, 0.2], abs=0.04)
