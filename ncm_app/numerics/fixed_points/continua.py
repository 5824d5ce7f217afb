"""Fixed points that fill a line or more, where the Jacobian is singular everywhere on it.

Newton's method finds nothing there, or as many points as it has seeds. Steps of least
length find them: they stay put along the directions in which nothing changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.numerics.jacobian import field_and_jacobian, widths
from ncm_app.numerics.results import Array
from ncm_app.numerics.system import System

SINGULAR = 1e-8
"""Singular values below this share of the largest count as zero: differences give them to 1e-9."""

STEPS, SPREAD = 12, 0.05
"""Steps of the search, and how far apart in spans the points of a continuum must be found."""

NAMES = {1: "line of fixed points", 2: "plane of fixed points"}
"""By dimension; more are named like a plane."""


def find_continuum(system: System, p: Any, seeds: Array, rates: Array) -> tuple[Array, str] | None:
    """Return a fixed point (n,) of a continuum near the middle, and its name; None if there is none.

    `seeds` (n, k) are where it is sought, the middle first; `rates` (n,) typical sizes of the field.
    """
    scale = widths(system.spans)[:, None]
    states, lost = seeds.copy(), np.zeros(seeds.shape[1], dtype=int)
    for _ in range(STEPS):
        field, slopes = field_and_jacobian(system, states, p)
        finite = np.isfinite(field).all(axis=0) & np.isfinite(slopes).all(axis=(0, 1))
        states, field, slopes, lost = states[:, finite], field[:, finite], slopes[:, :, finite], lost[finite]
        if not states.shape[1]:
            return None
        left, size, right = np.linalg.svd(np.moveaxis(slopes * scale[:, 0][None, :, None], -1, 0))
        tiny = size <= SINGULAR * np.maximum(size[:, :1], np.max(rates / scale[:, 0]))
        lost = tiny.sum(axis=1)
        along = np.einsum("kji,jk->ki", left, -field) / np.where(tiny, np.inf, size)
        states = states + scale * np.einsum("kij,ki->jk", right, along)
    low, high = np.array(system.box, dtype=float).T[:, :, None]
    flat = np.max(np.abs(field) / rates[:, None], axis=0) < 1e-9
    flat &= (lost > 0) & np.all((states >= low) & (states <= high), axis=0)
    found = states[:, flat]
    if found.shape[1] < 3 or np.max(np.ptp(found / scale, axis=1)) < SPREAD:
        return None
    return found[:, 0], NAMES.get(int(np.max(lost[flat])), NAMES[2])
