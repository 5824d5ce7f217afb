"""What a rhythm tells by harmonic balance: cycles of the tables, honest errors, and where there is no rhythm."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from ncm_app.models.masses import _inversion_rhythm as cases
from ncm_app.models.masses.inversion import Inversion
from ncm_app.numerics.inversion.rhythm import harmonic_amplitudes, noisy, read_off
from tests.models.asking import snapshot_of


@functools.cache
def rhythm(loop):
    return cases.rhythm_of(loop)


@pytest.mark.parametrize(("p", "f", "a_1", "a_2"), [(120.0, 10.468268, 1.027260, 0.041225),
                                                     (200.0, 10.862488, 1.480754, 0.034048),
                                                     (300.0, 11.137321, 0.764265, 0.002632)])
def test_alpha_is_that_of_the_table(p, f, a_1, a_2):
    found = read_off(rhythm(cases.ALPHA).at(np.array([p, 22.0, 3.25])), 0, ("f", "a_1", "a_2"))
    assert found == pytest.approx((f, a_1, a_2), rel=2e-4)
    assert found[0] == pytest.approx(f, rel=1e-6)


@pytest.mark.parametrize(("g", "f", "first"), [(3.2, 13.70822999, (0.14424, 0.02994, 0.36144, 0.34731)),
                                               (4.0, 11.88650583, (1.27040, 0.25475, 4.79724, 4.67839))])
def test_deep_loop_is_that_of_the_table(g, f, first):
    cycle = rhythm(cases.DEEP).at(np.array([g, 1.0]))
    assert read_off(cycle, 1, ("f",))[0] == pytest.approx(f, rel=2e-5)
    assert [harmonic_amplitudes(cycle, i)[1] for i in range(4)] == pytest.approx(first, rel=2e-4)


@pytest.mark.parametrize(("loop", "theta"), [(cases.ALPHA, (330.0, 22.0, 3.25)), (cases.ALPHA, (60.0, 22.0, 3.25)),
                                             (cases.DEEP, (3.0, 1.0))], ids=["above H2", "below H1", "weak loop"])
def test_beyond_the_hopf_points_there_is_no_rhythm(loop, theta):
    with pytest.raises(ArithmeticError, match="no rhythm found"):
        rhythm(loop).at(np.array(theta))


def test_a_rhythm_found_does_not_depend_on_the_way():
    here, there = np.array([150.0, 22.0, 3.25]), np.array([240.0, 23.0, 3.3])
    direct = rhythm(cases.ALPHA).at(here).omega
    rhythm(cases.ALPHA).at(there)
    assert rhythm(cases.ALPHA).at(here).omega == pytest.approx(direct, rel=1e-9)


def test_noise_has_the_size_that_is_said():
    drawn = np.array([noisy(("f", "a_1"), np.array([10.0, 1.0]), np.array([0.05, 0.1]), seed).values
                      for seed in range(400)])
    assert drawn.mean(axis=0) == pytest.approx([10.0, 1.0], abs=0.02)
    assert drawn.std(axis=0) == pytest.approx([0.05, 0.1], rel=0.12)


def answer(case, seed, **changes):
    return Inversion.solve(snapshot_of(Inversion, None, case=case, seed=seed, **changes).p, None, lambda: None)


def scores(found):
    return (found.fitted.estimate - found.truth) / found.fitted.sd


def score(case, seed, **changes):
    p = snapshot_of(Inversion, None, case=case, seed=seed, **changes).p
    stated = Inversion.case_of(p)
    problem = stated.problem(p, stated.made(p))
    found = problem.fit(lambda: None, lambda path, cost: None)
    return (found.estimate - problem.truth) / found.sd


def test_the_input_alone_is_told_with_honest_errors():
    z = np.array([score(cases.ALONE, seed)[0] for seed in range(60)])
    assert 0.8 < z[:30].std() < 1.2 and 0.8 <= np.mean(np.abs(z) < 1.645) <= 0.97


def test_gain_and_speed_of_the_deep_loop_are_told_with_honest_errors():
    truths = [(3.917, 0.845), (4.145, 0.987), (4.065, 1.103)]
    z = np.array([score(cases.MICROCIRCUIT, seed, g=truths[seed % 3][0], k=truths[seed % 3][1]) for seed in range(30)])
    assert 0.8 < z.std() < 1.2 and np.abs(z).max() < 3.5


@pytest.mark.parametrize("truth", [(150.0, 22.0, 3.25), (200.0, 22.6, 3.3)])
def test_the_output_alone_does_not_part_input_and_sizes_of_potentials(truth):
    found = answer(cases.ALL, 2, **dict(zip(("p", "B", "A"), truth, strict=True)))
    assert found.apart == "p, B and A only through 2 combinations of them"
    assert found.fitted.information[2] < 1.0 < 50.0 < found.fitted.information[1]
    assert np.all(np.abs(scores(found)) < 3.0)
    assert 20.0 < found.fitted.sd[0] < 60.0 and 0.5 < found.fitted.sd[1] < 2.0 and 0.04 < found.fitted.sd[2] < 0.2


def test_a_search_that_begins_where_no_rhythm_is_says_so():
    assert answer(cases.ALL, 1, begin=-3.0).failed == "nothing found from where the search began: no rhythm found"
    assert answer(cases.ALL, 1, p=390.0).failed == "no data with this hidden truth: no rhythm found"
