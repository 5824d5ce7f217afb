"""What must be true of any system: index sums, slopes, mirrored ranges, cycles that close."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ncm_app.core.catalogue import models
from ncm_app.core.model import Flow
from ncm_app.core.quantity import Quantity
from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.fixed_points.degree import index_on_edge
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.jacobian import jacobian
from ncm_app.studies.systems import system_of
from tests.numerics.cycle_systems import CASES, branches_of
from tests.numerics.independent import TINY, transported
from tests.numerics.systems import ML_HOPF, MORRIS_LECAR, make_system, record

modest = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32)  # of coefficients in general position: equal roots count once, whatever their index


def index_sum(system: Any, p: Any) -> int:
    """Return nodes and spirals minus saddles."""
    return sum(-1 if np.prod(e.eigenvalues).real < 0.0 else 1 for e in find_equilibria(system, p).points)


@modest
@given(seed=seeds)
def test_indices_of_polynomial_fields_that_point_inwards_sum_to_one(seed: int) -> None:
    """-x^5 and -y^5 win at the edge of the box, so the flow enters it (Poincare and Hopf)."""
    c = np.random.default_rng(seed).normal(size=12)

    def rhs(t: Any, y: Any, p: Any) -> Any:
        u, v = y
        return (c[0] + c[1] * u + c[2] * v + c[3] * u * v + c[4] * u * u + c[5] * v**3 - u**5,
                c[6] + c[7] * u + c[8] * v + c[9] * u * v + c[10] * v * v + c[11] * u**3 - v**5)

    system = make_system(rhs, [(-3.5, 3.5)] * 2)
    assert index_on_edge(system, record(a=0.0)) == 1
    assert index_sum(system, record(a=0.0)) == 1


@modest
@given(seed=seeds)
def test_indices_of_sigmoid_networks_sum_to_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    w, b = rng.uniform(-20.0, 20.0, 4), rng.uniform(-10.0, 10.0, 2)

    def rhs(t: Any, y: Any, p: Any) -> Any:
        return tuple(-y[i] + 1.0 / (1.0 + np.exp(-(w[2 * i] * y[0] + w[2 * i + 1] * y[1] + b[i]))) for i in (0, 1))

    assert index_sum(make_system(rhs, [(-0.1, 1.1)] * 2), record(a=0.0)) == 1


@pytest.mark.parametrize("model", [pytest.param(m, id=slug) for slug, m in models().items() if issubclass(m, Flow)])
def test_jacobians_of_all_models_agree_with_imaginary_steps(model: Any) -> None:
    rng, system = np.random.default_rng(1), system_of(model)
    names = [n for n, c in model.controls().items() if isinstance(c, Quantity) and c.group not in ("run", "start")]
    for _ in range(5):
        values = {n: np.clip(model.control(n).default * rng.uniform(0.7, 1.3), *model.control(n).bounds) for n in names}
        p = model(**{n: float(v) for n, v in values.items()}).snapshot().steady.p
        y = np.array([rng.uniform(*span) for span in system.spans])
        found = jacobian(system, y, p)
        for k in range(system.size):
            moved = [complex(v, TINY if j == k else 0.0) for j, v in enumerate(y)]
            exact = np.imag(np.array(system.rhs(0.0, tuple(moved), p), dtype=complex)) / TINY
            np.testing.assert_allclose(found[:, k], exact, rtol=1e-6, atol=1e-7 * float(np.max(np.abs(found))))


@settings(max_examples=6, deadline=None)
@given(g_Ca=st.floats(3.5, 5.5), V_3=st.floats(-2.0, 14.0), V_4=st.floats(12.0, 32.0), phi=st.floats(0.02, 0.3))
def test_a_range_walked_from_the_other_end_has_the_same_labels(g_Ca: float, V_3: float, V_4: float, phi: float) -> None:
    p = ML_HOPF._replace(g_Ca=g_Ca, V_3=V_3, V_4=V_4, phi=phi)
    mirrored = make_system(lambda t, y, q: MORRIS_LECAR.rhs(t, y, p._replace(I=-q.I)), MORRIS_LECAR.spans)
    forth = bifurcation_diagram(MORRIS_LECAR, p, "I", -100.0, 300.0)
    back = bifurcation_diagram(mirrored, record(I=0.0), "I", -300.0, 100.0)
    one = [(point.code, point.parameters["I"]) for point in forth.points]
    other = [(point.code, -point.parameters["I"]) for point in back.points[::-1]]
    assert [code for code, _ in one] == [code for code, _ in other]
    assert [v for _, v in one] == pytest.approx([v for _, v in other], rel=1e-8, abs=1e-6)


@pytest.mark.parametrize("name", ["ml hopf", "ml snlc", "brusselator", "wilson-cowan", "jansen-rit", "rossler",
                                  "hh book"])
def test_cycles_close_and_their_multipliers_are_those_of_the_variational_equations(name: str) -> None:
    """Where the flow does not magnify errors (no canard, no saddle near) they close to 1e-8."""
    system, _, field, low, high = CASES[name]
    branch = branches_of(name)[0]
    inner = np.flatnonzero(branch.stable & (np.max(np.abs(branch.multipliers[1:]), axis=0) < 0.8)
                           & (branch.parameter > low) & (branch.parameter < high))
    for index in inner[[len(inner) // 4, len(inner) // 2]]:
        p = CASES[name][1]._replace(**{field: branch.parameter[index]})
        y = branch.cycle(int(index))[1]
        after, monodromy = transported(system.rhs, p, y[:, 0], float(branch.period[index]))
        assert np.max(np.abs(after - y[:, 0]) / np.ptp(y, axis=1)) < 1e-8
        exact = np.linalg.eigvals(monodromy)
        trivial = int(np.argmin(np.abs(exact - 1.0)))
        assert exact[trivial] == pytest.approx(1.0, abs=1e-6)
        assert branch.multipliers[0, index] == 1.0
        others = sorted(np.delete(exact, trivial), key=abs)
        found = sorted(branch.multipliers[1:, index], key=abs)
        np.testing.assert_allclose(found, others, atol=1e-6)
