"""What pencil, paper and SciPy say of convolution, forcing, Euler's method and the delta function."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from ncm_app.models.mathematics.dirac_delta import DiracDelta
from ncm_app.models.mathematics.euler_method import EulerMethod
from ncm_app.models.mathematics.forced_linear import ForcedLinear, gain, kernel
from ncm_app.numerics.results import Status
from ncm_app.studies.plots import drawn_columns, measures, told
from ncm_app.studies.simulate import simulate
from tests.models.asking import snapshot_of


def measured(snapshot):
    return {measure.name: measure for measure in measures(snapshot)}


def independent(snapshot, times, breaks=()):
    """Integrate with SciPy's RK45 from break to break of the forcing, states (n, m) at the times."""
    y, rows, edges = np.array(snapshot.start), [], [0.0, *breaks, times[-1]]
    for start, end in itertools.pairwise(edges):
        inside = [t for t in times if start < t <= end]
        run = solve_ivp(lambda t, y: [float(v) for v in snapshot.model.rhs(t, y, snapshot.p)],
                        (start + 1e-12, end - 1e-9), y, t_eval=[min(t, end - 1e-9) for t in inside], rtol=1e-10,
                        atol=1e-12, max_step=0.5)
        rows += list(run.y.T)
        y = run.y[:, -1] if inside and inside[-1] == end else solve_ivp(
            lambda t, y: [float(v) for v in snapshot.model.rhs(t, y, snapshot.p)], (start + 1e-12, end - 1e-9), y,
            rtol=1e-10, atol=1e-12, max_step=0.5).y[:, -1]
    return np.array(rows).T


# Forcing ------------------------------------------------------------------------------

def test_step_has_the_book_s_values():
    p = snapshot_of(ForcedLinear, "Fig A.4 A,B").p
    (y,) = ForcedLinear.solutions["exact"](np.array([50.0, 60.0, 99.9]), p)
    after = 5.0 + (2.0 * np.exp(-5.0) - 5.0) * np.exp(-np.array([0.0, 10.0, 49.9]) / 10.0)  # Eqs. A.16, A.17
    assert y == pytest.approx(after, abs=1e-12)
    assert y == pytest.approx([0.0134759, 3.16556, 4.96606], abs=5e-6)


@given(tau=st.floats(2, 50), c=st.floats(-5, 5), y_0=st.floats(-5, 5), A_1=st.floats(0, 5), T_1=st.floats(5, 500),
       T_2=st.floats(5, 500), t_1=st.floats(5, 95), forcing=st.sampled_from(["none", "step", "two sines"]))
@settings(max_examples=15, deadline=None)
def test_forced_solutions_agree_with_scipy(tau, c, y_0, A_1, T_1, T_2, t_1, forcing):
    """Ex. A.5.1 included: with c the start is y_0, not y_0 + c as the printed solution has it."""
    snapshot = snapshot_of(ForcedLinear, tau=tau, c=c, y_0=y_0, A_1=A_1, T_1=T_1, T_2=T_2, t_1=t_1, forcing=forcing)
    times = np.linspace(0.0, 100.0, 21)[1:]
    found = independent(snapshot, times, breaks=(t_1,) if forcing == "step" else ())
    assert ForcedLinear.solutions["exact"](times, snapshot.p)[0] == pytest.approx(found[0], abs=2e-6)
    assert ForcedLinear.solutions["exact"](np.zeros(1), snapshot.p)[0] == pytest.approx([y_0])


def test_sines_have_the_book_s_heights_in_the_run():
    found = measured(snapshot_of(ForcedLinear, "Fig A.4 E", method="RK4"))
    heights = [found[name].value for name in ("slow sine", "fast sine")]
    assert heights == pytest.approx([0.0677386, 0.00471530], abs=5e-7)
    assert [found[name].theory for name in ("slow sine", "fast sine")] == pytest.approx(heights, abs=1e-6)
    shares = [gain(2 * np.pi * 50.0 / period) for period in (100.0, 10.0)]
    assert shares == pytest.approx([0.30, 0.03], abs=0.005)


