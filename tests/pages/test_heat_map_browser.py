"""Heat maps in a real browser: the pointer, themes, the projector, a frozen run, export, a phone."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from tests.support.tabs import tab_in

TRAINS = "model=spike_trains&preset=Fig+2.2,+Ex+2.1.2"
PLAIN = ".map(one => one.value ?? one)"
BAR = "figure.right.find(part => part.color_mapper)"
LABEL = "figure.right.find(part => part.text)"


@pytest.fixture(scope="module")
def shared(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        yield tab.open(TRAINS)


@pytest.fixture
def tab(shared):
    shared.press("clear")
    shared.press("reset")
    shared.until(lambda: shared.text("regime").startswith("Made by the app: 2888 spikes"), "the preset's recording")
    shared.until(lambda: np.isfinite(shown(shared)).any(), "the heat map")
    return shared


def shown(tab, view="successive", layer="pairs"):
    return tab.columns(view, layer)[0]


def told_at(tab, view, x, y):
    """Return what a pointer at a place, in the units of the axes, is told; "" after a while without anything."""
    box = tab.box(view)
    left, top = tab.figure(view, f"[view.frame.x_scale.compute({x}), view.frame.y_scale.compute({y})]")
    tab.page.mouse.move(box["x"] + left - 3, box["y"] + top)
    tab.page.mouse.move(box["x"] + left, box["y"] + top)
    tab.page.wait_for_timeout(400)
    tips = [tip for tip in tab.page.locator(".bk-tooltip-content").all() if tip.is_visible()]
    return " ".join(tip.inner_text() for tip in tips)


def test_the_pointer_is_told_the_share_of_its_cell(tab):
    values = shown(tab)
    size = round(len(values) ** 0.5)
    edge = tab.figure("successive", "figure.x_range.end")
    j, i = divmod(int(np.nanargmax(values)), size)
    words = told_at(tab, "successive", (i + 0.5) * edge / size, (j + 0.5) * edge / size)
    assert "share of pairs (%)" in words and f"{values.max():.3g}" in words
    assert "next interval (ms)" in words


def test_no_pointer_is_told_of_rates_where_there_is_no_cycle(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=ei_rate_network&view.second=X_e")
        chart = tab.page.locator(".ncm-view-two_parameter")
        chart.wait_for()
        tab.until(lambda: np.isfinite(shown(tab, "two_parameter", "rates")).any(), "rates", 60.0)
        chart.scroll_into_view_if_needed()
        assert "frequency of cycles" in told_at(tab, "two_parameter", 90.0, 40.0)
        assert told_at(tab, "two_parameter", 30.0, 40.0) == ""


def test_what_the_colours_mean_is_read_on_a_dark_page_and_from_the_last_row(tab):
    code = f"[{LABEL}.text_color, {BAR}.major_label_text_color, figure.title.text_color]{PLAIN}"
    sizes = f"[{LABEL}.text_font_size, {BAR}.major_label_text_font_size]{PLAIN}"
    light, plain = tab.figure("successive", code), tab.figure("successive", sizes)
    toggle = tab.page.get_by_role("button", name="Toggle theme")
    toggle.click()
    tab.until(lambda: tab.figure("successive", code) != light, "another theme")
    dark = tab.figure("successive", code)
    assert dark[0] == dark[2] == "#fff" and dark[1].startswith("rgba(255, 255, 255")
    tab.press("enlarge")
    tab.until(lambda: tab.figure("successive", sizes) == ["12pt", "12pt"], "large text")
    toggle.click()  # the theme brings sizes of its own
    tab.until(lambda: tab.figure("successive", code) == light, "the light theme")
    assert tab.figure("successive", sizes) == ["12pt", "12pt"]
    tab.press("enlarge")
    tab.until(lambda: tab.figure("successive", sizes) == plain, "plain text")


def test_a_frozen_heat_map_stays_as_lines_while_another_one_is_drawn(tab):
    before = shown(tab)
    tab.press("freeze")
    tab.until(lambda: np.isfinite(tab.columns("successive", "ghost pairs")[0]).any(), "its lines")
    lines = tab.columns("successive", "ghost pairs")
    tab.type("seed", 6)
    tab.until(lambda: not np.array_equal(shown(tab), before), "another heat map")
    np.testing.assert_array_equal(tab.columns("successive", "ghost pairs")[1], lines[1])


def test_a_heat_map_is_saved_as_pictures_and_as_a_matrix(tab, tmp_path):
    values = shown(tab)
    tab.press("export")
    saved = {}
    for hook, button in (("png-successive", ""), ("svg-successive", ""), ("matrix-successive_pairs", " button")):
        with tab.page.expect_download() as started:
            tab.page.locator(f".ncm-do-{hook}{button}").click()
        saved[hook[:3]] = tmp_path / started.value.suggested_filename
        started.value.save_as(saved[hook[:3]])
    tab.page.keyboard.press("Escape")
    assert saved["png"].stat().st_size > 5000
    picture = ET.parse(saved["svg"]).getroot()
    assert any(one.tag.endswith("}image") for one in picture.iter())
    assert "share of pairs (%)" in " ".join(picture.itertext())
    rows = list(csv.reader(saved["mat"].read_text(encoding="utf-8").splitlines()))
    matrix = np.array([[float(value) for value in row[1:]] for row in rows[1:]])
    np.testing.assert_allclose(matrix.ravel(), values, rtol=1e-6)


def test_on_a_phone_no_plot_lies_under_what_follows(browser, patient_server):
    with tab_in(browser, patient_server, 390, 844) as tab:
        tab.open(TRAINS)
        tab.until(lambda: np.isfinite(shown(tab)).any(), "the heat map")
        tab.press("enlarge")
        names = [plot.name for plot in find("spike_trains").plots]
        plots = [tab.page.locator(f".ncm-view-{name}") for name in names]

        def apart():
            boxes = [plot.bounding_box() for plot in plots if plot.is_visible()]
            ends = [box["y"] + box["height"] for box in boxes]
            return all(end <= box["y"] + 1 for end, box in zip(ends, boxes[1:], strict=False)) and (
                ends[-1] <= tab.page.get_by_text("Equations").first.bounding_box()["y"])

        tab.until(apart, "plots and texts one below the other")
