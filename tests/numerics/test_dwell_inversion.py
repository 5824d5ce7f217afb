"""What dwell times tell of a potential: times by theory, data by the Fokker-Planck equation, and honest errors."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from ncm_app.models.masses import _inversion_dwell as cases
from ncm_app.models.masses.inversion import Inversion
from ncm_app.numerics.amplitude.escape import passage_time
from ncm_app.numerics.amplitude.feedback import Polynomial
from ncm_app.numerics.amplitude.feedback import potential as averaged
from ncm_app.numerics.amplitude.landscape import landscape
from ncm_app.numerics.amplitude.noisy import simulate
from ncm_app.numerics.inversion import dwell
from ncm_app.numerics.system import SILENT
from tests.models.asking import snapshot_of

S = np.array([0.8, 1.0, 1.2, 1.5])


def times(*arguments):
    return np.exp(dwell.log_dwell_times(*arguments))


def test_times_are_those_of_the_table():
    assert times(1.0, 5.0, S) == pytest.approx([675.43, 57.333, 15.255, 5.0812], rel=2e-5)
    assert times(1.0, 5.0, S, True) == pytest.approx([592.42, 47.133, 11.917, 3.8689], rel=2e-5)


@pytest.mark.parametrize(("K", "b", "s"), [(2.3, 5.3, 1.3), (0.5, 4.4, 0.9), (0.9, 6.1, 0.77), (1.0, 5.0, 3.0)])
def test_one_curve_serves_all_strengths(K, b, s):
    barrier, rhythm = dwell.wells(b)
    land = landscape(Polynomial(K, barrier, rhythm), s, 0)
    assert times(K, b, np.array([s]))[0] == pytest.approx(passage_time(land, rhythm, 0.02), rel=2e-5)
    R = np.array([0.3, 1.1, 2.4])
    assert K * dwell.potential(b, R) == pytest.approx(averaged(land.feedback, R), abs=1e-10)


@pytest.mark.parametrize(("K", "b", "s"), [(0.0, 5.0, 1.0), (1.0, 4.0, 1.0), (1.0, 5.0, 20.0), (1.0, 5.0, 0.05)])
def test_what_has_no_time_is_refused(K, b, s):
    with pytest.raises(ArithmeticError):
        dwell.log_dwell_times(K, b, np.array([s]))


@pytest.mark.parametrize("s", [1.0, 1.5])
def test_dwell_times_are_drawn_as_a_simulation_has_them(s):
    t, longer = dwell.survival(1.0, 5.0, s)
    assert np.trapezoid(longer, t) == pytest.approx(times(1.0, 5.0, np.array([s]))[0], rel=2e-3)
    land = landscape(Polynomial(1.0, 1.0, 2.0), s, 0)
    simulated = simulate(land, 1.0, 0.02, 12_000.0 * s**4, 2.0, 3, False, SILENT).high
    gap = np.abs(np.interp(np.sort(simulated), t, 1.0 - longer) - (np.arange(len(simulated)) + 0.5) / len(simulated))
    assert gap.max() < 1.7 / math.sqrt(len(simulated))  # Kolmogorov and Smirnov, one in 200


def test_data_have_the_means_and_errors_of_their_times():
    data = dwell.gathered(np.array([1.0, 2.0, 1.0, 1.0, 2.0]), np.array([1.0, 8.0, 2.0, 6.0, 4.0]))
    assert data.s == pytest.approx([1.0, 2.0]) and data.mean == pytest.approx([3.0, 6.0])
    assert data.error == pytest.approx([math.sqrt(7.0 / 3.0), 2.0]) and data.counts == pytest.approx([3, 2])


@functools.cache
def answer(case, seed, **changes):
    p = snapshot_of(Inversion, None, case=case, seed=seed, **changes).p
    return Inversion.solve(p, None, lambda: None)


def fitted(case, seed, **changes):
    p = snapshot_of(Inversion, None, case=case, seed=seed, **changes).p
    stated = Inversion.case_of(p)
    problem = stated.problem(p, stated.made(p))
    return problem.fit(lambda: None, lambda path, cost: None), np.array(problem.truth)


def score(case, seed, **changes):
    found, truth = fitted(case, seed, **changes)
    return (found.estimate - truth) / found.sd


@pytest.mark.parametrize("case", [cases.STRENGTH, cases.SHAPE])
def test_errors_are_as_large_as_they_say(case):
    z = np.array([score(case, seed) for seed in range(60)])
    assert np.all((z[:30].std(axis=0) > 0.8) & (z[:30].std(axis=0) < 1.2))
    assert np.all(np.abs(z.mean(axis=0)) < 0.4)
    covered = np.mean(np.abs(z) < 1.645, axis=0)
    assert np.all((covered >= 0.8) & (covered <= 0.97))


def test_chi2_is_what_is_expected_and_kramers_formula_is_rejected():
    right = [fitted(cases.STRENGTH, seed)[0] for seed in range(60)]
    assert np.mean([found.chi2 for found in right]) == pytest.approx(5.0, abs=1.3)
    assert all(0.009 < found.sd[0] < 0.02 for found in right)
    wrong = [fitted(cases.STRENGTH, seed, formula="Kramers")[0] for seed in range(10)]
    assert np.mean([found.chi2 for found in wrong]) > 20.0
    assert np.mean([found.estimate[0] for found in wrong]) == pytest.approx(1.1, abs=0.03)


def test_four_connections_are_told_as_one_number():
    found = answer(cases.PARTS, 1)
    information = found.fitted.information
    assert information[0] > 500.0 and np.all(information[1:] < 1e-9 * information[0])
    row = dwell.WEIGHTS * np.exp(found.fitted.estimate)
    assert np.abs(found.fitted.directions[:, 0]) == pytest.approx(row / np.linalg.norm(row), rel=1e-4)
    (name, K, sd, truth), alone = found.derived[0], answer(cases.STRENGTH, 1).fitted
    assert (name, truth) == ("K", 1.0) and pytest.approx(alone.estimate[0], abs=0.002) == K
    assert sd == pytest.approx(alone.sd[0], rel=0.05)
    assert found.apart == "g_1 to g_4 only through their weighted sum"


def test_strength_and_shape_make_good_for_each_other():
    found = answer(cases.SHAPE, 1)
    C = found.fitted.covariance
    assert C[0, 1] / math.sqrt(C[0, 0] * C[1, 1]) < -0.99
    assert 0.08 < found.fitted.sd[0] < 0.25 and 0.05 < found.fitted.sd[1] < 0.15
    assert "hardly apart" in found.apart
