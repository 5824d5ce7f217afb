"""The answers of the numerics: frozen, read-only, each with a status and a sentence."""

from ncm_app.numerics.result import Array, Result, Status
from ncm_app.numerics.results_here import (
    CurveSet,
    Equilibrium,
    Manifold,
    Oscillation,
    PhasePlane,
    PlaneCycle,
    Portrait,
    RateCurve,
    SaddleManifolds,
    Trajectory,
)
from ncm_app.numerics.results_over import (
    Branch,
    CycleBranch,
    Diagram,
    FrequencyCurve,
    Loci,
    Locus,
    Onset,
    SpecialPoint,
    Sweep,
    SweepPart,
)

__all__ = [
    "Array",
    "Branch",
    "CurveSet",
    "CycleBranch",
    "Diagram",
    "Equilibrium",
    "FrequencyCurve",
    "Loci",
    "Locus",
    "Manifold",
    "Onset",
    "Oscillation",
    "PhasePlane",
    "PlaneCycle",
    "Portrait",
    "RateCurve",
    "Result",
    "SaddleManifolds",
    "SpecialPoint",
    "Status",
    "Sweep",
    "SweepPart",
    "Trajectory",
]
