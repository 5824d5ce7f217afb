"""Signals made by the app: a noisy column in each region and on a drift through all, and one that is no column's."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.results.base import Array

STEP, EVERY, RATE = 1.0, 4, 250.0
"""Step of the runs (ms), steps between two samples, and so the sampling rate (Hz)."""
SETTLE, LASTS = 4.0, 80.0
"""What is left out at the start of a run under a steady input, and how long it lasts then, s."""
FROM, TO, SPEED = -40.0, 345.0, 1.0
"""The drift: inputs (Hz) from and to which it leads, and back, and by how much in a second."""
STEADY = {"low rest": 60.0, "spikes": 125.0, "alpha": 200.0, "high rest": 350.0}
"""Inputs (Hz) of the steady ones."""
DRIFT, OTHER, WHITE = "drift up and down", "drift in another unit", "white noise"
KINDS = (DRIFT, *STEADY, OTHER, WHITE)
UNIT = 37.0
"""How many of the other unit make a mV."""


def drifting(t: Array) -> Array:
    """Return the input of the drift, Hz, at times t (s)."""
    return np.asarray(TO - np.abs(FROM + SPEED * t - TO))


def made_input(kind: str, t: Array) -> Array | None:
    """Return the input, Hz, under which a signal was made at times t (s); None where no column made it."""
    if kind in (DRIFT, OTHER):
        return drifting(t)
    return np.full(len(t), STEADY[kind]) if kind in STEADY else None


def made_signal(kind: str, seed: int) -> Array:
    """Return a signal (n,) in mV, 250 in a second, as a pure function of its seed."""
    column = Column()
    if kind == WHITE:
        return hash_normal(seed, 0, np.arange(round(LASTS * RATE)))
    low = column.rest(column.rests(FROM)[0])
    if kind in (DRIFT, OTHER):
        t = np.arange(0.0, 2000.0 * (TO - FROM) / SPEED, STEP) / 1000.0
        y, _ = run_column(column, drifting(t), low, STEP, EVERY, seed)
        return y * UNIT if kind == OTHER else y
    p = np.full(round(1000.0 * (SETTLE + LASTS) / STEP), STEADY[kind])
    high = column.rest(column.rests(TO)[-1])
    y, _ = run_column(column, p, low if kind in ("low rest", "spikes") else high, STEP, EVERY, seed)
    return y[round(SETTLE * RATE):]
