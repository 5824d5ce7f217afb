"""Controls whose value is many numbers: a text in links and fields, changed by a pointer in a plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import param

from ncm_app.core.quantity import _DEFAULTS, _SLOTS, Stated

Place = tuple[float, float]

NEAR = 0.01
"""Part of an axis within which a pointer means what is there."""


class Touch(NamedTuple):
    """A pointer in a plot: a click where `before` is None, else a step of a drag from there to `now`.

    Places are in the units of the equations, and so are `spans`, the ranges of the axes. `values` are those of all
    controls by name; `meant` is what the control said when the drag began: what all of it does.
    """

    now: Place
    before: Place | None
    spans: tuple[tuple[float, float], tuple[float, float]]
    values: Mapping[str, Any]
    meant: Any = None


class Composed(Stated, param.Parameter):
    """A control whose value is a tuple; each kind of it says what may stand there, and what a pointer does.

    `gesture` is what a user does in a plot that names the control, in a word.
    """

    __slots__ = _SLOTS
    _slot_defaults = {**param.Parameter._slot_defaults, **_DEFAULTS}
    gesture: ClassVar[str] = "click"

    @property
    def longest(self) -> int:
        """Most characters of its text in a link."""
        raise NotImplementedError

    def clean(self, value: Any) -> tuple[Any, ...]:
        """Return the value that a text or a sequence says, or raise a ValueError that says what is wrong."""
        raise NotImplementedError

    def encode(self, value: tuple[Any, ...]) -> np.ndarray:
        """Return the value as the read-only array that models see."""
        raise NotImplementedError

    def text(self, value: tuple[Any, ...]) -> str:
        """Return the value as it is written in fields and links; "" for none."""
        raise NotImplementedError

    def told(self, value: tuple[Any, ...]) -> str:
        """Return the value as a table of parameters tells it."""
        return self.text(value) or "none"

    def code(self, value: tuple[Any, ...]) -> str:
        """Return the value as Python code."""
        return repr(value)

    def meant(self, value: tuple[Any, ...], touch: Touch) -> Any:
        """Return what a drag that begins with a touch does all along, for `Touch.meant`."""
        return None

    def touched(self, value: tuple[Any, ...], touch: Touch) -> tuple[Any, ...]:
        """Return the value after a touch; the same one where it changes nothing."""
        raise NotImplementedError


def read_only(numbers: Any, dtype: Any = np.float64) -> np.ndarray:
    """Return an array that nobody can write into."""
    made = np.array(numbers, dtype=dtype)
    made.setflags(write=False)
    return made


def code_of(control: Any, value: Any) -> str:
    """Return a value of any control as Python code."""
    return control.code(value) if isinstance(control, Composed) else repr(value)
