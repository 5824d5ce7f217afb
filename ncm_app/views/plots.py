"""A plot that a model states itself: its marks become layers, its columns what they draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.plot import Mark, Plot
from ncm_app.views import style
from ncm_app.views.clipping import outgrown, upright
from ncm_app.views.columns import Columns, Limits, span_of
from ncm_app.views.drawn_view import Frame
from ncm_app.views.gestures import Click
from ncm_app.views.layer import Layer
from ncm_app.views.mark_kinds import MARK_KINDS
from ncm_app.views.view import View


class Drawn(NamedTuple):
    """The columns of a panel's marks, and the duration of the run for an axis over time."""

    columns: Mapping[str, tuple[Any, ...]]
    duration: float = 0.0


class PlotView(View):
    """One panel of a model; `gesture` is what a user does in one that sets controls."""

    def __init__(self, panel: Plot, gesture: str = "click") -> None:
        refuse_colours(panel)
        self.plot, self.gesture = panel, gesture
        self.name, self.shape = panel.name, panel.shape
        self.title = panel.title + f" ({gesture})" * bool(panel.clicks)
        self.click = Click.CONTROLS if panel.clicks else Click.NOTHING
        self.over_time = panel.over_time  # type: ignore[misc]
        self.x_label, self.y_label = panel.x.axis, panel.y.axis
        self.bare, self.equal = panel.aspect == "pixels", panel.aspect in ("equal", "pixels")
        self.log, self.rows, self.stays = panel.log, panel.rows, not panel.on_choice
        self._worded = {mark.name for mark in panel.marks if "text" in MARK_KINDS[mark.kind].columns}
        self.legend = any(mark.label for mark in panel.marks)
        if panel.colours is not None:
            self.colour_label = panel.colours.axis
        if panel.over_time and panel.shape == "strip" and not self.clickable:
            self.title = ""  # the axis says what it is, and the strip is low; a click has to be told

    def layers(self) -> list[Layer]:
        """One layer for each mark, each in its role's hue."""
        free = iter(range(len(self.plot.marks)))
        # Points in ink are seen on any colour.
        crowded = any(MARK_KINDS[mark.kind].needs_pale_ground and mark.role not in ("theory", "now")
                      for mark in self.plot.marks)
        colours = {} if self.plot.centre is None else {"palette": style.BEHIND if crowded else style.DIVERGING}
        return [_layer(mark, next(free) if not mark.role else 0, colours) for mark in self.plot.marks]

    def columns(self, result: Drawn) -> Columns:
        """The marks' columns as glyphs take them; a mark without columns is wiped."""
        drawn = {mark.name: MARK_KINDS[mark.kind].take(*result.columns[mark.name]) if mark.name in result.columns
                 else MARK_KINDS[mark.kind].empty for mark in self.plot.marks}
        return drawn | {name: (*drawn[name][:2], list(map(self.symbols.text, drawn[name][2]))) for name in self._worded}

    def frame(self) -> Frame:
        """Rows of spikes have whole numbers, and long numbers room."""
        return super().frame()._replace(ticks=4 if self.shape == "square" else 6,
                                        whole=self._rows_on("y") and not self.rows)

    def limits(self, result: Drawn) -> Limits:
        """The stated spans, wider where an axis is to hold the data; those of the colours by the same rule."""
        spans = self.spans(result)
        extents = self.extents(self.columns(result), self.mark_names())
        found = [self._held(axis, span, [extent[k] for extent in extents])
                 for k, (axis, span) in enumerate(zip("xy", spans, strict=True))]
        if self.plot.colours is not None:
            values = [extent[2] for extent in extents if len(extent) > 2]
            found.append(self._around_centre(self._held("c", self.plot.colours.drawn_span, values)))
        return tuple(found)

    def spans(self, result: Drawn) -> Limits:
        """The stated spans of the axes, and along time the duration of the run: what a drawing fills."""
        return (0.0, result.duration) if self.over_time else self.plot.x.drawn_span, self.plot.y.drawn_span

    def _around_centre(self, span: tuple[float, float]) -> tuple[float, float]:
        """Return a range of colours with the stated centre in its middle."""
        centre = self.plot.centre
        if centre is None:
            return span
        reach = max(abs(end - centre) for end in span)
        return centre - reach, centre + reach

    def _held(self, axis: str, span: tuple[float, float], found: list[Any]) -> tuple[float, float]:
        if axis not in self.plot.fits + self.plot.tight or not found:
            return span
        values = np.concatenate(found)
        values = values[np.isfinite(values)]
        if axis in self.log:
            values = values[values > 0]
        if not len(values):
            return span
        low, high = float(values.min()), float(values.max())
        if axis in self.log:
            return min(span[0], low / 1.5), max(span[1], high * 1.5)
        if axis in self.plot.tight and high > low:
            return low, high
        # Rows of spikes need no margin: theirs is half of what lies between two rows.
        margin = 0.5 if self._rows_on(axis) else 0.0 if axis == "c" else 0.06 * (high - low)
        return min(span[0], low - margin * (low < span[0])), max(span[1], high + margin * (high > span[1]))

    def mark_names(self) -> list[str]:
        """The names of what is drawn, which are those of its layers."""
        return [mark.name for mark in self.plot.marks]

    def applies(self, result: Drawn) -> bool:
        """Tell whether there is anything to draw; a panel that gives no mark at all is hidden."""
        return bool(result.columns)

    def watched(self) -> tuple[str, ...]:
        """What the present values give, which a frozen run has too; not what theory expects, nor lines at a place."""
        marks = [mark for mark in self.plot.marks if MARK_KINDS[mark.kind].watched != "never" and mark.role != "theory"]
        moving = [mark for mark in marks if mark.ghost or MARK_KINDS[mark.kind].watched == "always"]
        return tuple(mark.name for mark in moving or marks)

    def fitted(self, result: Drawn) -> Limits:
        """What is computed, with its zero; along x at least the stated span."""
        (left, right), y, *colours = self.limits(result)
        watched = [extent for extent in self.extents(self.columns(result), self.watched()) if not upright(extent[0])]
        if not any(np.isfinite(extent[1]).any() for extent in watched) or "y" in self.plot.tight + self.log:
            return (left, right), y, *colours
        places = np.concatenate([extent[0] for extent in watched])
        low, high = span_of(np.concatenate([extent[1] for extent in watched]))
        return ((min(left, float(np.nanmin(places))), max(right, float(np.nanmax(places)))),
                (min(low, 0.0) if self.plot.y.span[0] == 0.0 else low, high), *colours)

    def outgrown(self, result: Drawn, limits: Limits) -> bool:
        """An axis that holds the data follows when they leave it, or fill less than a third; one over time always."""
        wanted = self.limits(result)
        if self.over_time and wanted[0] != limits[0] and self.applies(result):
            return True
        return any(outgrown(now, then, axis in self.log) for axis, now, then in zip("xyc", wanted, limits, strict=False)
                   if axis in self.plot.fits + self.plot.tight)

    def _rows_on(self, axis: str) -> bool:
        return axis == "y" and all(MARK_KINDS[mark.kind].of_rows for mark in self.plot.marks)


def refuse_colours(plot: Plot) -> None:
    """Raise ValueError where a plot has a heat map whose axes or colours cannot be drawn."""
    for mark in plot.marks:
        if MARK_KINDS[mark.kind].has_colours and plot.log:
            raise ValueError(f"{plot.name}: {mark.name} has cells of equal size, which logarithmic axes cannot show; "
                             "leave `log` out, and give the logarithms as x or y")
        if MARK_KINDS[mark.kind].has_colours and plot.colours is None:
            raise ValueError(f"{plot.name}: state in `colours` what the colours of {mark.name} mean")


def _layer(mark: Mark, index: int, colours: Mapping[str, Any]) -> Layer:
    row = MARK_KINDS[mark.kind]
    look, inked = {**row.look, **row.role_looks.get(mark.role, {})}, mark.role in ("theory", "now") or not row.has_hue
    look |= colours if row.has_colours else {}
    if not inked:
        look["color"] = style.hue(mark.role, index)
    return Layer(mark.name, mark.kind, mark.label, look, mark.ghost, row.ink if inked else (),
                 fleeting=bool(mark.label))
