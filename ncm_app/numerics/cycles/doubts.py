"""What may be missing in a diagram of cycles, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ncm_app.numerics.cycles.continuation import ENOUGH
from ncm_app.numerics.cycles.curve import CycleCurve
from ncm_app.numerics.cycles.lines import Line
from ncm_app.numerics.cycles.points import NEUTRAL
from ncm_app.numerics.cycles.runs import Wandering
from ncm_app.numerics.results import Status

NAMED = 4  # how many values are named


def doubts_of(curve: CycleCurve, lines: Sequence[Line], wandering: Wandering) -> list[str]:
    """Return the sentences on what may be missing; none if nothing is known to be."""
    said = []
    if curve.effort > ENOUGH:
        said.append("The search for cycles ended early, because it took long: some may be missing or cut short.")
    cut = sorted({f"{curve.value_at(path.rows[-1].cycle.q):.4g}" for line in lines for path in (line.back, line.forth)
                  if path.end in (Status.NOT_CONVERGED, Status.STEP_LIMIT)})
    if cut:
        said.append(f"A branch of cycles is cut short near {curve.field} = {', '.join(cut[:NAMED])}.")
    left = sorted({f"{curve.value_at(path.rows[-1].cycle.q):.4g}" for line in lines for path in (line.back, line.forth)
                   if path.end is Status.LEFT_BOX and abs(path.rows[-1].growth) > NEUTRAL})
    if left:
        said.append(f"Cycles grow out of the model's box near {curve.field} = {', '.join(left[:NAMED])}: "
                    "beyond that they are not followed.")
    if wandering.values:
        said.append(f"Some runs {_where(curve, wandering.values)} neither rest nor repeat themselves: "
                    "what they go to is not drawn.")
    if wandering.unclear:
        said.append(f"Some runs {_where(curve, wandering.unclear)} were not followed to their end: "
                    "what they go to may be missing.")
    if wandering.more:
        said.append("Runs settle into more cycles than are drawn.")
    return said


def _where(curve: CycleCurve, places: Sequence[float]) -> str:
    """Return in words at which scaled values runs were seen."""
    values = [curve.value_at(q) for q in places]
    if len(values) == 1:
        return f"at {curve.field} = {values[0]:.4g}"
    return f"at {len(values)} values of {curve.field} between {values[0]:.4g} and {values[-1]:.4g}"
