"""The bifurcation diagram of the standard Jansen-Rit column over its input, and where on it a place lies."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.inversion.column import Column
from ncm_app.numerics.results.base import Array

SPIKES = np.array((
    (113.59, 0.879, 10.980), (113.81, 0.891, 10.986), (114.27, 0.914, 11.000), (115.21, 0.963, 11.028),
    (117.94, 1.109, 11.108), (120.94, 1.282, 11.198), (125.72, 1.595, 11.339), (131.34, 2.073, 11.501),
    (135.18, 2.561, 11.597), (136.98, 2.951, 11.615), (137.38, 3.240, 11.573)))
ALPHA = np.array((
    (89.83, 6.740, 6.740), (91.09, 6.515, 6.979), (94.53, 6.324, 7.211), (99.78, 6.164, 7.433), (108.24, 6.011, 7.689),
    (121.13, 5.882, 7.978), (140.94, 5.802, 8.310), (161.18, 5.802, 8.570), (181.57, 5.858, 8.777), (201.98, 5.961,
                                                                                                     8.935),
    (222.35, 6.107, 9.044), (242.57, 6.299, 9.098), (262.51, 6.541, 9.085), (281.90, 6.846, 8.989), (300.10, 7.246,
                                                                                                     8.771),
    (308.04, 7.501, 8.589), (312.73, 7.724, 8.408), (315.66, 8.041, 8.117), (315.70, 8.079, 8.079)))
UNSTABLE = np.array((
    (-12.15, 5.940, 5.940), (-10.81, 5.761, 6.149), (-7.95, 5.643, 6.330), (-3.65, 5.542, 6.520), (3.89, 5.428, 6.781),
    (16.67, 5.293, 7.140), (34.54, 5.130, 7.579), (53.04, 4.952, 8.023), (71.56, 4.732, 8.512), (89.14, 4.465, 9.065),
    (104.65, 4.179, 9.662), (117.21, 3.918, 10.247), (126.52, 3.713, 10.759), (132.70, 3.567, 11.156),
    (136.10, 3.473, 11.419), (137.34, 3.279, 11.563), (137.38, 3.240, 11.573)))
"""Cycles of the page of the model: p (Hz), least and largest y (mV); stable ones, and those that lead from the
subcritical Hopf point to the fold of cycles."""
LOW, HIGH, POINTS = -6.0, 9.5, 1200
"""Range of potentials, mV, of the fixed points that are drawn, and how many there are."""
FIRST, LAST = -60.0, 400.0


class Rests(NamedTuple):
    """Fixed points: input (n,), Hz, potential (n,), mV, and which are stable (n,)."""

    p: Array
    y: Array
    stable: Array


@functools.cache
def rests() -> Rests:
    """Return the fixed points within the inputs that are drawn."""
    column, y = Column(), np.linspace(LOW, HIGH, POINTS)
    p = column.input_at(y)
    inside = (p >= FIRST) & (p <= LAST)
    y, p = y[inside], p[inside]
    stable = np.linalg.eigvals(np.moveaxis(column.slopes(y), -1, 0)).real.max(axis=1) < 0.0
    return Rests(p, y, stable)


def lines() -> dict[str, tuple[Array, Array]]:
    """Return curves of the diagram by name: fixed points and the least and largest y of cycles, parted by NaN."""
    found = rests()
    drawn = {"stable": (found.p, np.where(found.stable, found.y, np.nan)),
             "unstable": (found.p, np.where(found.stable, np.nan, found.y))}
    for name, cycles in (("alpha", ALPHA), ("spikes", SPIKES), ("unstable spikes", UNSTABLE)):
        p, low, high = cycles.T
        drawn[name] = (np.concatenate([p, [np.nan], p]), np.concatenate([low, [np.nan], high]))
    return drawn


@functools.cache
def _branches() -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return input and potential along the lower and the upper branch of fixed points."""
    column = Column()
    first, second = column.folds()
    low, high = np.linspace(-20.0, first, 2000), np.linspace(second, 12.0, 2000)
    return (column.input_at(low), low), (column.input_at(high), high)


def height(p: Array, region: NDArray[np.int64]) -> Array:
    """Return where places (w,) are drawn, mV: on the fixed points of a rest, on the largest y of a cycle.

    `region` (w,) counts low rest, spikes, alpha, high rest from 0 on; NaN where it is -1.
    """
    (low_p, low), (high_p, high) = _branches()
    each = (np.interp(p, low_p, low), np.interp(p, *SPIKES.T[[0, 2]]), np.interp(p, *ALPHA.T[[0, 2]]),
            np.interp(p, high_p, high))
    return np.select([region == k for k in range(4)], each, np.nan)
