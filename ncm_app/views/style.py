"""One encoding for every plot: hues by role, dashes and markers by stability.

Hues are Okabe and Ito's, told apart by colour-blind readers; whatever colour says
is said by a dash or a marker too. "ink" is black on light pages, white on dark ones.
"""

from __future__ import annotations

from typing import Any

from bokeh.palettes import RdBu11, Viridis256, interp_palette

VERMILION, BLUE, GREEN, ORANGE = "#D55E00", "#0072B2", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW = "#56B4E9", "#CC79A7", "#F0E442"
GREY, INK, INK_DARK = "#8A8A8A", "#1A1A1A", "#F2F2F2"

ROLE_HUES = {"excitatory": VERMILION, "inhibitory": BLUE, "external": GREY}
FREE_HUES = (BLUE, VERMILION, PURPLE, ORANGE)
"""Of variables without a role and of what else a plot compares, in their order."""

CYCLE_HUE, CLICKED_HUE, SPECIAL_HUE = GREEN, SKY, YELLOW
"""Of limit cycles, of runs from where one clicked, of special points: of nothing else in any plot."""

CODE_MARKERS = {
    "LP": "triangle", "H": "square", "BP": "star", "KINK": "y", "NS": "cross", "TH": "asterisk",
    "LPC": "circle_y", "PD": "hex", "TR": "circle_x", "HC": "diamond_cross", "SNIC": "circle_cross",
    "CP": "triangle_pin", "BT": "square_dot", "GH": "square_pin", "ZH": "triangle_dot", "HH": "square_x",
}
"""Marker of each code of `numerics.codes`; no other thing has one of these shapes, but for turned triangles."""

LABEL: dict[str, Any] = {"text_align": "left", "text_font_size": "10pt", "text_alpha": 1.0, "tags": ["codes"]}
"""The look of a code beside its point, which the browser places."""

STABILITY_MARKERS: dict[str, dict[str, Any]] = {
    "stable": {"marker": "circle", "size": 11, "fill_alpha": 1.0},
    "unstable": {"marker": "circle", "size": 11, "fill_alpha": 0.0},
    "saddle": {"marker": "diamond", "size": 14, "fill_alpha": 0.0},
}
STABILITY_DASHES = {"stable": "solid", "unstable": "dashed", "saddle": "dotted"}

MANIFOLDS = {"stable manifold": {"color": PURPLE, "line_dash": "dashdot"},
             "unstable manifold": {"color": ORANGE, "line_dash": "dotted"}}
"""Hue and dash of the manifolds of saddles: planes that show them have two states, so that these hues are free."""

CYCLES: dict[str, dict[str, Any]] = {
    "stable cycle": {"color": CYCLE_HUE, "line_width": 8, "alpha": 0.45},
    "unstable cycle": {"color": CYCLE_HUE, "line_width": 2, "line_dash": "dashed"},
}
"""A band for stable cycles, on which runs lie; unstable ones are dashed."""

BASINS: tuple[dict[str, Any], ...] = (
    {"color": BLUE, "fill_alpha": 0.16},
    {"color": ORANGE, "fill_alpha": 0.2, "hatch_pattern": "/", "hatch_alpha": 0.3, "hatch_scale": 14},
    {"color": GREEN, "fill_alpha": 0.16, "hatch_pattern": ".", "hatch_alpha": 0.5, "hatch_scale": 10},
    {"color": PURPLE, "fill_alpha": 0.2, "hatch_pattern": "\\", "hatch_alpha": 0.4, "hatch_scale": 14},
)
GONE: dict[str, Any] = {"color": GREY, "fill_alpha": 0.12, "hatch_pattern": "x", "hatch_alpha": 0.25, "hatch_scale": 14}
"""Basins told apart by hue and by hatch, and the starts that leave for good."""

SEQUENTIAL, DIVERGING = Viridis256, tuple(interp_palette(RdBu11, 255))
"""Colours of values, told apart by colour-blind readers: from low to high, and either way from a centre (as for
inhibition and excitation, blue below and red above)."""

BACKGROUND = tuple(f"{colour}70" for colour in SEQUENTIAL)
"""The same, faint on light and on dark pages, behind curves and labels."""

BEHIND = tuple(f"{colour}80" for colour in DIVERGING)
"""Colours either way from a centre, as faint, behind points."""

HEIGHTS = {"wide": 182, "tall": 300, "square": 248, "strip": 112, "diagram": 207, "chart": 340}
"""Plot heights in pixels at which a page of four rows fits 1440 x 900."""

AXIS = 40
"""Of these the axis with its ticks and label."""

LINE = 10
"""Pixels that a line of words above a low plot adds to it."""


def hue(role: str, index: int) -> str:
    """Return the colour of a variable: its role's, or the next free one."""
    return ROLE_HUES.get(role) or FREE_HUES[index % len(FREE_HUES)]


START: dict[str, Any] = {"marker": "x", "size": 9, "line_width": 2, "color": CLICKED_HUE}
"""Where a run starts."""


def special_look(code: str) -> dict[str, Any]:
    """Return how the points with a code are drawn in every plot; the line is in ink."""
    return {"marker": CODE_MARKERS[code], "size": 11, "color": SPECIAL_HUE, "line_color": INK, "tags": ["special"]}


def arrow_look(color: str, turn: int) -> dict[str, Any]:
    """Return how a triangle is drawn that points along a way, turned by so many degrees from upwards."""
    return {"color": color, "marker": "triangle", "size": 9, "angle": turn}


def stability_of(kind: str) -> str:
    """Return the class of marker that a kind of fixed point is drawn with."""
    if kind == "saddle":
        return "saddle"
    return "stable" if kind.startswith(("stable", "weakly stable")) else "unstable"
