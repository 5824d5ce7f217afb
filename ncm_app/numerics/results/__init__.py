"""The answers of the numerics: frozen, read-only, each with a status and a sentence."""

from ncm_app.numerics.results.base import Array, Result, Status
from ncm_app.numerics.results.parameter import (
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
from ncm_app.numerics.results.run import (
    Beyond,
    CurveSet,
    Equilibrium,
    MeasuredRates,
    Oscillation,
    Portrait,
    RateCurve,
    Trajectory,
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
