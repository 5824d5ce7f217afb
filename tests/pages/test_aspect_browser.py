"""Plots of equal units in the browser: circles are circles at any size, and nothing that was asked for is cut off."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find
from ncm_app.session.plot_rules import rules_for
from ncm_app.views.plots import PlotView
from tests.support.tabs import tab_in

ENDS = """[figure.x_range.start, figure.x_range.end, figure.y_range.start, figure.y_range.end,
           figure.inner_width, figure.inner_height, figure.x_range.reset_start, figure.x_range.reset_end,
           figure.y_range.reset_start, figure.y_range.reset_end]"""


def is_equal(opened, view):
    """Tell whether units are alike, the window is centred on what was asked for, and one way holds no more."""
    left, right, low, high, width, height, *asked = opened.figure(view, ENDS)
    across, up = (right - left) / width, (high - low) / height
    wanted = asked[1] - asked[0], asked[3] - asked[2]
    assert across == pytest.approx(up, rel=1e-6)
    assert left + right == pytest.approx(asked[0] + asked[1], abs=1e-6 * wanted[0])
    assert across == pytest.approx(max(wanted[0] / width, wanted[1] / height), rel=1e-6)
    return True


def test_units_stay_alike_when_the_window_and_the_size_change(browser, patient_server):
    with tab_in(browser, patient_server) as opened:
        opened.open("model=rate_formulations")
        opened.until(lambda: is_equal(opened, "values"), "a circle")
        before = opened.figure("values", ENDS)
        opened.page.set_viewport_size({"width": 1000, "height": 900})
        opened.until(lambda: opened.figure("values", ENDS)[4] != before[4] and is_equal(opened, "values"), "one again")
        opened.figure("values", "figure.x_range.setv({end: 3, reset_end: 3})")
        opened.until(lambda: opened.figure("values", ENDS)[1] >= 3 and is_equal(opened, "values"), "all of it")


@pytest.mark.parametrize(("slug", "pictures", "equal"), [
    ("perceptron", {"digit", "weights", "mistakes"}, set()),
    ("rnn_readout", set(), {"eigenvalues"}),
    ("hopfield", {"start", "state", "drawn_1", "drawn_2", "drawn_3", "drawn_start"}, set()),
    ("lif", set(), set())])
def test_pictures_have_no_axes_and_circles_keep_them(slug, pictures, equal):
    views = [view for _, view in rules_for(find(slug)) if isinstance(view, PlotView)]
    assert {view.name for view in views if view.bare} == pictures
    assert {view.name for view in views if view.equal} == pictures | equal
