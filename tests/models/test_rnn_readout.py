"""The page of the recurrent network with a readout: targets, rules that change on the way, bounds, files."""

import re

import numpy as np
import pytest

from ncm_app.models.learning import _rnn_readout_plots as plotted
from ncm_app.models.learning import _rnn_readout_state as taught
from ncm_app.models.learning.rnn_readout import RNNReadout
from ncm_app.readers.curves import read_curve
from ncm_app.studies.learning import learn
from ncm_app.studies.plots import drawn_columns, measures, run_or_perform, told
from tests.models.asking import snapshot_of

PLOTS = {plot.name: k for k, plot in enumerate(RNNReadout.plots)}
SHORT = {"t_end": 2000.0, "t_on": 500.0, "t_off": 1500.0, "N": 80}


def snapshot(preset="Fig 4.2", **changes):
    return snapshot_of(RNNReadout, preset, **changes)


def columns(snapshot, name):
    return drawn_columns(snapshot, PLOTS[name])


@pytest.mark.parametrize(("name", "at_quarter", "mean_square"), [
    ("sine", 1.0, 0.5), ("square", 1.0, 1.0), ("sum of sines", (1.0 - 1.0 / 6.0) / 1.5,
                                              (1.0 + 1.0 / 4.0 + 1.0 / 36.0 + 1.0 / 9.0) / 2.25 / 2.0)])
def test_targets(name, at_quarter, mean_square):
    p = snapshot(target=name, period=400.0, amplitude=2.0).p
    t = np.arange(0.0, 4000.0, 0.25)
    y = taught.target(t, p)
    assert y[400] == pytest.approx(2.0 * at_quarter)
    assert np.mean(y**2) == pytest.approx(4.0 * mean_square, rel=1e-3)
    np.testing.assert_allclose(y[:1600], y[1600:3200], atol=1e-9)


def test_a_drawn_target_is_repeated_and_a_sine_stands_in_for_none():
    drawn = tuple(np.linspace(-1.0, 1.0, 64))
    p = snapshot("Your own target", drawn=drawn, period=630.0).p
    np.testing.assert_allclose(taught.target(np.array([0.0, 310.0, 630.0, 940.0]), p),
                               [-1.0, -1.0 / 63.0, -1.0, -1.0 / 63.0], atol=0.02)
    empty = snapshot("Your own target", drawn=())
    assert told(empty).startswith("nothing is drawn yet")
    np.testing.assert_array_equal(taught.target(np.arange(50.0), empty.p),
                                  taught.target(np.arange(50.0), snapshot().p))


def test_a_file_is_the_target():
    spread = read_curve("y.csv", b"0\n1\n0\n-1\n0\n")
    p = snapshot(period=400.0).p
    np.testing.assert_allclose(taught.target(np.array([0.0, 50.0, 100.0, 300.0, 450.0]), p, spread),
                               [0.0, 0.5, 1.0, -1.0, 0.5])
    timed = read_curve("ty.csv", b"t (s),y\n0,0\n0.1,1\n0.2,0.5\n")
    np.testing.assert_allclose(taught.target(np.array([0.0, 100.0, 150.0, 299.0, 300.0, 400.0]), p, timed),
                               [0.0, 1.0, 0.75, 0.5, 0.0, 1.0])


def test_a_file_that_is_open_is_learned():
    model = RNNReadout(**RNNReadout.preset_values("Ex 4.2.3"))
    y = np.round(0.8 * np.sin(2.0 * np.pi * np.arange(200) / 200.0) ** 3, 4)
    model.opened = read_curve("cubes.csv", "\n".join(map(str, y)).encode())
    answer = run_or_perform(model.snapshot())
    assert answer.curve.source == "cubes.csv"
    assert "kept the target" in told(model.snapshot())
    assert np.abs(answer.y).max() == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("learning", ["LMS", "RLS"])
def test_a_run_that_was_paused_is_the_run(learning):
    """Step by step, out of order, and under a rule that was changed on the way and is written in the link."""
    asked = {**SHORT, "learning": learning}
    whole = RNNReadout.perform(snapshot(**asked).p, Quiet())
    for steps in (1, 1100, 4000):
        part = learn(snapshot(**asked, steps=steps))
        assert part.step == steps
        assert np.array_equal(part.z, whole.z[:steps + 1])
    past = ((1500, "eps", 0.001), (1500, "eps_R", 0.5), (2200, "learning", "LMS"))
    changed = learn(snapshot(**asked, past=past))
    assert np.array_equal(changed.z, RNNReadout.perform(snapshot(**asked, past=past).p, Quiet()).z)
    first = learn(snapshot(**{**asked, "learning": "LMS"}, eps=0.001, eps_R=0.5, steps=1500))
    assert np.array_equal(changed.z[:1501], first.z)
    assert not np.array_equal(changed.z, whole.z)


class Quiet:
    """Takes no notice of progress."""

    wants_partial = False

    def report(self, fraction, partial=None):
        pass


