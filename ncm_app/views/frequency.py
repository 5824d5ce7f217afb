"""Frequency of cycles over the explored parameter: the f-I curve of a smooth cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.quantity import with_unit
from ncm_app.numerics.results import FrequencyCurve, Onset
from ncm_app.views import style
from ncm_app.views.layer import Layer
from ncm_app.views.view import NOTHING, Columns, Limits, View, lean, scattered

CYCLE_CODES = {"LPC": "inverted_triangle", "PD": "diamond", "TR": "hex", "HC": "circle_cross", "SNIC": "circle_x"}
"""Marker of each bifurcation of cycles."""

HERTZ = 1000.0  # of one cycle per ms


class Frequencies(NamedTuple):
    """The f-I curve, its onset (None until it is known), the present value, bounds and axis label."""

    curve: FrequencyCurve
    onset: Onset | None
    value: float
    bounds: tuple[float, float]
    label: str


class FrequencyView(View):
    """Frequency of stable cycles solid, of unstable ones dashed; click to move the parameter."""

    name, shape, clickable = "frequency", "square", True
    y_label = "frequency (Hz)"

    def __init__(self, model: type[Flow]) -> None:
        self.bounds = model.control(model.explore).bounds
        self.x_label = with_unit(model.explore, model.control(model.explore).unit)
        self.title = "frequency of cycles (click)"

    def layers(self) -> list[Layer]:
        """The line of the present value, curves, labelled points and the onset."""
        lines = [Layer(name, look={"color": style.BLUE, "line_width": 2.2, "line_dash": dash}, ghost=True)
                 for name, dash in style.STABILITY_DASHES.items() if name != "saddle"]
        points = [Layer(code, kind="points", look={"marker": marker, "size": 11, "color": style.ORANGE,
                                                   "line_color": style.GREY})
                  for code, marker in CYCLE_CODES.items()]
        return [Layer("present", look={"line_width": 1}, ink=("line_color",)), *lines, *points,
                Layer("codes", kind="labels", ink=("text_color",), look={
                    "text_align": "left", "text_baseline": "bottom", "text_font_size": "10pt", "text_alpha": 1.0}),
                Layer("onset", kind="labels", look={"text_align": "left", "text_baseline": "top", "text_alpha": 1.0},
                      ink=("text_color",))]

    def columns(self, result: Frequencies) -> Columns:
        """Frequencies in Hz; the onset is named above the curve."""
        curve, self.x_label = result.curve, result.label
        places = [(q.parameters[curve.parameter], 0.0 if np.isinf(q.period) else HERTZ / q.period)
                  for q in curve.points]
        columns: Columns = {"stable": lean(*curve.stable), "unstable": lean(*curve.unstable),
                            "present": lean([result.value] * 2, [-1e6, 1e6])}
        for code in CYCLE_CODES:
            columns[code] = scattered([place for place, q in zip(places, curve.points, strict=True) if q.code == code])
        columns["codes"] = (*scattered(places), [f"  {q.code}" for q in curve.points] or [""])
        return {**columns, "onset": self._onset(result)}

    def _onset(self, result: Frequencies) -> tuple[object, object, list[str]]:
        onset = result.onset
        if onset is None or not np.isfinite(onset.value):
            return (*NOTHING, [""])
        (left, right), (_, top) = self.limits(result)
        rate = f", class {onset.excitability}" if onset.excitability else ""
        text = f"{onset.kind}{rate}"
        return (*scattered([(left + 0.02 * (right - left), 0.98 * top)]), [text])

    def limits(self, result: Frequencies) -> Limits:
        """The bounds of the parameter, and all frequencies from 0 on."""
        found = np.concatenate([result.curve.stable[1], result.curve.unstable[1]])
        top = 1.15 * float(np.nanmax(found, initial=0.0)) or 1.0
        return result.bounds, (-0.04 * top, top)
