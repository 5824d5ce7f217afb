"""Fits of scaling laws recover what made the data."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.onsets.scaling import amplitude_exponent, fit_period, period_exponent

AWAY = 10.0 ** np.linspace(-1.0, -5.0, 9)
"""Distances from the onset, the last one nearest."""


def snic(x):
    return 3.0 + 2.0 / np.sqrt(x)


def homoclinic(x):
    return 4.0 - 5.0 * np.log(x)


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize(("law", "other", "made", "slope"), [("SNIC", "homoclinic", snic, 2.0),
                                                             ("homoclinic", "SNIC", homoclinic, 5.0)])
def test_the_law_that_made_the_periods_fits_and_the_other_does_not(law, other, made, slope, side):
    values, periods = 7.0 + side * AWAY, made(AWAY)
    fit = fit_period(law, values, periods)
    assert fit.error < 1e-5
    assert fit.critical == pytest.approx(7.0, abs=1e-6)
    assert fit.slope == pytest.approx(slope, rel=1e-3)
    assert fit_period(other, values, periods).error > 0.02


def test_exponents_of_periods():
    assert period_exponent(7.0 - AWAY, snic(AWAY), 7.0) == pytest.approx(-0.5, abs=1e-4)
    assert period_exponent(7.0 - AWAY, 2.0 + AWAY**-0.8, 7.0) == pytest.approx(-0.8, abs=1e-3)
    assert period_exponent(7.0 + AWAY, homoclinic(AWAY), 7.0) > -0.02


def test_exponents_of_amplitudes():
    assert amplitude_exponent(7.0 + AWAY, 3.0 * np.sqrt(AWAY), 7.0) == pytest.approx(0.5)
    assert amplitude_exponent(7.0 - AWAY, AWAY, 7.0) == pytest.approx(1.0)


def test_an_exponent_needs_two_cycles_beside_the_onset():
    assert np.isnan(amplitude_exponent(np.array([7.1, 7.0]), np.array([0.3, 0.0]), 7.0))
    assert np.isnan(amplitude_exponent(np.array([7.1, 7.1]), np.array([0.3, 0.2]), 7.0))
