"""One synapse that learns from two spike trains, beside sums over all pairs of spikes and over many seeds."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.synapses._stdp_pair_plots import change, drift, learn, printed, spread
from ncm_app.models.synapses.stdp_pair import STDPPair
from ncm_app.studies.plots import drawn_columns, told
from tests.models.asking import snapshot_of

PRESETS = [*STDPPair.presets]


def by_pairs(answer, p):
    """Return the change of Eq. 4.1 as a sum over all pairs of spikes."""
    met = np.exp(-np.abs(answer.pre[:, None] - answer.post[None, :]) / p.tau_y).sum() / p.tau_y
    return p.epsilon * (2.0 * p.r_0 / 1000.0 * len(answer.pre) - met)


def stepped(answer, p, dt=0.01):
    """Return the weight after small Euler steps of Eq. 4.1, spikes being jumps between steps."""
    y_e = y_i = 0.0
    J, before = p.J_0, 0.0
    for t, fired in sorted([(t, 1) for t in answer.post] + [(t, 0) for t in answer.pre]):
        n = max(1, round((t - before) / dt))
        keep = (1.0 - (t - before) / n / p.tau_y) ** n
        y_e, y_i, before = y_e * keep, y_i * keep, t
        J -= p.epsilon * (y_i if fired else y_e - 2.0 * p.r_0 / 1000.0)
        y_e, y_i = y_e + fired / p.tau_y, y_i + (1 - fired) / p.tau_y
    return J


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("changes", [{}, {"tau_y": 40.0, "r_0": 7.0}, {"delay": 0.0}, {"delay": -333.0}])
def test_weight_is_the_sum_over_pairs_and_that_of_small_steps(preset, changes):
    p = snapshot_of(STDPPair, preset, **changes).p
    answer = learn(p)
    assert answer.J[-1] - p.J_0 == pytest.approx(by_pairs(answer, p), rel=1e-9, abs=1e-12)
    assert answer.J[-1] - p.J_0 == pytest.approx(stepped(answer, p) - p.J_0, rel=2e-3, abs=1e-3)


@pytest.mark.parametrize(("pairs", "period"), [(1, 500.0), (7, 90.0), (60, 200.0)])
@pytest.mark.parametrize("delay", [-500.0, -1.0, 0.0, 230.0])
def test_curve_is_what_runs_give(pairs, period, delay):
    p = snapshot_of(STDPPair, "Fig 4.1 B,C", pairs=pairs, period=period, delay=delay, epsilon=3.0).p
    assert change(delay, p) == pytest.approx(learn(p).J[-1] - p.J_0, rel=1e-9)


def test_zeros_of_the_figure_are_those_of_two_tenths_of_a_hertz():
    right, book = (snapshot_of(STDPPair, name).p for name in ("Fig 4.1 B,C", "Fig 4.1 C, 30 Hz"))
    delay = np.linspace(-1300.0, 1300.0, 2601)
    np.testing.assert_allclose(change(delay, right), printed(delay, book), atol=1e-12)
    assert 150.0 * np.log(1.0 / 0.06) == pytest.approx(422.0, abs=0.1)
    assert printed(422.0, book) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("changes", [{"r_e": 8.0, "T": 2000.0}, {"r_e": 4.0, "r_i": 30.0, "T": 1000.0},
                                     {"r_e": 1.0, "tau_y": 600.0, "T": 3000.0}])
def test_mean_and_spread_over_seeds_are_the_theory(changes):
    p = snapshot_of(STDPPair, "At the target", **changes).p
    found = np.array([learn(p._replace(seed=seed)).J[-1] - p.J_0 for seed in range(1500)])
    mean, sd = float(drift(p.r_e, p, p.T)), float(spread(p.r_e, p, p.T))
    error = sd / np.sqrt(len(found))
    assert abs(found.mean() - mean) < 4.0 * error
    kurtosis = np.mean(((found - found.mean()) / found.std()) ** 4)
    assert abs(found.std() / sd - 1.0) < 4.0 * np.sqrt((kurtosis - 1.0) / 4.0 / len(found))


def test_a_rate_moves_no_spike_of_the_other_train():
    p = snapshot_of(STDPPair, "At the target").p
    slow, fast = learn(p), learn(p._replace(r_e=8.0))
    np.testing.assert_array_equal(slow.pre, fast.pre)
    assert set(slow.post) < set(fast.post)


@pytest.mark.parametrize("changes", [{"r_e": 0.0}, {"r_i": 0.0}, {"r_e": 0.0, "r_i": 0.0}])
def test_silent_trains_are_no_error(changes):
    snapshot = snapshot_of(STDPPair, "At the target", **changes)
    answer = learn(snapshot.p)
    assert np.isfinite([answer.y_e, answer.y_i, answer.J]).all()
    assert answer.J[-1] - snapshot.p.J_0 == pytest.approx(80.0 * 2.0 * 0.004 * len(answer.pre))
    assert "J_ei" in told(snapshot).replace("Jₑᵢ", "J_ei")


def test_sentence_says_how_close_pairs_must_be():
    assert "422 ms" in told(snapshot_of(STDPPair, "Fig 4.1 B,C"))
    assert "every delay" in told(snapshot_of(STDPPair, "Fig 4.1 C, 30 Hz"))
    assert "r_0 is 0" in told(snapshot_of(STDPPair, "Fig 4.1 B,C", r_0=0.0))
    assert "above the target" in told(snapshot_of(STDPPair, "Above the target"))


def test_traces_jump_at_spikes_and_decay_between():
    snapshot = snapshot_of(STDPPair, "Fig 4.1 B,C")
    drawn = dict(zip(("x", "y"), drawn_columns(snapshot, 1)["y_i"], strict=True))
    assert drawn["y"][drawn["x"] < 200.0].max() == 0.0
    assert drawn["y"].max() == pytest.approx(1000.0 / 150.0)
    assert np.interp(350.0, drawn["x"], drawn["y"]) == pytest.approx(1000.0 / 150.0 * np.exp(-1.0), rel=1e-3)
    assert np.all(np.diff(drawn["x"]) >= 0)
