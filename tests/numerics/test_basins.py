"""Basins: closed forms, and borders that are separatrices or unstable cycles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.plane.basins import LEAVES, UNSETTLED, find_basins
from ncm_app.numerics.plane.cycles import plane_cycles
from ncm_app.numerics.plane.separatrices import saddle_manifolds
from ncm_app.numerics.results import Status
from ncm_app.numerics.results.plane import Basins, PlaneCycle
from ncm_app.numerics.system import Cancelled, Progress, System
from tests.numerics.cycle_systems import BAUTIN, CENTRE, ISOLA_OF_CYCLES
from tests.numerics.systems import (
    BOOK_HOPF,
    ML_HOMOCLINIC,
    ML_HOPF,
    MORRIS_LECAR,
    WC_NEUROMATCH,
    WILSON_COWAN_1972,
    make_system,
    record,
)

pytestmark = pytest.mark.sweep

SQUARE = [(-2.0, 2.0), (-2.0, 2.0)]
WELLS = make_system(lambda t, y, p: (y[0] - y[0] ** 3, -y[1]), SQUARE)
DUFFING = make_system(lambda t, y, p: (y[1], y[0] - y[0] ** 3 - 0.3 * y[1]), SQUARE)
SLOPE = make_system(lambda t, y, p: (1.0 + 0.0 * y[0], -y[1]), SQUARE)


def basins_of(system: System, p: Any, grid: int = 61, **options: Any) -> Basins:
    points = find_equilibria(system, p).points
    return find_basins(system, p, points, plane_cycles(system, p, points), grid, **options)


def borders(found: Basins) -> Any:
    """Return the middles (2, m) between neighbours on the grid that go to different places."""
    labels, middles = found.labels, []
    for axis in (0, 1):
        row, column = np.nonzero(np.diff(labels.astype(int), axis=axis))
        dx, dy = (0.5, 0.0) if axis else (0.0, 0.5)
        middles.append([np.interp(column + dx, np.arange(len(found.x)), found.x),
                        np.interp(row + dy, np.arange(len(found.y)), found.y)])
    return np.hstack(middles)


def cells_from(found: Basins, line: Any, points: Any) -> Any:
    """Return the distances (m,) of points from a polyline, in cells of the grid."""
    cell = np.array([[found.x[1] - found.x[0]], [found.y[1] - found.y[0]]])
    share = np.linspace(0.0, 1.0, 8)[None, None]
    a, b = line[:, :-1, None] / cell[..., None], line[:, 1:, None] / cell[..., None]
    dense = (a + share * (b - a)).reshape(2, -1)
    return np.sqrt(np.min(np.sum((points[:, :, None] / cell[..., None] - dense[:, None]) ** 2, axis=0), axis=1))


def test_two_wells_share_the_plane_in_halves() -> None:
    """x' = x - x^3: starts with x > 0 go to 1, those with x < 0 to -1; x = 0 is the saddle's."""
    found = basins_of(WELLS, record())
    expected = np.where(found.x > 0.0, 2, np.where(found.x < 0.0, 1, UNSETTLED))
    np.testing.assert_array_equal(found.labels, np.broadcast_to(np.where(abs(found.x) < 1e-12, 0, expected), (61, 61)))
    assert [basin.attractor.state[0] for basin in found.basins] == pytest.approx([-1.0, 1.0])
    assert found.status is Status.STEP_LIMIT  # the starts on the separatrix itself
    assert found.message.startswith("61 of 3,721 starts")


CASES = {"wilson-cowan": (WILSON_COWAN_1972, WC_NEUROMATCH), "duffing": (DUFFING, record()),
         "homoclinic": (MORRIS_LECAR, ML_HOMOCLINIC._replace(I=36.0))}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_border_is_the_stable_manifold_of_the_saddle(case: Any) -> None:
    system, p = case
    found = basins_of(system, p)
    assert len(found.basins) == 2
    (manifolds,) = saddle_manifolds(system, p, find_equilibria(system, p).points)
    line = np.hstack([manifolds.stable[0].line[:, ::-1], manifolds.stable[1].line])
    at = borders(found)
    at = at[:, [not np.any(found.labels[max(i - 1, 0):i + 2, max(j - 1, 0):j + 2] == UNSETTLED) for i, j in zip(
        np.searchsorted(found.y, at[1]), np.searchsorted(found.x, at[0]), strict=True)]]
    assert at.shape[1] > 50
    assert np.max(cells_from(found, line, at)) < 0.75


@pytest.mark.parametrize("current", [89.0, 91.0])
def test_border_between_rest_and_firing_is_the_unstable_cycle(current: float) -> None:
    p = ML_HOPF._replace(I=current)
    points = find_equilibria(MORRIS_LECAR, p).points
    cycles = plane_cycles(MORRIS_LECAR, p, points)
    found = find_basins(MORRIS_LECAR, p, points, cycles, 121)
    (unstable,) = (c for c in cycles if not c.stable)
    rest, firing = found.basins
    assert (rest.attractor.kind, isinstance(firing.attractor, PlaneCycle)) == ("stable spiral", True)
    assert rest.share < firing.share
    assert np.max(cells_from(found, unstable.states, borders(found))) < 0.75
    assert found.status is Status.OK


@pytest.mark.parametrize(("system", "p", "radius"), [
    (ISOLA_OF_CYCLES, record(mu=0.2), np.sqrt(1.0 - np.sqrt(0.21))),
    (BAUTIN, record(mu=0.15, beta=-1.0, s=1.0, w=1.0), np.sqrt((1.0 + np.sqrt(0.4)) / 2.0))])
def test_border_is_a_circle_where_theory_says_so(system: System, p: Any, radius: float) -> None:
    found = basins_of(system, p)
    size = np.hypot(*np.meshgrid(found.x, found.y))
    inner, outer = found.labels[size < radius - 0.01], found.labels[size > radius + 0.01]
    assert set(np.unique(outer)) in ({2}, {LEAVES})
    # The start on the fixed point itself goes nowhere where that is unstable.
    assert np.count_nonzero(inner != 1) <= 1
    for basin in found.basins:
        column, row = (int(np.searchsorted(line, v)) for line, v in zip((found.x, found.y), basin.centre, strict=True))
        assert found.labels[row, column] == basin.label


def test_starts_beyond_the_unstable_cycle_of_the_exercise_leave() -> None:
    found = basins_of(BOOK_HOPF, record(c=1.0))
    rest, gone = found.basins
    assert (rest.label, gone.label, gone.attractor) == (1, LEAVES, None)
    for x, there in ((2.1, rest.label), (2.3, LEAVES)):
        assert found.labels[30, np.argmin(np.abs(found.x - x))] == there
    assert rest.share + gone.share == pytest.approx(1.0)


def test_labels_say_where_runs_really_end() -> None:
    """Random starts, followed by another integrator until they have settled."""
    found = basins_of(DUFFING, record())
    rng = np.random.default_rng(5)
    for i, j in rng.integers(0, 61, (12, 2)):
        start = found.x[j], found.y[i]
        run = solve_ivp(lambda t, y: DUFFING.rhs(t, y, None), (0.0, 150.0), start, rtol=1e-9, atol=1e-10)
        (basin,) = (b for b in found.basins if b.label == found.labels[i, j])
        assert run.y[0, -1] == pytest.approx(basin.attractor.state[0], abs=1e-3)


def test_outlines_enclose_what_belongs_to_a_basin() -> None:
    found = basins_of(MORRIS_LECAR, ML_HOPF._replace(I=89.0), 121)
    for basin in found.basins:
        area = 0.0
        pieces = np.split(basin.outline, np.flatnonzero(np.isnan(basin.outline[0])), axis=1)
        for piece in pieces:
            x, y = piece[:, ~np.isnan(piece[0])]
            area += 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))  # holes count negative
        assert area / (125.0 * 1.0) == pytest.approx(basin.share, abs=0.01)
    rest, firing = found.basins
    assert np.count_nonzero(np.isnan(rest.outline[0])) == 1
    assert np.count_nonzero(np.isnan(firing.outline[0])) == 2  # the plane, and the hole in which the rest lies


def test_attractors_beyond_the_box_are_found() -> None:
    """Copies of a phase a turn further on; each basin of sin x is 2 pi wide."""
    system = make_system(lambda t, y, p: (np.sin(y[0]), -y[1]), [(-4.0, 4.0), (-1.0, 1.0)])
    found = basins_of(system, record())
    assert sorted(round(float(b.attractor.state[0] / np.pi)) for b in found.basins) == [-1, 1]
    wide = make_system(lambda t, y, p: (np.sin(y[0]), -y[1]), [(-2.0, 2.0), (-1.0, 1.0)])
    assert sorted(round(float(b.attractor.state[0] / np.pi)) for b in basins_of(wide, record()).basins) == [-1, 1]


def test_copies_a_turn_apart_are_one_attractor() -> None:
    system = make_system(lambda t, y, p: (np.sin(y[0]), -y[1]), [(-4.0, 4.0), (-1.0, 1.0)])
    (basin,) = basins_of(system, record(), turns=(2.0 * np.pi, np.inf)).basins
    assert basin.share == pytest.approx(60 / 61)  # but for the starts at x = 0, the saddle's
    assert len(basins_of(WELLS, record(), turns=(2.0 * np.pi, np.inf)).basins) == 2


def test_where_nothing_attracts_there_is_no_basin() -> None:
    for system, p in ((CENTRE, record(c=0.0)), (CENTRE, record(c=0.5)), (SLOPE, record())):
        found = basins_of(system, p)
        assert found.basins == ()
        assert found.message == "Nothing attracts here."
        assert not np.any(found.labels)


class Impatient(Progress):
    def __init__(self) -> None:
        self.seen: list[float] = []

    def report(self, fraction: float, partial: Any = None) -> None:
        self.seen.append(fraction)
        if len(self.seen) == 6:
            raise Cancelled


def test_flight_reports_and_can_be_cancelled() -> None:
    progress = Impatient()
    points = find_equilibria(DUFFING, record()).points
    with pytest.raises(Cancelled):
        find_basins(DUFFING, record(), points, (), 31, progress=progress)
    assert progress.seen == sorted(progress.seen)
