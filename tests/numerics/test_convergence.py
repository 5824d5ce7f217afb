"""Each method has the order that it claims, as measured; rounding is kept out of it."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from ncm_app.models.mathematics.euler_method import EulerMethod
from ncm_app.models.mathematics.exponential_decay import ExponentialDecay
from ncm_app.models.mathematics.forced_linear import ForcedLinear
from ncm_app.numerics.runs.convergence import FEWEST, MOST, convergence, slope
from ncm_app.numerics.system import Cancelled, Progress, System
from ncm_app.studies.convergence import compare, converge, orders
from tests.models.asking import snapshot_of

Rate = namedtuple("Rate", ["rate"])
DECAY = System(rhs=lambda t, y, p: (-y[0] * p.rate,), names=("x",), spans=((0.0, 1.0),), box=((-1.0, 1.0),))


@pytest.mark.parametrize(("model", "changes"), [
    (EulerMethod, {}), (EulerMethod, {"equation": "exponential decay"}), (EulerMethod, {"equation": "forced linear"}),
    (ExponentialDecay, {}), (ForcedLinear, {"forcing": "two sines"})])
def test_methods_have_their_orders(model, changes):
    measured = orders(snapshot_of(model, **changes)).convergence
    assert measured.methods == ("Euler", "Heun", "RK4")
    assert measured.slopes == pytest.approx([1.0, 2.0, 4.0], abs=0.1)


def test_a_step_in_the_forcing_costs_every_method_its_order():
    snapshot = snapshot_of(ForcedLinear, "Fig A.4 A,B", t_1=33.3)
    assert converge(snapshot).slopes == pytest.approx([1.0, 1.0, 1.0], abs=0.35)


def test_euler_s_error_is_the_known_one():
    found = convergence(DECAY, (1.0,), Rate(1.0), lambda t: np.exp(-t), t_end=1.0)
    counts = np.rint(1.0 / found.dt)
    assert counts[[0, -1]].tolist() == [FEWEST, MOST]
    # The distance of (1 - dt)^k from exp(-k dt) is largest at the end of a run of one time constant.
    assert found.errors[0] == pytest.approx(np.exp(-1) - (1 - found.dt) ** counts, rel=1e-6)


def test_errors_of_rounding_are_left_out_of_the_slope():
    dt = 0.5 ** np.arange(14.0)
    floor = np.full(14, 1e-12)
    errors = np.maximum(dt**4, 3e-13)
    assert slope(dt, errors, floor) == pytest.approx(4.0)
    assert np.isnan(slope(dt, np.full(14, 1e-15), floor))
    assert abs(slope(dt, errors, np.zeros(14))) < 1.0
    still = orders(snapshot_of(ExponentialDecay, x_0=0.0)).convergence
    assert np.all(still.errors == 0.0)
    assert np.all(np.isnan(still.slopes))


def test_runs_that_blow_up_have_no_error():
    found = convergence(DECAY, (1.0,), Rate(400.0), lambda t: np.exp(-400.0 * t), t_end=10.0)
    assert np.isnan(found.errors[:, 0]).all()
    assert np.isfinite(found.errors[:, -1]).all()


def test_step_and_method_do_not_ask_anew():
    one, other = (orders(snapshot_of(EulerMethod, dt=dt, method=method))
                  for dt, method in ((0.01, "Euler"), (0.5, "RK4")))
    assert one.convergence is other.convergence
    assert other.now["Euler"] > one.now["Euler"] > other.now["RK4"]


def test_all_methods_run_side_by_side():
    found = compare(snapshot_of(EulerMethod, "Large steps"))
    assert list(found.runs) == ["Euler", "Heun", "RK4", "adaptive"]
    t, exact = found.exact
    apart = {name: np.max(np.abs(run.y[0] - np.interp(run.t, t, exact))) for name, run in found.runs.items()}
    assert apart["Euler"] > apart["Heun"] > apart["RK4"] > apart["adaptive"] - 1e-3


def test_a_cancel_stops_the_ladder():
    class Impatient(Progress):
        def report(self, fraction, partial=None):
            raise Cancelled

    with pytest.raises(Cancelled):
        convergence(DECAY, (1.0,), Rate(1.0), lambda t: np.exp(-t), t_end=1.0, progress=Impatient())
