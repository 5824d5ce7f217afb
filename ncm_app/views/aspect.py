"""Plots in which one unit across is as long as one up: circles are circles, pixels squares, whatever room there is."""

from __future__ import annotations

from typing import Any

from bokeh.models import CustomJS

EQUAL = """const kept = (window.ncmWindows ??= new WeakMap()).get(figure) ?? {asked: []}
if (kept.waits || figure.properties.inner_width.is_unset) return
window.ncmWindows.set(figure, {...kept, waits: true})
queueMicrotask(() => {
  const {x_range: across, y_range: up, inner_width: width, inner_height: height} = figure
  const ends = () => [across.start, across.end, up.start, up.end]
  const asked = ends().map((end, k) => kept.shown && end === kept.shown[k] ? kept.asked[k] : end)
  const [left, right, low, high] = asked
  if (width > 0 && height > 0) {
    const unit = Math.max((right - left) / width, (high - low) / height) / 2
    // The server keeps the window that it has asked for.
    across.setv({start: (left + right) / 2 - unit * width, end: (left + right) / 2 + unit * width}, {sync: false})
    up.setv({start: (low + high) / 2 - unit * height, end: (low + high) / 2 + unit * height}, {sync: false})
  }
  window.ncmWindows.set(figure, {asked, shown: ends()})
})"""
"""Runs in the browser, once for all ends that a message sets: the window that was asked for is widened one way."""


def keep_equal(figure: Any) -> None:
    """Let a unit of the x axis be as long as one of the y axis, by more of one of them than the window asks for."""
    fit = CustomJS(args={"figure": figure}, code=EQUAL)
    for part, names in ((figure, ("inner_width", "inner_height")), (figure.x_range, ("start", "end")),
                        (figure.y_range, ("start", "end"))):
        for name in names:
            part.js_on_change(name, fit)
