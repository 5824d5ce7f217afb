"""In a real browser: a stroke shows at once, the answer follows, the link brings it back, undo takes it away."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.share import decode
from tests.support.blackboard import Blackboard
from tests.support.tabs import tab_in

PATTERN = "model=blackboard&preset=Empty"
SHEETS = "Boolean(document.querySelector('[class^=ncm-sheet-]'))"
INKED = """(() => {
  const sheet = document.querySelector('.ncm-sheet-pattern'), pen = sheet?.getContext('2d')
  const ratio = sheet?.width / view.frame.bbox.width, found = []
  for (let k = 0; pen && k < 784; k++) {
    const left = view.frame.x_scale.compute(k % 28 + 0.5) - view.frame.bbox.left
    const top = view.frame.y_scale.compute(27.5 - Math.floor(k / 28)) - view.frame.bbox.top
    if (pen.getImageData(Math.floor(left * ratio), Math.floor(top * ratio), 1, 1).data[3] === 255) found.push(k)
  }
  return found
})()"""


@pytest.fixture(autouse=True, scope="module")
def catalogue():
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(models(), "blackboard", Blackboard)
        yield


@pytest.fixture(params=[(1440, 900, {}), (390, 844, {"has_touch": True})], ids=["desk", "phone"], scope="module")
def board(request, browser, patient_server):
    width, height, options = request.param
    with tab_in(browser, patient_server, width, height, **options) as tab:
        yield tab


@pytest.fixture
def tab(board):
    board.open(PATTERN)
    for name in ("pattern", "target"):
        board.page.locator(f".ncm-view-{name}").wait_for()
    board.page.locator(".ncm-view-pattern").scroll_into_view_if_needed()
    board.until(lambda: not board.figure("pattern", SHEETS), "no sheet")
    return board


def in_link(tab, name):
    return decode(urlsplit(tab.page.url).query).values[name]


def shown(tab):
    """Return the pattern that is drawn, its first row at the top."""
    return np.reshape(tab.columns("pattern", "pattern")[0], (28, 28))[::-1].astype(int).ravel()


def press(tab, view, *places):
    """Press the pointer at a place of a plot, move over others, and hold."""
    box = tab.box(view)
    pixels = [tab.figure(view, f"[view.frame.x_scale.compute({x}), view.frame.y_scale.compute({y})]")
              for x, y in places]
    tab.page.mouse.move(box["x"] + pixels[0][0], box["y"] + pixels[0][1])
    tab.page.mouse.down()
    for left, top in pixels[1:]:
        tab.page.mouse.move(box["x"] + left, box["y"] + top)


def test_a_fast_stroke_leaves_no_gap_shows_before_the_answer_and_comes_back_from_its_link(tab):
    press(tab, "pattern", (2.5, 25.5), (20.5, 25.5), (20.5, 5.5))
    inked = tab.figure("pattern", INKED)
    expected = [2 * 28 + k for k in range(2, 21)] + [28 * k + 20 for k in range(3, 23)]
    assert sorted(inked) == sorted(expected)
    tab.page.mouse.up()
    tab.until(lambda: np.flatnonzero(shown(tab)).tolist() == sorted(expected), "the stroke in the plot itself")
    tab.until(lambda: not tab.figure("pattern", SHEETS), "the sheet to be taken away")
    tab.until(lambda: np.flatnonzero(in_link(tab, "pattern")).tolist() == sorted(expected), "the link")
    drawn, link = shown(tab), urlsplit(tab.page.url).query
    assert len(link) < 220
    tab.open(link)
    tab.until(lambda: np.array_equal(shown(tab), drawn), "the same picture")


def test_a_page_that_moves_under_the_hand_bends_no_stroke(tab):
    box = tab.box("pattern")
    end = tab.figure("pattern", "[view.frame.x_scale.compute(20.5), view.frame.y_scale.compute(14.5)]")
    press(tab, "pattern", (2.5, 14.5), (10.5, 14.5))
    tab.page.locator(".ncm-toolbar").evaluate("bar => { bar.style.marginTop = '40px' }")
    plot = tab.page.locator(".ncm-view-pattern")
    tab.until(lambda: abs(plot.bounding_box()["y"] - box["y"]) > 20, "the plot to move")
    tab.page.mouse.move(box["x"] + end[0], box["y"] + end[1])
    tab.page.mouse.up()
    tab.until(lambda: np.flatnonzero(shown(tab)).tolist() == [13 * 28 + k for k in range(2, 21)], "a straight line")


def test_undo_takes_the_stroke_back_and_redo_draws_it_again(tab):
    tab.drag("pattern", [(3.5, 3.5), (12.5, 12.5)])
    tab.until(lambda: shown(tab).sum() >= 10 and np.array_equal(in_link(tab, "pattern"), shown(tab)), "the stroke")
    drawn = shown(tab)
    tab.press("undo")
    tab.until(lambda: not shown(tab).any(), "nothing drawn")
    tab.press("redo")
    tab.until(lambda: np.array_equal(shown(tab), drawn), "the stroke again")


def test_a_click_toggles_a_pixel(tab):
    tab.click("pattern", 0.5 / 28, 0.5 / 28)
    tab.until(lambda: np.flatnonzero(shown(tab)).tolist() == [0], "one pixel")
    tab.click("pattern", 0.5 / 28, 0.5 / 28)
    tab.until(lambda: not shown(tab).any(), "no pixel")


def test_a_function_is_drawn_over_the_axis(tab):
    tab.page.locator(".ncm-view-target").scroll_into_view_if_needed()
    press(tab, "target", (0.0, -1.0), (0.5, 1.0), (1.0, -1.0), (1.5, 1.0), (2.0, -1.0))
    assert tab.figure("target", SHEETS)
    tab.page.mouse.up()
    wanted = np.interp(np.linspace(0.0, 2.0, 64), [0.0, 0.5, 1.0, 1.5, 2.0], [-1.0, 1.0, -1.0, 1.0, -1.0])
    tab.until(lambda: np.abs(tab.columns("target", "target")[1] - wanted).max() < 0.15, "the curve")
    tab.until(lambda: np.abs(np.array(in_link(tab, "target") or np.inf) - wanted).max() < 0.15, "the link")
    tab.until(lambda: not tab.figure("target", SHEETS), "the sheet to be taken away")


def test_a_digit_is_drawn_with_a_soft_brush(tab):
    tab.page.locator(".ncm-view-digit").scroll_into_view_if_needed()
    tab.drag("digit", [(3.5, 6.5), (3.5, 1.5)])
    tab.until(lambda: (np.reshape(tab.columns("digit", "digit")[0], (8, 8))[1:7, 3] == 16).all(), "ink")
    picture = np.reshape(tab.columns("digit", "digit")[0], (8, 8))
    assert set(picture[2:6, 2]) | set(picture[2:6, 4]) <= {7, 8, 9} and not picture[:, 6:].any()


def test_points_are_clicked_in_and_out(tab):
    plot = tab.page.locator(".ncm-view-places")
    plot.scroll_into_view_if_needed()
    tab.click("places", 0.25, 0.25)
    tab.until(lambda: np.isfinite(tab.columns("places", "white")[0]).sum() == 1, "a point")
    tab.click("places", 0.25, 0.25)
    tab.until(lambda: not np.isfinite(tab.columns("places", "white")[0]).any(), "no point")


def test_a_finger_draws_and_does_not_move_the_page(tab):
    if not tab.page.evaluate("navigator.maxTouchPoints"):
        pytest.skip("no touch screen")
    box = tab.box("pattern")
    before = tab.page.evaluate("document.scrollingElement.scrollTop")
    places = [tab.figure("pattern", f"[view.frame.x_scale.compute({x}), view.frame.y_scale.compute({y})]")
              for x, y in [(4.5, 20.5), (4.5, 12.5), (4.5, 6.5)]]
    touch = tab.page.context.new_cdp_session(tab.page)
    for kind, place in zip(("touchStart", "touchMove", "touchMove"), places, strict=True):
        points = [{"x": box["x"] + place[0], "y": box["y"] + place[1]}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tab.until(lambda: np.flatnonzero(shown(tab)).tolist() == [28 * k + 4 for k in range(7, 22)], "the stroke")
    assert tab.page.evaluate("document.scrollingElement.scrollTop") == before


def test_the_row_clears_by_keyboard(tab):
    tab.open("model=blackboard&preset=Full")
    if tab.page.viewport_size["width"] < 700:
        tab.page.get_by_role("button", name="drawer").first.click()
    button = tab.page.locator(".ncm-pattern").get_by_role("button")
    assert "drawn in the plot “Pattern”" in tab.text("pattern")
    tab.until(button.is_enabled, "something to clear")
    button.focus()
    tab.page.keyboard.press("Enter")
    tab.until(lambda: not shown(tab).any() and button.is_disabled(), "an empty board")
