"""Two benches on one page in a real browser: a slider of each moves its own plots and no others."""

from __future__ import annotations

import time

import numpy as np
import panel as pn
import pytest

from ncm_app.pages.session_loop import SessionLoop
from tests.pages.test_two_benches import side_by_side
from tests.support.serving import free_port, wait_until_served

TRACE = """prefix => {
  const figure = Bokeh.documents.map(d => d.get_model_by_name('ncm-' + prefix + 'trace')).find(f => f)
  if (!figure) return []
  const data = figure.renderers.find(r => r.name === 'r_e').data_source.data, name = prefix + 'trace_y'
  return Array.from(data instanceof Map ? data.get(name) : data[name])
}"""


def two_benches():
    benches, whole = side_by_side(["ei_rate_network", "ei_rate_network"])
    SessionLoop(pn.state.curdoc).when_ready(lambda: [bench.begin(bench.state) for bench in benches])
    return whole


@pytest.fixture
def address(compiled):
    port = free_port()
    thread = pn.serve({"two": two_benches}, port=port, address="localhost", show=False, threaded=True, verbose=False)
    wait_until_served(port)
    yield f"http://localhost:{port}/two"
    thread.stop()


def until(page, condition):
    end = time.monotonic() + 60.0
    while not (met := condition()) and time.monotonic() < end:
        page.wait_for_timeout(100)
    assert met


def test_a_slider_of_each_bench_moves_its_own_plots_alone(page, address):
    def trace(prefix):
        return np.array(page.evaluate(TRACE, prefix))

    def differ(prefix, before):
        now = trace(prefix)
        return now.shape != before.shape or not np.allclose(now, before)

    page.goto(address)
    page.locator(".ncm-right_tau_i input[type=range]").wait_for(timeout=60_000)
    until(page, lambda: len(trace("left_")) > 1 and len(trace("right_")) > 1)
    for own, other in (("left_", "right_"), ("right_", "left_")):
        before, still = trace(own), trace(other)
        page.locator(f".ncm-{own}tau_i input[type=range]").focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        until(page, lambda own=own, before=before: differ(own, before))
        page.wait_for_timeout(700)
        assert not differ(other, still)
