"""The path of a slow sweep over the bifurcation diagram: up and down told apart."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.results import Sweep, SweepPart
from ncm_app.views import style
from ncm_app.views.columns import NOTHING, Column, Columns, joined, lean
from ncm_app.views.layer import Layer

WAYS = {"up": ("solid", -90), "down": ("dashed", 90)}
"""Dash, and the turn of the triangle that points along the way, in degrees; in ink, like every run."""

ARROWS = 9
"""Arrows along each way."""

THIN = 2e-3
"""Range of the values in one hold, in heights of the picture, below which one line is drawn instead of two."""


def sweep_layers() -> list[Layer]:
    """Return the layers of both ways: the path, and arrows along it."""
    lines = [Layer(f"sweep {way}", label=f"sweep {way}",
                   look={"line_width": 1.6, "line_dash": dash, "alpha": 0.9}, ink=("line_color",), fleeting=True)
             for way, (dash, _) in WAYS.items()]
    arrows = [Layer(f"sweep {way} arrows", kind="points", look=style.arrow_look(style.INK, turn),
                    ink=("line_color", "fill_color")) for way, (_, turn) in WAYS.items()]
    return [*lines, *arrows]


def sweep_columns(sweep: Sweep | None, state_index: int, scale: float) -> Columns:
    """Return the columns of `sweep_layers` for one state, in shown units; absent without a sweep."""
    columns: Columns = {}
    for way in WAYS:
        part = None if sweep is None else getattr(sweep, way)
        if part is None or not len(part.parameter):
            columns |= {f"sweep {way}": NOTHING, f"sweep {way} arrows": NOTHING}
        else:
            columns |= {f"sweep {way}": _path(part, state_index, scale),
                        f"sweep {way} arrows": _arrows(part, state_index, scale)}
    return columns


def sweep_reach(sweep: Sweep | None, state_index: int, scale: float) -> tuple[float, float] | None:
    """Return the lowest and the highest value of a state on both ways, in shown units; None without any."""
    parts = [] if sweep is None else [part for part in (sweep.up, sweep.down) if len(part.parameter)]
    if not parts:
        return None
    return (min(float(part.low[state_index].min()) for part in parts) * scale,
            max(float(part.high[state_index].max()) for part in parts) * scale)


def _path(part: SweepPart, index: int, scale: float) -> tuple[Column, Column]:
    """Return one line at rest, and along a cycle a second one for its lowest values."""
    high, low = part.high[index] * scale, part.low[index] * scale
    cycles = high - low > THIN * max(float(np.ptp(np.concatenate([high, low]))), 1e-300)
    # One more value on each side joins the lines where a cycle begins and ends.
    wide = cycles | np.append(cycles[1:], False) | np.append(False, cycles[:-1])
    lower = np.where(wide, low, np.nan)
    return joined([(part.parameter, high), (part.parameter, lower)] if np.any(wide) else [(part.parameter, high)])


def _arrows(part: SweepPart, index: int, scale: float) -> tuple[Column, Column]:
    """Return the places of the arrows, at equal distances of the parameter, on the highest values."""
    steps = max(1, len(part.parameter) // ARROWS)
    return lean(part.parameter[steps // 2::steps], part.high[index, steps // 2::steps] * scale)
