"""What parts one fate from another in the phase plane: manifolds, cycles, basins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ncm_app.numerics.results import Array
from ncm_app.numerics.results.plane import Basin, PhasePlane, PlaneCycle
from ncm_app.views import style
from ncm_app.views.columns import NO_LABELS, Columns, joined, lean, scattered
from ncm_app.views.layer import Layer

LABELS = {"stable manifold": "separatrix (stable manifold)", "unstable manifold": "unstable manifold",
          "stable cycle": "stable cycle", "unstable cycle": "unstable cycle"}
"""Legend of each layer of curves."""


SMALL = 0.05
"""Share of the plane below which there is room for the number of a basin only."""


def fate_layers() -> list[Layer]:
    """Return the layers from back to front: areas, curves, names of the basins."""
    return [layer for layers in fates_by_depth() for layer in layers]


def fates_by_depth() -> tuple[list[Layer], list[Layer], list[Layer]]:
    """Return the areas, the curves, and the names of the basins, between which other layers stand."""
    looks = {f"basin {k}": look for k, look in enumerate(style.BASINS, 1)} | {"no basin": style.GONE}
    areas = [Layer(name, kind="area", look=look) for name, look in looks.items()]
    cycles = [Layer(name, label=LABELS[name], look=look, fleeting=True) for name, look in style.CYCLES.items()]
    manifolds = [Layer(name, label=LABELS[name], look={"line_width": 2, **look}, fleeting=True)
                 for name, look in style.MANIFOLDS.items()]
    names = Layer("basin names", kind="labels", ink=("text_color",), look={
        "text_alpha": 1.0, "text_font_style": "bold"})
    return areas, [*cycles, *manifolds], [names]


def fate_columns(result: PhasePlane, drawn: Callable[[Array], tuple[Any, Any]]) -> Columns:
    """Return the columns of all these layers; `drawn` puts states (2, m) on the axes."""
    branches = {"stable manifold": [b for q in result.manifolds for b in q.stable],
                "unstable manifold": [b for q in result.manifolds for b in q.unstable]}
    columns: Columns = {name: joined([drawn(branch.line) for branch in found]) for name, found in branches.items()}
    for stable, name in ((True, "stable cycle"), (False, "unstable cycle")):
        columns[name] = joined([drawn(cycle.states) for cycle in result.cycles if cycle.stable == stable])
    return columns | _basins(result.basins.basins if result.basins else (), drawn)


def _basins(found: tuple[Basin, ...], drawn: Callable[[Array], tuple[Any, Any]]) -> Columns:
    """Return the areas, and a name in the middle of each; hues begin anew after the fourth."""
    columns: Columns = {}
    attracted = [basin for basin in found if basin.attractor is not None]
    areas = {f"basin {k + 1}": attracted[k::len(style.BASINS)] for k in range(len(style.BASINS))}
    for name, parts in {**areas, "no basin": [basin for basin in found if basin.attractor is None]}.items():
        outline = np.hstack([np.empty((2, 0)), *(basin.outline for basin in parts)])
        columns[name] = tuple(c.astype(np.float32) for c in drawn(outline)) if outline.shape[1] else lean([], [])
    places = [drawn(basin.centre) for basin in found]
    names = [_name(basin) for basin in found]
    columns["basin names"] = (*scattered([(float(x), float(y)) for x, y in places]), names) if found else NO_LABELS
    return columns


def _name(basin: Basin) -> str:
    """Return where the starts of a basin go, in a word or two."""
    if basin.attractor is None:
        return "leaves"
    if basin.share < SMALL:
        return str(basin.label)
    kind = "cycle" if isinstance(basin.attractor, PlaneCycle) else basin.attractor.kind.removeprefix("stable ")
    return f"{basin.label} → {kind}"


__all__ = ["LABELS", "fate_columns", "fate_layers", "fates_by_depth"]
