"""Centre and surround, beside the later versions' numbers and linear algebra."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ncm_app.models.rates.surround_suppression import SurroundSuppression, centre, surround
from ncm_app.studies.plots import measures
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

T = np.array([0.0, 499.0, 500.0, 999.0, 1000.0, 2000.0, 2499.0, 2500.0])


def matrix(p):
    return p.g * np.array([[p.w_ee, p.w_cs, p.w_ei], [p.w_cs, p.w_ee, p.w_ei], [p.w_ie, p.w_ie, p.w_ii]])


def linear_rates(p, X):
    """Return every fixed point (kHz) of the threshold-linear network: one for each set of active populations."""
    W, found = matrix(p), []
    for active in itertools.product((False, True), repeat=3):
        on = np.array(active)
        r = np.zeros(3)
        if on.any():
            A = np.eye(on.sum()) - W[np.ix_(on, on)]
            if abs(np.linalg.det(A)) < 1e-12:
                continue
            r[on] = np.linalg.solve(A, p.g * (X[on] - p.theta))
        current = W @ r + p.g * (X - p.theta)
        if np.all(r >= 0) and np.all((current > 0) == on):
            found.append(tuple(r))
    return sorted(found)


def steady_input(snapshot):
    p = snapshot.steady.p
    both = np.array([centre(0.0, p), surround(0.0, p)], dtype=float)
    return np.array([p.B + p.X_e * both[0], p.B + p.X_s * both[1], p.X_i * both[0] + p.X_is * both[1]])


@pytest.mark.parametrize(("preset", "changes"), [
    ("Classic", {}), ("Classic", {"X_s": 40.5}), ("Classic", {"w_cs": 200.0}), ("Inhibition-stabilised", {}),
    ("Inhibition-stabilised", {"X_s": 14.0}), ("Winner takes all", {}), ("Winner takes all", {"w_cs": 700.0}),
    ("No winner", {}), ("No winner", {"theta": 3.0})])
def test_fixed_points_are_those_of_the_sets_of_active_populations(preset, changes):
    snapshot = snapshot_of(SurroundSuppression, preset, **changes)
    found = sorted(tuple(np.maximum(q.state, 0.0)) for q in equilibria(snapshot).points)
    np.testing.assert_allclose(found, linear_rates(snapshot.p, steady_input(snapshot)), atol=1e-9)


@pytest.mark.parametrize("w_cs", [0.0, 300.0])
@pytest.mark.parametrize("off", [-100.0, 100.0])
def test_one_wins_where_the_difference_feeds_itself(w_cs, off):
    snapshot = snapshot_of(SurroundSuppression, "Winner takes all", w_cs=w_cs, w_ee=1000.0 + w_cs + off, t_end=8000.0,
                           t_1=100.0, t_2=4000.0)
    run = simulate(snapshot)
    r_c, r_s, _ = run.y[:, np.argmin(np.abs(run.t - 3990.0))]
    assert (r_s < 1e-5) == (off > 0) and r_c > 0.002
    kinds = [q.stable for q in equilibria(snapshot).points]
    assert kinds == ([True, False, True] if off > 0 else [True])


def test_numbers_of_the_later_versions():
    for preset, known in (("Classic", (10.0, 8.0, 20.0, -2.5, -4.0)),
                          ("Inhibition-stabilised", (10.0, 6.66667, 33.33333, -30.0, -26.66667))):
        found = [m.value for m in measures(snapshot_of(SurroundSuppression, preset))]
        np.testing.assert_allclose(found, known, rtol=1e-4)


@pytest.mark.parametrize(("stimulus", "on_centre", "on_surround"), [
    ("centre, then both", [0, 0, 1, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1, 1, 0]),
    ("centre, then surround", [0, 0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 1, 0]),
    ("centre", [1] * 8, [0] * 8), ("both", [1] * 8, [1] * 8), ("none", [0] * 8, [0] * 8)])
def test_steps_come_and_go(stimulus, on_centre, on_surround):
    p = snapshot_of(SurroundSuppression, "Classic", stimulus=stimulus).p
    assert list(np.broadcast_to(centre(T, p), 8)) == on_centre
    assert list(np.broadcast_to(surround(T, p), 8)) == on_surround
    assert [centre(float(t), p) for t in T] == on_centre and [surround(float(t), p) for t in T] == on_surround


def test_steps_that_overlap_are_one():
    p = snapshot_of(SurroundSuppression, "Classic", t_2=700.0).p
    assert np.max(centre(np.linspace(0.0, 2000.0, 201), p)) == 1


@pytest.mark.parametrize("changes", [{"stimulus": "both"}, {"t_end": 1500.0}, {"d": 2000.0}])
def test_nothing_is_measured_of_steps_that_do_not_end_in_the_run(changes):
    assert measures(snapshot_of(SurroundSuppression, "Classic", **changes)) == ()


def test_a_silent_centre_has_no_suppression():
    names = [m.name for m in measures(snapshot_of(SurroundSuppression, "Classic", X_e=0.0))]
    assert "suppression" not in names and len(names) == 4
