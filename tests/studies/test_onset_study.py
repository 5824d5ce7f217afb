"""Onset, frequency and events of the models of the catalogue."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.capabilities import has_frequency_curve
from ncm_app.core.catalogue import flows, models
from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.mathematics.phase_line import PhaseLine
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.numerics.codes import CYCLES, codes_of, row
from ncm_app.numerics.results import SpecialPoint, Status
from ncm_app.studies.cycles import cycles
from ncm_app.studies.events import cycle_events
from ncm_app.studies.frequency import frequency_curve
from ncm_app.studies.onset import onset
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.words import number
from ncm_app.views.frequency import onset_words

pytestmark = pytest.mark.sweep


def of_preset(slug, name=None, **changes):
    model = models()[slug]
    return model(**{**model.preset_values(name or model.first_preset()), **changes}).snapshot()


@pytest.mark.parametrize(("slug", "preset", "kind", "at"), [
    ("morris_lecar", "Hopf", "subcritical Hopf with a cycle fold", 88.293251),
    ("morris_lecar", "SNIC", "SNIC", 39.963153),
    ("morris_lecar", "homoclinic", "homoclinic", 35.006734),
    ("brusselator", None, "supercritical Hopf", 2.0),
    ("fitzhugh_nagumo", None, "subcritical Hopf with a cycle fold", 0.324179),
    ("hodgkin_huxley", None, "subcritical Hopf with a cycle fold", 6.242772),
    ("wilson_cowan", "Neuromatch oscillation", "SNIC", 0.713464),
    ("hopf_system", None, "degenerate Hopf", 0.0),
    ("eif", None, "SNIC", 15.0),
    ("lorenz", None, "none", np.nan),
])
def test_models_start_to_oscillate_in_their_known_way(slug, preset, kind, at):
    snapshot = of_preset(slug, preset)
    found = onset(snapshot, snapshot.model.explore)
    assert found.kind == kind
    np.testing.assert_allclose(found.value, at, rtol=2e-5, atol=1e-6)
    assert found.status is Status.OK


def test_the_onset_of_wilson_cowan_stands_where_its_fold_does():
    (fold,) = cycle_events(cycles(of_preset("wilson_cowan", "Neuromatch oscillation"), "P"), "P")
    assert fold.words == "SNIC"
    assert onset(of_preset("wilson_cowan", "Neuromatch oscillation", P=0.2), "P").value == fold.value


def test_wilson_cowan_says_the_same_in_its_list_of_things_to_try():
    """The cycle ends at a saddle: the list, the onset and the diagram name a homoclinic orbit at one value."""
    snapshot = of_preset("wilson_cowan", "1972 Fig 11")
    (line,) = [text for text in snapshot.model.try_this if "lower P from 1.25" in text]
    found = onset(snapshot, "P")
    (end,) = [event for event in cycle_events(cycles(snapshot, "P"), "P") if event.words == "homoclinic orbit"]
    assert "a homoclinic orbit" in line and "saddle-node" not in line and f"{end.value:.4g}" in line
    assert found.kind == "homoclinic" and found.value == pytest.approx(end.value, rel=1e-6)


@pytest.mark.parametrize(("slug", "preset", "field", "fold"), [
    ("wilson_cowan", "1972 Fig 11", "P", 1.083016), ("morris_lecar", "homoclinic", "I", 39.963153)])
def test_class_2_at_zero_hertz_has_a_reason(slug, preset, field, fold):
    """A rest is kept up to the fold; there it goes to cycles that are not slow."""
    snapshot = of_preset(slug, preset)
    found = onset(snapshot, field)
    run = limit_cycle(snapshot.changed(**{field: fold + 1e-4}))
    assert np.isinf(found.period) and found.excitability == 2
    assert found.start == pytest.approx(run.period, rel=0.02)
    assert f"although the frequency falls to 0 Hz: from rest it starts at {1000 / found.start:.3g} Hz" in found.message
    words = onset_words(found)
    assert words == f"onset: homoclinic, class 2: from rest it starts at {1000 / found.start:.3g} Hz"
    assert onset_words(onset(of_preset("morris_lecar", "SNLC"), "I")) == "onset: SNIC, class 1"


def test_frequencies_are_drawn_stable_up_to_where_stability_changes():
    """Van der Pol's cycle changes its stability at c = 0, where it takes 2 pi ms."""
    curve = frequency_curve(of_preset("hopf_system"), "c")
    stable, unstable = (line[:, np.isfinite(line[0])] for line in (curve.stable, curve.unstable))
    assert stable[0].max() == pytest.approx(0.0, abs=1e-9) == unstable[0].min()
    assert 1000.0 / stable[1, np.argmax(stable[0])] == pytest.approx(2.0 * np.pi, rel=1e-5)


