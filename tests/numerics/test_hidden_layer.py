"""Gradients of a network with a hidden layer, beside differences, a plain loop over examples, and an optimum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from ncm_app.numerics.learning.hidden_layer import (
    CROSS_ENTROPY,
    FEEDBACK_ALIGNMENT,
    GRADIENT,
    LOGISTIC,
    OUTPUT_ONLY,
    RELU,
    SQUARED,
    TANH,
    Rule,
    Shape,
    backward_weights,
    descend,
    differences,
    gradient,
    loss_and_accuracy,
    outputs,
    probabilities,
    start_weights,
)
from ncm_app.numerics.noise import hash_uniform

RNG = np.random.default_rng(3)
X, LABELS = RNG.normal(size=(37, 5)), RNG.integers(0, 3, 37)
ACTIVATIONS = {"tanh": TANH, "relu": RELU, "logistic": LOGISTIC}
LOSSES = {"cross-entropy": CROSS_ENTROPY, "MSE": SQUARED}
every_network = pytest.mark.parametrize("hidden", [0, 1, 6])
every_function = pytest.mark.parametrize("f", ACTIVATIONS)
every_loss = pytest.mark.parametrize("loss", LOSSES)
NEVER = math.inf


def network(hidden=6, f="tanh", loss="cross-entropy", scale=1.3):
    shape = Shape(5, hidden, 3, ACTIVATIONS[f], LOSSES[loss])
    return shape, start_weights(shape, scale, 2)


def sigma(z):
    return 1.0 / (1.0 + math.exp(-z))


def plain_loss_and_update(shape, w, x, label, back=None):
    """Return loss and update of one example by sums over units, as they stand in a textbook."""
    W1, b1, W2, b2 = shape.parts(w)
    functions = {TANH: (math.tanh, lambda z: 1.0 - math.tanh(z) ** 2), RELU: (lambda z: max(z, 0.0), lambda z: z > 0),
                 LOGISTIC: (sigma, lambda z: sigma(z) * (1.0 - sigma(z)))}
    f, slope = functions[shape.activation]
    H, C = shape.hidden, shape.classes
    z = [b1[j] + sum(x[k] * W1[k, j] for k in range(shape.inputs)) for j in range(H)]
    v = [f(one) for one in z] if H else list(x)
    o = [b2[c] + sum(v[j] * W2[j, c] for j in range(len(v))) for c in range(C)]
    y = [float(c == label) for c in range(C)]
    if shape.loss == CROSS_ENTROPY:
        total = sum(math.exp(one) for one in o)
        loss, e = -o[label] + math.log(total), [math.exp(o[c]) / total - y[c] for c in range(C)]
    else:
        loss = 0.5 * sum((sigma(o[c]) - y[c]) ** 2 for c in range(C))
        e = [(sigma(o[c]) - y[c]) * sigma(o[c]) * (1.0 - sigma(o[c])) for c in range(C)]
    carried = W2.T if back is None else back
    delta = [sum(e[c] * carried[c, j] for c in range(C)) * slope(z[j]) for j in range(H)]
    found = np.zeros(shape.size)
    G1, g1, G2, g2 = shape.parts(found)
    G1[:], g1[:], G2[:], g2[:] = np.outer(x, delta), delta, np.outer(v, e), e
    return loss, found


def plain_descent(shape, w, x, labels, rule, steps):
    """Return the weights after so many steps, an example at a time."""
    back = None if rule.credit == GRADIENT else backward_weights(shape, rule.seed)
    for step in range(steps):
        rows = range(len(x)) if rule.batch >= len(x) else [
            int(hash_uniform(rule.seed, 4, step * rule.batch + k) * len(x)) for k in range(rule.batch)]
        update = np.mean([plain_loss_and_update(shape, w, x[s], labels[s], back)[1] for s in rows], axis=0)
        if rule.credit == OUTPUT_ONLY:
            update[:shape.first] = 0.0
        w = w - rule.rate * update
    return w


@every_network
@every_function
@every_loss
def test_the_gradient_is_that_of_differences(hidden, f, loss):
    shape, w = network(hidden, f, loss)
    found, every = gradient(shape, w, X, LABELS)[1], np.arange(shape.size)
    np.testing.assert_allclose(found, differences(shape, w, X, LABELS, every), rtol=0.0, atol=1e-9)
    assert np.abs(found).max() > 1e-3


@every_network
@every_function
@every_loss
@pytest.mark.parametrize("through", ["the weights", "random weights"])
def test_loss_and_update_are_those_of_a_plain_loop(hidden, f, loss, through):
    shape, w = network(hidden, f, loss)
    back = backward_weights(shape, 5) if through == "random weights" else None
    found, update = gradient(shape, w, X, LABELS, back)
    plain = [plain_loss_and_update(shape, w, x, label, back) for x, label in zip(X, LABELS, strict=True)]
    assert found == pytest.approx(np.mean([one[0] for one in plain]), rel=1e-12)
    np.testing.assert_allclose(update, np.mean([one[1] for one in plain], axis=0), atol=1e-13)
    assert loss_and_accuracy(shape, w, X, LABELS)[0] == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("credit", [GRADIENT, FEEDBACK_ALIGNMENT, OUTPUT_ONLY])
@pytest.mark.parametrize("batch", [1, 7, 37, 100])
@pytest.mark.parametrize("hidden", [0, 6])
def test_steps_are_those_of_a_plain_loop(credit, batch, hidden):
    shape, w = network(hidden)
    rule = Rule(0.3, credit, batch, 9)
    found, done = descend(shape, w, backward_weights(shape, 9), X, LABELS, rule, 0, 6, NEVER)
    np.testing.assert_allclose(found, plain_descent(shape, w, X, LABELS, rule, 6), atol=1e-12)
    assert done == 6
    moved = np.abs(found - w)
    assert moved[shape.first:].min() > 0.0
    assert (moved[:shape.first].max(initial=0.0) > 0.0) == (credit != OUTPUT_ONLY and hidden > 0)


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_steps_made_in_parts_are_exactly_those_made_at_once(batch):
    shape, w = network()
    rule, back = Rule(0.3, GRADIENT, batch, 9), backward_weights(shape, 9)
    whole, _ = descend(shape, w, back, X, LABELS, rule, 0, 40, NEVER)
    kept = w.copy()
    part, _ = descend(shape, w, back, X, LABELS, rule, 0, 13, NEVER)
    rest, _ = descend(shape, part, back, X, LABELS, rule, 13, 40, NEVER)
    np.testing.assert_array_equal(rest, whole)
    np.testing.assert_array_equal(w, kept)


def test_it_comes_to_the_optimum_where_the_loss_is_convex():
    shape, w = network(hidden=0)
    best = minimize(lambda one: gradient(shape, one, X, LABELS), w, jac=True, method="BFGS", options={"gtol": 1e-10})
    found, _ = descend(shape, w, backward_weights(shape, 1), X, LABELS, Rule(1.0, GRADIENT, 37, 1), 0, 5000, NEVER)
    assert loss_and_accuracy(shape, found, X, LABELS)[0] == pytest.approx(best.fun, abs=1e-10)


def test_it_stops_before_the_step_at_which_the_loss_is_too_high():
    shape, w = network(f="relu")
    rule, back = Rule(50.0, GRADIENT, 37, 1), backward_weights(shape, 1)
    found, done = descend(shape, w, back, X, LABELS, rule, 0, 100, 20.0)
    assert 0 < done < 100
    assert 20.0 < loss_and_accuracy(shape, found, X, LABELS)[0] < math.inf
    before, _ = descend(shape, w, back, X, LABELS, rule, 0, done - 1, NEVER)
    assert loss_and_accuracy(shape, before, X, LABELS)[0] <= 20.0


def test_weights_that_are_not_numbers_stop_it_at_once():
    shape, w = network()
    w[3] = math.nan
    assert descend(shape, w, backward_weights(shape, 1), X, LABELS, Rule(0.1, 0, 37, 1), 0, 5, 1e300)[1] == 0


@every_loss
def test_what_it_says_is_a_chance_and_its_guess_the_largest(loss):
    shape, w = network(loss=loss)
    found = outputs(shape, w, X)
    chances = probabilities(shape, found)
    assert np.all((chances > 0.0) & (chances < 1.0))
    if loss == "cross-entropy":
        np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    right = np.mean(chances.argmax(axis=1) == LABELS)
    assert loss_and_accuracy(shape, w, X, LABELS)[1] == pytest.approx(right)


def test_outputs_far_from_zero_have_a_loss():
    shape, w = network(hidden=0)
    for loss, most in ((CROSS_ENTROPY, 1e5), (SQUARED, 1.6)):
        far = Shape(5, 0, 3, TANH, loss)
        assert 0.0 < loss_and_accuracy(far, 1e4 * w, X, LABELS)[0] < most
        assert np.isfinite(gradient(far, 1e4 * w, X, LABELS)[1]).all()
    assert np.isfinite(probabilities(shape, np.array([[1e4, -1e4, 0.0]]))).all()


def test_without_examples_nothing_is_known():
    shape, w = network()
    assert all(map(math.isnan, loss_and_accuracy(shape, w, X[:0], LABELS[:0])))


def test_start_weights_have_the_spread_they_are_given():
    shape = Shape(64, 100, 10)
    W1, b1, W2, b2 = shape.parts(start_weights(shape, 1.5, 4))
    assert W1.std() * math.sqrt(64) == pytest.approx(1.5, rel=0.05)
    assert b1.std() * math.sqrt(64) == pytest.approx(1.5, rel=0.3)
    assert W2.std() * math.sqrt(100) == pytest.approx(1.5, rel=0.08)
    assert not b2.any()
    back = backward_weights(shape, 4)
    assert back.shape == (10, 100)
    assert back.std() * math.sqrt(100) == pytest.approx(1.0, rel=0.08)
    assert abs(np.corrcoef(back.ravel(), W2.T.ravel())[0, 1]) < 0.1
