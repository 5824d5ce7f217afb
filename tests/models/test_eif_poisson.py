"""The EIF cell under Poisson input: what the book and theory say of it, and what a slider may move."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.plot import Measure
from ncm_app.models.synapses.eif_poisson import EIFPoisson, mean_inputs, r_e_at
from ncm_app.numerics.runs.compiled import warm
from ncm_app.session.clicks import Shown, respond
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.plots import drawn_columns, measures
from ncm_app.studies.regime import regime
from ncm_app.studies.simulate import simulate, step_error
from ncm_app.studies.stability import equilibria
from ncm_app.studies.systems import flow_of, system_of
from ncm_app.views.plots import Drawn, PlotView
from tests.models.asking import snapshot_of

PLOTS = {stated.name: k for k, stated in enumerate(EIFPoisson.plots)}


@pytest.fixture(scope="module", autouse=True)
def compiled_steps():
    warm(system_of(EIFPoisson), "Euler", ask().p, noisy=True)


def ask(preset="Fig 2.5", **changes):
    return snapshot_of(EIFPoisson, preset, **changes)


def drawn(snapshot, name):
    return drawn_columns(snapshot, PLOTS[name])


def measured(snapshot) -> dict[str, Measure]:
    return {found.name: found for found in measures(snapshot)}


def long_runs(seeds, **changes):
    return [measured(ask("Ex 2.3.3", seed=seed, **changes)) for seed in seeds]


def textbook(p, kicks_e, kicks_i, dt, steps):
    """The book's loop, with given input: V and spike times."""
    V, I_e, I_i, spikes = np.zeros(steps + 1), np.zeros(steps + 1), np.zeros(steps + 1), []
    V[0] = p.E_L
    for i in range(steps):
        V[i + 1] = V[i] + dt * (-(V[i] - p.E_L) + p.D * np.exp((V[i] - p.V_T) / p.D) + I_e[i] + I_i[i]) / p.tau_m
        I_e[i + 1] = I_e[i] + dt * (-I_e[i]) / p.tau_e + kicks_e[i]
        I_i[i + 1] = I_i[i] + dt * (-I_i[i]) / p.tau_i + kicks_i[i]
        if V[i + 1] > p.V_th:
            V[i + 1] = p.V_re
            spikes.append((i + 1) * dt)
    return V, np.array(spikes)


@pytest.mark.parametrize("preset", ["Fig 2.5", "Fig 2.6 B"])
def test_books_loop_on_the_same_input_spikes_at_the_same_times(preset):
    snapshot = ask(preset)
    run = simulate(snapshot)
    _, kicks_e, kicks_i = EIFPoisson.impulses(run.t, snapshot.p)
    V, spikes = textbook(snapshot.p, kicks_e, kicks_i, snapshot.dt, len(run.t) - 1)
    assert len(spikes) > 3
    np.testing.assert_allclose(run.spikes, spikes, atol=1e-9)
    np.testing.assert_allclose(run.y[0], V, atol=1e-8)


def test_impulses_are_the_spikes_of_the_raster():
    snapshot = ask()
    run, raster = simulate(snapshot), drawn(snapshot, "inputs")
    _, kicks_e, kicks_i = EIFPoisson.impulses(run.t, snapshot.p)
    for kicks, jump, name in ((kicks_e, 16 / 5, "excitatory"), (kicks_i, -16 / 5, "inhibitory")):
        times = raster[name][0]
        assert kicks.sum() / jump == pytest.approx(len(times))
        first = np.flatnonzero(kicks)[0]
        assert run.t[first] <= times.min() < run.t[first] + snapshot.dt
    rows_e, rows_i = raster["excitatory"][1], raster["inhibitory"][1]
    assert rows_e.min() >= 0 and rows_e.max() == 199
    assert rows_i.min() >= 200 and rows_i.max() <= 249
    counts = np.bincount(rows_e.astype(int), minlength=200)
    assert counts.var() / counts.mean() == pytest.approx(1.0, abs=4 * np.sqrt(2 / 200))


@pytest.mark.parametrize("changes", [{"j_e": 20.0}, {"j_i": -3.0}, {"tau_m": 20.0}, {"tau_e": 9.0}, {"dt": 0.05}])
def test_what_is_no_rate_leaves_the_input_spikes(changes):
    before, after = (drawn(ask(**c), "inputs") for c in ({}, changes))
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])


