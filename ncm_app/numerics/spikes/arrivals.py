"""Spikes of many like Poisson cells at once, which a change of rate adds to or takes from.

A sum of Poisson processes is one, so K cells of rate r give one train of rate R = K r, and
each of its spikes belongs to a cell drawn at random. The train is read off one fixed set of
points scattered evenly over time and height, one per ms and unit of height: a spike stands
under each point that is lower than R. So a higher rate adds spikes and moves none, a longer
run begins like a shorter one, and nothing depends on a time step.

For developers: a test compares the hash with that of `numerics.noise`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.results.base import Array

CELL = 32.0
"""Length in ms of the pieces of unit height whose points are drawn at once."""

_MOST = 96
_U = np.uint64
GOLDEN, STREAM, _MIX_1, _MIX_2 = (
    _U(0x9E3779B97F4A7C15), _U(0xD1B54A32D192ED03), _U(0xBF58476D1CE4E5B9), _U(0x94D049BB133111EB))
_S30, _S27, _S31, S32, S12, _ONE = _U(30), _U(27), _U(31), _U(32), _U(12), _U(1)
LOW = _U(0xFFFFFFFF)
HALF, FULL = 2.0**-32, 2.0**-52

_LOGS = np.array([k * math.log(CELL) - CELL - math.lgamma(k + 1.0) for k in range(_MOST)])
_CUMULATIVE = np.cumsum(np.exp(_LOGS))


@kernel()
def mix(z):  # type: ignore[no-untyped-def]
    """Return 64 bits that look unlike those of z, as in SplitMix64."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@kernel()
def key_of(seed, stream):  # type: ignore[no-untyped-def]
    """Return the 64 bits that all draws of a stream start from."""
    # The seed is hashed before anything is added: otherwise streams are shifts of each other.
    return mix(mix(_U(seed) + GOLDEN) + _U(stream) * STREAM)


@kernel()
def points_of(key, band, piece):  # type: ignore[no-untyped-def]
    """Return the key of a piece, and how many points it has: Poisson of mean CELL, by inversion."""
    own = mix(key + mix(_U(band) * STREAM + _U(piece)) * GOLDEN)
    u = (np.float64(mix(own) >> S12) + 0.5) * FULL
    count = 0
    for k in range(_MOST):
        count += u > _CUMULATIVE[k]
    return own, count


@kernel()
def _scatter(rate, duration, seed, stream, times, marks):  # type: ignore[no-untyped-def]
    """Fill times (ms) and marks (0 to 1, which cell) as far as there is room; return how many there are."""
    key, found = key_of(seed, stream), 0
    for band in range(math.ceil(rate)):
        share = min(rate - band, 1.0)
        for piece in range(math.ceil(duration / CELL)):
            own, count = points_of(key, band, piece)
            for k in range(count):
                word = mix(own + _U(2 * k + 1) * GOLDEN)
                t = CELL * (piece + (np.float64(word >> S32) + 0.5) * HALF)
                if t < duration and (np.float64(word & LOW) + 0.5) * HALF < share:
                    if found < len(times):
                        times[found] = t
                        marks[found] = (np.float64(mix(own + _U(2 * k + 2) * GOLDEN) >> S12) + 0.5) * FULL
                    found += 1
    return found


@kernel()
def _count(rates, first, dt, seed, streams, counts):  # type: ignore[no-untyped-def]
    """Add the spikes of each lane to counts (steps, lanes), whose first row is step `first`."""
    last, per_ms = first + counts.shape[0], 1.0 / dt
    # Piece by piece, so that the rows that are written stay close at hand.
    for piece in range(math.floor(first * dt / CELL), math.ceil(last * dt / CELL)):
        for lane in range(len(rates)):
            key, rate = key_of(seed, streams[lane]), rates[lane]
            for band in range(math.ceil(rate)):
                share = min(rate - band, 1.0)
                own, count = points_of(key, band, piece)
                for k in range(count):
                    word = mix(own + _U(2 * k + 1) * GOLDEN)
                    step = np.int64(CELL * (piece + (np.float64(word >> S32) + 0.5) * HALF) * per_ms)
                    if first <= step < last and (np.float64(word & LOW) + 0.5) * HALF < share:
                        counts[step - first, lane] += 1


def arrivals(rate: float, duration: float, seed: int, stream: int) -> tuple[Array, Array]:
    """Return the spikes of a Poisson process: times in ms (k,), in no order, and marks from 0 to 1 (k,).

    `rate` in kHz is that of all cells together. Of K cells, spike i is that of number floor(K mark).
    """
    room = int(rate * duration + 10.0 * math.sqrt(rate * duration) + 20.0)
    while True:
        times, marks = np.empty(room), np.empty(room)
        found = int(_scatter(float(rate), float(duration), seed, stream, times, marks))
        if found <= room:
            return times[:found], marks[:found]
        room = found


def add_arrivals(counts: NDArray[np.uint8], rates: Array, first: int, dt: float, seed: int,
                 streams: NDArray[np.int64]) -> None:
    """Add to counts (steps, lanes) the spikes that fall into each step from step `first` on.

    They are those of `arrivals`, with a rate (kHz) and a stream for each lane; further lanes get none.
    """
    _count(np.asarray(rates, dtype=float), first, float(dt), seed, np.asarray(streams, dtype=np.int64), counts)


def in_steps(times: Array, t: Any) -> Array:
    """Return the number of spikes in each step that begins at one of the even times `t` (m,), ms."""
    if len(t) < 2:
        return np.zeros(len(t))
    steps = np.minimum((times * (1.0 / (t[1] - t[0]))).astype(np.int64), len(t) - 1)
    return np.bincount(steps, minlength=len(t)).astype(float)
