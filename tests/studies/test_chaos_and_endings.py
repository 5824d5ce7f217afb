"""Only flows that are chaotic are called so; only cells fire; a run that escapes is said to."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.core.catalogue import find, flows
from ncm_app.core.model import Flow, Quantity, Spiking, State
from ncm_app.language.script import script
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.numerics.runs.compiled import warm
from ncm_app.numerics.runs.divergence import divergence
from ncm_app.numerics.system import SILENT
from ncm_app.studies.endings import driven_spikes, escape
from ncm_app.studies.rates import warm_rates
from ncm_app.studies.regime import regime
from ncm_app.studies.simulate import simulate
from ncm_app.studies.step_checks import check_step
from ncm_app.studies.systems import system_of
from tests.support.scripts import run_here

pytestmark = pytest.mark.sweep


@pytest.fixture(autouse=True, scope="module")
def compiled_steps():
    """Long runs: compile them once."""
    one = Lorenz().snapshot()
    for method in ("Euler", "RK4"):
        warm(system_of(Lorenz), method, one.p)


def flow_divergence(model):
    one = model.snapshot()
    warm(system_of(one.model), "RK4", one.p)
    return divergence(system_of(one.model), one.start, one.p)


def test_exponents_of_known_flows():
    """Lorenz at (10, 28, 8/3): 0.9056 (Sprott 2003); at rest, the largest real part of an eigenvalue there."""
    known = flow_divergence(Lorenz())
    assert known.chaotic and abs(known.rate - 0.9056) < 4 * known.error < 0.6
    for r in (0.5, 15.0):
        one = Lorenz(r=r)
        end = np.sqrt(max(8 / 3 * (r - 1), 0.0))
        x, z = end, max(r - 1, 0.0)
        jacobian = np.array([[-10.0, 10.0, 0.0], [r - z, -1.0, -x], [x, x, -8 / 3]])
        found = flow_divergence(one)
        assert not found.chaotic
        assert found.rate == pytest.approx(np.linalg.eigvals(jacobian).real.max(), abs=0.03)


def test_a_cycle_is_not_chaotic():
    assert not flow_divergence(find("hodgkin_huxley")(I_app=15.0)).chaotic
    assert not flow_divergence(find("brusselator")()).chaotic


@pytest.mark.parametrize("seed", range(3))
def test_no_flow_that_rests_is_called_chaotic(seed):
    """Independent judgement: DOP853 for 150 ms from two starts; those that rest end together, at no speed."""
    draw = np.random.default_rng(seed)
    s, b = draw.uniform(8, 16), draw.uniform(1.0, 3.5)
    onset = s * (s + b + 3) / (s - b - 1)
    r = float(draw.uniform(0.55, 1.25) * onset)
    model = Lorenz(sigma=s, beta=b, r=min(r, 50.0))
    told = check_step(model.snapshot(), SILENT)
    p = model.snapshot().p
    end = solve_ivp(lambda t, y: Lorenz.rhs(t, tuple(y), p), (0, 150), [1.0, 1.0, 1.0], method="DOP853", rtol=1e-10,
                    atol=1e-11).y[:, -1]
    rests = np.linalg.norm(Lorenz.rhs(0.0, tuple(end), p)) < 1e-3
    if rests or min(r, 50.0) < onset:  # stable fixed points: at best a long way to them
        assert "run is chaotic" not in told
    else:
        assert "run is chaotic" in told or "not known" in told


def test_way_to_a_rest_and_steps_that_part_are_told_from_chaos():
    way = Lorenz(sigma=13.706812359364934, r=18.637166423232305, beta=2.4559827691487794)
    told = check_step(way.snapshot(), SILENT)
    assert "comes to rest in the end, and is not chaotic" in told and "half the step changes x" in told
    beside = check_step(Lorenz(r=24.5, method="RK4", t_end=60.0).snapshot(), SILENT)
    assert "is not known" in beside and "run is chaotic" not in beside


# Who fires ------------------------------------------------------------------------------------

def test_only_models_that_name_their_spikes_fire():
    for slug, model in flows().items():
        if issubclass(model, Spiking) or model.sound is not Flow.sound:
            continue
        for preset in list(model.presets)[:3]:
            one = model(**model.preset_values(preset)).snapshot()
            assert driven_spikes(one, simulate(one)) is None, (slug, preset)


@pytest.mark.parametrize("preset", ["Fig 1.1 C,D", "Sine", "Noise"])
def test_a_leaky_integrator_never_fires(preset):
    model = find("leaky_integrator")
    sentence = regime(model(**model.preset_values(preset)).snapshot(), "I_0").sentence
    assert not re.search(r"fire|spike", sentence)


def test_driven_cells_count_the_spikes_that_they_name():
    cell = find("hodgkin_huxley")
    three = regime(cell(**cell.preset_values("All or none")).snapshot(), "I_app").sentence
    assert "driven by its changing input, this run fires 3 times" in three


def test_rates_of_steps_are_said_to_be():
    for method in ("Euler", "Heun", "RK4"):
        warm_rates(find("adex"), method)
    burst = {"V_T": -61.285, "V_re": -51.694, "D": 2.764, "V_th": -4.33, "I_0": 28.079}
    assert "in its first interval, as Euler with dt = 0.1 ms steps it" in regime(
        find("adex")(**burst).snapshot(), "I_0").sentence
    told = regime(find("adex")(**burst, method="adaptive").snapshot(), "I_0").sentence
    assert "as RK4 with dt = 0.1 ms steps it" in told
    crowded = find("adex")(V_T=-65.0, V_re=-45.0, D=0.5, b=0.0, a=0.0, I_0=30.0, method="Heun").snapshot()
    assert "a spike at every step: the true rate is higher" in regime(crowded, "I_0").sentence
    assert "steps it" not in regime(find("lif")().snapshot(), "I_0").sentence  # that one is exact


# How runs end ---------------------------------------------------------------------------------

class Cubic(Flow):
    """x' = x (x^2 - 1): everything beyond 1 runs away."""

    k = Quantity(1.0, bounds=(0, 2), unit="1/ms", doc="speed")
    states = (State("x", start=1.5, span=(-2.0, 2.0), box=(-3.0, 3.0)),)
    t_end = Quantity(5.0)
    explore = "k"

    @staticmethod
    def rhs(t, y, p):
        return (p.k * y[0] * (y[0] ** 2 - 1.0),)


