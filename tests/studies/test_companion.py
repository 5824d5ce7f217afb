"""A network of cells and the rate network beside it: what follows from what, and what is said of both."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.core.model import Flow, Measure
from ncm_app.studies.companion import (
    _distance,
    companion_marks,
    companion_of,
    linked_values,
    out_of_bounds,
    tell_companion,
)
from ncm_app.studies.plots import drawn_columns, measures, run_or_perform
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from ncm_app.studies.words import number

CELLS, RATES = find("recurrent_network"), find("ei_rate_network")
SMALL = {"N_e": 400, "N_i": 100, "N_x": 400, "p": 0.5, "t_end": 200.0}


def pair(own=None, **values):
    """Return a network, and the rate network that stands beside it."""
    snapshot = CELLS(**{**SMALL, **values}).snapshot()
    return snapshot, RATES(**{**linked_values(snapshot), **(own or {})}).snapshot()


def test_book_gives_the_weights_and_inputs_that_follow_from_fig_3_3():
    linked = linked_values(CELLS().snapshot())
    assert linked == {"w_ee": 2000.0, "w_ei": -2000.0, "w_ie": 6000.0, "w_ii": -3000.0, "X_e": 25.0, "X_i": 17.0,
                      "tau_e": 6.0, "tau_i": 4.0, "g": RATES().g, "theta": RATES().theta, "t_end": 200.0}


def test_rate_network_rests_at_the_mean_field():
    snapshot, other = pair()
    (point,) = equilibria(other).points
    by_name = {measure.name: measure.theory for measure in measures(snapshot)}
    np.testing.assert_allclose(1000.0 * np.array(point.state), [by_name["rate e"], by_name["rate i"]], rtol=1e-6)


def test_values_end_where_the_sliders_of_the_companion_do():
    snapshot, other = pair(j_ei=-160.0, N_i=1000)
    assert other.values_by_name["w_ei"] == RATES.control("w_ei").bounds[0] == -8000.0
    assert out_of_bounds(snapshot) == ("w_ei = -8000 mV/kHz", "w_ii = -8000 mV/kHz")
    assert out_of_bounds(pair()[0]) == ()
    assert "its w_ei = -8000 mV/kHz, w_ii = -8000 mV/kHz: its slider ends there" in tell_companion(snapshot, other)


@pytest.mark.parametrize("model", [m for m in models().values() if m.companion], ids=lambda m: m.slug())
def test_what_a_companion_states_is_there(model):
    companion, other = model.companion, companion_of(model)
    linked, states = linked_values(model().snapshot()), {state.name for state in other.states}
    assert issubclass(other, Flow) and linked.keys() <= other.controls().keys()
    assert set(companion.shared) <= model.controls().keys() & linked.keys()
    plots = {plot.name: {mark.name for mark in plot.marks} for plot in model.plots}
    for one in companion.pairs:
        assert one.state in states and one.curve in plots[companion.plots[0]]
        assert one.measure in {measure.name for measure in measures(model().snapshot())}
        assert all(one.mark in plots[name] for name in companion.plots)


def test_models_without_a_companion_link_nothing():
    assert companion_of(RATES) is None and linked_values(RATES().snapshot()) == {}
    assert out_of_bounds(RATES().snapshot()) == ()


def test_its_course_is_drawn_as_far_as_a_plot_goes():
    snapshot, other = pair()
    run, whole, start = simulate(other), *(companion_marks(snapshot, other, name) for name in ("rates", "start"))
    np.testing.assert_array_equal(whole["model_e"][1], 1000.0 * run.y[0])
    np.testing.assert_array_equal(whole["model_i"][0], run.t)
    assert (whole["model_e"][0][-1], start["model_e"][0][-1]) == pytest.approx((200.0, 60.0), abs=0.11)


def test_start_shows_the_first_spikes_alone():
    snapshot, _ = pair()
    index = [plot.name for plot in CELLS.plots].index("start")
    t, rate = drawn_columns(snapshot, index)["e"]
    assert 0.0 <= t[0] < t[-1] <= 60.0
    times, _ = run_or_perform(snapshot).run.spikes_of("e")
    expected = 1000.0 * (times < 60.0).sum() / (400 * 60.0)
    assert np.mean(rate) == pytest.approx(expected, rel=0.05)


def test_sentence_tells_both_rates_and_both_transients():
    snapshot, other = pair()
    told, found = tell_companion(snapshot, other), {m.name: m for m in measures(snapshot)}
    assert told.startswith("Rate network: r_e rests at 5.61 Hz, ") and "r_i rests at 12.5 Hz, " in told
    assert f"{found['rate e'].value:.2f}" in told and "before 100 ms r_e is highest at" in told
    run = simulate(other)
    top = int(np.argmax(run.y[0]))
    assert f"highest at {1000.0 * run.y[0, top]:.2f} there (after {run.t[top]:.2f} ms)" in told
    assert "later its SD is 0 there and " in told


def test_rates_that_cycle_are_told_by_their_mean():
    snapshot, other = pair({"dt": 0.05}, tau_e=15.0, tau_i=30.0)
    run = simulate(other)
    late = 1000.0 * run.y[0][run.t >= 100.0]
    assert f"r_e is on average {number(late.mean())} Hz" in tell_companion(snapshot, other)
    assert f"later its SD is {number(late.std())} there" in tell_companion(snapshot, other)


@pytest.mark.parametrize(("value", "error", "words"), [
    (5.0, 0.5, "2 errors below 6.00 ± 0.500 here"), (6.6, 0.5, "1 error above 6.00 ± 0.500 here"),
    (6.1, 0.5, "within an error of 6.00 ± 0.500 here"), (5.0, None, "here 6.00"), (5.0, float("nan"), "here 6.00")])
def test_distance_is_told_in_errors(value, error, words):
    assert _distance(value, Measure("rate e", 6.0, "Hz", error=error)) == words


def test_of_a_network_that_is_not_measured_nothing_is_told():
    assert tell_companion(*pair(j_ei=-2.0)) == ""
