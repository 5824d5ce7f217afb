"""The page of slow drift: what it draws, measures and says, at both ends of its sliders too."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.models.masses import _drift_plots as plots
from ncm_app.models.masses._drift_runs import _WHOLE, BURSTS, CASES, COLUMN, LAGS, LOOP, NOISE, perform
from ncm_app.models.masses.slow_drift import SlowDrift
from ncm_app.numerics.drift.states import HIGH, RHYTHM
from ncm_app.numerics.system import Partial, Progress
from ncm_app.studies.plots import idle, measures, run_or_perform, told
from tests.models.asking import snapshot_of


def asked(preset="Up and down", **changes):
    snapshot = snapshot_of(SlowDrift, preset, **changes)
    return snapshot.p, run_or_perform(snapshot), {m.name: m for m in measures(snapshot)}, told(snapshot)


def test_changes_stand_beside_what_they_are_without_drift():
    _, _, found, words = asked()
    static = {"spikes, up": 113.586, "rhythm, up": 137.379, "high rest, up": 315.696, "rhythm, down": 315.696,
              "high rest, down": 89.829, "low rest, down": -12.147}
    assert {name: round(m.theory, 3) for name, m in found.items()} == static
    for m in found.values():
        assert f"{m.value:.1f} ({m.theory:.2f})".replace("-", "−") in words
    assert words.index("up: spikes from") < words.index("down: rhythm from")


def test_run_lies_between_the_extremes_of_its_cycle():
    p, answer, _, _ = asked(rate=1.0)
    drawn = plots.draw_diagram(answer, p)
    parameter, x = drawn["up"]
    rhythm = (parameter > 180.0) & (parameter < 260.0) & np.isfinite(x)
    xs, ys = answer.background.cycles
    pieces = np.split(np.arange(len(xs)), np.flatnonzero(np.isnan(xs)))
    whole = [piece[np.isfinite(xs[piece])] for piece in pieces]
    alpha = [piece for piece in whole if len(piece) and xs[piece].max() > 300.0]
    low, high = sorted((np.interp(parameter[rhythm], *(c[np.argsort(xs[piece])] for c in (xs[piece], ys[piece])))
                        for piece in alpha), key=np.mean)
    np.testing.assert_array_less(low - 0.12, x[rhythm])
    np.testing.assert_array_less(x[rhythm], high + 0.12)


def test_up_and_down_share_the_run_between_them():
    p, answer, _, _ = asked()
    drawn = plots.draw_trace(answer, p)
    (t, up), (_, down) = drawn["up"], drawn["down"]
    assert np.all(np.isnan(up) != np.isnan(down))
    turn = t[np.flatnonzero(np.isfinite(down))[0]]
    assert turn == pytest.approx(answer.run.t[-1] / 2, abs=0.3) and np.all(np.isfinite(up) == (t < turn))
    p, answer, _, _ = asked(p_from=345.0, p_to=-40.0)
    falling = plots.draw_trace(answer, p)["down"][1]
    assert np.isfinite(falling[: len(falling) // 3]).all()


@pytest.mark.parametrize("at", [0.0, 22.0, 60.0, 100.0])
def test_moment_is_shown_in_every_plot(at):
    p, answer, _, _ = asked(at=at)
    k = plots.here(answer, p)
    assert plots.share_at(float(answer.run.t[k]), p) == pytest.approx(at, abs=0.1)
    (x,), (y,) = plots.draw_diagram(answer, p)["here"]
    assert (x, y) == (answer.run.parameter[k], answer.run.x[k])
    t, signal = plots.draw_window(answer, p)["x"]
    assert t[-1] == pytest.approx(2.0) and (at == 100.0 or signal[0] == answer.run.x[k])
    f, power = plots.draw_spectrum(answer, p)["power"]
    assert f[0] > 0.0 and f[-1] <= 40.0 and np.all(power > 0.0)
    if at == 60.0:  # on the way down through the rhythm
        assert f[np.argmax(power)] == pytest.approx(11.0, abs=0.6)


def test_moment_asks_nothing_anew():
    assert asked(at=10.0)[1] is asked(at=90.0)[1]


def test_lags_are_drawn_over_their_theory():
    p, answer, found, words = asked("Lag over the rate")
    drawn = plots.draw_lags(answer, p)
    rates, airy = drawn["Airy"]
    x, y = drawn["saddle-node"]
    np.testing.assert_allclose(y, np.exp(np.interp(np.log(x), np.log(rates), np.log(airy))), rtol=0.05)
    assert drawn["here"][0] == [4.0, 4.0] and "2.01 Hz late (theory 1.95)" in words and "15.9 Hz late" in words
    hopf = found["lag behind the Hopf point"]
    assert hopf.value == pytest.approx(hopf.theory, rel=0.05)
    assert 3.0 in asked("Lag over the rate", rate=3.0)[1].lags.rates
    assert plots.draw_lags(*asked()[1::-1]) == {}


OCCUPANCY = [  # p, sigma, start; share of low rest, rhythm and spikes, switches per s: of the specification
    (100.0, 2.0, 1, (0.91, 0.06, 0.03, 0.059)), (125.0, 2.0, 0, (0.0, 0.66, 0.34, 0.196)),
    (125.0, 4.0, 0, (0.0, 0.09, 0.91, 0.222))]


@pytest.mark.parametrize(("value", "sigma", "start", "expected"), OCCUPANCY, ids=range(3))
def test_itinerancy_is_that_of_the_specification(value, sigma, start, expected):
    rows = []
    for seed in range(24):
        found = asked("Itinerancy", p=value, sigma=sigma, T=40.0, seed=seed,
                      start=SlowDrift.control("start").objects[start])[2]
        rows.append([m.value for m in found.values()])
    shares = np.mean(rows, axis=0)
    scatter = np.std(rows, axis=0, ddof=1) / math.sqrt(24) * math.sqrt(2.0)  # that of the specification too
    assert np.all(np.abs(shares[:3] - expected[:3]) < 3.0 * scatter[:3] + 0.01)
    assert abs(shares[3] - expected[3]) < 0.08  # how many single windows look like spikes depends on the level
    assert shares[:3].sum() == pytest.approx(1.0)


def test_noise_in_the_low_rest_does_not_leave_it_far_below_the_saddle_node():
    _, answer, found, _ = asked("Itinerancy", p=50.0, sigma=4.0, T=400.0)
    assert found["time in the low rest"].value > 0.99 and not np.any(answer.windows.state == HIGH)


def test_errors_of_shares_are_those_over_seeds():
    rows = [(m["time in spikes"].value, m["time in spikes"].error)
            for m in (asked("Itinerancy", seed=seed, T=240.0)[2] for seed in range(16))]
    values, errors = np.array(rows).T
    assert 0.5 < values.std(ddof=1) / errors.mean() < 2.0


def test_bursts_turn_about_the_fold():
    p, answer, found, words = asked("Bursts by themselves")
    assert "exceeds (G_0 - G) / R² at the fold of cycles, (11.5 - 8.27) / 1.41² = 1.63" in words
    assert found["G at onset"].value > found["G at the Hopf point"].value > found["G at the fold"].value
    assert found["G at the fold"].value > found["G at offset"].value
    drawn = plots.draw_gain(answer, p)
    assert drawn["fold"][1] == [found["G at the fold"].value] * 2 and plots.draw_gain(*asked()[1::-1]) == {}
    shown = plots.draw_diagram(answer, p)
    np.testing.assert_allclose(shown["points"], ((8.273004, 9.524391), (1.409145, 0.0)), atol=2e-6)
    G, R = shown["stable"]
    assert np.interp(9.0, G[3:], R[3:]) == pytest.approx(2.0, abs=0.3)
    assert 0.2 < np.mean(answer.windows.state == RHYTHM) < 0.5


@pytest.mark.parametrize(("changes", "words"), [
    ({"k": 1.2}, "k = 1.2 is at most (G_0 - G) / R² at the fold of cycles"),
    ({"k": 1.2}, "holds its gain above the fold and does not end"),
    ({"G_0": 9.0, "s_0": 0.0}, "rest is stable, and noise alone begins a burst (0 so far)"),
    ({"th": 0.5}, "is supercritical: rest and rhythm never coexist")])
def test_sentence_tells_why_there_are_no_bursts(changes, words):
    assert words in asked("Bursts by themselves", **changes)[3]


def test_microcircuit_has_no_hysteresis_but_a_lag_that_shrinks():
    gaps = []
    for rate in (0.05, 0.02, 0.005):
        _, _, found, words = asked("No hysteresis", rate_g=rate)
        up, down = found["rhythm, up"], found["rest, down"]
        assert up.theory == down.theory == pytest.approx(3.1949730, abs=1e-6)
        assert down.value < 3.195 < up.value and "without drift in brackets" in words
        assert found["expected lag"].value == pytest.approx(math.sqrt(rate / 15.31459), rel=1e-5)
        gaps.append(up.value - down.value)
        assert 0.8 < gaps[-1] / found["expected lag"].value < 4.0
    assert gaps[0] > gaps[1] > gaps[2]


def test_what_has_no_effect_is_dimmed():
    names = set(SlowDrift.controls()) - {"case", "at"}
    for case in CASES:
        dim = idle(snapshot_of(SlowDrift, case=case, T=20.0))
        assert names - dim == set(SlowDrift.idle_unless["case"][case]) | {"seed"}
    assert "seed" in idle(snapshot_of(SlowDrift, sigma=0.0))
    assert "seed" in idle(snapshot_of(SlowDrift, case=BURSTS, s_0=0.0, T=20.0))


ENDS = [(case, name, end) for case in CASES for name in (*SlowDrift.idle_unless["case"][case], "seed", "at")
        for end in getattr(SlowDrift.control(name), "bounds", None) or SlowDrift.control(name).objects]
SHORT = {"rate": 16.0, "T": 60.0}


@pytest.mark.parametrize(("case", "name", "end"), ENDS)
def test_both_ends_of_each_slider_give_an_answer(case, name, end):
    p, answer, found, words = asked(**{"case": case, **SHORT, name: end})
    assert words and "nan" not in words and "inf" not in words
    assert np.isfinite(answer.run.x).all() and all(math.isfinite(m.value) for m in found.values())
    for plot in SlowDrift.plots:
        for columns in plot.draw(answer, p).values():
            assert all(len(columns[0]) == len(column) for column in columns)


@pytest.mark.parametrize(("changes", "words"), [
    ({"p_from": 345.0}, "begin and end are both 345: nothing drifts"),
    ({"case": LOOP, "g_to": 2.9}, "begin and end are both 2.9: nothing drifts"),
    ({"p_from": 200.0, "p_to": 250.0}, "the run stays in one state, rhythm"),
    ({"case": LOOP, "g_to": 3.0}, "the run stays in one state, rest"),
    ({"p_from": 345.0, "p_to": -40.0}, "down: rhythm from"),
    ({"case": NOISE, "p": 0.0}, "100 % low rest, 0 % rhythm, 0 % spikes; 0 switches per s"),
    ({"case": LAGS, "sigma": 8.0}, "Hz per s the saddle-node is")])
def test_sentence(changes, words):
    assert words in asked(**changes)[3]


def test_run_is_drawn_before_the_cycles_are_found(monkeypatch):
    monkeypatch.delitem(_WHOLE, COLUMN, raising=False)
    told_so_far = []

    class Listening(Progress):
        def report(self, fraction, partial=None):
            if isinstance(partial, Partial):
                told_so_far.append(partial.answer)

    p = snapshot_of(SlowDrift, rate=8.0).p
    answer = perform(p, Listening())
    (first,) = told_so_far
    assert not len(first.background.cycles[0]) and len(answer.background.cycles[0])
    np.testing.assert_array_equal(first.run.x, answer.run.x)
    assert [c.parameter for c in first.changes] == [c.parameter for c in answer.changes]
    told_so_far.clear()
    perform(p, Listening())
    assert not told_so_far  # from now on they are known
