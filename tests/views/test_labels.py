"""One label for points that touch, beside the last of them."""

from __future__ import annotations

import pytest

from ncm_app.views.labels import codes_beside
from tests.views.answers import is_absent

WINDOW = (0.0, 100.0), (-50.0, 50.0)


def test_points_that_touch_share_a_label():
    x, y, texts = codes_beside([("H", 10.0, 0.0), ("LPC", 11.0, 2.0), ("PD", 12.5, 1.0), ("LP", 60.0, 0.0)], WINDOW)
    assert sorted(texts) == ["  H, LPC, PD", "  LP"]
    group = texts.index("  H, LPC, PD")
    assert (x[group], y[group]) == pytest.approx((12.5, 1.0))
    assert x[1 - group] == pytest.approx(60.0)


def test_a_code_is_said_once():
    assert codes_beside([("LPC", 10.0, 0.0), ("LPC", 10.5, 0.0)], WINDOW)[2] == ["  LPC"]


def test_distance_counts_in_parts_of_the_window():
    points = [("H", 10.0, 0.0), ("LP", 14.0, 0.0)]
    assert len(codes_beside(points, WINDOW)[2]) == 2
    assert len(codes_beside(points, ((0.0, 1000.0), (-50.0, 50.0)))[2]) == 1


def test_nothing_is_absent():
    assert is_absent(codes_beside([], WINDOW))


def test_label_of_a_point_at_the_top_stays_in_the_plot():
    (left, right), (bottom, top) = WINDOW
    y = codes_beside([("TH", left, top), ("LP", right, top + 5.0)], WINDOW)[1]
    assert y.tolist() == pytest.approx([bottom + 0.86 * (top - bottom), top + 5.0])
