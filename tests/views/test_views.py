"""Every view of every model under every preset: lean columns, units, limits, ghosts."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import holoviews as hv
import numpy as np
import pytest
from bokeh.models import Line, Scatter, Text
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.core.catalogue import models
from ncm_app.core.model import Spiking
from ncm_app.models.ei_rate_network import EIRateNetwork
from ncm_app.models.eif import EIF
from ncm_app.models.leaky_integrator import LeakyIntegrator
from ncm_app.numerics.results import Trajectory
from ncm_app.numerics.system import SILENT
from ncm_app.pages.cards import CARDS, Settings, cards_for
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from ncm_app.views import style
from ncm_app.views.diagram import joint
from ncm_app.views.phase import PhasePlaneView
from ncm_app.views.stability import TRAIL, EigenvalueView, Stability, TraceDeterminantView
from ncm_app.views.thumbnail import thumbnail
from ncm_app.views.traces import TraceView, with_peaks
from ncm_app.views.view import NOTHING, WIDEST, extremes, joined, lean, reach, scattered

hv.extension("bokeh")

PAGES = [pytest.param(model, preset, id=f"{slug}-{preset}")
         for slug, model in models().items() for preset in ("", *model.presets)]
SWEPT = [pytest.param(model, preset, index, id=f"{slug}-{preset}-{view.name}")
         for slug, model in models().items() for preset in model.presets
         for index, (_, view) in enumerate(cards_for(model))]
GLYPHS = {"curve": Line, "points": Scatter, "labels": Text}


def asked(model, preset, index, **settings):
    """Return a fresh view of a model and the answer that it shows."""
    card, view = cards_for(model)[index]
    snapshot = model(**model.preset_values(preset)).snapshot()
    return view, card.study(snapshot, Settings(**{"explore": model.explore, **settings}), SILENT)


def is_absent(pair):
    return all(np.all(np.isnan(np.asarray(column, dtype=float))) for column in pair[:2])


@pytest.mark.parametrize(("model", "preset", "index"), SWEPT)
def test_columns_are_lean_and_always_the_same_layers(model, preset, index):
    view, result = asked(model, preset, index)
    columns = view.columns(result)
    names = [layer.name for layer in view.layers()]
    backdrop = view.backdrop(view.limits(result))
    assert len(set(names)) == len(names)
    assert set(columns) | set(backdrop) == set(names)
    assert not set(columns) & set(backdrop)
    for name, (x, y, *texts) in {**columns, **backdrop}.items():
        assert (x.dtype, y.dtype) == (np.float32, np.float32), name
        assert len(x) == len(y) > 0, name
        assert all(len(text) == len(x) for text in texts), name
        assert len(x) <= 20_000, name
    shows_nothing = view.name == "trace_determinant" and model.presets[preset].expect.get("fixed_points") == ()
    assert all(is_absent(pair) for pair in columns.values()) == shows_nothing


@pytest.mark.parametrize(("model", "preset", "index"), SWEPT)
def test_axes_have_labels_with_units_and_finite_limits(model, preset, index):
    view, result = asked(model, preset, index)
    view.columns(result)
    assert view.name
    assert view.shape in style.HEIGHTS
    pure = any(v.unit == "1" for v in (*model.states, *model.observed, *model.controls().values()))
    for label in (view.x_label, view.y_label):
        assert label
        assert pure or label.endswith(")")
    for limits in (view.limits(result), view.fitted(result)):
        for low, high in limits:
            assert np.isfinite([low, high]).all()
            assert low < high


@pytest.mark.parametrize(("model", "preset", "index"), SWEPT)
def test_ghost_shows_the_frozen_result_and_nothing_without_one(model, preset, index):
    view, result = asked(model, preset, index)
    ghosts = [layer for layer in view.all_layers() if layer.name.startswith("ghost ")]
    assert [layer.name for layer in view.all_layers()][:len(ghosts)] == [layer.name for layer in ghosts]
    empty, full = view.ghost_columns(None), view.ghost_columns(result)
    assert set(empty) == set(full) == {layer.name for layer in ghosts}
    assert all(is_absent(pair) for pair in empty.values())
    columns = view.columns(result)
    for name, pair in full.items():
        for ghost, own in zip(pair, columns[name.removeprefix("ghost ")], strict=True):
            np.testing.assert_array_equal(ghost, own)


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_drawing_keeps_one_source_per_layer(model):
    """HoloViews really renders; each layer is one glyph that reads the layer's columns."""
    for index in range(len(cards_for(model))):
        kept = []
        view, result = asked(model, model.first_preset(), index)
        element = view.draw(result, lambda *what, kept=kept: kept.append(what))
        assert isinstance(element, hv.Curve)
        hv.renderer("bokeh").get_plot(element)
        ((name, figure, renderers),) = kept
        assert (name, list(renderers)) == (view.name, [layer.name for layer in view.all_layers()])
        assert set(renderers.values()) <= set(figure.renderers)
        expected = {**view.backdrop(view.limits(result)), **view.ghost_columns(None), **view.columns(result)}
        for layer in view.all_layers():
            renderer = renderers[layer.name]
            assert isinstance(renderer.glyph, GLYPHS[layer.kind])
            columns = list(renderer.data_source.data.values())
            assert [renderer.glyph.x, renderer.glyph.y] == list(renderer.data_source.data)[:2]
            for drawn, column in zip(columns, expected[layer.name], strict=False):
                np.testing.assert_array_equal(drawn, column)
            assert len(columns) == (3 if layer.kind == "labels" else 2)
        labels = [item.label.value for legend in figure.legend for item in legend.items]
        assert labels == ([layer.label for layer in view.layers() if layer.label] if view.legend else [])
        assert figure.xaxis[0].axis_label == view.x_label
        assert (figure.x_range.start, figure.x_range.end) == pytest.approx(view.limits(result)[0])


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_no_dimension_is_shared_by_two_views(model):
    """HoloViews links plots with equal dimensions in silence."""
    names = [name for _, view in cards_for(model) for name in view.column_names()]
    assert len(set(names)) == len(names) == 3 * len(cards_for(model))


