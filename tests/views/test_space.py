"""Phase space in perspective: the projection keeps lengths, depth is told by lightness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.numerics.results import Trajectory
from ncm_app.session.plot_rules import rules_for
from ncm_app.views.space import MOST, REACH, Space, SpaceView, directions, parted
from tests.views.answers import view_of

ANGLES = st.floats(-180, 180), st.floats(-90, 90)


@given(*ANGLES)
@settings(max_examples=40, deadline=None)
def test_directions_are_a_right_handed_frame(azimuth, elevation):
    turn = directions(azimuth, elevation)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)
    assert turn[1, 2] >= -1e-12  # the third state never points down


def test_plain_sides():
    """From the front one sees the second and third state, from above the first two."""
    np.testing.assert_allclose(directions(0, 0)[:2], [[0, 1, 0], [0, 0, 1]], atol=1e-12)
    np.testing.assert_allclose(directions(-90, 90)[:2], [[1, 0, 0], [0, 1, 0]], atol=1e-12)


def test_curve_is_parted_by_depth_without_gaps():
    points = np.array([[0.0, 1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0, 9.0], [1.0, -1.0, -1.0, -1.0, 1.0]])
    parts = parted(points)
    np.testing.assert_array_equal(parts["near"][0], [0, 1, np.nan, 3, 4])
    np.testing.assert_array_equal(parts["far"][1], [np.nan, 6, 7, 8, np.nan])


def test_run_from_the_side_is_its_plot_of_two_states():
    view, result = view_of(Lorenz, "space", choices={"seen": (-90.0, 0.0)}, t_end=3.0)
    columns = view.columns(result)
    x, z = result.run.y[[0, 2]]
    for i, (states, low, high) in enumerate(((x, -25.0, 25.0), (z, 0.0, 60.0))):
        drawn = np.where(np.isnan(columns["run near"][i]), columns["run far"][i], columns["run near"][i])[:-1]
        np.testing.assert_allclose(drawn, (states - low) / (high - low) - 0.5, atol=1e-6)
    assert view.title.startswith("seen from −90° around, 0° above")


def test_near_parts_are_nearer_and_darker():
    view, result = view_of(Lorenz, "space")
    columns = view.columns(result)
    depth = directions(result.azimuth, result.elevation)[2]
    inside = (result.run.y - view.low) / (view.high - view.low) - 0.5
    far = ~np.isnan(columns["run far"][0][:-1])
    np.testing.assert_array_equal(far, depth @ inside < 0)
    looks = {layer.name: layer.look for layer in view.layers()}
    assert looks["run far"]["alpha"] < looks["run near"].get("alpha", 1.0)
    assert looks["run far"]["line_width"] < looks["run near"]["line_width"]


def test_butterfly_has_two_wings_with_an_eye_in_each():
    """By default the two unstable spirals are seen apart, and the run goes round both."""
    view, result = view_of(Lorenz, "space", "Ex A.6.2")
    columns = view.columns(result)
    x, y = (np.fmax(columns["run near"][i], np.nan_to_num(columns["run far"][i], nan=-9)) for i in (0, 1))
    x, y = x[x > -2], y[y > -2]
    eyes = sorted(zip(*columns["unstable point"], strict=True))
    assert len(eyes) == 3
    for eye in (eyes[0], eyes[-1]):
        angle = np.unwrap(np.arctan2(y - eye[1], x - eye[0]))
        assert np.ptp(angle) > 4 * np.pi
    assert eyes[-1][0] - eyes[0][0] > 0.25
    assert np.ptp(x) > 0.6


@given(*ANGLES)
@settings(max_examples=20, deadline=None)
def test_the_box_stays_in_the_window_however_it_turns(azimuth, elevation):
    view = SpaceView(Lorenz)
    corners = np.array([s.span for s in Lorenz.states])
    run = Trajectory(np.arange(2.0), corners, np.empty(0))
    columns = view.columns(Space(run, (), (), azimuth, elevation))
    drawn = np.concatenate([np.concatenate(columns[n]) for n in ("floor", "run near", "run far", "starts")])
    assert np.nanmax(np.abs(drawn)) < REACH + 0.05


def test_long_runs_are_thinned():
    view, result = view_of(Lorenz, "space", t_end=100.0, dt=0.002)
    assert result.run.y.shape[1] > 50_000
    assert len(view.columns(result)["run near"][0]) <= MOST + 2


def test_arrows_are_named_and_the_frame_of_the_plot_is_hidden():
    view, result = view_of(Lorenz, "space")
    drawn = view.draw(result)
    figure, renderers = drawn.figure, drawn.renderers
    assert list(renderers["names"].data_source.data["space_text"]) == ["x", "y", "z"]
    assert not any(axis.visible for axis in (*figure.xaxis, *figure.yaxis, *figure.grid))


def test_only_models_with_three_states_have_a_space():
    assert "space" in [view.name for _, view in rules_for(Lorenz)]
    assert "space" not in [view.name for _, view in rules_for(HodgkinHuxley)]
