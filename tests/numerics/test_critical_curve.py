"""Equations of critical curves: polynomial, slopes, labels, and how a search reports and stops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.branches.codimension_two import Found, critical_frequency, locate, multiply_others, oscillates
from ncm_app.numerics.branches.critical_curve import CriticalCurve, characteristic_polynomial
from ncm_app.numerics.branches.locus import regularity
from ncm_app.numerics.branches.two_parameter import two_parameter_diagram
from ncm_app.numerics.lyapunov import estimate_lyapunov, first_lyapunov
from ncm_app.numerics.results import Loci, SpecialPoint
from ncm_app.numerics.system import Cancelled, Progress
from tests.numerics.loci_cases import ANYHOW, CASES, FHN
from tests.numerics.systems import FOLD, KINKED_FOLD, make_system, record

LINEAR = make_system(lambda t, y, p: (p.a * y[0] - y[1], y[0] + p.d * y[1]), [(-1.0, 1.0), (-1.0, 1.0)])


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_characteristic_polynomial_has_the_eigenvalues_as_roots(n, seed):
    matrices = np.random.default_rng(seed).normal(size=(4, n, n))
    for matrix, found in zip(matrices, characteristic_polynomial(matrices), strict=True):
        np.testing.assert_allclose(found[::-1], np.poly(np.linalg.eigvals(matrix)).real, atol=1e-10, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 6))
def test_sum_of_products_is_the_product_of_the_others_where_one_vanishes(seed, n):
    values = np.random.default_rng(seed).normal(size=(3, n)).astype(complex)
    values[:, 0] = 0.0
    np.testing.assert_allclose(multiply_others(values), np.prod(values[:, 1:], axis=1).real, rtol=1e-12)


@pytest.mark.parametrize("square", [0.0, 0.3])
def test_slopes_agree_with_differences_of_the_residuals(square):
    p = record(I=0.0, a=0.7, b=0.8, phi=0.08)
    curve = CriticalCurve(FHN, p, ("I", "b"), ((-1.0, 2.5), (0.1, 2.0)), rate=0.5, square=square)
    z = np.array([0.31, 0.42, 0.6, 0.3, 0.7][:curve.n + 1])
    slopes, h = curve.evaluate(z[None])[1][0], 1e-5
    for k, direction in enumerate(np.eye(len(z))):
        residuals = curve.evaluate(z + h * np.array([[1.0], [-1.0]]) * direction)[0]
        np.testing.assert_allclose(slopes[:, k], (residuals[0] - residuals[1]) / (2.0 * h), atol=3e-7)


def test_residuals_vanish_on_the_explicit_curves():
    p = record(I=0.0, a=0.7, b=0.8, phi=0.08)
    ranges = ((-1.0, 2.5), (0.1, 2.0))
    for square, v in ((0.0, -np.sqrt(1.0 - 1.0 / 1.6)), (0.08 - 0.128**2, -np.sqrt(1.0 - 0.128))):
        curve = CriticalCurve(FHN, p, ("I", "b"), ranges, rate=0.5, square=0.1 if square else 0.0)
        w = (v + 0.7) / 1.6
        z = curve.scaled(np.array([v, w]), np.array([w - v + v**3 / 3.0, 1.6]), square)
        np.testing.assert_allclose(curve.evaluate(z[None])[0], 0.0, atol=1e-11)
        assert curve.unscaled(z)[2:4] == pytest.approx([w - v + v**3 / 3.0, 1.6])
        assert regularity(curve, z) > 0.01
        assert not curve.is_kinked(z[None])[0]
        assert curve.with_step(1e-7) is curve


def test_points_that_nothing_moves_are_not_regular():
    """At the origin of a linear system det J = 0 where fixed points fill a line."""
    curve = CriticalCurve(LINEAR, record(a=-1.0, d=1.0), ("a", "d"), ((-2.0, 2.0), (-2.0, 2.0)))
    assert regularity(curve, curve.scaled(np.zeros(2), np.array([-1.0, 1.0]))) < 1e-6
    at_range = CriticalCurve(FOLD, record(a=0.0, b=0.0), ("a", "b"), ANYHOW)
    assert regularity(at_range, at_range.scaled(np.zeros(1), np.zeros(2))) > 0.1


def test_kinks_are_noticed():
    curve = CriticalCurve(KINKED_FOLD, record(w=1.5, X=0.0), ("X", "w"), ((-1.0, 1.0), (1.2, 2.0)))
    rows = np.array([curve.scaled(np.array([r]), np.array([x, 1.5])) for r, x in ((0.0, 0.0), (0.3, 0.2))])
    assert curve.is_kinked(rows).tolist() == [True, False]


def test_two_roots_between_two_rows_are_told_apart():
    """The folds of x' = a + x^2 lie on x = 0, a = 0: along b any function may be sought."""
    curve = CriticalCurve(FOLD, record(a=0.0, b=0.0), ("a", "b"), ((-1.0, 1.0), (-1.0, 1.0)))
    z = np.stack([np.full(9, 0.5), np.full(9, 0.5), np.linspace(0.0, 1.0, 9)], axis=1)
    found = locate(curve, "CP", z, lambda rows: (rows[:, 2] - 0.44) * (rows[:, 2] - 0.47) * (1.0 + rows[:, 2]))
    assert [q.z[2] for q in found] == [pytest.approx(0.44, abs=1e-9), pytest.approx(0.47, abs=1e-9)]
    assert [q.place for q in found] == pytest.approx([8 * 0.44, 8 * 0.47])


