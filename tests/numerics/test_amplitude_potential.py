"""The averaged amplitude of an oscillator: its potential, stationary amplitudes, fold, Hopf point and frequency."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.numerics.amplitude.feedback import (
    Polynomial,
    Sigmoid,
    SigmoidOfPotential,
    curvature,
    drive,
    force,
    potential,
    second_order_frequency,
    slope,
    softplus,
)
from ncm_app.numerics.amplitude.landscape import density, fold, landscape, share_above, stationary

SEXTIC = Polynomial(1.0, 1.0, 2.0)
FEEDBACKS = [SEXTIC, Polynomial(0.7, 0.8, 2.3), Sigmoid(14.0, 1.5), Sigmoid(30.0, 2.2, 1.3),
             SigmoidOfPotential(14.0, 1.5)]


def test_polynomial_has_the_published_potential():
    R = np.linspace(0.0, 3.0, 50)
    np.testing.assert_allclose(potential(SEXTIC, R), 2 * R**2 - 1.25 * R**4 + R**6 / 6, atol=1e-12)
    np.testing.assert_allclose(SEXTIC.numbers[:3], (-8.0, 40.0 / 3.0, -3.2))
    np.testing.assert_allclose(potential(SEXTIC, np.array([1.0, 2.0])), (0.916667, -1.333333), atol=5e-7)
    np.testing.assert_allclose(curvature(SEXTIC, np.array([0.0, 1.0, 2.0])), (4.0, -6.0, 24.0), atol=1e-12)
    B, R = SEXTIC.numbers, 1.7  # coefficients of the authors' code
    theirs = -sum(B[i - 1] * (R / 2.0) ** (2 * i) * math.factorial(2 * i - 1)
                  / (i * math.factorial(i) * math.factorial(i - 1)) for i in (1, 2, 3))
    assert potential(SEXTIC, np.array(R)) == pytest.approx(theirs, abs=1e-13)


def test_sigmoid_has_the_potential_of_its_integral():
    psi = 2 * np.pi * np.arange(512) / 512
    for R in (0.3, 2.0, 6.0):
        mean = softplus(2.0 * (R * np.cos(psi) - 1.5)).mean() - softplus(np.array(-3.0))
        feedback, at = Sigmoid(14.0, 1.5), np.array(R)
        assert potential(feedback, at) == pytest.approx(R * R / 2 - 7.0 * mean, abs=1e-12)
        assert slope(feedback, at) == pytest.approx(R - 14.0 * drive(1.5, 2.0, at), abs=1e-12)


@pytest.mark.parametrize("feedback", FEEDBACKS, ids=range(5))
def test_slope_and_curvature_are_derivatives(feedback):
    R, h = np.linspace(0.2, 4.0, 20), 1e-5
    np.testing.assert_allclose((potential(feedback, R + h) - potential(feedback, R - h)) / (2 * h), slope(feedback, R),
                               atol=1e-6)
    np.testing.assert_allclose((slope(feedback, R + h) - slope(feedback, R - h)) / (2 * h), curvature(feedback, R),
                               atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(("th", "hopf", "G_F", "R_F"), [
    (1.0, 9.524391, 8.273004, 1.409145), (1.5, 22.135324, 11.401748, 2.370544), (2.0, 56.616466, 14.433024, None)])
def test_fold_and_hopf_point_of_the_sigmoid(th, hopf, G_F, R_F):
    gain, R = fold(th, 2.0)
    assert (Sigmoid(1.0, th).hopf, gain) == (pytest.approx(hopf, abs=5e-7), pytest.approx(G_F, abs=5e-7))
    assert R_F is None or pytest.approx(R_F, abs=2e-6) == R
    assert len(stationary(Sigmoid(1.001 * gain, th))) == 2 and stationary(Sigmoid(0.999 * gain, th)) == ()


def test_weak_thresholds_are_supercritical():
    assert Sigmoid(9.0, 1.316958 / 2 + 1e-6).subcritical and not Sigmoid(9.0, 1.316958 / 2 - 1e-6).subcritical
    hopf = Sigmoid(1.0, 0.5).hopf
    assert fold(0.5, 2.0) == (hopf, 0.0)
    (rhythm,) = stationary(Sigmoid(1.02 * hopf, 0.5))
    assert 0.05 < rhythm < 0.5 and stationary(Sigmoid(0.98 * hopf, 0.5)) == ()


def test_wells_and_barriers_of_the_sigmoid():
    found = stationary(Sigmoid(14.0, 1.5))
    np.testing.assert_allclose(found, (1.361172, 3.954458), atol=5e-7)
    U = potential(Sigmoid(14.0, 1.5), np.array([0.0, *found]))
    np.testing.assert_allclose((U[1] - U[0], U[1] - U[2]), (0.158494, 0.927214), atol=5e-7)


@pytest.mark.parametrize(("R", "om2"), [(2.0, -9.333333), (1.0, -3.083333)])
def test_second_order_frequency(R, om2):
    assert second_order_frequency(SEXTIC, R) == pytest.approx(om2, abs=5e-7)


@dataclass(frozen=True)
class Rayleigh(Polynomial):
    """y - y^3 / 3, as in van der Pol's oscillator: only its values are asked for."""

    def value(self, y):
        return y - y**3 / 3.0


