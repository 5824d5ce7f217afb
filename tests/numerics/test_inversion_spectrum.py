"""Input, B and noise of a column at rest from its spectrum: against what made the data, over many repeats."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.inversion.identified import cannot_be_told_apart
from ncm_app.numerics.inversion.spectrum import (
    Seen,
    expected_spectrum,
    fit_spectrum,
    input_posterior,
    see,
    stable_rests,
    whitened,
)

QUIET = Column(sigma=0.1)
LOW, MIDDLE, HIGH = stable_rests(QUIET)
SETTLE, LENGTH = 16_000, 64_000  # ms


def seen_at(p, seed, column=QUIET):
    """The spectrum of 64 s at the lowest fixed point of inputs below 200 Hz, and at the highest above."""
    start = column.rest(column.rests(p)[0 if p < 200.0 else -1])
    y, _ = run_column(column, np.full(SETTLE + LENGTH, p), start, 1.0, 5, seed, int(p))
    return see(y[SETTLE // 5:], 5.0)


def rest_of(p):
    return LOW if p < 200.0 else HIGH


def test_rests_are_stable_between_folds_and_hopf_points():
    ends = [tuple(float(QUIET.input_at(y)) for y in rest) for rest in (LOW, MIDDLE, HIGH)]
    assert ends[0] == pytest.approx((-60.0, 113.586), abs=1.0)
    assert ends[1] == pytest.approx((-12.147, 89.829), abs=4.0)
    assert ends[2] == pytest.approx((315.696, 600.0), abs=3.0)
    with pytest.raises(ArithmeticError, match="not stable"):
        expected_spectrum(QUIET, 7.0, 5.0, 400)


@pytest.mark.parametrize("p", [60.0, 400.0])
def test_spectra_of_runs_are_as_expected(p):
    column = dataclasses.replace(QUIET)
    rests = column.rests(p)
    seen = [seen_at(p, seed) for seed in range(20)]
    f, power = expected_spectrum(column, rests[0 if p < 200.0 else -1], 5.0, seen[0].size)
    expected = power[(f >= 1.0) & (f <= 45.0)]
    off = np.array([whitened(one, expected) for one in seen])
    assert off.mean() == pytest.approx(0.0, abs=0.1)
    assert off.std() == pytest.approx(1.0, abs=0.1)
    assert np.mean(off[:, 1:] * off[:, :-1]) == pytest.approx(0.0, abs=0.05)  # neighbours are told apart


@pytest.mark.parametrize(("p", "sd"), [(105.0, 0.7), (90.0, 1.8), (340.0, 1.7), (400.0, 3.2)])
def test_input_and_noise_are_found(p, sd):
    found = fit_spectrum(seen_at(p, 11), QUIET, rest=rest_of(p))
    assert found.names == ("p", "sigma")
    assert abs(found.estimate[0] - p) < 2.5 * found.sd[0]
    assert 0.7 < found.sd[0] / sd < 3.0  # neighbouring bins tell the same twice, which the reference did not count
    assert found.estimate[1] == pytest.approx(0.1, rel=0.03)
    assert found.information.min() > 100.0
    assert 0.75 < found.chi2 / found.dof < 1.25


@pytest.fixture(scope="module", params=[105.0, 400.0], ids=["low", "high"])
def repeats(request):
    """Input, and fits (60) of as many runs at it."""
    p = request.param
    return p, [fit_spectrum(seen_at(p, 200 + seed), QUIET, rest=rest_of(p)) for seed in range(60)]


def test_intervals_cover_as_often_as_they_say(repeats):
    p, fits = repeats
    z = np.array([[(fit.estimate[0] - p) / fit.sd[0], (fit.estimate[1] - 0.1) / fit.sd[1]] for fit in fits])
    assert np.all((z.std(axis=0) > 0.8) & (z.std(axis=0) < 1.2))
    assert np.abs(z.mean(axis=0)).max() < 0.45
    covered = np.mean(np.abs(z) < 1.645, axis=0)
    assert np.all((covered >= 0.8) & (covered <= 0.97))


def test_spectra_deep_in_the_low_rest_are_the_same():
    rows = [expected_spectrum(QUIET, QUIET.rests(p)[0], 5.0, 400)[1][2:90] for p in (20.0, 60.0)]
    ratio = np.log(rows[0] / rows[1])
    assert np.std(ratio) == pytest.approx(0.04, abs=0.02)


@pytest.mark.parametrize(("p", "told"), [(20.0, False), (60.0, False), (105.0, True), (340.0, True), (400.0, True)])
def test_an_input_that_is_not_told_is_reported_as_a_bound(p, told):
    inside = 0
    for seed in range(5):
        found = input_posterior(seen_at(p, 60 + seed), QUIET, rest_of(p))
        assert found.told == told
        inside += found.low <= p <= found.high
        assert np.trapezoid(found.density, found.p) == pytest.approx(1.0, abs=0.03)
    assert inside >= 3
    if not told:
        assert found.high < 105.0  # what is said: not near the saddle-node
        assert found.high - found.low > 43.0


def test_the_posterior_is_the_gaussian_where_the_input_is_told():
    seen = seen_at(400.0, 12)
    whole, mode = input_posterior(seen, QUIET, HIGH), fit_spectrum(seen, QUIET, rest=HIGH)
    assert whole.mean == pytest.approx(mode.estimate[0], abs=0.3 * mode.sd[0])
    assert whole.sd == pytest.approx(mode.sd[0], rel=0.15)


def test_input_and_B_are_told_together_only():
    low, high = (fit_spectrum(seen_at(p, 13), QUIET, True, rest_of(p)) for p in (105.0, 340.0))
    assert low.names == high.names == ("p", "B", "sigma")
    assert 2.0 < low.sd[1] < 4.0
    assert high.covariance[0, 1] / (high.sd[0] * high.sd[1]) > 0.99
    for found, p in ((low, 105.0), (high, 340.0)):
        assert np.all(np.abs(found.estimate - (p, 22.0, 0.1)) < 2.5 * found.sd)
        assert cannot_be_told_apart(found).startswith("p and B ")


@pytest.mark.parametrize("p", [105.0, 340.0])
def test_the_right_rest_is_chosen(p):
    seen, told = seen_at(p, 14), []
    found = fit_spectrum(seen, QUIET, tell=lambda path, cost: told.append((path, cost)))
    assert found.estimate[0] == pytest.approx(p, abs=12.0)
    assert all(path.shape == (len(cost), 2) for path, cost in told)
    assert told


def test_noise_that_is_not_small_moves_a_rest_away_from_the_hopf_point():
    loud, quiet = (fit_spectrum(seen_at(330.0, 15, Column(sigma=sigma)), QUIET, rest=HIGH) for sigma in (1.0, 0.05))
    assert loud.estimate[0] > 330.0 + 3.0 * loud.sd[0]
    assert abs(quiet.estimate[0] - 330.0) < 3.0 * quiet.sd[0]


class Stop(Exception):
    """What a check raises."""


def test_it_can_be_stopped():
    def stop():
        raise Stop

    seen = Seen(np.array([5.0, 10.0]), np.ones(2), 8.0, 5.0, 400)
    with pytest.raises(Stop):
        fit_spectrum(seen, QUIET, check=stop)
    with pytest.raises(Stop):
        input_posterior(seen, QUIET, LOW, stop)
