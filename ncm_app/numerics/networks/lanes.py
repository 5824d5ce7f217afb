"""Functions of a model in one precision, so that the compiler puts many cells into one vector instruction.

The text of the function stays what it is; what changes is what it stands on: its constants are of the
precision, whatever it reckons with is cast to it, and `np.exp`, `np.minimum` and `np.maximum` have no branches.
One number in double precision among singles would halve the lanes; one call of a library would end them.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import njit

from ncm_app.numerics.networks.layout import FLAGS

_F = np.float32
_LOG2E, _TOP = _F(1.4426950408889634), _F(80.0)
_C0, _C1, _C2, _C3, _C4, _C5 = (_F(c) for c in (
    1.00000007, 0.69314697, 0.2402212, 0.05550713, 0.00967554, 0.00132765))
"""The polynomial that is nearest to 2^f, in parts of it, for f from -1/2 to 1/2: 8e-8 off at most (by Remez)."""

_BIAS, _SHIFT = np.int32(127), np.int32(23)

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_WIDE_LOG2E, _WIDE_TOP = 1.0 / math.log(2.0), 700.0
_TAYLOR = tuple(1.0 / math.factorial(k) for k in range(14))
_WIDE_BIAS, _WIDE_SHIFT = np.int64(1023), np.int64(52)


def _exp_single(x):  # type: ignore[no-untyped-def]
    """Return e^x to 2e-7 and a rounding of x, for |x| < 80; beyond, e^80 or e^-80."""
    x = min(max(x, -_TOP), _TOP) * _LOG2E
    whole = np.rint(x)
    f = x - whole
    two_to_f = _C0 + f * (_C1 + f * (_C2 + f * (_C3 + f * (_C4 + f * _C5))))
    return two_to_f * np.int32((np.int32(whole) + _BIAS) << _SHIFT).view(np.float32)


def _exp_double(x):  # type: ignore[no-untyped-def]
    """Return e^x to a few roundings of x, for |x| < 700; beyond, e^700 or e^-700."""
    x = min(max(x, -_WIDE_TOP), _WIDE_TOP)
    whole = np.rint(x * _WIDE_LOG2E)
    f = (x - whole * _LN2_HIGH) - whole * _LN2_LOW
    power = 1.0 + f * (1.0 + f * (_TAYLOR[2] + f * (_TAYLOR[3] + f * (_TAYLOR[4] + f * (_TAYLOR[5] + f * (
        _TAYLOR[6] + f * (_TAYLOR[7] + f * (_TAYLOR[8] + f * (_TAYLOR[9] + f * (_TAYLOR[10] + f * (
            _TAYLOR[11] + f * (_TAYLOR[12] + f * _TAYLOR[13]))))))))))))
    return power * np.int64((np.int64(whole) + _WIDE_BIAS) << _WIDE_SHIFT).view(np.float64)


def _single(x):  # type: ignore[no-untyped-def]
    return np.float32(x)


def _double(x):  # type: ignore[no-untyped-def]
    return np.float64(x)


def _lower(a, b):  # type: ignore[no-untyped-def]
    return a if a < b else b


def _higher(a, b):  # type: ignore[no-untyped-def]
    return a if a > b else b


inline = njit(error_model="numpy", forceinline=True, fastmath=FLAGS)
"""Compiles what becomes a part of the loop that calls it."""

_CASTS: dict[Any, Any] = {np.float32: inline(_single), np.float64: inline(_double)}
EXPONENTIALS: dict[Any, Any] = {np.float32: inline(_exp_single), np.float64: inline(_exp_double)}
"""e^x by precision, in arithmetic alone."""

_LOWER, _HIGHER = inline(_lower), inline(_higher)


class Unfit(ValueError):
    """A cell whose equation cannot be compiled for a network; the message says why."""


def in_precision(function: Callable[..., Any], real: type) -> Any:
    """Return a function compiled to reckon in np.float32 or np.float64 alone, with all that it calls.

    Raises Unfit where its source cannot be read.
    """
    return inline(_rebuilt(function, real, {}))


def _rebuilt(function: Any, real: type, known: dict[Any, Any]) -> FunctionType:
    function = getattr(function, "py_func", function)
    if function.__closure__:
        raise Unfit(f"{function.__name__} uses variables of the function around it, which a network cannot compile.")
    tree = _tree(function)
    constants = _Constants(real)
    constants.visit(tree)
    space = {"_real": _CASTS[real], **constants.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in function.__globals__ and node.id not in space:
            space[node.id] = _bound(function.__globals__[node.id], real, known)
    module = ast.fix_missing_locations(ast.Module([tree], []))
    exec(compile(module, f"<{function.__qualname__} in {real.__name__}>", "exec"), space)
    made: FunctionType = space[function.__name__]
    return made


def _tree(function: Any) -> ast.FunctionDef:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError) as error:
        raise Unfit(f"The text of {function!r} cannot be read, so a network cannot compile it.") from error
    if not isinstance(tree, ast.FunctionDef):
        raise Unfit(f"{function.__qualname__} is no function written with def, so a network cannot compile it.")
    tree.decorator_list, tree.returns = [], None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return tree


class _Constants(ast.NodeTransformer):
    """Names each number with a point, and casts both sides of every operation; whole powers stay as they are."""

    def __init__(self, real: type) -> None:
        self.real, self.values = real, dict[str, Any]()

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, float):
            return node
        name = f"_c{len(self.values)}"
        self.values[name] = self.real(node.value)
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        whole = isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant)
        node.left, node.right = self.cast(node.left), node.right if whole else self.cast(node.right)
        return node

    @staticmethod
    def cast(node: ast.expr) -> ast.expr:
        return ast.Call(ast.Name("_real", ast.Load()), [node], [])


def _bound(value: Any, real: type, known: dict[Any, Any]) -> Any:
    """Return what stands for the value of a global name."""
    if isinstance(value, float):
        return real(value)
    if isinstance(value, np.ndarray):
        return value.astype(real)
    if isinstance(value, ModuleType):
        return _module(value, real)
    if callable(value) and value in _replaced(real):
        return _replaced(real)[value]
    if isinstance(getattr(value, "py_func", value), FunctionType):
        if value not in known:
            known[value] = inline(_rebuilt(value, real, known))
        return known[value]
    return value


def _replaced(real: type) -> dict[Any, Any]:
    return {np.exp: EXPONENTIALS[real], math.exp: EXPONENTIALS[real], np.minimum: _LOWER, np.maximum: _HIGHER}


def _module(module: ModuleType, real: type) -> ModuleType:
    """Return a module with the same functions, but those that are replaced."""
    made = ModuleType(f"{module.__name__}_in_{real.__name__}")
    vars(made)["__getattr__"] = lambda name: getattr(module, name)
    for function, stand_in in _replaced(real).items():
        name = str(function.__name__)
        if getattr(module, name, None) is function:
            setattr(made, name, stand_in)
    return made
