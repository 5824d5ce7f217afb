"""The words of the equation printer: numbers, helpers and plain text in TeX."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from types import FunctionType
from typing import NamedTuple

from ncm_app.core.symbols import tex_name

CASES, SUM, MINUS, SLASH, PRODUCT, POWER, ATOM = range(7)
"""How tightly a printed expression holds together; weaker ones get parentheses."""

LEAST_CAP, MOST_NUDGE = 100.0, 1e-5
"""A cap in an exponent that no value reaches, and a constant that nothing but a rounding error sees."""


class Tex(NamedTuple):
    """A printed expression and how tightly it holds together."""

    text: str
    level: int


def words(text: str) -> str:
    """Return plain text inside TeX."""
    return r"\text{" + re.sub(r"([#$%&_{}])", r"\\\1", text) + "}"


def number(value: float) -> Tex:
    """Return the TeX of a number with all its digits: 72, 0.1, 10^{-3}."""
    if not math.isfinite(value):
        return Tex(r"\infty", ATOM) if value > 0 else Tex(r"-\infty", MINUS)
    # int() and float() also undo NumPy's own kinds of number.
    exact = Decimal(repr(int(value) if isinstance(value, int) else float(value))).normalize()
    mantissa = "".join(map(str, exact.as_tuple().digits))
    size = exact.adjusted()
    if not exact or -3 < size < 5 or (size == -3 and mantissa != "1"):
        tex = Tex(format(abs(exact), "f"), ATOM)
    elif mantissa == "1":
        tex = Tex(f"10^{{{size}}}", POWER)
    else:
        tex = Tex(rf"{mantissa[0]}{'.' + mantissa[1:] if mantissa[1:] else ''} \cdot 10^{{{size}}}", PRODUCT)
    return Tex(f"-{tex.text}", MINUS) if exact < 0 else tex


def guards_overflow(cap: object) -> bool:
    """Tell whether the cap of an exponent only keeps floats finite: exp(min(x, cap)) is printed as exp(x)."""
    return isinstance(cap, int | float) and cap >= LEAST_CAP


def guards_rounding(added: object) -> bool:
    """Tell whether a named constant is so small that it only guards against rounding: it is not printed."""
    return isinstance(added, int | float) and 0.0 < added < MOST_NUDGE


def helper_name(function: FunctionType) -> str:
    """Return the TeX name of a helper: a symbol, or words if it comes from the numerics."""
    if is_building_block(function):
        return words(function.__name__.replace("_", " "))
    return tex_name(function.__name__)


def is_building_block(function: FunctionType) -> bool:
    """Tell whether a helper is numerical machinery that is described, not printed."""
    return function.__module__.startswith("ncm_app.numerics.")


def is_library(function: FunctionType) -> bool:
    """Tell whether a function is not of this project."""
    return function.__module__.partition(".")[0] in ("numpy", "scipy", "math")
