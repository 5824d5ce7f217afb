"""Fitting under a Gaussian prior: beside the closed form of a linear model, grids, and sampling from the prior."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.inversion.fitted import fit, gaussian_over, posterior
from ncm_app.numerics.inversion.identified import cannot_be_told_apart, listed
from ncm_app.numerics.results.base import Status
from ncm_app.numerics.system import Cancelled

A = np.array([[1.0, 0.5], [0.3, 2.0], [-1.0, 0.7], [0.2, 0.1]])
DATA = np.array([1.0, 2.5, -0.3, 0.4])
MEAN, SD = np.array([0.5, -1.0]), np.array([2.0, 0.7])


def linear(theta):
    return A @ theta - DATA


def linear_fit(**more):
    return fit(linear, MEAN, MEAN, SD, ("u", "v"), **more)


def test_linear_model_has_the_closed_form():
    found = linear_fit()
    precision = A.T @ A + np.diag(1.0 / SD**2)
    C = np.linalg.inv(precision)
    assert found.estimate == pytest.approx(C @ (A.T @ DATA + MEAN / SD**2), abs=1e-8)
    assert found.covariance == pytest.approx(C, rel=1e-6)
    assert found.sd == pytest.approx(np.sqrt(np.diag(C)), rel=1e-6)
    assert found.information == pytest.approx(np.linalg.eigvalsh(A.T @ A * np.outer(SD, SD))[::-1], rel=1e-6)
    assert found.directions.T @ found.directions == pytest.approx(np.eye(2), abs=1e-12)
    assert found.chi2 == pytest.approx(np.sum(linear(found.estimate) ** 2), rel=1e-9)
    assert found.dof == len(DATA) - 2 and found.status is Status.OK and found.held == ()
    assert cannot_be_told_apart(found) == ""


def test_path_goes_from_the_start_downhill_to_the_estimate():
    steps = []
    found = fit(lambda theta: np.array([theta[0] ** 3 - 8.0, theta[1] - theta[0] ** 2]) / 0.01, (5.0, 0.0), (0.0, 0.0),
                (10.0, 10.0), ("u", "v"), tell=lambda path, cost: steps.append((len(path), len(cost))))
    assert found.path[0] == pytest.approx((5.0, 0.0)) and found.path[-1] == pytest.approx(found.estimate)
    assert found.estimate == pytest.approx((2.0, 4.0), abs=1e-3)
    assert np.all(np.diff(found.cost) <= 0.0) and len(found.cost) == len(found.path) > 3
    assert steps == [(n, n) for n in range(2, len(found.path) + 1)]


def test_posterior_over_two_parameters_is_exact_and_the_gaussian_its_like():
    found = linear_fit()
    exact, gaussian = posterior(linear, found, "u", "v", 61, 6.0), gaussian_over(found, "u", "v", 61, 6.0)
    assert exact.density == pytest.approx(gaussian.density, abs=1e-5 * gaussian.density.max())
    column = np.trapezoid(exact.density, exact.y, axis=0)
    mean = np.trapezoid(exact.x * column, exact.x)
    assert mean == pytest.approx(found.estimate[0], abs=1e-6)
    assert np.trapezoid((exact.x - mean) ** 2 * column, exact.x) == pytest.approx(found.sd[0] ** 2, rel=1e-4)


def test_posterior_of_three_over_two_integrates_the_third_out():
    B = np.array([[1.0, 0.8, 0.1], [0.2, 1.0, 0.9], [0.7, 0.0, 1.0]])
    found = fit(lambda theta: B @ theta - 1.0, np.zeros(3), np.zeros(3), np.ones(3), ("a", "b", "c"))
    assert posterior(lambda theta: B @ theta - 1.0, found, "c", "a", 61).density == pytest.approx(
        gaussian_over(found, "c", "a").density, rel=1e-3, abs=1e-5)


def test_bounds_are_kept_and_told():
    found = linear_fit(bounds=((-5.0, -5.0), (5.0, 0.2)))
    assert found.held == ("v",) and found.estimate[1] == pytest.approx(0.2, abs=1e-3)
    inside = posterior(linear, found, "u", "v", bounds=((-5.0, -5.0), (5.0, 0.2)))
    assert inside.y[-1] == 0.2 and inside.density.argmax() // 31 == 30


def test_where_the_model_has_no_answer_steps_are_shorter():
    def residuals(theta):
        if theta[0] <= 0.0:
            raise ArithmeticError("no logarithm")
        return np.array([np.log(theta[0]) + 3.0]) / 0.1

    found = fit(residuals, (4.0,), (0.0,), (5.0,), ("u",))
    assert found.estimate[0] == pytest.approx(np.exp(-3.0), rel=0.01)
    shown = posterior(lambda theta: residuals(np.array([theta[0]])), fit(
        lambda theta: np.append(residuals(theta), theta[1]), (4.0, 0.0), (0.0, 0.0), (5.0, 1.0), ("u", "v")), "u", "v",
        reach=30.0)
    assert np.all(shown.density[:, shown.x <= 0.0] == 0.0)
    with pytest.raises(ArithmeticError, match="no logarithm"):
        fit(residuals, (-1.0,), (0.0,), (5.0,), ("u",))
    with pytest.raises(ArithmeticError, match="no answer at the start"):
        fit(lambda theta: theta * np.nan, (1.0,), (0.0,), (5.0,), ("u",))


def test_a_cancel_ends_it():
    calls = []

    def check():
        calls.append(1)
        if len(calls) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        linear_fit(check=check)


def test_only_a_weighted_sum_is_told():
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    found = fit(lambda g: np.array([np.log(weights @ np.exp(g) / 10.0)] * 6) / 0.02, (1.0, -1.0, 0.5, 0.2),
                np.zeros(4), np.full(4, np.sqrt(0.5)), ("g_1", "g_2", "g_3", "g_4"))
    assert found.information[0] > 1000.0 and np.all(found.information[1:] < 1e-9 * found.information[0])
    row = weights * np.exp(found.estimate)
    assert np.abs(found.directions[:, 0]) == pytest.approx(row / np.linalg.norm(row), rel=1e-5)
    assert found.dof == 5
    assert cannot_be_told_apart(found) == "g_1 to g_4 only through their weighted sum"


@pytest.mark.parametrize(("rows", "told"), [
    pytest.param([[10.0, 10.0], [0.1, -0.1]], "u and v only together: were one larger, the other would be smaller "
                 "(correlation -0.990)", id="sum"),
    pytest.param([[100.0, -100.0], [2.0, 2.0]], "u and v hardly apart: were one larger, the other would be larger "
                 "(correlation 0.999)", id="difference"),
    pytest.param([[10.0, 0.5], [0.0, 0.0]], "v hardly at all", id="weak"),
    pytest.param([[10.0, 0.0], [0.0, 0.0]], "v not at all", id="absent"),
    pytest.param([[10.0, 0.0], [5.0, 10.0]], "", id="both"),
])
def test_what_cannot_be_told_apart_is_said(rows, told):
    rows = np.array(rows)
    assert cannot_be_told_apart(fit(lambda theta: rows @ theta, (1.0, 1.0), (0.0, 0.0), (1.0, 1.0), ("u", "v"))) == told


def test_two_combinations_of_three():
    rows = np.array([[10.0, 10.0, 10.0], [10.0, -10.0, 0.0]])
    found = fit(lambda theta: rows @ theta, (1.0, 1.0, 0.0), np.zeros(3), np.ones(3), ("p", "B", "A"))
    assert cannot_be_told_apart(found) == "p, B and A only through 2 combinations of them"
    assert cannot_be_told_apart(found, ("q_1", "q_2", "q_3")) == "q_1 to q_3 only through 2 combinations of them"


def test_names_are_listed():
    assert listed(["a"]) == "a" and listed(["g_1", "g_2"]) == "g_1 and g_2" and listed(["g_1", "g_3", "g_4"]) == (
        "g_1, g_3 and g_4")


def test_intervals_cover_as_often_as_they_say():
    rng = np.random.default_rng(3)
    scores = []
    for _ in range(60):
        truth = MEAN + SD * rng.normal(size=2)
        data = A @ truth + rng.normal(size=4)
        found = fit(lambda theta, data=data: A @ theta - data, MEAN, MEAN, SD, ("u", "v"))
        scores.append((found.estimate - truth) / found.sd)
    scores = np.array(scores)
    assert 0.8 < scores.std() < 1.2
    assert 0.8 <= np.mean(np.abs(scores) < 1.645) <= 0.97
