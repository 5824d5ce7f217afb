"""Systems with known bifurcation diagrams, and a memory of the diagrams for all tests."""

from __future__ import annotations

from typing import Any

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.results import Diagram, SpecialPoint, Status
from tests.numerics.systems import (
    BRUSSELATOR,
    CUSP,
    EI,
    EI_VALUES,
    EIF,
    EIF_VALUES,
    FITZHUGH_NAGUMO,
    FOLD,
    HODGKIN_HUXLEY,
    ISOLA,
    JANSEN_RIT,
    LORENZ,
    ML_HOPF,
    ML_SNLC,
    MORRIS_LECAR,
    PITCHFORK,
    TRANSCRITICAL,
    WC_FIG_11,
    WILSON_COWAN_1972,
    record,
)

AT_BOUNDS = (Status.PARAMETER_BOUND, Status.PARAMETER_BOUND)


def codes(diagram: Diagram) -> list[str]:
    return [point.code for point in diagram.points]


def only(diagram: Diagram, code: str) -> list[SpecialPoint]:
    return [point for point in diagram.points if point.code == code]


def where(diagram: Diagram, code: str) -> list[float]:
    return [point.parameters[diagram.parameter] for point in only(diagram, code)]


CASES: dict[str, tuple[Any, Any, str, float, float]] = {
    "fold": (FOLD, record(a=0.0), "a", -1.0, 1.0),
    "transcritical": (TRANSCRITICAL, record(a=0.0), "a", -1.0, 1.0),
    "pitchfork": (PITCHFORK, record(a=0.0), "a", -1.0, 1.0),
    "cusp": (CUSP, record(a=0.0, b=1.0), "a", -1.0, 1.0),
    "isola": (ISOLA, record(a=0.0), "a", -2.0, 2.0),
    "eif": (EIF, EIF_VALUES, "I_0", 0.0, 20.0),
    "ei": (EI, EI_VALUES._replace(tau_e=15.0), "tau_i", 1.0, 100.0),
    "ei input": (EI, EI_VALUES, "X_e", 0.0, 60.0),
    "brusselator": (BRUSSELATOR, record(A=1.0, B=1.0), "B", 0.5, 4.0),
    "fitzhugh": (FITZHUGH_NAGUMO, record(I=0.0), "I", 0.0, 2.0),
    "ml hopf": (MORRIS_LECAR, ML_HOPF, "I", 0.0, 300.0),
    "ml snlc": (MORRIS_LECAR, ML_SNLC, "I", 0.0, 150.0),
    "lorenz": (LORENZ, record(r=0.0), "r", 0.0, 30.0),
    "hodgkin-huxley": (HODGKIN_HUXLEY, record(I=0.0, k_m=0.0556), "I", 0.0, 200.0),
    "jansen-rit": (JANSEN_RIT, record(p=0.0), "p", -100.0, 400.0),
    "wilson-cowan": (WILSON_COWAN_1972, WC_FIG_11, "P", -3.0, 6.0),
}
found: dict[str, Diagram] = {}


def diagram_of(name: str) -> Diagram:
    """Return the diagram of a case, computed once for all tests."""
    if name not in found:
        found[name] = bifurcation_diagram(*CASES[name])
    return found[name]
