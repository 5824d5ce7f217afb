"""Bounds of stability against closed forms, and against |R| itself on both sides."""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.numerics.runs.integrate import integrate
from ncm_app.numerics.runs.step_bounds import ORDERS, growth, holds_unstable, largest_step
from ncm_app.numerics.system import System
from ncm_app.studies.regime import regime
from ncm_app.studies.words import number_below


def pair(a, w):
    return np.array([a + 1j * w, a - 1j * w])


@pytest.mark.parametrize(("a", "w"), [(-1, 10), (-0.1, 10), (-0.4, 4), (-3, 0.5), (-1e-6, 2.0), (-7.0, 1e-3)])
def test_euler_has_a_closed_form(a, w):
    assert largest_step("Euler", pair(a, w)) == pytest.approx(-2 * a / (a * a + w * w), rel=1e-12)


def test_real_eigenvalues_have_the_known_limits():
    """The real root of 24 + 12 z + 4 z^2 + z^3 = 0 (RK4, |R| = 1) is -2.785293563405282."""
    root = np.roots([1.0, 4.0, 12.0, 24.0])
    known = {"Euler": 2.0, "Heun": 2.0, "RK4": -float(root.real[np.argmin(np.abs(root.imag))])}
    for method, z in known.items():
        assert largest_step(method, np.array([-1.0 + 0j, -4.0])) == pytest.approx(z / 4.0, rel=1e-10)


@pytest.mark.parametrize("method", ORDERS)
def test_growth_is_one_at_the_bound_and_on_either_side_of_it_beside(method):
    draw = np.random.default_rng(5)
    for _ in range(300):
        angle = np.pi / 2 + 10.0 ** draw.uniform(-6, np.log10(np.pi / 2))
        value = 10.0 ** draw.uniform(-3, 3) * np.exp(1j * angle)
        bound = largest_step(method, np.array([value, value.conjugate()]))
        assert growth(method, np.array([bound * value]))[0] == pytest.approx(1.0, abs=1e-12)
        inside = growth(method, np.linspace(1e-3, 1.0 - 1e-3, 200) * bound * value)
        assert np.all(inside < 1.0 + 1e-15)
        rate = abs(growth(method, np.array([bound * value * (1.0 + 1e-4)]))[0] - 1.0)
        assert growth(method, np.array([bound * value * (1.0 + 1e-3)]))[0] > 1.0 + rate


def test_near_the_imaginary_axis_heun_gives_way_and_rk4_does_not():
    """|R(iy)|^2 is 1 + y^4/4 for Heun, 1 - y^6/72 + y^8/576 for RK4, which is 1 at y^2 = 8."""
    assert largest_step("RK4", pair(-1e-9, 1.0)) == pytest.approx(math.sqrt(8.0), rel=1e-6)
    assert largest_step("Heun", pair(-1e-9, 1.0)) == pytest.approx(8e-9 ** (1 / 3), rel=1e-2)
    assert largest_step("Euler", pair(-1e-9, 1.0)) == pytest.approx(2e-9, rel=1e-6)


def test_unstable_points_have_no_bound_but_rk4_may_hold_one():
    assert largest_step("Euler", pair(0.1, 1.0)) == np.inf == largest_step("RK4", np.array([-1.0, 1.0 + 0j]))
    assert holds_unstable("RK4", 1.5, pair(0.01, 1.0)) and not holds_unstable("RK4", 0.1, pair(0.01, 1.0))
    assert not any(holds_unstable(m, dt, pair(0.01, 1.0)) for m in ("Euler", "Heun") for dt in (0.1, 1.0, 2.0))
    assert not holds_unstable("RK4", 1.5, pair(1e-17, 1.0))  # a centre, to rounding


def test_rk4_really_holds_what_grows():
    spiral = System(lambda t, y, p: (p.a * y[0] - y[1], y[0] + p.a * y[1]), ("u", "v"), ((-1, 1),) * 2, ((-1, 1),) * 2)
    p = namedtuple("p", "a")(0.01)
    ends = {dt: np.hypot(*integrate(spiral, (1.0, 0.0), p, t_end=300.0, dt=dt, method="RK4").y[:, -1])
            for dt in (0.1, 1.5)}
    assert ends[0.1] == pytest.approx(np.exp(3.0), rel=1e-4) and ends[1.5] < 0.1


@pytest.mark.parametrize(("value", "said"), [
    (2 / 101, "0.0198"), (0.0019998, "0.00199"), (30.0, "30.0"), (29.999999999, "30.0"), (29.96, "29.9"),
    (1999.0, "1990"), (0.99999, "0.999"), (1.0, "1.00"), (123456.0, "123000")])
def test_bounds_are_rounded_down(value, said):
    assert number_below(value) == said
    assert float(said) <= value * (1.0 + 1e-8)


@pytest.mark.parametrize(("preset", "method", "below", "above"), [
    ("Fig A.8 stable spiral", "Euler", 0.0198, 0.0199), ("Fig A.8 stable spiral", "RK4", 0.28, 0.30)])
def test_page_warns_exactly_beyond_the_bound(preset, method, below, above):
    model = find("linear_system")
    one = model(**model.preset_values(preset) | {"method": method}).snapshot()

    def warned(dt):
        return " ".join(regime(one.changed(dt=dt), "a").warnings)

    assert "unless dt stays below" in warned(above) and "unless" not in warned(below)
    told = float(warned(above).split("stays below ")[1].split(" ms")[0])
    assert below <= told <= above and "unless" not in warned(told)