@pytest.mark.parametrize("method", ["Euler", "RK4", "adaptive"])
def test_escapes_are_told_with_their_time(method):
    """With u = x^2: u / (u - 1) falls by e^(-2 t)... from 1.5 to 3: t = ln((1 - 1/9) / (1 - 1/2.25)) / 2 = 0.235 ms."""
    gone = Cubic(dt=0.001, method=method).snapshot()
    sentence = regime(gone, "").sentence
    time = float(re.search(r"this run escapes: it leaves x from −3\.00 to 3\.00 at t = ([\d.]+) ms|"
                           r"this run escapes at t = ([\d.]+) ms", sentence)[1] or "nan")
    assert time == pytest.approx(np.log((8 / 9) / (1 - 1 / 2.25)) / 2, abs=0.004)
    assert "ends at" not in sentence


def test_runs_that_stay_end_where_they_do():
    assert "this run ends at x = 0" in regime(Cubic(x_0=0.5, t_end=50.0).snapshot(), "").sentence
    still = Cubic(x_0=0.5).snapshot()
    assert escape(still, simulate(still)) == ""


# Exported scripts ------------------------------------------------------------------------------

@pytest.mark.parametrize(("slug", "values"), [
    ("lif", {"I_0": 0.0, "I_1": 50.0, "t_1": 337.7, "d_1": 6.3, "t_end": 2000.0, "method": "adaptive"}),
    ("lif", {"I_0": 0.0, "I_1": 5.0, "t_1": 2.1, "d_1": 2.1, "dt": 0.7, "t_end": 30.0}),
    ("lif", {"I_0": 17.0, "method": "adaptive"}), ("lif", {"I_0": 17.0, "t_end": 500.0}),
    ("leaky_integrator", {"input": "square wave", "t_1": 333.3, "t_2": 334.0, "t_end": 3000.0, "method": "adaptive"}),
    ("hodgkin_huxley", {"I_1": 10.0, "t_1": 300.0, "d": 0.4, "t_end": 2000.0, "method": "adaptive"}),
    ("dirac_delta", {"t_1": 2.1, "Delta": 0.7, "dt": 0.7, "t_end": 20.0, "method": "RK4"})])
def test_exported_scripts_see_the_same_edges(slug, values):
    one = find(slug)(**values).snapshot()
    run = simulate(one)
    done = run_here(script(one, {"samples": len(run.t), "final": run.y[:, -1], "spikes": run.spikes}))
    assert done.returncode == 0, done.stderr