def test_rate_adds_single_spikes_and_duration_keeps_them():
    base, faster, longer = (drawn(ask(**c), "inputs") for c in ({}, {"r_e": 8.1}, {"t_end": 1000.0}))
    spikes = [{*zip(*(column.tolist() for column in found["excitatory"]), strict=True)}
              for found in (base, faster, longer)]
    assert spikes[0] < spikes[1]
    assert len(spikes[1] - spikes[0]) < 30  # 10 more are expected of 800
    assert {spike for spike in spikes[2] if spike[0] < 500.0} == spikes[0]
    np.testing.assert_array_equal(base["inhibitory"], faster["inhibitory"])


def test_halving_the_step_compares_runs_with_the_same_input():
    """With other spikes, the last one would move by some ten ms, and the number of spikes would differ."""
    for seed in range(6):
        error = step_error(ask(seed=seed))
        assert abs(error.counts[0] - error.counts[1]) <= 1
        assert error.largest[1] < 0.1 and error.largest[2] < 0.1
    assert "half the step" in regime(ask(), "").step_check


@pytest.mark.parametrize("method", ["Heun", "RK4"])
def test_other_methods_take_the_same_kicks(method):
    euler, other = simulate(ask(t_end=60.0)), simulate(ask(t_end=60.0, method=method))
    np.testing.assert_allclose(other.y[1:], euler.y[1:], atol=0.6)
    assert other.y[1, -1] != euler.y[1, -1]


# Against theory -----------------------------------------------------------------------

def test_means_and_spreads_are_those_of_theory():
    found = long_runs(range(12))
    for name, theory in (("mean I_e", 25.6), ("mean I", 13.6)):
        values = np.array([one[name].value for one in found])
        spread = found[0][name].spread
        assert found[0][name].theory == pytest.approx(theory)
        assert np.abs(values - theory).max() < 4 * spread
        assert 0.4 < values.std() / spread < 1.8
    spreads = np.array([one["SD of I"].value for one in found])
    assert found[0]["SD of I"].theory == pytest.approx(7.756, abs=5e-4)
    assert spreads.mean() == pytest.approx(7.756, abs=0.08)
    assert found[0]["mean free V"].value == pytest.approx(-58.4)
    assert not [name for name in found[0] if name.endswith("V_0")]  # V_0 is the start value


def test_rate_and_cv_of_long_runs_are_the_books():
    """20 s: 12.87 +- .75 Hz and CV .80 +- .04 over six seeds; the text's weights give 9.52 +- .92 Hz, .84 +- .07."""
    for changes, rate, cv in (({}, (12.87, 0.75), (0.80, 0.04)),
                              ({"j_e": 15.0, "j_i": -15.0}, (9.52, 0.92), (0.84, 0.07))):
        found = long_runs(range(20), **changes)
        for name, (mean, spread) in (("rate", rate), ("CV", cv)):
            values = np.array([one[name].value for one in found])
            assert values.mean() == pytest.approx(mean, abs=3 * spread * np.sqrt(1 / 6 + 1 / 20)), name


def test_levels_are_the_stationary_means():
    snapshot = ask()
    V_0, I_e, I_i = EIFPoisson.levels(snapshot.p)
    assert (V_0, I_e, I_i) == pytest.approx((-58.4, 25.6, -12.0))
    _, dI_e, dI_i = EIFPoisson.rhs(0.0, (V_0, I_e, I_i), snapshot.p)
    assert dI_e + snapshot.p.j_e / snapshot.p.tau_e * 1.6 == pytest.approx(0.0, abs=1e-12)
    assert dI_i + snapshot.p.j_i / snapshot.p.tau_i * 0.75 == pytest.approx(0.0, abs=1e-12)


# What the page says and draws ---------------------------------------------------------

@pytest.mark.parametrize(("changes", "start", "part"), [
    ({}, "Fluctuation-driven", "mean input 13.6 mV stays 1.4 mV below I_th = 15 mV"),
    ({"r_e": 11.0}, "Drift-driven", "23.2 mV is 8.2 mV above I_th = 15 mV, it would fire at 52.4 Hz"),
    ({"r_e": 5.0}, "Silent", "mean input 4 mV stays 11 mV below"),
    ({"r_e": 11.0, "E_L": -75.0}, "Drift-driven", "5.2 mV above I_th = 18 mV")])
