"""Names of fixed points from their eigenvalues, in the plane and beyond."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

ZERO, AXIS = 1e-7, 1e-8
"""Eigenvalues below this share of the largest count as zero; real parts, as on the imaginary axis."""

FLAT = ("semi-stable", "saddle-node")
"""Kinds of points in which two have met: together they count 0 in the index sum."""

UNDECIDED = ("degenerate", "on a kink")
"""How the kinds begin of which it is not known whether they attract."""


def name_kind(eigenvalues: ArrayLike, rate: float = 0.0) -> str:
    """Return the name of a fixed point from its eigenvalues (n,), in 1/ms.

    The plane follows the trace-determinant diagram (Fig. A.10), degenerate cases by
    name. `rate` is a typical rate: what is 1e-7 of it counts as zero.
    """
    values = np.asarray(eigenvalues, dtype=complex)
    size = max(float(np.max(np.abs(values))), rate)
    if len(values) == 1:
        slope = values[0].real
        return "semi-stable" if abs(slope) <= ZERO * size else "stable" if slope < 0 else "unstable"
    return _name_in_plane(values, size) if len(values) == 2 else _name_in_space(values, size)


def is_degenerate(kind: str) -> bool:
    """Tell whether eigenvalues alone do not say what a point of this kind does."""
    return kind in (*FLAT, "centre") or kind.startswith("degenerate")


def _name_in_plane(values: Any, size: float) -> str:
    trace, determinant = float(values.sum().real), float(values.prod().real)
    if abs(determinant) <= ZERO * size * size:
        return "saddle-node" if abs(trace) > ZERO * size else "degenerate (two zero eigenvalues)"
    if determinant < 0:
        return "saddle"
    if abs(trace) <= AXIS * size:
        return "centre"
    side = "stable" if trace < 0 else "unstable"
    gap = trace * trace - 4.0 * determinant
    if abs(gap) <= AXIS * size * size:
        return f"{side} degenerate node"
    return f"{side} {'node' if gap > 0 else 'spiral'}"


def _name_in_space(values: Any, size: float) -> str:
    real, turning = values.real, np.abs(values.imag) > AXIS * size
    if np.any(np.abs(real) <= AXIS * size):
        return "degenerate (an eigenvalue on the imaginary axis)"
    growing = int(np.sum(real > 0))
    if growing == 0:
        # The slowest direction is the one that is seen.
        return "stable spiral" if turning[np.argmax(real)] else "stable"
    directions = "1 direction" if growing == 1 else f"{growing} directions"
    return f"unstable {'spiral ' if np.any(turning & (real > 0)) else ''}({directions})"
