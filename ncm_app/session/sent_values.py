"""What a value that a browser sends may be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

LONGEST = 400
"""Characters of a sentence that a browser writes."""

MOST_CLICKS = 2**31
LARGEST = sys.float_info.max


def is_number(value: Any) -> bool:
    """Tell whether a value is a finite number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def is_within(value: Any, low: float, high: float, whole: bool) -> bool:
    """Tell whether a value is a number between bounds, and whole where it must be."""
    return is_number(value) and bool(low <= value <= high) and (isinstance(value, int) or not whole)


def is_count(part: Any, value: Any) -> bool:
    """Tell whether a value counts something, such as clicks."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_CLICKS


def is_text(longest: int) -> Callable[[Any, Any], bool]:
    """Return a check for texts of bounded length."""
    return lambda part, value: isinstance(value, str) and len(value) <= longest


def is_place(*coordinates: Any) -> bool:
    """Tell whether coordinates of a click are numbers that can lie in a plot."""
    return all(is_number(value) and abs(value) < 1e12 for value in coordinates)
