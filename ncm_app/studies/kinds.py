"""Kinds of fixed points in sentences: with their noun, and how fast the point is approached."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.results import Equilibrium
from ncm_app.studies.words import number

NOUNLESS = ("stable", "unstable", "semi-stable", "degenerate", "on a kink")
"""Kinds, or their first words, that say what a fixed point is like and not what it is."""


def named(kind: str) -> str:
    """Return a kind of fixed point with its noun: "stable node", but "stable fixed point"."""
    if kind.startswith("on a kink"):
        return f"fixed point {kind}"
    word, _, rest = kind.partition(" ")
    bare = word in NOUNLESS and (not rest or rest.startswith(("(", "on ")))
    return f"{word} fixed point {rest}".strip() if bare else kind


def one(kind: str) -> str:
    """Return a kind of fixed point with its noun and its article."""
    words = named(kind)
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def is_weak(point: Equilibrium) -> bool:
    """Tell whether starts beside a point turn round it almost or quite as before: a centre or a weak spiral."""
    return point.kind == "centre" or point.kind.startswith("weakly")


def describe_point(point: Equilibrium) -> str:
    """Return the kind of a fixed point and how fast it is approached or left."""
    leading = point.eigenvalues[np.argmax(point.eigenvalues.real)]
    order = 1 if point.beyond is None else point.beyond.order
    if abs(leading.imag) > 1e-9:
        hertz = f"{number(1000 * abs(leading.imag) / (2 * np.pi))} Hz"
        if point.kind == "centre":
            return f"centre, {hertz}, neither damped nor growing"
        if order == 0:
            return f"{named(point.kind)}, {hertz}"
        how = "damped" if leading.real < 0 or point.stable else "growing"
        return f"{named(point.kind)}, {hertz} {how}{f', only like {_power(order)}' if order > 1 else ''}"
    if order > 1:  # the eigenvalue is 0
        if order % 2 == 0 and np.all(point.eigenvalues.real <= 0.0):
            return f"{named(point.kind)}, approached from one side, and there only like {_power(order)}"
        return f"{named(point.kind)}{f', approached only like {_power(order)}' if point.stable else ''}"
    if leading.real < 0 and order == 1:
        return f"{named(point.kind)}, approached with time constant {number(-1 / leading.real)} ms"
    return named(point.kind)


def _power(order: int) -> str:
    """Return the power of time like which the distance falls where x' = -x^order."""
    return {2: "1/t", 3: "1/√t"}.get(order, f"t^(−1/{order - 1})")