def test_the_bound_is_told_before_it_is_crossed_and_after():
    for steps in (0, 4000):
        said = told(snapshot("LMS diverges", steps=steps))
        assert said.startswith("learning will diverge: eps = 0.05 lies above 2 / |r|² = 0.03")
    assert "diverge" not in told(snapshot(steps=4000))
    over = snapshot("LMS diverges")
    answer = run_or_perform(over)
    assert answer.failed == told(over)
    share, time = (float(found) for found in re.search(r"= (\S+) at (\d+) ms, above 2", answer.failed).groups())
    assert share == pytest.approx(0.05 * answer.size[round(time / 0.5)], rel=1e-3)
    assert share > 2.0
    assert answer.failed.endswith(f"the readout passed 100 at {answer.step * 0.5:.0f} ms")
    assert answer.step < 10_000
    z = columns(over, "readout")["z"][1]
    assert np.nanmax(np.abs(z)) < 10.0  # what diverges leaves the picture
    assert columns(over, "error")["RMS"][1][-1] > 1.0
    assert np.nanmax(columns(over, "overshoot")["share"][1]) > columns(over, "overshoot")["bound"][1][0] == 2.0


def test_rls_has_the_same_bound():
    assert told(snapshot("Ex 4.2.3", eps_R=2.5, steps=4000)).startswith("learning will diverge: eps_R = 2.5")
    assert "eps_R rᵀP r" in told(snapshot("Ex 4.2.3", eps_P=0.0))


def test_steps_that_overshoot_without_an_end_are_told():
    answer = told(snapshot(eps=0.05, N=100))
    assert "above 2" in answer


def test_what_was_taught_before_is_told_once_nothing_is():
    said = told(snapshot(learning="none", past=((8000, "learning", "LMS"),)))
    assert said.startswith("R is held from 4000 ms on")
    assert "lost the target" in said
    assert told(snapshot(learning="none")).startswith("nothing is learned, and the rates go on")


def test_learning_times_are_drawn():
    x, y = columns(snapshot(**SHORT), "readout")["learns"]
    np.testing.assert_allclose(x[:2], [500.0, 1499.5])
    assert len(set(y[:2])) == 1
    assert not np.isfinite(columns(snapshot(learning="none"), "readout")["learns"][0]).any()


def test_errors_are_told_by_window():
    shot = snapshot("Ex 4.2.3")
    answer, found = run_or_perform(shot), {one.name: one.value for one in measures(shot)}
    error = answer.z - answer.y
    for name, low, high in (("RMS error before it learns", 2000.0, 2500.0),
                            ("RMS error while it learns", 7000.0, 7500.0),
                            ("RMS error once R is held", 9500.5, 10_000.5)):
        inside = (answer.t >= low) & (answer.t < high)
        assert found[name] == pytest.approx(np.sqrt(np.mean(error[inside] ** 2)), rel=1e-6)
    t, rms = columns(shot, "error")["RMS"]
    assert len(t) == plotted.WINDOWS
    assert np.sqrt(np.mean(rms[:20] ** 2)) == pytest.approx(np.sqrt(np.mean(error[:5000] ** 2)), rel=1e-3)


def test_eigenvalues_before_and_after():
    shot = snapshot(**SHORT, rho=1.2, gain=1.5)
    drawn = columns(shot, "eigenvalues")
    p, W = shot.p, taught.network_of(shot.p).columns.T.astype(float)
    Q, R = taught.network_of(p).Q, run_or_perform(shot).R
    for mark, matrix in (("before", W), ("after", W + np.outer(Q, R))):
        expected = np.sort_complex(1.5 * np.linalg.eigvals(matrix))
        found = np.sort_complex(drawn[mark][0].astype(float) + 1j * drawn[mark][1])
        np.testing.assert_allclose(np.sort(np.abs(found)), np.sort(np.abs(expected)), atol=1e-4)
    np.testing.assert_allclose(np.hypot(*drawn["Girko"]), 1.8, rtol=1e-6)
    np.testing.assert_allclose(np.hypot(*drawn["unit"]), 1.0, rtol=1e-6)
    assert "after" not in columns(snapshot(**SHORT, feedback="off"), "eigenvalues")


def test_exponents_over_rho():
    drawn = columns(snapshot("Transition at rho = 1"), "exponents")
    rho, value = drawn["computed"]
    assert np.all(value[rho < 0.9] < 0.0)
    assert value[rho > 1.9].min() > 0.0
    assert np.all(value < np.interp(rho, *drawn["theory"]) + 0.03)
    assert "closed" in columns(snapshot("Ex 4.2.3"), "exponents")


def test_once_it_is_learned_the_exponent_is_that_of_a_cycle():
    drawn = columns(snapshot("Ex 4.2.3"), "exponents")
    assert abs(float(drawn["closed"][1][0])) < 0.01


def test_progress_is_told_in_ms():
    assert RNNReadout.progress_words(2400, snapshot().p) == "1200"
    assert RNNReadout.counted == "ms"
    assert RNNReadout.last_step(snapshot(dt=0.1).p) == 50_000
