"""A readout that learns: the loop of a textbook, batch least squares, pauses, and the numbers of the book."""

import math

import numpy as np
import pytest

from ncm_app.numerics.learning.readout_steps import HELD, LMS, RLS, squash, subtract_and_multiply
from ncm_app.numerics.learning.reservoir import (
    NEVER,
    Pace,
    Rule,
    advance_readout,
    begin_readout,
    draw_reservoir,
)
from tests.support.readout_loop import Setting, plain_loop

DT, TAU = 0.5, 20.0


def sine(n, dt=DT, first=1):
    """Targets of the book: a period of 500 ms."""
    return np.sin(2.0 * np.pi * dt * np.arange(first, first + n) / 500.0)


def window(on, off=NEVER):
    return {"learns": (on, off), "fed_back": (on, NEVER)}


def run(drawn, n, rule, dt=DT, c=1.0, limit=math.inf, **changes):
    return advance_readout(drawn, begin_readout(drawn, c, **changes), sine(n, dt), rule, Pace(dt / TAU), limit)


def rms(readout, low, high, dt=DT):
    z = readout.history[0].astype(float)
    error = z - sine(len(z), dt, 0)
    return float(np.sqrt(np.mean(error[round(low / dt):round(high / dt)] ** 2)))


@pytest.mark.parametrize(("kind", "eps", "eps_P", "each"), [(LMS, 0.005, 1.0, 1), (LMS, 0.02, 1.0, 3),
                                                          (RLS, 1.0, 1.0, 1), (RLS, 0.7, 0.6, 4)])
@pytest.mark.parametrize("N", [50, 101])
def test_steps_are_those_of_a_plain_loop(kind, eps, eps_P, each, N):
    drawn = draw_reservoir(N, 1.5, 3, "float64")
    rule = Rule(kind, eps, eps_P, each, (100, 350), (100, NEVER), 0.8)
    found = advance_readout(drawn, begin_readout(drawn, 0.5), sine(400), rule, Pace(DT / TAU, 1.1))
    z, R, P = plain_loop(drawn.columns.T, drawn.Q, drawn.R, drawn.r, sine(401, DT, 0), Setting(
        DT / TAU, 1.1, "LMS" if kind == LMS else "RLS", eps, eps_P, 0.5, (100, 350), each, 0.8))
    np.testing.assert_allclose(found.R, R, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.history[0], z, rtol=0, atol=3e-6)  # kept in single precision
    np.testing.assert_allclose(found.inverse, P, rtol=0, atol=1e-9)


def test_single_precision_follows_double_until_chaos_parts_them():
    single, double = (run(draw_reservoir(200, 1.5, 6, precision), 1000, Rule(**window(400)))
                      for precision in ("float32", "float64"))
    np.testing.assert_allclose(single.history[0], double.history[0], atol=1e-4)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_rls_is_batch_least_squares(precision):
    """On fixed rates, with c the strength of the prior: min |R r - y|^2 + |R - R(0)|^2 / c."""
    drawn, n, c = draw_reservoir(120, 1.5, 1, precision), 2000, 0.3
    found = run(drawn, n, Rule(RLS, 1.0, feedback=0.0), c=c, kept=120)
    r, y = every_step(drawn, n), sine(n)
    gram = r @ r.T + np.eye(120) / c
    R = np.linalg.solve(gram, r @ y + drawn.R / c)
    np.testing.assert_allclose(found.R, R, rtol=0, atol=1e-6 * np.abs(R).max())
    np.testing.assert_allclose(found.inverse @ gram, np.eye(120), rtol=0, atol=1e-6)


def every_step(drawn, n):
    """Return the rates (N, n) after each step without feedback."""
    found = run(drawn, n, Rule(HELD, feedback=0.0), kept=len(drawn.r))
    return found.samples[:, 1:].astype(float)


