"""The integrate-and-fire family: closed forms, an independent integration, and what the pages promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ncm_app.core.catalogue import models
from ncm_app.models.cells.adex import AdEx
from ncm_app.models.cells.channelrhodopsin_eif import ChannelrhodopsinEIF
from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.lif import LIF
from ncm_app.models.cells.qif import QIF
from ncm_app.studies.onset import onset
from ncm_app.studies.plots import measures
from ncm_app.studies.rates import measured_here, rate_at
from ncm_app.studies.regime import regime
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from ncm_app.studies.words import number
from tests.models.asking import snapshot_of

FAMILY = [LIF, EIF, QIF, AdEx, ChannelrhodopsinEIF]


def exact(snapshot):
    return 1000.0 / float(rate_at(snapshot).exact[0])


def stepped(snapshot):
    return 1000.0 / float(rate_at(snapshot).stepped[0])


@settings(max_examples=25, deadline=None)
@given(above=st.floats(1e-6, 30.0), tau_m=st.floats(1.0, 50.0), V_T=st.floats(-60.0, -50.0),
       V_re=st.floats(-90.0, -66.0))
def test_interval_of_the_lif_is_the_logarithm(above, tau_m, V_T, V_re):
    I_0 = V_T + 72.0 + above - 10.0
    snapshot = LIF(I_0=I_0, E_L=-62.0, tau_m=tau_m, V_T=V_T, V_re=V_re).snapshot()
    rest = -62.0 + I_0
    assert exact(snapshot) == pytest.approx(tau_m * np.log((rest - V_re) / (rest - V_T)), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(above=st.floats(0.01, 30.0), D=st.floats(0.5, 6.0), counted=st.sampled_from(["at V_th", "at V_T"]))
def test_interval_of_the_qif_is_the_arctangent(above, D, counted):
    snapshot = QIF(I_0=17.0 - D + above, D=D, counted=counted).snapshot()
    root = np.sqrt(2.0 * D * above)
    reach = 0.0 if counted == "at V_T" else np.arctan(60.0 / root)
    expected = 15.0 * np.sqrt(2.0 * D / above) * (reach + np.arctan(20.0 / root))
    assert exact(snapshot) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(("model", "interval"), [(EIF, 45.2), (LIF, 35.9), (QIF, 20.5)])
def test_book_figure_of_three_neurons(model, interval):
    """Fig B.3: one input of 19 mV, Euler steps of 0.1 ms."""
    spikes = simulate(snapshot_of(model, "Fig B.3")).spikes
    np.testing.assert_allclose(np.diff(spikes), interval, atol=1e-9)
    assert stepped(snapshot_of(model, "Fig B.3")) == pytest.approx(interval, abs=1e-9)


def test_parabola_has_the_lowest_point_and_the_curvature_of_the_exponential_cell():
    """The sign of the erratum on Eq. B.5: at V_T both drifts are (I_0 - I_th) / tau_m."""
    p, q = QIF(I_0=19.0).snapshot().p, EIF(I_0=19.0, I_1=0.0, I_2=0.0).snapshot().p
    h = 1e-3
    for model, record in ((QIF, p), (EIF, q)):
        drift = [model.rhs(0.0, (-55.0 + shift,), record)[0] for shift in (-h, 0.0, h)]
        assert drift[1] == pytest.approx(4.0 / 15.0, rel=1e-12)
        assert (drift[2] - drift[0]) / (2 * h) == pytest.approx(0.0, abs=1e-7)
        assert (drift[2] - 2 * drift[1] + drift[0]) / h**2 == pytest.approx(2.0 / 60.0, rel=1e-5)


def adapting(snapshot):
    """Return spike times and the last state by SciPy's events, with the equations written anew.

    From -20 mV on V needs less than 1e-6 ms to the threshold, which no step could resolve.
    """
    p = snapshot.p

    def slope(t, y):
        drive = p.I_0 + p.I_1 * (p.t_1 <= t < p.t_1 + p.d_1) + p.I_2 * (p.t_2 <= t < p.t_2 + p.d_2)
        return [(p.E_L - y[0] + p.D * np.exp(min((y[0] - p.V_T) / p.D, 50.0)) - y[1] + drive) / p.tau_m,
                (p.a * (y[0] - p.E_L) - y[1]) / p.tau_w]

    def fires(t, y):
        return y[0] + 20.0

    fires.terminal, fires.direction = True, 1.0
    t, y, spikes = 0.0, list(snapshot.start), []
    while t < snapshot.t_end:
        run = solve_ivp(slope, (t, snapshot.t_end), y, "RK45", events=fires, rtol=1e-8, atol=1e-8, max_step=5.0)
        t, y = float(run.t[-1]), [float(v) for v in run.y[:, -1]]
        assert run.status >= 0
        if run.status == 1:
            spikes.append(t)
            y = [p.V_re, y[1] + p.b]
    return np.array(spikes), np.array(y)


@pytest.mark.parametrize("preset", ["Fig B.4", "Bursting", "Rebound"])
def test_adaptive_cell_is_what_an_independent_integration_gives(preset):
    snapshot = snapshot_of(AdEx, preset, method="adaptive")
    spikes, end = adapting(snapshot)
    run = simulate(snapshot)
    np.testing.assert_allclose(run.spikes, spikes, atol=2e-3)
    np.testing.assert_allclose(run.y[1, -1], end[1], atol=2e-3)


def test_book_figure_of_the_adaptive_cell():
    """Fig B.4: w at the last of the book's 10,000 steps, and its largest value."""
    run = simulate(snapshot_of(AdEx, "Fig B.4"))
    assert run.y[1, 9999] == pytest.approx(3.62040, abs=5e-6)
    assert np.max(run.y[1]) == pytest.approx(4.03748, abs=5e-6)


