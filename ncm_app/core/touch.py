"""What a pointer does to a control in the plot that names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ncm_app.core.written import Written

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


class Touchable(Written):
    """A control whose value a pointer changes in a plot that names it; `gesture` is what a user does there, in a word.

    Implement these: those of `Written`; `touched(value, touch)`; `meant(value, touch)` where the beginning of a
    drag decides what all of it does.
    """

    __slots__ = ()
    gesture: ClassVar[str] = "click"

    def meant(self, value: Any, touch: Touch) -> Any:
        """Return what a drag that begins with a touch does all along, for `Touch.meant`."""
        return None

    def touched(self, value: Any, touch: Touch) -> Any:
        """Return the value after a touch; the same one where it changes nothing."""
        raise NotImplementedError


def read_only(numbers: Any, dtype: Any = np.float64) -> np.ndarray:
    """Return an array that nobody can write into."""
    made = np.array(numbers, dtype=dtype)
    made.setflags(write=False)
    return made
