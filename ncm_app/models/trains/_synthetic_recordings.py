"""Recordings made by the app: what stands on a page until somebody opens one of an animal.

They resemble a cell of the visual cortex that prefers two opposite directions of a drifting
grating: few irregular spikes, a rate that follows the grating, and trials that differ more
than a Poisson process allows, because the cell is more excitable in some than in others.
"""

from __future__ import annotations

import numpy as np

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.noise import hash_normal, hash_uniform
from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.recordings import Recording
from ncm_app.numerics.spikes.trains import sorted_trains
from ncm_app.numerics.spikes.tuning import poisson_chances

SYNTHETIC = "made by the app"

LEAK, SHARPNESS, RISE, TOP, RESET, MEMBRANE = -71.0, 2.0, -55.0, 0.0, -70.0, 15.0
"""Exponential integrate-and-fire cell: potentials in mV, time constant in ms."""

DRIVE, SPREAD, CORRELATION = 8.0, 6.2, 22.0
"""Input of the cell: mean and SD in mV, correlation time in ms."""

EXCITABILITY = 0.33
"""SD of the logarithm of a trial's excitability."""

PREFERRED, WIDTH = (120.0, 300.0), 22.0
"""Directions with the highest rates, and the SD of the tuning around each, deg."""


@kernel(error_model="numpy")
def _membrane(noise: Array, dt: float) -> tuple[Array, Array]:
    """Step the cell by Euler's method under noise that forgets; return V (m,) and 1 where it spikes (m,)."""
    V, fired = np.empty(len(noise)), np.zeros(len(noise))
    V[0], current, kept = LEAK + DRIVE, 0.0, np.exp(-dt / CORRELATION)
    for k in range(len(noise) - 1):
        current = kept * current + SPREAD * np.sqrt(1.0 - kept * kept) * noise[k]
        before = V[k] if V[k] < TOP else RESET
        pull = -(before - LEAK) + SHARPNESS * np.exp((before - RISE) / SHARPNESS) + DRIVE + current
        V[k + 1] = before + dt * pull / MEMBRANE
        if V[k + 1] >= TOP:
            V[k + 1], fired[k + 1] = TOP, 1.0
    return V, fired


def membrane_recording(seed: int, duration: float = 5000.0, dt: float = 0.1) -> Recording:
    """Return a membrane potential with irregular spikes, as in Fig 2.1."""
    V, fired = _membrane(hash_normal(seed, 0, np.arange(round(duration / dt) + 1)), dt)
    times = np.asarray(np.flatnonzero(fired) * dt, dtype=float)
    trains = sorted_trains(times, np.zeros(len(times), dtype=np.int64), 1, duration)
    return Recording(SYNTHETIC, duration, trains, V, dt)


def excitability(seed: int, count: int) -> Array:
    """Return a factor of mean one for each trial (count,)."""
    return np.asarray(np.exp(EXCITABILITY * hash_normal(seed, 1, np.arange(count)) - EXCITABILITY**2 / 2))


def grating_rate(t: Array) -> Array:
    """Return the rate (kHz) at times t (ms) under a grating whose bars pass 6 times a second."""
    return np.asarray(0.015 * (1.0 + 0.75 * np.sin(2.0 * np.pi * 0.006 * t)))


def trial_recording(seed: int, count: int = 200, duration: float = 1000.0) -> Recording:
    """Return spikes in trials of one stimulus, as in Fig 2.2; at most one in each ms."""
    size = round(duration)
    counter = np.arange(count * size)
    chance = np.outer(excitability(seed, count), grating_rate(np.arange(0.5, size)))
    trials, bins = np.nonzero(hash_uniform(seed, 2, counter).reshape(count, size) < chance)
    times = bins + hash_uniform(seed, 3, counter[trials * size + bins])
    return Recording(SYNTHETIC, duration, sorted_trains(times, trials, count, duration))


def tuned_rate(angles: Array) -> Array:
    """Return the mean rate (Hz) for gratings that drift in directions `angles` (deg)."""
    away = [(angles - best + 180.0) % 360.0 - 180.0 for best in PREFERRED]
    return np.asarray(0.4 + sum(15.0 * np.exp(-(a**2) / (2.0 * WIDTH**2)) for a in away))


def tuning_recording(seed: int, count: int = 100, duration: float = 1000.0) -> Recording:
    """Return spike counts in trials of 12 directions, as in Fig 2.3."""
    angles = np.arange(0.0, 360.0, 30.0)
    factors = excitability(seed, count * 12).reshape(count, 12)
    drawn = hash_uniform(seed, 4, np.arange(count * 12)).reshape(count, 12)
    means = tuned_rate(angles) * duration / 1000.0 * factors
    most = int(means.max() + 12.0 * np.sqrt(means.max()) + 12.0)
    chances = np.stack([poisson_chances(mean, most).cumsum() for mean in means.ravel()])
    counts = np.count_nonzero(chances < drawn.ravel()[:, None], axis=1)
    return Recording(SYNTHETIC, duration, counts=counts[None, :], stimuli=np.tile(angles, count))
