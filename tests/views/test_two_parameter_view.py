"""The two-parameter diagram: curves by hue and dash, points with labels that keep apart, one dot."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.quantity import with_unit
from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.fitzhugh_nagumo import FitzHughNagumo
from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.numerics.results import Loci, Locus, Status
from ncm_app.studies.rate_map import RateMap
from ncm_app.studies.two_parameter import two_parameter
from ncm_app.views import style
from ncm_app.views.two_parameter import (
    Pair,
    TwoParameterView,
    hopf_pieces,
)
from tests.views.answers import is_absent

CASES = [(FitzHughNagumo, "I", "b"), (EIF, "I_0", "D"), (EIRateNetwork, "tau_i", "X_e"), (MorrisLecar, "I", "g_Ca")]


class Asked(NamedTuple):
    """What a chart is asked at once, and the answer that comes later."""

    pair: Pair
    loci: Loci


def explored(model, first, second, **values):
    """Return a fresh view of a model and the two-parameter diagram that it shows."""
    snapshot = model(**values).snapshot()
    controls = [model.control(name) for name in (first, second)]
    pair = Pair((first, second), (snapshot.values_by_name[first], snapshot.values_by_name[second]),
                (controls[0].bounds, controls[1].bounds),
                (with_unit(first, controls[0].unit), with_unit(second, controls[1].unit)))
    view = TwoParameterView(model)
    view.limits(pair)
    return view, Asked(pair, two_parameter(snapshot, first, second))


def drawn(view, asked):
    """Return all columns of a chart once its curves are known."""
    return {**view.columns(asked.pair), **view.late("loci", asked.loci)}


@pytest.mark.parametrize(("model", "first", "second"), CASES)
def test_columns_are_lean_and_always_the_same_layers(model, first, second):
    view, result = explored(model, first, second)
    columns, names = drawn(view, result), [layer.name for layer in view.layers() if layer.name != "rates"]
    assert set(columns) == set(names)
    assert len(set(names)) == len(names)
    for name, (x, y, *texts) in columns.items():
        assert (x.dtype, y.dtype) == (np.float32, np.float32), name
        assert len(x) == len(y) > 0, name
        assert all(len(text) == len(x) for text in texts), name
    assert view.limits(result.pair)[:2] == (model.control(first).bounds, model.control(second).bounds)
    assert set(view.late("loci", None)) == set(names) - {"present"}
    assert all(is_absent(pair) for pair in view.late("loci", None).values())


def test_curves_of_fitzhugh_nagumo_are_cut_at_the_bautin_point():
    """Supercritical below b = (1 - sqrt(1 - phi))/phi = 0.510421, subcritical above."""
    view, result = explored(FitzHughNagumo, "I", "b", I=0.3, b=0.9)
    columns = drawn(view, result)
    assert np.nanmax(columns["H supercritical"][1]) == pytest.approx(0.510421, abs=1e-5)
    assert np.nanmin(columns["H subcritical"][1]) == pytest.approx(0.510421, abs=1e-5)
    assert is_absent(columns["H"])
    assert np.nanmin(columns["LP"][1]) == pytest.approx(1.0, abs=1e-5)
    assert columns["CP"] == (pytest.approx([0.7]), pytest.approx([1.0]))
    assert columns["GH"][1] == pytest.approx([0.510421], abs=1e-5)
    assert is_absent(columns["BT"])
    assert columns["present"] == (pytest.approx([0.3]), pytest.approx([0.9]))
    texts = columns["codes"][2]
    assert sorted(filter(None, texts)) == ["CP", "GH"]
    assert (view.x_label, view.y_label) == ("I", "b")


def test_moving_the_sliders_moves_the_dot_only():
    view, result = explored(FitzHughNagumo, "I", "b")
    moved = drawn(view, explored(FitzHughNagumo, "I", "b", I=2.0, b=0.1)[1])
    for name, columns in drawn(view, result).items():
        same = all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in
                   zip(map(np.asarray, columns), map(np.asarray, moved[name]), strict=True))
        assert same == (name != "present"), name


def test_degenerate_hopf_points_have_a_look_of_their_own_and_the_title_says_what_is_missing():
    # The threshold-linear network is linear around its fixed point: its Hopf points have no side.
    view, result = explored(EIRateNetwork, "tau_i", "X_e")
    columns = drawn(view, result)
    assert np.nanmedian(columns["H degenerate"][0]) == pytest.approx(57.19512, abs=1e-3)
    assert all(is_absent(columns[name]) for name in ("H", "H supercritical", "H subcritical"))
    assert view.title.endswith("kinks of the right-hand side are not followed")
    assert (view.x_label, view.y_label) == ("tau_i (ms)", "X_e (mV)")
    view, result = explored(FitzHughNagumo, "I", "b")
    drawn(view, result)
    assert view.title.endswith("(click)")


@pytest.mark.parametrize(("model", "curves", "codes"), [
    (EIF, ["LP"], ["CP"]),
    (FitzHughNagumo, ["LP", "H supercritical", "H subcritical", "H degenerate", "H"], ["CP", "BT", "GH"]),
    (HodgkinHuxley, ["LP", "H supercritical", "H subcritical", "H degenerate", "H"], ["CP", "BT", "GH", "ZH", "HH"])])
def test_only_what_a_model_can_have_is_in_its_legend(model, curves, codes):
    view = TwoParameterView(model)
    assert (view.curves, list(view.codes)) == (curves, codes)
    labels = [layer.label for layer in view.layers() if layer.label]
    assert len(labels) == len(curves) + len(codes) + 1
    assert all(f"({name.split()[0]})" in label for name, label in zip([*curves, *codes], labels, strict=False))


def test_every_curve_and_point_can_be_told_without_colour():
    layers = TwoParameterView(HodgkinHuxley).layers()
    dashes = [layer.look["line_dash"] for layer in layers if layer.kind == "curve"]
    markers = [layer.look["marker"] for layer in layers if layer.kind == "points"]
    assert len(set(dashes)) == len(dashes) == 5
    assert len(set(markers)) == len(markers) == 6


def test_drawing_puts_the_legend_above_the_plot():
    view, result = explored(FitzHughNagumo, "I", "b")
    drawn(view, result)
    made = view.draw(result.pair)
    figure, holding = made.figure, {layer.name for layer in view.layers() if layer.label and not layer.fleeting}
    assert holding <= set(made.renderers) <= {layer.name for layer in view.all_layers()}
    (legend,) = figure.legend
    assert legend in figure.above
    labels = [layer.label for layer in view.layers() if layer.label and layer.name in made.renderers]
    assert [item.label.value for item in legend.items] == labels
    assert (figure.x_range.start, figure.x_range.end) == pytest.approx((-1.0, 2.5))
    assert (figure.y_range.start, figure.y_range.end) == pytest.approx((0.0, 2.0))
    assert view.shape in style.HEIGHTS and view.clickable


def locus(lyapunov):
    m = len(lyapunov)
    line = np.arange(m, dtype=float)
    return Locus("H", line, line, np.zeros((2, m)), np.ones(m), np.array(lyapunov), (), (Status.OK, Status.OK))


@pytest.mark.parametrize(("lyapunov", "expected"), [
    ([-1.0, -2.0, 0.0, 3.0], [("H supercritical", 0, 2), ("H subcritical", 2, 3)]),
    ([np.nan, 1.0, 1.0, np.nan], [("H subcritical", 0, 3)]),
    ([np.nan, np.nan, np.nan], [("H", 0, 2)]),
    ([0.0, 0.0, np.nan], [("H degenerate", 0, 2)]),
    ([0.0, 0.0, -1.0, np.nan, np.nan], [("H degenerate", 0, 1), ("H supercritical", 1, 3), ("H", 3, 4)]),
    ([-1.0, -1.0, 1.0, 1.0], [("H supercritical", 0, 1), ("H", 1, 2), ("H subcritical", 2, 3)]),
])
def test_hopf_curves_are_cut_where_their_kind_changes(lyapunov, expected):
    assert hopf_pieces(locus(lyapunov)) == expected


def test_rates_come_behind_the_curves_grid_by_grid_and_colours_hold_them():
    view = TwoParameterView(find("morris_lecar"))
    layer = view.all_layers()[0]
    assert (layer.name, layer.kind) == ("rates", "heatmap")
    assert view.colour_label == "frequency of cycles (Hz)"
    coarse = RateMap(("I", "g_Ca"), np.array([0.0, 50.0]), np.array([1.0, 2.0]), np.array([[np.nan, 5.0], [8.0, 20.0]]))
    columns = view.late("rate map", coarse)
    np.testing.assert_array_equal(columns["rates"][0][0], coarse.rate)
    assert columns["rates"][1:] == ([-25.0], [0.5], [100.0], [2.0])  # cells around the values
    assert view.late_limits("rate map", coarse)[2] == (0.0, 20.0)
    assert view.limits(Pair(("I", "g_Ca"), (1.0, 1.0), ((0, 50), (1, 2)), ("I", "g")))[2] == (0.0, 20.0)
    assert view.late("rate map", None) == {"rates": layer.row.empty}
    none = RateMap(("I", "g_Ca"), coarse.first, coarse.second, np.full((2, 2), np.nan))
    assert view.late_limits("rate map", none) is None
    assert view.late_limits("loci", None) is None
    assert "rates" not in TwoParameterView(find("phase_line")).empty()


@pytest.mark.parametrize(("slug", "told"), [("adex", True), ("channelrhodopsin_eif", True), ("eif", False),
                                            ("morris_lecar", False), ("phase_line", False)])
def test_a_cell_whose_rates_are_not_drawn_says_so(slug, told):
    view = TwoParameterView(find(slug))
    view.columns(Pair(("a", "b"), (0.5, 0.5), ((0.0, 1.0), (0.0, 1.0)), ("a", "b")))
    assert view.title.endswith("rates are drawn for cells with one state only") == told
