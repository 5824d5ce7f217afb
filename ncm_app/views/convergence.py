"""Methods side by side: their runs over the exact solution, and their errors over the step."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.model import Flow
from ncm_app.core.quantity import with_unit
from ncm_app.views import style
from ncm_app.views.columns import NOTHING, Columns, Limits, lean, scattered
from ncm_app.views.layer import Layer
from ncm_app.views.view import View

HUES = {"Euler": style.VERMILION, "Heun": style.BLUE, "RK4": style.PURPLE, "adaptive": style.ORANGE}
DASHES = {"Euler": "solid", "Heun": "dashed", "RK4": "dotdash", "adaptive": "dotted"}
ORDERS = {"Euler": 1, "Heun": 2, "RK4": 4}
SMALLEST, LARGEST = 1e-16, 1e3
"""Range of errors that are drawn."""


class MethodsView(View):
    """The run of every method with the present step over the exact solution."""

    name, shape, x_label, legend = "methods", "wide", "time (ms)", True
    over_time = True

    def __init__(self, model: type[Flow]) -> None:
        self.state = model.states[0]
        self.y_label = with_unit(self.state.name, self.state.shown or self.state.unit)

    def layers(self) -> list[Layer]:
        """One curve for each method, the exact one behind them."""
        exact = Layer("exact", label="exact", look={"line_width": 4.0, "alpha": 0.3}, ink=("line_color",))
        return [exact, *(Layer(name, label=name, fleeting=True, look={
            "color": hue, "line_width": 1.8, "line_dash": DASHES[name]}) for name, hue in HUES.items())]

    def columns(self, result: Any) -> Columns:
        """Each run in shown units."""
        scale = self.state.scale
        runs = {name: lean(run.t, run.y[0] * scale) for name, run in result.runs.items()}
        t, exact = result.exact
        return {**dict.fromkeys(HUES, NOTHING), **runs, "exact": lean(t, exact * scale)}

    def limits(self, result: Any) -> Limits:
        """The duration, and the span of the state."""
        low, high = self.state.drawn_span
        return (0.0, result.t_end), (low - 0.03 * (high - low), high + 0.03 * (high - low))


class ConvergenceView(View):
    """The largest error of each method over its step, on log axes, with the order as measured."""

    name, shape, title, log = "convergence", "square", "Largest error over the step, and its slope", "xy"
    legend, x_label = False, "dt (ms)"

    def __init__(self, model: type[Flow]) -> None:
        state = model.states[0]
        self.scale, self.y_label = state.scale, with_unit("largest error", state.shown or state.unit)

    def layers(self) -> list[Layer]:
        """Lines of slope 1, 2, 4, the errors, and those at the present step."""
        found: list[Layer] = []
        for name in ORDERS:
            look = {"color": HUES[name]}
            found += [Layer(f"slope {name}", look={"line_dash": "dashed", "line_width": 1.2, "alpha": 0.6},
                            ink=("line_color",)),
                      Layer(name, look={**look, "line_width": 1.6}),
                      Layer(f"points {name}", kind="points", look={**look, "marker": "circle", "size": 5}),
                      Layer(f"now {name}", kind="points", look={"marker": "circle", "size": 9},
                            ink=("line_color", "fill_color"))]
        return [*found, Layer("words", kind="labels", look={"text_align": "left", "text_alpha": 1.0},
                              ink=("text_color",))]

    def columns(self, result: Any) -> Columns:
        """Errors, lines of the true order through the last of them, and slopes in words."""
        known, columns = result.convergence, self.empty()
        words: list[tuple[float, float, str]] = []
        for name, row, slope in zip(known.methods, known.errors * self.scale, known.slopes, strict=True):
            seen = np.isfinite(row) & (row > SMALLEST) & (row < LARGEST)
            columns[name] = columns[f"points {name}"] = lean(known.dt[seen], row[seen])
            error = result.now.get(name, np.nan) * self.scale
            if SMALLEST < error < LARGEST:
                columns[f"now {name}"] = scattered([(result.dt, error)])
            told = np.flatnonzero(seen & (row > known.floor * self.scale))
            if len(told):
                last = told[-1]
                columns[f"slope {name}"] = lean(known.dt, row[last] * (known.dt / known.dt[last]) ** ORDERS[name])
                middle = told[len(told) // 2]
                words.append((float(known.dt[middle] * 1.3), float(row[middle] / 4.0), f"{name} {slope:.2f}"))
        if words:
            x, y, texts = zip(*words, strict=True)
            columns["words"] = (*scattered(list(zip(x, y, strict=True))), list(texts))
        return columns

    def limits(self, result: Any) -> Limits:
        """All steps, and errors down to rounding."""
        dt = result.convergence.dt
        return (float(dt.min()) / 2.0, float(dt.max()) * 2.0), (1e-14 * self.scale, 10.0 * self.scale)
