"""Kinks of a rectified gain: located exactly, and taken for neither fold nor Hopf point."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.branches.curve import FINE, EquilibriumCurve
from ncm_app.numerics.branches.kinks import jumps, locate_kinks
from tests.numerics.diagram_cases import AT_BOUNDS, codes, diagram_of, where
from tests.numerics.systems import BENT_LINE, EI, EI_VALUES, KINKED_FOLD, record, scalar


def test_kink_is_neither_fold_nor_hopf() -> None:
    diagram = diagram_of("ei input")
    assert codes(diagram) == ["KINK"]
    p = EI_VALUES
    silent = p.g * (p.X_i - p.theta) / (1 - p.g * p.w_ii)
    (point,) = diagram.points
    assert point.parameters["X_e"] == pytest.approx(p.theta - p.w_ei * silent, rel=1e-8)
    np.testing.assert_allclose(point.state, [0.0, silent], atol=1e-9)


@pytest.mark.parametrize("w", [1.2, 2.0, 6.0])
def test_branch_turns_back_at_a_kink(w: float) -> None:
    diagram = bifurcation_diagram(KINKED_FOLD, record(w=w, X=0.0), "X", -1.0, 1.0)
    assert codes(diagram) == ["KINK"]
    assert where(diagram, "KINK")[0] == pytest.approx(0.0, abs=2e-8)
    (branch,) = diagram.branches
    X, r = branch.parameter, branch.states[0]
    assert np.all((np.abs(r) < 1e-7) | (np.abs(r * (w - 1) + X) < 1e-7))
    assert np.count_nonzero(branch.unstable) > 5 and np.count_nonzero(branch.unstable == 0) > 5


@pytest.mark.parametrize("w", [-3.0, 0.5, 0.8])
def test_bent_branch_goes_on(w: float) -> None:
    diagram = bifurcation_diagram(BENT_LINE, record(w=w, X=0.0), "X", -1.0, 0.7)
    assert codes(diagram) == ["KINK"]
    assert where(diagram, "KINK")[0] == pytest.approx(0.0, abs=2e-8)
    (branch,) = diagram.branches
    np.testing.assert_allclose(branch.states[0], np.maximum(branch.parameter, 0.0) / (1 - w), atol=1e-7)
    assert np.all(branch.unstable == 0) and branch.ends == AT_BOUNDS


def test_steep_smooth_curve_has_no_kink() -> None:
    for steepness in (3.0, 10.0, 30.0):
        smooth = scalar(lambda x, p: -x + np.logaddexp(0.0, p.k * p.a) / p.k)
        assert codes(bifurcation_diagram(smooth, record(a=0.0, k=steepness), "a", -1.0, 1.0)) == []


def test_kinks_are_located_between_points() -> None:
    curve = EquilibriumCurve(BENT_LINE, record(w=0.5, X=0.0), "X", -1.0, 1.0)
    X = np.linspace(-0.9, 0.95, 30)
    z = curve.scaled(np.maximum(X, 0.0)[None] * 2.0, X)
    intervals, rows = locate_kinks(curve, z, np.ones(29, dtype=bool))
    assert intervals.tolist() == [int(np.flatnonzero(X > 0)[0]) - 1]
    assert curve.unscaled(rows)[0, 1] == pytest.approx(0.0, abs=1e-7)
    assert len(locate_kinks(curve, z, np.zeros(29, dtype=bool))[0]) == 0


def test_two_kinks_close_together_are_told_apart() -> None:
    p = EI_VALUES._replace(tau_i=48.0, w_ee=664.968387, w_ei=-7409.154, w_ie=536.748249, w_ii=-6566.596, X_i=9.47692668)
    diagram = bifurcation_diagram(EI, p, "X_e", 0.0, 60.0)
    assert codes(diagram) == ["KINK", "KINK"]
    # E turns on at theta; I joins where w_ie r_e makes up for what X_i lacks.
    r_e = (p.theta - p.X_i) / p.w_ie
    np.testing.assert_allclose(where(diagram, "KINK"), [p.theta + r_e * (1 / p.g - p.w_ee), p.theta], rtol=1e-8)


@pytest.mark.parametrize("exponent", [1.02, 1.05, 1.168, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("threshold", [0.0, -0.31, 0.2718])
@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_a_power_above_one_has_no_kink(exponent: float, threshold: float, gain: float) -> None:
    # The slope of [x]^n is n [x]^(n - 1): it begins at zero, however fast it grows.
    power = scalar(lambda x, p: -x + gain * np.maximum(p.a - threshold - 0.2 * x, 0.0) ** exponent)
    diagram = bifurcation_diagram(power, record(a=0.0), "a", -1.0, 1.0)
    assert codes(diagram) == [] and len(diagram.branches) == 1


@pytest.mark.parametrize("exponent", [1.0, 0.97, 0.8])
@pytest.mark.parametrize("gain", [0.05, 0.5, 2.0])
def test_a_power_of_one_or_less_has_one(exponent: float, gain: float) -> None:
    power = scalar(lambda x, p: -x + gain * np.maximum(p.a - 0.1 - 0.2 * x, 0.0) ** exponent)
    diagram = bifurcation_diagram(power, record(a=0.0), "a", -1.0, 1.0)
    assert codes(diagram) == ["KINK"]
    assert where(diagram, "KINK")[0] == pytest.approx(0.1, abs=1e-8 if exponent == 1.0 else 1e-5)


def test_a_sharp_turn_of_a_smooth_curve_is_no_kink() -> None:
    # Two branches that nearly cross: each turns by a right angle within 1e-8.
    nearly = scalar(lambda x, p: (x - p.a) * (x + p.a) - 1e-17)
    diagram = bifurcation_diagram(nearly, record(a=0.0), "a", -1.0, 0.93)
    assert "KINK" not in codes(diagram)


def test_jumps_of_slopes_are_told_from_fast_changes() -> None:
    z, backward, onward = np.array([0.5, 0.5]), np.array([0.0, -1.0]), np.array([0.0, 1.0])
    for bend, real in ((lambda a: 0.01 * np.abs(a), True), (lambda a: np.maximum(a, 0.0) ** 1.05, False),
                       (lambda a: np.tanh(3e3 * a) / 3e3, False), (lambda a: a * a, False)):
        curve = EquilibriumCurve(scalar(lambda x, p, bend=bend: -x + bend(p.a)), record(a=0.0), "a", -1.0, 1.0)
        assert jumps(curve.with_step(FINE), z, backward, onward) is real