def test_sentence_names_the_regime(changes, start, part):
    told = regime(ask(**changes), "")
    assert told.sentence.startswith(start)
    assert part in told.sentence
    assert not told.warnings


def test_what_is_to_be_tried_is_so():
    assert not len(simulate(ask(r_e=5.0)).spikes)
    assert measured(ask(r_e=11.0))["rate"].value == 48.0
    assert "52.4 Hz" in regime(ask(r_e=11.0), "").sentence
    for changes, spread, theta in (({}, 7.756, 9.5), ({"tau_e": 20.0}, 5.43, 11.0),
                                   ({"j_e": 32.0, "r_e": 4.0}, 10.06, 8.4)):
        assert measured(ask(**changes))["SD of I"].theory == pytest.approx(spread, abs=5e-3)
        assert float(drawn(ask(**changes), "rate_curve")["values"][2][0].split("θ = ")[1].split()[0]) == pytest.approx(
            theta, abs=0.06)


def test_curve_has_the_books_points_and_the_exact_one_without_noise():
    curve = drawn(ask(), "rate_curve")
    np.testing.assert_allclose(curve["runs"][0], -2.4 + 3.2 * np.arange(9))
    assert curve["here"][0] == pytest.approx(13.6)
    inputs, rates = curve["constant"]
    assert not rates[inputs <= 15.0].any() and (np.diff(rates[inputs > 15.0]) > 0).all()
    assert (curve["runs"][1][:3] == 0).all() and 40 < curve["runs"][1][-1] < 60
    # Nothing of the rate that is explored moves the curve, and no rate below zero is asked for.
    np.testing.assert_array_equal(curve["runs"], drawn(ask(r_e=3.0), "rate_curve")["runs"])
    assert drawn(ask(j_i=0.0), "rate_curve")["runs"][0][0] == pytest.approx(0.8)


def test_estimates_start_wide_and_end_within_the_band():
    for seed in range(5):
        found = drawn(ask(seed=seed), "averages")
        for name in ("trials", "time"):
            seconds, error = found[name]
            band = found[f"{name}_band"][1][: len(seconds)]
            assert abs(error[-1]) < 4 * band[-1]
            # Both shrink like 1 / sqrt(n): a hundred times the data, a tenth of the error.
            at = np.searchsorted(seconds, [0.4 - 1e-9, 40.0 - 1e-9])
            assert band[at[0]] / band[at[1]] == pytest.approx(10.0, rel=0.05)


@pytest.mark.parametrize("name", ["rate_curve", "irregularity"])
def test_click_sets_the_rate_under_which_the_mean_input_is_there(name):
    snapshot = ask()
    stated = EIFPoisson.plots[PLOTS[name]]
    result = Drawn(drawn(snapshot, name), snapshot.t_end)
    view = PlotView(stated)
    shown = Shown(view, snapshot, ViewChoices(), result, view.limits(result))
    for mean, rate in ((13.6, 8.0), (23.2, 11.0), (-12.0, 0.5)):
        assert respond(mean, 1.0, shown).values == {"r_e": pytest.approx(rate, abs=0.051)}
    assert sum(mean_inputs(snapshot.p._replace(r_e=r_e_at(7.0, snapshot.p)))) == pytest.approx(7.0)


def test_fixed_points_are_asked_once_for_all_inputs():
    assert flow_of(ask(r_e=3.0, j_i=-1.0, seed=9)) == flow_of(ask())
    assert flow_of(ask(E_L=-71.0)) != flow_of(ask())
    assert next(iter(equilibria(ask()).points)).state[0] == pytest.approx(-72.0, abs=1e-2)


@pytest.mark.parametrize("changes", [{"t_end": 1.0, "dt": 50.0}, {"tau_e": 1.0, "dt": 50.0, "t_end": 5000.0},
                                     {"t_end": 1.0}, {"r_e": 0.5, "j_e": 4.0, "K_e": 10, "K_i": 100, "r_i": 40.0}])
def test_extreme_settings_are_answered(changes):
    snapshot = ask(**changes)
    assert regime(snapshot, "").sentence.endswith(".")
    for name in PLOTS:
        assert drawn(snapshot, name)
    assert all(np.isfinite(one.value) and one.spread != 0 for one in measures(snapshot))