def test_every_card_is_used_by_some_model():
    used = {type(view).__name__ for model in models().values() for _, view in cards_for(model)}
    assert len(used) == len(CARDS)


# What is drawn ----------------------------------------------------------------------

def view_of(model, name, preset="", settings=(), **changes):
    index = [view.name for _, view in cards_for(model)].index(name)
    card, view = cards_for(model)[index]
    snapshot = model(**{**model.preset_values(preset), **changes}).snapshot()
    return view, card.study(snapshot, Settings(**{"explore": model.explore, **dict(settings)}), SILENT)


def test_absent_things_are_nan():
    view, result = view_of(EIF, "phase_line", "Fig 1.3 B")
    assert all(is_absent(view.columns(result)[f"{name} point"]) for name in ("stable", "unstable", "saddle"))
    view, result = view_of(EIF, "trace", "Fig 1.3 A")
    assert is_absent(view.columns(result)["spikes"])
    view, result = view_of(LeakyIntegrator, "trace")
    assert is_absent(view.columns(result)["exact V"])
    view, result = view_of(EIRateNetwork, "phase_plane")
    assert is_absent(view.columns(result)["clicked"])


def test_overlays_are_drawn_on_choice():
    view, result = view_of(LeakyIntegrator, "trace", settings={"overlays": ("exact",)})
    columns = view.columns(result)
    assert is_absent(columns["convolution V"])
    t, V = columns["exact V"]
    np.testing.assert_allclose(V, -67.0 - 3.0 * np.exp(-t / 15.0), atol=1e-5)


def test_rates_are_drawn_in_hertz():
    view, result = view_of(EIRateNetwork, "phase_plane")
    assert np.concatenate(view.columns(result)["stable point"]) == pytest.approx([5.60833, 12.50437], abs=1e-5)
    view, result = view_of(EIRateNetwork, "trace")
    assert view.columns(result)["r_e"][1][-1] == pytest.approx(5.60833, abs=1e-4)
    assert view.columns(result)["rest r_i"][1] == pytest.approx([12.50437] * 2, abs=1e-5)


def test_spikes_are_drawn_up_to_the_threshold_and_marked_where_they_are():
    view, result = view_of(EIF, "trace", "Fig 1.2")
    columns = view.columns(result)
    assert columns["spikes"][0] == pytest.approx([651.0, 704.3, 757.6], abs=1e-3)
    t, V = columns["V"]
    assert t[V >= 5.0] == pytest.approx([650.9, 704.2, 757.5], abs=1e-3)
    np.testing.assert_array_equal(with_peaks(result.trajectory, 5.0) != result.trajectory.y[0],
                                  np.isin(np.arange(len(result.trajectory.t)), [6509, 7042, 7575]))


