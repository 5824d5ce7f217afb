"""Functions of one variable that a model is made of, with the present state on them."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from ncm_app.core.model import Flow
from ncm_app.numerics.results import CurveSet
from ncm_app.views import style
from ncm_app.views.columns import Columns, Limits, lean, reach, scattered
from ncm_app.views.layer import Layer
from ncm_app.views.view import View

DASHES = ("solid", "dashed", "dotted", "dotdash")


class CurveAnswer(NamedTuple):
    """The curves of one plot."""

    curves: CurveSet


class CurvesView(View):
    """The first plot of curves that a model states: gates, sigmoids, phase responses."""

    name, shape = "curves", "square"
    index: ClassVar[int] = 0

    def __init__(self, model: type[Flow]) -> None:
        self.stated = model.curves[self.index]
        states = [state.name for state in model.states]
        roles = {state.name: state.role for state in model.states}
        self.hues = [style.hue(roles.get(curve.state, ""), states.index(curve.state) if curve.state in roles else i)
                     for i, curve in enumerate(self.stated.curves)]
        self.legend = len(self.stated.curves) > 1
        self.title, self.x_label, self.y_label = self.stated.title, self.stated.x.axis, self.stated.y.axis

    def layers(self) -> list[Layer]:
        """One curve each, told apart by hue and dash, and a dot for the present state."""
        layers = [Layer(curve.name, label=curve.name, ghost=True, look={
            "color": hue, "line_width": 2.2, "line_dash": DASHES[i % len(DASHES)]})
            for i, (curve, hue) in enumerate(zip(self.stated.curves, self.hues, strict=True))]
        return [*layers, Layer("present", kind="points", look={"marker": "circle", "size": 9},
                               ink=("line_color", "fill_color"))]

    def columns(self, result: CurveAnswer) -> Columns:
        """Each curve, and the dots, in the units of the axes."""
        found, right, up = result.curves, self.stated.x.scale, self.stated.y.scale
        columns: Columns = {curve.name: lean(found.x * right, values * up)
                            for curve, values in zip(self.stated.curves, found.values, strict=True)}
        return {**columns, "present": scattered([(x * right, y * up) for x, y in found.present.T])}

    def limits(self, result: CurveAnswer) -> Limits:
        """The axes that the model states, widened where a curve leaves them."""
        (left, right), (bottom, top) = self.stated.x.drawn_span, self.stated.y.drawn_span
        least, most = self.fitted(result)[1]
        bottom, top = min(bottom, least), max(top, most)
        margin = 0.04 * (top - bottom)
        return (left, right), (bottom - margin, top + margin)

    def fitted(self, result: CurveAnswer) -> Limits:
        """The whole horizontal axis, and what the curves reach."""
        names = [curve.name for curve in self.stated.curves]
        return self.stated.x.drawn_span, reach(self.columns(result), names, 1)


class FurtherCurvesView(CurvesView):
    """The second plot of curves, where a model states two."""

    name, index = "further_curves", 1
