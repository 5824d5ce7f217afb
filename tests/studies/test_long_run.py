"""What a run comes to in the end, against systems whose answer is known; nothing is said of what is not certain."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.studies.long_run import late_interval, late_period, late_swing, long_run, rests_of, spikes_of
from ncm_app.studies.simulate import simulate


def ask(slug, preset, **changes):
    model = find(slug)
    return model(**{**model.preset_values(preset), **changes}).snapshot()


@pytest.mark.parametrize(("slug", "preset", "changes", "ends"), [
    ("phase_line", "Ex A.7.3", {}, "rests"), ("phase_line", "Ex A.7.4, a > 0", {}, "leaves its range"),
    ("brusselator", "Rest", {}, "rests"), ("brusselator", "Rest", {"B": 2.1}, "oscillates"),
    ("hopf_system", "Ex A.9.3", {}, "rests"), ("hopf_system", "Ex A.9.3, outside", {}, "leaves its range"),
    ("phase_oscillators", "Two coupled", {}, "rests"), ("phase_oscillators", "Two coupled", {"D": 0.22}, "slips")])
def test_end_is_told(slug, preset, changes, ends):
    assert long_run(ask(slug, preset, **changes)).ends == ends


@pytest.mark.parametrize(("slug", "preset"), [
    ("lorenz", "Ex A.6.2"),  # neither rests nor repeats itself
    ("leaky_integrator", "Sine"),  # an input that changes
    ("eif", "Fig 1.3 A")])  # resets
def test_nothing_is_told_of_what_is_not_certain(slug, preset):
    assert long_run(ask(slug, preset)) is None


def test_place_of_rest_is_a_root_of_the_cubic():
    np.testing.assert_allclose(long_run(ask("phase_line", "Ex A.7.3", x_0=0.9)).rest, [-1.0], atol=1e-9)
    np.testing.assert_allclose(rests_of(ask("phase_line", "Ex A.7.3")), [-1.0, 2.0], atol=1e-9)


def test_period_near_a_hopf_point_is_that_of_its_eigenvalues():
    # The Brusselator's Hopf point is at B = 1 + A^2, its frequency there A radians per ms.
    assert late_period(ask("brusselator", "Rest", A=1.0, B=2.1)) == pytest.approx(2.0 * np.pi, rel=0.02)
    assert np.isnan(late_period(ask("brusselator", "Rest")))


def test_interval_of_the_lif_is_its_formula():
    snapshot = ask("lif", "Fig B.3")
    p = snapshot.p
    exact = p.tau_m * np.log((p.E_L + p.I_0 - p.V_re) / (p.E_L + p.I_0 - p.V_T))
    assert late_interval(snapshot) == pytest.approx(exact, abs=2.0 * snapshot.dt)
    silent = ask("lif", "Fig B.3", I_0=0.0)
    assert np.isnan(late_interval(silent)) and len(spikes_of(silent)) == 0


def test_swing_is_that_of_the_filtered_sine():
    snapshot = ask("leaky_integrator", "Sine", dt=0.01)
    p = snapshot.p
    assert spikes_of(snapshot) is None
    gain = 1.0 / np.hypot(1.0, 2.0 * np.pi * p.f_x * 1e-3 * p.tau_m)
    assert late_swing(simulate(snapshot)) == pytest.approx(2.0 * p.I_1 * gain, rel=0.02)
