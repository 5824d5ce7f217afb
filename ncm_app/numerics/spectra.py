"""Power spectra: of a run, and what linear theory says of noise about a fixed point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MS = 1000.0
"""Milliseconds in a second."""
FEWEST = 8


def segment_size(count: int, dt: float, segment: float) -> int:
    """Return how many of `count` samples, `dt` ms apart, make one of the segments of `segment` ms; 0 for too few."""
    return int(min(count, max(FEWEST, round(segment / dt)))) if count >= FEWEST else 0


def power_spectrum(x: Array, dt: float, segment: float) -> tuple[Array, Array]:
    """Return frequencies (m,), Hz, and the one-sided power density (..., m) of signals.

    `x` (..., n) is sampled every `dt` ms; segments of `segment` ms with Hann windows overlap by half
    [Welch1967]. The density is in the signal's unit squared per Hz: its integral is the variance.
    Two empty arrays for less than 8 samples.
    """
    size = segment_size(np.shape(x)[-1], dt, segment)
    if not size:
        return np.empty(0), np.empty(0)
    segments = np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)[..., ::size - size // 2, :]
    window = hann(size)
    seen = np.fft.rfft(window * (segments - segments.mean(axis=-1, keepdims=True)))
    power = np.mean(seen.real**2 + seen.imag**2, axis=-2)
    return _one_sided(2.0 * dt / MS * power / np.sum(window**2), dt, size)


def hann(size: int) -> Array:
    """Return the Hann window of so many samples, one period of a raised cosine."""
    return np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size))


def _one_sided(power: Array, dt: float, size: int) -> tuple[Array, Array]:
    """Return frequencies, Hz, and power (..., m) where those without a partner at a negative frequency are halved."""
    power[..., [0, -1] if size % 2 == 0 else 0] /= 2.0
    return np.asarray(np.fft.rfftfreq(size, dt / MS), dtype=float), power


def transfer(frequencies: Array, jacobian: Array, source: Array, output: Array) -> NDArray[np.complex128]:
    """Return what a linear system makes of waves (m,) that enter at `source`: output . (i w - jacobian)^-1 source.

    `frequencies` (m,) are in Hz, `jacobian` (n, n) in 1/ms; the answer is in the output's unit times ms per unit
    of the source.
    """
    values, shares = _modes(jacobian, source, output)
    w = 2j * np.pi * np.asarray(frequencies, dtype=float) / MS
    return np.asarray(np.sum(shares[:, None] / (w[None, :] - values[:, None]), axis=0))


def noise_spectrum(frequencies: Array, jacobian: Array, source: Array, output: Array) -> Array:
    """Return the one-sided power density (m,) of output . x, where dx = jacobian x dt + source dW.

    `source` (n,) is in the states' units per root of ms, the answer in the output's unit squared per Hz. It holds
    where all eigenvalues have negative real parts.
    """
    return np.asarray(2.0 / MS * np.abs(transfer(frequencies, jacobian, source, output)) ** 2)


def expected_spectrum(jacobian: Array, source: Array, output: Array, dt: float, size: int) -> tuple[Array, Array]:
    """Return what `power_spectrum` finds on average where segments hold `size` samples: frequencies, densities (m,).

    A line narrower than a bin is as wide as the window makes it: the covariance of output . x, a sum of the
    eigenvalues' exponentials, is multiplied by that of the window with itself. Units are those of `noise_spectrum`.
    """
    values, shares = _modes(jacobian, source, output)
    covariance = -shares * np.sum(np.conj(shares)[None, :] / (values[:, None] + np.conj(values)[None, :]), axis=1)
    lags = dt * np.arange(size)
    along = np.real(np.sum(covariance[:, None] * np.exp(values[:, None] * lags[None, :]), axis=0))
    window = hann(size)
    overlap = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * size)) ** 2)[:size] / np.sum(window**2)
    product = along * overlap
    return _one_sided(2.0 * dt / MS * (2.0 * np.fft.rfft(product).real - product[0]), dt, size)


def _modes(jacobian: Array, source: Array, output: Array) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return the eigenvalues (n,), and how much of each the output sees of what the source excites."""
    values, vectors = np.linalg.eig(np.asarray(jacobian, dtype=complex))
    return values, (output @ vectors) * np.linalg.solve(vectors, np.asarray(source, dtype=complex))