def test_the_present_value_is_not_part_of_the_question():
    first = onset(MorrisLecar().snapshot(), "I")
    for change in ({"I": 0.0}, {"V_0": 10.0}, {"dt": 1.0}):
        assert onset(MorrisLecar(**change).snapshot(), "I") is first
    assert onset(MorrisLecar(phi=0.05).snapshot(), "I") is not first


@pytest.mark.parametrize(("V_T", "D"), [(-50.0, 1.0), (-60.0, 4.0)])
def test_the_exponential_cell_starts_to_fire_at_the_closed_form(V_T, D):
    assert onset(EIF(V_T=V_T, D=D).snapshot(), "I_0").value == pytest.approx(V_T + 72.0 - D, abs=1e-6)


def test_a_line_has_no_onset():
    assert onset(PhaseLine().snapshot(), "a").kind == "none"


def lines(curve):
    """The pieces (2, m) of a line, cut at its gaps."""
    gaps = np.flatnonzero(np.isnan(curve[0]))
    return [piece[:, ~np.isnan(piece[0])] for piece in np.split(curve, gaps, axis=1)]


def test_frequency_of_stable_cycles_is_that_into_which_runs_settle():
    curve = frequency_curve(of_preset("morris_lecar", "SNIC"), "I")
    (stable,) = lines(curve.stable)
    order = np.argsort(stable[0])
    for current in (42.0, 60.0, 100.0):
        period = limit_cycle(of_preset("morris_lecar", "SNIC", I=current, V_0=20.0, w_0=0.1)).period
        assert np.interp(current, *stable[:, order]) == pytest.approx(1000.0 / period, rel=0.01)


def test_a_curve_begins_at_zero_at_a_snic_and_meets_its_unstable_part_at_the_fold():
    curve = frequency_curve(of_preset("morris_lecar", "SNIC"), "I")
    (stable,), (unstable,) = lines(curve.stable), lines(curve.unstable)
    assert stable[:, -1] == pytest.approx([39.963153, 0.0], rel=1e-6)
    np.testing.assert_array_equal(unstable[:, -1], stable[:, 0])
    assert unstable[0, 0] == pytest.approx(97.646164, rel=1e-6)
    assert [q.code for q in curve.points] == ["SNIC", "LPC"]


def test_a_curve_between_two_hopf_points_is_unstable_at_both_ends():
    curve = frequency_curve(of_preset("morris_lecar", "Hopf"), "I")
    (stable,), unstable = lines(curve.stable), lines(curve.unstable)
    assert sorted(stable[0, [0, -1]]) == pytest.approx([88.293251, 216.899801], rel=1e-6)
    assert [piece[0].min() for piece in unstable] == pytest.approx([88.293251, 212.018817], rel=1e-6)
    assert unstable[0][1, 0] == pytest.approx(1000.0 / 78.75661, rel=1e-5)


def test_a_model_without_cycles_has_an_empty_curve():
    curve = frequency_curve(of_preset("linear_system"), "a")
    assert curve.stable.shape == (2, 0)
    assert curve.points == ()


def test_smooth_models_in_the_plane_have_a_frequency_curve():
    having = {slug for slug, model in flows().items() if has_frequency_curve(model)}
    assert {"morris_lecar", "hodgkin_huxley", "fitzhugh_nagumo"} <= having
    assert not {"eif", "phase_line", "leaky_integrator"} & having


def test_events_are_told_in_words_and_order_and_once():
    events = cycle_events(cycles(of_preset("hodgkin_huxley"), "I_app"), "I_app")
    assert [event.words for event in events] == ["fold of cycles"] * 2 + ["period doubling"] * 2 + ["fold of cycles"]
    assert [event.value for event in events] == sorted(event.value for event in events)
    (orbit,) = cycle_events(cycles(Lorenz().snapshot(), "r"), "r")  # two branches mirror each other
    assert (orbit.words, number(orbit.value)) == ("homoclinic orbit", "13.9")


def test_every_code_of_a_cycle_has_words():
    nothing = np.zeros(1)
    branch = cycles(of_preset("brusselator"), "B")[0]
    points = tuple(SpecialPoint(code, {"B": float(i)}, nothing, nothing + 0j, period=1.0)
                   for i, code in enumerate(codes_of(CYCLES)))
    events = cycle_events([type(branch)(**{**branch.to_dict(), "points": points})], "B")
    assert [event.words for event in events] == [row(CYCLES, code).words for code in codes_of(CYCLES)]
