"""Fixed points of the microcircuit at the ends of its sliders, beside SciPy's, found from many starts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from ncm_app.models.masses._microcircuit import gains, inputs, response, taus
from ncm_app.models.masses.canonical_microcircuit import SPM_2014, SPM_TFM, CanonicalMicrocircuit
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

CASES = {
    "driven": {"U_ii": -2.324, "B": -0.859, "T_ii": 44.808},
    "superficial": SPM_TFM | {"R": 2.0, "G_11": 6.601, "g_superficial": 15.0, "U_ii": -2.639},
    "slow and driven": {"U": 1.77, "B": -2.7, "T_ss": 100.0},
    "deep": SPM_2014 | {"R": 0.1, "g_deep": 6.0},
    "steep": SPM_2014 | {"g_deep": 6.0, "g_granular": 0.744, "rho": 22.129, "B": 2.198, "T_dp": 40.837, "G_9": -1.0,
                         "G_13": 8.0},
    "granular": SPM_TFM | {"R": 0.967, "G_3": 0.279, "G_11": 3.602, "g_granular": 8.0, "U": -2.295, "U_ii": -1.551},
}


def found_by_scipy(p, starts=150):
    """Return the fixed points V = T (W S(V) + U) that SciPy finds from starts of all scales."""
    rng, seen = np.random.default_rng(0), []
    for _ in range(starts):
        guess = rng.normal(size=4) * rng.choice([0.5, 5.0, 20.0, 100.0])
        answer = root(lambda v: v - taus(p) * (gains(p) @ response(v, p)[0] + inputs(p)), guess, tol=1e-12)
        size = 1.0 + np.abs(answer.x).max()
        if np.abs(answer.fun).max() < 1e-9 * size and all(np.abs(answer.x - x).max() > 1e-5 * size for x in seen):
            seen.append(answer.x)
    return seen


@pytest.mark.parametrize("case", CASES)
def test_fixed_points_far_from_rest_are_found(case):
    snapshot = snapshot_of(CanonicalMicrocircuit, **CASES[case])
    ours = np.array([point.state[:4] for point in equilibria(snapshot).points])
    near = [point for point in found_by_scipy(snapshot.p) if np.abs(point).max() < 300.0]
    assert near
    for point in near:
        assert np.abs(ours - point).max(axis=1).min() < 1e-6 * (1.0 + np.abs(point).max())