@pytest.mark.parametrize("kind", [HELD, LMS, RLS])
@pytest.mark.parametrize("pauses", [(1,), (299, 300, 301), (7, 400, 777)])
def test_pauses_change_nothing(kind, pauses):
    drawn, rule = draw_reservoir(83, 1.5, 2), Rule(kind, 0.01 if kind == LMS else 1.0, each=2, **window(300, 700))
    pace, y = Pace(DT / TAU, every=2), sine(1000)
    whole = advance_readout(drawn, begin_readout(drawn, 1.0), y, rule, pace)
    parts, before = begin_readout(drawn, 1.0), 0
    for until in (*pauses, 1000):
        parts, before = advance_readout(drawn, parts, y[before:until], rule, pace), until
    for name in ("r", "R", "z", "s", "history", "samples"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name
    assert np.array_equal(whole.inverse, parts.inverse)


def test_a_state_stays_as_it_is_when_it_is_gone_on_from():
    drawn = draw_reservoir(60, 1.5, 2)
    state = run(drawn, 100, Rule(RLS, 1.0))
    before = [np.array(part, copy=True) for part in (state.r, state.R, state.z, state.P, state.s, state.history)]
    advance_readout(drawn, state, sine(100, first=101), Rule(RLS, 1.0), Pace(DT / TAU))
    for part, was in zip((state.r, state.R, state.z, state.P, state.s, state.history), before, strict=True):
        assert np.array_equal(part, was)


def test_errors_of_lms_are_the_books():
    """With the feedback that the text describes: RMS 0.0012 to 0.0054 in the last 500 ms over five seeds."""
    found = [rms(run(draw_reservoir(200, 1.5, seed), 50_000, Rule(**window(25_000)), 0.1), 4500, 5000, 0.1)
             for seed in range(1, 6)]
    assert 0.0012 <= np.median(found) <= 0.0054
    assert all(0.0004 < one < 0.008 for one in found), found


def test_lms_loses_the_target_and_rls_keeps_it():
    """Exercises 4.2.2 and 4.2.3: the book's RMS is 0.6 to 2.4 with LMS, and 0.0009 to 0.011 with RLS."""
    for seed in range(1, 6):
        drawn = draw_reservoir(200, 1.5, seed)
        lost = rms(run(drawn, 15_000, Rule(LMS, 0.005, **window(5000, 10_000))), 6500, 7500)
        kept = rms(run(drawn, 20_000, Rule(RLS, 1.0, **window(5000, 15_000))), 9000, 10_000)
        assert 0.3 < lost < 2.5, (seed, lost)
        assert kept < 0.05, (seed, kept)


def test_feedback_makes_the_rates_periodic():
    """In the last second the rates repeat after 500 ms; without feedback, as in the notebooks, they do not."""
    def change(feedback):
        drawn = draw_reservoir(200, 1.5, 6)
        rule = Rule(LMS, 0.005, feedback=feedback, **window(2500))
        found = advance_readout(drawn, begin_readout(drawn, 1.0), sine(12_000), rule, Pace(DT / TAU, every=2)).samples
        return float(np.abs(found[:, -500:] - found[:, -1000:-500]).max())
    assert change(1.0) < 0.03
    assert change(0.0) > 0.1


def test_steps_that_overshoot_end_the_run():
    drawn = draw_reservoir(200, 1.5, 6)
    found = run(drawn, 10_000, Rule(LMS, 0.05, **window(5000)), limit=100.0)
    assert found.diverged
    assert found.step == found.history.shape[1] - 1 < 10_000
    assert abs(found.history[0, -1]) > 100.0 >= np.abs(found.history[0, :-1]).max()
    assert np.flatnonzero(found.history[3] > 2.0)[0] <= found.step
    assert not run(drawn, 10_000, Rule(LMS, 0.01, **window(5000)), limit=100.0).diverged


def test_p_is_read_and_written_by_its_upper_triangle():
    rng = np.random.default_rng(1)
    for N in (1, 2, 3, 4, 5, 37):
        whole = rng.standard_normal((N, N))
        whole, s, r, u = whole + whole.T, rng.standard_normal(N), rng.standard_normal(N), np.ones(N)
        P = np.triu(whole)
        subtract_and_multiply(P, s, r, u)
        expected = whole - np.outer(s, s)
        np.testing.assert_allclose(np.triu(P), np.triu(expected), atol=1e-13)
        np.testing.assert_allclose(u, expected @ r, atol=1e-12)


def test_squash_is_tanh():
    x = np.concatenate([np.linspace(-50.0, 50.0, 2001), [0.0, 1e-8, -1e-8]])
    from numba import njit

    @njit
    def each(x):
        return np.array([squash(one) for one in x])

    np.testing.assert_allclose(each(x), np.tanh(x), atol=4e-15)
    np.testing.assert_allclose(each(x.astype(np.float32)), np.tanh(x), atol=4e-7)


def test_draws_belong_to_seed_and_size_alone():
    one, other = draw_reservoir(40, 1.5, 1), draw_reservoir(40, 0.5, 1)
    np.testing.assert_allclose(one.columns, 3.0 * other.columns, rtol=1e-6)
    assert np.array_equal(one.Q, other.Q)
    assert not np.array_equal(one.Q, draw_reservoir(40, 1.5, 2).Q)
    large = draw_reservoir(400, 1.5, 1)
    assert abs(float(large.columns.std()) * 20.0 / 1.5 - 1.0) < 0.01
    assert abs(float(large.R.std()) * 20.0 - 1.0) < 0.1
