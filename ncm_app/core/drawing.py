"""Controls that are drawn with the pointer in a plot: a function, a picture, points of several classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from param.parameterized import Undefined

from ncm_app.core.packing import BITS, SIGNS, STEPS, from_levels, packed, quantised, to_levels, unpacked
from ncm_app.core.quantity import _shown
from ncm_app.core.touch import Place, Touch, Touchable, read_only

REACH = 0.02
"""Part of the axes within which a click means a point that is there."""
BRUSH, FULL = 1.5, 0.5
"""Pixels from the line of a stroke at which a soft brush leaves nothing, and all of its ink."""


def fraction(value: float, span: tuple[float, float]) -> float:
    """Return where a value lies in a span, 0 at its beginning and 1 at its end."""
    return (value - span[0]) / (span[1] - span[0])


class Drawing(Touchable):
    """What all things drawn have in common: text or numbers are read, and () is none of it."""

    __slots__ = ()
    gesture = "draw"

    def clean(self, value: Any) -> tuple[Any, ...]:
        """Return what a text or numbers say, each number as its nearest level; ValueError where they cannot be."""
        if isinstance(value, str):
            found = self._read(value) if value else ()
            if found is None:
                raise ValueError(f"{self.name} must be text of {self._size_of_text()} A-Z, a-z, 0-9, - and _, as in a "
                                 f"link, or empty, not {value[:20]!r}{'...' * (len(value) > 20)} of {len(value)}")
            return self._cleaned(np.array(found, dtype=float)) if found else ()
        try:
            numbers = np.asarray(value)
        except ValueError:  # lists of several lengths
            numbers = np.array(None)
        if numbers.dtype.kind not in "biuf" or not numbers.ndim:
            raise ValueError(f"{self.name} must hold {self._wanted()}, or nothing, not {_shown(value)}")
        if not np.isfinite(numbers).all():
            raise ValueError(f"{self.name} must hold finite numbers, not {np.count_nonzero(~np.isfinite(numbers))} "
                             "that are NaN or infinite")
        return self._cleaned(numbers.astype(float)) if numbers.size else ()

    def told(self, value: tuple[Any, ...]) -> str:
        """Return whether something is drawn."""
        return "drawn" if value else "none"

    def code(self, value: tuple[Any, ...]) -> str:
        """Return the text in quotes: the numbers fill pages."""
        return repr(self.text(value))

    def _read(self, text: str) -> tuple[Any, ...] | None:
        """Return what a text says, None for one of another size or with other signs."""
        raise NotImplementedError

    def _size_of_text(self) -> str:
        return f"{self.longest} characters"

    def _wanted(self) -> str:
        """Return in words what the numbers must be."""
        raise NotImplementedError

    def _cleaned(self, numbers: NDArray[np.float64]) -> tuple[Any, ...]:
        """Return the value that finite numbers say, or raise a ValueError."""
        raise NotImplementedError

    def _refuse(self, given: str) -> ValueError:
        return ValueError(f"{self.name} must hold {self._wanted()}, or nothing, not {given}")


class Sketch(Drawing):
    """A function: `n` numbers within `bounds` at even places over a plot's x axis, both ends among them.

    Models see an array (n,), or (0,) while nothing is drawn. Numbers are kept to 1 / 4094 of the bounds.
    """

    __slots__ = ["bounds", "n"]
    _slot_defaults = {**Touchable._slot_defaults, "default": (), "n": 64, "bounds": (-1.0, 1.0)}

    def __init__(self, n: Any = Undefined, bounds: Any = Undefined, *, default: Any = Undefined, **stated: Any) -> None:
        super().__init__(default, **stated)
        self.n, self.bounds = n, bounds

    @property
    def longest(self) -> int:
        """Two signs for each number."""
        return 2 * int(self.n)

    def encode(self, value: tuple[float, ...]) -> np.ndarray:
        """Return the numbers (n,), or (0,) for none."""
        return read_only(value)

    def text(self, value: tuple[float, ...]) -> str:
        """Return the numbers as text."""
        return packed(to_levels(value, *self.bounds), BITS) if value else ""

    def _read(self, text: str) -> tuple[float, ...] | None:
        levels = unpacked(text, self.n, BITS)
        return None if levels is None or levels.max() > STEPS else from_levels(levels, *self.bounds)

    def _wanted(self) -> str:
        return f"{self.n} numbers between {self.bounds[0]:g} and {self.bounds[1]:g}"

    def _cleaned(self, numbers: NDArray[np.float64]) -> tuple[float, ...]:
        if numbers.shape != (self.n,):
            raise self._refuse(" x ".join(map(str, numbers.shape)))
        low, high = self.bounds
        if not (low <= numbers.min() and numbers.max() <= high):
            raise self._refuse(f"{numbers.min() if numbers.min() < low else numbers.max():g}")
        return quantised(numbers, low, high)

    def touched(self, value: tuple[float, ...], touch: Touch) -> tuple[float, ...]:
        """Return the function with the line from place to place in it; what was never drawn is 0."""
        low, high = self.bounds
        made = np.array(value or [min(max(0.0, low), high)] * self.n)
        (x, y), (x_0, y_0) = touch.now, touch.before or touch.now
        at, start = (fraction(place, touch.spans[0]) * (self.n - 1) for place in (x, x_0))
        first, last = sorted((at, start))
        if last < -0.5 or first > self.n - 0.5:
            return value
        within = np.arange(min(max(round(first), 0), self.n - 1), min(max(round(last), 0), self.n - 1) + 1)
        ends = ((start, y_0), (at, y)) if start <= at else ((at, y), (start, y_0))
        made[within] = y if start == at else np.interp(within, *np.transpose(ends))
        return quantised(made, low, high)


class Grid(Drawing):
    """A picture that fills a plot: whole numbers from 0 to `levels` - 1, row by row from the top.

    Models see an array (rows, columns), or (0, columns) while nothing is drawn. A stroke is as wide as a pixel, and
    soft where there are more than two levels. Where it `toggles`, a drag that begins on ink wipes.
    """

    __slots__ = ["columns", "levels", "rows", "toggles"]
    _slot_defaults = {**Touchable._slot_defaults, "default": (), "rows": 8, "columns": 8, "levels": 2, "toggles": False}

    def __init__(self, rows: Any = Undefined, columns: Any = Undefined, levels: Any = Undefined, *,
                 toggles: Any = Undefined, default: Any = Undefined, **stated: Any) -> None:
        super().__init__(default, **stated)
        self.rows, self.columns, self.levels, self.toggles = rows, columns, levels, toggles

    @property
    def longest(self) -> int:
        """As many bits for each pixel as its levels need."""
        return -(-self.rows * self.columns * self._bits // 6)

    @property
    def _bits(self) -> int:
        return int(self.levels - 1).bit_length()

    def encode(self, value: tuple[int, ...]) -> np.ndarray:
        """Return the picture (rows, columns), or (0, columns) for none."""
        return read_only(np.reshape(np.array(value, dtype=np.int64), (-1, self.columns)), np.int64)

    def text(self, value: tuple[int, ...]) -> str:
        """Return the picture as text."""
        return packed(np.array(value, dtype=np.int64), self._bits) if value else ""

    def _read(self, text: str) -> tuple[int, ...] | None:
        found = unpacked(text, self.rows * self.columns, self._bits)
        return None if found is None or found.max() >= self.levels else tuple(found.tolist())

    def _wanted(self) -> str:
        return f"{self.rows} x {self.columns} whole numbers from 0 to {self.levels - 1}"

    def _cleaned(self, numbers: NDArray[np.float64]) -> tuple[int, ...]:
        if numbers.shape not in ((self.rows, self.columns), (self.rows * self.columns,)):
            raise self._refuse(" x ".join(map(str, numbers.shape)))
        wrong = numbers[(numbers != np.rint(numbers)) | (numbers < 0) | (numbers >= self.levels)]
        if wrong.size:
            raise self._refuse(f"{wrong[0]:g}")
        return tuple(numbers.astype(np.int64).ravel().tolist())

    def _pixel(self, place: Place, touch: Touch) -> tuple[float, float]:
        """Return where a place lies, in pixels from the top left corner down and across."""
        across, up = (fraction(one, span) for one, span in zip(place, touch.spans, strict=True))
        return (1.0 - up) * self.rows, across * self.columns

    def meant(self, value: tuple[int, ...], touch: Touch) -> int:
        """Return the level that the drag paints: 0 where it toggles and begins on ink."""
        down, across = map(int, np.floor(self._pixel(touch.now, touch)))
        there = 0 <= down < self.rows and 0 <= across < self.columns
        on_ink = self.toggles and bool(value) and there and value[down * self.columns + across] > 0
        return 0 if on_ink else self.levels - 1

    def touched(self, value: tuple[int, ...], touch: Touch) -> tuple[int, ...]:
        """Return the picture with a stroke of the brush from place to place."""
        end, start = (np.array(self._pixel(place, touch)) for place in (touch.now, touch.before or touch.now))
        ink = self._soft(start, end) if self.levels > 2 else self._hard(start, end)
        made = self.encode(value) if value else np.zeros((self.rows, self.columns), dtype=np.int64)
        top = self.levels - 1
        wipes = (self.meant(value, touch) if touch.meant is None else touch.meant) == 0
        laid = np.rint(top * ink).astype(np.int64)
        made = np.minimum(made, top - laid) if wipes else np.maximum(made, laid)
        return tuple(made.ravel().tolist()) if laid.any() else value

    def _hard(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 1 for the pixels (rows, columns) through which a line goes, 0 for the others."""
        ink = np.zeros((self.rows, self.columns))
        steps = 1 + int(min(10.0 * np.abs(end - start).max(), 1e4))
        down, across = np.floor(np.linspace(start, end, steps + 1)).astype(np.int64).T
        there = (down >= 0) & (down < self.rows) & (across >= 0) & (across < self.columns)
        ink[down[there], across[there]] = 1.0
        return ink

    def _soft(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the ink on each pixel (rows, columns), less with its distance from a line."""
        middles = np.stack(np.meshgrid(np.arange(self.rows) + 0.5, np.arange(self.columns) + 0.5, indexing="ij"), -1)
        along = end - start
        share = np.clip((middles - start) @ along / max(float(along @ along), 1e-12), 0.0, 1.0)
        away = np.linalg.norm(middles - start - share[..., None] * along, axis=-1)
        return np.clip((BRUSH - away) / (BRUSH - FULL), 0.0, 1.0)


class Points(Drawing):
    """At most `most` points (x, y, class) within `bounds` along both axes; the Choice `labels` has the classes.

    Models see an array (k, 3). Places are kept to 1 / 4094 of the bounds. A click adds a point of the class chosen
    now; one on a point takes it away.
    """

    __slots__ = ["bounds", "labels", "most"]
    _slot_defaults = {**Touchable._slot_defaults, "default": (), "most": 60, "labels": "", "bounds": (-1.0, 1.0)}
    gesture = "click"

    def __init__(self, most: Any = Undefined, labels: Any = Undefined, bounds: Any = Undefined, *,
                 default: Any = Undefined, **stated: Any) -> None:
        super().__init__(default, **stated)
        self.most, self.labels, self.bounds = most, labels, bounds

    @property
    def longest(self) -> int:
        """Five signs for each point."""
        return 5 * int(self.most)

    @property
    def classes(self) -> list[str]:
        """The options of the control that names the classes; one without a name where there is none."""
        return list(self.owner.param[self.labels].objects) if self.labels else [""]

    def encode(self, value: tuple[tuple[float, float, int], ...]) -> np.ndarray:
        """Return the points (k, 3): x, y and the number of the class."""
        return read_only(np.reshape(np.array(value, dtype=float), (-1, 3)))

    def text(self, value: tuple[tuple[float, float, int], ...]) -> str:
        """Return the points as text."""
        return "".join(packed(to_levels(point[:2], *self.bounds), BITS) + SIGNS[point[2]] for point in value)

    def _read(self, text: str) -> tuple[Any, ...] | None:
        parts = [text[k:k + 5] for k in range(0, len(text), 5)]
        places = [unpacked(part[:4], 2, BITS) for part in parts]
        classes = [SIGNS.find(part[4:]) for part in parts]
        good = len(text) % 5 == 0 and all(place is not None and place.max() <= STEPS for place in places)
        if not good or min(classes) < 0:
            return None
        return tuple((*from_levels(place, *self.bounds), one) for place, one in zip(places, classes, strict=True)
                     if place is not None)

    def _size_of_text(self) -> str:
        return f"5 characters for each of at most {self.most} points:"

    def _wanted(self) -> str:
        low, high = self.bounds
        return (f"at most {self.most} points (x, y, class), x and y between {low:g} and {high:g}, "
                f"class from 0 to {len(self.classes) - 1}")

    def _cleaned(self, numbers: NDArray[np.float64]) -> tuple[Any, ...]:
        if numbers.ndim != 2 or numbers.shape[1] != 3 or len(numbers) > self.most:
            raise self._refuse(" x ".join(map(str, numbers.shape)))
        low, high = self.bounds
        places, classes = numbers[:, :2], numbers[:, 2]
        wrong = ((places < low) | (places > high)).any(axis=1)
        wrong |= (classes != np.rint(classes)) | (classes < 0) | (classes >= len(self.classes))
        if wrong.any():
            x, y, one = numbers[wrong][0]
            raise self._refuse(f"({x:g}, {y:g}, {one:g})")
        return tuple((*quantised(place, low, high), int(one)) for place, one in zip(places, classes, strict=True))

    def touched(self, value: tuple[Any, ...], touch: Touch) -> tuple[Any, ...]:
        """Return the points with one more, or less the one that is near; a drag does no more than its first place."""
        if touch.before is not None:
            return value
        (x, y), sizes = touch.now, [span[1] - span[0] for span in touch.spans]
        gaps = [float(np.hypot((point[0] - x) / sizes[0], (point[1] - y) / sizes[1])) for point in value]
        if gaps and min(gaps) <= REACH:
            nearest = gaps.index(min(gaps))
            return (*value[:nearest], *value[nearest + 1:])
        low, high = self.bounds
        if len(value) >= self.most or not (low <= min(x, y) and max(x, y) <= high):
            return value
        chosen = self.classes.index(touch.values[self.labels]) if self.labels else 0
        return (*value, (*quantised((x, y), low, high), chosen))
