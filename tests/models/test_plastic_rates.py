"""The rate network with homeostatic inhibition, beside a plain loop, pencil and paper."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.rates.plastic_rates import PlasticRates
from ncm_app.numerics.spikes.crossings import upward_crossings
from ncm_app.studies.diagram import diagram
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

BOOK = {500.0: 4.47449, 1000.0: 4.13991, 2000.0: 4.01603, 3000.0: 4.00195}
"""Excitatory rates (Hz) of the book's rate model at times (ms)."""


def closed_form(p):
    """Return the fixed point at which e has its target rate."""
    r_i = p.g * (p.w_ie * p.r_0 + p.X_i - p.theta) / (1.0 - p.g * p.w_ii)
    return p.r_0, r_i, (p.r_0 / p.g + p.theta - p.X_e - p.w_ee * p.r_0) / r_i


def loop(p, steps, dt=0.1):
    """Return (r_e, r_i, w_ei) after each of the Euler steps of Eq. 4.3, in plain numbers."""
    r_e, r_i, w, found = 0.0, 0.0, p.w_ei_0, []
    for _ in range(steps):
        into_e, into_i = p.w_ee * r_e + w * r_i + p.X_e, p.w_ie * r_e + p.w_ii * r_i + p.X_i
        w, r_e, r_i = (w - dt * p.eps_r * (r_e - p.r_0) * r_i,
                       r_e + dt / p.tau_e * (p.g * max(into_e - p.theta, 0.0) - r_e),
                       r_i + dt / p.tau_i * (p.g * max(into_i - p.theta, 0.0) - r_i))
        found.append((r_e, r_i, w))
    return np.array(found).T


def test_rates_of_the_books_rate_model():
    run = simulate(snapshot_of(PlasticRates, "Fig 4.1 F"))
    assert [1000.0 * np.interp(t, run.t, run.y[0]) for t in BOOK] == pytest.approx(list(BOOK.values()), abs=5e-5)
    assert 1000.0 * run.y[0].max() == pytest.approx(8.8355, abs=5e-5)
    assert run.t[run.y[0].argmax()] == pytest.approx(7.1)


@pytest.mark.parametrize("preset", ["Fig 4.1 F, matched", "Fig 4.1 F", "Later version"])
def test_run_is_that_of_a_plain_loop(preset):
    snapshot = snapshot_of(PlasticRates, preset)
    run = simulate(snapshot)
    np.testing.assert_allclose(run.y[:, 1:], loop(snapshot.p, len(run.t) - 1), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("changes", [{}, {"X_e": 20.0}, {"r_0": 0.01}, {"X_i": 40.0, "w_ii": -5000.0}])
def test_fixed_point_in_closed_form(changes):
    snapshot = snapshot_of(PlasticRates, "Fig 4.1 F", **changes)
    found, = equilibria(snapshot).points
    np.testing.assert_allclose(found.state, closed_form(snapshot.p), rtol=1e-8)


@pytest.mark.parametrize("eps_r", [8000.0, 80_000.0])
def test_homeostasis_fails_where_routh_and_hurwitz_say(eps_r):
    snapshot = snapshot_of(PlasticRates, "Fig 4.1 F", eps_r=eps_r)
    hopf, = [q.parameters["X_e"] for q in diagram(snapshot, "X_e").points if q.code == "H"]

    def excess(X_e):
        p = snapshot.p._replace(X_e=X_e)
        _, r_i, w = closed_form(p)
        J = np.array([[(p.g * p.w_ee - 1) / p.tau_e, p.g * w / p.tau_e, p.g * r_i / p.tau_e],
                      [p.g * p.w_ie / p.tau_i, (p.g * p.w_ii - 1) / p.tau_i, 0.0], [-p.eps_r * r_i, 0.0, 0.0]])
        _, a, b, c = np.poly(J)
        return a * b - c

    assert excess(hopf - 0.01) < 0 < excess(hopf + 0.01)


def test_e_bursts_again_and_again_without_enough_input():
    snapshot = snapshot_of(PlasticRates, "Too little input", method="RK4", dt=0.1, t_end=20_000.0)
    run = simulate(snapshot)
    bursts = upward_crossings(run.t, run.y[0], 0.008)
    assert np.diff(bursts)[-3:] == pytest.approx([1517.0] * 3, rel=0.02)
    assert np.all(run.y[2] < 0)


def test_step_comes_and_stays():
    snapshot = snapshot_of(PlasticRates, "Ex 4.1.1")
    x_e, x_i = PlasticRates.observe(np.array([0.0, 1499.0, 1500.0, 3000.0]), None, snapshot.p)
    assert list(x_e) == [30.0, 30.0, 40.0, 40.0] and np.all(np.broadcast_to(x_i, 4) == 17.0)
    assert snapshot_of(PlasticRates, "Fig 4.1 F").model.idle(None, snapshot_of(PlasticRates, "Fig 4.1 F").p) == ("t_1",)
    assert PlasticRates.idle(None, snapshot.p) == ()
