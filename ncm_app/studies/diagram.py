"""How do the fixed points move and change as one parameter moves?"""

from __future__ import annotations

from ncm_app.core.quantity import Quantity
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.continuation import bifurcation_diagram
from ncm_app.numerics.results import Diagram
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.memo import remembered
from ncm_app.studies.systems import system_of


def explorable(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the parameters of the right-hand side that a diagram may vary."""
    fixed = set(getattr(snapshot.model, "steady", {}))
    return tuple(n for n, c in snapshot.model.controls().items()
                 if isinstance(c, Quantity) and c.group not in ("run", "start") and n not in fixed)


def diagram(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> Diagram:
    """Return the bifurcation diagram over the bounds of a parameter.

    The present value of the parameter is not part of the question, so moving its
    slider only moves the marker.
    """
    control = snapshot.model.control(parameter)
    runless = {n: snapshot.model.control(n).default for n in ("t_end", "dt", "method")}
    starts = {f"{s.name}_0": s.start for s in snapshot.model.states}
    question = snapshot.steady.changed(**{**runless, **starts, parameter: control.default})
    return _diagram(question, parameter, progress=progress)


@remembered
def _diagram(snapshot: Snapshot, parameter: str, *, progress: Progress = SILENT) -> Diagram:
    low, high = snapshot.model.control(parameter).bounds
    return bifurcation_diagram(system_of(snapshot.model), snapshot.p, parameter, low, high, progress=progress)
