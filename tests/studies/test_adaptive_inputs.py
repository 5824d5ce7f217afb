"""Adaptive runs see every input, and fixed steps give a pulse of n steps n steps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.core.catalogue import find
from ncm_app.numerics.results import Status
from ncm_app.numerics.runs import adaptive
from ncm_app.numerics.system import SILENT
from ncm_app.studies import memo
from ncm_app.studies.simulate import observe, simulate
from ncm_app.studies.step_checks import check_step
from ncm_app.studies.systems import system_of

PULSES = {"I_0": 2.0, "I_1": 12.0, "I_2": -9.0}
QUIET = [
    ("lif", {**PULSES, "t_1": 337.7, "d_1": 0.7, "t_2": 871.3, "d_2": 1.1, "t_end": 3000.0}),
    ("eif", {**PULSES, "t_1": 337.7, "d_1": 0.31, "t_2": 338.2, "d_2": 0.9, "t_end": 2000.0}),
    ("qif", {**PULSES, "t_1": 901.9, "d_1": 0.03, "t_2": 901.95, "d_2": 0.4, "t_end": 5000.0}),
    ("adex", {**PULSES, "t_1": 337.7, "d_1": 1.3, "t_2": 650.1, "d_2": 0.2, "t_end": 2500.0}),
    ("channelrhodopsin_eif", {"light": "pulses", "t_1": 777.7, "d_1": 0.37, "t_2": 901.1, "d_2": 1.9, "t_end": 3000.0}),
    ("leaky_integrator", {"input": "square wave", "t_1": 433.3, "t_2": 433.9, "T_x": 1000.0, "t_end": 9000.0}),
    ("leaky_integrator", {"input": "noise", "h_x": 7.0, "t_end": 200.0}),
    ("leaky_integrator", {"input": "sine", "f_x": 200.0, "t_end": 3000.0}),
    ("forced_linear", {"t_1": 433.3, "tau": 1.0, "t_end": 5000.0, "y_0": 0.0}),
    ("dirac_delta", {"t_1": 71.7, "Delta": 0.1, "tau": 1.0, "t_end": 8000.0}),
]


def edges_by_hand(slug, v):
    """Return when the input of a model jumps, from what its controls say."""
    if slug == "leaky_integrator":
        step = {"noise": v.get("h_x", 0.0), "square wave": v.get("T_x", 0.0)}.get(v["input"], 0.0)
        firsts = [v["t_1"], v["t_2"]] if v["input"] == "square wave" else [0.0]
        times = [f + step * k for f in firsts for k in range(int(v["t_end"] / step) + 1)] if step else []
    elif slug in ("forced_linear", "dirac_delta"):
        times = [v["t_1"], v["t_1"] + v.get("Delta", 0.0)]
    else:
        times = [v["t_1"], v["t_1"] + v["d_1"], v["t_2"], v["t_2"] + v["d_2"]]
    return sorted({t for t in times if 0.0 < t < v["t_end"]} | {0.0, v["t_end"]})


@pytest.mark.parametrize(("slug", "values"), QUIET)
def test_run_agrees_with_pieces_between_edges_that_are_worked_out_by_hand(slug, values):
    one = find(slug)(**values, method="adaptive", dt=0.05 if values["t_end"] < 5000.0 else 0.25).snapshot()
    run, system = simulate(one), system_of(one.model)
    assert run.status is Status.OK and not run.message and len(run.spikes) == 0
    y, at = np.array(one.start), 0.0
    for end in edges_by_hand(slug, values)[1:]:
        low, high = at + 1e-6 * (end - at), end - 1e-6 * (end - at)
        exact = solve_ivp(lambda t, y, low=low, high=high: system.rhs(min(max(t, low), high), tuple(y), one.p),
                          (at, end), y, method="DOP853", rtol=1e-11, atol=1e-12, max_step=10.0, dense_output=True)
        inside = (run.t >= at) & (run.t <= end)
        widths = np.array([s.span[1] - s.span[0] for s in one.model.states])[:, None]
        if np.any(inside):
            assert np.max(np.abs(run.y[:, inside] - exact.sol(run.t[inside])) / widths) < 3e-7
        y, at = exact.y[:, -1], end


def test_soft_pulses_are_met_however_long_the_run():
    values = {"I_1": 10.0, "t_1": 700.0, "d": 0.4, "t_end": 900.0}
    cell = find("hodgkin_huxley")
    near, far = (simulate(cell(**{**values, **more}, method="adaptive").snapshot()) for more in ({}, {"t_end": 9000.0}))
    p = cell(**values).snapshot().p

    def follow(start, end, y, **options):
        return solve_ivp(lambda t, y: cell.rhs(t, tuple(y), p), (start, end), y, method="DOP853", rtol=1e-10,
                         atol=1e-12, **options)

    rest = follow(0.0, 690.0, near.y[:, 0]).y[:, -1]
    exact = follow(690.0, 760.0, rest, max_step=0.2, t_eval=[700.0, 705.0, 760.0])
    for run in (near, far):
        at = np.searchsorted(run.t, exact.t - 1e-9)
        assert run.y[:, at] == pytest.approx(exact.y, abs=2e-5)
    assert np.max(exact.y[0]) > -62.0  # the pulse has been felt


def test_closed_form_of_a_pulse_that_fires():
    """From -72 mV under 50 mV, V_T = -55 is reached 15 ln(50/33) ms after the start of the pulse."""
    run = simulate(find("lif")(I_0=0.0, I_1=50.0, t_1=337.3, d_1=6.5, V_0=-72.0, t_end=10_000.0,
                               method="adaptive").snapshot())
    assert run.spikes == pytest.approx([337.3 + 15.0 * np.log(50.0 / 33.0)], abs=1e-5)


def test_too_many_edges_end_the_run_with_a_sentence(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", memo.Memory(2**20))
    monkeypatch.setattr(adaptive, "MAX_EDGES", 40)
    run = simulate(find("leaky_integrator")(input="square wave", t_1=0.0, t_2=2.0, T_x=5.0, t_end=5000.0,
                                            method="adaptive").snapshot())
    assert run.status is Status.STEP_LIMIT
    assert run.t[-1] == pytest.approx(100.0, abs=3.0)
    assert "40 edges of the input" in run.message and "Choose Euler" in run.message


# Fixed steps ---------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", range(4))
def test_pulses_of_n_steps_last_n_steps(seed):
    """Euler from rest: V rises by I (1 - (1 - dt/tau)^n) in n steps, wherever they begin."""
    draw = np.random.default_rng(seed)
    for _ in range(40):
        dt = float(draw.choice([0.1, 0.15, 0.3, 0.6, 0.7, 1 / 3, 2 / 7, 0.007, 1.1, draw.uniform(0.01, 1.0)]))
        k, n = int(draw.integers(0, 900 / max(dt, 1.0))), int(draw.integers(1, 40))
        exactly = draw.random() < 0.5
        t_1, d_1 = (k * dt, n * dt) if exactly else (round(k * dt, 10), round(n * dt, 10))
        cell = find("lif")(I_0=0.0, I_1=5.0, t_1=t_1, d_1=d_1, V_0=-72.0, dt=dt, t_end=t_1 + d_1 + 20 * dt + 1)
        run = simulate(cell.snapshot())
        assert np.max(run.y[0]) == pytest.approx(-72.0 + 5.0 * (1.0 - (1.0 - dt / 15.0) ** n), abs=1e-9), (dt, k, n)
        (seen,) = observe(cell.snapshot(), run)
        assert np.count_nonzero(seen > 2.5) == n


@pytest.mark.parametrize(("dt", "period"), [(0.3, 5.1), (0.7, 7.0), (1 / 3, 6.0), (0.15, 5.55)])
def test_square_waves_are_on_for_as_many_steps_in_every_period(dt, period):
    wave = find("leaky_integrator")(input="square wave", I_0=0.0, t_1=3 * dt, t_2=7 * dt, T_x=period, dt=dt,
                                    t_end=900.0).snapshot()
    on = np.rint(observe(wave, simulate(wave))[0] / 4.0).astype(int)
    per = round(period / dt)
    whole = on[: len(on) // per * per].reshape(-1, per)
    assert np.all(whole == whole[0]) and whole[0].sum() == 4 and whole[0, 3] == 1


@pytest.mark.parametrize(("method", "gain"), [("Heun", 0.5), ("RK4", 1 / 6)])
def test_stages_on_an_edge_see_what_comes_after_it(method, gain):
    """By the weight of its last stage a pulse begins early and ends early: in all it lasts as long."""
    light = find("dirac_delta")(t_1=2.1, Delta=1.4, tau=50.0, dt=0.7, t_end=20.0, method=method)
    run = simulate(light.snapshot())
    assert run.y[0, -1] == pytest.approx(np.exp(-(run.t[-1] - 2.8 + gain * 0.7) / 50.0) / 50.0, rel=2e-3)


@pytest.mark.parametrize(("method", "t_1", "said"), [
    ("Euler", 50.2, "Euler does not see it"), ("Euler", 49.8, "takes it for one of 1.00 ms"),
    ("Heun", 49.8, "takes it for one of 1.00 ms"), ("RK4", 50.2, "takes it for one of 0.667 ms"),
    ("RK4", 50.7, "takes it for one of 0.333 ms")])
def test_inputs_shorter_than_a_step_are_told(method, t_1, said):
    d_1 = 0.4
    cell = find("lif")(I_0=0.0, I_1=5.0, t_1=t_1, d_1=d_1, dt=1.0, t_end=100.0, method=method)
    told = check_step(cell.snapshot(), SILENT)
    assert f"lasts {d_1:.3f} ms, less than a step of 1 ms" in told and said in told
    assert "less than a step" not in check_step(cell.snapshot().changed(dt=0.1), SILENT)
    assert "less than a step" not in check_step(cell.snapshot().changed(I_1=0.0), SILENT)