def test_without_adaptation_it_is_the_exponential_cell():
    adex, eif = simulate(snapshot_of(AdEx, "Tonic")), simulate(snapshot_of(EIF, "Fig B.3"))
    np.testing.assert_array_equal(adex.spikes, eif.spikes)
    np.testing.assert_allclose(adex.y[0], eif.y[0], atol=1e-9)
    assert np.all(adex.y[1] == 0.0)


@pytest.mark.parametrize(("g_ChR", "rate"), [(0.0, 0.0), (0.13, 0.0), (0.16, 15.0), (0.17, 19.3), (0.18, 23.1),
                                             (0.2, 30.0)])
def test_rate_in_the_light(g_ChR, rate):
    """Exercise B.1.1."""
    snapshot = ChannelrhodopsinEIF(g_ChR=g_ChR).snapshot()
    assert measured_here(snapshot).lasting[0] == pytest.approx(rate, abs=0.05)
    if rate:
        assert f"{rate:.1f} Hz" in regime(snapshot, "g_ChR").sentence


def test_sentence_says_how_to_reach_twenty_hertz():
    said = {g: regime(ChannelrhodopsinEIF(g_ChR=g).snapshot(), "g_ChR").sentence for g in (0.13, 0.16, 0.172, 0.2)}
    assert "raise g_ChR" in said[0.13]
    assert "raise g_ChR" in said[0.16]
    assert "that is the 20 Hz" in said[0.172]
    assert "lower g_ChR" in said[0.2]


def test_light_in_pulses_and_in_the_dark():
    pulses = simulate(snapshot_of(ChannelrhodopsinEIF, "Ex B.1.1 pulses"))
    lit = ((pulses.spikes > 200) & (pulses.spikes <= 401)) | ((pulses.spikes > 600) & (pulses.spikes <= 801))
    assert len(pulses.spikes) == 8
    assert np.all(lit)
    # What is drawn beside the run is what the lamp would do if it stayed on, and the sentence says so.
    lit, pulsed = (ChannelrhodopsinEIF(light=light, g_ChR=0.172).snapshot() for light in ("on", "pulses"))
    assert measured_here(pulsed).lasting[0] == measured_here(lit).lasting[0] == pytest.approx(20.0, abs=0.5)
    sentence = regime(pulsed, "g_ChR").sentence
    assert "bifurcations are those of lasting light; saddle-node at g_ChR = 0.143" in sentence
    assert ChannelrhodopsinEIF(light="off").snapshot().steady.values_by_name["light"] == "off"
    dark, eif = ChannelrhodopsinEIF(light="off", I_0=19.0).snapshot(), EIF(I_0=19.0, I_1=0.0, I_2=0.0).snapshot()
    np.testing.assert_array_equal(simulate(dark).spikes, simulate(eif).spikes)


@pytest.mark.parametrize(("model", "values", "kind"), [
    (LIF, {}, "rest reaches the threshold"), (QIF, {}, "SNIC"), (QIF, {"counted": "at V_T"}, "fold at the threshold"),
    (EIF, {}, "SNIC")])
def test_onset_is_named_for_what_it_is(model, values, kind):
    found = onset(model(**values).snapshot(), "I_0")
    assert found.kind == kind
    assert found.value == pytest.approx(17.0 if model is LIF else 15.0, abs=1e-9)
    assert found.excitability == 1
    assert ("SNIC" in found.message) == (kind == "SNIC")


