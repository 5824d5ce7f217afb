"""A control that holds a list of times, such as the spikes of an input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from param.parameterized import Undefined

from ncm_app.core.quantity import Quantity
from ncm_app.core.touch import NEAR, Touch, Touchable, read_only

MOST_TIMES = 60
"""Longest list: a link and a text field hold no more."""


class Times(Touchable):
    """A sorted tuple of times in ms within `bounds`, some perhaps twice; text such as "20, 200 210" is read too."""

    __slots__ = ["bounds"]
    _slot_defaults = {**Touchable._slot_defaults, "unit": "ms", "bounds": (0.0, 1000.0)}

    def __init__(self, default: Any = Undefined, *, bounds: Any = Undefined, **stated: Any) -> None:
        super().__init__(default, **stated)
        self.bounds = bounds

    def clean(self, value: Any) -> tuple[float, ...]:
        """Return the times sorted, or raise a ValueError that says what is wrong with which of them."""
        parts = [part for part in re.split(r"[\s,;]+", value) if part] if isinstance(value, str) else value
        if not isinstance(parts, Iterable) or isinstance(parts, bytes | bytearray | Mapping):
            raise ValueError(f"{self.name} must be a list of times, not {value!r}")
        number = Quantity(self.bounds[0], bounds=self.bounds, unit=self.unit)
        number.name, times = self.name, []
        for i, part in enumerate(parts, 1):
            try:
                times.append(number.clean(part))
            except ValueError as error:
                raise ValueError(f"time {i} of {error}") from None
        if len(times) > MOST_TIMES:
            raise ValueError(f"{self.name} may hold {MOST_TIMES} times at most, not {len(times)}")
        return tuple(sorted(times))

    def encode(self, value: tuple[float, ...]) -> np.ndarray:
        """Return the times as the read-only array that right-hand sides see."""
        return read_only(value)

    def text(self, value: Iterable[float]) -> str:
        """Return the times as they are written in fields and links."""
        return ", ".join(f"{time:.12g}" for time in value)

    def touched(self, value: tuple[float, ...], touch: Touch) -> tuple[float, ...]:
        """Return the times with one more, or less the one that is near."""
        time, ((left, right), _) = touch.now[0], touch.spans
        near = [old for old in value if abs(old - time) <= NEAR * (right - left)]
        if near:
            nearest = min(near, key=lambda old: abs(old - time))
            return tuple(old for old in value if old != nearest)
        low, high = self.bounds
        room = low <= time <= high and len(value) < MOST_TIMES
        return self.clean((*value, round(time, 1))) if room else value
