"""What the pages of appendices A and B tell a reader to try, and what to look for, is so."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.fitzhugh_nagumo import FitzHughNagumo
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.mathematics.phase_line import PhaseLine
from ncm_app.models.oscillators.brusselator import Brusselator
from ncm_app.models.oscillators.hopf_system import HopfSystem
from ncm_app.models.oscillators.kuramoto import Kuramoto, simulated
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.models.oscillators.three_oscillators import ThreeOscillators
from ncm_app.models.rates.wilson_cowan import WilsonCowan
from ncm_app.numerics.results import Status
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of, special


@pytest.mark.parametrize(("model", "preset", "changes", "kinds"), [
    (PhaseLine, "Fig A.6", {"a": 0.0}, ("semi-stable",)), (PhaseLine, "Ex A.7.3", {"a": -0.7}, ("stable",)),
    (ThreeOscillators, "Kuramoto", {"K": 0.171}, ("stable node", "saddle")),
    (ThreeOscillators, "Kuramoto", {"alpha": 1.2}, ()), (ThreeOscillators, "QIF response", {"D_2": 0.01}, ())])
def test_fixed_points_that_are_promised(model, preset, changes, kinds):
    assert tuple(q.kind for q in equilibria(snapshot_of(model, preset, **changes)).points) == kinds


@pytest.mark.parametrize(("model", "preset", "changes", "end"), [
    (PhaseLine, "Ex A.7.3", {"x_0": 0.9, "t_end": 20.0}, -1.0), (PhaseLine, "Ex A.7.3", {"t_end": 20.0}, 2.0),
    (PhaseLine, "Ex A.7.3", {"a": -0.7, "t_end": 20.0}, -1.1), (MorrisLecar, "Hopf", {"I": 250.0}, 11.0),
    (FitzHughNagumo, "Rest or rhythm", {"v_0": -0.97, "w_0": -0.34, "t_end": 2000.0}, -0.97),
    (MorrisLecar, "Hopf: rest or firing", {"V_0": -27.0, "w_0": 0.13, "t_end": 3000.0}, -26.0),
    (WilsonCowan, "1972 Fig 11", {"P": 1.0, "t_end": 200.0}, 0.03)])
def test_run_ends_where_it_is_promised(model, preset, changes, end):
    state = model.states[0]
    run = simulate(snapshot_of(model, preset, **changes))
    assert run.y[0, -1] == pytest.approx(end, abs=0.012 * (state.span[1] - state.span[0]))
    assert np.ptp(run.y[0, -200:]) < 0.02 * (state.span[1] - state.span[0])


@pytest.mark.parametrize(("model", "preset", "changes", "period"), [
    (FitzHughNagumo, "Rhythm", {"phi": 0.02}, 122.0), (MorrisLecar, "SNIC", {"I": 40.0}, 944.0),
    (WilsonCowan, "Neuromatch oscillation", {"P": 0.72}, 54.0), (MorrisLecar, "homoclinic", {"I": 35.0}, None),
    (Brusselator, "Cycle", {"A": 1.5}, None), (WilsonCowan, "1972 Fig 11", {"P": 2.0}, None)])
def test_period_that_is_promised(model, preset, changes, period):
    found = limit_cycle(snapshot_of(model, preset, **changes)).period
    assert np.isnan(found) if period is None else found == pytest.approx(period, rel=0.01)


@pytest.mark.parametrize(("model", "preset", "changes", "before"), [
    (PhaseLine, "Fig A.6", {"x_0": 1.1}, 1.62), (HopfSystem, "Ex A.9.3", {"x_0": 2.2}, 20.0),
    (HopfSystem, "Ex A.9.3, outside", {}, 1.5)])
def test_blow_up_is_said_with_its_time_and_variable(model, preset, changes, before):
    run = simulate(snapshot_of(model, preset, **changes))
    assert run.status is Status.DIVERGED
    assert 1.0 < run.t[-1] < before
    assert f"t = {run.t[-1] + 0.01:g} ms" in run.message
    assert run.message.split()[0] in run.names
    assert np.isfinite(run.y).all()


def test_eulers_circles_widen_and_rk4_closes_them():
    wide, closed = (simulate(snapshot_of(HopfSystem, "Ex A.9.4, c = 0", dt=0.1, method=method))
                    for method in ("Euler", "RK4"))
    radius = [np.hypot(*run.y[:, -1]) / np.hypot(*run.y[:, 0]) for run in (wide, closed)]
    assert radius[0] > 2
    assert radius[1] == pytest.approx(1.0, abs=1e-3)


def test_cycle_keeps_its_size_near_the_hopf_point_but_takes_longer_to_reach():
    reached = []
    for c in (-0.2, -0.05):
        run = simulate(snapshot_of(HopfSystem, "Ex A.9.4, c < 0", c=c, method="RK4", t_end=400.0))
        assert run.y[1, run.t > 300].max() == pytest.approx(2.0, abs=0.01)
        reached.append(run.t[np.argmax(np.abs(run.y[1]) > 1.8)])
    assert reached[1] > 2 * reached[0]


def test_lorenz_runs_part_after_six_and_within_twenty():
    one, other = (simulate(snapshot_of(Lorenz, "Ex A.6.2", x_0=x)) for x in (1.0, 1.001))
    apart = np.abs(one.y[0] - other.y[0])
    assert apart[one.t < 6].max() < 1.5
    assert apart.max() > 20


def test_lorenz_signs_choose_the_rest():
    ends = [simulate(snapshot_of(Lorenz, "Two rests", x_0=x, y_0=x, t_end=60.0)).y[0, -1] for x in (1.0, -1.0)]
    assert ends[0] == pytest.approx(-ends[1], abs=1e-3) and abs(ends[0]) == pytest.approx(6.110101, abs=1e-3)


def test_fine_steps_keep_the_lorenz_run_in_narrower_wings():
    run = simulate(snapshot_of(Lorenz, "Ex A.6.2", method="RK4", dt=0.002))
    assert [run.y[0].max(), run.y[2].max()] == pytest.approx([19.6, 47.8], abs=0.06)


def test_excitable_neuron_fires_from_one_start_and_not_from_the_other():
    peaks = [simulate(snapshot_of(FitzHughNagumo, "Excitable", v_0=v)).y[0].max() for v in (-0.5, -0.65)]
    assert peaks[0] > 1.5 and peaks[1] < 0.0


def test_spikes_stay_as_high_at_the_saddle_node():
    near, far = (limit_cycle(snapshot_of(MorrisLecar, "SNIC", I=I)) for I in (40.0, 42.0))  # noqa: E741
    assert near.high[0] == pytest.approx(far.high[0], abs=0.5)


def test_neuron_rests_below_the_homoclinic_orbit():
    run = simulate(snapshot_of(MorrisLecar, "homoclinic", I=35.0, t_end=1000.0))
    assert run.y[0, -1] == pytest.approx(equilibria(snapshot_of(MorrisLecar, "homoclinic", I=35.0)).points[0].state[0],
                                         abs=0.1)


def test_brusselator_answers():
    assert limit_cycle(snapshot_of(Brusselator, "Rest", B=2.1)).period > 6
    assert special(snapshot_of(Brusselator, "Cycle", A=1.5), "B", "H") == pytest.approx([3.25])
    run = simulate(snapshot_of(Brusselator, "Cycle", B=5.0))
    x = run.y[0, run.t > 20]
    assert np.median(x) < 0.4 and x.max() > 5


def test_kuramoto_order_decays_at_the_onset_and_grey_comes_close_with_n():
    onset = simulate(snapshot_of(Kuramoto, "Partial synchrony", K=0.2))
    assert np.all(np.diff(onset.y[0]) < 0) and onset.y[0, -1] > 0.05
    late = {}
    for N in (50, 1000):
        snapshot = snapshot_of(Kuramoto, "Partial synchrony", N=N)
        run = simulate(snapshot)
        late[N] = np.abs(simulated(run.t, snapshot.p) - run.y[0])[run.t > 120].max()
    assert late[1000] < 0.06 < late[50]
