"""Numbers and shares as a sentence says them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np

from ncm_app.core.symbols import GREEK, NO_WORDS

NOTHING = 1e-9
"""A shown value smaller than this is rounding noise."""

POWERS = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?e[-+−]?\d+\b")
"""Numbers as programs write very small and very large ones."""

HYPHEN = re.compile(r"(?<![\w.)\]])-(?=\d)")
"""A minus sign as programs write it: one before a number that nothing goes before."""

SAME = 1e-9
"""Relative distance of two values that are one."""


def number(value: float) -> str:
    """Return a number with three significant digits, never in powers of ten."""
    if abs(value) < NOTHING or not np.isfinite(value):
        return "0" if abs(value) < NOTHING else str(value)
    digits = max(0, 2 - int(f"{value:.2e}".partition("e")[2]))  # of the rounded value: 0.9999 is 1.00, not 1.000
    return f"{value:.{digits}f}".replace("-", "−")


def setting(value: float) -> str:
    """Return a value that a user has set: with three digits where these are all, else with up to eight."""
    return number(value) if float(number(value).replace("−", "-")) == value else f"{value:.8g}".replace("-", "−")


def apart(value: float, others: Iterable[float]) -> str:
    """Return a number with three digits, or as many as show how far it is from each of the others."""
    text = number(value)
    gaps = [abs(value - other) for other in others if np.isfinite(other)]
    least = min((gap for gap in gaps if gap > SAME * max(abs(value), 1.0)), default=0.0)
    if not least or not np.isfinite(value) or abs(float(text.replace("−", "-")) - value) <= 0.05 * least:
        return text
    return f"{value:.{max(0, 1 - math.floor(math.log10(least * (1.0 + SAME))))}f}".replace("-", "−")


def with_unit(text: str, unit: str) -> str:
    """Return a number with its unit as a sentence says it: "0.200 per ms", and neither "0 per ms" nor "3 1"."""
    if unit == "1" or (text == "0" and unit.startswith("1/")):
        return text
    return f"{text} per {unit[2:]}" if unit.startswith("1/") else f"{text} {unit}"


def plain(sentence: str) -> str:
    """Return a sentence without powers of ten, and with minus signs: "-2.35e-05" is −0.0000235."""
    return HYPHEN.sub("−", POWERS.sub(lambda found: number(float(found[0].replace("−", "-"))), sentence))


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
    is_symbol = (len(first) == 1 and first != "a") or "_" in first or "(" in first[1:] or first in {*NO_WORDS, *GREEK}
    return (sentence if is_symbol else sentence[:1].upper() + sentence[1:]) + "."