def test_rate_of_the_lif_rises_like_one_over_the_logarithm():
    above = 10.0 ** np.array([-3.0, -5.0, -7.0, -9.0])
    rates = np.array([rate_at(LIF(I_0=17.0 + x).snapshot()).exact[0] for x in above])
    np.testing.assert_allclose(np.diff(1000.0 / rates), 15.0 * np.log(100.0), rtol=1e-3)


@pytest.mark.parametrize("model", FAMILY)
def test_members_share_what_they_name_alike(model):
    for name, control in model.controls().items():
        for other in FAMILY:
            if name in other.controls() and name not in ("V_re", "I_0"):
                assert other.control(name).bounds == control.bounds if hasattr(control, "bounds") else True
                assert other.control(name).unit == control.unit


def test_the_family_is_complete():
    assert {m for m in models().values() if m.family == "integrate-and-fire"} == set(FAMILY)
    assert len({m.acronym for m in FAMILY}) == len(FAMILY)


@pytest.mark.parametrize(("model", "preset", "changes", "interval"), [
    (LIF, "Just above", {"I_0": 17.01}, 114.0), (LIF, "Just above", {}, 79.5), (QIF, "Just above", {}, 294.0),
    (QIF, "Just above", {"I_0": 15.4}, 145.0), (QIF, "With an upswing", {}, 43.16)])
def test_intervals_that_are_promised(model, preset, changes, interval):
    assert exact(snapshot_of(model, preset, **changes)) == pytest.approx(interval, rel=2e-3)


def test_runs_that_are_promised():
    assert stepped(snapshot_of(LIF, "Fig B.3", dt=1.0)) == pytest.approx(35.0, abs=1e-9)
    assert rate_at(snapshot_of(QIF, "Fig B.3", I_0=14.0)).exact[0] == 0.0
    assert rate_at(snapshot_of(QIF, "Fig B.3", I_0=16.0)).exact[0] == pytest.approx(22.66, abs=0.01)
    once = simulate(snapshot_of(QIF, "Below I_th", V_0=-50.0))
    assert len(once.spikes) == 1
    assert once.y[0, -1] == pytest.approx(-59.0, abs=0.01)
    less = np.diff(simulate(snapshot_of(AdEx, "Fig B.4", b=0.0)).spikes)
    assert less[[0, -1]] == pytest.approx([46.5, 55.3], abs=0.1)
    assert np.diff(simulate(snapshot_of(AdEx, "Bursting", V_re=-60.0)).spikes)[-5:] == pytest.approx(74.0, abs=0.2)
    assert len(simulate(snapshot_of(AdEx, "Rebound", I_1=-10.0)).spikes) == 0
    slow = simulate(snapshot_of(ChannelrhodopsinEIF, "Ex B.1.1 pulses", tau_ChR=50.0))
    assert slow.spikes[0] == pytest.approx(343.0, abs=0.5)
    both = measured_here(snapshot_of(ChannelrhodopsinEIF, "Ex B.1.1 too weak", I_0=5.0))
    assert both.lasting[0] == pytest.approx(22.0, abs=0.2)


def test_page_says_that_a_cell_bursts_and_names_no_interval_that_a_run_happens_to_end_with():
    snapshot = snapshot_of(AdEx, "Bursting")
    spikes = simulate(snapshot.changed(t_end=4000.0)).spikes
    late = spikes[spikes > 2000.0]
    begins = late[1:][np.diff(late) > 100.0]
    every = np.diff(begins).mean()
    words = f"Fires at {number(5000.0 / every)} Hz on average, in bursts of 5 spikes every {number(every)} ms, under"
    assert regime(snapshot, "I_0").sentence.startswith(words)
    named = {found.name: found.value for found in measures(snapshot)}
    assert "last interval" not in named and named["burst to burst"] == pytest.approx(every, rel=0.02)
    for preset in ("Fig B.4", "Tonic", "Initial burst"):
        assert "burst" not in regime(snapshot_of(AdEx, preset), "I_0").sentence
        assert "last interval" in {found.name for found in measures(snapshot_of(AdEx, preset))}


def test_bursts_have_five_spikes_and_a_pause():
    waits = np.diff(simulate(snapshot_of(AdEx, "Bursting", t_end=3000.0)).spikes)
    pauses = np.flatnonzero(waits > 100.0)
    assert np.all(np.diff(pauses)[1:] == 5)
    assert waits[pauses][1:] == pytest.approx(202.1, abs=0.5)


def test_fixed_point_sits_on_the_threshold_only_where_the_cell_could_rest():
    assert [q.state[0] for q in equilibria(LIF(I_0=16.999).snapshot()).points] == pytest.approx([-55.001])
    for I_0 in (17.0, 17.001, 30.0):
        assert not equilibria(LIF(I_0=I_0).snapshot()).points
