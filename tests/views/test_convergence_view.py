"""Methods side by side, errors over the step, and axes that follow their run."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.mathematics.dirac_delta import DiracDelta
from ncm_app.models.mathematics.euler_method import EulerMethod
from ncm_app.models.mathematics.exponential_decay import ExponentialDecay
from ncm_app.models.mathematics.forced_linear import ForcedLinear
from ncm_app.session.plot_rules import rules_for
from tests.views.answers import is_absent, view_of


def test_slopes_stand_beside_their_errors():
    view, result = view_of(EulerMethod, "convergence", "Fig A.5")
    columns = view.columns(result)
    assert columns["words"][2] == [f"{name} {slope:.2f}" for name, slope in
                                   zip(("Euler", "Heun", "RK4"), result.convergence.slopes, strict=True)]
    for name, order in (("Euler", 1), ("Heun", 2), ("RK4", 4)):
        dt, line = (np.log(column.astype(float)) for column in columns[f"slope {name}"])
        assert np.diff(line) / np.diff(dt) == pytest.approx(order, rel=1e-4)
        assert columns[name][1][-1] == pytest.approx(np.exp(line[-1]), rel=1e-4)
        assert columns[f"now {name}"][0] == pytest.approx([0.01])
    (left, right), (low, high) = view.limits(result)
    assert left < columns["Euler"][0].min() < columns["Euler"][0].max() < right
    assert low < columns["RK4"][1].min() < high


def test_errors_that_cannot_be_drawn_are_left_out():
    view, result = view_of(ExponentialDecay, "convergence", "Fig A.1", x_0=0.0)
    assert all(is_absent(columns) for columns in view.columns(result).values())


def test_methods_are_drawn_over_the_exact_curve():
    view, result = view_of(EulerMethod, "methods", "Large steps")
    columns = view.columns(result)
    assert set(columns) == {"exact", "Euler", "Heun", "RK4", "adaptive"}
    assert columns["Euler"][1] == pytest.approx(result.runs["Euler"].y[0], rel=1e-6)
    assert view.limits(result)[0] == (0.0, 50.0)


def test_only_models_that_ask_are_compared():
    names = {model: [view.name for _, view in rules_for(model)] for model in (LeakyIntegrator, ExponentialDecay,
                                                                             EulerMethod, ForcedLinear)}
    assert "convergence" not in names[LeakyIntegrator] + names[ForcedLinear]
    assert "convergence" in names[ExponentialDecay] and "methods" not in names[ExponentialDecay]
    assert {"methods", "convergence"} <= set(names[EulerMethod])


def test_axis_that_fits_follows_a_run_that_leaves_it_or_hardly_fills_it():
    view, step = view_of(ForcedLinear, "trace", "Fig A.4 A,B")
    small, higher = (view_of(ForcedLinear, "trace", preset, **changes)[1]
                     for preset, changes in (("Fig A.4 E", {}), ("Fig A.4 A,B", {"I_1": 10.0})))
    limits = view.limits(step)
    assert limits[1][0] < 0.0 < 5.0 < limits[1][1] < 8.0
    assert not view.outgrown(step, limits)
    assert view.outgrown(small, limits) and view.outgrown(higher, limits)
    assert view.limits(small)[1][1] < 0.2


def test_pulse_stays_on_its_axis():
    view, short = view_of(DiracDelta, "input", "Fig A.7")
    wide = view_of(DiracDelta, "input", "Pulse of 20 ms")[1]
    assert view.limits(wide)[1][1] < 0.1 < 10.0 < view.limits(short)[1][1]
    assert view.outgrown(short, view.limits(wide)) and view.outgrown(wide, view.limits(short))


def test_other_axes_stay_put():
    view, result = view_of(LeakyIntegrator, "trace", "Fig 1.1 A,B")
    assert not view.outgrown(result, ((0.0, 600.0), (-1.0, 1.0)))
    strip, result = view_of(LeakyIntegrator, "input", "Noise")
    assert not strip.outgrown(result, ((0.0, 600.0), (-1.0, 1.0)))
