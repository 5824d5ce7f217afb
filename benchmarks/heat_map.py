"""What new values of a heat map cost: `python -m benchmarks.heat_map [--cells 200]`.

All values of a picture of 200 x 200 cells are replaced, as a slider does: columns made of the answer and the message to
the browser in the server, then the paint in headless Chromium, on the page of spike trains. Beside it stands a curve of
1500 points in the same run. The budget of a frame is what 25 pictures a second leave.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from bokeh.document import Document
from bokeh.protocol import Protocol

from benchmarks.browser import chromium
from benchmarks.table import digits, median, table, verdict
from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.pages.live import push
from ncm_app.views.plots import Drawn, PlotView
from tests.support.serving import serve_here
from tests.support.tabs import Tab

BUDGET = 40.0
"""ms"""
CURVE = 1500
TRAINS = "model=spike_trains&preset=Fig+2.2,+Ex+2.1.2"
PAINT = """async ([view, layer, count]) => {
  const figure = Bokeh.documents.map(d => d.get_model_by_name('ncm-' + view)).find(f => f)
  const source = figure.renderers.find(r => r.name === layer).data_source
  const held = name => source.data instanceof Map ? source.data.get(name) : source.data[name]
  const painted = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  const picture = held(view + '_image')
  const times = []
  for (let k = 0; k < 20; k++) {
    const values = Float32Array.from({length: picture ? count * count : count}, () => Math.random())
    const new_data = picture
      ? {[view + '_image']: [new picture[0].constructor(values, [count, count])]}
      : {[view + '_x']: Float32Array.from(values, (_, i) => 5000 * i / count), [view + '_y']: values}
    const old = source.data instanceof Map ? Object.fromEntries(source.data) : source.data
    await painted()
    const begun = performance.now()
    source.data = {...old, ...new_data}
    await painted()
    times.push(performance.now() - begun)
  }
  return times
}"""
"""Milliseconds from new columns to the frame after the one that paints them: two frames at least."""


def drawn(mark: Mark) -> PlotView:
    """Return the view of one mark."""
    colours = Variable("share", (0.0, 1.0), unit="%") if mark.kind == "heatmap" else None
    return PlotView(Plot("made", "Made", Variable("x", (0.0, 1.0), unit="1"), Variable("y", (0.0, 1.0), unit="1"),
                         (mark,), lambda answer, p: {}, colours=colours))


def served(mark: Mark, answers: list[tuple[Any, ...]]) -> tuple[float, int]:
    """Return the server's processor time (ms) for new values of a mark, and the bytes of the message."""
    view, document, events, times, size = drawn(mark), Document(), [], [], 0
    made = view.draw(Drawn({mark.name: answers[0]}))
    document.add_root(made.figure)
    document.on_change(events.append)
    for answer in answers[1:]:
        events.clear()
        begun = time.thread_time()
        push(made.renderers[mark.name].data_source, view.columns(Drawn({mark.name: answer}))[mark.name])
        message = Protocol().create("PATCH-DOC", list(events))
        times.append(1000.0 * (time.thread_time() - begun))
        size = len(message.content_json) + sum(len(buffer.to_bytes()) for buffer in message.buffers)
    return median(times), size


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=200)
    n = parser.parse_args().cells
    rng = np.random.default_rng(1)
    edges = np.linspace(0.0, 1.0, n + 1)
    maps = served(Mark("map", "heatmap"), [(edges, edges, rng.random((n, n))) for _ in range(20)])
    curves = served(Mark("curve", "curve"), [(np.linspace(0, 1, CURVE), rng.random(CURVE)) for _ in range(20)])
    with serve_here() as server, chromium() as browser:
        tab = Tab(browser.new_page(viewport={"width": 1440, "height": 900}), server)
        tab.open(TRAINS)
        tab.until(lambda: np.isfinite(tab.columns("successive", "pairs")[0]).any(), "the heat map")
        painted = [median(tab.page.evaluate(PAINT, list(what)))
                   for what in (("successive", "pairs", n), ("rate", "smoothed", CURVE))]
    rows = [(f"heat map, {n} x {n}", *map(digits, (maps[0], maps[1] / 1000.0, painted[0])),
             verdict(maps[0] + painted[0], BUDGET)),
            (f"curve, {CURVE} points", *map(digits, (curves[0], curves[1] / 1000.0, painted[1])), ""),
            ("heat map / curve", digits(maps[0] / curves[0]), digits(maps[1] / curves[1]),
             digits(painted[0] / painted[1]), "")]
    print(table(("new values of", "server, ms", "kB", "paint, ms", f"within {BUDGET:g} ms"), rows))


if __name__ == "__main__":
    main()
