"""The Wilson-Cowan populations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.models.rates.wilson_cowan import S, WilsonCowan
from ncm_app.studies.simulate import simulate
from tests.models.asking import snapshot_of


@given(a=st.floats(0.1, 5), theta=st.floats(-5, 10), x=st.floats(-30, 30))
@settings(deadline=None)
def test_response_starts_from_zero_and_is_symmetric(a, theta, x):
    shifted, plain = (snapshot_of(WilsonCowan, curve=curve).p for curve in ("from zero", "logistic"))
    assert S(0.0, a, theta, shifted) == pytest.approx(0.0, abs=1e-12)
    assert S(theta, a, theta, plain) == 0.5
    assert S(theta + x, a, theta, plain) + S(theta - x, a, theta, plain) == pytest.approx(1.0, abs=1e-12)


@given(P=st.floats(-6, 6), Q=st.floats(-14, 2), E=st.floats(0, 1), I=st.floats(0, 1))
@settings(deadline=None)
def test_hoppensteadt_and_izhikevich_have_their_symmetry(P, Q, E, I):  # noqa: E741
    here, there = (snapshot_of(WilsonCowan, "Hoppensteadt-Izhikevich", P=p, Q=q).p for p, q in ((P, Q), (-P, -12 - Q)))
    mirrored = WilsonCowan.rhs(0.0, (1 - E, 1 - I), there)
    assert WilsonCowan.rhs(0.0, (E, I), here) == pytest.approx([-v for v in mirrored], abs=1e-12)


def test_refractory_cells_cannot_be_excited_again():
    p = snapshot_of(WilsonCowan, "1972 Fig 11", P=10.0).p
    strong = WilsonCowan.rhs(0.0, (1.0, 0.0), p)[0]
    assert strong == pytest.approx(-1.0)


@pytest.mark.parametrize(("E_0", "E"), [(0.2, 0.0), (0.3, 0.938431)])
def test_neuromatch_keeps_what_it_is_given(E_0, E):
    run = simulate(snapshot_of(WilsonCowan, "Neuromatch", E_0=E_0, t_end=200.0))
    assert run.y[0, -1] == pytest.approx(E, abs=1e-6)
