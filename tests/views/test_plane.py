"""The phase plane: what is drawn of manifolds, and when the legend names them."""

from __future__ import annotations

import holoviews as hv
import numpy as np
import pytest
from bokeh.document import Document

from ncm_app.models.ei_rate_network import EIRateNetwork
from ncm_app.models.linear_system import LinearSystem
from ncm_app.models.morris_lecar import MorrisLecar
from ncm_app.views.plane import MANIFOLDS
from tests.views.answers import is_absent, view_of

hv.extension("bokeh")


def drawn(view, result):
    kept = []
    element = view.draw(result, lambda *what: kept.append(what))
    hv.renderer("bokeh").get_plot(element, doc=Document())
    return kept[0]


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


@pytest.mark.parametrize(("preset", "there"), [("SNLC: below", True), ("Hopf", False)])
def test_legend_names_manifolds_only_where_there_are_some(preset, there):
    view, result = view_of(MorrisLecar, "phase_plane", preset)
    _, figure, renderers = drawn(view, result)
    legend = legend_of(figure)
    assert legend["dV/dt = 0"].visible
    for layer, label in MANIFOLDS.items():
        assert is_absent(view.columns(result)[layer]) != there
        assert legend[label].visible == there
        (callback,) = renderers[layer].data_source.js_property_callbacks["change:data"]
        assert callback.args["item"] is legend[label]
        assert "phase_plane_x" in callback.code
