"""Inversions of a noisy column on the page: spectra at rest, envelopes, and windows of a ramp."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.masses import _inversion_regions as regions
from ncm_app.models.masses.inversion import Inversion
from ncm_app.studies.plots import drawn_columns, measures, run_or_perform, told
from tests.models.asking import snapshot_of

NAMES = [plot.name for plot in Inversion.plots]


def score(case, seed, **changes):
    p = snapshot_of(Inversion, None, case=case, seed=seed, **changes).p
    stated = Inversion.case_of(p)
    problem = stated.problem(p, stated.made(p))
    found = problem.fit(lambda: None, lambda path, cost: None)
    return (found.estimate - problem.truth) / found.sd


def test_input_and_noise_of_a_quiet_rest_are_told_with_honest_errors():
    z = np.array([score(regions.REST, seed, p=340.0, sigma=0.05) for seed in range(30)])
    assert np.all((z.std(axis=0) > 0.8) & (z.std(axis=0) < 1.25)) and np.all(np.abs(z.mean(axis=0)) < 0.6)


@pytest.mark.parametrize("p", [280.0, 312.0, 316.0, 322.0])
def test_one_model_of_the_envelope_serves_both_sides_of_the_hopf_point(p):
    snapshot = snapshot_of(Inversion, "Below the Hopf point", p=p)
    answer = run_or_perform(snapshot)
    assert np.all(np.abs(answer.fitted.estimate - answer.truth) < 3.0 * answer.fitted.sd)
    assert answer.fitted.sd[0] < 12.0 and answer.fitted.sd[1] < 0.09
    assert "chi2" not in told(snapshot) + str(measures(snapshot))  # bins settle sooner than the amplitude does
    drawn = drawn_columns(snapshot, NAMES.index("envelope"))
    edges, heights = drawn["measured"]
    middle = 0.5 * (edges[1:] + edges[:-1])
    assert np.abs(np.interp(middle, *drawn["fitted"]) - heights).max() < 0.15 * heights.max()


@pytest.mark.parametrize("preset", ["Rest near a Hopf point", "Rest, B unknown"])
def test_fitted_spectrum_goes_through_the_measured_one(preset):
    snapshot = snapshot_of(Inversion, preset)
    drawn = drawn_columns(snapshot, NAMES.index("spectrum"))
    f, measured = drawn["measured"]
    assert np.array_equal(drawn["fitted"][0], f)
    assert abs(np.mean(np.log(measured / drawn["fitted"][1]))) < 0.1
    answer = run_or_perform(snapshot)
    assert np.all(np.abs(answer.fitted.estimate - answer.truth) < 3.0 * answer.fitted.sd)
    assert drawn_columns(snapshot, NAMES.index("harmonics")) == {} == drawn_columns(snapshot, NAMES.index("windows"))


def test_a_column_without_such_a_hopf_point_is_told():
    assert told(snapshot_of(Inversion, "Below the Hopf point", A=2.5)) == (
        "no data with this hidden truth: the column has no Hopf point from which a stable rhythm grows")
    assert told(snapshot_of(Inversion, "Below the Hopf point", p=60.0)) == (
        "no data with this hidden truth: the input is too far from the Hopf point at 315.7 Hz")


def test_the_spectrum_of_a_microcircuit_tells_some_of_its_factors():
    z = np.array([score("spectrum of a microcircuit: 11 factors", seed, hidden=seed) for seed in range(30)])
    assert 0.8 < z.std() < 1.2 and abs(z.mean()) < 0.2
    answer = run_or_perform(snapshot_of(Inversion, "Microcircuit at rest"))
    shrunk = dict(zip(answer.names, answer.fitted.sd / answer.prior_sd, strict=True))
    assert shrunk["G_7"] > 0.9 and shrunk["G_2"] > 0.9 and shrunk["T_ss"] < 0.8


def test_where_no_rest_is_stable_there_are_no_data():
    assert told(snapshot_of(Inversion, "Rest near a Hopf point", p=200.0)) == (
        "no data with this hidden truth: the column has no stable rest")


@pytest.mark.parametrize(("way", "regions_met"), [("up", ["low rest", "spikes", "rhythm", "high rest"]),
                                                  ("down", ["rhythm", "low rest"])])
def test_windows_of_a_ramp_find_its_input(way, regions_met):
    snapshot = snapshot_of(Inversion, "Along a ramp", ramp=way)
    found, said = {m.name: m.value for m in measures(snapshot)}, told(snapshot)
    assert found["median error"] < 12.0 and found["within two SDs"] > 85.0 and found["windows that fit"] > 85.0
    places = [said.index(f" {name}") for name in regions_met]
    assert places == sorted(places) and said.startswith("48 windows of 8 s")
    drawn = drawn_columns(snapshot, NAMES.index("windows"))
    t, p, density = drawn["density"]
    assert density.shape == (len(p), len(t)) and np.allclose(np.nanmax(density, axis=0), 1.0)
    assert len(drawn["lower"][0]) + len(drawn["upper"][0]) == len(t) == 48
