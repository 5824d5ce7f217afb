"""The answers of the numerics: frozen, read-only, each with a status and a sentence."""

from ncm_app.numerics.result import Array, Result, Status
from ncm_app.numerics.results_here import (
    Beyond,
    CurveSet,
    Equilibrium,
    MeasuredRates,
    Oscillation,
    Portrait,
    RateCurve,
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
    "Beyond",
    "Branch",
    "CurveSet",
    "CycleBranch",
    "Diagram",
    "Equilibrium",
    "FrequencyCurve",
    "Loci",
    "Locus",
    "MeasuredRates",
    "Onset",
    "Oscillation",
    "Portrait",
    "RateCurve",
    "Result",
    "SpecialPoint",
    "Status",
    "Sweep",
    "SweepPart",
    "Trajectory",
]
