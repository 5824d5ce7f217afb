"""The phase plane: what is drawn of manifolds, and when the legend names them."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.mathematics.linear_system import LinearSystem
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.views import style
from ncm_app.views.basins_and_separatrices import LABELS
from ncm_app.views.plane import PhasePlaneView
from tests.views.answers import is_absent, view_of


def drawn(view, result):
    made = view.draw(result)
    return view.name, made.figure, made.renderers


def legend_of(figure):
    return {item.label.value: item for legend in figure.legend for item in legend.items}


def test_manifolds_of_the_linear_saddle_lie_on_the_diagonals():
    view, result = view_of(LinearSystem, "phase_plane", "Fig A.8 saddle")
    columns = view.columns(result)
    for name, sign in (("stable manifold", 1.0), ("unstable manifold", -1.0)):
        x, y = columns[name]
        np.testing.assert_allclose(x, sign * y, atol=1e-6)
        assert np.count_nonzero(np.isnan(x)) == 2
        assert np.nanmin(x) < -2 < 2 < np.nanmax(x)


def test_manifolds_are_drawn_in_the_units_of_the_axes():
    view, result = view_of(EIRateNetwork, "phase_plane", "Sigmoid: memory")
    x, y = view.columns(result)["unstable manifold"]
    ends = np.flatnonzero(np.isnan(x)) - 1
    found = sorted(zip(x[ends].tolist(), y[ends].tolist(), strict=True))
    assert found[0] == pytest.approx((0.44623, 0.15516), abs=1e-4)
    assert found[1] == pytest.approx((14.77012, 9.61706), abs=1e-4)


@pytest.mark.parametrize(("preset", "there"), [("SNIC: below", True), ("Hopf", False)])
def test_legend_names_manifolds_only_where_there_are_some(preset, there):
    view, result = view_of(MorrisLecar, "phase_plane", preset)
    _, figure, renderers = drawn(view, result)
    legend = legend_of(figure)
    assert legend["dV/dt = 0"].visible
    for layer in ("stable manifold", "unstable manifold"):
        assert is_absent(view.columns(result)[layer]) != there
        assert (layer in renderers) == (LABELS[layer] in legend) == there
        if there:
            (callback,) = renderers[layer].data_source.js_property_callbacks["change:data"]
            assert callback.args["legend"] is figure.legend[0]
            assert "cb_obj.data" in callback.code


def test_slice_names_what_is_held_and_keeps_the_state_that_is_clicked():
    view, result = view_of(HodgkinHuxley, "phase_plane", choices={"axes": (1, 2), "held": (-60.0, 0.4, 0.5, 0.1)})
    view.columns(result)
    assert view.title == "slice at V = -60 mV, m = 0.1"
    assert (view.x_label, view.y_label) == ("n", "h")
    assert view.limits(result) == ((0.0, 1.0), (0.0, 1.0))
    assert view.state_at(0.25, 7.0) == pytest.approx((-60.0, 0.25, 1.02, 0.1))


def test_title_names_no_more_than_fit():
    view = PhasePlaneView(HodgkinHuxley, (0, 1))
    view.states = (*view.states, *view.states)
    view._turn_to((0, 1), np.zeros(8))
    assert view.title == "slice at h = 0, m = 0, V = 0 mV, …"


def test_fixed_points_beyond_the_slice_are_projected_in_grey():
    choices = {"axes": (0, 1), "held": (0.0, 0.0, 27.0)}
    view, result = view_of(Lorenz, "phase_plane", choices=choices)
    columns = view.columns(result)
    wing = np.sqrt(8.0 / 3.0 * 27.0)
    assert np.column_stack(columns["unstable point"]).ravel() == pytest.approx([-wing, -wing, wing, wing])
    assert np.column_stack(columns["unstable point elsewhere"]).ravel() == pytest.approx([0.0, 0.0], abs=1e-6)
    grey = next(layer for layer in view.layers() if layer.name == "unstable point elsewhere")
    assert (grey.look["color"], grey.ink) == (style.GREY, ())


def test_run_is_projected():
    view, result = view_of(Lorenz, "phase_plane", choices={"axes": (0, 2)}, t_end=2.0)
    x, z = view.columns(result)["run"]
    np.testing.assert_allclose(x, result.run.y[0], rtol=1e-6)
    np.testing.assert_allclose(z, result.run.y[2], rtol=1e-6)


def test_other_axes_relabel_a_drawn_figure():
    view, result = view_of(HodgkinHuxley, "phase_plane")
    _, figure, renderers = drawn(view, result)
    assert "dn/dt = 0" in legend_of(figure)
    view.columns(view_of(HodgkinHuxley, "phase_plane", choices={"axes": (0, 2)})[1])
    view.relabel(figure)
    assert list(legend_of(figure)) == ["dV/dt = 0", "dh/dt = 0"]
    assert figure.yaxis[0].axis_label == "h"
    assert figure.title.text.startswith("slice at n = ")
    assert renderers["y nullcline"].glyph.line_color == style.FREE_HUES[2]


def test_frozen_run_does_not_change_the_title():
    view, result = view_of(HodgkinHuxley, "phase_plane", "Fig B.2 A-D")
    view.columns(result)
    title = view.title
    view.ghost_columns(view_of(HodgkinHuxley, "phase_plane", "book")[1])
    assert view.title == title
