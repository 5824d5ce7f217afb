"""Two-parameter diagram: curves of saddle-nodes and Hopf points, and the present values among them."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.capabilities import has_rate_map, has_resets
from ncm_app.core.model import Flow
from ncm_app.core.symbols import symbols_of
from ncm_app.numerics.codes import LOCI, rows_of
from ncm_app.numerics.results import Array, Loci, Locus
from ncm_app.views import style
from ncm_app.views.columns import NO_LABELS, Columns, Limits, joined, scattered
from ncm_app.views.gestures import Click
from ncm_app.views.labels import MARKER, grouped
from ncm_app.views.layer import Layer, special_layer
from ncm_app.views.mark_kinds import MARK_KINDS
from ncm_app.views.view import View

CURVES = {"LP": ("saddle-node (LP)", style.BLUE, "solid"),
          "H supercritical": ("Hopf (H), supercritical", style.VERMILION, "dashed"),
          "H subcritical": ("Hopf (H), subcritical", style.ORANGE, "dotted"),
          "H degenerate": ("Hopf (H), degenerate", style.PURPLE, "dotdash"),
          "H": ("Hopf (H), kind not known", style.GREY, "dashdot")}
"""Words, hue and dash of each curve."""

SIDES = {"right above": (1, 1), "left above": (-1, 1), "right below": (1, -1), "left below": (-1, -1)}
"""Where a label may stand beside its point, in the order of preference."""

LABEL = np.array([0.045, 0.09])
"""Width and height of a label, as shares of the plot."""


class Pair(NamedTuple):
    """The present values of two parameters, their bounds and axis labels."""

    names: tuple[str, str]
    values: tuple[float, float]
    bounds: Limits
    labels: tuple[str, str]


def hopf_pieces(locus: Locus) -> list[tuple[str, int, int]]:
    """Return (curve, first row, last row) of the stretches of a Hopf curve with one kind of cycles.

    A stretch between two rows is of the kind that one of them is known to have.
    """
    sign = np.sign(locus.lyapunov)
    edges = np.nan_to_num(sign[:-1]) + np.nan_to_num(sign[1:])
    vanishes = (edges == 0.0) & ((sign[:-1] == 0.0) | (sign[1:] == 0.0))
    kinds = np.select([vanishes, edges < 0, edges > 0], ["H degenerate", "H supercritical", "H subcritical"], "H")
    pieces, start = [], 0
    for kind, run in groupby(kinds.tolist()):
        end = start + len(list(run))
        pieces.append((kind, start, end))
        start = end
    return pieces


def place_labels(points: list[tuple[str, float, float]]) -> dict[str, list[tuple[str, float, float]]]:
    """Return the labels (text, x, y) of each side, for points with x and y as shares of the plot.

    Points whose markers touch share a label. No label covers another one or a marker; one
    that finds no room is left out.
    """
    placed: dict[str, list[tuple[str, float, float]]] = {side: [] for side in SIDES}
    groups = grouped(points)
    spots = [np.array([[x, y] for _, x, y in group]).mean(axis=0) for group in groups]
    markers = [[_around(np.array([x, y])) for _, x, y in group] for group in groups]
    taken: list[Array] = []
    for k, (group, spot) in enumerate(zip(groups, spots, strict=True)):
        codes = sorted({code for code, _, _ in group})
        others = taken + [box for boxes in markers[:k] + markers[k + 1:] for box in boxes]
        for side, way in SIDES.items():
            box = np.sort(np.array([spot, spot + np.array(way) * LABEL * (len(codes), 1)]), axis=0)
            if np.all(box >= 0.0) and np.all(box <= 1.0) and not any(_overlap(box, other) for other in others):
                placed[side].append((", ".join(codes), float(spot[0]), float(spot[1])))
                taken.append(box)
                break
    return placed


def _around(spot: Array) -> Array:
    return np.array([spot - MARKER, spot + MARKER])


def _overlap(a: Array, b: Array) -> bool:
    return bool(np.all((a[0] < b[1]) & (b[0] < a[1])))


class TwoParameterView(View):
    """Curves by hue and dash, points by marker and code, one dot where the sliders are."""

    name, shape, legend, click = "two_parameter", "chart", True, Click.PAIR
    relabels = True

    def __init__(self, model: type[Flow]) -> None:
        states, self.symbols = len(model.states), symbols_of(model)
        self.bounds: Limits = (0.0, 1.0), (0.0, 1.0)
        self.has_rates, self._colours = has_rate_map(model), (0.0, 1.0)
        self.colour_label = "rate of firing (Hz)" if has_resets(model) else "frequency of cycles (Hz)"
        self._words = ""
        self._unrated = "; rates are drawn for cells with one state only" * (has_resets(model) and not self.has_rates)
        self.curves = [name for name in CURVES if states > 1 or name == "LP"]
        self.codes = {row.code: f"{row.name} ({row.code})" for row in rows_of(LOCI) if states >= row.states}

    def layers(self) -> list[Layer]:
        """The rates behind all, curves, special points, their codes, the present values."""
        rates = [Layer("rates", "heatmap", look={"palette": style.BACKGROUND}, fleeting=True)] * self.has_rates
        curves = [Layer(name, label=CURVES[name][0], fleeting=True, look={
            "color": CURVES[name][1], "line_width": 2.4, "line_dash": CURVES[name][2]}) for name in self.curves]
        special = [special_layer(code, code, label) for code, label in self.codes.items()]
        codes = [Layer(f"codes {side}", kind="labels", ink=("text_color",), look={
             **style.LABEL, "text_align": "left" if across > 0 else "right",
             "text_baseline": "bottom" if up > 0 else "top"}) for side, (across, up) in SIDES.items()]
        return [*rates, *curves, *special, *codes,
                Layer("present", kind="points", label="now", look={"marker": "circle", "size": 9},
                      ink=("line_color", "fill_color"))]

    def columns(self, result: Pair) -> Columns:
        """The present values; the curves come when they are computed."""
        self.x_label, self.y_label = result.labels
        words = f"saddle-nodes and Hopf points over {' and '.join(result.names)} (click)" + self._unrated
        if words != self._words:
            self.title = self._words = words
        return {"present": scattered([result.values])}

    def late(self, topic: str, answer: Any) -> Columns:
        """Hopf curves are cut where their cycles change kind; the rates come grid by grid."""
        if topic == "rate map" and self.has_rates:
            kind = MARK_KINDS["heatmap"]
            return {"rates": kind.empty if answer is None else kind.take(answer.first, answer.second, answer.rate)}
        if topic != "loci":
            return {}
        loci: Loci | None = answer
        self.title = self._words + (f"; {loci.message}" if loci and loci.message else "")
        pieces: dict[str, list[tuple[Array, Array]]] = {name: [] for name in self.curves}
        for locus in loci.loci if loci else ():
            whole = [(locus.code, 0, len(locus.first) - 1)]
            for name, start, end in whole if locus.code == "LP" else hopf_pieces(locus):
                pieces[name].append((locus.first[start:end + 1], locus.second[start:end + 1]))
        columns: Columns = {name: joined(found) for name, found in pieces.items()}
        first, second = loci.fields if loci else ("", "")
        places = [(q.code, q.parameters[first], q.parameters[second]) for q in (loci.points if loci else ())]
        for code in self.codes:
            columns[code] = scattered([(x, y) for own, x, y in places if own == code])
        return {**columns, **self._labels(places, self.bounds)}

    def _labels(self, places: list[tuple[str, float, float]], bounds: Limits) -> Columns:
        (left, right), (bottom, top) = bounds
        width, height = right - left, top - bottom
        found = place_labels([(code, (x - left) / width, (y - bottom) / height) for code, x, y in places])
        columns: Columns = {}
        for side, labels in found.items():
            columns[f"codes {side}"] = (*scattered([(left + x * width, bottom + y * height) for _, x, y in labels]),
                                        [f"  {text}  " for text, _, _ in labels]) if labels else NO_LABELS
        return columns

    def limits(self, result: Pair) -> Limits:
        """The bounds of both parameters."""
        self.bounds = result.bounds
        return (*result.bounds, self._colours)

    def late_limits(self, topic: str, answer: Any) -> Limits | None:
        """The colours hold all rates of an answer, from 0 on; the axes stay."""
        if topic != "rate map" or not np.any(np.isfinite(answer.rate)):
            return None
        self._colours = 0.0, float(np.nanmax(answer.rate))
        return (*self.bounds, self._colours)
