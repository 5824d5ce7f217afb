"""Current-based synapses: closed forms against an integrator, orders, limits, and what is told."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.models.synapses.synapses import DIFFERENCE, KERNELS, Synapses, convolution, exact
from ncm_app.studies.plots import drawn_columns, measures, told
from ncm_app.studies.regime import regime
from ncm_app.studies.simulate import simulate
from ncm_app.views.plots import Drawn, PlotView
from tests.models.asking import snapshot_of

EX = {"kernel": KERNELS[DIFFERENCE]}
CASES = [{}, EX, {"tau_m": 5.0}, EX | {"tau_m": 5.0}, EX | {"tau_r": 5.0}, EX | {"tau_r": 5.0, "tau_m": 5.0},
         {"V_0": -60.0, "I_e_0": 3.0, "I_i_0": -1.0}, {"tau_e": 50.0, "tau_i": 1.0, "s_e": (5.0, 5.5, 6.0)}]


def integrated(snapshot, t):
    """Return V, I_e, I_i (3, m): piecewise between spikes, with a rising state for either input."""
    p, y = snapshot.p, np.array([*snapshot.start, 0.0, 0.0])

    def flow(_, y):
        V, I_e, I_i, x_e, x_i = y
        return [(-(V - p.E_L) + I_e + I_i) / p.tau_m, (-I_e + x_e) / p.tau_e, (-I_i + x_i) / p.tau_i,
                -x_e / p.tau_r, -x_i / p.tau_r]

    rising = p.kernel == DIFFERENCE
    events = sorted([(s, 0, p.J_e, p.tau_e) for s in p.s_e] + [(s, 1, p.J_i, p.tau_i) for s in p.s_i])
    out, now = np.empty((3, len(t))), 0.0
    for s, kind, J, tau in [*events, (t[-1] + 1.0, 0, 0.0, 1.0)]:
        inside = (t >= now) & (t < s)
        run = solve_ivp(flow, (now, s), y, method="DOP853", rtol=1e-11, atol=1e-13, t_eval=[*t[inside], s])
        out[:, inside], y = run.y[:3, :-1], run.y[:, -1]
        y[(3 if rising else 1) + kind] += J / (p.tau_r if rising else tau)
        now = s
    return out


@pytest.mark.parametrize("changes", CASES)
def test_exact_solution_against_an_integrator(changes):
    snapshot, t = Synapses(**changes).snapshot(), np.linspace(0.0, 300.0, 1201)
    found = exact(t, snapshot.p)
    for row, expected in zip(found, integrated(snapshot, t), strict=True):
        np.testing.assert_allclose(row, expected, atol=2e-8)


@pytest.mark.parametrize("method", ["Euler", "Heun", "RK4"])
@pytest.mark.parametrize("changes", [{}, EX])
def test_steps_converge_in_first_order_since_spikes_are_felt_a_step_late(changes, method):
    errors = []
    for dt in (0.2, 0.1, 0.05):
        snapshot = Synapses(dt=dt, method=method, **changes).snapshot()
        run = simulate(snapshot)
        errors.append(np.max(np.abs(run.y[0] - exact(run.t, snapshot.p)[0])))
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.25)
    assert errors[1] / errors[2] == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("changes", [{}, EX, {"V_0": -60.0, "I_e_0": 3.0}])
def test_convolution_converges_in_second_order(changes):
    snapshot, errors = Synapses(**changes).snapshot(), []
    for steps in (3000, 6000):
        t = np.linspace(0.0, 300.0, steps + 1)
        errors.append(np.max(np.abs(convolution(t, snapshot.p)[0] - exact(t, snapshot.p)[0])))
    assert errors[0] < 4e-4
    assert errors[0] / errors[1] == pytest.approx(4.0, abs=0.1)


def test_a_fast_rise_is_a_jump():
    """It delays V by tau_r, so by no more than tau_r times the steepest slope, J / (tau_e tau_m)."""
    t = np.linspace(0.0, 300.0, 3001)
    jump = exact(t, Synapses().snapshot().p)[0]
    for tau_r in (0.1, 0.05):
        rising = exact(t, Synapses(tau_r=tau_r, **EX).snapshot().p)[0]
        assert 0.0 < np.max(np.abs(rising - jump)) < 0.24 * tau_r


@pytest.mark.parametrize("changes", [{}, EX])
def test_each_spike_brings_its_weight_whatever_the_step(changes):
    """Euler conserves it too: the sum of I dt is J per spike."""
    for dt in (0.05, 1.0, 3.0):
        run = simulate(Synapses(s_e=(20.0, 50.3), s_i=(100.0,), dt=dt, t_end=400.0, **changes).snapshot())
        np.testing.assert_allclose(run.y[1:].sum(axis=1) * dt, [24.0, -12.0], rtol=1e-6)


def test_numbers_of_the_exercise():
    found = {m.name: m.theory for m in measures(snapshot_of(Synapses, "Ex 1.3.1"))}
    assert found["EPSP"] == pytest.approx(0.649164, abs=5e-7)
    assert found["IPSP"] == pytest.approx(-0.649164, abs=5e-7)
    drawn = drawn_columns(snapshot_of(Synapses, "Ex 1.3.1"), 1)
    assert drawn["peaks"][0] == pytest.approx((1.188, 1.188), abs=5e-4)
    assert drawn["peaks"][1] == pytest.approx((2.22899, -2.22899), abs=5e-6)
    assert drawn["numbers"][2] == ["2.23 mV at 1.2 ms", "−2.23 mV at 1.2 ms"]


def test_spikes_in_one_step_add_up_and_late_ones_do_not_count():
    base = simulate(Synapses(s_e=(20.0,), s_i=()).snapshot()).y
    twice = simulate(Synapses(s_e=(20.0, 20.04, 300.0, 301.0, 900.0), s_i=(400.0,)).snapshot())
    np.testing.assert_allclose(twice.y[1], 2.0 * base[1], atol=1e-12)
    snapshot = Synapses(s_e=(20.0, 301.0), s_i=(400.0,)).snapshot()
    drawn = drawn_columns(snapshot, 0)
    assert drawn["excitatory"][0].tolist() == [20.0]
    assert drawn["inhibitory"][0].tolist() == []
    assert [m.name for m in measures(snapshot)] == ["EPSP"]


def test_potentials_add_up():
    both, first, second = (simulate(Synapses(s_e=s, s_i=()).snapshot()).y[0] + 72.0
                           for s in ((200.0, 210.0), (200.0,), (210.0,)))
    np.testing.assert_allclose(both, first + second, atol=1e-12)


def test_it_is_told_how_far_one_and_two_spikes_lift_v():
    sentence = told(Synapses().snapshot())
    assert "lifts V by 0.60 mV, 6.9 ms later" in sentence
    assert "2 excitatory spikes within 10 ms lift it by 0.99 mV, 1.65 times as far" in sentence
    assert "spikes within" not in told(Synapses(s_e=(), s_i=()).snapshot())


@pytest.mark.parametrize(("changes", "words", "absent"), [
    ({"J_e": 0.0, "J_i": 0.0}, "no spike moves V: both weights are 0", "0.00"),
    ({"J_i": 0.0}, "6.9 ms later; inhibitory spikes do nothing (J_i = 0)", "0.00"),
    ({"J_e": 0.0}, "excitatory spikes do nothing (J_e = 0); an inhibitory one lowers V by 0.60 mV", "0.00"),
    ({"dt": 9.0}, "the steps of 9 ms are too long for that: in the run the EPSP is 2.16 mV", "0.00"),
    ({"dt": 1.0}, "lifts V by 0.60 mV", "too long"),
    ({"s_e": "20, 20, 20"}, "3 excitatory spikes at once lift it by 1.80 mV, 3.00 times as far", "within")])
def test_what_spikes_do_is_told_as_it_is(changes, words, absent):
    sentence = told(Synapses(**changes).snapshot())
    assert words in sentence and absent not in sentence


def test_spikes_at_one_time_add_up():
    snapshot, single = Synapses(s_e="20, 20, 20", s_i=()).snapshot(), Synapses(s_e="20", s_i=()).snapshot()
    for run in (lambda s: simulate(s).y, lambda s: np.array(exact(simulate(s).t, s.p)),
                lambda s: np.array(convolution(simulate(s).t, s.p))):
        rest = np.array([[-72.0], [0.0], [0.0]])
        np.testing.assert_allclose(run(snapshot) - rest, 3.0 * (run(single) - rest), atol=1e-9)
    assert measures(snapshot)[0].value == pytest.approx(1.8, abs=0.02)
    assert drawn_columns(snapshot, 0)["excitatory"][0].tolist() == [20.0] * 3


def test_spikes_beyond_the_end_of_the_run_are_told():
    warned = regime(Synapses(s_e=(20.0, 300.0, 310.5, 1000.0)).snapshot(), "").warnings
    assert "Beyond the end of the run at 300 ms, and so without effect: excitatory spikes at 310.5, 1000 ms." in warned
    assert not any("end of the run" in text for text in regime(Synapses().snapshot(), "").warnings)


@pytest.mark.parametrize("changes", [{"tau_e": 50.0}, {"tau_e": 50.0, "J_e": 50.0}, {"J_i": -1.0}, {"tau_m": 100.0}])
@pytest.mark.parametrize("index", [1, 2])
def test_labels_stand_beside_the_curves(changes, index):
    drawn = drawn_columns(Synapses(**changes).snapshot(), index)
    (_, high), (x, y) = PlotView(Synapses.plots[index]).limits(Drawn(drawn))[1], drawn["numbers"][:2]
    for name, where, height in zip(("excitatory", "inhibitory"), x, y, strict=True):
        t, curve = drawn[name]
        left = where - 0.14 * t[-1]  # where the text begins
        beside = np.abs(curve[t >= left]).max()
        assert abs(height) - beside > 0.06 * high


def test_no_label_without_a_weight():
    drawn = drawn_columns(Synapses(J_e=0.0).snapshot(), 1)
    assert len(drawn["numbers"][2]) == len(drawn["peaks"][0]) == 1
    assert drawn["numbers"][2][0].startswith("−")
    assert not len(drawn_columns(Synapses(J_e=0.0, J_i=0.0).snapshot(), 2)["numbers"][2])


@pytest.mark.parametrize(("changes", "words"), [
    ({"dt": 6.0}, "up to 61%"), ({"dt": 11.0}, "below 10.0 ms"), ({"dt": 50.0}, "below 10.0 ms"),
    ({"tau_e": 1.0, "dt": 3.0}, "below 2.00 ms")])
def test_steps_longer_than_a_decay_time_are_told_and_give_no_nan(changes, words):
    snapshot = Synapses(**changes).snapshot()
    answer = regime(snapshot, "")
    assert words in " ".join([answer.step_check, *answer.warnings])
    run = simulate(snapshot)
    assert np.isfinite(run.y).all()
    assert all(np.isfinite(column).all() for f in Synapses.solutions.values() for column in f(run.t, snapshot.p))


@pytest.mark.parametrize(("preset", "changes", "name", "value"), [
    ("Fig 1.4", {"s_e": (20.0, 200.0, 210.0, 220.0)}, "EPSP of 3 spikes", 1.18),
    ("Temporal summation", {"s_e": (20.0, 120.0, 125.0, 130.0, 135.0)}, "EPSP of 4 spikes", 1.87),
    ("Fig 1.4", {"dt": 1.0}, "EPSP", 0.646)])
def test_what_the_page_tells_to_try(preset, changes, name, value):
    found = {m.name: m.value for m in measures(snapshot_of(Synapses, preset, **changes))}
    assert found[name] == pytest.approx(value, abs=0.006)


def test_try_an_equal_membrane():
    assert "lifts V by 0.88 mV, 5.0 ms later" in told(Synapses(tau_m=5.0).snapshot())
