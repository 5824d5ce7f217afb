"""What neural masses are timed beside answers the same questions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks import masses, masses_plainly
from benchmarks.masses import snapshot
from ncm_app.models.masses._microcircuit_plots import spectrum
from ncm_app.models.masses.canonical_microcircuit import CanonicalMicrocircuit
from ncm_app.models.masses.jansen_rit import JansenRit
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria


def test_noisy_oscillator_and_its_loop_do_the_same():
    out = np.empty((4, masses.STEPS))
    masses.oscillator(out)
    turns = masses_plainly.STEPS * masses_plainly.TURN / (2 * math.pi)
    assert (turns, masses_plainly.STEPS) == (pytest.approx(100.0), masses.STEPS)  # 10 s at 10 Hz
    assert out[0].mean() == pytest.approx(masses_plainly.oscillator_run(), rel=0.4)  # other draws of the same noise
    assert np.std(np.diff(out[0])) > 0.0 and np.all(out[0] < 6.0)


@pytest.mark.parametrize("p", [-30.0, 100.0, 200.0])
def test_fixed_points_by_hand_are_those_of_the_page(p):
    here = snapshot(JansenRit, p=p)
    found, plain = equilibria(here).points, masses_plainly.equilibria_at(here.p)
    assert [point.state[0] for point in found] == pytest.approx([y for y, _ in plain], abs=1e-9)
    for point, (_, values) in zip(found, plain, strict=True):
        np.testing.assert_allclose(np.sort_complex(point.eigenvalues), np.sort_complex(values), atol=1e-8)
    assert [len(points) for points in masses_plainly.sweep(here.p, 3)] == [1, 1, 1]


@pytest.mark.parametrize(("model", "values"), [(JansenRit, {"sigma": 2.0}), (CanonicalMicrocircuit, {"dt": 0.5})],
                         ids=["jansen_rit", "canonical_microcircuit"])
def test_loop_makes_the_steps_of_the_page(model, values):
    here = snapshot(model, t_end=100.0, **values)
    np.testing.assert_allclose(masses_plainly.run_of(here), simulate(here).y, atol=1e-9)


def test_spectrum_by_hand_is_that_of_the_page():
    here = snapshot(CanonicalMicrocircuit, sigma=0.02)
    f, power, theory = masses_plainly.spectrum_of(run := simulate(here), here.p)
    drawn, inner = spectrum(run, here.p), slice(10, 180)
    np.testing.assert_allclose(np.interp(f[inner], *drawn["run"]), power[inner], rtol=1e-6)
    np.testing.assert_allclose(np.interp(f[inner], *drawn["theory"]), theory[inner], rtol=0.03)
