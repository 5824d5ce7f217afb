"""Over which ranges of a parameter is some fixed point stable?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ncm_app.numerics.results import Branch, Diagram


def resting_ranges(diagram: Diagram, within: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the part (low, high) inside another range of every stretch of stable fixed points, in order."""
    pieces = sorted(piece for branch in diagram.branches for piece in _stable_pieces(branch, diagram.parameter))
    inside = [(max(a, within[0]), min(b, within[1])) for a, b in pieces]
    return [(a, b) for a, b in inside if a < b]


def _stable_pieces(branch: Branch, parameter: str) -> Iterator[tuple[float, float]]:
    """Yield the range of every stable stretch, up to the special points where it ends."""
    stable = branch.unstable == 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], stable, [False]]))).reshape(-1, 2)
    for first, last in edges:
        values = [float(branch.parameter[first]), float(branch.parameter[last - 1])]
        for inside, outside in ((first, first - 1), (last - 1, last)):
            if 0 <= outside < len(stable):
                values.append(_border(branch, parameter, inside, outside))
        yield min(values), max(values)


def _border(branch: Branch, parameter: str, inside: int, outside: int) -> float:
    """Return the parameter of the special point between two neighbours of a branch."""
    spans = np.maximum(np.ptp(branch.states, axis=1), 1e-300)
    width = max(float(np.ptp(branch.parameter)), 1e-300)
    near = [(float(np.max(np.abs(point.state - branch.states[:, row]) / spans))
             + abs(point.parameters[parameter] - float(branch.parameter[row])) / width, point.parameters[parameter])
            for point in branch.points for row in (inside, outside) if point.code in ("LP", "H", "BP", "KINK")]
    return min(near)[1] if near else float(branch.parameter[inside])
