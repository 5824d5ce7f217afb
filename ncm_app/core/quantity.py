"""Numbers with a unit and a symbol: the sliders, axes and link fields of a model."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import param
from param.parameterized import Undefined

from ncm_app.core.symbols import Named

UNITS = {"ms", "Hz", "kHz", "mV", "Hz/mV", "kHz/mV", "kHz/mVⁿ", "mV/kHz", "1/ms", "1/ms²", "1", "deg", "rad",
         "µA/cm²", "mS/cm²", "µF/cm²", "s", "mV/ms", "√Hz", "mV/√ms", "mV²/Hz", "mV ms", "mV ms²", "1/mV", "%",
         "Hz/s", "1/s"}
"""Every unit a model may use; "1" marks a pure number and is never printed."""

SCALES = {("kHz", "Hz"): 1000.0, ("kHz/mV", "Hz/mV"): 1000.0, ("1/ms", "Hz"): 1000.0, ("ms", "s"): 0.001}
"""Factors from the unit of the equations to the unit on the axis."""


LONGEST_QUOTE = 80
"""Characters of a wrong value that a sentence repeats."""


def scale_between(unit: str, shown: str) -> float:
    """Return the factor that turns a value in `unit` into one in `shown`."""
    return 1.0 if unit == shown else SCALES[unit, shown]


def with_unit(text: str, unit: str) -> str:
    """Append a unit in brackets, except for pure numbers."""
    return text if unit == "1" else f"{text} ({unit})"


def nice_step(low: float, high: float, parts: int = 200) -> float:
    """Return 1, 2 or 5 times a power of ten that splits a range into about `parts`."""
    raw = (high - low) / parts
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * 0.999)


def _lone(value: Any) -> Any:
    """Return a value that may be a number: Python would take True, b"1" and an array of one for one too."""
    if type(value) not in (float, int, str) and (
            isinstance(value, bool | np.bool_ | bytes | bytearray) or np.ndim(value)):
        raise TypeError
    return value


def _shown(value: Any) -> str:
    """Return a wrong value as a sentence quotes it: in one line, and not at any length."""
    return textwrap.shorten(repr(value), LONGEST_QUOTE, placeholder=" ...")


_SLOTS = ["unit", "symbol", "group", "rare"]
_DEFAULTS = {"unit": "1", "symbol": "", "group": "parameters", "rare": False}


class Stated(Named):
    """What every control states beside what its Parameter does, inherited from class to class like its bounds."""

    __slots__ = ()

    def __init__(self, default: Any = Undefined, **stated: Any) -> None:
        own = {name: stated.pop(name, Undefined) for name in _SLOTS}
        super().__init__(default=default, **stated)  # type: ignore[call-arg]  # that of the Parameter beside it
        for name, value in own.items():
            setattr(self, name, value)


class Quantity(Stated, param.Number):
    """A real number with bounds, unit, TeX symbol, group and one sentence.

    The symbol is TeX, and stated only where the name does not tell it, as `tau_e` does.
    A subclass of a model that gives only a new default keeps all the rest.
    `rare` puts the slider into a group that is closed at first.
    """

    __slots__ = _SLOTS
    _slot_defaults = {**param.Number._slot_defaults, **_DEFAULTS}

    def _validate(self, val: Any) -> None:
        if isinstance(val, float) and not math.isfinite(val):
            raise ValueError(f"{self.name} must be a finite number, not {val}.")
        super()._validate(val)

    def clean(self, value: Any) -> float:
        """Return the value as a float inside the bounds, or raise a clear ValueError."""
        try:
            number = float(_lone(value))
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{self.name} must be a number, not {_shown(value)}") from None
        low, high = self.bounds
        if not math.isfinite(number):
            raise ValueError(f"{self.name} must be a finite number, not {number}")
        if not low <= number <= high:
            bounds = with_unit(f"between {low:g} and {high:g}", self.unit)
            raise ValueError(f"{self.name} must lie {bounds}, not {number:.12g}")
        return number

    def encode(self, value: float) -> float:
        """Return the plain number that right-hand sides see."""
        return float(value)


class Count(Stated, param.Integer):
    """A whole number, such as a seed or a number of cells."""

    __slots__ = _SLOTS
    _slot_defaults = {**param.Integer._slot_defaults, **_DEFAULTS}

    def clean(self, value: Any) -> int:
        """Return the value as an int inside the bounds, or raise a clear ValueError."""
        try:
            number = float(_lone(value))
            whole = int(number)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{self.name} must be a whole number, not {_shown(value)}") from None
        low, high = self.bounds
        if whole != number or not low <= whole <= high:
            raise ValueError(f"{self.name} must be a whole number between {low} and {high}, not {number:g}")
        return whole

    def encode(self, value: int) -> int:
        """Return the plain number that right-hand sides see."""
        return int(value)


class Choice(Stated, param.Selector):
    """One of a few named options; right-hand sides see its position in the list."""

    __slots__ = _SLOTS
    _slot_defaults = {**param.Selector._slot_defaults, **_DEFAULTS}

    def clean(self, value: Any) -> str:
        """Return the option, or raise a ValueError that lists the options."""
        if not isinstance(value, str) or value not in self.objects:
            raise ValueError(f"{self.name} must be one of {', '.join(self.objects)}, not {_shown(value)}")
        return str(value)

    def encode(self, value: str) -> int:
        """Return the position of the option."""
        return int(self.objects.index(value))


Control = Quantity | Count | Choice
