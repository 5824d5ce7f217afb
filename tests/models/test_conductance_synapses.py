"""Conductance-based synapses: the book's figure, driving force, and the high-conductance state."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.models.synapses.conductance_synapses import ConductanceSynapses, background, spikes, theory
from ncm_app.numerics.spikes.conductances import error_of_sd, fluctuation
from ncm_app.studies.plots import drawn_columns, measures, told
from ncm_app.studies.regime import regime
from ncm_app.studies.simulate import observe, simulate
from tests.models.asking import snapshot_of

HIGH = "High-conductance state"


def found(snapshot):
    return {m.name: m for m in measures(snapshot)}


def integrated(snapshot, t):
    """Return the states (4, m) integrated from spike to spike."""
    p, y, now, out = snapshot.p, np.array(snapshot.start), 0.0, np.empty((4, len(t)))
    events = sorted([(s, 1, p.J_e / p.tau_e) for s in p.s_e] + [(s, 2, p.J_i / p.tau_i) for s in p.s_i])

    def flow(_, y):
        V, g_e, g_i, V_c = y
        currents = g_e * (p.E_e - p.E_L) + g_i * (p.E_i - p.E_L)
        return [(p.E_L - V + g_e * (p.E_e - V) + g_i * (p.E_i - V)) / p.tau_m, -g_e / p.tau_e, -g_i / p.tau_i,
                (p.E_L - V_c + currents) / p.tau_m]

    for s, index, jump in [*events, (t[-1] + 1.0, 1, 0.0)]:
        inside = (t >= now) & (t < s)
        run = solve_ivp(flow, (now, s), y, method="DOP853", rtol=1e-10, atol=1e-12, t_eval=[*t[inside], s])
        out[:, inside], y, now = run.y[:, :-1], run.y[:, -1], s
        y[index] += jump
    return out


def test_euler_converges_to_an_integrator_with_order_one():
    errors = []
    for dt in (0.2, 0.1, 0.05):
        run = simulate(ConductanceSynapses(dt=dt).snapshot())
        expected = integrated(ConductanceSynapses().snapshot(), run.t)
        errors.append(np.abs(run.y[[0, 3]] - expected[[0, 3]]).max(axis=1))
    assert np.all(errors[2] < 0.03)
    np.testing.assert_allclose(errors[0] / errors[1], 2.0, atol=0.2)
    np.testing.assert_allclose(errors[1] / errors[2], 2.0, atol=0.1)


def test_currents_of_the_book():
    snapshot = ConductanceSynapses().snapshot()
    excitatory, inhibitory = observe(snapshot, simulate(snapshot))
    assert excitatory.max() == pytest.approx(4.82514, abs=5e-6)
    assert inhibitory.min() == pytest.approx(-4.80220, abs=5e-6)


def test_heights_are_those_of_fine_steps():
    fine = found(ConductanceSynapses(dt=0.002).snapshot())
    for name in ("EPSP", "IPSP"):
        assert fine[name].value == pytest.approx(fine[name].theory, rel=1e-3)
    assert fine["paired EPSP"].theory is None


@pytest.mark.parametrize("I_x", [-10.0, -6.0, -3.0, 0.0, 20.0])
def test_heights_are_proportional_to_the_driving_force(I_x):
    measured = found(snapshot_of(ConductanceSynapses, "Driving force", I_x=I_x, V_0=-72.0 + I_x))
    assert measured["EPSP"].value == pytest.approx(1.0768268 / 72.0 * (72.0 - I_x), rel=1e-4)
    if I_x == -3.0:
        assert "IPSP" not in measured  # V rests at E_i: nothing moves
    else:
        assert measured["IPSP"].value == pytest.approx(-0.9434867 / 3.0 * (3.0 + I_x), rel=2e-3)


def test_driving_force_plot_meets_zero_at_the_reversal_potential():
    drawn = drawn_columns(ConductanceSynapses().snapshot(), 2)
    I_x, height = drawn["inhibitory"]
    assert np.interp(0.0, -height, I_x) == pytest.approx(-3.0)
    np.testing.assert_allclose(drawn["now"][1], [1.0693, -0.9363], atol=1e-4)


def test_one_spike_is_drawn_as_it_runs():
    snapshot = ConductanceSynapses(s_e=(20.0,), s_i=(), dt=0.002, t_end=60.0).snapshot()
    run, (t, v) = simulate(snapshot), drawn_columns(snapshot, 1)["excitatory"]
    np.testing.assert_allclose(np.interp(t, run.t - 20.0, run.y[0] + 72.0), v, atol=1e-3)
    linear = drawn_columns(snapshot, 1)["linear excitatory"][1]
    np.testing.assert_allclose(np.interp(t, run.t - 20.0, run.y[3] + 72.0), linear, atol=1e-3)


def averages(**changes):
    """Return means and SDs (2, 4) of V, both conductances and V_c over ten seeds, the spread of the SDs, parameters."""
    rows = []
    for seed in range(10):
        snapshot = snapshot_of(ConductanceSynapses, HIGH, seed=seed, t_end=4000.0, dt=0.2, **changes)
        y = simulate(snapshot).y[:, 500:]
        rows.append((y.mean(axis=1), y.std(axis=1)))
    return np.mean(rows, axis=0), np.std([sds for _, sds in rows], axis=0), snapshot.p


def test_stationary_state_over_seeds_is_that_of_shot_noise():
    (means, sds), scatter, p = averages()
    known = theory(p, 39_000.0)
    assert known.tau == pytest.approx(10.0 / 4.96)
    assert means[1:3] == pytest.approx([0.96, 3.0], abs=0.05)
    assert abs(means[0] - known.mean) < 3.0 * known.error
    assert abs(means[3] - known.level) < 3.0 * known.error
    assert known.mean - known.level > 2.0 * known.error  # so that the shift is seen at all
    np.testing.assert_allclose(sds[[0, 3]], known.sd, rtol=0.04)
    assert scatter[3] == pytest.approx(known.sd * error_of_sd(5.0, known.tau, 3900.0), rel=0.6)


def test_current_based_cell_at_rest_is_far_away_and_slow():
    (means, sds), _, p = averages(linear="at rest", V_c_0=-12.0)
    assert means[3] == pytest.approx(ConductanceSynapses.levels(p)[3], abs=1.5)
    assert ConductanceSynapses.levels(p)[3] == pytest.approx(-72.0 + 0.96 * 72.0 - 3.0 * 3.0)
    assert sds[3] == pytest.approx(fluctuation(background(p), -72.0, 1.0, 10.0), rel=0.1)
    assert sds[3] > 2.0 * sds[0]


def test_levels_are_fixed_points_of_mean_conductances():
    for linear in ("at rest", "at the mean"):
        p = snapshot_of(ConductanceSynapses, HIGH, linear=linear, I_x=3.0).p
        rates = ConductanceSynapses.rhs(0.0, ConductanceSynapses.levels(p), p)
        np.testing.assert_allclose([rates[0], rates[3]], 0.0, atol=1e-12)


def test_spikes_are_the_same_whatever_the_weights_and_the_step():
    calm, strong = (snapshot_of(ConductanceSynapses, HIGH, **c) for c in ({}, {"J_e": 1.0, "dt": 0.5, "tau_m": 30.0}))
    for a, b in zip(spikes(500.0, calm.p), spikes(500.0, strong.p), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.isin(*spikes(500.0, calm.p)).any()
    listed = spikes(500.0, snapshot_of(ConductanceSynapses, HIGH, s_e=(100.0, 600.0)).p)[0]
    assert len(listed) == len(spikes(500.0, calm.p)[0]) + 1


def test_it_is_told_what_moves_v_and_how_leaky_it_is():
    assert told(ConductanceSynapses().snapshot()) == (
        "an excitatory spike lifts V by 1.07 mV, an inhibitory one lowers V by 0.94 mV: at rest V is 72 mV below E_e "
        "and 3 mV above E_i")
    assert "inhibitory one lifts V by 0.94 mV" in told(snapshot_of(ConductanceSynapses, "Driving force"))
    busy = told(snapshot_of(ConductanceSynapses, HIGH))
    assert "−59.9 mV with an SD of 2.6 mV" in busy and "4.96 times as leaky" in busy and "2 ms, not 10 ms" in busy
    assert "−11.9 mV" in told(snapshot_of(ConductanceSynapses, HIGH, linear="at rest"))


def test_what_the_page_tells_to_try():
    strong = found(snapshot_of(ConductanceSynapses, "Driving force", I_x=20.0))
    assert strong["EPSP"].theory == pytest.approx(0.77, abs=0.005)
    assert strong["IPSP"].theory == pytest.approx(-7.2, abs=0.05)
    double = found(snapshot_of(ConductanceSynapses, HIGH, r_e=16.0, r_i=30.0))
    assert double["tau_eff"].theory == pytest.approx(1.1, abs=0.05)
    assert 0.8 * 2.64 < double["SD of V"].theory < 2.64


@pytest.mark.parametrize("dt", [4.5, 50.0])
def test_coarse_steps_are_told_and_give_no_nan(dt):
    snapshot = snapshot_of(ConductanceSynapses, HIGH, dt=dt)
    assert "unstable" in " ".join(regime(snapshot, "").warnings)
    assert np.isfinite(simulate(snapshot).y).all()
