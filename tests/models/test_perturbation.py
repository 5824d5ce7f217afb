"""The page of second-order analysis: predictions beside true cycles, the cycle engine and averaging."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.models.masses import _perturbation_plots as plots
from ncm_app.models.masses._hopf_points import PLACES, expansion_of, here
from ncm_app.models.masses.perturbation import Perturbation
from ncm_app.numerics.amplitude.feedback import Sigmoid
from ncm_app.numerics.amplitude.landscape import stationary
from ncm_app.numerics.perturbation.averaged import EPSILONS, frequencies, transient
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.plots import measures, run_or_perform, told
from tests.models.asking import snapshot_of


def asked(preset="Alpha ends", **changes):
    snapshot = snapshot_of(Perturbation, preset, **changes)
    return snapshot.p, run_or_perform(snapshot), {m.name: m for m in measures(snapshot)}, told(snapshot)


def test_true_cycle_is_that_of_the_cycle_engine():
    p, _, found, _ = asked()
    cycle = limit_cycle(snapshot_of(find("jansen_rit"), "Alpha", p=plots.parameter_at(p)))
    assert 1000.0 / cycle.period == pytest.approx(found["frequency, order 2"].theory, rel=1e-6)


@pytest.mark.parametrize("point", PLACES)
@pytest.mark.parametrize("kind", ["frequency", "amplitude", "waveform"])
def test_slopes_are_those_of_theory(point, kind):
    _, answer, found, _ = asked(point=point, error=kind)
    assert len(answer.distances) == 23
    for order in (2, 4):
        assert found[f"slope, order {order}"].value == pytest.approx(found[f"slope, order {order}"].theory, abs=0.1)


def test_curves_meet_at_the_hopf_point_and_the_range_is_shaded():
    p, answer, found, _ = asked()
    drawn = plots.draw_amplitude(answer, p)
    for name in ("true", "order 2", "order 4", "order 6"):
        x, y = drawn[name]
        assert (x[0], y[0]) == (pytest.approx(315.696428), 0.0) and np.all(np.diff(y[np.isfinite(y)]) > 0)
    ends, low, high = drawn["valid"]
    assert ends[1] - ends[0] == pytest.approx(found["order 2 valid to"].value) and low[0] == 0.0 < high[0]
    assert drawn["now"][0][0] == pytest.approx(299.696428)
    assert plots.draw_frequency(answer, p)["order 2"][1][0] == 1.0


def test_waves_are_those_of_the_distance():
    p, answer, found, _ = asked(d=64.0)
    drawn = plots.draw_wave(answer, p)
    phase, true = drawn["true"]
    assert phase[-1] == 1.0 and true[0] == true[-1]
    assert np.abs(drawn["order 2"][1] - true).max() == pytest.approx(0.30, abs=0.01)
    assert 2 * abs(np.fft.rfft(true[:-1])[1]) / 128 == pytest.approx(found["first harmonic, order 2"].theory)


def test_distance_is_read_off_the_axis():
    p, *_ = asked(d=20.0)
    assert plots.distance_at(plots.parameter_at(p), p) == pytest.approx(20.0)
    assert plots.distance_at(400.0, p) == 0.1 and plots.distance_at(0.0, p) == 100.0


@pytest.mark.parametrize("point", PLACES)
@pytest.mark.parametrize("d", [0.1, 100.0])
def test_both_ends_of_the_distance_have_a_cycle(point, d):
    p, _, found, words = asked(point=point, d=d)
    assert here(p) is not None and "order 2 misses" in words
    assert found["first harmonic, order 2"].theory > 0.0


@pytest.mark.parametrize(("changes", "words"), [
    ({}, "order 2 misses the first harmonic by 3.8 %, within 5 % up to a distance of 20.8"),
    ({"d": 64.0}, "here take harmonic balance"),
    ({"order": "order 6", "point": "Jansen-Rit, alpha begins"}, "within 5 % as far as is drawn")])
def test_sentence(changes, words):
    assert words in asked(**changes)[3]


def test_error_lines_have_the_expected_slopes():
    p, answer, *_ = asked(error="frequency")
    x, y = (values.reshape(3, 3)[:, :2] for values in plots.draw_errors(answer, p)["expected"])
    np.testing.assert_allclose(np.diff(np.log(y), axis=1)[:, 0] / np.diff(np.log(x), axis=1)[:, 0], (2, 3, 4))


@pytest.mark.parametrize(("th", "G"), [(1.0, 8.9), (1.5, 14.0), (0.4, 6.0)])
def test_frequency_of_the_rhythm_to_second_order(th, G):
    for R in stationary(Sigmoid(G, th)):
        predicted, true = frequencies(Sigmoid(G, th), R)
        np.testing.assert_allclose(true[:3] / predicted[:3], 1.0, atol=2e-3)
        assert np.polyfit(np.log(EPSILONS[:4]), np.log(-true[:4]), 1)[0] == pytest.approx(2.0, abs=0.01)


def test_transient_is_averaged_with_an_error_of_order_eps():
    feedback = Sigmoid(14.0, 1.5)
    parted = [transient(feedback, eps, 2.0, 20.0) for eps in (0.04, 0.02, 0.01)]
    errors = [np.abs(run.R - run.averaged).max() for run in parted]
    np.testing.assert_allclose([errors[0] / errors[1], errors[1] / errors[2]], 2.0, rtol=0.15)
    assert parted[2].averaged[-1] == pytest.approx(stationary(feedback)[1], abs=1e-3)


def test_averaging_is_shown_of_the_oscillator_alone():
    p, answer, *_ = asked()
    assert plots.draw_transient(answer, p) == {} == plots.draw_shift(answer, p)
    p, answer, found, _ = asked("Oscillator")
    drawn = plots.draw_transient(answer, p)
    both = stationary(Sigmoid(plots.parameter_at(p), p.th, p.rho))
    assert drawn["averaged"][1][0] == pytest.approx(1.1 * both[0])
    assert drawn["averaged"][1][-1] == pytest.approx(both[1], rel=0.02)
    assert found["omega_2 of the rhythm"].value < 0.0
    first = expansion_of(p)
    assert first.p[0] == pytest.approx(found["Hopf point"].value)
    assert math.isfinite(first.size(2, plots.parameter_at(p)))


def test_unstable_cycle_near_the_hopf_point_is_the_separatrix_of_averaging():
    p, *_, = asked("Oscillator", eps=0.01, d=60.0)[:1]
    separatrix = stationary(Sigmoid(plots.parameter_at(p), p.th, p.rho))[0]
    assert here(p).a[0, -1] == pytest.approx(separatrix, rel=1e-3)
