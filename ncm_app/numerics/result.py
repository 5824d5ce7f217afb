"""What every answer of the numerics has: it is frozen, read-only, and says how it ended."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Status(Enum):
    """How a computation ended; the value is a sentence for the page."""

    OK = "complete"
    DIVERGED = "the solution blew up"
    STORM = "the cell fired without end"
    STEP_LIMIT = "the bound on the number of steps was reached"
    NOT_CONVERGED = "the iteration did not converge"
    LEFT_BOX = "the curve left the box of the model"
    PARAMETER_BOUND = "the parameter reached its bound"
    CLOSED = "the curve closed on itself"
    HOPF = "the cycle shrank to a Hopf point"
    DOUBLING = "the cycle became one of half the period"
    HOMOCLINIC = "the cycle met a saddle: a homoclinic orbit"
    SNIC = "the cycle met a fold of fixed points: a SNIC"
    PERIOD_LIMIT = "the period grew beyond its bound"
    TAKENS = "the Hopf curve met a fold curve: a Bogdanov-Takens point"
    DEGENERATE = "the curve met a point where no single curve goes on"
    THRESHOLD = "the fixed point reached the threshold"
    KINK = "the curve met a kink of the right-hand side"


class Result:
    """Conversions that every result has; subclasses are frozen dataclasses."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def freeze_arrays(self) -> None:
        """Make every array field read-only; called by `__post_init__`."""
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray) and value.flags.writeable:
                copy = value.copy()
                copy.flags.writeable = False
                object.__setattr__(self, f.name, copy)

    def __post_init__(self) -> None:
        self.freeze_arrays()
