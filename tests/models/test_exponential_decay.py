"""What pencil and paper say of exponential decay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.models.mathematics.exponential_decay import ExponentialDecay, closed_form, half_time
from ncm_app.studies.plots import drawn_columns, measures, told
from ncm_app.studies.simulate import simulate
from ncm_app.views.plots import Drawn, PlotView
from tests.models.asking import snapshot_of


def measured(snapshot):
    return {measure.name: measure for measure in measures(snapshot)}


def test_figure_a1_has_the_book_s_values():
    p = snapshot_of(ExponentialDecay, "Fig A.1").p
    x, y = ExponentialDecay.solutions["exact"](np.array([0.0, 10.0, 1e4]), p)
    assert x == pytest.approx([10.0, 3.678794, 0.0], abs=5e-7)
    assert y == pytest.approx([10.0, 6.839397, 5.0], abs=5e-7)  # as Eq. A.8 is printed it would end at 15


def axis_of_the_closed_form(snapshot):
    columns = drawn_columns(snapshot, 0)
    return PlotView(ExponentialDecay.plots[0]).limits(Drawn(columns, 70.0))[1], columns


def test_start_at_t_0_is_told_from_the_run_s_start_at_0():
    snapshot = snapshot_of(ExponentialDecay, "Eq A.10")
    run, drawn = simulate(snapshot), drawn_columns(snapshot, 0)
    for name, of_run in (("run of x", run.y[0]), ("run of y", run.y[1])):
        t, curve = drawn[name]
        assert t[0] == 0.0
        assert np.interp(run.t, t, curve) == pytest.approx(of_run, abs=0.03)
    assert "the closed form starts at t_0 = 20 ms, dashed the run at 0" in told(snapshot)
    assert np.interp(20.0, *drawn["x"]) == pytest.approx(10.0, abs=0.01)
    assert "run of x" not in drawn_columns(snapshot_of(ExponentialDecay, "Fig A.1"), 0)
    assert "dashed" not in told(snapshot_of(ExponentialDecay, "Fig A.1"))


@pytest.mark.parametrize("changes", [{}, {"x_0": -10.0}, {"x_0": -20.0, "c": -10.0}, {"y_0": 20.0}, {"t_0": 50.0}])
def test_axis_of_the_closed_form_holds_all_that_comes(changes):
    (low, high), drawn = axis_of_the_closed_form(snapshot_of(ExponentialDecay, **changes))
    t, t_0 = drawn["x"][0], changes.get("t_0", 0.0)
    for name in ("x", "y"):
        future = drawn[name][1][t >= t_0]
        assert np.isfinite(future).all() and low < future.min() <= future.max() < high
    assert np.all(drawn["words"][1] < high) and drawn["words"][1].min() > drawn["start"][1].max()
    assert (low, high) == pytest.approx((-1.5, 15.0)) or changes.keys() & {"x_0", "y_0"}


@given(tau=st.floats(1, 50), c=st.floats(-10, 10), x_0=st.floats(-20, 20), t_0=st.floats(-20, 20))
@settings(max_examples=30, deadline=None)
def test_closed_form_slides_and_halves(tau, c, x_0, t_0):
    snapshot = snapshot_of(ExponentialDecay, tau=tau, c=c, x_0=x_0, t_0=t_0)
    drawn, half = closed_form(None, snapshot.p), tau * np.log(2.0)
    t, x = drawn["x"]
    inside = np.isfinite(x)
    assert x[inside] == pytest.approx(x_0 * np.exp(-(t[inside] - t_0) / tau), rel=1e-9, abs=1e-9)
    times, left = drawn["places"]
    assert times == pytest.approx([t_0 + half, t_0 + tau] * 2)
    assert left == pytest.approx([x_0 / 2, x_0 / np.e, (10.0 + c) / 2, c + (10.0 - c) / np.e])


def test_half_life_is_read_off_a_run():
    exact = measured(snapshot_of(ExponentialDecay, "Ex A.3.1"))["half life"]
    assert exact.value == pytest.approx(20 * np.log(2), abs=1e-4)
    assert exact.theory == pytest.approx(13.862944, abs=5e-7)
    euler = measured(snapshot_of(ExponentialDecay, "Fig A.1", dt=2.0))["half life"]
    assert euler.value == pytest.approx(2.0 * np.log(2) / -np.log(0.8), abs=0.06)  # a straight line between steps


def test_half_life_that_is_not_reached_is_not_told():
    assert np.isnan(half_time(np.array([0.0, 1.0]), np.array([1.0, 0.9])))
    assert np.isnan(half_time(np.array([0.0, 1.0]), np.array([0.0, 0.0])))
    assert np.isnan(measured(snapshot_of(ExponentialDecay, t_end=5.0))["left after tau"].value)


def test_what_to_try_with_decay_is_so():
    assert "13.9 ms" in told(snapshot_of(ExponentialDecay, "Fig A.1", tau=20.0))
    still = simulate(snapshot_of(ExponentialDecay, "Fig A.1", c=10.0))
    assert np.all(still.y[1] == 10.0)
    swinging = simulate(snapshot_of(ExponentialDecay, "Fig A.1", dt=20.0, t_end=200.0))
    assert swinging.y[0] == pytest.approx([10.0, -10.0] * 5 + [10.0])
