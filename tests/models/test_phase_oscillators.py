"""What theory says of oscillators that are phases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ncm_app.models.phase_oscillators import H, PhaseOscillators
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of, special


@given(phase=st.floats(0.1, 2 * np.pi - 0.1), I_0=st.floats(0.1, 9))
@settings(max_examples=30, deadline=None)
def test_push_at_a_right_angle_is_the_phase_response_of_the_qif_neuron(phase, I_0):
    """A small kick to V' = V^2 + I brings the next spike nearer by the kick over V'."""
    root, kick = np.sqrt(I_0), 1e-4
    V = -root / np.tan(phase / 2)
    nearer = quad(lambda v: 1 / (v * v + I_0), V, V + kick)[0] / kick
    push = H(-phase, snapshot_of(PhaseOscillators, "QIF response").p)
    assert push / (2 * I_0) == pytest.approx(nearer, rel=0.02, abs=1e-6)
    assert push == pytest.approx(1 - np.cos(phase), abs=1e-6)


@given(K=st.floats(0.02, 1), D=st.floats(-0.5, 0.5), alpha=st.floats(-1.5, 1.5))
@settings(max_examples=60, deadline=None)
def test_followers_lock_within_the_reach_of_the_push(K, D, alpha):
    reach = [K * (np.sin(alpha) - 1), K * (np.sin(alpha) + 1)]
    if min(abs(D + r) for r in reach) < 1e-3:
        return
    values = {"network": "pacemaker", "K": K, "alpha": alpha, "D_2": D, "D_3": -K * np.sin(alpha)}
    if abs(values["D_3"]) > 0.5:
        return
    points = equilibria(snapshot_of(PhaseOscillators, **values)).points
    assert bool(points) == (reach[0] < -D < reach[1])


def test_three_oscillators_lock_at_the_known_strength():
    """Spacing D and order R: sin(psi) = D / (K R), R = (1 + 2 cos(psi)) / 3."""
    cosine = (np.sqrt(33) - 1) / 8
    strength = 0.3 / (np.sqrt(1 - cosine**2) * (1 + 2 * cosine))
    found = special(snapshot_of(PhaseOscillators, "Kuramoto"), "K", "LP")
    assert min(abs(np.array(found) - strength)) < 1e-8
    assert strength == pytest.approx(0.170438, abs=5e-7)


def test_order_is_one_if_all_phases_agree():
    p = PhaseOscillators().snapshot().p
    y = np.array([[0.0, 2 * np.pi / 3, np.pi], [0.0, 4 * np.pi / 3, 0.0]])
    np.testing.assert_allclose(PhaseOscillators.observe(np.zeros(3), y, p)[0], [1.0, 0.0, 1 / 3], atol=1e-12)
