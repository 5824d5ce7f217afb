"""The page of semi-stable states: what it draws, measures and says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.models.masses import _semi_stable_plots as plots
from ncm_app.models.masses.semi_stable_states import SemiStableStates
from ncm_app.studies.plots import measures, run_or_perform, told
from tests.models.asking import snapshot_of

NAMES = [plot.name for plot in SemiStableStates.plots]


def asked(preset="Polynomial", **changes):
    snapshot = snapshot_of(SemiStableStates, preset, **changes)
    return snapshot.p, run_or_perform(snapshot), {m.name: m for m in measures(snapshot)}, told(snapshot)


@pytest.mark.parametrize("preset", ["Rest and rhythm", "Polynomial"])
def test_numbers_are_within_their_errors_of_theory(preset):
    _, _, found, _ = asked(preset)
    for name in ("dwell in rhythm", "dwell at rest", "share in rhythm", "mean amplitude"):
        m = found[name]
        assert m.theory is not None and m.error is not None and 0.0 < m.error < 0.2 * m.value
        assert abs(m.value - m.theory) < 3.5 * m.error, name


def test_standard_errors_are_those_over_seeds():
    rows = [[(found[name].value, found[name].error) for name in ("dwell in rhythm", "share in rhythm")]
            for found in (asked(T=400.0, seed=seed)[2] for seed in range(24))]
    values, errors = np.moveaxis(np.array(rows), 2, 0)
    np.testing.assert_array_less(0.6, values.std(axis=0) / errors.mean(axis=0))
    np.testing.assert_array_less(values.std(axis=0) / errors.mean(axis=0), 1.6)


@pytest.mark.parametrize("preset", ["Polynomial", "Noise on the oscillator"])
def test_signal_is_that_of_the_run(preset):
    p, run, _, _ = asked(preset, T=60.0, at=50.0)
    k, drawn = plots.ball_at(run, p), plots.draw_signal(run, p)
    t, x = drawn["x"]
    assert 19.9 < t[-1] <= 20.0 and np.all(np.abs(x) <= drawn["R"][1] + 1e-9)
    if p.noise:
        gap = (run.tau[k + 1] - run.tau[k]) / p.eps / (2 * math.pi)
        assert np.interp(gap, t, x) == pytest.approx(run.x[k + 1], abs=1e-9)
    else:
        assert drawn["R"][1][0] == pytest.approx(run.R[k])


def test_ball_lies_on_the_potential_where_the_run_is():
    p, run, _, _ = asked("Rest and rhythm", at=25.0)
    drawn = plots.draw_potential(run, p)
    (R,), (U,) = drawn["ball"]
    assert run.R[plots.ball_at(run, p)] == R and np.interp(R, *drawn["U"]) == pytest.approx(U, abs=1e-4)
    assert "V" not in drawn and len(drawn["states"][0]) == 3
    p, run, _, _ = asked("Noise on the oscillator", T=50.0)
    drawn = plots.draw_potential(run, p)
    (R,), (V,) = drawn["ball"]
    assert np.interp(R, *drawn["V"]) == pytest.approx(V, abs=1e-3)


def test_dwell_plot_holds_theory_and_run():
    p, run, found, _ = asked()
    drawn = plots.draw_dwell(run, p)
    s, down = drawn["rhythm"]
    assert math.exp(np.interp(1.5, s, np.log(down))) == pytest.approx(5.08, rel=0.02)
    assert drawn["rhythm, run"] == ([1.5], [found["dwell in rhythm"].value])
    assert drawn["errors"][1][1] == pytest.approx(found["dwell at rest"].value + 2 * found["dwell at rest"].error)
    t, share = plots.draw_survival(run, p)["rhythm"]
    assert np.abs(share - np.exp(-t)).max() < 0.08  # leaving forgets
    assert "rhythm, run" not in plots.draw_dwell(asked(T=50.0, R_0=0.0, s=0.3)[1], p)


def test_gain_plot_has_fold_and_hopf_point():
    p, run, _, _ = asked("Rest and rhythm")
    drawn = plots.draw_gain(run, p)
    np.testing.assert_allclose(drawn["fold and Hopf"], ((11.401748, 22.135324), (2.370544, 0.0)), atol=2e-6)
    G, R = drawn["stable"]
    assert np.interp(12.2, G[3:], R[3:]) == pytest.approx(3.1397, abs=1e-3)
    assert plots.draw_gain(run, asked("Polynomial", T=50.0)[0]) == {}
    assert plots.draw_gain(run, asked("No second state", T=50.0)[0])["stable"][1] == [0.0, 0.0]


@pytest.mark.parametrize(("preset", "changes", "words"), [
    ("Polynomial", {}, "rest and a rhythm of amplitude 2, parted at 1"),
    ("Polynomial", {}, "74.8 % of time in it, 92.9 % were the noise on the oscillator"),
    ("Noise on the oscillator", {"T": 50.0}, "one peak of the density"),
    ("Rest and rhythm", {"G": 11.0, "T": 50.0}, "rest alone"),
    ("Rest and rhythm", {"G": 25.0, "T": 50.0}, "rhythm alone, of amplitude 7.75"),
    ("Polynomial", {"T": 30_000.0, "s": 2.0}, "20 million steps")])
def test_sentence(preset, changes, words):
    assert words in asked(preset, **changes)[3]


def test_histogram_is_a_density():
    p, run, _, _ = asked()
    drawn = plots.draw_histogram(run, p)
    edges, heights = drawn["run"]
    assert np.sum(np.diff(edges) * heights) == pytest.approx(1.0)
    middle = 0.5 * (edges[1:] + edges[:-1])
    assert np.abs(heights - np.interp(middle, *drawn["line"])).max() < 0.08 * heights.max()
    assert np.abs(heights - np.interp(middle, *drawn["circle"])).max() > 0.3 * heights.max()
