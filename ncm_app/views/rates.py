"""f-I curve: the exact firing rate, the rate as stepped, and the present input."""

from __future__ import annotations

import textwrap
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.quantity import with_unit
from ncm_app.numerics.results import MeasuredRates, RateCurve
from ncm_app.views import style
from ncm_app.views.columns import NO_LABELS, Columns, Limits, lean, scattered
from ncm_app.views.frequency import onset_words
from ncm_app.views.gestures import Click
from ncm_app.views.layer import Layer
from ncm_app.views.view import View

BROAD = 20
"""Letters in a line that stands beside the steep part of a curve."""


def wrap(words: str) -> str:
    """Return words in short lines, a new one after each comma."""
    return "\n".join(line for part in words.split(", ") for line in textwrap.wrap(part, BROAD))


class Rates(NamedTuple):
    """The f-I curve and the rate at the present input."""

    curve: RateCurve
    present: RateCurve


class Measured(NamedTuple):
    """Rates that were measured in runs over an input, and at the present one."""

    curve: MeasuredRates
    present: MeasuredRates


class RateCurveView(View):
    """Firing rate over the constant input, exact and as the method gives it."""

    name, title, shape = "rate_curve", "f-I curve (click)", "square"
    legend, click = True, Click.OWN
    y_label = "firing rate (Hz)"

    def __init__(self, model: type[Flow]) -> None:
        self.bounds = model.control(model.explore).bounds
        if model.control(model.explore).group != "input":
            self.title = f"firing rate over {model.explore} (click)"
        self.x_label = with_unit(model.explore, model.control(model.explore).unit)

    def layers(self) -> list[Layer]:
        """Exact curve, stepped points, present input."""
        return [Layer("present line", look={"line_width": 1}, ink=("line_color",)),
                Layer("rate", label="exact (quadrature)", look={"color": style.BLUE, "line_width": 2.2}, ghost=True),
                Layer("stepped", kind="points", label="as stepped", look={
                    "color": style.VERMILION, "marker": "circle", "size": 4.5, "fill_alpha": 0.0}),
                Layer("present", kind="points", look={"marker": "circle", "size": 11},
                      ink=("line_color", "fill_color")),
                Layer("onset", kind="labels", ink=("text_color",), look={
                    "text_align": "right", "text_baseline": "bottom", "text_alpha": 1.0, "y_offset": -3})]

    def columns(self, result: Rates) -> Columns:
        """Rates in Hz."""
        curve, present = result.curve, result.present
        x = float(present.values[0])
        return {"rate": lean(curve.values, curve.exact), "stepped": lean(curve.values, curve.stepped),
                "present": scattered([(x, float(present.exact[0]))]),
                "present line": lean([x, x], [-1e6, 1e6])}

    def late(self, topic: str, answer: Any) -> Columns:
        """How firing begins, named in a few short lines in the corner under the curve."""
        if topic != "frequency":
            return {}
        words = "" if answer is None else wrap(onset_words(answer.onset))
        return {"onset": (*scattered([(self.bounds[1] - 0.02 * (self.bounds[1] - self.bounds[0]), 0.0)]), [words])
                if words else NO_LABELS}

    def limits(self, result: Rates) -> Limits:
        """The bounds of the input, and all rates."""
        top = 1.08 * max(float(np.max(result.curve.exact)), float(np.nanmax(result.curve.stepped)), 1.0)
        return self.bounds, (-0.03 * top, top)


class MeasuredRatesView(RateCurveView):
    """Firing rate over the constant input as runs show it: in the end, and of the first interval."""

    def layers(self) -> list[Layer]:
        """Rate in the end, rate of the first interval, present input."""
        return [Layer("present line", look={"line_width": 1}, ink=("line_color",)),
                Layer("rate", label="in the end, as stepped", look={"color": style.BLUE, "line_width": 2.2},
                      ghost=True),
                Layer("first", label="first interval, as stepped", look={
                    "color": style.VERMILION, "line_width": 1.6, "line_dash": "dashed"}),
                Layer("present", kind="points", look={"marker": "circle", "size": 11},
                      ink=("line_color", "fill_color"))]

    def columns(self, result: Measured) -> Columns:  # type: ignore[override]
        """Rates in Hz; none before the steps are compiled."""
        curve, present = result.curve, result.present
        x = float(present.values[0])
        return {"rate": lean(curve.values, curve.lasting), "first": lean(curve.values, curve.first),
                "present": scattered([(x, float(present.lasting[0]))]), "present line": lean([x, x], [-1e6, 1e6])}

    def late(self, topic: str, answer: Any) -> Columns:
        """Nothing comes late."""
        return {}

    def outgrown(self, result: Measured, limits: Limits) -> bool:  # type: ignore[override]
        """The curve, which may come when the axes stand, must be in sight, and fill them."""
        top, (_, reached) = self._top(result), limits[1]
        return top > 1.5 * reached or (np.isfinite(result.curve.lasting[0]) and 6.0 * top < reached)

    @staticmethod
    def _top(result: Measured) -> float:
        """Return the highest lasting rate; first intervals may be far shorter, as in bursts."""
        lasting = np.append(result.curve.lasting, result.present.lasting)
        first = np.append(result.curve.first, result.present.first)
        most = float(np.nanmax(lasting))
        return max(min(float(np.nanmax(first)), 2.0 * most), most, 1.0)

    def limits(self, result: Measured) -> Limits:  # type: ignore[override]
        """The bounds of the input, and all rates in the end."""
        top = 1.08 * self._top(result)
        return self.bounds, (-0.03 * top, top)
