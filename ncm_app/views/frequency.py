"""Frequency of cycles over the explored parameter: the f-I curve of a smooth cell."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.quantity import with_unit
from ncm_app.numerics.results import FrequencyCurve, Onset
from ncm_app.views import style
from ncm_app.views.columns import NO_LABELS, NOTHING, Columns, Limits, lean, scattered
from ncm_app.views.cycles import cycle_codes
from ncm_app.views.gestures import Click
from ncm_app.views.labels import codes_at, codes_layer
from ncm_app.views.layer import Layer, special_layer
from ncm_app.views.view import View

HERTZ = 1000.0  # of one cycle per ms


class Frequencies(NamedTuple):
    """How cycles or firing begin, and the frequency of smooth cycles where there are any."""

    onset: Onset
    curve: FrequencyCurve | None = None


class Here(NamedTuple):
    """The present value of a parameter, the window of the diagram and its axis label."""

    value: float
    window: tuple[float, float]
    label: str


def onset_words(onset: Onset) -> str:
    """Return the kind of an onset and the class of excitability, or "" where none was found."""
    if not np.isfinite(onset.value):
        return ""
    said = f"onset: {onset.kind}" + (f", class {onset.excitability}" if onset.excitability else "")
    slow = onset.excitability == 2 and np.isinf(onset.period) and np.isfinite(onset.start)
    return said + (f": from rest it starts at {HERTZ / onset.start:.3g} Hz" if slow else "")


class FrequencyView(View):
    """Frequency of stable cycles solid, of unstable ones dashed; click to move the parameter."""

    name, shape, click, relabels = "frequency", "diagram", Click.EXPLORED, True
    y_label = "frequency (Hz)"

    def __init__(self, model: type[Flow]) -> None:
        self.bounds = model.control(model.explore).bounds
        self.x_label = with_unit(model.explore, model.control(model.explore).unit)
        self.codes = cycle_codes(len(model.states))
        self.title = "frequency of cycles (click)"
        # What a known curve needs stays when a preset moves the axes; before that, slow rhythms.
        self._heights = (-2.0, 50.0)

    def layers(self) -> list[Layer]:
        """The line of the present value, curves, labelled points and the onset."""
        lines = [Layer(name, look={"color": style.CYCLE_HUE, "line_width": 2.2, "line_dash": dash})
                 for name, dash in style.STABILITY_DASHES.items() if name != "saddle"]
        points = [special_layer(code, code) for code in self.codes]
        return [Layer("present", look={"line_width": 1}, ink=("line_color",)), *lines, *points,
                codes_layer("codes"), Layer("onset", kind="labels", ink=("text_color",), look={
                    "text_align": "left", "text_baseline": "top", "text_alpha": 1.0})]

    def columns(self, result: Here) -> Columns:
        """The present value; the frequencies come when the cycles are known."""
        self.x_label = result.label
        return {"present": lean([result.value] * 2, [-1e6, 1e6])}

    def late(self, topic: str, answer: Any) -> Columns:
        """Frequencies in Hz, and how the oscillation begins."""
        if topic != "frequency":
            return {}
        curve = None if answer is None else answer.curve
        points = () if curve is None else curve.points
        places = [] if curve is None else [
            (q.parameters[curve.parameter], 0.0 if np.isinf(q.period) else HERTZ / q.period) for q in points]
        columns: Columns = {"stable": NOTHING if curve is None else lean(*curve.stable),
                            "unstable": NOTHING if curve is None else lean(*curve.unstable)}
        for code in self.codes:
            columns[code] = scattered([place for place, q in zip(places, points, strict=True) if q.code == code])
        columns["codes"] = codes_at([(q.code, *place) for q, place in zip(points, places, strict=True)])
        return {**columns, "onset": self._onset(answer)}

    def _onset(self, answer: Any) -> tuple[object, object, list[str]]:
        limits = None if answer is None else self.late_limits("frequency", answer)
        if answer is None or limits is None:
            return NO_LABELS
        silent = not np.any(np.isfinite(answer.curve.stable)) and not np.any(np.isfinite(answer.curve.unstable))
        words = "no cycle found in this range" if silent else onset_words(answer.onset)
        (left, right), (_, top) = limits
        return (*scattered([(left + 0.02 * (right - left), 0.98 * top)]), [words]) if words else NO_LABELS

    def limits(self, result: Here) -> Limits:
        """The bounds of the parameter, and frequencies of slow rhythms until the curve is known."""
        self.bounds = result.window
        return result.window, self._heights

    def outgrown(self, result: Here, limits: Limits) -> bool:
        """The present value must stay in sight."""
        return not limits[0][0] <= result.value <= limits[0][1]

    def late_limits(self, topic: str, answer: Any) -> Limits | None:
        """The bounds of the parameter, and all frequencies from 0 on."""
        if topic != "frequency" or answer.curve is None:
            return None
        found = np.concatenate([answer.curve.stable[1], answer.curve.unstable[1]])
        top = 1.35 * float(np.nanmax(found, initial=0.0)) or 1.0
        self._heights = -0.04 * top, top
        return self.bounds, self._heights