def test_kernel_has_integral_one_and_looks_back():
    assert quad(kernel, 0.0, np.inf, args=(10.0,))[0] == pytest.approx(1.0)
    assert quad(kernel, 0.0, 50.0, args=(10.0,))[0] == pytest.approx(0.993, abs=5e-4)
    assert np.all(kernel(np.linspace(-50.0, -1e-9, 100), 10.0) == 0.0)


def test_forcing_after_a_time_changes_nothing_before_it():
    early, late = (simulate(snapshot_of(ForcedLinear, "Fig A.4 A,B", t_1=t)).y[0] for t in (50.0, 70.0))
    assert np.all(early[:501] == late[:501])
    assert early[502] > late[502]


def test_lag_and_gain_are_drawn_where_the_sines_are():
    snapshot = snapshot_of(ForcedLinear, "Fig A.4 E")
    response = 1.0 / (1.0 + 2j * np.pi * 10.0 / np.array([100.0, 10.0]))
    assert drawn_columns(snapshot, 1)["sines"][1] == pytest.approx(np.abs(response))
    assert drawn_columns(snapshot, 2)["sines"][1] == pytest.approx(-np.degrees(np.angle(response)))
    assert "sines" not in drawn_columns(snapshot_of(ForcedLinear, "Fig A.4 A,B"), 1)


@pytest.mark.parametrize(("preset", "changes", "words", "absent"), [
    ("No forcing", {}, "y rises from 2 to 3 with time constant 10 ms", "decays"),
    ("No forcing", {"c": 1.0}, "y falls from 2 to 1", "rises"), ("No forcing", {"c": 2.0}, "y stays at 2", "constant"),
    ("Fig A.4 A,B", {}, "from t = 50 ms on, y goes toward 5", "after the end"),
    ("Fig A.4 A,B", {"t_1": 0.0}, "from t = 0 ms on", "before"),
    ("Fig A.4 A,B", {"t_1": 200.0}, "after the end of the run at 100 ms: till then y goes toward 0", " on, "),
    ("Fig A.4 A,B", {"I_1": 0.0}, "the step has no height: y falls from 2 to 0", "from t ="),
    ("Fig A.4 E", {"A_1": 0.0, "A_2": 0.0}, "both sines have no height: y stays at 0", "comes through"),
    ("Fig A.4 E", {"A_1": 0.0}, "16 % of the sine of 10 ms comes through", "100 ms")])
def test_only_what_the_run_shows_is_told_of_a_forcing(preset, changes, words, absent):
    sentence = told(snapshot_of(ForcedLinear, preset, **changes))
    assert words in sentence and absent not in sentence


# Euler's method -----------------------------------------------------------------------

def test_euler_has_the_book_s_numbers():
    snapshot = snapshot_of(EulerMethod, "Fig A.5")
    found, run = measured(snapshot), simulate(snapshot)
    assert [run.y[0].min(), run.y[0].max(), run.y[0, -2]] == pytest.approx([0.377155, 1.960307, 0.748034], abs=5e-7)
    assert found["largest error"].value == pytest.approx(0.0520, abs=5e-5)
    assert found["it is at"].value == pytest.approx(44.59)
    (x,) = EulerMethod.solutions["exact"](run.t, snapshot.p)
    assert [x.min(), x.max()] == pytest.approx([0.396663, 1.956295], abs=5e-6)


@given(omega=st.floats(0, 3), tau=st.floats(0.5, 20), x_0=st.floats(-3, 3),
       equation=st.sampled_from(EulerMethod.param.equation.objects))
@settings(max_examples=15, deadline=None)
def test_known_solutions_agree_with_scipy(omega, tau, x_0, equation):
    snapshot = snapshot_of(EulerMethod, omega=omega, tau=tau, x_0=x_0, equation=equation)
    times = np.linspace(0.0, 15.0, 11)[1:]
    found = independent(snapshot, times)
    # Where x' = sin x is unstable, SciPy's own error grows by a power of e for every ms.
    assert EulerMethod.solutions["exact"](times, snapshot.p)[0] == pytest.approx(found[0], abs=1e-4)


