"""The Jansen-Rit column of the inversions: one model with the page's, and noisy runs against theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

from ncm_app.models.masses.jansen_rit import JansenRit, kick
from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.perturbation.hopf import jacobian

OTHER = {"A": 3.0, "B": 20.0, "a": 0.09, "b": 0.04, "C": 120.0, "e_0": 2.0, "v_0": 5.5, "r": 0.5, "sigma": 0.7}


@pytest.mark.parametrize("values", [{}, OTHER], ids=["standard", "other"])
def test_it_is_the_model_of_the_page(values):
    p = JansenRit(**values).snapshot().p
    column = Column.of(p)
    x = np.random.default_rng(1).normal(size=(6, 20)) * np.array([[6.0], [0.1], [10.0], [0.01], [1.0], [1.0]])
    assert np.allclose(column.field()(tuple(x), p.p), JansenRit.rhs(0.0, x, p), rtol=1e-13, atol=1e-15)
    assert column.kick == pytest.approx(kick(p), abs=1e-15)
    y = np.array([-2.0, 3.0, 8.0])
    moving = np.array([JansenRit.rhs(0.0, rest, p._replace(p=level))
                       for rest, level in zip(column.rest(y).T, column.input_at(y), strict=True)])
    assert np.abs(moving).max() < 1e-12


def test_fixed_points_and_folds_are_those_of_the_tables():
    column = Column()
    assert column.rests(0.0) == pytest.approx((-1.90380153, 4.56871293, 6.06499359), abs=1e-8)
    assert column.rests(100.0) == pytest.approx((1.56031836, 3.32732322, 6.80455824), abs=1e-8)
    assert column.rests(200.0) == pytest.approx((7.40431701,), abs=1e-8)
    assert column.input_at(np.array(column.folds())) == pytest.approx((113.586273, -41.301410), abs=1e-4)
    assert Column(C=40.0).folds() == ()
    assert len(Column(C=40.0).rests(100.0)) == 1
    lead = 1000.0 * np.linalg.eigvals(column.slopes(8.10480881))
    assert lead[np.argmax(lead.real)].real == pytest.approx(-0.065905, abs=1e-5)
    assert np.allclose(column.slopes(7.0), jacobian(column.field(), column.rest(7.0), 5.0)[1])


def cycle_of(step):
    """Period (ms), lowest and highest potential of the alpha cycle at p = 200 as runs of a step (ms) show them."""
    y, _ = run_column(Column(sigma=0.0), np.full(round(20_000 / step), 200.0), Column().rest(7.0), step)
    y = y[len(y) // 2:]
    up = np.flatnonzero((y[:-1] < 7.4) & (y[1:] >= 7.4))
    at = step * (up + (7.4 - y[up]) / (y[up + 1] - y[up]))
    return np.diff(at).mean(), y.min(), y.max()


def test_steps_without_noise_follow_the_alpha_cycle_to_fourth_order():
    T = 92.059941
    fine, coarse, far = cycle_of(1.0), cycle_of(2.0), cycle_of(4.0)
    assert fine == pytest.approx((T, 5.949032, 8.922147), rel=1e-4)
    assert fine[0] == pytest.approx(T, rel=1e-5)
    assert 3.5 < np.log2((far[0] - T) / (coarse[0] - T)) < 5.0


def test_noise_at_the_high_rest_has_the_variance_of_linear_theory():
    column = Column(sigma=0.1)
    start = column.rest(column.rests(380.0)[-1])
    source = np.zeros((6, 1))
    source[4] = column.kick
    expected = solve_continuous_lyapunov(column.slopes(start[0]), -source @ source.T)[0, 0]
    found = [run_column(column, np.full(60_000, 380.0), start, 1.0, 5, 3, stream)[0].var() for stream in range(40)]
    assert np.mean(found) == pytest.approx(expected, rel=0.05)


def test_noise_is_a_function_of_seed_stream_and_step():
    column, start = Column(), Column().rest(7.0)
    def run(seed, stream, n=3000):
        return run_column(column, np.full(n, 200.0), start, 1.0, 3, seed, stream)
    assert np.array_equal(run(1, 2)[0], run(1, 2)[0])
    assert np.array_equal(run(1, 2)[0][:500], run(1, 2, 1500)[0])
    assert not np.allclose(run(1, 2)[0], run(1, 3)[0], atol=1e-3)
    assert not np.allclose(run(1, 2)[0], run(2, 2)[0], atol=1e-3)
    assert run(1, 2)[0][0] == pytest.approx(7.0)


class Stop(Exception):
    """What a check raises."""


def test_a_run_can_be_stopped():
    calls = []

    def check():
        calls.append(1)
        if len(calls) == 3:
            raise Stop

    with pytest.raises(Stop):
        run_column(Column(), np.full(500_000, 200.0), Column().rest(7.0), check=check)
    assert len(calls) == 3
