"""The paradoxical effect and balance of two populations, beside linear algebra and runs."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.rates._inhibition_stabilized_plots import STRENGTHS, at_start
from ncm_app.models.rates._responses import followed, gains, response, weights
from ncm_app.models.rates.inhibition_stabilized import InhibitionStabilized
from ncm_app.studies.plots import drawn_columns, measures
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

PRESETS = [*InhibitionStabilized.presets]
CURVES = [{"curve": "threshold-linear"}, {"curve": "sigmoid", "theta": 20.0, "w_ee": 1000.0},
          {"curve": "rectified power", "k": 5e-5, "theta": 5.0, "w_ee": 1000.0}]


def rates(snapshot):
    """Return the lone fixed point, kHz."""
    found, = equilibria(snapshot).points
    return np.asarray(found.state)


def value(snapshot, name):
    return next(m.value for m in measures(snapshot) if m.name == name)


@pytest.mark.parametrize("changes", CURVES)
@pytest.mark.parametrize("c", [0.8, 1.0, 2.0])
def test_responses_are_how_fixed_points_move(changes, c):
    snapshot = snapshot_of(InhibitionStabilized, "Paradoxical effect", c=c, **changes)
    r, small = rates(snapshot), 1e-3
    current = c * (weights(snapshot.p) @ r + np.array([snapshot.p.X_e, snapshot.p.X_i]))
    moved = [(rates(snapshot.changed(**{name: getattr(snapshot.p, name) + small})) - r) / small
             for name in ("X_e", "X_i")]
    np.testing.assert_allclose(response(snapshot.p, current), np.array(moved).T, rtol=5e-3, atol=1e-9)


@pytest.mark.parametrize("w_ee", [100.0, 279.0, 281.0, 1000.0, 3000.0])
def test_i_falls_by_its_own_input_exactly_beyond_the_gain_of_one(w_ee):
    snapshot = snapshot_of(InhibitionStabilized, "Paradoxical effect", w_ee=w_ee, t_1=400.0, t_end=1000.0)
    assert snapshot.p.g * w_ee == pytest.approx(value(snapshot, "g_e w_ee"))
    assert np.sign(value(snapshot, "change of r_i")) == np.sign(1.0 - snapshot.p.g * w_ee)


def test_in_closed_form():
    p = snapshot_of(InhibitionStabilized, "Paradoxical effect").p
    known = p.g * np.linalg.inv(np.eye(2) - p.g * weights(p)) * 1000.0
    np.testing.assert_allclose(known, [[0.515844, -0.314566], [0.943698, -0.270571]], atol=1e-6)
    for name, theory in zip(("change of r_e", "change of r_i"), known[:, 1] * p.step_i, strict=True):
        assert value(snapshot_of(InhibitionStabilized, "Paradoxical effect"), name) == pytest.approx(theory, rel=1e-5)


@pytest.mark.parametrize("c", [3.0, 10.0, 30.0])
def test_rates_come_to_balance_like_one_over_the_strength(c):
    p = snapshot_of(InhibitionStabilized, "Balance", c=c).p
    limit, X = -np.linalg.solve(weights(p), [p.X_e, p.X_i]), np.array([p.X_e, p.X_i])
    np.testing.assert_allclose(1000.0 * limit, [6.83333, 19.33333], atol=1e-5)
    off = followed(p, limit, X, np.array([c]))[:, 0] - limit
    first = np.linalg.solve(weights(p), np.array([p.theta, p.theta]) + limit / p.g)  # of the series in 1 / c
    np.testing.assert_allclose(c * off, first, rtol=1.0 / c)


@pytest.mark.parametrize("preset", PRESETS)
def test_curve_over_strength_is_that_of_the_solver(preset):
    snapshot = snapshot_of(InhibitionStabilized, preset)
    drawn = drawn_columns(snapshot, 2)
    for k in range(0, len(STRENGTHS), 12):
        found = [q.state for q in equilibria(snapshot.changed(c=float(STRENGTHS[k]))).points]
        here = np.array([drawn[name][1][k] for name in ("r_e", "r_i")]) / 1000.0
        assert min(np.abs(here - r).max() for r in found) < 1e-6, STRENGTHS[k]


@pytest.mark.parametrize("preset", PRESETS)
def test_present_point_lies_on_the_curve_and_small_steps_move_rates_as_gains_say(preset):
    snapshot = snapshot_of(InhibitionStabilized, preset)
    own = drawn_columns(snapshot, 1)
    (x,), (y,) = own["now"]
    assert np.interp(x, *own["theory"]) == pytest.approx(y, rel=5e-3)
    drawn = drawn_columns(snapshot, 0)
    assert drawn["linear"][0][3] == pytest.approx(y)
    moved, linear = drawn["moved"][0], drawn["linear"][0]
    np.testing.assert_array_equal(np.sign(moved), np.sign(linear))
    if snapshot.values_by_name["curve"] == "threshold-linear":
        np.testing.assert_allclose(moved, linear, rtol=1e-6)


def test_run_is_looked_at_before_its_step():
    snapshot = snapshot_of(InhibitionStabilized, "Paradoxical effect")
    r, current = at_start(simulate(snapshot), snapshot.p)
    np.testing.assert_allclose(1000.0 * r, [5.60833, 12.50437], atol=1e-4)
    np.testing.assert_allclose(gains(current, snapshot.p), 0.003575, rtol=1e-9)
    names = [m.name for m in measures(snapshot.changed(t_1=5000.0))]
    assert "change of r_e" not in names and "g_e w_ee" in names
    assert "change of r_e" not in [m.name for m in measures(snapshot.changed(step_i=0.0))]


def test_silent_e_cancels_nothing():
    snapshot = snapshot_of(InhibitionStabilized, "Paradoxical effect", X_e=0.0, X_i=0.0, step_i=0.0)
    assert [m.name for m in measures(snapshot)] == ["g_e w_ee"]
    assert value(snapshot, "g_e w_ee") == 0.0