@pytest.mark.parametrize("jumping", [lambda x: np.sign(x - 0.4), lambda x: 1.0 / (x - 0.4)])
def test_jumps_and_poles_of_a_test_are_no_points(jumping):
    curve = CriticalCurve(FOLD, record(a=0.0, b=0.0), ("a", "b"), ((-1.0, 1.0), (-1.0, 1.0)))
    z = np.stack([np.full(9, 0.5), np.full(9, 0.5), np.linspace(0.0, 1.0, 9)], axis=1)
    assert locate(curve, "BT", z, lambda rows: jumping(rows[:, 2])) == []


def test_frequency_of_a_fold_hopf_point_found_on_a_fold_curve():
    system, p, fields, ranges = CASES["fold-hopf"]
    curve = CriticalCurve(system, p, fields, ranges)
    z = curve.scaled(np.zeros(3), np.zeros(2))
    assert critical_frequency(curve, Found("ZH", z, 0.5)) == pytest.approx(1.5 / (2.0 * np.pi))
    assert np.isnan(critical_frequency(curve, Found("BT", z, 0.5)))


def test_only_complex_pairs_oscillate():
    assert oscillates(np.array([0.1 + 2j, 0.1 - 2j, -5.0]))
    assert not oscillates(np.array([2.0, -2.1, 0.5 + 1j, 0.5 - 1j]))


def test_lyapunov_estimate_tells_how_sure_it_is():
    system, p, _, _ = CASES["bautin"]
    value, gap = estimate_lyapunov(system, p._replace(beta=-0.5), np.zeros(2))
    assert value < 0.0
    assert gap < 1e-6 * abs(value)
    point = SpecialPoint("H", {"mu": 0.0}, np.zeros(2), np.array([1j, -1j]))
    assert first_lyapunov(system, p._replace(beta=-0.5), "mu", point) == value
    assert estimate_lyapunov(LINEAR, record(a=0.0, d=0.0), np.zeros(2)) == (0.0, 0.0)  # known to vanish
    on_kink = make_system(lambda t, y, p: (p.mu * y[0] - y[1] + np.abs(y[0]), y[0] + p.mu * y[1]), [(-1.0, 1.0)] * 2)
    assert not np.isfinite(first_lyapunov(on_kink, record(mu=0.0), "mu", point))


class Watch(Progress):
    """Notes the fractions and partial results, and cancels on the last of `calls`."""

    def __init__(self, calls=10**9):
        self.calls, self.fractions, self.partial = calls, [], []

    def report(self, fraction, partial=None):
        self.fractions.append(fraction)
        self.partial += [] if partial is None else [partial]
        if len(self.fractions) >= self.calls:
            raise Cancelled


def test_progress_grows_and_partial_results_arrive():
    watch = Watch()
    loci = two_parameter_diagram(*CASES["bogdanov-takens"], watch)
    assert len(watch.fractions) > 20
    assert watch.fractions == sorted(watch.fractions)
    assert watch.fractions[0] >= 0.0 and watch.fractions[-1] <= 1.0
    assert all(isinstance(partial.answer, Loci) for partial in watch.partial)
    assert [len(partial.answer.loci) for partial in watch.partial][-1] == len(loci.loci) == 2


@pytest.mark.parametrize("calls", [1, 12, 40])
def test_a_cancel_is_obeyed_at_once(calls):
    watch = Watch(calls)
    with pytest.raises(Cancelled):
        two_parameter_diagram(*CASES["bogdanov-takens"], watch)
    assert len(watch.fractions) == calls
