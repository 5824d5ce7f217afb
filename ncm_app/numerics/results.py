"""The answers of the numerics: frozen, read-only, each with a status and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Status(Enum):
    """How a computation ended; the value is a sentence for the page."""

    OK = "complete"
    DIVERGED = "the solution blew up"
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


@dataclass(frozen=True)
class Trajectory(Result):
    """A run: `t` (m,), `y` (n, m) in the order of the states, `spikes` (k,) times, ms.

    After a reset, `y` at the step holds the state after the reset.
    """

    t: Array
    y: Array
    spikes: Array
    status: Status = Status.OK
    message: str = ""
    names: tuple[str, ...] = ()

    def to_frame(self) -> Any:
        """Return a pandas DataFrame indexed by time (pandas must be installed)."""
        import pandas as pd

        return pd.DataFrame(self.y.T, index=pd.Index(self.t, name="t"), columns=list(self.names) or None)


@dataclass(frozen=True)
class Equilibrium(Result):
    """A fixed point: `state` (n,), `eigenvalues` (n,) complex in 1/ms, `jacobian` (n, n).

    `kind` is its name in the plane (see `numerics.equilibria.name_kind`).
    """

    state: Array
    eigenvalues: NDArray[np.complex128]
    jacobian: Array
    kind: str

    @property
    def stable(self) -> bool:
        """Whether all eigenvalues have a negative real part."""
        return bool(np.all(self.eigenvalues.real < 0))

    @property
    def trace(self) -> float:
        """Trace of the Jacobian, 1/ms."""
        return float(np.trace(self.jacobian))

    @property
    def determinant(self) -> float:
        """Determinant of the Jacobian, 1/ms^n."""
        return float(np.linalg.det(self.jacobian))


@dataclass(frozen=True)
class Portrait(Result):
    """Phase plane of two states on a grid.

    `x`, `y` (k,) grid lines; `dx`, `dy` (k, k) the field, row = y; `x_nullcline`,
    `y_nullcline` (2, m) polylines with NaN between pieces.
    """

    x: Array
    y: Array
    dx: Array
    dy: Array
    x_nullcline: Array
    y_nullcline: Array


@dataclass(frozen=True)
class SpecialPoint(Result):
    """A labelled point of a branch: `code` LP, H, NS, BP or KINK (non-smooth).

    On branches of cycles LPC, BP, PD, TR, HC or SNIC: `state` is then the one with the highest
    first state (the fixed point at HC and SNIC, where the period is infinite), and
    `eigenvalues` are the Floquet multipliers. `frequency` in 1/ms (cycles per ms) at H, else
    NaN; `lyapunov` at H, negative if supercritical, NaN if unknown.
    """

    code: str
    parameters: dict[str, float]
    state: Array
    eigenvalues: NDArray[np.complex128]
    frequency: float = float("nan")
    period: float = float("nan")
    stable: bool = False
    lyapunov: float = float("nan")


@dataclass(frozen=True)
class Branch(Result):
    """A curve of fixed points: `parameter` (m,), `states` (n, m), `eigenvalues` (n, m).

    `unstable` (m,) counts eigenvalues with positive real part; `ends` says why the
    curve ended at its first and at its last point.
    """

    parameter: Array
    states: Array
    eigenvalues: NDArray[np.complex128]
    unstable: NDArray[np.int64]
    points: tuple[SpecialPoint, ...]
    ends: tuple[Status, Status]


@dataclass(frozen=True)
class Diagram(Result):
    """Bifurcation diagram: all branches found over a range of one parameter."""

    parameter: str
    branches: tuple[Branch, ...]
    status: Status = Status.OK
    message: str = ""

    @property
    def points(self) -> tuple[SpecialPoint, ...]:
        """Special points of all branches, in the order of the parameter."""
        found = [point for branch in self.branches for point in branch.points]
        return tuple(sorted(found, key=lambda point: point.parameters[self.parameter]))


@dataclass(frozen=True)
class CycleBranch(Result):
    """A curve of limit cycles: `parameter`, `period` in ms, `stable`, all (m,).

    `low`, `high` (n, m) are the extremes of the states, `multipliers` (n, m) the Floquet
    multipliers with the trivial one first; `profiles` hold per cycle the time in ms and
    the states (1 + n, k). At a Hopf point the profile is a constant. `message` says where
    the branch begins and ends.
    """

    parameter: Array
    period: Array
    low: Array
    high: Array
    multipliers: NDArray[np.complex128]
    stable: NDArray[np.bool_]
    points: tuple[SpecialPoint, ...]
    ends: tuple[Status, Status]
    profiles: tuple[Array, ...] = ()
    message: str = ""

    def cycle(self, index: int) -> tuple[Array, Array]:
        """Return times (k,) in ms from 0 to the period, and states (n, k), of one cycle."""
        profile = self.profiles[index]
        return profile[0], profile[1:]


@dataclass(frozen=True)
class RateCurve(Result):
    """Firing rate over a constant input: `exact` by quadrature, `stepped` as computed, Hz."""

    values: Array
    exact: Array
    stepped: Array


@dataclass(frozen=True)
class Oscillation(Result):
    """A settled oscillation: period in ms (NaN if none), lowest and highest state (n,)."""

    period: float
    low: Array
    high: Array
    status: Status = Status.OK
    message: str = ""
