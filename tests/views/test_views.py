"""Every view of every model under every preset: lean columns, units, limits, ghosts."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import flows, models
from ncm_app.core.model import Spiking
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.session.plot_rules import PLOT_RULES, rules_for
from ncm_app.views import style
from ncm_app.views.plane import PhasePlaneView
from ncm_app.views.plots import PlotView
from ncm_app.views.rasters import MOST_SPIKES
from ncm_app.views.traces import TraceView
from tests.support.catalogue import one_of_each_kind, sweep_after_first
from tests.views.answers import asked, is_absent, late_layers

FIRST = [pytest.param(model, model.first_preset(), index, id=f"{slug}-{view.name}")
         for slug, model in models().items() for index, (_, view) in enumerate(rules_for(model))]
SWEPT = [pytest.param(model, preset, index, id=f"{slug}-{preset}-{view.name}", marks=sweep_after_first(model, preset))
         for slug, model in models().items() for preset in model.presets
         for index, (_, view) in enumerate(rules_for(model))]


@pytest.mark.parametrize(("model", "preset", "index"), SWEPT)
def test_columns_are_lean_and_always_the_same_layers(model, preset, index):
    view, result = asked(model, preset, index)
    columns = view.columns(result)
    names = [layer.name for layer in view.layers()]
    backdrop, late = view.backdrop(view.limits(result)), late_layers(view)
    images = {layer.name for layer in view.layers() if layer.row.has_colours}
    assert all(columns[name][0][0].dtype == np.float32 for name in images & set(columns))
    assert len(set(names)) == len(names)
    assert set(columns) | set(backdrop) | late == set(names)
    assert not set(columns) & set(backdrop)
    assert not (set(columns) | set(backdrop)) & late
    for name, (x, y, *texts) in {n: c for n, c in {**columns, **backdrop}.items() if n not in images}.items():
        assert (x.dtype, y.dtype) == (np.float32, np.float32), name
        assert len(x) == len(y) > 0, name
        assert all(len(text) == len(x) for text in texts), name
        assert len(x) <= (MOST_SPIKES if isinstance(view, PlotView) else 20_000), name
    shows_nothing = view.name == "trace_determinant" and model.presets[preset].expect.get("fixed_points") == ()
    shows_nothing |= isinstance(view, PlotView) and not view.applies(result)  # then it is hidden
    assert all(is_absent(pair) for pair in columns.values()) == shows_nothing


@pytest.mark.parametrize(("model", "preset", "index"), FIRST)
def test_axes_have_labels_with_units_and_finite_limits(model, preset, index):
    view, result = asked(model, preset, index)
    view.columns(result)
    assert view.name
    assert view.shape in style.HEIGHTS
    variables = [*model.states, *getattr(model, "observed", ()), *model.controls().values()]
    variables += [v for panel in model.plots for v in (panel.x, panel.y)]
    pure = any(v.unit == "1" for v in variables)
    for label in (view.x_label, view.y_label):
        assert label
        assert pure or label.endswith(")")
    for limits in (view.limits(result), view.fitted(result)):
        for low, high in limits:
            assert np.isfinite([low, high]).all()
            assert low < high


@pytest.mark.parametrize(("model", "preset", "index"), FIRST)
def test_ghost_shows_the_frozen_result_and_nothing_without_one(model, preset, index):
    view, result = asked(model, preset, index)
    ghosts = [layer for layer in view.all_layers() if layer.name.startswith("ghost ")]
    behind = [layer for layer in view.layers() if layer.row.covers]
    assert view.all_layers()[:len(behind + ghosts)] == behind + ghosts
    empty, full = view.ghost_columns(None), view.ghost_columns(result)
    assert set(empty) == set(full) == {layer.name for layer in ghosts}
    assert all(is_absent(pair) for pair in empty.values())
    columns, rows = view.columns(result), {layer.name: layer.row for layer in view.layers()}
    for name, pair in full.items():
        live = name.removeprefix("ghost ")
        for ghost, own in zip(pair, rows[live].ghost.columns(columns[live]), strict=True):
            np.testing.assert_array_equal(ghost, own)


@pytest.mark.parametrize("model", one_of_each_kind(models().values()))
def test_drawing_keeps_one_source_per_layer(model):
    """Each layer that holds something or is always named is one glyph that reads the layer's columns."""
    for index in range(len(rules_for(model))):
        view, result = asked(model, model.first_preset(), index)
        made = view.draw(result)
        figure, renderers = made.figure, made.renderers
        assert list(renderers.values()) == list(figure.renderers)
        expected = {**view.empty(), **view.backdrop(view.limits(result)), **view.columns(result)}
        named = {layer.name for layer in view.layers() if layer.label and not layer.fleeting and view.legend}
        named |= {layer.name for layer in view.all_layers() if layer.row.has_colours}
        assert list(renderers) == [layer.name for layer in view.all_layers()
                                   if layer.name in named or not is_absent(expected[layer.name])]
        for layer in (layer for layer in view.all_layers() if layer.name in renderers):
            renderer, row = renderers[layer.name], layer.row
            assert type(renderer.glyph) is type(row.glyph({name: name for name in row.columns}, row.look))
            columns = list(renderer.data_source.data.values())
            assert list(renderer.data_source.data) == [f"{view.stem}_{name}" for name in layer.row.columns]
            for drawn, column in zip(columns, expected[layer.name], strict=False):
                np.testing.assert_array_equal(drawn, column)
            assert len(columns) == len(layer.row.columns)
        labels = [item.label.value for legend in figure.legend for item in legend.items]
        write = view.symbols.text
        assert labels == [write(layer.label) for layer in view.labelled() if layer.name in renderers and view.legend]
        assert figure.xaxis[0].axis_label == write(view.x_label)
        assert (figure.x_range.start, figure.x_range.end) == pytest.approx(view.limits(result)[0])


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_no_dimension_is_shared_by_two_views(model):
    """HoloViews links plots with equal dimensions in silence."""
    names = [name for _, view in rules_for(model) for name in view.column_names()]
    assert len(set(names)) == len(names) >= 2 * len(rules_for(model))


def test_every_card_is_used_by_some_model():
    used = {type(view).__name__ for model in models().values() for _, view in rules_for(model)}
    assert len(used - {"PlotView"}) == len(PLOT_RULES)


def test_only_spiking_models_mark_spikes():
    marked = {m for m in flows().values() if any(layer.name == "spikes" for layer in TraceView(m).layers())}
    assert marked == {model for model in models().values() if issubclass(model, Spiking)}


def test_hidden_view_of_other_axes_has_their_labels():
    view = PhasePlaneView(EIRateNetwork, (1, 0))
    assert (view.x_label, view.y_label) == ("r_i (Hz)", "r_e (Hz)")
