"""In a real browser: the ticks of a raster stand where the spikes are, in ink, and nowhere else."""

from __future__ import annotations

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.views.rasters import TICK
from tests.support.tabs import tab_in

PIXELS = """(() => {
  const {left, top, width, height} = view.frame.bbox, image = view.canvas_view.primary.ctx.getImageData(
    left, top, width, height)
  return [image.width, image.height, Array.from(new Uint32Array(image.data.buffer))]
})()"""
PLACES = """(() => {
  const {x_scale: x, y_scale: y, bbox} = view.frame, [times, rows] = %s
  return [times.map(t => x.compute(t) - bbox.left), rows.map(r => y.compute(r) - bbox.top)]
})()"""
STROKES = """Math.max(...view.export('svg').ctx.get_serialized_svg(true).match(/ d="[^"]*"/g).map(
  d => d.split('M').length - 1))"""
INK, INK_DARK = 0xFF1A1A1A, 0xFFF2F2F2
"""Pixels as they lie in memory: alpha, blue, green, red."""


def pixels(tab, view):
    width, height, values = tab.figure(view, PIXELS)
    return np.array(values, dtype=np.uint32).reshape(height, width)


def places(tab, view, layer):
    times, rows = (list(map(float, column)) for column in tab.columns(view, layer))
    x, y = (np.array(place) for place in tab.figure(view, PLACES % [times, rows]))
    return x, y, abs(np.diff(tab.figure(view, PLACES % [[0, 0], [0, 1]])[1])[0])


def test_ticks_are_where_the_spikes_are_and_nowhere_else(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=poisson_process&trials=3")
        tab.until(lambda: 20 < len(tab.columns("raster", "spikes")[0]) < 90, "three trials")
        tab.until(lambda: np.any(pixels(tab, "raster") == INK), "the ticks")
        x, y, row = places(tab, "raster", "spikes")
        up, across = np.nonzero(pixels(tab, "raster") == INK)
        near = (abs(across[:, None] + 0.5 - x) <= 1.1) & (abs(up[:, None] + 0.5 - y) <= TICK * row + 1)
        assert near.any(axis=1).all()
        # A tick is one pixel wide and as high as it should be, but for the lines that end in a part of a pixel.
        assert (near.sum(axis=0) >= 2 * TICK * row - 2).all()
        strokes = tab.figure("raster", STROKES)
        assert strokes == len(x)
        tab.page.get_by_role("button", name="Toggle theme").click()
        tab.until(lambda: np.any(pixels(tab, "raster") == INK_DARK), "white ink")
        assert not np.any(pixels(tab, "raster") == INK)


def test_spike_at_the_very_end_is_seen(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=spike_trains")
        tab.page.wait_for_selector(".ncm-upload")
        tab.page.locator(".ncm-upload input").set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"time (ms)\n0\n100\n450\n1000\n"})
        tab.until(lambda: len(tab.columns("train", "spikes")[0]) == 4, "the file's spikes")

        def across():
            image = pixels(tab, "train")
            blue = (image >> 16 & 0xFF) - (image & 0xFF).astype(float) > 60
            return np.flatnonzero(blue.sum(axis=0) > 0.3 * len(image)), image.shape[1]

        tab.until(lambda: len(across()[0]) >= 4, "four ticks")
        found, width = across()
        assert found[0] <= 1 and found[-1] >= width - 2


def test_crowded_ticks_are_darker_where_more_spikes_are(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=conductance_synapses&preset=High-conductance state")
        tab.until(lambda: len(tab.columns("spikes", "excitatory")[0]) > 2000, "thousands of spikes")
        tab.page.wait_for_timeout(500)
        x, y, _ = places(tab, "spikes", "excitatory")
        row = pixels(tab, "spikes")[int(y[0])]
        counts = np.bincount(np.floor(x).astype(int), minlength=len(row))[:len(row)]
        ink = 255 - (row >> 16 & 0xFF)  # vermilion has no blue: paper becomes ink as the blue goes
        assert np.corrcoef(counts, ink)[0, 1] > 0.85
        assert 0 < np.mean(ink) < 0.75 * 255
        means = [np.mean(ink[counts == k]) for k in (0, 1, 3, 5)]
        assert means == sorted(means)


def test_zoomed_ticks_are_drawn_anew(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=poisson_process&trials=500&r_0=40")
        tab.until(lambda: len(tab.columns("raster", "spikes")[0]) > 15_000, "20,000 spikes")
        tab.figure("raster", "void figure.x_range.setv({start: 400, end: 420})")
        times = tab.columns("raster", "spikes")[0]
        shown = np.sum((times > 400) & (times < 420))
        tab.until(lambda: 0 < np.sum(pixels(tab, "raster") == INK) <= 4 * shown, "the spikes of 20 ms")
        x, y, _ = places(tab, "raster", "spikes")
        up, across = np.nonzero(pixels(tab, "raster") == INK)
        assert (np.min(np.hypot(across[:200, None] + 0.5 - x, up[:200, None] + 0.5 - y), axis=1) < 3).all()


def test_another_bokeh_without_these_modules_draws_in_its_own_way(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.page.add_init_script("""
          let bokeh
          Object.defineProperty(window, 'Bokeh', {get: () => bokeh, set: value => {
            const known = value?.require
            if (known) value.require = path => {
              if (/^(core|models)[/]/.test(path)) { window.asked = path; throw new Error('no ' + path) }
              return known(path)
            }
            bokeh = value
          }})""")
        tab.open("model=poisson_process")
        tab.until(lambda: tab.page.evaluate("window.asked"), "a module that is asked for")
        tab.slider("r_0").focus()
        tab.page.keyboard.press("End")
        model = find("poisson_process")
        tab.wait_for(model, **model.preset_values(model.first_preset()) | {"r_0": tab.value("r_0")})
