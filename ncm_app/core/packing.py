"""Numbers as short text: a few bits each, in the 64 signs of URL-safe base64 (RFC 4648, section 5).

The highest bit comes first, 6 bits are in each sign, and zeros fill the last one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
BITS = 12
STEPS = 4094
"""Bits of a level of a quantity, and the number of steps between its bounds: even, so that the middle is a level."""

Levels = NDArray[np.int64]


def packed(levels: Levels, bits: int) -> str:
    """Return whole numbers (n,) of some bits each as text."""
    ones = (levels[:, None] >> np.arange(bits - 1, -1, -1)) & 1
    padded = np.append(ones.ravel(), np.zeros(-ones.size % 6, dtype=np.int64))
    return "".join(SIGNS[k] for k in padded.reshape(-1, 6) @ (1 << np.arange(5, -1, -1)))


def unpacked(text: str, count: int, bits: int) -> Levels | None:
    """Return `count` whole numbers of some bits each that a text holds; None where it does not hold so many."""
    signs = np.array([SIGNS.find(sign) for sign in text], dtype=np.int64)
    if len(signs) != -(-count * bits // 6) or (signs < 0).any():
        return None
    ones = ((signs[:, None] >> np.arange(5, -1, -1)) & 1).ravel()
    if ones[count * bits:].any():
        return None
    return np.asarray(ones[:count * bits].reshape(count, bits) @ (1 << np.arange(bits - 1, -1, -1)))


def quantised(values: Any, low: float, high: float) -> tuple[float, ...]:
    """Return values as the nearest levels between two bounds, and within them."""
    return from_levels(to_levels(values, low, high), low, high)


def to_levels(values: Any, low: float, high: float) -> Levels:
    """Return the number of the level next to each value."""
    return np.clip(np.rint((np.asarray(values, dtype=float) - low) * (STEPS / (high - low))), 0, STEPS).astype(np.int64)


def from_levels(levels: Levels, low: float, high: float) -> tuple[float, ...]:
    """Return the values of levels."""
    return tuple(float(value) for value in low + levels * ((high - low) / STEPS))
