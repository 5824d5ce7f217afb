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
from ncm_app.views.columns import Columns, Limits, joined, scattered
from ncm_app.views.gestures import Click
from ncm_app.views.labels import codes_at, codes_layer
from ncm_app.views.layer import Layer, special_layer
from ncm_app.views.mark_kinds import MARK_KINDS
from ncm_app.views.view import View

CURVES = {"LP": ("saddle-node (LP)", style.BLUE, "solid"),
          "H supercritical": ("Hopf (H), supercritical", style.VERMILION, "dashed"),
          "H subcritical": ("Hopf (H), subcritical", style.ORANGE, "dotted"),
          "H degenerate": ("Hopf (H), degenerate", style.PURPLE, "dotdash"),
          "H": ("Hopf (H), kind not known", style.GREY, "dashdot")}
"""Words, hue and dash of each curve."""


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
        return [*rates, *curves, *special, codes_layer("codes"),
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
        return {**columns, "codes": codes_at(places)}

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
