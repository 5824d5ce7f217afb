"""Eleven parameters of the microcircuit from its spectrum: calibrated, and as well told as SPM's priors let them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ncm_app.models.masses._microcircuit import gains, jacobian, kick, mixture, response, taus
from ncm_app.models.masses.canonical_microcircuit import CanonicalMicrocircuit
from ncm_app.numerics.inversion.cmc import (
    FREQUENCIES,
    NAMES,
    PRIOR_SD,
    Circuit,
    draw_spectrum,
    expected_spectrum,
    fit_microcircuit,
)
from ncm_app.numerics.spectra import noise_spectrum

P = CanonicalMicrocircuit().snapshot().p
CIRCUIT = Circuit(taus(P), gains(P), response(np.zeros(4), P)[1], mixture(P))
SHRUNK = {"T_ss": 0.42, "T_sp": 0.64, "T_ii": 0.37, "T_dp": 0.88, "G_7": 0.97, "G_2": 0.99, "G_3": 0.72, "G_4": 0.70,
          "R": 0.30}


def test_the_spectrum_is_that_of_the_page():
    source, output = np.zeros(8), np.append(mixture(P), np.zeros(4))
    source[4] = kick(P)
    white = noise_spectrum(FREQUENCIES, jacobian(np.zeros(4), P), source, output)
    ours = expected_spectrum(CIRCUIT, np.zeros(11)) * FREQUENCIES  # without the exponent
    assert np.allclose(ours / ours[0], white / white[0], rtol=1e-10)


def test_every_parameter_is_a_factor_on_its_own_value():
    theta = np.random.default_rng(8).normal(size=11) * PRIOR_SD
    at = dict(zip(NAMES, np.exp(theta), strict=True))
    moved = P._replace(**{name: getattr(P, name) * at[name] for name in NAMES[:9]})
    circuit = Circuit(taus(moved), gains(moved), response(np.zeros(4), moved)[1], mixture(P))
    expected = expected_spectrum(circuit, np.zeros(11)) * at["gain"] * FREQUENCIES ** (1.0 - at["exponent"])
    assert np.allclose(expected_spectrum(CIRCUIT, theta), expected, rtol=1e-10)


def test_delays_turn_the_loops():
    late = dataclasses.replace(CIRCUIT, delay=1.0)
    assert not np.allclose(expected_spectrum(late, np.zeros(11)), expected_spectrum(CIRCUIT, np.zeros(11)), rtol=0.05)
    with pytest.raises(ArithmeticError, match="not stable"):
        expected_spectrum(dataclasses.replace(CIRCUIT, G=20.0 * CIRCUIT.G), np.zeros(11))


@pytest.fixture(scope="module")
def z_scores():
    """Differences (60, 11) of estimates from what made the data, drawn from the prior, in the SDs told."""
    found = []
    for seed in range(60):
        theta = PRIOR_SD * np.random.default_rng(1000 + seed).normal(size=11)
        fitted = fit_microcircuit(draw_spectrum(CIRCUIT, theta, seed), CIRCUIT)
        found.append((fitted.estimate - theta) / fitted.sd)
    return np.array(found)


def test_estimates_are_as_far_off_as_they_say(z_scores):
    first = z_scores[:30]
    assert first.mean() == pytest.approx(0.0, abs=0.15)
    assert 0.8 < first.std() < 1.2
    assert np.mean(np.abs(first) < 2.0) > 0.92


def test_intervals_cover_as_often_as_they_say(z_scores):
    covered = np.mean(np.abs(z_scores) < 1.645, axis=0)
    assert 0.85 < covered.mean() < 0.95
    assert np.all((covered >= 0.8) & (covered <= 0.97))


def test_the_spectrum_tells_time_constants_of_ss_and_ii_but_hardly_G_7_and_G_2():
    fitted = fit_microcircuit(draw_spectrum(CIRCUIT, np.zeros(11), 3), CIRCUIT)
    assert fitted.names == NAMES
    ratio = dict(zip(NAMES, (fitted.sd / PRIOR_SD) ** 2, strict=True))
    assert {name: ratio[name] for name in SHRUNK} == pytest.approx(SHRUNK, abs=0.05)
    assert 0.5 < fitted.chi2 / fitted.dof < 1.5


class Stop(Exception):
    """What a check raises."""


def test_it_streams_and_can_be_stopped():
    seen, told = draw_spectrum(CIRCUIT, 2.0 * PRIOR_SD, 4), []
    fit_microcircuit(seen, CIRCUIT, tell=lambda path, cost: told.append(cost[-1]))
    assert len(told) > 1
    assert told == sorted(told, reverse=True)

    def stop():
        raise Stop

    with pytest.raises(Stop):
        fit_microcircuit(seen, CIRCUIT, stop)
