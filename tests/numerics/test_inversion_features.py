"""Features of windows of a recording, of signals for which they are known, and what they must not depend on."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.inversion.features import features, windows_of

T = np.arange(1600) * 5.0


def test_a_sine_is_told_by_its_amplitude_and_frequency():
    rms, centroid, bandwidth, peak, variation, skewness = features(3.0 + 2.0 * np.sin(2e-3 * np.pi * 10.0 * T), 5.0)
    assert np.exp(rms) == pytest.approx(np.sqrt(2.0), rel=0.01)
    assert centroid == pytest.approx(10.0, abs=0.05)
    assert np.exp(bandwidth) < 0.5
    assert peak == pytest.approx(1.0, abs=0.01)
    assert variation < 0.03
    assert skewness == pytest.approx(0.0, abs=0.02)


def test_noise_has_the_envelope_of_rayleigh_and_the_flat_spectrum_of_its_band():
    noise = np.random.default_rng(2).normal(size=(40, 1600))
    rms, centroid, bandwidth, peak, variation, skewness = features(noise, 5.0).mean(axis=0)
    assert np.exp(rms) == pytest.approx(np.sqrt(39.5 / 100.0), rel=0.01)
    assert centroid == pytest.approx(20.25, abs=0.4)
    assert np.exp(bandwidth) == pytest.approx(39.5 / np.sqrt(12.0), rel=0.03)
    assert peak < 0.15
    assert variation == pytest.approx(np.sqrt(4.0 / np.pi - 1.0), rel=0.03)
    assert skewness == pytest.approx(0.0, abs=0.03)


def test_pulses_are_skewed():
    pulses = np.exp(-(((T % 500.0) - 250.0) / 30.0) ** 2)
    assert features(pulses, 5.0)[5] > 1.0
    assert features(-pulses, 5.0)[5] == pytest.approx(-features(pulses, 5.0)[5])


def test_the_unit_moves_the_first_feature_only():
    signal = np.random.default_rng(3).normal(size=(2, 1600)).cumsum(axis=1)
    moved = features(1e-6 * signal + 5.0, 5.0) - features(signal, 5.0)
    assert np.allclose(moved, [np.log(1e-6), 0.0, 0.0, 0.0, 0.0, 0.0], atol=1e-6)


def test_the_sampling_rate_drifts_and_hum_move_nothing():
    y, _ = run_column(Column(), np.full(40_000, 200.0), Column().rest(7.0))
    every = windows_of(y, 1.0)
    assert every.shape == (5, 6)
    t = np.arange(len(y))
    hummed = y + 1e-3 * t / 1000.0 + 0.5 * np.sin(2e-3 * np.pi * 60.0 * t)
    for dt, signal in ((4, y), (8, y), (1, hummed)):
        assert np.allclose(windows_of(signal[::dt], float(dt)), every, atol=[0.02, 0.05, 0.05, 0.01, 0.01, 0.02])


def test_flat_windows_and_gaps_have_no_features():
    signal = np.random.default_rng(4).normal(size=(4, 1600))
    signal[0], signal[1, 700], signal[2] = 7.1, np.nan, 0.0
    assert np.isnan(features(signal, 5.0)).all(axis=1).tolist() == [True, True, True, False]
    assert windows_of(np.zeros(100), 5.0).shape == (0, 6)


@pytest.mark.parametrize(("n", "dt"), [(1600, 12.0), (700, 5.0)], ids=["rate", "length"])
def test_too_coarse_and_too_short_signals_are_refused(n, dt):
    with pytest.raises(ValueError, match="features need 4 s or more, sampled at 100 Hz or more"):
        features(np.ones(n), dt)
