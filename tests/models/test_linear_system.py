"""What pencil and paper say of linear systems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from ncm_app.models.linear_system import LinearSystem, exact
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

entries = st.floats(-12, 12)


@given(a=entries, b=entries, c=entries, d=entries, u=entries.map(lambda v: v / 2), t=st.floats(0.01, 1))
@settings(max_examples=200, deadline=None)
def test_closed_form_is_the_matrix_exponential(a, b, c, d, u, t):
    p = snapshot_of(LinearSystem, a=a, b=b, c=c, d=d, u_1_0=u, u_2_0=1.0).p
    size = np.exp(np.linalg.norm([[a, b], [c, d]]) * t)
    found = [x[0] for x in exact(np.array([t]), p)]
    np.testing.assert_allclose(found, expm(t * np.array([[a, b], [c, d]])) @ [u, 1.0], atol=1e-8 * size)


@pytest.mark.parametrize(("a", "b", "c", "d"), [(-1, 1, 0, -1), (0, 0, 0, 0), (2, 0, 0, 2), (-1, 1, 1e-18, -1)])
def test_closed_form_survives_equal_eigenvalues(a, b, c, d):
    p = snapshot_of(LinearSystem, a=a, b=b, c=c, d=d).p
    found = [x[0] for x in exact(np.array([1.5]), p)]
    np.testing.assert_allclose(found, expm(1.5 * np.array([[a, b], [c, d]], dtype=float)) @ [1.75, 0.25], rtol=1e-9)


@given(a=entries, b=entries, c=entries, d=entries)
@settings(max_examples=100, deadline=None)
def test_trace_and_determinant_decide_the_kind(a, b, c, d):
    trace, determinant = a + d, a * d - b * c
    if min(abs(trace), abs(determinant), abs(trace**2 - 4 * determinant)) < 1e-3:
        return
    (point,) = equilibria(snapshot_of(LinearSystem, a=a, b=b, c=c, d=d)).points
    shape = "spiral" if trace**2 < 4 * determinant else "node"
    side = "stable" if trace < 0 else "unstable"
    assert point.kind == ("saddle" if determinant < 0 else f"{side} {shape}")


def test_eulers_spiral_is_too_large_by_the_growth_of_its_map():
    """Each step multiplies the distance by |1 + dt lambda| instead of exp(dt Re lambda)."""
    snapshot = snapshot_of(LinearSystem, "Fig A.8 stable spiral")
    end, true = simulate(snapshot).y[:, -1], [x[-1] for x in exact(np.array([0.0, 5.0]), snapshot.p)]
    growth = (abs(1 + 0.001 * (-1 + 10j)) / np.exp(-0.001)) ** 5000
    assert np.hypot(*end) / np.hypot(*true) == pytest.approx(growth, rel=1e-6)
    assert growth == pytest.approx(1.281, abs=5e-4)