def test_known_solution_holds_beyond_a_turn():
    (x,) = EulerMethod.solutions["exact"](np.array([0.0, 1.0]), EulerMethod().snapshot().p._replace(x_0=7.0))
    assert x[0] == pytest.approx(7.0)
    assert np.tan(x[1] / 2) == pytest.approx(np.tan(3.5) * np.exp(np.sin(1.0)))


def test_what_to_try_with_steps_is_so():
    blown = simulate(snapshot_of(EulerMethod, "Ex A.6.1, decay", dt=4.5, t_end=2000.0))
    assert blown.status is Status.DIVERGED or np.abs(blown.y[0, -1]) > 1e3
    errors = [measured(snapshot_of(EulerMethod, "Large steps", method=name))["largest error"].value
              for name in ("Euler", "Heun", "RK4")]
    assert errors[0] > 10 * errors[1] > 100 * errors[2]
    assert np.all(simulate(snapshot_of(EulerMethod, "Large steps", x_0=0.0)).y == 0.0)


def test_strokes_of_the_field_have_the_speed_as_slope():
    snapshot = snapshot_of(EulerMethod, "Fig A.5")
    t, x = (column.reshape(-1, 3) for column in drawn_columns(snapshot, 0)["field"])
    slopes, middle = np.diff(x[:, :2])[:, 0] / np.diff(t[:, :2])[:, 0], (t[:, 0] + t[:, 1]) / 2
    assert slopes == pytest.approx(np.sin((x[:, 0] + x[:, 1]) / 2) * np.cos(middle), abs=1e-9)
    assert "points" not in drawn_columns(snapshot, 0)
    assert len(drawn_columns(snapshot_of(EulerMethod, "Large steps"), 0)["points"][0]) == 25


# Dirac delta --------------------------------------------------------------------------

def test_delta_has_the_book_s_numbers():
    snapshot = snapshot_of(DiracDelta, "Fig A.7")
    run, forcing = simulate(snapshot), DiracDelta.observe(simulate(snapshot).t, None, snapshot.p)[0]
    assert np.flatnonzero(forcing).tolist() == [200]
    assert forcing[200] == pytest.approx(10.0)
    assert int(np.argmax(run.y[0])) == 201
    assert [run.y[0, 201], run.y[0, 300]] == pytest.approx([0.1, 0.0369730], abs=5e-8)
    assert measured(snapshot)["after a delta function"].value == pytest.approx(0.0367879, abs=5e-8)
    assert measured(snapshot)["x at t_1 + tau"].theory == pytest.approx(0.1 * np.expm1(0.01) / np.e / 0.01)


@given(steps=st.integers(1, 200), t_1=st.integers(2, 100), tau=st.floats(1, 50))
@settings(max_examples=40, deadline=None)
def test_area_stays_one_and_exact_agrees_with_an_integral(steps, t_1, tau):
    snapshot = snapshot_of(DiracDelta, Delta=steps / 10, t_1=t_1 / 2, tau=tau)
    assert measured(snapshot)["area"].value == pytest.approx(1.0)
    times, begin, end = np.array([10.0, 60.0, 90.0]), t_1 / 2, t_1 / 2 + steps / 10
    found = [quad(lambda s, t=t: np.exp(-(t - s) / tau) / tau, begin, min(end, t))[0] * 10 / steps if t > begin else 0.0
             for t in times]
    assert DiracDelta.solutions["exact"](times, snapshot.p)[0] == pytest.approx(found, abs=1e-9)


def test_shorter_pulses_approach_the_kernel_and_pick_the_signal():
    t = np.linspace(21.0, 100.0, 80)
    gaps, picks = [], []
    for width in (1.0, 0.5, 0.2, 0.1):
        snapshot = snapshot_of(DiracDelta, Delta=width, t_1=13.0)
        gaps.append(np.max(np.abs(DiracDelta.solutions["exact"](t, snapshot.p)[0] - np.exp(-(t - 13.0) / 10.0) / 10.0)))
        numbers = measured(snapshot)
        picks.append(abs(numbers["signal times pulse"].value - numbers["A times signal at t_1"].value))
    assert gaps == sorted(gaps, reverse=True) and gaps[0] > 8 * gaps[-1]
    assert picks == sorted(picks, reverse=True) and picks[-1] < 1e-9


