"""States of windows, their changes, and the diagram that runs are drawn over."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.models.masses._drift_runs import COLUMN, LEVELS, MICROCIRCUIT, rests_of, whole_of
from ncm_app.numerics.drift.diagram import Static, static_of
from ncm_app.numerics.drift.states import (
    HIGH,
    REST,
    RHYTHM,
    SPIKES,
    Levels,
    Transition,
    Windows,
    occupancy,
    stretches,
    transitions,
    windows_of,
)
from ncm_app.numerics.system import SILENT
from tests.numerics.test_slow_ramps import Course, column_run

DT = 0.004


def made(pieces):
    """Return a signal of pieces (mean, swing, seconds) of 10 Hz."""
    t = [np.arange(0.0, seconds, DT) for _, _, seconds in pieces]
    return np.concatenate([mean + swing * np.sin(20.0 * np.pi * s)
                           for s, (mean, swing, _) in zip(t, pieces, strict=True)])


def test_windows_tell_states_and_when_they_change():
    x = made([(1.0, 0.1, 5.0), (6.0, 5.5, 4.0), (7.0, 1.0, 6.0), (8.0, 0.05, 5.0)])
    windows = windows_of(x, DT, LEVELS[COLUMN])
    assert [state for state, _, _ in stretches(windows)] == [REST, SPIKES, RHYTHM, HIGH]
    t = DT * np.arange(1, len(x) + 1)
    found = transitions(windows, t, 3.0 * t)
    np.testing.assert_allclose([change.t for change in found], [5.0, 9.0, 15.0], atol=0.45)
    assert all(change.rising and change.parameter == pytest.approx(3.0 * change.t) for change in found)
    assert not any(change.rising for change in transitions(windows, t, -t))
    np.testing.assert_allclose(windows.swing[[0, -1]], [0.1, 0.05], rtol=0.01)


def test_moments_are_passed_over_and_short_runs_have_one_window():
    x = made([(7.0, 1.0, 4.0), (7.0, 0.1, 1.0), (7.0, 1.0, 4.0)])
    assert [state for state, _, _ in stretches(windows_of(x, DT, LEVELS[COLUMN]))] == [RHYTHM]
    one = windows_of(x[:50], DT, Levels())
    assert len(one.t) == 1 and transitions(one, np.array([0.1, 0.2]), np.zeros(2)) == []
    assert occupancy(one)[1] == 0.0


def test_occupancy_counts_windows_and_changes():
    states = np.array([REST, REST, SPIKES, SPIKES, RHYTHM, REST])
    shares, switches = occupancy(Windows(np.arange(6.0), states, np.zeros(6)))
    np.testing.assert_allclose(shares, [0.5, 1 / 3, 1 / 6, 0.0])
    assert switches == pytest.approx(3 / 5)


STATIC = Static(113.586, 137.379, 89.829, 315.696, -12.147)


@pytest.mark.parametrize(("before", "after", "p", "value"), [
    (REST, SPIKES, 116.0, 113.586), (SPIKES, REST, 112.0, 113.586), (SPIKES, RHYTHM, 144.0, 137.379),
    (RHYTHM, HIGH, 333.0, 315.696), (HIGH, RHYTHM, 280.0, 315.696), (RHYTHM, HIGH, 60.0, 89.829),
    (HIGH, REST, -30.0, -12.147), (RHYTHM, SPIKES, 120.0, math.nan)])
def test_each_change_has_its_bifurcation(before, after, p, value):
    assert STATIC.of(Transition(0.0, p, before, after, True)) == pytest.approx(value, nan_ok=True)
    assert math.isnan(Static().of(Transition(0.0, p, before, after, True)))


def test_what_noise_takes_back_is_left_out_and_turns_before_the_fall_belong_to_it():
    up = [Transition(t, p, *pair, True) for t, p, pair in
          ((1.0, 317.0, (RHYTHM, HIGH)), (2.0, 318.0, (HIGH, RHYTHM)), (3.0, 319.0, (RHYTHM, HIGH)))]
    assert STATIC.lasting(up) == up[2:]
    down = [Transition(1.0, 280.0, HIGH, RHYTHM, False), Transition(2.0, 70.0, RHYTHM, HIGH, False),
            Transition(3.0, -20.0, HIGH, RHYTHM, False), Transition(4.0, -24.0, RHYTHM, REST, False)]
    assert STATIC.lasting(down) == [*down[:2], Transition(4.0, -24.0, HIGH, REST, False)]


def test_background_has_the_diagram_of_the_column():
    whole = whole_of(COLUMN, SILENT)
    np.testing.assert_allclose(static_of(whole), (113.586273, 137.379267, 89.829108, 315.696428, -12.147492), atol=2e-6)
    assert whole.whole and not rests_of(COLUMN).whole and math.isnan(static_of(rests_of(COLUMN)).spikes)

    def at(line, p):  # values of a line with gaps at one parameter
        x, y = line
        k = np.flatnonzero((x[:-1] - p) * (x[1:] - p) <= 0.0)
        return np.sort(y[k] + (p - x[k]) / (x[k + 1] - x[k]) * (y[k + 1] - y[k]))

    np.testing.assert_allclose(at(whole.stable, 100.0), [1.56031836], atol=0.03)
    np.testing.assert_allclose(at(whole.unstable, 100.0), [3.32732322, 6.80455824], atol=0.03)
    np.testing.assert_allclose(at(whole.cycles, 120.0), [1.22607, 5.890387, 7.955603, 11.16978], atol=0.05)
    np.testing.assert_allclose(at(whole.cycles, 300.0), [7.243139, 8.772242], atol=0.05)
    assert len(at(whole.unstable_cycles, 50.0)) == 2 and not len(at(whole.unstable_cycles, 200.0))


def test_background_of_the_microcircuit_has_one_hopf_point():
    static = static_of(rests_of(MICROCIRCUIT))
    assert static.begins == pytest.approx(3.1949730172, abs=1e-6) and np.isnan(static[:2] + static[3:]).all()


TABLE = {8.0: (114.4, 148.0, 342.4, 282.0, 58.8, -36.4), 4.0: (114.4, 143.6, 333.2, 297.6, 72.0, -31.6),
         2.0: (114.2, 141.4, 326.2, 298.8, 79.8, -24.0)}


@pytest.mark.parametrize("rate", [*TABLE, 1.0, 16.0])
def test_changes_along_a_ramp_are_those_of_the_specification(rate):
    rows, static = [], static_of(whole_of(COLUMN, SILENT))
    for seed in range(8):
        run = column_run(Course("p", -40.0, 345.0, rate), 0.03, seed=seed)
        found = static.lasting(transitions(windows_of(run.x, run.dt, LEVELS[COLUMN]), run.t, run.parameter))
        if rate > 10.0:  # then the high rest is not reached before the turn
            assert [(c.before, c.after) for c in found[:2]] == [(REST, SPIKES), (SPIKES, RHYTHM)]
            assert found[-1].after == REST
        assert rate > 10.0 or [(c.before, c.after, c.rising) for c in found] == [
            (REST, SPIKES, True), (SPIKES, RHYTHM, True), (RHYTHM, HIGH, True), (HIGH, RHYTHM, False),
            (RHYTHM, HIGH, False), (HIGH, REST, False)]
        rows.append([c.parameter for c in found[:2] + found[-1:]] if rate > 10.0 else [c.parameter for c in found])
    low, high, good = np.min(rows, axis=0), np.max(rows, axis=0), 0.4 * rate  # s of a window times the rate
    if rate in TABLE:
        np.testing.assert_array_less(low - good, TABLE[rate])
        np.testing.assert_array_less(TABLE[rate], high + good)
    bifurcations = static[0], static[1], static[3], static[3], static[2], static[4]
    late = (np.mean(rows, axis=0) - (bifurcations if rate < 10.0 else np.take(bifurcations, [0, 1, 5])))
    ways = np.array([1, 1, 1, -1, -1, -1]) if rate < 10.0 else np.array([1, 1, -1])
    np.testing.assert_array_less(-good, ways * late)
    assert np.all(ways[1:] * late[1:] > 0.0)
