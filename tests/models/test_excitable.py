"""What pencil and paper say of the neurons with two states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.models.cells import morris_lecar as ml
from ncm_app.models.cells.fitzhugh_nagumo import FitzHughNagumo
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of, special

# FitzHugh-Nagumo ----------------------------------------------------------------------

def test_fitzhugh_nagumo_hopf_points_have_zero_trace():
    v = np.sqrt(1 - 0.064) * np.array([-1, 1])
    current = (v + 0.7) / 0.8 - v + v**3 / 3
    found = [q for q in diagram(FitzHughNagumo().snapshot(), "I").points if q.code == "H"]
    assert [q.parameters["I"] for q in found] == pytest.approx(current, rel=1e-9)
    assert current == pytest.approx([0.331281337, 1.418718663], abs=5e-10)
    assert [q.state[0] for q in found] == pytest.approx(v, rel=1e-7)
    assert [1 / q.frequency for q in found] == pytest.approx([22.805917] * 2, rel=1e-7)


@given(b=st.floats(0, 2), phi=st.floats(0.005, 1), I=st.floats(-1, 2.5))
@settings(max_examples=40, deadline=None)
def test_fitzhugh_nagumo_points_lie_on_both_nullclines(b, phi, I):  # noqa: E741
    for point in equilibria(snapshot_of(FitzHughNagumo, b=b, phi=phi, I=I)).points:
        v, w = point.state
        assert w == pytest.approx(v - v**3 / 3 + I, abs=1e-8)
        assert b * w == pytest.approx(v + 0.7, abs=1e-8)
        assert point.trace == pytest.approx(1 - v**2 - b * phi, abs=1e-6)


# Morris-Lecar -------------------------------------------------------------------------

@pytest.mark.parametrize("preset", MorrisLecar.presets)
def test_morris_lecar_gates_are_half_open_at_their_potentials(preset):
    p = snapshot_of(MorrisLecar, preset).p
    assert [ml.m_inf(p.V_1, p), ml.w_inf(p.V_3, p)] == [0.5, 0.5]
    assert ml.m_inf(p.V_1 + p.V_2 / 2, p) == pytest.approx(1 / (1 + np.exp(-1)))


def test_morris_lecar_references():
    hopf = [q for q in diagram(snapshot_of(MorrisLecar, "Hopf"), "I").points if q.code == "H"]
    assert [q.parameters["I"] for q in hopf] == pytest.approx([93.857618, 212.018817], rel=1e-6)
    assert [q.state[0] for q in hopf] == pytest.approx([-25.270105, 7.800664], rel=1e-6)
    assert [1 / q.frequency for q in hopf] == pytest.approx([78.75661, 42.28192], rel=1e-6)


def test_two_kinds_of_onset_share_their_fixed_points():
    """phi changes the speed of w alone: folds stay, the Hopf point moves."""
    saddle_node, homoclinic = (snapshot_of(MorrisLecar, name) for name in ("SNIC", "homoclinic"))
    assert special(saddle_node, "I", "LP") == pytest.approx(special(homoclinic, "I", "LP"), abs=1e-6)
    assert special(saddle_node, "I", "H")[0] > special(saddle_node, "I", "LP")[1] > special(homoclinic, "I", "H")[0]


def test_period_grows_like_an_inverse_root_at_the_saddle_node():
    fold = special(snapshot_of(MorrisLecar, "SNIC"), "I", "LP")[1]
    near, far = (limit_cycle(snapshot_of(MorrisLecar, "SNIC", I=fold + gap)).period for gap in (0.02, 0.08))
    assert near / far == pytest.approx(2.0, rel=0.05)
