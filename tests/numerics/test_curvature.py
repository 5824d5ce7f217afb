"""The Hessian of the loss, beside a dense one by differences, and what its largest eigenvalue means for the rate."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.learning import curvature as module
from ncm_app.numerics.learning.curvature import Curvature, curvature, hessian_products
from ncm_app.numerics.learning.hidden_layer import (
    LOGISTIC,
    RELU,
    SQUARED,
    TANH,
    Rule,
    Shape,
    backward_weights,
    descend,
    gradient,
    loss_and_accuracy,
    start_weights,
)

RNG = np.random.default_rng(1)
X, LABELS = RNG.normal(size=(130, 3)), RNG.integers(0, 3, 130)
every_network = pytest.mark.parametrize(("hidden", "activation", "loss"), [
    (hidden, activation, loss) for hidden in (0, 5) for activation in (TANH, RELU, LOGISTIC) for loss in (0, 1)])


def by_differences(shape, w, step=1e-6):
    """Return the Hessian (size, size) of the mean loss by central differences of gradients."""
    slopes = [[gradient(shape, w + sign * step * one, X, LABELS)[1] for sign in (1.0, -1.0)] for one in np.eye(len(w))]
    return np.array([(up - down) / (2.0 * step) for up, down in slopes])


@every_network
def test_products_are_those_with_a_hessian_by_differences(hidden, activation, loss):
    shape = Shape(3, hidden, 3, activation, loss)
    w = start_weights(shape, 1.5, 2)
    product = hessian_products(shape, w, X, LABELS)
    found = np.array([product(one) for one in np.eye(shape.size)])
    np.testing.assert_allclose(found, found.T, atol=1e-13)
    np.testing.assert_allclose(found, by_differences(shape, w), atol=1e-6)


@every_network
def test_the_largest_eigenvalue_is_that_of_the_dense_hessian(hidden, activation, loss):
    shape = Shape(3, hidden, 3, activation, loss)
    w = start_weights(shape, 1.5, 2)
    values = np.linalg.eigvalsh(by_differences(shape, w))
    found = curvature(shape, w, X, LABELS)
    assert found.largest == pytest.approx(values[-1], rel=1e-3)
    assert found.residual <= 1e-3 * max(abs(values[0]), values[-1])
    assert found.bound == pytest.approx(2.0 / values[-1], rel=1e-3)


def test_blocks_of_examples_make_no_difference(monkeypatch):
    shape = Shape(3, 5, 3)
    w, u = start_weights(shape, 1.0, 2), RNG.normal(size=shape.size)
    whole = hessian_products(shape, w, X, LABELS)(u)
    monkeypatch.setattr(module, "WORK", 1)
    np.testing.assert_allclose(hessian_products(shape, w, X, LABELS)(u), whole, atol=1e-13)


def test_below_the_bound_the_loss_settles_and_above_it_does_not():
    shape, w = Shape(3, 0, 3), np.zeros(12)
    back = backward_weights(shape, 1)
    best, _ = descend(shape, w, back, X, LABELS, Rule(1.0, 0, 130, 1), 0, 4000, np.inf)
    bound, least = curvature(shape, best, X, LABELS).bound, loss_and_accuracy(shape, best, X, LABELS)[0]
    near = best + 1e-3 * np.cos(np.arange(12.0))
    ends = [descend(shape, near, back, X, LABELS, Rule(share * bound, 0, 130, 1), 0, 3000, np.inf)[0]
            for share in (0.98, 1.02)]
    below, above = (loss_and_accuracy(shape, one, X, LABELS)[0] for one in ends)
    assert below == pytest.approx(least, abs=1e-10)
    assert above > least + 1e-4


def test_where_nothing_is_curved_there_is_no_bound():
    shape = Shape(3, 2, 3, RELU, SQUARED)
    w = np.zeros(shape.size)
    _, b1, _, b2 = shape.parts(w)
    b1[:], b2[:] = -1e3, 200.0  # no unit is active, and the outputs are saturated
    found = curvature(shape, w, X, LABELS)
    assert found.largest == pytest.approx(0.0, abs=1e-12)
    assert Curvature(0.0, 0.0).bound == Curvature(-1.0, 0.0).bound == np.inf
