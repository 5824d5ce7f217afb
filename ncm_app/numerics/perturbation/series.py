"""Power series that pass through a right-hand side like numbers: Taylor coefficients instead of derivatives by hand.

A right-hand side is arithmetic and NumPy functions; called with `Series` for its states and one parameter it returns
the coefficients of its own expansion, exactly, by the recurrences of [Griewank2008, 13].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ncm_app.numerics.results.base import Array


class Series(NDArrayOperatorsMixin):
    """Coefficients (K, ...) of a truncated power series; NumPy functions of it are series of the same length.

    Raises TypeError for a function that is not known here: one that is not smooth has no series.
    """

    def __init__(self, c: Array) -> None:
        self.c = c

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Series:
        if method != "__call__" or options or ufunc.__name__ not in RULES:
            raise TypeError(f"{ufunc.__name__} has no power series here")
        return Series(RULES[ufunc.__name__](*(x.c if isinstance(x, Series) else x for x in inputs)))


def _is_series(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.ndim > 0


def _add(a: Any, b: Any) -> Array:
    if _is_series(a) and _is_series(b):
        return np.asarray(a + b)
    series, number = (a, b) if _is_series(a) else (b, a)
    out = series.copy()
    out[0] = out[0] + number
    return np.asarray(out)


def _subtract(a: Any, b: Any) -> Array:
    return _add(a, -b)


def _multiply(a: Any, b: Any) -> Array:
    if not (_is_series(a) and _is_series(b)):
        return np.asarray(a * b)
    K = len(a)
    out = a[0] * b
    for j in range(1, K):
        out[j:] += a[j] * b[:K - j]
    return np.asarray(out)


def _divide(a: Any, b: Any) -> Array:
    if not _is_series(b):
        return np.asarray(a / b)
    full = a if _is_series(a) else _add(np.zeros_like(b), a)
    out = np.empty(np.broadcast_shapes(full.shape, b.shape))
    for n in range(len(b)):
        out[n] = (full[n] - _folded(b, out, n)) / b[0]
    return out


def _folded(a: Array, b: Array, n: int, start: int = 1) -> Any:
    """Return the sum of a[j] b[n - j] over j from `start` to n."""
    return (a[start:n + 1] * b[n - start::-1][:n + 1 - start]).sum(axis=0) if n >= start else 0.0


def _grown(u: Array, first: Array, slope: Callable[[Array, int], Array]) -> Array:
    """Return y with y' = slope(y) u': n y_n = sum of j u_j s_(n-j), where `slope(y, n)` gives s up to n."""
    y = np.zeros_like(u)
    y[0] = first
    weighted = u * np.arange(len(u)).reshape(-1, *(1,) * (u.ndim - 1))
    for n in range(1, len(u)):
        y[n] = _folded(weighted, slope(y, n), n) / n
    return y


def _exp(u: Array) -> Array:
    return _grown(u, np.exp(u[0]), lambda y, n: y)


def _tanh(u: Array) -> Array:
    return _grown(u, np.tanh(u[0]), lambda y, n: _subtract(1.0, _multiply(y[:n], y[:n])))


def _log(u: Array) -> Array:
    ones = np.zeros_like(u)
    ones[0] = 1.0
    inverse = _divide(ones, u)
    return _grown(u, np.log(u[0]), lambda y, n: inverse)


def _power(a: Any, k: Any) -> Array:
    if not _is_series(k) and float(k).is_integer() and 0 <= k <= 8:
        out = _add(np.zeros_like(a), 1.0)
        for _ in range(int(k)):
            out = _multiply(out, a)
        return out
    return _exp(_multiply(_log(a), k)) if _is_series(a) else _exp(_multiply(k, np.log(a)))


def _cos_and_sin(u: Array) -> tuple[Array, Array]:
    c, s = np.zeros_like(u), np.zeros_like(u)
    c[0], s[0] = np.cos(u[0]), np.sin(u[0])
    weighted = u * np.arange(len(u)).reshape(-1, *(1,) * (u.ndim - 1))
    for n in range(1, len(u)):
        c[n], s[n] = -_folded(weighted, s, n) / n, _folded(weighted, c, n) / n
    return c, s


def _cosh(u: Array) -> Array:
    return np.asarray(0.5 * (_exp(u) + _exp(-u)))


RULES: dict[str, Callable[..., Array]] = {
    "add": _add, "subtract": _subtract, "multiply": _multiply, "divide": _divide, "power": _power, "exp": _exp,
    "tanh": _tanh, "log": _log, "negative": lambda a: -a, "positive": lambda a: a, "cosh": _cosh,
    "sinh": lambda u: 0.5 * (_exp(u) - _exp(-u)), "square": lambda a: _multiply(a, a),
    "sqrt": lambda a: _exp(0.5 * _log(a)), "reciprocal": lambda a: _divide(1.0, a),
    "cos": lambda u: _cos_and_sin(u)[0], "sin": lambda u: _cos_and_sin(u)[1]}
"""What is known of each NumPy function: coefficients of its series from those of its arguments."""
