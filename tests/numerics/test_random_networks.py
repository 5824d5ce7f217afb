"""Random recurrent networks: Girko's circle, and the Lyapunov exponent on both sides of rho = 1."""

import numpy as np
import pytest

from ncm_app.numerics.learning.chaos import mean_field_exponent, stationary_variance
from ncm_app.numerics.learning.reservoir import (
    Pace,
    Rule,
    advance_readout,
    begin_readout,
    draw_reservoir,
    eigenvalues,
    largest_exponent,
)

STEP = 0.05


@pytest.mark.parametrize("rho", [0.7, 1.5])
def test_eigenvalues_fill_girkos_circle(rho):
    """The book has 1.50 to 1.57 and 105 to 116 of 200 outside of the unit circle over six seeds at rho = 1.5."""
    found = [np.abs(eigenvalues(draw_reservoir(200, rho, seed), 1.0)) for seed in range(20)]
    radii = np.array([one.max() for one in found])
    assert abs(radii.mean() / rho - 1.0) < 0.04
    assert np.all(np.abs(radii / rho - 1.0) < 0.12)
    within = np.concatenate(found) / rho  # evenly over the disc: half of them within a radius of 1 / sqrt(2)
    assert abs(np.mean(within < np.sqrt(0.5)) - 0.5) < 0.02
    if rho == 1.5:
        assert all(95 < np.count_nonzero(one > 1.0) < 125 for one in found)


def test_feedback_adds_a_matrix_of_rank_one():
    drawn = draw_reservoir(30, 1.2, 4, "float64")
    whole = 0.9 * (drawn.columns.T + np.outer(drawn.Q, drawn.R))
    np.testing.assert_allclose(np.sort_complex(eigenvalues(drawn, 0.9, drawn.R)),
                               np.sort_complex(np.linalg.eigvals(whole)), atol=1e-9)


@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_below_one_the_exponent_is_that_of_the_linear_steps(rho):
    for seed in (1, 2):
        drawn = draw_reservoir(100, rho, seed)
        steps = 1.0 + STEP * (eigenvalues(drawn, 1.0) - 1.0)
        found = largest_exponent(drawn, Pace(STEP), span=400.0)
        assert found.value < 0.0
        assert abs(found.value - np.log(np.abs(steps)).max() / STEP) < 0.005


def test_a_deviation_grows_as_the_exponent_says():
    """Two runs from starts that differ by 1e-9, in double precision, part at the rate that is told."""
    drawn = draw_reservoir(300, 2.0, 5, "float64")
    exponent = largest_exponent(drawn, Pace(STEP), span=150.0).value

    def rates(shift, steps):
        state = begin_readout(drawn, 1.0)
        state = advance_readout(drawn, state, np.zeros(2000), Rule(0, feedback=0.0), Pace(STEP))
        state.r[0] += shift
        return advance_readout(drawn, state, np.zeros(steps), Rule(0, feedback=0.0), Pace(STEP)).r
    apart = [np.linalg.norm(rates(1e-9, steps) - rates(0.0, steps)) for steps in (1000, 3000)]
    assert 0.4 * exponent < np.log(apart[1] / apart[0]) / 100.0 < 2.0 * exponent


def test_sign_changes_at_one():
    """Sompolinsky, Crisanti and Sommers: rest below rho = 1, chaos above; a finite network needs a little more."""
    drawn = {rho: [largest_exponent(draw_reservoir(500, rho, seed), Pace(STEP)) for seed in (1, 2)]
             for rho in (0.9, 2.0)}
    assert all(one.value < -3.0 * one.error for one in drawn[0.9])
    assert all(one.value > 3.0 * one.error for one in drawn[2.0])


def test_many_cells_come_near_the_mean_field():
    found = [largest_exponent(draw_reservoir(1000, 2.0, seed), Pace(STEP), span=300.0).value for seed in (1, 2)]
    assert abs(np.mean(found) - mean_field_exponent(2.0)) < 0.03


def test_mean_field_meets_its_limits():
    """At rest g - 1; just above 1, (g - 1)^2 / 2 and a variance of g - 1 [Sompolinsky1988]."""
    assert mean_field_exponent(0.5) == -0.5
    assert mean_field_exponent(1.0) == 0.0
    for g in (1.01, 1.02):
        assert abs(mean_field_exponent(g) / ((g - 1.0) ** 2 / 2.0) - 1.0) < 7.0 * (g - 1.0)
        assert abs(stationary_variance(g) / (g - 1.0) - 1.0) < 2.0 * (g - 1.0)
    rising = [mean_field_exponent(g) for g in (1.01, 1.1, 1.5, 2.0, 3.0)]
    assert rising == sorted(rising)


def test_mean_field_knows_the_size_of_the_rates():
    """The variance of the inputs is rho^2 times the mean square of the rates."""
    sizes = []
    for seed in range(4):
        drawn = draw_reservoir(500, 2.0, seed)
        state = advance_readout(drawn, begin_readout(drawn, 1.0), np.zeros(8000), Rule(0, feedback=0.0), Pace(STEP))
        sizes.append(state.history[1][2000:].mean() / 500)
    assert abs(np.mean(sizes) / (stationary_variance(2.0) / 4.0) - 1.0) < 0.05
