"""Fisher's line against theory for Gaussians, and counts of a population against the law they are drawn from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import kstest, multivariate_normal, norm, poisson

from ncm_app.numerics.learning.discriminant import (
    Moments,
    by_fisher,
    by_fisher_of,
    by_means,
    expected_right,
    moments,
    through_the_middle,
)
from ncm_app.numerics.learning.population import Tuning, counts, ideal_right

S = np.array([[2.0, 1.2], [1.2, 1.0]])
MEANS = np.array([[0.0, 0.0], [1.0, 1.0]])
EXACT = Moments(MEANS, np.array([S, S]))
ANGLES = np.arange(0.0, 360.0, 30.0)
TUNING = Tuning(1.0, 20.0, 22.0, 0.3, 500.0, 0.0)


def test_fisher_s_line_tells_gaussians_apart_as_well_as_theory_says():
    line, plain = by_fisher(EXACT), by_means(EXACT)
    d = math.sqrt((MEANS[1] - MEANS[0]) @ np.linalg.solve(S, MEANS[1] - MEANS[0]))
    assert expected_right(line, EXACT) == pytest.approx(norm.cdf(d / 2.0), abs=1e-12)
    assert expected_right(plain, EXACT) < expected_right(line, EXACT) - 0.01
    generator = np.random.default_rng(5)
    labels = np.repeat([0, 1], 40_000)
    X = generator.multivariate_normal([0.0, 0.0], S, 80_000) + MEANS[labels]
    for one in (line, plain):
        assert one.right(X, labels) == pytest.approx(expected_right(one, EXACT), abs=4.0 * 0.5 / math.sqrt(80_000))
    found = by_fisher(moments(X, labels))
    assert found.w @ line.w / np.linalg.norm(found.w) / np.linalg.norm(line.w) > 0.999
    # the most likely of two Gaussians with one covariance lies on the same side of the same line
    likelier = [multivariate_normal(mean, S).logpdf(X[:500]) for mean in MEANS]
    np.testing.assert_array_equal(line.guesses(X[:500]), np.argmax(likelier, axis=0))


@pytest.mark.parametrize("n", [3, 40, 90])
def test_line_through_responses_is_that_of_their_moments(n):
    generator, labels = np.random.default_rng(n), np.arange(40) % 2
    X = generator.normal(size=(40, n)) + 0.5 * labels[:, None]
    straight, usual = by_fisher_of(X, labels), by_fisher(moments(X, labels))
    np.testing.assert_allclose(straight.w, usual.w, rtol=1e-6, atol=1e-9)
    assert straight.threshold == pytest.approx(usual.threshold, rel=1e-6, abs=1e-9)


def test_responses_of_very_many_neurons_need_no_covariances():
    labels = np.arange(40) % 2
    X = np.random.default_rng(1).normal(size=(40, 50_000))  # of which covariances would take 20 GB
    means = np.array([X[labels == one].mean(axis=0) for one in (0, 1)])
    turned = np.linalg.pinv((X - means[labels]) / math.sqrt(38.0), rcond=1e-6)
    np.testing.assert_allclose(by_fisher_of(X, labels).w, turned @ (turned.T @ (means[1] - means[0])), atol=1e-12)


def test_no_other_line_through_the_middle_does_better():
    best = expected_right(by_fisher(EXACT), EXACT)
    for angle in np.linspace(0.0, np.pi, 181):
        w = np.array([np.cos(angle), np.sin(angle)])
        assert expected_right(through_the_middle(w, EXACT), EXACT) <= best + 1e-12


def test_moments_and_noise_correlations():
    generator = np.random.default_rng(1)
    X, labels = generator.normal(size=(60, 3)), np.repeat([0, 1], 30)
    found = moments(X, labels)
    np.testing.assert_allclose(found.means[1], X[30:].mean(axis=0))
    np.testing.assert_allclose(found.covariances[0], np.cov(X[:30].T))
    assert found.correlations == pytest.approx((np.corrcoef(X[:30].T)[0, 1], np.corrcoef(X[30:].T)[0, 1]))
    assert found.part([2]).means.shape == (2, 1)
    assert found.part([2, 0]).covariances[0, 0, 1] == found.covariances[0, 2, 0]
    X[:, 0] = 1.0
    assert np.isnan(moments(X, labels).correlations).all()


def test_more_neurons_than_responses_are_told_apart_without_an_error():
    generator = np.random.default_rng(1)
    X, labels = generator.poisson(5.0, (40, 60)).astype(float), np.repeat([0, 1], 20)
    line = by_fisher(moments(X, labels))
    assert np.isfinite(line.w).all() and line.right(X, labels) > 0.8
    assert expected_right(by_fisher(Moments(MEANS, np.zeros((2, 2, 2)))), EXACT) <= 0.5


def test_counts_are_poisson_about_the_tuning_curve():
    X, shown = counts(TUNING, ANGLES, 3, 6000, 4)
    assert np.bincount(shown).tolist() == [500] * 12
    means = TUNING.means(ANGLES, 3, 4)
    for one in (0, 4, 7):
        for i in range(3):
            mine = X[shown == one, i]
            assert mine.mean() == pytest.approx(means[one, i], abs=4.5 * math.sqrt(means[one, i] / 500))
            assert mine.var() == pytest.approx(means[one, i], rel=0.35)
    u = poisson.cdf(X, means[shown])  # each count is the quantile of a uniform number
    low = poisson.cdf(X - 1, means[shown])
    assert kstest(low + (u - low) * np.random.default_rng(0).random(X.shape), "uniform", axis=None).pvalue > 1e-3
    assert np.corrcoef(X[shown == 4].T)[0, 1] == pytest.approx(0.0, abs=0.2)


def test_a_slider_moves_the_counts_and_not_the_noise():
    before, shown = counts(TUNING, ANGLES, 5, 300, 4)
    more, again = counts(Tuning(1.0, 22.0, 22.0, 0.3, 500.0, 0.0), ANGLES, 5, 300, 4)
    np.testing.assert_array_equal(shown, again)
    assert np.all(more >= before) and more.sum() > before.sum() and (more - before).max() <= 4
    fewer, _ = counts(TUNING, ANGLES, 3, 300, 4)
    np.testing.assert_array_equal(fewer, before[:, :3])


def test_a_shared_gain_correlates_the_noise_as_its_moments_say():
    tuning = Tuning(5.0, 20.0, 40.0, 0.3, 1000.0, 0.3)
    X, shown = counts(tuning, np.array([120.0, 150.0]), 2, 20_000, 9)
    expected = tuning.moments(tuning.means(np.array([120.0, 150.0]), 2, 9))
    found = moments(X, shown)
    np.testing.assert_allclose(found.means, expected.means, rtol=0.02)
    np.testing.assert_allclose(found.covariances, expected.covariances, rtol=0.1)
    assert found.correlations == pytest.approx(expected.correlations, abs=0.03)
    assert min(expected.correlations) > 0.2
    gains = tuning.gains(9, np.arange(20_000))
    assert gains.mean() == pytest.approx(1.0, abs=0.01) and gains.std() == pytest.approx(0.3, abs=0.01)


def test_neurons_prefer_directions_all_around_and_the_opposite_less():
    fine = np.arange(0.0, 360.0, 1.0)
    means = TUNING.means(fine, 50, 1)
    best = fine[means.argmax(axis=0)]
    assert best[0] == pytest.approx(120.0, abs=20.0)
    assert np.histogram(best, 6, (0.0, 360.0))[0].min() >= 5
    opposite = means[(means.argmax(axis=0) + 180) % 360, np.arange(50)]
    # duration 0.5 s: a base of 1 Hz gives 0.5, a peak of 20 Hz 10 more, and 0.7 of that on the other side
    np.testing.assert_allclose(opposite, 0.5 + 7.0, rtol=0.01)


def test_the_ideal_observer_is_right_as_often_as_it_can_be():
    means = np.array([[2.0], [6.0]])
    X, labels = np.random.default_rng(1).poisson(np.repeat(means, 20_000, axis=0)), np.repeat([0, 1], 20_000)
    k = np.arange(40)
    best = 0.5 * np.maximum(poisson.pmf(k, 2.0), poisson.pmf(k, 6.0)).sum()
    assert ideal_right(means, X, labels) == pytest.approx(best, abs=4.0 * 0.5 / 200.0)
