"""Does a model cycle? Near a Hopf point theory knows the period."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.numerics.results import Status
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.stability import equilibria

SOFT = EIRateNetwork.preset_values("Power law: soft Hopf")


def test_soft_cycle_is_born_with_the_period_of_the_eigenvalues():
    snapshot = EIRateNetwork(**{**SOFT, "tau_i": 34.1}).snapshot()
    (point,) = equilibria(snapshot).points
    cycle = limit_cycle(snapshot)
    assert not point.stable
    assert cycle.status is Status.OK
    assert cycle.period == pytest.approx(2 * np.pi / abs(point.eigenvalues[0].imag), rel=5e-3)
    assert np.all((cycle.low < point.state) & (point.state < cycle.high))


def test_soft_cycle_grows_like_a_square_root():
    hopf = 34.0114
    sizes = [float(np.ptp([c.low[0], c.high[0]])) for c in
             (limit_cycle(EIRateNetwork(**{**SOFT, "tau_i": hopf + d}).snapshot()) for d in (0.2, 0.8))]
    assert sizes[1] / sizes[0] == pytest.approx(2.0, rel=0.15)


@pytest.mark.parametrize("tau_i", [10.0, 33.0])
def test_no_period_where_the_rest_is_stable(tau_i):
    assert np.isnan(limit_cycle(EIRateNetwork(**{**SOFT, "tau_i": tau_i}).snapshot()).period)


def test_period_does_not_depend_on_the_step_of_the_run():
    snapshot = EIRateNetwork(**EIRateNetwork.preset_values("Fig 3.4 C,D")).snapshot()
    coarse = limit_cycle(snapshot.changed(dt=1.0)).period
    assert coarse == pytest.approx(limit_cycle(snapshot).period, rel=1e-6)
    assert coarse == pytest.approx(22.644, abs=5e-4)


@pytest.mark.parametrize(("tau_i", "X_e"), [(65.96875, 54.375), (53.59375, 54.375), (69.0625, 50.625),
                                            (53.59375, 52.5), (72.15625, 43.125)])
def test_kinks_that_fall_between_steps_do_not_make_several_turns_of_one(tau_i, X_e):
    """A threshold-linear network has corners: an adaptive method of order 8 counts its turns."""
    snapshot = EIRateNetwork(tau_i=tau_i, X_e=X_e).snapshot()
    found = limit_cycle(snapshot)
    middle = float(found.low[0] + found.high[0]) / 2.0

    def upward(t, y):
        return y[0] - middle

    upward.direction = 1.0
    run = solve_ivp(lambda t, y: EIRateNetwork.rhs(t, y, snapshot.p), (0.0, 6000.0), snapshot.start, method="DOP853",
                    rtol=1e-9, atol=1e-12, max_step=5.0, events=upward)
    turns = np.diff(run.t_events[0][-9:])
    assert found.status is Status.OK and len(turns) == 8
    assert found.period == pytest.approx(turns.mean(), rel=1e-5)
