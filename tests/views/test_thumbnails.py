"""Thumbnails of the catalogue are valid pictures within their frame."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from ncm_app.core.catalogue import flows, models
from ncm_app.models.cells.eif import EIF
from ncm_app.numerics.results import Trajectory
from ncm_app.studies.plots import drawn_columns
from ncm_app.studies.simulate import simulate
from ncm_app.views.thumbnail import plot_thumbnail, thumbnail

PAGES = [pytest.param(model, preset, id=f"{slug}-{preset}")
         for slug, model in flows().items() for preset in ("", *model.presets)]


@pytest.mark.parametrize(("model", "preset"), PAGES)
def test_thumbnails_are_valid_pictures_within_their_frame(model, preset):
    run = simulate(model(**model.preset_values(preset)).snapshot())
    root = ET.fromstring(thumbnail(model.states, run))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    lines = root.findall("polyline")
    assert len(lines) == len(model.states)
    for line in lines:
        points = np.array([pair.split(",") for pair in line.attrib["points"].split()], dtype=float)
        assert len(points) > 10
        assert np.all((points >= 0) & (points <= [width, height]))


@pytest.mark.parametrize("model", [pytest.param(m, id=slug) for slug, m in models().items() if slug not in flows()])
def test_thumbnails_of_experiments_are_paths_within_their_frame(model):
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    place = [plot.name for plot in model.plots].index(model.pictured or model.plots[0].name)
    root = ET.fromstring(plot_thumbnail(model.plots[place], drawn_columns(snapshot, place)))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    paths = root.findall("path")
    if not paths:  # a heat map
        cells = np.array([[cell.attrib[side] for side in ("x", "y", "width", "height")]
                          for cell in root.findall("rect")], dtype=float)
        assert len(cells) > 100 and (cells >= 0.0).all()
        assert (cells[:, :2] + cells[:, 2:] <= np.array([width, height]) + 0.2).all()  # rounded to a tenth
        return
    points = [pair.split(",") for path in paths for move in path.attrib["d"].split("M") for pair in move.split()]
    assert len(points) > 10
    assert np.all((np.array(points, dtype=float) >= 0) & (np.array(points, dtype=float) <= [width, height]))


def test_thumbnail_of_a_run_at_rest_is_a_flat_line():
    run = Trajectory(np.arange(50.0), np.full((1, 50), -70.0), np.empty(0))
    root = ET.fromstring(thumbnail(EIF.states, run))
    heights = {pair.split(",")[1] for pair in root.find("polyline").attrib["points"].split()}
    assert len(heights) == 1


def test_thumbnail_of_a_long_curve_keeps_its_one_spike():
    model = models()["spike_trains"]
    V = np.full(50_001, -70.0)
    V[20_003] = 0.0
    stated = next(stated for stated in model.plots if stated.name == "potential")
    root = ET.fromstring(plot_thumbnail(stated, {"V": (np.arange(50_001.0), V), "spikes": (np.ones(1), np.ones(1))}))
    (path,) = root.findall("path")
    heights = [float(pair.split(",")[1]) for pair in path.attrib["d"].removeprefix("M").split()]
    assert min(heights) < 10 and heights.count(min(heights)) == 1