def test_diagram_is_cut_where_stability_changes():
    view, result = view_of(EIRateNetwork, "diagram", settings={"explore": "tau_i"}, tau_i=20.0)
    columns = view.columns(result)
    stable, unstable = (columns[f"{name} branch"][0] for name in ("stable", "unstable"))
    assert np.nanmax(stable) == pytest.approx(57.19512, abs=1e-4)
    assert np.nanmin(unstable) == pytest.approx(57.19512, abs=1e-4)
    assert columns["H"][0] == pytest.approx([57.195], abs=1e-3)
    assert columns["codes"][2] == ["  H"]
    assert columns["present"][0] == pytest.approx([20.0, 20.0])
    assert columns["stable point"][0] == pytest.approx([20.0])
    assert view.x_label == "tau_i (ms)"


def test_fold_of_the_exponential_cell_joins_stable_and_unstable():
    view, result = view_of(EIF, "diagram")
    columns = view.columns(result)
    assert columns["LP"][0] == pytest.approx([15.0], abs=1e-4)
    assert np.nanmax(columns["stable branch"][1]) == pytest.approx(-55.0, abs=1e-3)
    assert np.nanmin(columns["unstable branch"][1]) == pytest.approx(-55.0, abs=1e-3)


def test_stability_changes_in_the_middle_where_no_special_point_is_near():
    line = np.array([[0.0, 1.0, 2.0, 10.0], [0.0, 1.0, 2.0, 10.0]])
    far, near = np.array([8.0, 1.0]), np.array([1.3, 1.4])
    assert joint(line, 2, []) == pytest.approx([1.5, 1.5])
    assert joint(line, 2, [far]) == pytest.approx([1.5, 1.5])
    assert joint(line, 2, [far, near]) == pytest.approx(near)


def test_error_is_zero_for_the_exact_solution_only():
    view, result = view_of(LeakyIntegrator, "error")
    columns = view.columns(result)
    assert set(columns) == {"run", "convolution"}
    # Largest error of Euler's steps for V' = -V / tau: about dt / (2 tau e) of the way.
    assert np.max(np.abs(columns["run"][1])) == pytest.approx(3.0 * 0.1 / 15.0 / (2 * np.e), rel=0.02)


def test_clicked_runs_are_joined_with_gaps():
    starts = ((0.001, 0.002), (0.01, 0.02))
    view, result = view_of(EIRateNetwork, "phase_plane", settings={"starts": starts})
    columns = view.columns(result)
    x = columns["clicked"][0]
    assert np.count_nonzero(np.isnan(x)) == 2
    assert np.column_stack(columns["starts"]).ravel() == pytest.approx([0, 0, 1, 2, 10, 20])


def test_arrows_are_as_many_as_the_grid_and_point_along_the_flow():
    view, result = view_of(EIRateNetwork, "phase_plane")
    x, y = view.columns(result)["field"]
    assert len(x) == 4 * result.portrait.dx.size
    along = np.array([x[1::4] - x[0::4], y[1::4] - y[0::4]])
    flow = np.array([result.portrait.dx.ravel(), result.portrait.dy.ravel()])
    assert np.all(np.sum(along * flow, axis=0) > 0)


def test_fitted_limits_hold_the_run():
    view, result = view_of(EIRateNetwork, "phase_plane", "Sigmoid: memory", r_e_0=0.05, r_i_0=0.04)
    (left, right), (bottom, top) = view.fitted(result)
    x, y = view.columns(result)["run"]
    assert left < np.min(x)
    assert np.max(x) < right
    assert bottom < np.min(y)
    assert np.max(y) < top
    assert right > 50 > view.limits(result)[0][1]


@pytest.mark.parametrize("make", [EigenvalueView, TraceDeterminantView])
def test_trail_keeps_the_newest_positions_until_it_is_wiped(make):
    view = make()
    for tau_i in np.linspace(10, 60, 120):
        points = equilibria(EIRateNetwork(tau_i=float(tau_i)).snapshot()).points
        columns = view.columns(Stability(points))
    assert len(columns["trail"][0]) == len(view.trail) == TRAIL
    last = float(columns["trail"][0][-1])
    assert last == pytest.approx(float(points[0].trace if make is TraceDeterminantView else
                                       points[0].eigenvalues[-1].real), abs=1e-5)
    view.forget()
    assert len(view.trail) == 0


