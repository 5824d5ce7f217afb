"""Tasks in the plane: two classes of points that no line parts."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.noise import hash_normal, hash_uniform
from ncm_app.numerics.results.base import Array

Whole = NDArray[np.int64]

BOX = 3.0
"""Points lie between minus this and this along both axes, but for noise."""

PLACES, NOISE_X, NOISE_Y = range(20, 23)
"""Streams of random numbers."""


def xor(k: Whole, u: Array, turns: float) -> tuple[Array, Array]:
    """Return points at the corners (1, 1) and (-1, -1) of the one class, (1, -1) and (-1, 1) of the other."""
    far = np.where(k // 2 % 2 == 0, 1.5, -1.5)
    return far, np.where(k % 2 == 0, far, -far)


def moons(k: Whole, u: Array, turns: float) -> tuple[Array, Array]:
    """Return points on two half circles, each with its end inside the other."""
    a, side = math.pi * u, np.where(k % 2 == 0, 1.0, -1.0)
    return 1.5 * side * (np.cos(a) - 0.5), 1.5 * side * (np.sin(a) - 0.25)


def circles(k: Whole, u: Array, turns: float) -> tuple[Array, Array]:
    """Return points on two circles around each other."""
    r = np.where(k % 2 == 0, 1.0, 2.0)
    return r * np.cos(2.0 * math.pi * u), r * np.sin(2.0 * math.pi * u)


def spirals(k: Whole, u: Array, turns: float) -> tuple[Array, Array]:
    """Return points on two arms that wind around each other `turns` times."""
    far = np.sqrt(u)  # as many points on each piece of an arm
    a = 2.0 * math.pi * turns * far + math.pi * (k % 2)
    return (0.2 + 2.3 * far) * np.cos(a), (0.2 + 2.3 * far) * np.sin(a)


PLANE_TASKS: dict[str, Callable[[Whole, Array, float], tuple[Array, Array]]] = {
    "XOR": xor, "two moons": moons, "circles": circles, "spirals": spirals}


def points(task: str, first: int, last: int, noise: float, turns: float, seed: int) -> tuple[Array, Whole]:
    """Return the points `first` to `last` of a task (m, 2), and their classes (m,), which take turns.

    `noise` is the SD of what is added to both coordinates; a point is a function of its number and the seed.
    """
    k = np.arange(first, last, dtype=np.int64)
    placed = PLANE_TASKS[task](k, hash_uniform(seed, PLACES, k), turns)
    jitter = [noise * hash_normal(seed, stream, k) for stream in (NOISE_X, NOISE_Y)]
    return np.stack([along + off for along, off in zip(placed, jitter, strict=True)], axis=1), k % 2
