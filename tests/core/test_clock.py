"""A clock that goes through a right-hand side tells when that jumps, against times worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.core.clock import FEATURES, Clock, Trace


def asked(text, t=0.3):
    """Return the trace of a text asked at one time, and its value."""
    trace = Trace()
    value = text(Clock.at(t, trace))
    return trace, value


@pytest.mark.parametrize(("text", "jumps"), [
    (lambda t: 1.0 * (t >= 5.0), {(5.0, 0.0)}),
    (lambda t: (t > 5.0) * (np.float64(7.5) > t), {(5.0, 0.0), (7.5, 0.0)}),
    (lambda t: np.float64(3.0) <= 2.0 * t - 1.0, {(2.0, 0.0)}),
    (lambda t: (10.0 - t) / 4.0 < 1.5, {(4.0, 0.0)}),
    (lambda t: -t > -6.0, {(6.0, 0.0)}),
    (lambda t: np.float64(2.0) * t - np.float64(1.0) > np.float64(7.0), {(4.0, 0.0)}),
    (lambda t: np.float64(8.0) > t, {(8.0, 0.0)}),
    (lambda t: t + t > 6.0, {(3.0, 0.0)}),
    (lambda t: t - t > 6.0, set()),
    (lambda t: np.heaviside(t - 9.0, 0.5), {(9.0, 0.0)}),
    (lambda t: np.sign(2.0 - t), {(2.0, 0.0)}),
    (lambda t: np.greater_equal(t, 4.0), {(4.0, 0.0)}),
    (lambda t: math.floor(t / 5.0 + 0.25), {(-1.25, 5.0)}),
    (lambda t: np.floor(t / 5.0 + 0.25), {(-1.25, 5.0)}),
    (lambda t: int(t * 0.5), {(0.0, 2.0)}),
    (lambda t: round(t), {(0.5, 1.0)}),
    (lambda t: np.rint(t / 2.0), {(1.0, 2.0)}),
    (lambda t: t // 3.0, {(0.0, 3.0)}),
    (lambda t: t % 4.0 < 1.0, {(0.0, 4.0), (1.0, 4.0)}),
    (lambda t: (t - 1.0) % 4.0 < 1.5, {(1.0, 4.0), (2.5, 4.0)}),
    (lambda t: 2.0 * (t % 4.0) - 1.0 < 2.0, {(0.0, 4.0), (1.5, 4.0)}),
    (lambda t: t % 4.0 < 9.0, {(0.0, 4.0)}),  # never, but the saw-tooth itself falls
])
def test_jumps_are_those_worked_out_by_hand(text, jumps):
    found = asked(text)[0].jumps
    assert {(round(a, 9), round(b, 9)) for a, b in found} == jumps


@pytest.mark.parametrize("text", [
    lambda t: 2.0 * t + 1.0, lambda t: (3.0 - t) / 0.7, lambda t: -t % 1.3, lambda t: t**2, lambda t: 2.0**t,
    lambda t: np.exp(-t / 3.0), lambda t: np.sin(4.0 * t), lambda t: abs(t - 5.0), lambda t: np.maximum(t - 1.0, 0.0),
    lambda t: np.minimum(2.0, t) + t, lambda t: 5.0 / t, lambda t: t * t, lambda t: math.floor(3.0 * t),
    lambda t: (t >= 0.3) * 2.0, lambda t: 1.0 * (t > 0.3), lambda t: np.heaviside(t - 0.3, 0.25), lambda t: t // 0.07,
    lambda t: np.where(t < 1.0, 3.0, 4.0), lambda t: np.sign(t - 0.3), lambda t: round(t * 7.0), lambda t: +t])
def test_values_are_those_of_the_plain_number(text):
    for t in (0.0001, 0.3, 1.0, 17.3):
        assert float(asked(text, t)[1]) == pytest.approx(float(text(t)), rel=1e-15, abs=0.0)


def test_smooth_functions_are_looked_at_where_they_change():
    trace, _ = asked(lambda t: np.exp(-((t - 50.0) / 0.4) ** 2 / 2.0))
    (times,) = trace.features
    assert times == pytest.approx(50.0 + 0.4 * np.array(FEATURES))
    assert not trace.jumps
    assert asked(lambda t: np.maximum(t - 3.0, 0.0))[0].features == {(3.0,)}
    assert asked(lambda t: abs(2.0 * t - 3.0))[0].features == {(1.5,)}


def test_waves_are_told_by_their_frequency():
    waves = asked(lambda t: np.sin(2.0 * np.pi * t / 5.0) + np.cos(3.0 * t))[0].waves
    assert sorted(waves) == pytest.approx([2.0 * np.pi / 5.0, 3.0])


def test_branches_and_jumps_without_a_date_are_noticed():
    assert asked(lambda t: 1.0 if t < 5.0 else 2.0)[0].branched
    assert asked(lambda t: (t > 1.0) and (t < 2.0))[0].branched
    assert not asked(lambda t: (t > 1.0) * (t < 2.0) * 3.0)[0].branched
    assert asked(lambda t: np.sin(t) > 0.5)[0].hidden
    assert not asked(lambda t: t > 0.5)[0].hidden
    assert asked(lambda t: 7.0)[0] == Trace()


@pytest.mark.parametrize("seed", range(5))
def test_random_linear_functions_meet_their_levels(seed):
    draw = np.random.default_rng(seed)
    for _ in range(50):
        slope, lift, level = draw.uniform(0.1, 3.0) * draw.choice([-1, 1]), *draw.uniform(-20, 20, 2)
        trace, _ = asked(lambda t, a=slope, b=lift, c=level: 1.0 * ((a * t + b) / 2.0 - 1.0 > c))
        ((time, period),) = trace.jumps
        assert period == 0.0
        assert time == pytest.approx((2.0 * (level + 1.0) - lift) / slope)
