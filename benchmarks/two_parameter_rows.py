"""Points of codimension two beside their references, and the shape of the curves between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.reference_rows import bogdanov_takens, cusp, model, own
from ncm_app.numerics.results import Loci, SpecialPoint
from ncm_app.numerics.system import System

ALLOWED = 1e-5
"""Relative error allowed for cusps, Bogdanov-Takens and Bautin points."""

Pair = tuple[float, float]


@dataclass(frozen=True)
class TwoCase:
    """A system, two parameters with their ranges, and all points (code, first, second) that it has."""

    name: str
    system: System
    p: Any
    fields: tuple[str, str]
    ranges: tuple[Pair, Pair]
    points: tuple[tuple[str, float, float], ...]


def bautin(t: Any, y: Any, p: Any) -> Any:
    """Return r' = r (mu + beta r^2 - r^4), theta' = 1, in the plane."""
    r = y[0] ** 2 + y[1] ** 2
    growth = p.mu + p.beta * r - r * r
    return growth * y[0] - y[1], growth * y[1] + y[0]


def two_cases() -> list[TwoCase]:
    """Return the systems whose points of codimension two are known in closed form."""
    plane = [(-2.0, 2.0), (-2.0, 2.0)]
    unit: tuple[Pair, Pair] = ((-1.0, 1.0), (-1.0, 1.0))
    phi = 0.08
    # FitzHugh-Nagumo over (I, b): cusp where the cubic's folds meet; Bautin where l1 changes sign.
    bautin_b = (1.0 - np.sqrt(1.0 - phi)) / phi
    v = np.sqrt(1.0 - bautin_b * phi)
    rests = [float(w - w**3 / 3.0) for w in (v, -v)]
    currents = [float((w + 0.7) / bautin_b - rest) for w, rest in zip((v, -v), rests, strict=True)]
    return [
        TwoCase("cusp x' = a + b x - x^3", *own(cusp, plane[:1], a=0.0, b=0.5), ("a", "b"), unit, (("CP", 0.0, 0.0),)),
        TwoCase("Bogdanov-Takens normal form", *own(bogdanov_takens, plane, a=-0.1, b=0.5), ("a", "b"), unit,
                (("BT", 0.0, 0.0),)),
        TwoCase("Bautin normal form", *own(bautin, plane, mu=0.1, beta=-0.5), ("mu", "beta"), unit,
                (("GH", 0.0, 0.0),)),
        TwoCase("FitzHugh-Nagumo", *model("fitzhugh_nagumo"), ("I", "b"), ((-1.0, 3.0), (0.0, 2.0)),
                (("CP", 0.7, 1.0), *(("GH", current, float(bautin_b)) for current in currents))),
    ]


def match_points(case: TwoCase, found: Loci) -> list[list[str]]:
    """Return a line per reference, missing point and point too many, in the columns of the main table."""
    left: list[SpecialPoint] = list(found.points)
    rows = []
    for code, *wanted in case.points:
        where = f"({wanted[0]:.7g}, {wanted[1]:.7g})"
        near = sorted((q for q in left if q.code == code), key=lambda q: _error(case, q, wanted))
        if not near:
            rows.append([case.name, code, ", ".join(case.fields), "none", where, "", "", "missing"])
            continue
        left = [q for q in left if q is not near[0]]
        error = _error(case, near[0], wanted)
        values = ", ".join(f"{near[0].parameters[name]:.7g}" for name in case.fields)
        rows.append([case.name, code, ", ".join(case.fields), f"({values})", where, f"{error:.1e}", "",
                     "ok" if error <= ALLOWED else "too far"])
    return rows + [[case.name, q.code, ", ".join(case.fields), str(list(q.parameters.values())), "none", "", "",
                    "extra"] for q in left]


def _error(case: TwoCase, point: SpecialPoint, wanted: list[float]) -> float:
    """Return the larger of two distances, relative to the values, or to the ranges at zero."""
    return max(abs(point.parameters[name] - value) / (abs(value) or high - low)
               for name, value, (low, high) in zip(case.fields, wanted, case.ranges, strict=True))
