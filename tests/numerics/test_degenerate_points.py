"""Points at which eigenvalues vanish: how many, where, and what they do, against centre manifolds by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.results import Equilibrium, Status
from ncm_app.numerics.system import System
from tests.numerics.systems import make_system, record, scalar

pytestmark = pytest.mark.sweep


def only(system: System, p: Any = None) -> Equilibrium:
    found = find_equilibria(system, p or record())
    assert found.status is Status.OK and found.message == "" and found.continuum == ""
    (point,) = found.points
    return point


@settings(max_examples=25, deadline=None)
@given(place=st.floats(-1.9, 1.9), order=st.integers(2, 5), sign=st.sampled_from([-1.0, 1.0]), size=st.floats(0.1, 10))
def test_a_root_of_any_order_on_a_line(place: float, order: int, sign: float, size: float) -> None:
    point = only(scalar(lambda x, p: sign * size * (x - place) ** order))
    assert point.state[0] == pytest.approx(place, abs=1e-9)
    odd = "stable" if sign < 0 else "unstable"
    assert point.kind == (odd if order % 2 else "semi-stable")
    assert point.beyond is not None and point.beyond.order == order
    assert (point.stable, point.repels) == ((sign < 0, sign > 0) if order % 2 else (False, False))
    assert point.index == (-int(sign) if order % 2 else 0)
    assert point.eigenvalues[0] == 0.0


@settings(max_examples=25, deadline=None)
@given(place=st.floats(-1.5, 1.5), bend=st.floats(-2, 2), order=st.integers(2, 4), sign=st.sampled_from([-1.0, 1.0]))
def test_the_first_power_decides_not_the_next(place: float, bend: float, order: int, sign: float) -> None:
    point = only(scalar(lambda x, p: np.sinh(sign * (x - place)) ** order * np.exp(bend * (x - place))))
    assert point.state[0] == pytest.approx(place, abs=1e-6)
    first = sign**order
    assert point.kind == ("semi-stable" if order % 2 == 0 else "stable" if first < 0 else "unstable")


def bent(a: float, b: float, c: float, d: float, others: tuple[float, ...], seed: int) -> System:
    """Return u' = a u^2 + b u v + c u^3, v' = l v + d u^2, w' = m w, ... turned and stretched at random.

    On its centre manifold v = -d u^2 / l, so u' = a u^2 + (c - b d / l) u^3.
    """
    n = 1 + len(others)
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(n, n)))[0] * rng.uniform(0.5, 2.0, n)
    back, place = np.linalg.inv(turn), rng.uniform(-0.3, 0.3, n)

    def field(t: Any, y: Any, p: Any) -> Any:
        z = [sum(back[i, k] * (y[k] - place[k]) for k in range(n)) for i in range(n)]
        u, v = z[0], z[1]
        flow = [a * u**2 + b * u * v + c * u**3, others[0] * v + d * u**2,
                *(m * w for m, w in zip(others[1:], z[2:], strict=True))]
        return tuple(sum(turn[i, k] * flow[k] for k in range(n)) for i in range(n))

    system = make_system(field, [(-1.0, 1.0)] * n)
    assert np.allclose(np.array(field(0.0, place, None)), 0.0)
    return system


coefficients = st.floats(-2, 2)


@settings(max_examples=25, deadline=None)
@given(b=coefficients, c=coefficients, d=coefficients, seed=st.integers(0, 2**31),
       rates=st.sampled_from([(-1.0,), (1.5,), (-1.0, -2.0), (-1.0, 2.0)]))
def test_cubic_centre_manifolds(b: float, c: float, d: float, rates: tuple[float, ...], seed: int) -> None:
    leading = c - b * d / rates[0]
    assume(abs(leading) > 0.05 and abs(rates[0]) > 0)
    found = find_equilibria(bent(0.0, b, c, d, rates, seed), record())
    near = [q for q in found.points if q.beyond is not None]
    assert len(near) == 1 and found.status is Status.OK
    (point,), growing = near, sum(rate > 0 for rate in rates) + (leading > 0)
    if len(rates) == 1:
        name = {0: "stable node", 1: "saddle", 2: "unstable node"}[growing]
    else:
        name = ("stable", "unstable (1 direction)", "unstable (2 directions)")[growing]
    assert (point.kind, point.stable) == (name, growing == 0)
    assert point.beyond is not None and point.beyond.order == 3
    assert point.index == np.prod([-np.sign(rate) for rate in rates]) * -np.sign(leading)


@pytest.mark.parametrize(("rates", "seed"), [((-1.0,), 0), ((1.5,), 1293), ((-1.0, -2.0), 146), ((-1.0, 2.0), 1311)])
@pytest.mark.parametrize("leading", [-0.06, -0.1, 0.06, 0.1])
def test_where_the_cubic_term_is_weak_and_newtons_steps_are_slow(rates, seed, leading):
    b, d = -1.27, 1.59
    found = find_equilibria(bent(0.0, b, leading + b * d / rates[0], d, rates, seed), record())
    assert [(q.beyond.order, q.stable) for q in found] == [(3, max(rates) < 0 and leading < 0)]
    assert found.status is Status.OK


@settings(max_examples=20, deadline=None)
@given(a=st.floats(0.2, 2), b=coefficients, c=coefficients, d=coefficients, rate=st.sampled_from([-1.0, 1.5]),
       seed=st.integers(0, 2**31))
def test_quadratic_centre_manifolds(a: float, b: float, c: float, d: float, rate: float, seed: int) -> None:
    found = find_equilibria(bent(a, b, c, d, (rate,), seed), record())
    near = [q for q in found.points if q.beyond is not None]
    assert [(q.kind, q.stable, q.repels, q.index) for q in near] == [("saddle-node", False, False, 0)]


TURNING = {
    "cubic, in": (lambda u, v: (-v - u * (u * u + v * v), u - v * (u * u + v * v)), "weakly stable spiral", 3),
    "cubic, out": (lambda u, v: (-v + u * (u * u + v * v), u + v * (u * u + v * v)), "weakly unstable spiral", 3),
    "quintic, in": (lambda u, v: (-v - u * (u * u + v * v) ** 2, u - v * (u * u + v * v) ** 2),
                    "weakly stable spiral", 5),
    "quintic, out": (lambda u, v: (-v + u * (u * u + v * v) ** 2, u + v * (u * u + v * v) ** 2),
                     "weakly unstable spiral", 5),
    "pendulum": (lambda u, v: (v, -np.sin(u)), "centre", 1),
    "hard spring": (lambda u, v: (v, -u - u**3), "centre", 1),
    "predators": (lambda u, v: (-v * (1.0 + u), u * (1.0 + v)), "centre", 1),  # Lotka and Volterra, about (1, 1)
    "reversible": (lambda u, v: (v, -u + 0.7 * u * v), "centre", 1),  # symmetric under u -> -u, t -> -t
    "linear": (lambda u, v: (0.5 * u - 1.25 * v, u - 0.5 * v), "centre", 1),
    # l1 = -1/8 from Rayleigh's x'' + x'^3 + x = 0, +1/8 from its mirror in time.
    "Rayleigh": (lambda u, v: (v, -u - v**3), "weakly stable spiral", 3),
    "Rayleigh back": (lambda u, v: (v, -u + v**3), "weakly unstable spiral", 3),
    "van der Pol at 0": (lambda u, v: (v, -u - u * u * v), "weakly stable spiral", 3),
}


@pytest.mark.parametrize("case", TURNING)
def test_imaginary_eigenvalues_are_a_centre_only_where_turns_close(case: str) -> None:
    field, kind, order = TURNING[case]
    found = find_equilibria(make_system(lambda t, y, p: field(y[0], y[1]), [(-0.9, 0.9)] * 2), record())
    (point,) = (q for q in found.points if np.allclose(q.state, 0.0, atol=1e-8))
    assert point.kind == kind
    assert point.beyond is not None and (point.beyond.order, point.beyond.index) == (order, 1)
    assert (point.stable, point.repels) == ("weakly stable" in kind, "weakly unstable" in kind)


def test_a_weak_spiral_in_space() -> None:
    def field(t: Any, y: Any, p: Any) -> Any:
        u, v, w = y
        return -v + p.l * u * (u * u + v * v), u + p.l * v * (u * u + v * v), -w + u * u

    for sign, kind in ((-1.0, "weakly stable spiral"), (1.0, "weakly unstable spiral")):
        point = only(make_system(field, [(-0.9, 0.9)] * 3), record(l=sign))
        assert (point.kind, point.stable) == (kind, sign < 0)


def test_two_zero_eigenvalues_keep_their_index() -> None:
    """x' = y, y' = x^2 (a cusp) has index 0; y' = -x^3 index 1, y' = x^3 index -1."""
    for power, sign, index in ((2, 1.0, 0), (3, -1.0, 1), (3, 1.0, -1)):
        system = make_system(lambda t, y, p, power=power, sign=sign: (y[1], sign * y[0] ** power), [(-1.0, 1.1)] * 2)
        point = only(system)
        assert point.kind == "degenerate (two zero eigenvalues)" and not point.stable
        assert point.index == index
        np.testing.assert_allclose(point.state, 0.0, atol=1e-8)


@pytest.mark.parametrize("power", [2, 3])
def test_both_directions_degenerate(power: int) -> None:
    """Uncoupled x' = -x^k, y' = -y^k: the index is that of a product."""
    found = find_equilibria(make_system(lambda t, y, p: (-y[0] ** power, -y[1] ** power), [(-1.0, 1.1)] * 2), record())
    assert {q.kind for q in found.points} == {"degenerate (two zero eigenvalues)"}
    assert found.points[0].index == (1 if power == 3 else 0)


@settings(max_examples=25, deadline=None)
@given(exponent=st.floats(-9, 0), place=st.sampled_from([0.0]), shear=st.floats(-2, 2))
def test_three_points_close_together_in_the_plane(exponent: float, place: float, shear: float) -> None:
    """u' = e u - u^3, v' = -v + s u: (0, 0) and (+-sqrt e, +-s sqrt e), however small e."""
    e = 10.0**exponent
    system = make_system(lambda t, y, p: (e * y[0] - y[0] ** 3, -y[1] + shear * y[0]), [(-1.5, 1.6), (-3.5, 3.6)])
    found = find_equilibria(system, record())
    root = np.sqrt(e)
    assert [q.kind for q in found.points] == ["stable node", "saddle", "stable node"]
    expected = np.array([[-root, -root * shear], [0.0, 0.0], [root, root * shear]])
    np.testing.assert_allclose([q.state for q in found.points], expected, atol=1e-4 * root)


def test_two_that_have_met_and_gone_are_none() -> None:
    """x^2 + e has a minimum so flat that Newton's method believes in it; closer by there is no root."""
    for e in (1e-9, 1e-12, 1e-14):
        assert len(find_equilibria(scalar(lambda x, p, e=e: x * x + e), record())) == 0


def test_a_set_of_fixed_points_is_a_sequence() -> None:
    found = find_equilibria(scalar(lambda x, p: x - x**3), record())
    assert len(found) == 3 and list(found) == list(found.points) and found[-1] is found.points[2]
    assert [q.kind for q in found[:2]] == ["stable", "unstable"]
    assert [q.state[0] for q in reversed(found)] == pytest.approx([1.0, 0.0, -1.0])
    assert found.status is Status.OK and found.message == ""
