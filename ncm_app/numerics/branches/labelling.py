"""Label the special points of a walked branch, and return it in model units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.branches.crossings import count_lost, find_crossings, find_unexplained
from ncm_app.numerics.branches.curve import EquilibriumCurve
from ncm_app.numerics.branches.special_points import (
    FLAT,
    NOISE,
    PAIR,
    TOUCHING,
    ZERO,
    Measured,
    add_turning_points,
    find_eigenvalues,
    find_sign_changes,
    label_points,
    make_point,
    nearest_pair,
    refine_points,
)
from ncm_app.numerics.branches.track import Track
from ncm_app.numerics.branches.walk import ROUND
from ncm_app.numerics.lyapunov import first_lyapunov
from ncm_app.numerics.results import Array, Branch, SpecialPoint, Status

Label = tuple[SpecialPoint, Array, int]
"""A labelled point, its row z, and the row of the branch before which it lies."""

HERE = 1e-5  # scaled distance below which two labels mean one place


def label_branch(curve: EquilibriumCurve, track: Track, known: list[SpecialPoint]) -> Branch:
    """Return a branch with its labelled points, which are rows of it as well.

    Points that are `known` from another branch are rows of this one without a second label.
    """
    z, _, smooth, measured = add_turning_points(curve, track.z, track.forward, track.smooth)
    kinks = np.flatnonzero(np.isin(z, track.z[track.kinks]).all(axis=1)) if len(track.kinks) else track.kinks
    labels = _find_labels(curve, z, smooth, measured)
    points = [_with_direction(curve, point) for point, _, _ in labels if not _is_known(curve, point, known)]
    points += _label_ends(curve, z, measured, track.ends, known + points)
    points += [_label_kink(curve, z[k - 1], z[k]) for k in kinks]
    eigenvalues = _without_noise(measured)
    eigenvalues[kinks] = eigenvalues[kinks - 1]  # on a kink, differences mix its two sides
    added = {(row.tobytes(), at): row for _, row, at in labels if not np.any(np.all(z == row, axis=1))}
    rows, places = np.array(list(added.values())).reshape(-1, z.shape[1]), np.array([at for _, at in added], dtype=int)
    along = np.sum((rows - z[places - 1]) * (z[places] - z[places - 1]), axis=1)
    order = np.lexsort((along, places))
    full = curve.unscaled(np.insert(z, places[order], rows[order], axis=0))
    eigenvalues = np.insert(eigenvalues, places[order], find_eigenvalues(curve.evaluate(rows[order])[1]), axis=0)
    size = np.max(np.abs(eigenvalues), axis=1, keepdims=True)
    unstable = np.sum(eigenvalues.real > np.maximum(1e-8 * size, NOISE * FLAT * curve.rate), axis=1)
    return Branch(full[:, -1], full[:, :-1].T, eigenvalues.T, unstable, tuple(points), track.ends)


def _without_noise(measured: Measured) -> NDArray[np.complex128]:
    """Return eigenvalues (k, n) with those set to zero that vanish in pairs, as along a line of fixed points.

    By differences such a pair is got to the square root of their precision only: a sign would be noise.
    """
    eigenvalues = measured.eigenvalues.copy()
    for k in np.flatnonzero(~measured.clear[PAIR]):
        pair = nearest_pair(eigenvalues[k])
        if float(np.prod(np.abs(eigenvalues[k, pair]))) <= ZERO * measured.sizes[k] ** 2:
            eigenvalues[k, pair] = 0.0
    return eigenvalues


def _find_labels(curve: EquilibriumCurve, z: Array, smooth: NDArray[np.bool_], measured: Measured) -> list[Label]:
    """Return the special points of a branch, each with its row."""
    kinds, starts, ends = find_sign_changes(measured.tests, measured.clear, smooth)
    rows, found = refine_points(curve, z, measured.tests, kinds, starts, ends)
    found &= np.all(np.abs(rows[:, -1:] - 0.5) <= 0.5 + ROUND, axis=1)  # a fold may stick out of the range
    rows, kinds, starts, ends = rows[found], kinds[found], starts[found], ends[found]
    labels = [(point, row, _place(z, row, int(i), int(j)))
              for point, row, i, j in zip(label_points(curve, rows, kinds, measured, starts, ends), rows, starts, ends,
                                         strict=True) if point]
    labels = _without_false_folds(curve, labels, measured)
    for stretch in find_unexplained(measured, smooth, [(point.code, at) for point, _, at in labels]):
        for crossing in find_crossings(curve, z, measured, stretch):
            labels = [q for q in labels if np.max(np.abs(q[1] - crossing.row)) > TOUCHING]
            labels += [(point, crossing.row, crossing.after) for point in crossing.points]
    return labels


def _place(z: Array, row: Array, first: int, last: int) -> int:
    """Return the row between two others before which a new one lies."""
    chord = z[last] - z[first]
    return first + 1 + int(np.sum((z[first + 1:last] - z[first]) @ chord < float((row - z[first]) @ chord)))


def _without_false_folds(curve: EquilibriumCurve, labels: list[Label], measured: Measured) -> list[Label]:
    """Return labels in which a fold where several curves cross is called what it is."""
    kept: list[Label] = []
    for found, row, at in labels:
        point = found
        if found.code == "LP" and count_lost(curve, row, float(np.max(measured.wholes[at - 1:at + 1]))):
            zero = np.flatnonzero(np.abs(found.eigenvalues) < 1e-4 * measured.sizes[at])
            critical = [int(k) for k in zero] or [int(np.argmin(np.abs(found.eigenvalues)))]
            point = make_point(curve, row, found.eigenvalues, "BP", critical)
        if not any(point.code == other.code and np.max(np.abs(row - place)) < HERE for other, place, _ in kept):
            kept.append((point, row, at))
    return kept


def _label_ends(curve: EquilibriumCurve, z: Array, measured: Measured, ends: tuple[Status, Status],
                known: list[SpecialPoint]) -> list[SpecialPoint]:
    """Return the branch points on which a branch ends because the range does."""
    found = []
    for row, beside, end in ((0, 1, ends[0]), (-1, -2, ends[1])):
        if end is Status.PARAMETER_BOUND and len(z) > 2 and count_lost(curve, z[row], float(measured.wholes[beside])):
            values = measured.eigenvalues[row]
            point = make_point(curve, z[row], values, "BP", [int(np.argmin(np.abs(values)))])
            if not _is_known(curve, point, known):
                found.append(point)
    return found


def _with_direction(curve: EquilibriumCurve, point: SpecialPoint) -> SpecialPoint:
    """Return a Hopf point with its Lyapunov coefficient, other points as they are."""
    if point.code != "H":
        return point
    return replace(point, lyapunov=first_lyapunov(curve.system, curve.p, curve.field, point))


def _label_kink(curve: EquilibriumCurve, before: Array, row: Array) -> SpecialPoint:
    return make_point(curve, row, find_eigenvalues(curve.evaluate(before[None])[1])[0], "KINK", [])


def _is_known(curve: EquilibriumCurve, point: SpecialPoint, known: list[SpecialPoint]) -> bool:
    """Tell whether a point of another branch has this label and place: a crossing has two branches."""
    place = np.append(point.state, point.parameters[curve.field])
    return any(point.code == other.code and bool(np.all(np.abs(
        place - np.append(other.state, other.parameters[curve.field])) < HERE * curve.scale)) for other in known)


