"""Legends on the screen: whole, above the frame, in as many lines as they need; a click hides a curve."""

from __future__ import annotations

import pytest

from tests.support.tabs import tab_in

PLACES = """() => Bokeh.documents.flatMap(page => [...page._all_models.values()]).filter(one => one.type === 'Legend')
  .map(legend => Bokeh.index.find_one(legend))
  .filter(view => view?.entries.some(entry => entry.item.visible)).map(view => {
    const plot = view.plot_view, page = plot.canvas.el.getBoundingClientRect(), box = view.el.getBoundingClientRect()
    const title = plot.model.title?.text ? plot.views.find_one(plot.model.title).bbox : null
    return {plot: plot.model.name, left: box.left - page.left, right: page.right - box.right, top: box.top - page.top,
            bottom: box.bottom - page.top, frame: plot.frame.bbox.top, height: plot.frame.bbox.height,
            title: title?.bottom ?? 0, lines: view.model.nrows,
            words: view.entries.filter(entry => entry.item.visible).map(entry => entry.label_el.textContent)}
  }).filter(place => place.height > 0)"""
"""Where each legend stands in its figure, in pixels, and how high the frame under it is."""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("slug", ["ei_rate_network", "three_oscillators"])
def test_legends_are_whole_and_above_the_frame(browser, patient_server, slug, width):
    with tab_in(browser, patient_server, width=width) as opened:
        opened.open(f"model={slug}")
        opened.until(lambda: len(opened.page.evaluate(PLACES)) >= 2, "the legends")
        opened.page.wait_for_timeout(500)
        for place in opened.page.evaluate(PLACES):
            assert place["left"] >= 0 and place["right"] >= 0 and place["top"] >= place["title"] - 2, place
            assert place["bottom"] <= place["frame"] + 1, place
            assert place["height"] > 60, place


def test_a_click_on_a_word_hides_its_curve_and_shows_it_again(tab):
    word = tab.page.locator(".ncm-view-phase_plane .bk-item").filter(has_text="dt = 0").first
    shown = "figure.renderers.find(part => part.name === 'x nullcline').visible"
    assert tab.figure("phase_plane", shown)
    word.click()
    assert not tab.figure("phase_plane", shown)
    word.click()
    assert tab.figure("phase_plane", shown)
