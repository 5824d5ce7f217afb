"""Families of neutral cycles: where a flow is linear around its fixed point, or conserves a quantity.

At a Hopf point of such a flow cycles of every size exist at one value of the parameter,
both multipliers 1. There is no fold of cycles, and nothing sub- or supercritical.
"""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.results import Array, CycleBranch

RADII = (1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5)
"""Distances from a Hopf point, in spans, within which the flow may be linear."""

CONSTANT, JUMP = 1e-7, 1e-3
"""Relative change of the slopes that is round-off of narrow differences, and the least one across a kink."""

PROBES = 32

NEUTRAL, STILL, ALIKE = 1e-5, 1e-9, 1e-6
"""Logarithm of a neutral multiplier; change of the parameter, in ranges; and of the period, that is none."""


def linear_radius(curve: CycleCurve, z: Array) -> float:
    """Return the distance in spans, of a few, within which the flow around a row z is linear; 0 if there is none.

    Beyond it the slopes jump. Where they only bend, terms of high order are small, not absent.
    """
    n = curve.n
    directions = np.random.default_rng(0).standard_normal((PROBES, n))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    beyond = np.inf
    for radius in RADII:
        rows = np.tile(z, (PROBES + 1, 1))
        rows[1:, :n] += radius * directions
        slopes = curve.fine.evaluate(rows)[1][:, :, :n]
        change = float(np.max(np.abs(slopes - slopes[0]))) / float(np.max(np.abs(slopes[0])))
        if change < CONSTANT:
            return radius if beyond > JUMP else 0.0
        beyond = change
    return 0.0


def neutral_rows(branch: CycleBranch, width: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which cycles (m,) of a branch belong to a family of neutral ones at one value of the parameter.

    `width` is the range of the parameter.
    """
    others = branch.multipliers[1:]
    with np.errstate(divide="ignore"):
        nearest = np.min(np.abs(np.log(np.abs(others))), axis=0, initial=np.inf)
    steps = np.abs(np.diff(branch.parameter)) < STILL * width
    beside = np.append(steps, False) | np.append(False, steps)
    return np.asarray((nearest < NEUTRAL) & beside & (np.sum(steps) > 1))


def is_isochronous(branch: CycleBranch, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """Tell whether all these cycles take the same time, as those of a linear flow do."""
    return bool(np.ptp(branch.period[rows]) < ALIKE * np.max(branch.period[rows]))