def test_steps_too_coarse_for_the_pulse_are_told():
    snapshot = snapshot_of(DiracDelta, "Fig A.7", dt=0.4)
    assert measured(snapshot)["area"].value == pytest.approx(4.0)
    assert "too coarse" in told(snapshot)
    assert "too coarse" not in told(snapshot_of(DiracDelta, "Fig A.7"))


@given(x_0=st.floats(-1, 1), A=st.floats(0.1, 2), tau=st.floats(1, 50), width=st.integers(1, 20))
@settings(max_examples=15, deadline=None)
def test_numbers_after_a_pulse_have_the_theory_of_that_pulse(x_0, A, tau, width):
    snapshot = snapshot_of(DiracDelta, x_0=x_0, A=A, tau=tau, Delta=float(width), dt=0.01, method="RK4")
    numbers = measured(snapshot)
    there = x_0 * np.exp(-(20.0 + tau) / tau) + quad(lambda s: A / width / tau * np.exp((s - tau - 20.0) / tau), 20.0,
                                                     min(20.0 + width, 20.0 + tau))[0]
    assert numbers["x at t_1 + tau"].theory == pytest.approx(there, abs=1e-9)
    assert numbers["x at t_1 + tau"].value == pytest.approx(there, abs=2e-4 + 0.01 * A / width / tau)
    under = quad(lambda t: A / width * np.sin(np.pi * t / 40.0), 20.0, 20.0 + width)[0]
    assert numbers["signal times pulse"].theory == pytest.approx(under, abs=1e-9)
    assert numbers["signal times pulse"].value == pytest.approx(under, abs=2e-3 * A)
    drawn = drawn_columns(snapshot, 0)["limit"]
    after = A / tau * np.exp(-10.0 / tau) + x_0 * np.exp(-30.0 / tau)
    assert np.interp(10.0, *drawn) == pytest.approx(after, abs=0.01 * (A / tau + abs(x_0)))


def test_long_pulse_averages_the_signal_as_theory_says():
    number = measured(snapshot_of(DiracDelta, "Pulse of 20 ms"))["signal times pulse"]
    assert number.theory == pytest.approx(2 / np.pi)
    assert number.value == pytest.approx(2 / np.pi, abs=0.1 / 20)  # summed in steps of 0.1 ms


def test_what_the_pulse_does_is_told_for_every_start_and_area():
    assert ": x rises to 99.5 % of the jump" in told(snapshot_of(DiracDelta, "Fig A.7"))
    falling = told(snapshot_of(DiracDelta, "Fig A.7", x_0=1.0, tau=50.0))
    assert "x(0) = 1 decays, and what the pulse adds to it rises to 99.9 %" in falling
    assert "there is no pulse" in told(snapshot_of(DiracDelta, "Fig A.7", A=0.0))
    assert "x(0) decays" in told(snapshot_of(DiracDelta, "Fig A.7", A=0.0, x_0=0.5))
    late = snapshot_of(DiracDelta, "Fig A.7", t_1=80.0, t_end=50.0)
    assert "the run ends at 50 ms, before the pulse" in told(late) and not measures(late)


def test_peaks_of_what_to_try():
    peaks = [simulate(snapshot_of(DiracDelta, Delta=width)).y[0].max() for width in (20.0, 5.0, 0.1)]
    assert peaks == pytest.approx([0.0432, 0.0787, 0.1], abs=5e-4)


def test_printed_gaussian_has_the_wrong_area():
    printed = quad(lambda t: np.exp(-(t**2)) / np.sqrt(2 * np.pi), -np.inf, np.inf)[0]
    assert printed == pytest.approx(0.7071, abs=5e-5)
