"""The one rule when and why axes follow, with a view that says what it is asked."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.views.layer import Layer
from ncm_app.views.view import View
from ncm_app.views.window import Why, cuts, next_window

USUAL, FITTED = ((0.0, 10.0), (0.0, 1.0)), ((0.0, 5.0), (0.0, 0.5))


class Asked(View):
    """A view of one curve; its answer says whether it has outgrown its window."""

    def __init__(self, over_time=False, cut=False):
        self.over_time, self.cut = over_time, cut

    def layers(self):
        return [Layer("curve")]

    def watched(self):
        return ("curve",)

    def limits(self, result):
        return USUAL

    def fitted(self, result):
        return FITTED

    def outgrown(self, result, limits):
        return result == "outgrown"


def curve(share):
    """A curve of which a share lies above the usual window."""
    y = np.where(np.arange(100) < 100 * share, 7.0, 0.5).astype(np.float32)
    return {"curve": (np.linspace(0, 10, 100, dtype=np.float32), y)}


@pytest.mark.parametrize(("why", "over_time", "result", "share", "window", "moves_to"), [
    (Why.PRESET, False, "", 0.0, USUAL, USUAL), (Why.FIT, True, "outgrown", 0.0, USUAL, FITTED),
    (Why.TIME, True, "", 0.0, FITTED, USUAL), (Why.TIME, False, "", 0.0, USUAL, None),
    (Why.TIME, False, "outgrown", 0.0, FITTED, USUAL), (Why.STAY, True, "", 0.0, USUAL, None),
    (Why.STAY, False, "outgrown", 0.0, FITTED, USUAL), (Why.STAY, False, "", 0.9, USUAL, FITTED),
    (Why.STAY, False, "", 0.7, USUAL, None), (Why.STAY, False, "outgrown", 0.9, None, None)])
def test_axes_follow_for_a_reason_or_what_has_left_them(why, over_time, result, share, window, moves_to):
    assert next_window(Asked(over_time), result, curve(share), window, why) == moves_to


def test_a_cut_is_told_where_it_is_not_meant():
    assert cuts(Asked(), curve(0.05), USUAL) and not cuts(Asked(), curve(0.01), USUAL)
    assert not cuts(Asked(cut=True), curve(0.5), USUAL)
