"""The first Lyapunov coefficient against closed forms, and its sign against the references."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.lyapunov import first_lyapunov
from ncm_app.numerics.results import SpecialPoint
from ncm_app.numerics.system import System
from tests.numerics.cycle_systems import BAUTIN, BAUTIN_VALUES, CASES, diagram_of, value
from tests.numerics.systems import EI, EI_VALUES, make_system, record


def hopf_at(state: list[float], field: str, at: float) -> SpecialPoint:
    n = len(state)
    return SpecialPoint("H", {field: at}, np.array(state), np.zeros(n, dtype=complex))


def coefficients(name: str) -> list[float]:
    return [point.lyapunov for point in diagram_of(name).points if point.code == "H"]


@pytest.mark.parametrize(("name", "signs"), [
    ("ml hopf", [1, 1]), ("fitzhugh", [1, 1]), ("hh book", [1, -1]), ("hh classical", [1, -1]), ("brusselator", [-1]),
    ("jansen-rit", [1, -1, -1]), ("lorenz", [1, 1]), ("wilson-cowan", [-1]), ("bautin", [-1]),
])
def test_signs_of_the_references(name: str, signs: list[int]) -> None:
    assert [int(np.sign(found)) for found in coefficients(name)] == signs


def test_only_hopf_points_have_one() -> None:
    for name in ("ml snlc", "jansen-rit"):
        for point in diagram_of(name).points:
            assert np.isfinite(point.lyapunov) == (point.code == "H")


@given(beta=st.floats(-3.0, 3.0).filter(lambda b: abs(b) > 1e-3), w=st.floats(0.2, 20.0), span=st.floats(0.5, 8.0))
@settings(max_examples=30, deadline=None)
def test_normal_form(beta: float, w: float, span: float) -> None:
    # r' = beta r^3 in spans of width W reads W^2 beta; with |q| = 1 the coefficient is 2 W^2 beta / w.
    system = make_system(BAUTIN.rhs, [(-span, span)] * 2)
    p = BAUTIN_VALUES._replace(beta=beta, w=w)
    found = first_lyapunov(system, p, "mu", hopf_at([0.0, 0.0], "mu", 0.0))
    assert found == pytest.approx(8.0 * span**2 * beta / w, rel=1e-5)


def test_fifth_order_terms_do_not_matter() -> None:
    at = hopf_at([0.0, 0.0], "mu", 0.0)
    found = [first_lyapunov(BAUTIN, BAUTIN_VALUES._replace(s=s), "mu", at) for s in (-5.0, 0.0, 5.0)]
    assert found == pytest.approx([found[1]] * 3, rel=1e-4)


def _quadratic(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    return p.mu * x - z + p.a * x * x + p.b * x * z, x + p.mu * z + p.c * x * x


@pytest.mark.parametrize(("a", "b", "c"), [(1.0, 2.0, 0.5), (-0.7, 1.0, 2.0), (1.0, -1.0, -1.0)])
def test_quadratic_terms_count_as_guckenheimer_and_holmes_say(a: float, b: float, c: float) -> None:
    # 16 l = f_xy (f_xx + f_yy) - g_xy (g_xx + g_yy) - f_xx g_xx + f_yy g_yy at w = 1: r' = l r^3.
    # Their normal form is x' = -y + f, y' = x + g, and here f = a x^2 + b x y, g = c x^2.
    wanted = (b * 2.0 * a - 2.0 * a * 2.0 * c) / 16.0
    system = make_system(_quadratic, [(-1.0, 1.0)] * 2)
    found = first_lyapunov(system, record(mu=0.0, a=a, b=b, c=c), "mu", hopf_at([0.0, 0.0], "mu", 0.0))
    assert found == pytest.approx(8.0 * wanted, rel=1e-6)


@pytest.mark.parametrize("name", ["ml hopf", "hh book", "jansen-rit"])
@pytest.mark.parametrize("factor", [0.25, 3.0])
def test_the_sign_does_not_depend_on_the_spans(name: str, factor: float) -> None:
    system, p, field = CASES[name][:3]
    spans = tuple((low * factor, high * factor) for low, high in system.spans)
    other = System(system.rhs, system.names, spans, system.box)
    for point in diagram_of(name).points:
        if point.code == "H":
            assert np.sign(first_lyapunov(other, p, field, point)) == np.sign(point.lyapunov)


def test_faster_time_leaves_the_coefficient_alone() -> None:
    system, p, field = CASES["ml hopf"][:3]
    fast = System(lambda t, y, q: tuple(7.0 * f for f in system.rhs(t, y, q)), system.names, system.spans, system.box)
    for point in diagram_of("ml hopf").points:
        assert first_lyapunov(fast, p, field, point) == pytest.approx(point.lyapunov, rel=1e-6)


def test_it_vanishes_in_a_linear_system() -> None:
    (point,) = (point for point in diagram_of("centre").points if point.code == "H")
    assert point.lyapunov == 0.0


def test_it_vanishes_in_a_threshold_linear_network() -> None:
    diagram = bifurcation_diagram(EI, EI_VALUES._replace(tau_e=15.0), "tau_i", 1.0, 100.0)
    (hopf,) = (point for point in diagram.points if point.code == "H")
    assert value(hopf) == pytest.approx(15.0 * 1.906504, rel=1e-6)
    assert hopf.lyapunov == 0.0


@pytest.mark.parametrize(("force", "vanishes"), [
    (np.sin, True), (lambda x: x + x**3, True), (lambda x: x + 0.3 * x * x, True),
    (lambda x: x + 0.5 * np.abs(x), None)])
def test_it_vanishes_where_energy_is_kept(force: Any, vanishes: bool | None) -> None:
    # x'' = -force(x) has closed orbits of all sizes around its rest at 0, unless that is a kink.
    system = make_system(lambda t, y, p: (y[1] + p.mu * y[0], -force(y[0]) + 0.0 * p.mu), [(-1.0, 1.0)] * 2)
    found = first_lyapunov(system, record(mu=0.0), "mu", hopf_at([0.0, 0.0], "mu", 0.0))
    assert found == 0.0 if vanishes else np.isnan(found)


def test_a_neighbouring_decaying_direction_does_not_disturb() -> None:
    def rhs(t: Any, y: Any, p: Any) -> Any:
        x, z, u = y
        r = x * x + z * z
        return p.mu * x - z - x * u, x + p.mu * z - z * u, -2.0 * u + p.k * r

    system = make_system(rhs, [(-1.0, 1.0)] * 3)
    for k in (-1.0, 0.5, 2.0):
        # u follows k r^2 / 2 slowly varying r: r' = -k r^3 / 2.
        found = first_lyapunov(system, record(mu=0.0, k=k), "mu", hopf_at([0.0, 0.0, 0.0], "mu", 0.0))
        assert found == pytest.approx(8.0 * -k / 2.0, rel=1e-6)
