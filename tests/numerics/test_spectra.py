"""Power spectra against closed forms: sines, white noise, and the line of a damped oscillator."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.spectra import expected_spectrum, noise_spectrum, power_spectrum, segment_size, transfer

DECAY = np.array([[-0.05]])  # 1/ms
ONE = np.ones(1)
RINGING = np.array([[0.0, 1.0], [-0.01, -0.004]])  # 15.9 Hz, 1/ms
FORCE, SEEN = np.array([0.0, 1.0]), np.array([1.0, 0.0])


def test_power_of_a_sine_is_half_its_square():
    t = np.arange(0.0, 20_000.0, 1.0)
    f, power = power_spectrum(3.0 * np.sin(2.0 * np.pi * 0.012 * t) + 7.0, 1.0, 2000.0)
    assert f[np.argmax(power)] == pytest.approx(12.0)
    assert np.sum(power) * (f[1] - f[0]) == pytest.approx(4.5, rel=1e-3)


def test_white_noise_is_flat():
    f, power = power_spectrum(2.0 * hash_normal(1, 0, np.arange(200_000)), 1.0, 500.0)
    assert power[2:-2].mean() == pytest.approx(2.0 * 4.0 / 1000.0, rel=0.02)
    assert f[-1] == 500.0


@pytest.mark.parametrize(("count", "size"), [(3, 0), (10, 10), (5000, 1000)])
def test_segments_fit_into_the_signal(count, size):
    assert segment_size(count, 0.5, 500.0) == size
    f, power = power_spectrum(np.ones(count), 0.5, 500.0)
    assert len(f) == len(power) == (size // 2 + 1 if size else 0)


@pytest.mark.parametrize(("count", "size"), [(1200, 400), (1201, 401), (500, 499), (9, 8)], ids=str)
def test_spectrum_is_that_of_scipy(count, size):
    x = np.cumsum(hash_normal(2, 0, np.arange(count)))
    f, power = power_spectrum(x, 0.5, 0.5 * size)
    expected_f, expected = welch(x, fs=2000.0, nperseg=size)
    np.testing.assert_allclose(f, expected_f)
    np.testing.assert_allclose(power, expected, rtol=1e-9, atol=1e-12 * expected.max())


def test_spectra_of_several_signals_are_those_of_each():
    x = hash_normal(3, 0, np.arange(3000)).reshape(3, 1000)
    f, power = power_spectrum(x, 2.0, 300.0)
    assert power.shape == (3, len(f))
    for one, expected in zip(x, power, strict=True):
        assert np.allclose(power_spectrum(one, 2.0, 300.0)[1], expected, rtol=1e-12)


def test_transfer_of_a_leak():
    f = np.array([0.0, 5.0, 50.0])
    assert transfer(f, DECAY, ONE, ONE) == pytest.approx(1.0 / (2j * np.pi * f / 1000.0 + 0.05))


def test_noise_of_an_ornstein_uhlenbeck_process_has_its_variance():
    f = np.linspace(0.0, 4000.0, 400_001)
    assert np.trapezoid(noise_spectrum(f, DECAY, 0.3 * ONE, ONE), f) == pytest.approx(0.09 / (2 * 0.05), rel=0.01)


def test_line_of_an_oscillator_is_the_formula():
    f, w = np.array([3.0, 15.0, 30.0]), 2.0 * np.pi * np.array([3.0, 15.0, 30.0]) / 1000.0
    expected = 2.0 / 1000.0 / ((0.01 - w**2) ** 2 + (0.004 * w) ** 2)
    assert noise_spectrum(f, RINGING, FORCE, SEEN) == pytest.approx(expected)


def test_expected_spectrum_keeps_the_variance_and_nears_the_true_one_for_long_segments():
    f, power = expected_spectrum(RINGING, FORCE, SEEN, 1.0, 40_000)
    inner = (f > 2.0) & (f < 60.0)
    assert power[inner] == pytest.approx(noise_spectrum(f[inner], RINGING, FORCE, SEEN), rel=0.02)
    for size in (500, 4000):
        f, power = expected_spectrum(RINGING, FORCE, SEEN, 1.0, size)
        assert np.sum(power) * (f[1] - f[0]) == pytest.approx(1.0 / (2 * 0.004 * 0.01), rel=0.01)


def test_expected_spectrum_is_what_runs_have_on_average():
    """An exact discrete Ornstein-Uhlenbeck process, in segments that are short beside its memory."""
    dt, memory = 1.0, np.exp(-0.05)
    kicks = 0.3 * np.sqrt((1.0 - memory**2) / 0.1) * hash_normal(2, 0, np.arange(300_000))
    x = np.zeros(300_000)
    for k in range(1, len(x)):
        x[k] = memory * x[k - 1] + kicks[k]
    power = power_spectrum(x, dt, 100.0)[1]
    expected = expected_spectrum(DECAY, 0.3 * ONE, ONE, dt, 100)[1]
    assert power[2:] == pytest.approx(expected[2:], rel=0.08)