def test_regions_are_named_where_they_are():
    """The names of the five regions stand inside them, by the classification of A.9."""
    view = TraceDeterminantView()
    (left, right), (bottom, top) = window = (-2.0, 2.0), (-0.45, 1.0)
    names = next(layer for layer in view.layers() if layer.name == "regions").texts
    x, y = view.backdrop(window)["regions"]
    found = ["saddle" if d < 0 else f"{'stable' if t < 0 else 'unstable'} {'spiral' if t**2 < 4 * d else 'node'}"
             for t, d in zip(x, y, strict=True)]
    assert found == list(names)
    assert np.all((left < x) & (x < right) & (bottom < y) & (y < top))


def test_every_kind_of_fixed_point_has_its_own_marker():
    kinds = {"stable spiral": "stable", "stable": "stable", "stable node": "stable", "saddle": "saddle",
             "unstable": "unstable", "unstable spiral": "unstable", "semi-stable": "unstable"}
    assert {kind: style.stability_of(kind) for kind in kinds} == kinds
    looks = {(look["marker"], look["fill_alpha"]) for look in style.STABILITY_MARKERS.values()}
    assert len(looks) == len(style.STABILITY_MARKERS)
    assert len(set(style.STABILITY_DASHES.values())) == len(style.STABILITY_DASHES)


# Reducing ---------------------------------------------------------------------------

@settings(max_examples=80, deadline=None)
@given(data=st.data(), size=st.integers(2, 60_000), buckets=st.integers(10, 2000))
def test_extremes_keep_every_spike(data, size, buckets):
    spikes = data.draw(st.lists(st.integers(0, size - 1), max_size=30))
    y = np.random.default_rng(size).normal(-70, 1, size)
    y[spikes] = 40.0
    kept = extremes(y, buckets)
    assert np.all(np.diff(kept) > 0)
    assert (kept[0], kept[-1]) == (0, size - 1)
    assert len(kept) <= 2 * buckets + 4
    peaks = kept[y[kept] == 40.0]
    width = -(-size // buckets)
    for spike in spikes:  # two spikes within one pixel are one line on the screen
        assert np.min(np.abs(peaks - spike)) < width
    assert np.min(y[kept]) == np.min(y)


@given(size=st.integers(1, 9000))
@settings(max_examples=30)
def test_short_curves_stay_whole_and_long_ones_keep_their_range(size):
    x = np.arange(size, dtype=float)
    y = np.sin(x) * x
    a, b = lean(x, y)
    assert (a.dtype, b.dtype) == (np.float32, np.float32)
    assert len(a) == len(b) == (size if size <= 2 * WIDEST else len(extremes(y, WIDEST)))
    assert (b.min(), b.max()) == (np.float32(y.min()), np.float32(y.max()))


def test_scattered_and_joined_pieces():
    assert scattered([]) is NOTHING
    assert joined([]) is NOTHING
    x, y = joined([([1, 2], [3, 4]), ([5], [6])])
    np.testing.assert_array_equal(x, np.array([1, 2, np.nan, 5, np.nan], dtype=np.float32))
    np.testing.assert_array_equal(np.isnan(x), np.isnan(y))


def test_reach_of_nothing_flat_and_wide():
    columns = {"a": lean([0, 1], [3, 3]), "b": lean([0, 10], [0, 100]), "none": NOTHING}
    assert reach(columns, ["none"], 1) == (0.0, 1.0)
    low, high = reach(columns, ["a"], 1)
    assert low < 3 < high
    assert reach(columns, ["a", "b", "none"], 1) == pytest.approx((-6.0, 106.0))


# Thumbnails -------------------------------------------------------------------------

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


def test_thumbnail_of_a_run_at_rest_is_a_flat_line():
    run = Trajectory(np.arange(50.0), np.full((1, 50), -70.0), np.empty(0))
    root = ET.fromstring(thumbnail(EIF.states, run))
    heights = {pair.split(",")[1] for pair in root.find("polyline").attrib["points"].split()}
    assert len(heights) == 1


def test_only_spiking_models_mark_spikes():
    marked = {m for m in models().values() if any(layer.name == "spikes" for layer in TraceView(m).layers())}
    assert marked == {model for model in models().values() if issubclass(model, Spiking)}


def test_hidden_view_of_other_axes_has_their_labels():
    view = PhasePlaneView(EIRateNetwork, (1, 0))
    assert (view.x_label, view.y_label) == ("r_i (Hz)", "r_e (Hz)")