def test_frequency_of_van_der_pol():
    assert second_order_frequency(Rayleigh(1.0, 1.0, 2.0), 2.0) == pytest.approx(-1.0 / 16.0, abs=1e-14)


def oscillate(feedback, eps, start, turns):
    """Return half the swing of x over the last turn, and the frequency over the last ten, of the oscillator itself."""
    def rises(t, z):
        return z[0]
    rises.direction = 1.0
    run = solve_ivp(lambda t, z: (z[1], -z[0] + eps * float(force(feedback, *np.array(z)))),
                    (0, 2 * np.pi * turns), start, method="DOP853", rtol=1e-10, atol=1e-11,
                    events=rises, dense_output=True)
    t = run.t_events[0][-11:]
    return float(np.ptp(run.sol(np.linspace(t[-2], t[-1], 1001))[0])) / 2, 2 * np.pi * 10 / (t[-1] - t[0])


@pytest.mark.parametrize(("eps", "ratio"), [(0.004, 0.9997), (0.016, 0.9957)])
def test_frequency_of_the_oscillator_itself(eps, ratio):
    _, frequency = oscillate(SEXTIC, eps, (0.0, 2.0), 80)
    assert (frequency - 1.0) / (-9.333333 * eps**2) == pytest.approx(ratio, abs=5e-4)


def test_oscillator_of_a_sigmoid_settles_on_the_rhythm_or_at_rest():
    unstable, rhythm = stationary(Sigmoid(14.0, 1.5))
    errors = [oscillate(Sigmoid(14.0, 1.5), eps, (0.0, rhythm), 6 / eps)[0] - rhythm for eps in (0.08, 0.04)]
    assert abs(errors[0] / errors[1]) == pytest.approx(4.0, abs=0.4)  # of second order
    np.testing.assert_allclose(np.array(errors) / rhythm, (1.3e-3, 3.2e-4), rtol=0.06)
    for part, end in ((0.97, 0.0), (1.03, rhythm)):
        assert oscillate(Sigmoid(14.0, 1.5), 0.04, (0.0, part * unstable), 160)[0] == pytest.approx(end, abs=0.01)


@pytest.mark.parametrize("eps", [0.02, 0.01])
def test_feedback_of_the_potential_only_decays(eps):
    R, _ = oscillate(SigmoidOfPotential(14.0, 1.5), eps, (0.0, 1.0), 40)
    assert -math.log(R) / (eps * 2 * np.pi * 39.5) == pytest.approx(1.0, abs=0.05)
    np.testing.assert_array_equal(slope(SigmoidOfPotential(30.0, 1.5), np.array([1.0, 2.0])), (1.0, 2.0))
    assert stationary(SigmoidOfPotential(60.0, 1.5)) == ()


@pytest.mark.parametrize(("geometric", "share"), [(0, 0.7475), (1, 0.9287)])
def test_share_of_time_in_the_rhythm(geometric, share):
    land = landscape(SEXTIC, 1.5, geometric)
    assert share_above(land, 1.0) == pytest.approx(share, abs=5e-5)
    assert np.trapezoid(density(land), land.R) == pytest.approx(1.0)


def test_circle_takes_rest_away_where_noise_is_strong():
    assert landscape(SEXTIC, 1.5, 1).barrier is None and landscape(SEXTIC, 1.5, 0).barrier == pytest.approx(1.0)
    land = landscape(SEXTIC, 1.0, 1)
    V = land.U - 0.5 * np.log(np.maximum(land.R, 1e-9))
    for place, sign in ((land.low, 1), (land.barrier, -1), (land.high, 1)):
        near = V[np.abs(land.R - place) < 0.05]
        assert sign * land.height(place) <= (sign * near).min() + 1e-9 and sign * land.bend(place) > 0
