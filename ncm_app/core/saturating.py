"""Helpers that stand still far from zero: compiled code need not compute them there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.extending import overload

Function = Callable[[Any], Any]


def constant_outside(beyond: float, before: float, after: float) -> Callable[[Function], Function]:
    """Mark a helper f(s) that has its limits `before` and `after` where |s| > `beyond`.

    The text stays the one text. Compiled for stepping, where s is one number, it answers
    with a limit there: a pulse that is over, or was never given, then costs nothing.
    """
    def mark(function: Function) -> Function:
        exact = numba.njit(error_model="numpy")(function)

        def answer(s: Any) -> Any:
            if s > beyond:
                return after
            if s < -beyond:
                return before
            return exact(s)

        def choose(s: Any) -> Function:
            return answer

        overload(function)(choose)
        return function

    return mark
