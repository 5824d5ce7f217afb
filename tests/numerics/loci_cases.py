"""Systems with known two-parameter diagrams, and a memory of the diagrams for all tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.catalogue import models
from ncm_app.numerics.branches.two_parameter import Ranges, two_parameter_diagram
from ncm_app.numerics.results import Array, Loci, Locus
from ncm_app.studies.systems import system_of
from tests.numerics.systems import BOGDANOV_TAKENS, CUSP, EIF, EIF_VALUES, JANSEN_RIT, make_system, record


def turning(x: Any, y: Any, growth: Any, omega: float) -> tuple[Any, Any]:
    """Return (growth + i omega)(x + i y) as two derivatives."""
    return growth * x - omega * y, omega * x + growth * y


def _bautin(t: Any, y: Any, p: Any) -> Any:
    r = y[0] ** 2 + y[1] ** 2
    return turning(y[0], y[1], p.mu + p.beta * r - r * r, 1.0)


def _fold_hopf(t: Any, y: Any, p: Any) -> Any:
    x, z, w = y
    return *turning(x, z, p.m + w, 1.5), p.b + w * w - x * x - z * z


def _double_hopf(t: Any, y: Any, p: Any) -> Any:
    r, s = y[0] ** 2 + y[1] ** 2, y[2] ** 2 + y[3] ** 2
    return *turning(y[0], y[1], p.m - r - 2.0 * s, 1.0), *turning(y[2], y[3], p.n - r - s, 2.5)


def _fitzhugh_nagumo(t: Any, y: Any, p: Any) -> Any:
    v, w = y
    return v - v**3 / 3.0 - w + p.I, p.phi * (v + p.a - p.b * w)


def _jansen_rit(t: Any, y: Any, p: Any) -> Any:
    rates = list(JANSEN_RIT.rhs(t, y, p))
    rates[5] = p.B / 22.0 * (rates[5] + 100.0 * y[5] + 2500.0 * y[2]) - 100.0 * y[5] - 2500.0 * y[2]
    return tuple(rates)


def _ei(t: Any, y: Any, p: Any) -> Any:
    e, i = y
    return (-e + 0.003575 * np.maximum(2000.0 * e - 2000.0 * i + p.X_e - 9.639161, 0.0)) / 30.0, (
        -i + 0.003575 * np.maximum(6000.0 * e - 3000.0 * i + 17.0 - 9.639161, 0.0)) / p.tau_i


FHN = make_system(_fitzhugh_nagumo, [(-2.5, 2.5), (-1.5, 2.5)], [(-4.0, 4.0), (-8.0, 8.0)])
JR = make_system(_jansen_rit, JANSEN_RIT.spans, JANSEN_RIT.box)
KINKED_EI = make_system(_ei, [(0.0, 0.02), (0.0, 0.03)], [(0.0, 0.5), (0.0, 0.5)])
ANYHOW: Ranges = ((-1.0, 1.2), (-1.0, 1.3))

CASES: dict[str, tuple[Any, Any, tuple[str, str], Ranges]] = {
    "cusp": (CUSP, record(a=0.0, b=0.0), ("a", "b"), ANYHOW),
    "bogdanov-takens": (BOGDANOV_TAKENS, record(a=0.0, b=0.0), ("a", "b"), ANYHOW),
    "bautin": (make_system(_bautin, [(-2.0, 2.0)] * 2), record(mu=0.0, beta=0.0), ("mu", "beta"), ANYHOW),
    "fold-hopf": (make_system(_fold_hopf, [(-2.0, 2.0)] * 3), record(m=0.0, b=0.0), ("m", "b"), ANYHOW),
    "double hopf": (make_system(_double_hopf, [(-2.0, 2.0)] * 4), record(m=0.0, n=0.0), ("m", "n"), ANYHOW),
    "eif": (EIF, EIF_VALUES, ("I_0", "D"), ((-10.0, 50.0), (0.5, 6.0))),
    "fhn": (FHN, record(I=0.0, a=0.7, b=0.8, phi=0.08), ("I", "b"), ((-1.0, 3.0), (0.1, 2.0))),
    "fast fhn": (FHN, record(I=0.0, a=0.7, b=0.8, phi=0.5), ("I", "b"), ((-1.0, 2.5), (0.1, 2.0))),
    "jansen-rit": (JR, record(p=0.0, B=22.0), ("p", "B"), ((-100.0, 400.0), (10.0, 40.0))),
    "kinked": (KINKED_EI, record(tau_i=15.0, X_e=25.0), ("tau_i", "X_e"), ((1.0, 100.0), (0.0, 60.0))),
}
found: dict[Any, Loci] = {}


def loci_of(name: str) -> Loci:
    """Return the two-parameter diagram of a case, computed once for all tests."""
    if name not in found:
        found[name] = two_parameter_diagram(*CASES[name])
    return found[name]


def loci_of_model(slug: str, preset: str, first: str, second: str) -> Loci:
    """Return the two-parameter diagram of a model under a preset, over the bounds of its controls."""
    key = slug, preset, first, second
    if key not in found:
        model = models()[slug]
        p = model(**model.preset_values(preset)).snapshot().steady.p
        bounds = (model.control(first).bounds, model.control(second).bounds)
        found[key] = two_parameter_diagram(system_of(model), p, (first, second), bounds)
    return found[key]


def places(loci: Loci, code: str) -> list[tuple[float, float]]:
    """Return where the points of a code are, in the order of the first parameter."""
    first, second = loci.fields
    return sorted((q.parameters[first], q.parameters[second]) for q in loci.points if q.code == code)


def curves(loci: Loci, code: str) -> list[Locus]:
    return [locus for locus in loci.loci if locus.code == code]


def distance(locus: Locus, place: Array, scale: Array) -> float:
    """Return the scaled distance of (state, parameters) from the polyline of a curve."""
    rows = np.vstack([locus.states, locus.first, locus.second]).T / scale
    chords = np.diff(rows, axis=0)
    sizes = np.maximum(np.sum(chords**2, axis=1), 1e-300)
    shares = np.clip(np.sum((place / scale - rows[:-1]) * chords, axis=1) / sizes, 0.0, 1.0)
    return float(np.min(np.linalg.norm(rows[:-1] + shares[:, None] * chords - place / scale, axis=1)))
