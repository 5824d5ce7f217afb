"""Six numbers that tell in which region of the diagram a column was while some seconds of signal were recorded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spectra import MS, power_spectrum

NAMES = ("ln rms", "centroid", "ln bandwidth", "peak fraction", "CV of the envelope", "skewness")
LOWEST, HIGHEST = 0.5, 40.0
"""Band that is looked at, Hz: what drifts or hums beside it, and how often a signal is sampled, change nothing."""
WINDOW, SEGMENT = 8000.0, 2000.0
"""How long windows and the stretches of their spectra are, ms."""
NEAR = 1.0
"""How far from the highest peak power counts as the peak's, Hz."""
TRIM = 20
"""One part of so many is left out at each end of the filtered signal."""
FLAT = 1e-9
"""Share of the largest value below which what is left of a signal is rounding."""
SLOWEST_SAMPLING = 2.5 * HIGHEST
"""Least sampling rate, Hz, at which the band is seen whole."""


def features(signal: Array, dt: float) -> Array:
    """Return the features (..., 6), in the order of `NAMES`, of signals (..., n) sampled every `dt` ms.

    Of the band from 0.5 to 40 Hz: the logarithm of the root mean square; mean frequency (Hz), logarithm of its
    SD (Hz), and the share within 1 Hz of the highest peak, all weighted by power; SD over mean of the envelope, and
    skewness. All but the first are free of the signal's unit. NaN throughout for a flat signal and one with gaps;
    raises ValueError for one that is sampled below 100 Hz, or shorter than 4 s.
    """
    signal = np.asarray(signal, dtype=float)
    if MS / dt < SLOWEST_SAMPLING or signal.shape[-1] * dt < 2.0 * SEGMENT:
        raise ValueError(f"features need {2.0 * SEGMENT / MS:g} s or more, sampled at {SLOWEST_SAMPLING:g} Hz or more: "
                         f"this is {signal.shape[-1] * dt / MS:g} s at {MS / dt:g} Hz")
    found = np.full((*signal.shape[:-1], len(NAMES)), np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        level = signal - signal.mean(axis=-1, keepdims=True)
        scale = np.abs(level).max(axis=-1)
        heard = np.isfinite(scale) & (scale > FLAT * np.abs(signal).max(axis=-1))
    if heard.any():
        found[heard] = _features(level[heard] / scale[heard][:, None], dt)
        found[heard, 0] += np.log(scale[heard])
    return found


def _features(x: Array, dt: float) -> Array:
    """Return the features (w, 6) of signals (w, n) of size 1."""
    analytic = _analytic(x, dt)
    band, envelope = analytic.real, np.abs(analytic)
    band = band - band.mean(axis=1, keepdims=True)
    rms = np.sqrt(np.mean(band**2, axis=1))
    f, power = power_spectrum(x, dt, SEGMENT)
    inside = (f >= LOWEST) & (f <= HIGHEST)
    f, power = f[inside], power[:, inside] / power[:, inside].sum(axis=1, keepdims=True)
    centroid = power @ f
    bandwidth = np.sqrt(np.sum(power * (f - centroid[:, None]) ** 2, axis=1))
    near = np.abs(f - f[np.argmax(power, axis=1)][:, None]) <= NEAR
    return np.stack([np.log(rms), centroid, np.log(bandwidth), np.sum(power * near, axis=1),
                     envelope.std(axis=1) / envelope.mean(axis=1), np.mean(band**3, axis=1) / rms**3], axis=1)


def _analytic(x: Array, dt: float) -> NDArray[np.complex128]:
    """Return the band of signals (w, n), made analytic, on a grid that the band alone decides, without its ends."""
    n = x.shape[1]
    t = np.linspace(-1.0, 1.0, n)
    level = x - x.mean(axis=1, keepdims=True) - np.outer(x @ t / (t @ t), t)
    f = np.fft.rfftfreq(n, dt / MS)
    kept = f <= HIGHEST
    spectrum = np.fft.rfft(level)[:, kept] * np.where(f[kept] >= LOWEST, 2.0 / n, 0.0)
    m = 4 * int(kept.sum())
    return np.asarray(np.fft.ifft(spectrum, m)[:, m // TRIM:m - m // TRIM] * m)


def windows_of(signal: Array, dt: float, window: float = WINDOW) -> Array:
    """Return the features (w, 6) of the whole windows (ms) that a signal (n,) sampled every `dt` ms holds."""
    size = round(window / dt)
    count = len(signal) // size
    return features(np.reshape(signal[:count * size], (count, size)), dt)
