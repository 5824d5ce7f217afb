"""Numbers and shares as a sentence says them."""

from __future__ import annotations

import numpy as np

NOTHING = 1e-9
"""A shown value smaller than this is rounding noise."""


def number(value: float) -> str:
    """Return a number with three significant digits, never in powers of ten."""
    if abs(value) < NOTHING or not np.isfinite(value):
        return "0" if abs(value) < NOTHING else str(value)
    digits = max(0, 2 - int(f"{value:.2e}".partition("e")[2]))  # of the rounded value: 0.9999 is 1.00, not 1.000
    return f"{value:.{digits}f}".replace("-", "−")


def number_below(value: float) -> str:
    """Return a positive number with three significant digits, rounded down, so that less than it is less than both."""
    # What a rounding error keeps from three digits is meant to have them.
    _, _, power = f"{value:.9e}".partition("e")
    digits = 2 - int(power)
    floored = np.floor(value * (1.0 + 1e-8) * 10.0**digits) / 10.0**digits
    return f"{floored:.{max(0, digits)}f}"


def percent(share: float) -> str:
    """Return a share as percent, as exact as a reader needs."""
    return "less than 0.01%" if share < 1e-4 else f"{100 * share:.2g}%"


def finished(sentence: str) -> str:
    """Return a sentence with its full stop, and its capital unless it begins with a symbol such as y or r_e."""
    first = sentence.split(" ", 1)[0]
    is_symbol = (len(first) == 1 and first != "a") or "_" in first or "(" in first[1:]
    return (sentence if is_symbol else sentence[:1].upper() + sentence[1:]) + "."
