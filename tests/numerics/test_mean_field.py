"""Mean-field rates and the eigenvalues of linearised networks, against closed forms and drawn matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ncm_app.numerics.networks.effective import Blocks, bulk_edge, jacobian_of_part, outliers, part_of
from ncm_app.numerics.networks.mean_field import balanced_rates, mean_field
from ncm_app.numerics.results.base import Status

G, THETA = 0.003575, 9.639161
BOOK = np.array([[2000.0, -2000.0], [6000.0, -3000.0]])
LATER = np.array([[1920.0, -1800.0], [5600.0, -2800.0]])


def solve(weights, inputs, g=G, theta=THETA):
    return mean_field(np.array(weights, dtype=float), np.array(inputs, dtype=float),
                      lambda current: g * np.maximum(current - theta, 0.0), g, theta)


@pytest.mark.parametrize(("weights", "inputs", "fit", "rates", "balanced"), [
    (BOOK, (25.0, 17.0), (G, THETA), (5.60833, 12.50437), (6.83333, 19.33333)),
    (LATER, (24.0, 16.0), (0.00358, 9.64), (6.51795, 13.91878), (8.16327, 22.04082))])
def test_rates_of_the_book(weights, inputs, fit, rates, balanced):
    found = solve(weights, inputs, *fit)
    np.testing.assert_allclose(1000.0 * found.rates, [rates], atol=6e-6)
    np.testing.assert_allclose(1000.0 * balanced_rates(weights, np.array(inputs)), balanced, atol=6e-6)


def test_feedforward_rate_of_the_book():
    found = solve([[0.0]], [3200.0 * 0.008 - 800.0 * 0.015])
    assert 1000.0 * found.rates[0, 0] == pytest.approx(14.16, abs=5e-4)
    assert solve([[0.0]], [THETA - 1.0]).rates[0, 0] == 0.0


def test_excitation_that_feeds_itself_has_no_rates_or_three_answers():
    runaway = solve([[2000.0]], [25.0])
    assert (len(runaway.rates), runaway.status) == (0, Status.NOT_CONVERGED)
    assert "does not hold it back" in runaway.message
    both = solve([[2000.0]], [THETA - 1.0])  # silent, and a threshold from which it would run away
    np.testing.assert_allclose(both.rates[:, 0], [0.0, G / (2000.0 * G - 1.0)])
    np.testing.assert_allclose(both.gains[:, 0], [0.0, G])


def test_population_that_is_silenced_has_no_gain():
    found = solve([[0.0, 0.0], [0.0, 0.0]], [20.0, 5.0])
    np.testing.assert_allclose(found.rates, [[G * (20.0 - THETA), 0.0]])
    np.testing.assert_allclose(found.gains, [[G, 0.0]])
    silenced = solve(BOOK, [25.0, 40.0])  # i fires so much that e is silent
    np.testing.assert_allclose(silenced.rates, [[0.0, G * (40.0 - THETA) / (1.0 + 3000.0 * G)]], rtol=1e-12)
    assert silenced.rates[0, 0] == 0.0


@pytest.mark.parametrize(("weights", "inputs"), [
    (np.zeros((2, 2)), (1.0, 1.0)), (np.array([[1.0, -1.0], [1.0, -1.0]]), (1, 2)), (BOOK, (-25.0, 17.0))])
def test_balance_is_not_always_possible(weights, inputs):
    assert np.isnan(balanced_rates(weights, np.array(inputs, dtype=float))).all()


def blocks(**changes):
    usual = Blocks(np.array([800, 200]), np.full(2, G), np.array([6.0, 6.0]), np.array([[12.0, -45.0], [35.0, -70.0]]),
                   np.full((2, 2), 0.2))
    return replace(usual, **changes)


def drawn(law, part, seed):
    n = int(part.sum())
    owner = np.repeat(np.arange(len(part)), part)
    return np.random.default_rng(seed).random((n, n)) < law.probabilities[np.ix_(owner, owner)]


def test_edge_with_one_time_constant_is_girkos_circle():
    law = blocks()
    radius = np.sqrt(np.abs(np.linalg.eigvals(law.scatter)).max())
    np.testing.assert_allclose(np.abs(bulk_edge(law) + 1.0 / 6.0), radius, rtol=1e-9)


def test_edge_of_two_populations_is_that_of_three_of_which_two_are_one():
    law = blocks(taus=np.array([6.0, 4.0]))
    again = [0, 1, 1]
    split = Blocks(np.array([800, 150, 50]), law.gains[again], law.taus[again], law.weights[np.ix_(again, again)],
                   law.probabilities[np.ix_(again, again)])
    np.testing.assert_allclose(bulk_edge(split), bulk_edge(law), rtol=1e-8)


def test_weights_that_are_all_alike_have_no_bulk():
    edge = bulk_edge(blocks(probabilities=np.ones((2, 2))))
    np.testing.assert_allclose(edge, -1.0 / 6.0, atol=1e-9)


@pytest.mark.parametrize("taus", [(6.0, 6.0), (6.0, 4.0), (30.0, 4.0)])
def test_eigenvalues_of_a_network_lie_within_the_edge_but_for_the_outliers(taus):
    law = blocks(sizes=np.array([320, 80]), taus=np.array(taus), weights=np.array([[20.0, -75.0], [60.0, -120.0]]))
    found = np.linalg.eigvals(jacobian_of_part(law, drawn(law, law.sizes, 1), law.sizes))
    theory, edge = outliers(law), bulk_edge(law)
    size = np.abs(edge - edge.mean()).max()
    outside = theory[np.abs(theory - edge.mean()) > 1.5 * size]
    rest = found.copy()
    for one in outside:
        k = np.argmin(np.abs(rest - one))
        assert abs(rest[k] - one) < 0.2 * size
        rest = np.delete(rest, k)
    seen_from = np.average(-1.0 / law.taus, weights=law.sizes)  # the edge is given at even angles about it
    upper = edge[:91] - seen_from
    reach = np.interp(np.abs(np.angle(rest - seen_from)), np.linspace(0.0, np.pi, 91), np.abs(upper))
    share = np.abs(rest - seen_from) / reach
    assert np.mean(share > 1.06) < 0.02
    assert np.mean(share > 0.8) > 0.04


def test_part_of_a_network_has_the_eigenvalues_of_the_whole():
    law = blocks()
    part = part_of(law, 300)
    np.testing.assert_array_equal(part, [240, 60])
    theory, reach = outliers(law), []
    for seed in range(3):
        found = np.linalg.eigvals(jacobian_of_part(law, drawn(law, part, seed), part))
        assert abs(found[np.argmin(np.abs(found - theory[0]))] - theory[0]) < 0.1 * abs(theory[0])
        reach.append(np.sort(np.abs(found + 1.0 / 6.0))[-3])
    assert np.mean(reach) == pytest.approx(np.abs(bulk_edge(law) + 1.0 / 6.0).max(), rel=0.06)


def test_small_network_is_its_own_part():
    law = blocks(sizes=np.array([3, 0]))
    np.testing.assert_array_equal(part_of(law, 300), [3, 0])
    np.testing.assert_array_equal(part_of(blocks(sizes=np.array([20_000, 1])), 300), [300, 1])


def test_jacobian_holds_gain_times_weight_over_time_constant():
    law = Blocks(np.array([1, 1]), np.array([0.002, 0.004]), np.array([10.0, 5.0]),
                 np.array([[50.0, -30.0], [40.0, 0.0]]), np.ones((2, 2)))
    expected = [[(0.002 * 50.0 - 1.0) / 10.0, 0.002 * -30.0 / 10.0], [0.004 * 40.0 / 5.0, -1.0 / 5.0]]
    np.testing.assert_allclose(jacobian_of_part(law, np.ones((2, 2), dtype=bool), law.sizes), expected)
    np.testing.assert_allclose(law.means, expected)
