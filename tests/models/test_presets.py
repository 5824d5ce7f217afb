"""Every preset does what it says: all expectations of the whole catalogue."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.studies.expectations import check, check_preset, matches, show, tolerance
from tests.support.catalogue import every_preset, sweep_after_first

PRESETS = every_preset(models().values())
EXPECTATIONS = [pytest.param(model, name, expectation, id=f"{slug}-{name}-{expectation}",
                             marks=sweep_after_first(model, name))
                for slug, model in models().items()
                for name, preset in model.presets.items() for expectation in preset.expect]


def snapshot_of(slug, preset, **changes):
    model = find(slug)
    return model(**{**model.preset_values(preset), **changes}).snapshot()


@pytest.mark.parametrize(("model", "preset", "expectation"), EXPECTATIONS)
def test_expectation_is_met(model, preset, expectation):
    snapshot = model(**model.preset_values(preset)).snapshot()
    outcome = check(snapshot, expectation, model.presets[preset].expect[expectation])
    assert outcome.met, outcome.sentence
    assert outcome.sentence.endswith("as expected.")


@pytest.mark.parametrize(("model", "preset"), PRESETS)
def test_preset_states_an_expectation_and_a_sentence(model, preset):
    assert model.presets[preset].expect
    assert model.presets[preset].sentence.endswith(".")


def test_preset_is_checked_as_a_whole():
    model = find("leaky_integrator")
    names = [outcome.name for outcome in check_preset(model, "Fig 1.1 C,D")]
    assert names == list(model.presets["Fig 1.1 C,D"].expect)


@pytest.mark.parametrize(("name", "wrong"), [
    ("spikes", 2), ("spike_times", (651.0, 704.3)), ("spike_times", (651.0, 704.3, 757.5)), ("at", {400.0: (-66.994,)}),
    ("fixed_points", ()), ("kinds", ("unstable", "stable")), ("eigenvalues", (-0.0666531, 0.659176)), ("rate", 0.2)])
def test_wrong_expectation_is_not_met(name, wrong):
    outcome = check(snapshot_of("eif", "Fig 1.2"), name, wrong)
    assert not outcome.met
    assert "expected" in outcome.sentence
    assert not outcome.sentence.endswith("as expected.")


def test_model_that_moves_away_is_noticed():
    changed = snapshot_of("ei_rate_network", "Fig 3.4 C,D", tau_i=31.0)
    assert not check(changed, "period", 22.644).met
    assert not check(changed, "eigenvalues", (0.00958333 - 0.424833j, 0.00958333 + 0.424833j)).met


def test_unknown_expectation_names_its_neighbours():
    with pytest.raises(ValueError, match="spike_times"):
        check(snapshot_of("eif", "Fig 1.2"), "spike_time", (1.0,))


@pytest.mark.parametrize(("value", "expected"), [(651.0, 0.05), (-68.1036, 5e-5), (7.4e-06, 5e-8), (1e5, 0.05)])
def test_tolerance_is_half_the_last_digit(value, expected):
    assert tolerance(value) == pytest.approx(expected, rel=1e-5)


def test_digits_and_shapes_decide_a_match():
    assert matches(15.0, 15.049)
    assert not matches(15.0, 15.051)
    assert not matches(15.0, float("nan"))
    assert matches((1.5 - 2.5j,), (1.52 - 2.46j,))
    assert not matches((1.5 - 2.5j,), (1.5 + 2.5j,))
    assert not matches((1.0,), (1.0, 2.0))
    assert not matches({"a": 1.0}, {"b": 1.0})
    assert not matches(0, 1)


def test_values_read_as_words():
    assert show(()) == "none"
    assert show(((5.6, 12.5), (1.0, 2.0))) == "5.6, 12.5 and 1, 2"
    assert show({400.0: (-67.0,), "run": 0.5}) == "-67 at 400.0; run 0.5"
    assert show(0.5 - 2j) == "0.5 - 2i"


@pytest.mark.parametrize(("name", "wrong"), [
    ("crossings", {0.0: ()}), ("crossings", {0.0: (10.06,)}), ("crossings", {39.9: (10.3,)}),
    ("range", ((-76.0, 0.3, 0.08, 0.01), (50.0, 0.8, 0.6, 1.0)))])
def test_wrong_expectation_of_a_run_is_not_met(name, wrong):
    assert not check(snapshot_of("hodgkin_huxley", "Fig B.2 A-D"), name, wrong).met


def test_branch_point_is_told_from_a_fold():
    pitchfork, parabola = snapshot_of("phase_line", "Pitchfork"), snapshot_of("phase_line", "Fig A.6")
    assert check(pitchfork, "branch", {"a": 0.0}).met
    assert not check(parabola, "branch", {"a": 0.0}).met
