"""One layer: gradients against differences, optima against SciPy's, steps against a plain loop, bounds of its rate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from ncm_app.numerics.learning import perceptron
from ncm_app.numerics.learning.layer_curvature import (
    bounds,
    gram_eigenvalue,
    hessian_product,
    largest_eigenvalue,
)
from ncm_app.numerics.learning.perceptron import (
    CURVATURE,
    DELTA,
    LINEAR,
    SOFTMAX,
    Samples,
    assess,
    descend,
    descend_singly,
    gradient,
    order_of,
    probabilities,
    start_weights,
)

LOSSES = pytest.mark.parametrize("loss", [DELTA, SOFTMAX, LINEAR], ids=["delta", "softmax", "linear"])


def task(m=45, n=7, k=3, seed=0, apart=0.7, dtype=float):
    """Return overlapping clouds: the optimum lies at finite weights."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, k, m + 20)
    labels[:k] = np.arange(k)
    X = generator.normal(size=(m + 20, n)) + apart * generator.normal(size=(k, n))[labels]
    X = np.ascontiguousarray(X.astype(dtype))
    return Samples(X[:m], labels[:m], X[m:], labels[m:], k)


def plain_loss(W, X, labels, loss):
    """Return the mean loss as the book writes it."""
    Z, Y = X @ W.T, np.eye(len(W))[labels]
    if loss == SOFTMAX:
        return float(np.mean(np.log(np.exp(Z).sum(axis=1)) - (Y * Z).sum(axis=1)))
    V = 1.0 / (1.0 + np.exp(-Z)) if loss == DELTA else Z
    return float(np.mean(0.5 * ((V - Y) ** 2).sum(axis=1)))


def plain_gradient(W, X, labels, loss):
    Z, Y = X @ W.T, np.eye(len(W))[labels]
    if loss == SOFTMAX:
        E = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - Y
    else:
        V = 1.0 / (1.0 + np.exp(-Z)) if loss == DELTA else Z
        E = (V - Y) * (V * (1.0 - V) if loss == DELTA else 1.0)
    return E.T @ X / len(X)


@LOSSES
@pytest.mark.parametrize(("m", "k"), [(45, 3), (64, 4), (5, 2), (8, 5)])
def test_gradient_equals_differences(loss, m, k):
    samples = task(m=m, k=k)
    W, G = 3.0 * start_weights(samples, 2), np.empty((k, 7))
    value, right = gradient(W, samples.X, samples.labels, loss, G)
    assert value == pytest.approx(plain_loss(W, samples.X, samples.labels, loss), rel=1e-12)
    assert right == np.mean((samples.X @ W.T).argmax(axis=1) == samples.labels)
    for j, i in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[j, i] = 1e-5
        ahead, behind = (plain_loss(W + s * step, samples.X, samples.labels, loss) for s in (1, -1))
        assert G[j, i] == pytest.approx((ahead - behind) / 2e-5, abs=1e-6 * np.abs(G).max() + 1e-9)


@LOSSES
def test_steps_equal_those_of_a_plain_loop(loss):
    samples = task(m=50, n=9, k=5)
    W = V = start_weights(samples, 1)
    tests = np.arange(30) % 3 == 0
    W, made, told = descend(W, samples, loss, 0.1, tests)
    for step in range(30):
        assert told[0, step] == pytest.approx(plain_loss(V, samples.X, samples.labels, loss), rel=1e-10)
        expected = plain_loss(V, samples.X_test, samples.labels_test, loss) if tests[step] else np.nan
        np.testing.assert_allclose(told[2, step], expected, rtol=1e-10)
        V = V - 0.1 * plain_gradient(V, samples.X, samples.labels, loss)
    assert made == 30
    np.testing.assert_allclose(W, V, rtol=1e-9, atol=1e-12)


