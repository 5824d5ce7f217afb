"""Random numbers that are functions of (seed, stream, counter), for right-hand sides.

The same call gives the same digits on plain numbers, on NumPy arrays (which
broadcast) and inside compiled code. No state is kept anywhere, so moving a weight
leaves the noise as it was. Bits are mixed as in SplitMix64 [Steele2014].
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba.extending import overload, register_jitable
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel

_WORD = 0xFFFFFFFFFFFFFFFF
_GOLDEN, _STREAM = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
_MIX_1, _MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_GUARD = 1e-9
"""Part of an interval that t may lack: k*dt is often a rounding error short of its interval."""


def _mix_int(z: int) -> int:
    z = ((z ^ (z >> 30)) * _MIX_1) & _WORD
    z = ((z ^ (z >> 27)) * _MIX_2) & _WORD
    return z ^ (z >> 31)


_U = np.uint64
_U_GOLDEN, _U_STREAM, _U_MIX_1, _U_MIX_2 = _U(_GOLDEN), _U(_STREAM), _U(_MIX_1), _U(_MIX_2)
_S30, _S27, _S31, _S12 = _U(30), _U(27), _U(31), _U(12)


@register_jitable
def _mix_word(z: Any) -> Any:
    z = (z ^ (z >> _S30)) * _U_MIX_1
    z = (z ^ (z >> _S27)) * _U_MIX_2
    return z ^ (z >> _S31)


@register_jitable
def _hash_words(seed: Any, stream: Any, counter: Any) -> Any:
    key = _mix_word(seed + _U_GOLDEN)
    key = _mix_word(key + stream * _U_STREAM)
    return _mix_word(key + counter * _U_GOLDEN) >> _S12


def _hash_ints(seed: int, stream: int, counter: int) -> int:
    # The seed is hashed before anything is added: otherwise streams are shifts of each other.
    key = _mix_int((seed + _GOLDEN) & _WORD)
    key = _mix_int((key + stream * _STREAM) & _WORD)
    return _mix_int((key + counter * _GOLDEN) & _WORD) >> 12


def _words(value: Any) -> Any:
    return np.asarray(value).astype(np.int64, copy=False).view(np.uint64)


def hash_uniform(seed: Any, stream: Any, counter: Any) -> Any:
    """Return a number between 0 and 1, both excluded, for each (seed, stream, counter); arrays broadcast."""
    if isinstance(counter, np.ndarray) or isinstance(seed, np.ndarray) or isinstance(stream, np.ndarray):
        with np.errstate(over="ignore"):
            bits = _hash_words(_words(seed), _words(stream), _words(counter))
        return (bits.astype(np.float64) + 0.5) * 2.0**-52
    return (_hash_ints(int(seed), int(stream), int(counter)) + 0.5) * 2.0**-52


@overload(hash_uniform)
def _compile_uniform(seed: Any, stream: Any, counter: Any) -> Any:
    def uniform(seed: Any, stream: Any, counter: Any) -> Any:
        bits = _hash_words(np.uint64(seed), np.uint64(stream), np.uint64(np.int64(counter)))
        return (np.float64(bits) + 0.5) * 2.0**-52

    return uniform


@register_jitable
def _central(q: Any) -> Any:
    """Quantile of the normal for |q| = |u - 1/2| <= 0.425 [Wichura1988]."""
    r = 0.180625 - q * q
    num = ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
             + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
           + 133.14166789178437745) * r + 3.387132872796366608
    den = ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
             + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
           + 42.313330701600911252) * r + 1.0
    return q * num / den


@register_jitable
def _tail(s: Any) -> Any:
    """Quantile in the tail, s = sqrt(-log(u)) <= 5 (AS 241)."""
    r = s - 1.6
    num = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
             + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
           + 4.6303378461565452959) * r + 1.42343711074968357734
    den = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
             + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
           + 2.05319162663775882187) * r + 1.0
    return num / den


@register_jitable
def _far_tail(s: Any) -> Any:
    """Quantile in the far tail, s > 5 (AS 241)."""
    r = s - 5.0
    num = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
             + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
           + 5.4637849111641143699) * r + 6.6579046435011037772
    den = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
             + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
           + 0.59983220655588793769) * r + 1.0
    return num / den


@register_jitable
def _quantile(u: float) -> float:
    q = u - 0.5
    if abs(q) <= 0.425:
        return _central(q)  # type: ignore[no-any-return]
    s = math.sqrt(-math.log(min(u, 1.0 - u)))
    size = _tail(s) if s <= 5.0 else _far_tail(s)
    return -size if q < 0.0 else size  # type: ignore[no-any-return]


def _quantiles(u: Any) -> Any:
    q = u - 0.5
    s = np.sqrt(-np.log(np.minimum(u, 1.0 - u)))
    size = np.where(s <= 5.0, _tail(s), _far_tail(s))
    return np.where(np.abs(q) <= 0.425, _central(q), np.copysign(size, q))


def hash_normal(seed: Any, stream: Any, counter: Any) -> Any:
    """Return a standard normal number for each (seed, stream, counter); arrays broadcast [Wichura1988]."""
    u = hash_uniform(seed, stream, counter)
    return _quantiles(u) if isinstance(u, np.ndarray) else _quantile(u)


@overload(hash_normal)
def _compile_normal(seed: Any, stream: Any, counter: Any) -> Any:
    def normal(seed: Any, stream: Any, counter: Any) -> Any:
        return _quantile(hash_uniform(seed, stream, counter))

    return normal


def held_noise(t: Any, interval: Any, seed: Any, stream: Any) -> Any:
    """Return standard normal noise at time t (ms), constant over intervals (ms); arrays broadcast."""
    if isinstance(t, np.ndarray) or isinstance(interval, np.ndarray):
        return hash_normal(seed, stream, np.floor(np.asarray(t / interval + _GUARD)))
    return hash_normal(seed, stream, math.floor(t / interval + _GUARD))


@overload(held_noise)
def _compile_held(t: Any, interval: Any, seed: Any, stream: Any) -> Any:
    def held(t: Any, interval: Any, seed: Any, stream: Any) -> Any:
        return hash_normal(seed, stream, math.floor(t / interval + _GUARD))

    return held


@kernel(error_model="numpy")
def _fill_sums(seed: int, stream: int, parts: int, sums: Any) -> None:
    for k in range(len(sums)):
        for j in range(parts):
            sums[k] += hash_normal(seed, stream, k * parts + j)


def normal_sums(seed: int, stream: int, count: int, parts: int) -> NDArray[np.float64]:
    """Return sums (count,) of `parts` standard normal numbers each: those of counters 0, 1, 2 ... in turn."""
    sums = np.zeros(count)
    _fill_sums(int(seed), int(stream), int(parts), sums)
    return sums
