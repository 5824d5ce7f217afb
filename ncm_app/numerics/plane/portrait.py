"""Phase line and phase plane: the field on a grid and the nullclines as polylines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import contourpy
import numpy as np

from ncm_app.numerics.compiled_flow import any_flow
from ncm_app.numerics.jacobian import evaluate_field
from ncm_app.numerics.kernels.grids import zeros_on_edges
from ncm_app.numerics.results import Array, Portrait
from ncm_app.numerics.system import System

Pair = tuple[float, float]


def phase_line(system: System, p: Any, span: Pair | None = None, points: int = 400) -> tuple[Array, Array]:
    """Return the state (points,) and its derivative f (points,) of a one-state system."""
    line = np.linspace(*(span or system.spans[0]), points)
    with np.errstate(all="ignore"):
        slope = evaluate_field(system, line[None], p)[0]
    for values in (line, slope):
        values.flags.writeable = False
    return line, slope


def phase_portrait(system: System, p: Any, axes: tuple[int, int] = (0, 1), held: Sequence[float] | None = None,
                   spans: tuple[Pair, Pair] | None = None, grid: int = 20, fine: int = 101) -> Portrait:
    """Return field and nullclines of two states, the others held at given values.

    `held` (n,) gives a value for every state (those on the axes are ignored; default:
    the middle of each span). `grid` and `fine` are points per axis, for the field and
    for the nullclines; these may reach half a fine cell beyond the spans.
    """
    ranges = spans or (system.spans[axes[0]], system.spans[axes[1]])
    rest = np.array([(low + high) / 2 for low, high in system.spans] if held is None else held, dtype=float)
    x, y = (np.linspace(*pair, grid) for pair in ranges)
    # Half a cell further out, so that a nullcline along an axis (a silent population) is inside.
    fine_x, fine_y = (_widen(pair, fine) for pair in ranges)
    with np.errstate(all="ignore"):  # outside the physiological range a model may overflow: NaN is not drawn
        coarse = evaluate_field(system, _plane_states(rest, axes, x, y), p)
        field = evaluate_field(system, _plane_states(rest, axes, fine_x, fine_y), p)
        lines = [_trace_zero(system, p, rest, axes, k, (fine_x, fine_y, field[k])) for k in axes]
    return Portrait(x, y, coarse[axes[0]], coarse[axes[1]], lines[0], lines[1])


def _widen(pair: Pair, points: int) -> Array:
    half = (pair[1] - pair[0]) / (points - 1) / 2
    return np.linspace(pair[0] - half, pair[1] + half, points)


def _plane_states(rest: Array, axes: tuple[int, int], x: Array, y: Array) -> Array:
    states = np.empty((len(rest), len(y), len(x)))
    states[:] = rest[:, None, None]
    states[axes[0]], states[axes[1]] = x[None, :], y[:, None]
    return states


def _trace_zero(system: System, p: Any, rest: Array, axes: tuple[int, int], which: int,
                sampled: tuple[Array, Array, Array]) -> Array:
    """Return the curve on which derivative `which` vanishes, (2, m) with NaN between pieces."""
    x, y, z = sampled
    tracer: Any
    if np.all(np.isfinite(z)):  # without the general look at masks, which takes as long as the tracing
        tracer = contourpy.SerialContourGenerator(
            *np.meshgrid(x, y), z, None, corner_mask=False, quad_as_tri=False, z_interp=contourpy.ZInterp.Linear,
            line_type=contourpy.LineType.ChunkCombinedNan, fill_type=contourpy.FillType.OuterOffset)
    else:
        tracer = contourpy.contour_generator(x, y, np.ma.masked_invalid(z), name="serial",
                                             line_type=contourpy.LineType.ChunkCombinedNan)
    found: Any = tracer.lines(0.0)[0][0]
    if found is None:
        return np.empty((2, 0))
    line = np.asarray(found, dtype=float).T

    flow = any_flow(system, p)
    corner, cell = np.array([x[0], y[0]]), np.array([x[1] - x[0], y[1] - y[0]])
    places = np.ascontiguousarray((line - corner[:, None]) / cell[:, None])
    zeros_on_edges(*flow, rest, np.array(axes), which, corner, cell, places)
    return corner[:, None] + cell[:, None] * _insert_corners(places)


def _insert_corners(line: Array) -> Array:
    """Insert the corner of a kinked polyline (2, m), in cells, where its straight sides meet."""
    if line.shape[1] < 4:
        return line
    before, a, b, after = (line[:, k:line.shape[1] - 3 + k] for k in range(4))
    d, e, gap = a - before, b - after, b - a
    cross = d[0] * e[1] - d[1] * e[0]
    with np.errstate(all="ignore"):
        ahead, back = (gap[0] * e[1] - gap[1] * e[0]) / cross, (gap[0] * d[1] - gap[1] * d[0]) / cross
        turn = np.abs(cross) / (np.hypot(*d) * np.hypot(*e))
    meet = a + ahead * d
    near = (ahead > 1e-6) & (back > 1e-6) & (turn > 0.3) & np.all(np.abs(meet - (a + b) / 2) < 1.5, axis=0)
    return np.insert(line, np.flatnonzero(near) + 2, meet[:, near], axis=1)
