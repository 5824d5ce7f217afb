"""What lies outside its axes: nothing when a preset opens; what leaves them is followed or told."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.numerics.system import SILENT
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.views.clipping import CLIPPED, clipped_fraction, upright
from ncm_app.views.outlines import places
from tests.support.catalogue import every_preset

AXES = (0.0, 10.0), (0.0, 1.0)
RUNAWAY = {("phase_line", "Ex A.7.4, a > 0"), ("linear_system", "Fig A.8 unstable node"),
           ("linear_system", "Fig A.8 saddle"), ("linear_system", "Fig A.8 unstable spiral"),
           ("hopf_system", "Ex A.9.3, outside")}
"""Presets that show how a run leaves every bound."""


@pytest.mark.parametrize(("x", "y", "share"), [
    ([1, 2, 3, 4], [0.5, 0.5, 0.5, 2.0], 0.25), ([1, 2], [0.0, 1.0], 0.0), ([1, 2, np.nan], [-3, -3, 0.5], 1.0),
    ([8, 9, 11, 12], [0.5, 0.5, 7, 7], 0.0),  # the curve goes on beyond the stretch that is shown
    ([20], [0.5], 1.0), ([20, 30], [0.5, 0.5], 1.0),  # nothing of it is shown
    ([5, 5], [-1e6, 1e6], 0.0),  # a line at a place
    ([np.nan], [np.nan], 0.0), ([], [], 0.0)])
def test_share_of_points_outside_the_axes(x, y, share):
    assert clipped_fraction([places((x, y))], AXES) == share


def test_a_line_straight_up_is_told_from_a_point_and_a_curve():
    assert upright([3.0, 3.0])
    assert not upright([3.0])
    assert not upright([3.0, 4.0])


@pytest.mark.parametrize(("model", "preset"), every_preset(models().values()))
def test_a_preset_opens_with_everything_inside_its_axes(model, preset):
    cards = rules_for(model)
    snapshot = model(**model.preset_values(preset)).snapshot()
    frame = compute_frame(cards, Question(snapshot, ViewChoices(model.explore)), SILENT)
    cut = {view.name for _, view in cards if not view.cut and clipped_fraction(
        view.extents(frame.columns[view.name], view.watched()), view.limits(frame.results[view.name])) > CLIPPED}
    assert cut == ({"trace"} if (model.slug(), preset) in RUNAWAY else set())
