"""Settled rhythms: periods known from theory, rest, drift, patterns and blow-ups."""

from collections import namedtuple

import numpy as np
import pytest

from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.numerics.cycles import oscillation
from ncm_app.numerics.cycles.oscillation import period_of, settle
from ncm_app.numerics.results import Status, Trajectory
from ncm_app.numerics.runs import compiled
from ncm_app.numerics.runs.integrate import integrate
from ncm_app.numerics.system import Cancelled, Progress, System

Two = namedtuple("Two", "A B")
One = namedtuple("One", "mu")
RATES = ("r_e", "r_i")


def system(rhs, *names, span=(-2.0, 2.0)):
    return System(rhs, names, (span,) * len(names), (span,) * len(names))


def brusselator(t, y, p):
    x, z = y
    return p.A + x * x * z - (p.B + 1.0) * x, p.B * x - x * x * z


def circle(t, y, p):
    """Radius 1, angular frequency mu, attraction rate 2 (period 2 pi / mu exactly)."""
    x, z = y
    pull = 1.0 - x * x - z * z
    return pull * x - p.mu * z, pull * z + p.mu * x


def van_der_pol(t, y, p):
    x, z = y
    return z, p.mu * (1.0 - x * x) * z - x


def roessler(t, y, p):
    x, u, z = y
    return -u - z, x + 0.2 * u, 0.2 + z * (x - p.mu)


BRUSSELATOR = system(brusselator, "x", "z", span=(0.0, 5.0))
CIRCLE = system(circle, "x", "z")
VAN_DER_POL = system(van_der_pol, "x", "z", span=(-3.0, 3.0))
ROESSLER = System(roessler, ("x", "y", "z"), ((-10, 12), (-10, 10), (0, 25)), ((-10, 12), (-10, 10), (0, 25)))
NETWORK = System(EIRateNetwork.rhs, RATES, ((0.0, 0.02), (0.0, 0.03)), ((0.0, 0.5), (0.0, 0.5)),
                 owner="ncm_app.models.rates.ei_rate_network:EIRateNetwork")


def warmed(one, p):
    compiled.warm(one, "RK4", p)
    return one


@pytest.mark.parametrize("mu", [0.05, 0.7, 30.0])
def test_circle_has_its_exact_period_and_reach(mu):
    found = settle(warmed(CIRCLE, One(1.0)), (0.1, 0.0), One(mu))
    assert found.status is Status.OK
    assert found.period == pytest.approx(2 * np.pi / mu, rel=2e-5)
    np.testing.assert_allclose([found.low, found.high], [[-1.0, -1.0], [1.0, 1.0]], rtol=1e-4)
    assert f"{found.period:.4g} ms" in found.message


@pytest.mark.parametrize("a", [1.0, 2.0])
def test_brusselator_near_its_onset(a):
    """At the Hopf point B = 1 + A^2 the period is 2 pi / A; it grows with B from there."""
    one = warmed(BRUSSELATOR, Two(1.0, 2.1))
    above = np.array([0.01, 0.02, 0.04])
    periods = [settle(one, (a, a + 0.3), Two(a, 1.0 + a * a + b)).period for b in above]
    onset = np.polynomial.Polynomial.fit(above, periods, 2)(0.0)
    assert np.all(np.diff(periods) > 0)
    assert onset == pytest.approx(2 * np.pi / a, rel=1e-4)


def test_van_der_pol_near_the_harmonic_limit():
    """Period 2 pi (1 + mu^2 / 16 + ...), amplitude 2."""
    found = settle(warmed(VAN_DER_POL, One(0.2)), (0.5, 0.0), One(0.2))
    assert found.period == pytest.approx(2 * np.pi * (1 + 0.2**2 / 16), rel=1e-5)
    assert found.high[0] == pytest.approx(2.0003, abs=2e-4) and found.low[0] == pytest.approx(-found.high[0], abs=1e-4)


def test_relaxation_oscillation():
    """For mu = 10 the period is 19.0784 (a classical value) and the amplitude 2.0143."""
    found = settle(warmed(VAN_DER_POL, One(0.2)), (0.5, 0.0), One(10.0))
    assert found.status is Status.OK and found.period == pytest.approx(19.0784, abs=2e-4)
    assert found.high[0] == pytest.approx(2.0143, abs=2e-4)


def network(preset):
    model = EIRateNetwork()
    model.set_preset(preset)
    return warmed(NETWORK, model.snapshot().p), model.snapshot()


def test_rate_network_cycles_or_rests_as_in_figure_3_4():
    one, ringing = network("Fig 3.4 A,B")
    rest = settle(one, ringing.start, ringing.p)
    assert rest.status is Status.OK and np.isnan(rest.period)
    np.testing.assert_allclose(rest.low * 1000, [5.60833, 12.50437], atol=1e-5)
    one, cycling = network("Fig 3.4 C,D")
    found = settle(one, cycling.start, cycling.p)
    fine = integrate(one, cycling.start, cycling.p, t_end=1000.0, dt=0.002, method="RK4")
    assert found.status is Status.OK and found.period == pytest.approx(period_of(fine), rel=1e-5)
    np.testing.assert_allclose(found.low, fine.y[:, 400_000:].min(axis=1), rtol=1e-5)
    np.testing.assert_allclose(found.high, fine.y[:, 400_000:].max(axis=1), rtol=1e-5)