@LOSSES
def test_single_steps_equal_those_of_a_plain_loop_and_may_be_parted_anywhere(loss):
    samples = task()
    order = order_of(3, 0, 100, 45)
    W = V = start_weights(samples, 1)
    for i in order:
        V = V - 0.05 * plain_gradient(V, samples.X[[i]], samples.labels[[i]], loss)
    whole = descend_singly(W, samples, loss, 0.05, order)
    np.testing.assert_allclose(whole, V, rtol=1e-9, atol=1e-12)
    parts = W
    for first, last in ((0, 1), (1, 44), (44, 91), (91, 100)):
        parts = descend_singly(parts, samples, loss, 0.05, order_of(3, first, last, 45))
    np.testing.assert_array_equal(parts, whole)


def test_order_shows_each_sample_once_in_an_epoch():
    order = order_of(7, 0, 90, 45)
    assert sorted(order[:45]) == sorted(order[45:]) == list(range(45))
    assert order[:45].tolist() != order[45:].tolist() != list(range(45))


@LOSSES
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_steps_in_parts_are_exactly_those_in_one_go(loss, dtype):
    samples = task(m=50, n=13, k=3, dtype=dtype)
    W = start_weights(samples, 1)
    assert W.dtype == dtype
    whole, _, told = descend(W, samples, loss, 0.1, np.ones(20, dtype=bool))
    first, _, told_1 = descend(W, samples, loss, 0.1, np.ones(7, dtype=bool))
    last, _, told_2 = descend(first, samples, loss, 0.1, np.ones(13, dtype=bool))
    np.testing.assert_array_equal(last, whole)
    np.testing.assert_array_equal(np.hstack([told_1, told_2]), told)
    assert whole.dtype == dtype


def test_single_precision_follows_double_precision():
    samples, double = task(m=200, n=64, k=10, dtype=np.float32), task(m=200, n=64, k=10)
    (W, _, told), (V, _, exact) = (descend(start_weights(one, 1), one, SOFTMAX, 0.05, np.ones(100, dtype=bool))
                                   for one in (samples, double))
    np.testing.assert_allclose(W, V, atol=2e-5)
    np.testing.assert_allclose(told[[0, 2]], exact[[0, 2]], atol=2e-5)


@pytest.mark.parametrize("loss", [SOFTMAX, LINEAR], ids=["softmax", "linear"])
def test_descent_reaches_the_optimum_of_a_convex_loss(loss):
    samples = task(m=200, n=4, k=3)
    W = start_weights(samples, 1)
    safe = bounds(samples, assess(W, samples, loss)[1], loss, gram_eigenvalue(samples)).safe
    W = descend(W, samples, loss, 0.9 * safe, np.zeros(3000, dtype=bool))[0]
    best = minimize(lambda w: plain_loss(w.reshape(3, 4), samples.X, samples.labels, loss), np.zeros(12),
                    jac=lambda w: plain_gradient(w.reshape(3, 4), samples.X, samples.labels, loss).ravel(),
                    tol=1e-12).fun
    assert assess(W, samples, loss)[0][0] == pytest.approx(best, abs=1e-6)
    assert abs(best - plain_loss(start_weights(samples, 1), samples.X, samples.labels, loss)) > 0.1


@LOSSES
def test_products_with_the_hessian_equal_differences_of_the_gradient(loss):
    samples = task()
    W = 2.0 * start_weights(samples, 4)
    product = hessian_product(samples, samples.X @ W.T, loss)
    u = np.random.default_rng(1).normal(size=W.size)
    step = 1e-5 * u.reshape(W.shape)
    ahead, behind = (plain_gradient(W + s * step, samples.X, samples.labels, loss) for s in (1, -1))
    np.testing.assert_allclose(product(u), (ahead - behind).ravel() / 2e-5, atol=1e-7)


