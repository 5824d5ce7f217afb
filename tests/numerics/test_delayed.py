"""Steps of a flow that hears its state late, against the polynomials that solve x' = -k x(t - d)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ncm_app.numerics.runs.compiled import is_warm, stepper, warm
from ncm_app.numerics.runs.integrate import integrate
from ncm_app.numerics.system import System
from tests.numerics.systems import make_system, record, scalar

LATE = replace(scalar(lambda x, p: -p.k * x + p.c * x), delay="d", at_once=(("k", 0.0),))
END = 6.0


def solution(t, k, d):
    """Return x(t) from x = 1 before 0: a polynomial from delay to delay."""
    n = int(t // d) + 1
    return sum((-k) ** m * max(t - (m - 1) * d, 0.0) ** m / math.factorial(m) for m in range(n + 1))


def end(method, dt, **values):
    p = record(**{"k": 1.3, "c": 0.0, "d": 1.0} | values)
    return integrate(LATE, (1.0,), p, t_end=END, dt=dt, method=method).y[0, -1], p


@pytest.mark.parametrize(("method", "order"), [("Euler", 1), ("Heun", 2), ("RK4", 2)])
@pytest.mark.parametrize("delay", [1.0, 0.93, 0.0137])
def test_errors_shrink_with_the_order_of_the_method(method, order, delay):
    exact = solution(END, 1.3, delay) if delay > 0.1 else None
    steps = [0.04, 0.02] if exact is not None else [0.02, 0.01, 0.0005]
    found = [end(method, dt, d=delay)[0] for dt in steps]
    truth = exact if exact is not None else found.pop()
    errors = np.abs(np.array(found) - truth)
    assert errors[0] < 0.1 and errors[1] < (0.62 if order == 1 else 0.5) * errors[0] + 1e-9
    if delay == 1.0 and order == 2:
        assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.25)


def test_what_acts_at_once_is_not_late():
    assert end("Heun", 0.001, k=0.0, c=-0.7)[0] == pytest.approx(math.exp(-0.7 * END), rel=1e-5)


def test_a_delay_of_nothing_is_none():
    plain = integrate(replace(LATE, delay="", at_once=()), (1.0,), record(k=1.3, c=0.2, d=0.0), t_end=END, dt=0.1,
                      method="RK4")
    assert end("RK4", 0.1, c=0.2, d=0.0)[0] == plain.y[0, -1]
    assert end("RK4", 0.1, c=0.2, d=1e-9)[0] == pytest.approx(plain.y[0, -1], rel=1e-5)


def test_compiled_and_plain_text_agree_in_pieces_and_with_kicks():
    system = System(**{**make_system(lambda t, y, p: (-p.k * y[1], p.k * y[0] - y[1] + math.sin(t)), [(-2.0, 2.0)] * 2
                                     ).__dict__, "delay": "d", "at_once": (("k", 0.0),)})
    p, kicks = record(k=2.0, d=0.37), 0.1 * np.random.default_rng(0).standard_normal((2, 400))

    def run(pieces):
        y = np.hstack([np.ones((2, 1)), kicks])
        advance = stepper(system, "Heun", noisy=True, delayed=True)
        for first, last in pieces:
            assert advance(y, first, last, p, dt=0.05, lag=0.37 / 0.05) == (last, 0)
        return y

    whole = run([(0, 400)])
    np.testing.assert_array_equal(run([(0, 3), (3, 150), (150, 400)]), whole)
    warm(system, "Heun", p, noisy=True, delayed=True)
    assert is_warm(system, "Heun", noisy=True, delayed=True) and not is_warm(system, "Heun", noisy=True)
    np.testing.assert_allclose(run([(0, 170), (170, 400)]), whole, rtol=1e-12, atol=1e-12)
    assert whole[:, 1] - kicks[:, 0] == pytest.approx(whole[:, 0], abs=0.2)


def test_growth_without_bound_is_told_and_adaptive_steps_are_refused():
    p = record(k=300.0, c=0.0, d=1.0)
    run = integrate(LATE, (1.0,), p, t_end=60.0, dt=0.1, method="Heun")
    assert run.status.name == "DIVERGED" and len(run.t) < 600
    with pytest.raises(ValueError, match="keep no past"):
        integrate(LATE, (1.0,), p, t_end=60.0, dt=0.1, method="adaptive")
