"""A time that notices what is asked of it: when a right-hand side changes suddenly, and how fast it swings.

A `Clock` is the number t that goes through the one text of a right-hand side. It is passed on as long as
the text is linear in t, and tells its `Trace` of each comparison, remainder, rounding and wave. So a model
states its input in plain arithmetic, and need not say when it jumps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

FEATURES = tuple(np.linspace(-9.0, 9.0, 13))
"""Places s at which a smooth function of s, such as exp(-s^2 / 2), is looked at: beyond 9 it has settled."""


@dataclass
class Trace:
    """What a right-hand side asked of its time: jumps (first time, period), smooth features, angular frequencies.

    A period of 0 is a single jump; each feature is a tuple of times, ms. `branched` tells that the text went one
    of two ways, `hidden` that a jump could not be dated.
    """

    jumps: set[tuple[float, float]] = field(default_factory=set)
    features: set[tuple[float, ...]] = field(default_factory=set)
    waves: set[float] = field(default_factory=set)
    branched: bool = False
    hidden: bool = False


class Flag(int):
    """The answer to a comparison, 0 or 1, which notices when the text branches on it."""

    trace: Trace

    def __bool__(self) -> bool:
        self.trace.branched = True
        return int(self) != 0


def _flag(trace: Trace, answer: Any) -> Flag:
    flag = Flag(int(answer))
    flag.trace = trace
    return flag


class Clock(float):
    """A number that is `slope` t + `offset`, or that modulo `wrap`, times `gain` plus `lift`.

    A slope of None stands for any other function of t.
    """

    trace: Trace
    slope: float | None
    offset: float
    wrap: float
    gain: float
    lift: float

    @classmethod
    def at(cls, t: float, trace: Trace) -> Clock:
        """Return the time t itself."""
        return cls.of(t, trace, 1.0)

    @classmethod
    def of(cls, value: float, trace: Trace, slope: float | None = None, offset: float = 0.0, wrap: float = 0.0,
           gain: float = 1.0, lift: float = 0.0) -> Clock:
        """Return a number with its history."""
        clock = cls(value)
        clock.trace, clock.slope, clock.offset = trace, slope if slope != 0.0 else None, offset
        clock.wrap, clock.gain, clock.lift = wrap, gain, lift
        return clock

    # Linear arithmetic ----------------------------------------------------------------

    def linear(self, value: float, gain: float, lift: float) -> Clock:
        """Return gain times this plus lift."""
        if self.slope is None or gain == 0.0 or not np.isfinite(gain + lift):
            return Clock.of(value, self.trace)
        if self.wrap:
            return Clock.of(value, self.trace, self.slope, self.offset, self.wrap, gain * self.gain,
                            gain * self.lift + lift)
        return Clock.of(value, self.trace, gain * self.slope, gain * self.offset + lift)

    def other(self, value: float) -> Clock:
        """Return a number that depends on t in some other way; note where it may do so quickly."""
        if self.slope is not None and not self.wrap:
            self.trace.features.add(tuple(float((s - self.offset) / self.slope) for s in FEATURES))
        return Clock.of(value, self.trace)

    def _sum(self, that: Any, sign: float) -> Any:
        value = float(self) + sign * float(that)
        if not isinstance(that, Clock):
            return self.linear(value, 1.0, sign * float(that))
        if self.slope is None or that.slope is None or self.wrap or that.wrap:
            return Clock.of(value, self.trace)
        slope = self.slope + sign * that.slope
        return Clock.of(value, self.trace, slope, self.offset + sign * that.offset) if slope else value

    def __add__(self, that: Any) -> Any:
        return self._sum(that, 1.0) if _is_number(that) else NotImplemented

    def __sub__(self, that: Any) -> Any:
        return self._sum(that, -1.0) if _is_number(that) else NotImplemented

    def __mul__(self, that: Any) -> Any:
        if not _is_number(that):
            return NotImplemented
        value = float(self) * float(that)
        return self.other(value) if isinstance(that, Clock) else self.linear(value, float(that), 0.0)

    def __truediv__(self, that: Any) -> Any:
        if not _is_number(that):
            return NotImplemented
        value = float(self) / float(that)
        return self.other(value) if isinstance(that, Clock) else self.linear(value, 1.0 / float(that), 0.0)

    def __radd__(self, that: Any) -> Any:
        return self + that

    def __rsub__(self, that: Any) -> Any:
        return (-self) + that

    def __rmul__(self, that: Any) -> Any:
        return self * that

    def __rtruediv__(self, that: Any) -> Any:
        return self.other(float(that) / float(self)) if _is_number(that) else NotImplemented

    def __neg__(self) -> Clock:
        return self.linear(-float(self), -1.0, 0.0)

    def __pos__(self) -> Clock:
        return self

    def __pow__(self, that: Any, modulus: None = None) -> Any:
        return self.other(float(self) ** float(that)) if _is_number(that) else NotImplemented

    def __rpow__(self, that: Any, modulus: None = None) -> Any:
        return self.other(float(that) ** float(self)) if _is_number(that) else NotImplemented

    def __abs__(self) -> Clock:
        self.bends(0.0)
        return Clock.of(abs(float(self)), self.trace)

    # What jumps -----------------------------------------------------------------------

    def meets(self, level: Any) -> None:
        """Note when this number passes a level."""
        gap = self - level
        if not isinstance(gap, Clock):
            return
        if gap.slope is None:
            self.trace.hidden = True
        elif not gap.wrap:
            self.trace.jumps.add((-gap.offset / gap.slope, 0.0))
        elif 0.0 <= (rest := -gap.lift / gap.gain) <= gap.wrap:
            self.trace.jumps.add(((rest - gap.offset) / gap.slope, abs(gap.wrap / gap.slope)))

    def bends(self, level: Any) -> None:
        """Note where a function of this number has a kink at a level."""
        gap = self - level
        if isinstance(gap, Clock) and gap.slope is not None and not gap.wrap:
            self.trace.features.add((-gap.offset / gap.slope,))

    def steps(self, unit: float, phase: float = 0.0) -> None:
        """Note when this number passes `phase` plus a multiple of a unit."""
        if self.slope is None or self.wrap:
            self.trace.hidden = True
        else:
            self.trace.jumps.add(((phase - self.offset) / self.slope, abs(unit / self.slope)))

    def __mod__(self, that: Any) -> Any:
        value = float(self) % float(that)
        self.steps(float(that))
        if self.slope is None or self.wrap or isinstance(that, Clock):
            return Clock.of(value, self.trace)
        return Clock.of(value, self.trace, self.slope, self.offset, float(that))

    def __floordiv__(self, that: Any) -> float:
        self.steps(float(that))
        return float(self) // float(that)

    def __floor__(self) -> int:
        self.steps(1.0)
        return int(np.floor(float(self)))

    def __ceil__(self) -> int:
        self.steps(1.0)
        return int(np.ceil(float(self)))

    def __trunc__(self) -> int:
        self.steps(1.0)
        return int(float(self))

    def __int__(self) -> int:
        return self.__trunc__()

    def __round__(self, digits: Any = None) -> Any:
        self.steps(10.0 ** -(digits or 0), 0.5 * 10.0 ** -(digits or 0))
        return round(float(self), digits)

    def __bool__(self) -> bool:
        self.trace.branched = True
        return float(self) != 0.0

    def _compare(self, that: Any, answer: bool) -> Flag:
        self.meets(that)
        return _flag(self.trace, answer)

    def __lt__(self, that: Any) -> Any:
        return self._compare(that, float(self) < float(that))

    def __le__(self, that: Any) -> Any:
        return self._compare(that, float(self) <= float(that))

    def __gt__(self, that: Any) -> Any:
        return self._compare(that, float(self) > float(that))

    def __ge__(self, that: Any) -> Any:
        return self._compare(that, float(self) >= float(that))

    def __hash__(self) -> int:
        return hash(float(self))

    def __eq__(self, that: object) -> Any:
        return float(self) == that

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Answer NumPy: by the same rules where it does arithmetic, else by the value alone."""
        if method == "__call__" and not options and function.__name__ in _RULES and all(map(_is_number, inputs)):
            return _RULES[function.__name__](*(x if isinstance(x, Clock) else float(x) for x in inputs))
        value = getattr(function, method)(*(float(x) if isinstance(x, Clock) else x for x in inputs), **options)
        for clock in (x for x in inputs if isinstance(x, Clock)):
            if function.__name__ in ("sin", "cos") and clock.slope is not None and not clock.wrap:
                clock.trace.waves.add(abs(clock.slope))
            elif function.__name__ in _ROUNDING:
                clock.steps(1.0, 0.5 if function.__name__ == "rint" else 0.0)
                return value
            elif function.__name__ in _KINKED:
                clock.bends(next((x for x in inputs if x is not clock), 0.0) if len(inputs) > 1 else 0.0)
            else:
                clock.other(0.0)
            if np.ndim(value) == 0:
                return Clock.of(float(value), clock.trace)
        return value


_ROUNDING = ("floor", "ceil", "rint", "trunc")
_KINKED = ("maximum", "minimum", "fmax", "fmin", "absolute", "fabs")
_RULES: dict[str, Any] = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b, "negative": lambda a: -a, "positive": lambda a: a,
    "remainder": lambda a, b: a % b, "floor_divide": lambda a, b: a // b, "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b, "greater": lambda a, b: a > b, "greater_equal": lambda a, b: a >= b,
    "heaviside": lambda a, b: float(b) if int(a > 0.0) < int(a >= 0.0) else float(int(a > 0.0)),
    "sign": lambda a: float(int(a > 0.0) - int(a < 0.0))}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating | np.bool_) or (
        isinstance(value, np.ndarray) and value.ndim == 0)
