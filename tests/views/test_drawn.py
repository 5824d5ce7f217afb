"""What is drawn: overlays, spikes, diagrams, trails, regions and markers at known places."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.io import curdoc
from bokeh.io.doc import set_curdoc

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.studies.stability import equilibria
from ncm_app.views import style
from ncm_app.views.diagram import joint
from ncm_app.views.drawn_view import Frame, recipe_of_frame
from ncm_app.views.stability import TRAIL, EigenvalueView, Stability, TraceDeterminantView
from ncm_app.views.traces import with_peaks
from tests.views.answers import is_absent, view_of


def test_the_session_that_renders_a_frame_first_keeps_its_theme():
    before, session = curdoc(), Document()
    theme = session.theme
    set_curdoc(session)
    try:
        recipe_of_frame.__wrapped__(Frame())
        assert session.theme is theme
    finally:
        set_curdoc(before)


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
    view, result = view_of(LeakyIntegrator, "trace", choices={"overlays": ("exact",)})
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
    view, result = view_of(EIRateNetwork, "diagram", choices={"explore": "tau_i"}, tau_i=20.0)
    columns = view.columns(result)
    stable, unstable = (columns[f"{name} branch"][0] for name in ("stable", "unstable"))
    assert np.nanmax(stable) == pytest.approx(57.19512, abs=1e-4)
    assert np.nanmin(unstable) == pytest.approx(57.19512, abs=1e-4)
    assert columns["H"][0] == pytest.approx([57.195], abs=1e-3)
    assert columns["codes"][2] == ["H"]
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
    view, result = view_of(EIRateNetwork, "phase_plane", choices={"starts": starts})
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
    view = make(EIRateNetwork) if make is TraceDeterminantView else make()
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
    view = TraceDeterminantView(EIRateNetwork)
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
