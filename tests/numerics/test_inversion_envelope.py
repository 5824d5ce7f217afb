"""Input and noise on either side of a Hopf point from the envelope of the rhythm, by one and the same model."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.inversion.envelope import amplitude_near, envelope_of, fit_envelope, independent_count

COLUMN = Column(sigma=0.5)
SETTLE, LENGTH, RUNS = 8000, 42_000, 12  # 40 s are left of each run
STEP = 0.002


@pytest.fixture(scope="module")
def amplitude():
    return amplitude_near(COLUMN)


def envelopes(p, sigma=0.5):
    column, start = Column(sigma=sigma), Column().rest(Column().rests(p)[-1])
    runs = [run_column(column, np.full(SETTLE + LENGTH, p), start, 1.0, 5, seed, int(p))[0] for seed in range(RUNS)]
    return envelope_of(np.array(runs)[:, SETTLE // 5:], 5.0)


def test_constants_at_the_hopf_point_are_those_of_the_normal_form(amplitude):
    mu, a, strength = (1000.0 * x for x in amplitude.at(amplitude.hopf))
    assert amplitude.hopf == pytest.approx(315.696428, abs=1e-5)
    assert mu == pytest.approx(0.0, abs=1e-6)
    assert a == pytest.approx(-0.375726, abs=1e-5)
    assert strength == pytest.approx(0.307711, abs=1e-5)
    slope = np.interp((315.0, 316.4), amplitude.p, 1000.0 * amplitude.mu)
    assert (slope[1] - slope[0]) / 1.4 == pytest.approx(-1.503089e-2, rel=0.02)


@pytest.mark.parametrize(("p", "size", "within"), [(314.7, 0.199572, 0.01), (299.7, 0.771053, 0.005),
                                                   (251.7, 1.347075, 0.03)])
def test_the_cycle_without_noise_has_its_true_size(amplitude, p, size, within):
    mu, a, _ = amplitude.at(p - 0.003572)
    assert np.sqrt(-mu / a) == pytest.approx(size, rel=within)


@pytest.mark.parametrize(("p", "mean"), [(280.0, 1.080), (295.0, 0.898), (305.0, 0.776), (316.0, 0.655),
                                         (335.0, 0.495)])
def test_mean_envelopes_are_those_of_the_theory(amplitude, p, mean):
    R = np.arange(STEP, 4.0, STEP)
    density = amplitude.density(R, p, 0.5)
    assert density.sum() * STEP == pytest.approx(1.0)
    assert (R * density).sum() * STEP == pytest.approx(mean, abs=0.004)
    assert envelopes(p).mean() == pytest.approx(mean, rel=0.05)


@pytest.mark.parametrize(("p", "sd"), [(280.0, 1.8), (295.0, 2.4), (305.0, 2.4), (312.0, 4.0), (316.0, 3.7),
                                       (322.0, 5.2), (335.0, 9.6)])
def test_input_and_noise_are_found_on_either_side(amplitude, p, sd):
    found = fit_envelope(envelopes(p), amplitude)
    assert found.names == ("p", "sigma")
    assert abs(found.estimate[0] - p) < 2.0 * found.sd[0]
    assert 0.5 < found.sd[0] / sd < 2.0
    assert abs(found.estimate[1] - 0.5) < 2.0 * found.sd[1]
    assert found.estimate[1] == pytest.approx(0.5, abs=0.08)
    assert found.information.min() > 10.0


def test_louder_noise_is_told_from_input(amplitude):
    found = fit_envelope(envelopes(305.0, 0.8), amplitude)
    assert found.estimate[1] == pytest.approx(0.8, abs=0.15)
    assert abs(found.estimate[0] - 305.0) < 2.5 * found.sd[0]


def test_the_envelope_of_a_sine_is_its_amplitude():
    t = np.arange(0.0, 10_000.0, 2.0)
    y = np.array([5.0 + 1.5 * np.sin(2e-3 * np.pi * 10.0 * t), 3.0 * np.sin(2e-3 * np.pi * 40.0 * t)])
    found = envelope_of(y, 2.0)
    assert found.shape == (2, 800)
    assert np.allclose(found[0], 1.5, atol=0.01)
    assert np.abs(found[1]).max() < 0.05  # outside the band


def test_independent_samples_are_counted():
    rng, keep = np.random.default_rng(6), 0.9
    white = np.abs(rng.normal(size=(10, 5000)))
    assert independent_count(white) == pytest.approx(white.size, rel=0.05)
    x = np.zeros((40, 5000))
    for n in range(1, 5000):
        x[:, n] = keep * x[:, n - 1] + rng.normal(size=40)
    squares = keep**2  # correlation of neighbouring squares of a Gaussian
    assert independent_count(np.abs(x)) == pytest.approx(x.size * (1.0 - squares) / (1.0 + squares), rel=0.15)


def test_points_without_stable_cycles_are_refused():
    with pytest.raises(ArithmeticError, match="unstable"):
        amplitude_near(COLUMN, -11.0)


class Stop(Exception):
    """What a check raises."""


def test_it_streams_and_can_be_stopped(amplitude):
    R, told = np.abs(np.random.default_rng(7).normal(size=(2, 500))), []
    fit_envelope(R, amplitude, tell=lambda path, cost: told.append((path.shape, cost.shape)))
    assert told
    assert all(path == (*cost, 2) for path, cost in told)

    def stop():
        raise Stop

    with pytest.raises(Stop):
        fit_envelope(R, amplitude, stop)
