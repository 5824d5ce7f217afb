"""Labels of special points: never on each other nor on a marker, inside the frame, at rest while little moves."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ncm_app.pages.browser_code import browser_code
from tests.support.tabs import tab_in

RADIUS = 6.0
FRAME = {"width": 300.0, "height": 120.0}
PLACE = "([labels, markers, curves, frame, before]) => placed(labels, markers, curves, frame, before)"
POINTS = st.lists(st.tuples(st.sampled_from(["H", "LP", "LPC", "SNIC"]), st.floats(0, 300), st.floats(0, 120)),
                  max_size=12)
CURVES = st.lists(st.tuples(*[st.floats(0, 300)] * 4), max_size=5)
DRAWN = """name => {
  const plot = Bokeh.index.find_one(Bokeh.documents.map(d => d.get_model_by_name('ncm-' + name)).find(f => f))
  return (plot._codes?.found ?? []).map(({glyph, i, box}) => ({text: glyph.labels[i]?.text, box}))
}"""


@pytest.fixture(scope="module")
def place(browser):
    """The function of the browser on a page of its own; a label is (text, x, y)."""
    page = browser.new_page()
    page.add_script_tag(content=browser_code("label_places.js"))

    def placed(points, curves=(), frame=FRAME, before=()):
        labels = [{"text": text, "x": x, "y": y, "width": 7.0 * len(text), "height": 14.0, "radius": RADIUS}
                  for text, x, y in points]
        markers = [{"x": x, "y": y, "radius": RADIUS} for _, x, y in points]
        return page.evaluate(PLACE, [labels, markers, list(map(list, curves)), frame, list(before)])

    yield placed
    page.close()


def overlap(a, b):
    return (min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"]) > 1e-6
            and min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"]) > 1e-6)


def marker_at(x, y):
    return {"x": x - RADIUS, "y": y - RADIUS, "width": 2 * RADIUS, "height": 2 * RADIUS}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(POINTS, CURVES)
def test_no_label_lies_on_another_or_on_a_marker_or_leaves_the_frame(place, points, curves):
    boxes = [box for box in place(points, curves) if box]
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    assert not any(overlap(box, marker_at(x, y)) for box in boxes for _, x, y in points)
    for box in boxes:
        assert box["x"] >= 0 and box["x"] + box["width"] <= 300 and box["y"] >= 0 and box["y"] + box["height"] <= 120
        assert box["ring"] == 0 or box["leader"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(POINTS)
def test_what_has_not_moved_stays_and_few_points_all_have_labels(place, points):
    boxes = place(points)
    assert place(points, before=boxes) == boxes
    told = {text for (text, _, _), box in zip(points, boxes, strict=True) if box}
    assert len(points) > 4 or told == {text for text, _, _ in points}


@pytest.mark.parametrize(("x", "y"), [(0, 0), (300, 0), (0, 120), (300, 120), (150, 60)])
def test_a_lone_point_is_labelled_beside_it_even_in_a_corner(place, x, y):
    (box,) = place([("LPC", x, y)])
    assert box["leader"] is None


def test_points_that_touch_have_one_label_for_each_code_and_lines_to_those_further_away(place):
    boxes = place([("H", 150, 60), ("LPC", 152, 58), ("LPC", 154, 60), ("PD", 149, 62), ("LP", 151, 64),
                   *[(f"P{k}", 150 + k, 61) for k in range(5)]])
    assert [bool(box) for box in boxes] == [True, True, False, *[True] * 7]
    assert any(box and box["leader"] for box in boxes)


def test_a_label_leaves_a_curve_that_runs_through_its_first_place(place):
    (plain,), (beside,) = place([("H", 150, 60)]), place([("H", 150, 60)], [(150, 60, 200, 20)])
    assert plain["way"] == 0 and beside["way"] != 0 and beside["leader"] is None


def test_a_label_does_not_jump_when_its_point_moves_by_a_pixel(place):
    ways, before = set(), []
    for step in range(40):
        before = place([("H", 100 + step, 60), ("LP", 150, 60)], before=before)
        ways.add(tuple((box["way"], box["ring"]) for box in before))
    assert len(ways) <= 3


@pytest.mark.parametrize(("slug", "view", "codes"), [("ei_rate_network", "diagram", {"H", "LPC"}),
                                                     ("hodgkin_huxley", "diagram", {"H", "LPC"})])
def test_codes_of_a_page_keep_apart_at_both_widths(browser, patient_server, slug, view, codes):
    for width in (1440, 390):
        with tab_in(browser, patient_server, width=width) as opened:
            opened.open(f"model={slug}")
            opened.until(lambda: codes <= {one["text"] for one in opened.page.evaluate(DRAWN, view) if one["box"]},
                         "the codes", 90.0)
            boxes = [one["box"] for one in opened.page.evaluate(DRAWN, view) if one["box"]]
            assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