@LOSSES
def test_largest_eigenvalues_are_those_of_the_whole_matrices(loss):
    samples = task(m=60, n=8, k=4)
    W = 2.0 * start_weights(samples, 4)
    product = hessian_product(samples, samples.X @ W.T, loss)
    H = np.array([product(e) for e in np.eye(W.size)])
    np.testing.assert_allclose(H, H.T, atol=1e-12)
    assert largest_eigenvalue(product, W.size) == pytest.approx(np.linalg.eigvalsh(H)[-1], rel=1e-3)
    gram = gram_eigenvalue(samples)
    assert gram == pytest.approx(np.linalg.eigvalsh(samples.X.T @ samples.X / 60)[-1], rel=1e-3)
    found = bounds(samples, samples.X @ W.T, loss, gram)
    assert found.safe == pytest.approx(2.0 / (CURVATURE[loss] * gram))
    assert found.now >= found.safe * (1.0 - 1e-3)


def test_curvature_of_each_loss_is_bounded_as_stated():
    s = np.linspace(0.0, 1.0, 100_001)
    delta = s**2 * (1.0 - s) * (2.0 - 3.0 * s)  # d²/dz² of (sigma - 0)² / 2; sigma - 1 is its mirror image
    assert delta.max() == pytest.approx(CURVATURE[DELTA], abs=1e-5) and delta.max() <= CURVATURE[DELTA]
    p = np.array([0.5, 0.5, 0.0])
    assert np.linalg.eigvalsh(np.diag(p) - np.outer(p, p))[-1] == pytest.approx(CURVATURE[SOFTMAX])
    shares = np.random.default_rng(0).dirichlet([0.3] * 4, 300)
    assert max(np.linalg.eigvalsh(np.diag(q) - np.outer(q, q))[-1] for q in shares) <= CURVATURE[SOFTMAX]


@pytest.mark.parametrize(("part", "diverges"), [(0.98, False), (1.02, True)])
def test_outputs_w_x_diverge_above_two_over_the_largest_eigenvalue(part, diverges):
    samples = task(m=100, n=5)
    W = start_weights(samples, 1)
    eps = part * 2.0 / gram_eigenvalue(samples)
    _, made, told = descend(W, samples, LINEAR, eps, np.zeros(3000, dtype=bool))
    if diverges:
        assert made < 3000 and told[0, made] > perceptron.TOO_LARGE
        assert np.isnan(told[0, made + 1:]).all()
    else:
        assert made == 3000 and told[0, -1] <= told[0, 0]


def test_no_update_below_the_safe_rate_raises_the_loss():
    samples = task(m=100, n=20, k=4, apart=0.1)
    for loss in (DELTA, SOFTMAX):
        W = 30.0 * start_weights(samples, 5)  # far away from the optimum, where outputs saturate
        safe = bounds(samples, samples.X @ W.T, loss, gram_eigenvalue(samples)).safe
        _, _, told = descend(W, samples, loss, safe, np.zeros(300, dtype=bool))
        assert np.all(np.diff(told[0]) <= 1e-12)
    _, _, told = descend(30.0 * start_weights(samples, 5), samples, SOFTMAX, 30.0 * safe, np.zeros(300, dtype=bool))
    assert np.any(np.diff(told[0]) > 1e-3)


def test_probabilities_and_samples_without_a_test():
    Z = np.array([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(probabilities(Z, SOFTMAX), [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], atol=1e-12)
    np.testing.assert_allclose(probabilities(Z, DELTA), [[1, 0.5, 0], [0.5, 0.5, 0.5]], atol=1e-12)
    samples = task()
    alone = Samples(samples.X, samples.labels, samples.X[:0], samples.labels[:0], 3)
    found, _, Z_test = assess(start_weights(alone, 1), alone, DELTA)
    assert np.isfinite(found[:2]).all() and np.isnan(found[2:]).all() and Z_test.shape == (0, 3)


def test_start_weights_are_those_of_the_book_in_law():
    samples = task(m=20, n=500, k=10)
    W = start_weights(samples, 1)
    assert np.std(W) * np.sqrt(5000) == pytest.approx(1.0, abs=0.04)
    assert np.array_equal(W, start_weights(samples, 1)) and not np.array_equal(W, start_weights(samples, 2))
