"""The answers about the phase plane: manifolds, cycles, basins, and all that is drawn together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result, Status
from ncm_app.numerics.results.run import Equilibrium, Portrait, Trajectory


@dataclass(frozen=True)
class Manifold(Result):
    """A branch of a saddle's manifold: `line` (2, m) from the saddle outwards.

    `stable` branches lead into the saddle. `status` says how the outer end is reached: OK
    at a fixed point, CLOSED on a cycle, HOMOCLINIC at a saddle, LEFT_BOX or STEP_LIMIT
    before any of these; `message` says it in words.
    """

    line: Array
    stable: bool
    status: Status = Status.OK
    message: str = ""


@dataclass(frozen=True)
class SaddleManifolds(Result):
    """The manifolds of one saddle in the plane, two branches each; the stable one is a separatrix."""

    saddle: Equilibrium
    stable: tuple[Manifold, Manifold]
    unstable: tuple[Manifold, Manifold]


@dataclass(frozen=True)
class PlaneCycle(Result):
    """A limit cycle in the plane: `states` (2, m) at `times` (m,) from 0 to `period`, ms.

    `multiplier` is the factor by which a small distance from the cycle grows in a period.
    """

    states: Array
    times: Array
    period: float
    multiplier: float

    @property
    def stable(self) -> bool:
        """Whether neighbours wind onto it."""
        return self.multiplier < 1.0


@dataclass(frozen=True)
class Basin(Result):
    """The starts that go to one attractor; to none, but far away, where that is None.

    `share` of the grid, `centre` (2,) a place well inside, `outline` (2, m) polygons with
    NaN between them: around the outside counterclockwise, around holes clockwise.
    """

    label: int
    attractor: Equilibrium | PlaneCycle | None
    share: float
    centre: Array
    outline: Array


@dataclass(frozen=True)
class Basins(Result):
    """Basins of attraction on a grid: `x`, `y` (k,) grid lines, `labels` (k, k) with row = y.

    A label of 0 means that the start has not settled.
    """

    x: Array
    y: Array
    labels: NDArray[np.uint8]
    basins: tuple[Basin, ...]
    status: Status = Status.OK
    message: str = ""


@dataclass(frozen=True)
class PhasePlane(Result):
    """All that is drawn in the plane of two states, whose indices are `axes`.

    `held` (n,) are the values at which the states beyond the axes are held for the
    portrait; fixed points and runs are those of the whole system, in all n states. Runs are
    reset at the `threshold` of the first state, None for smooth systems.
    """

    portrait: Portrait
    fixed_points: tuple[Equilibrium, ...]
    run: Trajectory
    clicked: tuple[Trajectory, ...] = ()
    axes: tuple[int, int] = (0, 1)
    held: Array = field(default_factory=lambda: np.zeros(2))
    manifolds: tuple[SaddleManifolds, ...] = ()
    cycles: tuple[PlaneCycle, ...] = ()
    basins: Basins | None = None
    threshold: float | None = None
