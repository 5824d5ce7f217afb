"""Plots of the functions that a model is made of, and curves of angles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.catalogue import flows
from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.rates.wilson_cowan import WilsonCowan
from ncm_app.session.plot_rules import rules_for
from ncm_app.studies.simulate import simulate
from ncm_app.views import style
from ncm_app.views.columns import wrapped
from tests.views.answers import view_of

WITH_CURVES = [model for model in flows().values() if model.curves]


@pytest.mark.parametrize("model", WITH_CURVES)
def test_every_stated_plot_has_its_card(model):
    names = [view.name for _, view in rules_for(model)]
    assert [name for name in names if "curves" in name] == ["curves", "further_curves"][: len(model.curves)]
    states = [state.name for state in model.states]
    for stated in model.curves:
        assert {curve.state for curve in stated.curves} <= {"", *states}
        assert len({curve.name for curve in stated.curves}) == len(stated.curves)


@pytest.mark.parametrize("model", WITH_CURVES)
def test_curves_and_dots_lie_in_the_window_at_every_preset(model):
    for preset in model.presets:
        for name in ["curves", "further_curves"][: len(model.curves)]:
            view, result = view_of(model, name, preset)
            (left, right), (bottom, top) = view.limits(result)
            for x, y in view.columns(result).values():
                assert np.all((y >= bottom - 1e-6) & (y <= top + 1e-6)), (preset, name)
                assert np.all((x >= left - 1e-6) & (x <= right + 1e-6)), (preset, name)
            assert view.fitted(result)[1][1] <= top


def test_gates_carry_the_hues_of_their_variables():
    view, _ = view_of(HodgkinHuxley, "curves")
    gates, _ = view_of(HodgkinHuxley, "trace_2")
    hue = {layer.name: layer.look["color"] for layer in gates.layers() if "color" in layer.look}
    shown = {layer.label: layer.look["color"] for layer in view.layers() if layer.label}
    assert [shown["n∞⁴"], shown["m∞³"], shown["h∞"]] == [hue["n"], hue["m"], hue["h"]]
    assert len({layer.look["line_dash"] for layer in view.layers() if layer.label}) == 3
    wilson_cowan, _ = view_of(WilsonCowan, "curves")
    assert wilson_cowan.hues == [style.VERMILION, style.BLUE]


def test_dots_are_the_last_state_on_the_curves():
    view, result = view_of(MorrisLecar, "curves", "Hopf")
    snapshot = MorrisLecar(**MorrisLecar.preset_values("Hopf")).snapshot()
    V = simulate(snapshot).y[0, -1]
    x, y = view.columns(result)["present"]
    assert x == pytest.approx([V, V], rel=1e-6)
    assert y[0] == pytest.approx((1 + np.tanh((V + 1.2) / 18)) / 2, rel=1e-5)


def test_sigmoids_are_asked_at_the_total_input():
    view, result = view_of(WilsonCowan, "curves", "1972 Fig 11")
    snapshot = WilsonCowan(**WilsonCowan.preset_values("1972 Fig 11")).snapshot()
    E, I = simulate(snapshot).y[:, -1]  # noqa: E741
    x, _ = view.columns(result)["present"]
    assert x == pytest.approx([16 * E - 12 * I + 1.25, 15 * E - 3 * I], rel=1e-5)


# Angles -------------------------------------------------------------------------------

@given(speed=st.floats(-3, 3), low=st.floats(-4, 4))
def test_wrapped_angles_keep_their_sine_and_stay_between_the_ends(speed, low):
    t = np.linspace(0, 10, 101)
    x, y = wrapped(t, speed * t + 0.3, low, low + 2 * np.pi)
    assert np.nanmin(y) >= low - 1e-9 and np.nanmax(y) <= low + 2 * np.pi + 1e-9
    drawn = np.isfinite(y)
    np.testing.assert_allclose(np.sin(y[drawn]), np.sin(speed * x[drawn] + 0.3), atol=1e-6)
    assert np.all(np.diff(x) >= -1e-12)


def test_wrapped_curve_leaves_at_one_edge_and_enters_at_the_other():
    x, y = wrapped([0.0, 1.0, 2.0], [0.5, 1.5, 2.5], 0.0, 1.0)
    np.testing.assert_allclose(x, [0, 0.5, 0.5, 0.5, 1, 1.5, 1.5, 1.5, 2])
    np.testing.assert_allclose(y, [0.5, 1, np.nan, 0, 0.5, 1, np.nan, 0, 0.5])
    down, _ = wrapped([0.0, 1.0], [0.25, -0.25], 0.0, 1.0)
    np.testing.assert_allclose(down, [0, 0.5, 0.5, 0.5, 1])
    assert np.array_equal(wrapped([0.0, 1.0], [0.2, 0.4], 0.0, 1.0)[1], [0.2, 0.4])
