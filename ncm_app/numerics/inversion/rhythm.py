"""A limit cycle of a model by harmonic balance, and the parameters that its frequency and harmonics tell.

The cycle is followed from one that is known: along the straight way from its parameters to those asked for, in steps
that are made shorter where Newton's method finds no cycle. After Cooray, Rosch and Friston (2023), re-derived.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.perturbation.harmonic_balance import BalancedCycle, balance
from ncm_app.numerics.perturbation.hopf import Field
from ncm_app.numerics.results.base import Array

SHORTEST = 1.0 / 64.0
"""Part of the way to other parameters that a step is long at least."""
HERTZ = 1000.0 / (2.0 * math.pi)


@dataclass(frozen=True, eq=False)
class RhythmData:
    """Frequency and amplitudes of harmonics: `names` such as f, a_1, a_3, `values` (m,) and the `sd` (m,) of each."""

    names: tuple[str, ...]
    values: Array
    sd: Array
    source: str = ""
    reading: str = ""


def harmonic_amplitudes(cycle: BalancedCycle, observed: int) -> Array:
    """Return the amplitudes of the harmonics 0, 1, ... of a state, in its unit."""
    spectrum = np.abs(np.fft.rfft(cycle.x[observed])) / cycle.x.shape[1]
    return np.concatenate([spectrum[:1], 2.0 * spectrum[1:]])


class AlphaData(RhythmData):
    """The rhythm of a Jansen-Rit column's EEG."""


class DeepLoopData(RhythmData):
    """The rhythm of a microcircuit's superficial pyramidal cells."""


class Rhythm:
    """The cycle of a model over its parameters theta (k,): `field(theta)` gives the equations, states in time units ms.

    `known` is a cycle at `theta`; it and its parameters move to what was last found.
    """

    def __init__(self, field: Callable[[Array], Field], theta: Array, known: BalancedCycle, scale: Array,
                 harmonics: int) -> None:
        self.field, self.harmonics, self._scale = field, harmonics, scale
        self._first = self._last = (np.asarray(theta, dtype=float), known)

    def at(self, theta: Array) -> BalancedCycle:
        """Return the cycle at parameters (k,); an ArithmeticError where none is found on the way there."""
        try:
            found = self._follow(*self._last, theta)
        except ArithmeticError:
            found = self._follow(*self._first, theta)
        self._last = (np.array(theta, dtype=float), found)
        return found

    def _follow(self, theta: Array, cycle: BalancedCycle, end: Array) -> BalancedCycle:
        way = np.asarray(end, dtype=float) - theta
        length = float(np.abs(way / self._scale).max())
        done, step = 0.0, min(1.0, 1.0 / max(length, 1e-9))
        while done < 1.0:
            step = min(step, 1.0 - done)
            try:
                cycle = self._balanced(cycle, theta + (done + step) * way)
            except (ArithmeticError, np.linalg.LinAlgError):
                step *= 0.5
                if step < SHORTEST * min(1.0, 1.0 / max(length, 1e-9)):
                    raise ArithmeticError("no rhythm found") from None
                continue
            done, step = done + step, 1.5 * step
        return cycle

    def _balanced(self, cycle: BalancedCycle, theta: Array) -> BalancedCycle:
        with np.errstate(all="ignore"):  # Newton's steps may go anywhere
            found = balance(self.field(theta), 0.0, cycle.x, cycle.omega, self.harmonics)
        before, now = np.ptp(cycle.x, axis=1).max(), np.ptp(found.x, axis=1).max()
        if not (0.5 < now / before < 2.0 and 0.7 < found.omega / cycle.omega < 1.4):
            raise ArithmeticError("another solution was met")
        return found


def read_off(cycle: BalancedCycle, observed: int, names: tuple[str, ...]) -> Array:
    """Return frequency (Hz) and amplitudes of harmonics by name: f, a_1, a_2, ..."""
    amplitudes = harmonic_amplitudes(cycle, observed)
    return np.array([cycle.omega * HERTZ if name == "f" else amplitudes[int(name[2:])] for name in names])


def noisy(names: tuple[str, ...], values: Array, sd: Array, seed: int) -> RhythmData:
    """Return values with Gaussian noise of known sd, drawn by seed."""
    return RhythmData(names, values + sd * hash_normal(seed, 4, np.arange(len(values))), sd)
