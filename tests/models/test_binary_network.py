"""Binary units in random order, beside a plain loop over the same draws and the mean field."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.models.networks import _binary_updates as updates
from ncm_app.models.networks.binary_network import BinaryNetwork
from ncm_app.numerics.noise import hash_normal, hash_uniform
from ncm_app.numerics.system import SILENT, Cancelled, Progress
from ncm_app.studies.plots import drawn_columns, told
from tests.models.asking import snapshot_of

PRESETS = [*BinaryNetwork.presets]
PAIRS = {"mu_W": 2.0, "mu_X": 0.0, "sigma_X": 0.4, "sigma_W": 0.4}


def parameters(preset="Later Fig B.8", **changes):
    return snapshot_of(BinaryNetwork, preset, **changes).p


def loop(p, updates_done):
    """Return the units after each update, (m, N), by matrix products over the same draws."""
    N, seed = p.N, p.seed
    Z = np.array([[0.0 if j == k else np.float32(hash_normal(seed, 0, k * 65536 + j)) for j in range(N)]
                  for k in range(N)])
    W = (p.mu_W / N + p.sigma_W / math.sqrt(N) * Z).T  # from column to row; all drive all by the mean
    S, rows = np.array([hash_uniform(seed, 3, j) < p.r_0 for j in range(N)], dtype=float), []
    for u in range(updates_done):
        k = int(hash_uniform(seed, 1, u) * N)
        x = hash_normal(seed, 2, u if p.noise else k)
        S[k] = W[k] @ S + p.mu_X + p.sigma_X * x > p.theta
        rows.append(S.copy())
    return np.array(rows)


@pytest.mark.parametrize("changes", [
    {}, {"noise": "held for each unit"}, {**PAIRS, "r_0": 0.5}, {"mu_W": -5.0, "mu_X": 2.0}, {"sigma_W": 3.0}])
def test_units_are_those_of_a_plain_loop(changes):
    p = parameters(N=30, T=100.0, tau=5.0, **changes)
    run, rows = updates.simulate(p, SILENT), loop(p, 600)
    np.testing.assert_array_equal(run.r[1:], rows.mean(axis=1)[2::3])
    np.testing.assert_allclose(run.on, rows[300:].mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(run.t[-1], 100.0)


@pytest.mark.parametrize("preset", PRESETS)
def test_mean_and_standard_error_over_seeds(preset):
    found = []
    for seed in range(60):
        p = parameters(preset, N=300, seed=seed)
        run = updates.simulate(p, SILENT)
        found.append((np.mean(run.on), updates.standard_error(run, p)))
    values, errors = np.array(found).T
    theory = float(updates.followed(np.array([0.0, 5000.0]), p)[-1])
    assert abs(values.mean() - theory) < 5.0 * values.std() / np.sqrt(len(values)) + 0.03 * theory
    assert 0.6 < values.std() / errors.mean() < 1.6


def test_numbers_of_the_later_versions():
    assert updates.fixed_points(parameters()) == [pytest.approx(0.0601, abs=5e-5)]
    assert updates.fixed_points(parameters(sigma_W=0.0)) == [pytest.approx(0.0548, abs=5e-5)]
    assert updates.spread(0.0601, parameters()) ** 2 == pytest.approx(0.265, abs=5e-5)
    one = [np.mean(updates.simulate(parameters(seed=seed), SILENT).on) for seed in range(8)]
    assert np.mean(one) == pytest.approx(0.0591, abs=4 * 0.0028 / np.sqrt(8) + 4 * np.std(one) / np.sqrt(8))


def test_weights_of_a_larger_network_hold_the_smaller_one_and_nobody_drives_itself():
    small, large = updates.weights(20, 3), updates.weights(40, 3)
    np.testing.assert_array_equal(large[:20, :20], small)
    assert np.all(np.diag(large) == 0.0) and not large.flags.writeable
    off = large[~np.eye(40, dtype=bool)]
    assert abs(off.mean()) < 4 / 40 and abs(off.std() - 1.0) < 4 / 40
    assert not np.array_equal(updates.weights(20, 4), small)


class Watching(Progress):
    """Keeps partial answers; stops after some."""

    def __init__(self, most):
        self.seen, self.most = [], most

    wants_partial = True

    def report(self, fraction, partial=None):
        self.seen.append((fraction, partial))
        if len(self.seen) >= self.most:
            raise Cancelled


def test_partial_answers_are_the_beginning_of_the_whole_and_a_cancel_stops_it():
    p, watching = parameters(N=300, T=5000.0), Watching(1000)
    whole = updates.simulate(p, watching)
    assert len(watching.seen) > 3 and np.all(np.diff([f for f, _ in watching.seen]) > 0)
    for _, partial in watching.seen:
        begun = partial.answer
        np.testing.assert_array_equal(begun.r, whole.r[: len(begun.r)])
        np.testing.assert_array_equal(begun.t, whole.t[: len(begun.t)])
        assert BinaryNetwork.tell(begun, p)
        assert all(plot.draw(begun, p) for plot in BinaryNetwork.plots)
    early, late = watching.seen[0][1].answer, watching.seen[-1][1].answer
    assert updates.measured(early, p) == () and len(updates.measured(late, p)) == 2
    with pytest.raises(Cancelled):
        updates.simulate(p, Watching(2))


@pytest.mark.parametrize(("changes", "r"), [({"theta": 5.0}, 0.0), ({"theta": -5.0}, 1.0), ({"N": 10}, None),
                                            ({"sigma_X": 0.05, "sigma_W": 0.0, "mu_X": -5.0, "r_0": 1.0}, 0.0)])
def test_extremes_are_no_error(changes, r):
    snapshot = snapshot_of(BinaryNetwork, "Later Fig B.8", **changes)
    run = updates.simulate(snapshot.p, SILENT)
    assert np.isfinite(run.r).all() and (r is None or np.mean(run.on) == pytest.approx(r, abs=1e-3))
    assert told(snapshot) and np.isfinite([m.error for m in updates.measured(run, snapshot.p)]).all()


@pytest.mark.parametrize("changes", [{}, PAIRS, {**PAIRS, "mu_X": 0.2}, {"mu_W": -5.0, "mu_X": 2.0}])
def test_fixed_points_lie_on_the_curve_over_the_input(changes):
    p = parameters(**changes)
    mu, r, stable = updates.transition(p)
    points = updates.fixed_points(p)
    crossed = np.flatnonzero((mu[:-1] - p.mu_X) * (mu[1:] - p.mu_X) <= 0.0)
    assert len(crossed) == len(points)
    for k, point in zip(crossed, points, strict=True):
        assert r[k] - 1e-9 <= point <= r[k + 1] + 1e-9
        assert updates.share_on(point, p) == pytest.approx(point, abs=1e-9)
        assert bool(stable[k]) == (updates.slope(point, p) < 1.0)


def test_mean_field_over_time_is_a_relaxation():
    p = parameters(mu_W=0.0, sigma_W=0.0, r_0=1.0)
    t = np.linspace(0.0, 100.0, 101)
    end = updates.share_on(0.0, p)
    np.testing.assert_allclose(updates.followed(t, p), end + (1.0 - end) * np.exp(-t / p.tau), atol=2e-5)


def test_histogram_is_a_density_beside_the_gaussian():
    drawn = drawn_columns(snapshot_of(BinaryNetwork, "Many units"), 3)
    edges, density = drawn["units"]
    assert (density * np.diff(edges)).sum() == pytest.approx(1.0, abs=2e-3)
    x, normal = drawn["mean field"]
    assert np.trapezoid(normal, x) == pytest.approx(1.0, abs=1e-3)
    middle = np.interp((edges[1:] + edges[:-1]) / 2.0, x, normal)
    assert np.abs(density - middle).max() < 5.0 * np.sqrt(middle.max() / 2000 / np.diff(edges)[0])
