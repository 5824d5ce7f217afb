"""Expressions as text, made by running a model's own functions on names instead of numbers.

A `Term` goes through the one text of a right-hand side in place of a state, a time or a parameter, and comes out
as the expression that the text computes. Options of a model stay numbers, so that `if` takes its branch; a branch
on a term would lose the other way, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ncm_app.core.syntax import Unreadable

HUGE = "1e300"
_CALLS = {np.exp: "exp", np.log: "log", np.log10: "log10", np.sqrt: "sqrt", np.sin: "sin", np.cos: "cos",
          np.tan: "tan", np.sinh: "sinh", np.cosh: "cosh", np.tanh: "tanh", np.arcsin: "arcsin",
          np.arccos: "arccos", np.arctan: "arctan", np.abs: "abs", np.floor: "floor", np.ceil: "ceil",
          np.sign: "sign"}
_OPERATORS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/", np.power: "**",
              np.remainder: "%"}
_COMPARED = {np.less: "<", np.less_equal: "<=", np.greater: ">", np.greater_equal: ">=", np.equal: "==",
             np.not_equal: "!="}


def written(value: Any) -> str:
    """Return a number or a term as text."""
    if isinstance(value, Term):
        return value.text
    number = float(value)
    text = repr(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
    return f"({text})" if number < 0 else text


class Term:
    """An expression; `text` is whole in itself, a name or in brackets."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **how: Any) -> Term:
        """Write what NumPy would compute; raises Unreadable for functions that have no name here."""
        texts = [written(value) for value in inputs]
        if method == "__call__" and not how:
            if ufunc in _CALLS:
                return Term(f"{_CALLS[ufunc]}({texts[0]})")
            if ufunc in _OPERATORS:
                return Term(f"({texts[0]} {_OPERATORS[ufunc]} {texts[1]})")
            if ufunc in _COMPARED:
                return Term(f"int({texts[0]} {_COMPARED[ufunc]} {texts[1]})")
            if ufunc in _EXTREMES:
                return _EXTREMES[ufunc](*inputs)
            if ufunc is np.negative:
                return Term(f"(-{texts[0]})")
            if ufunc is np.expm1:
                return Term(f"(exp({texts[0]}) - 1)")
            if ufunc is np.square:
                return Term(f"({texts[0]} ** 2)")
        raise Unreadable(f"{ufunc.__name__} has no counterpart in a script of another simulator")

    def __array_function__(self, function: Any, types: Any, args: Any, how: Any) -> Term:
        """Write `np.where` and `np.clip`."""
        if function is np.where and len(args) == 3 and not how:
            chosen, one, other = (written(value) for value in args)
            return Term(f"({chosen} * {one} + (1 - {chosen}) * {other})")
        if function is np.clip and len(args) == 3 and not how:
            return Term(f"clip({', '.join(written(value) for value in args)})")
        raise Unreadable(f"{function.__name__} has no counterpart in a script of another simulator")

    def __bool__(self) -> bool:
        """Refuse a branch."""
        raise Unreadable(f"the text branches on {self.text}")

    def __float__(self) -> float:
        """Refuse to be a number: what asks for one (math.exp) would go unseen."""
        raise Unreadable(f"the text takes {self.text} for a number")

    __hash__ = None  # type: ignore[assignment]


def _extreme(first: Any, second: Any, lowest: bool) -> Term:
    if not isinstance(first, Term):
        first, second = second, first
    bounds = f"-{HUGE}, {written(second)}" if lowest else f"{written(second)}, {HUGE}"
    return Term(f"clip({first.text}, {bounds})")


_EXTREMES: dict[np.ufunc, Callable[[Any, Any], Term]] = {
    np.minimum: lambda a, b: _extreme(a, b, lowest=True), np.maximum: lambda a, b: _extreme(a, b, lowest=False)}


def _operator(ufunc: np.ufunc, swapped: bool = False) -> Callable[[Term, Any], Term]:
    def method(self: Term, other: Any) -> Term:
        pair = (other, self) if swapped else (self, other)
        return self.__array_ufunc__(ufunc, "__call__", *pair)
    return method


def _sign(ufunc: np.ufunc) -> Callable[[Term], Term]:
    return lambda self: self.__array_ufunc__(ufunc, "__call__", self)


_ARITHMETIC: dict[str, np.ufunc] = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide,
                                    "pow": np.power, "mod": np.remainder}
_COMPARISONS: dict[str, np.ufunc] = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
                                     "eq": np.equal, "ne": np.not_equal}
_SIGNS: dict[str, np.ufunc] = {"neg": np.negative, "abs": np.abs}
for _name, _ufunc in (_ARITHMETIC | _COMPARISONS).items():
    setattr(Term, f"__{_name}__", _operator(_ufunc))
for _name, _ufunc in _ARITHMETIC.items():
    setattr(Term, f"__r{_name}__", _operator(_ufunc, swapped=True))
for _name, _ufunc in _SIGNS.items():
    setattr(Term, f"__{_name}__", _sign(_ufunc))