def test_compiled_and_plain_text_settle_alike():
    fresh = System(lambda t, y, p: circle(t, y, p), ("x", "z"), CIRCLE.spans, CIRCLE.box)
    plain, fast = settle(fresh, (0.1, 0.0), One(0.7)), settle(warmed(CIRCLE, One(0.7)), (0.1, 0.0), One(0.7))
    assert plain.period == pytest.approx(fast.period, rel=1e-12)


def test_a_cycle_of_two_loops_counts_once():
    """The Roessler system has doubled its period between mu = 2.5 and mu = 3.5."""
    one = warmed(ROESSLER, One(2.5))
    single, double = (settle(one, (1.0, 1.0, 0.1), One(mu)) for mu in (2.5, 3.5))
    assert single.status is double.status is Status.OK
    assert 5.5 < single.period < 6.0 and 11.0 < double.period < 12.2


def test_chaos_is_not_called_a_cycle():
    found = settle(warmed(ROESSLER, One(2.5)), (1.0, 1.0, 0.1), One(5.7))
    assert found.status is Status.NOT_CONVERGED and np.isnan(found.period)
    assert "neither come to rest nor repeated itself" in found.message
    assert found.low[0] < -7 and found.high[0] > 9


def test_a_node_and_a_slow_approach_are_rest():
    decay = system(lambda t, y, p: (-y[0],), "x")
    found = settle(decay, (1.0,), One(0.0))
    assert found.status is Status.OK and np.isnan(found.period) and abs(found.low[0]) < 1e-8
    assert "point" in found.message
    still = settle(warmed(BRUSSELATOR, Two(1.0, 2.1)), (1.0, 1.2), Two(1.0, 1.9))
    np.testing.assert_allclose(still.high, [1.0, 1.9], atol=1e-6)


def test_a_blow_up_is_reported():
    found = settle(system(lambda t, y, p: (y[0] * y[0],), "x"), (1.0,), One(0.0))
    assert found.status is Status.DIVERGED and np.isnan(found.period) and "blew up" in found.message


def test_a_drifting_cycle_is_not_converged(monkeypatch):
    monkeypatch.setattr(oscillation, "_BUDGET", 6000)
    found = settle(warmed(BRUSSELATOR, Two(1.0, 2.1)), (1.0, 1.2), Two(1.0, 2.01))
    assert found.status is Status.NOT_CONVERGED and found.message


def test_a_search_can_be_cancelled():
    class Impatient(Progress):
        def report(self, fraction, partial=None):
            assert 0.0 <= fraction <= 1.0
            raise Cancelled

    with pytest.raises(Cancelled):
        settle(CIRCLE, (0.1, 0.0), One(0.7), progress=Impatient())


def wave(t, y):
    y = np.atleast_2d(y)
    return Trajectory(t, y, np.empty(0), names=tuple("ab"[:len(y)]))


def test_period_of_a_sine():
    t = np.arange(0.0, 100.0, 0.05)
    both = wave(t, np.vstack([np.sin(t), 5.0 + np.cos(2 * np.pi * t / 7.0)]))
    assert period_of(both) == pytest.approx(2 * np.pi, rel=1e-4)
    assert period_of(both, 1) == pytest.approx(7.0, rel=1e-4)


def test_a_bump_in_a_turn_is_no_turn():
    t = np.arange(0.0, 200.0, 0.01)
    spiky = np.exp(3.0 * np.cos(t)) + 7.0 * np.exp(-20.0 * (1.0 - np.cos(t - 1.7)))
    assert np.sum((spiky[:-1] < spiky.mean()) & (spiky[1:] >= spiky.mean())) > 1.9 * 200.0 / (2.0 * np.pi)
    assert period_of(wave(t, spiky)) == pytest.approx(2.0 * np.pi, rel=1e-4)


@pytest.mark.parametrize("y", [lambda t: 0.0 * t, lambda t: 3.0 + 0.0 * t, lambda t: t, lambda t: np.exp(-t)])
def test_no_period_without_a_rhythm(y):
    t = np.linspace(0.0, 10.0, 400)
    assert np.isnan(period_of(wave(t, y(t))))
    assert np.isnan(period_of(wave(t[:2], y(t[:2]))))


def test_period_of_the_figure_depends_on_the_step():
    """Fig 3.4 C,D with Euler: 24.7 ms at dt = 0.1, 22.86 ms at dt = 0.01."""
    one, cycling = network("Fig 3.4 C,D")
    compiled.warm(one, "Euler", cycling.p)
    periods = [period_of(integrate(one, cycling.start, cycling.p, t_end=2000.0, dt=dt, method="Euler"))
               for dt in (0.1, 0.01)]
    assert periods == pytest.approx([24.7, 22.86], abs=0.05)
