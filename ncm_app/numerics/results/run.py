"""Answers for one set of parameters: runs, fixed points, the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result, Status, row_of


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

    def columns(self) -> dict[str, Any]:
        """Return time and states by name."""
        names = self.names or tuple(f"y_{i}" for i in range(1, len(self.y) + 1))
        return {"t": self.t, **dict(zip(names, self.y, strict=True))}

    def to_frame(self) -> Any:
        """Return a pandas DataFrame of the states, indexed by time in ms (pandas must be installed)."""
        return super().to_frame().set_index("t")


@dataclass(frozen=True)
class Beyond:
    """What is known of a fixed point that its eigenvalues do not decide.

    `order` is the power of the first term that does (1 on a kink, 0 if none is known),
    `index` its index (None: not known); `attracts` and `repels` are both False where it
    does neither, or that is not known.
    """

    order: int
    index: int | None
    attracts: bool
    repels: bool


@dataclass(frozen=True)
class Equilibrium(Result):
    """A fixed point: `state` (n,), `eigenvalues` (n,) complex in 1/ms, `jacobian` (n, n).

    `kind` is its name in the plane (see `numerics.fixed_points.names`). Where eigenvalues
    decide nothing, `beyond` holds what higher orders or the sides of a kink tell.
    """

    state: Array
    eigenvalues: NDArray[np.complex128]
    jacobian: Array
    kind: str
    beyond: Beyond | None = None

    def columns(self) -> dict[str, Any]:
        """Return one row: state, eigenvalues, kind, stability."""
        return row_of({"state": self.state, "eigenvalue": self.eigenvalues, "kind": self.kind, "stable": self.stable})

    @property
    def stable(self) -> bool:
        """Whether it attracts: all eigenvalues have a negative real part, or higher orders say so."""
        return bool(np.all(self.eigenvalues.real < 0)) if self.beyond is None else self.beyond.attracts

    @property
    def repels(self) -> bool:
        """Whether all directions lead away from it."""
        return bool(np.all(self.eigenvalues.real > 0)) if self.beyond is None else self.beyond.repels

    @property
    def index(self) -> int | None:
        """How often the field turns around it: sign(det(-J)) where that is not 0; None if not known."""
        return int(np.sign(np.linalg.det(-self.jacobian))) if self.beyond is None else self.beyond.index

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

    def columns(self) -> dict[str, Any]:
        """Return the field, one row for each of the k * k points of the grid."""
        x, y = np.meshgrid(self.x, self.y)
        return {"x": x.ravel(), "y": y.ravel(), "dx": self.dx.ravel(), "dy": self.dy.ravel()}


@dataclass(frozen=True)
class RateCurve(Result):
    """Firing rate over a constant input: `exact` by quadrature, `stepped` as computed (NaN: not computed), Hz."""

    values: Array
    exact: Array
    stepped: Array


@dataclass(frozen=True)
class Bursts(Result):
    """A burst has from `least` to `most` spikes, on average `spikes`; the next begins after `every` ms on average."""

    least: int
    most: int
    spikes: float
    every: float
    status: Status = Status.OK
    message: str = ""

    @property
    def words(self) -> str:
        """How many spikes a burst has."""
        return f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"


@dataclass(frozen=True)
class MeasuredRates(Result):
    """Firing rate over a constant input, measured in runs: of the `first` interval, and `lasting`, Hz.

    `late` are the spikes (k,) in the second half of each run, none where one interval repeats itself;
    `bursts`, if known, tells how a cell bursts in the end, None where it does not.
    """

    values: Array
    first: Array
    lasting: Array
    late: tuple[Array, ...] = ()
    bursts: tuple[Bursts | None, ...] = ()


@dataclass(frozen=True)
class Oscillation(Result):
    """A settled oscillation: period in ms (NaN if none), lowest and highest state (n,)."""

    period: float
    low: Array
    high: Array
    status: Status = Status.OK
    message: str = ""


@dataclass(frozen=True)
class CurveSet(Result):
    """Functions of one variable: `x` (m,), `values` (k, m), and `present` (2, k) points on them."""

    x: Array
    values: Array
    present: Array
