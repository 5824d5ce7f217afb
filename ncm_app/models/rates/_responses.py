"""How the fixed points of two populations answer small changes of their inputs, and what strong weights do to them.

With gains G = f' on the diagonal the rates answer inputs by (I - G W)^-1 G [Tsodyks1997].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.models.rates._ei_populations import X_e, X_i
from ncm_app.models.rates._f_i_curve import f

STEP = 1e-4  # mV on either side, for slopes
TOLERANCE = 1e-10  # kHz
MOST_STEPS, PARTS = 20, (1.0, 0.5, 0.25, 0.1)


def weights(p: Any) -> np.ndarray:
    """Return the matrix W (2, 2), mV/kHz, from column to row: e, i."""
    return np.array([[p.w_ee, p.w_ei], [p.w_ie, p.w_ii]])


def external(t: float, p: Any) -> np.ndarray:
    """Return the external inputs (2,) at a time, mV."""
    return np.array([X_e(t, p), X_i(t, p)])


def gains(currents: Any, p: Any) -> Any:
    """Return the slopes of the f-I curve at inputs of any shape, kHz/mV."""
    with np.errstate(over="ignore"):
        return (f(currents + STEP, p) - f(currents - STEP, p)) / (2.0 * STEP)


def fixed_point(p: Any, near: np.ndarray, X: Any, c: float) -> np.ndarray:
    """Return the fixed point (2,), kHz, that Newton's steps find from near it at a strength; NaN if they find none."""
    W, r = c * weights(p), near
    off = f(W @ r + c * X, p) - r
    for _ in range(MOST_STEPS):
        size = np.abs(off).max()
        if size < TOLERANCE:
            return r
        (a, b), (d, e) = np.eye(2) - gains(W @ r + c * X, p)[:, None] * W
        determinant = a * e - b * d or np.nan
        step = np.array([(e * off[0] - b * off[1]) / determinant, (a * off[1] - d * off[0]) / determinant])
        for part in PARTS:
            tried = r + part * step
            left = f(W @ tried + c * X, p) - tried
            if np.abs(left).max() < size:
                break
        r, off = tried, left
    return np.full(2, np.nan)


def followed(p: Any, here: Any, X: Any, strengths: np.ndarray) -> np.ndarray:
    """Return fixed points (2, m), kHz, at rising strengths (m,), followed from one (2,) at the present strength.

    Where the branch ends, by a fold at a threshold, the silent one takes over; NaN where there is none either.
    """
    found, middle = np.full((2, len(strengths)), np.nan), int(np.searchsorted(strengths, p.c))
    with np.errstate(over="ignore"):
        for way in (range(middle, len(strengths)), range(middle - 1, -1, -1)):
            r = np.asarray(here, dtype=float)
            for k in way:
                r = fixed_point(p, r, X, strengths[k])
                if not np.isfinite(r).all():
                    r = fixed_point(p, np.zeros(2), X, strengths[k])
                found[:, k] = r
    return found


def response(p: Any, currents: np.ndarray) -> np.ndarray:
    """Return (I - G c W)^-1 G c (2, 2), kHz/mV: what a mV more to e or to i (column) does to either rate (row)."""
    G = np.diag(gains(currents, p)) * p.c
    return np.linalg.solve(np.eye(2) - G @ weights(p), G)
