"""The order of the lines to try, the words of their button, and the way of a slider."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.language.tries import Try
from ncm_app.session.try_lines import first_of, lines_of, order_of, parts_of, preset_of, way_of


@pytest.mark.parametrize(("slug", "preset", "place"), [
    ("phase_line", "Ex A.7.3", 2), ("phase_line", "Fig A.6", 0), ("phase_line", "Pitchfork", 0), ("phase_line", "", 0),
    ("hopf_system", "Ex A.9.4, c < 0", 0)])
def test_lines_of_the_open_preset_come_first(slug, preset, place):
    assert first_of(find(slug), lines_of(find(slug)), preset) == place


@pytest.mark.parametrize(("slug", "preset", "values", "compare", "words"), [
    ("ei_rate_network", "Fig 3.4 C,D", {"tau_i": 28.0}, "", "Lower tau_i to 28 ms"),
    ("eif", "Fig 1.3 A", {"I_0": 15.5}, "", "Raise I_0 to 15.5 mV"),
    ("phase_line", "Ex A.7.3", {"a": -0.7}, "", "Lower a to −0.7"),
    ("lorenz", "Two rests", {"x_0": -1.0, "y_0": -1.0}, "", "Lower x(0) to −1, y(0) to −1"),
    ("hodgkin_huxley", "book", {"method": "Euler", "dt": 0.1}, "", "Set method to Euler, dt to 0.1 ms"),
    ("kuramoto", "Partial synchrony", {"N": 1000}, "", "Raise N to 1000"),
    ("adex", "Fig B.4", {}, "eif", "Compare with the EIF")])
def test_button_says_what_it_does(slug, preset, values, compare, words):
    model = find(slug)
    assert order_of(model, Try("", preset, values, "", "", compare), model.preset_values(preset)) == words


def test_every_line_of_the_catalogue_is_offered_whole():
    for model in models().values():
        for line, found in zip(model.try_this, lines_of(model), strict=True):
            action, outcome = parts_of(model, found)
            assert action and action in line and outcome in line
            assert not preset_of(model, found) or line.startswith(f"In {preset_of(model, found)}, ")


def test_slider_goes_all_the_way_one_after_the_other():
    model = find("lorenz")
    way = list(way_of(model, model.preset_values("Two rests"), {"x_0": -1.0, "y_0": -2.0}, at_once=False))
    places = [value for name, value in way if name == "x_0"]
    assert [name for name, _ in way] == ["x_0"] * len(places) + ["y_0"] * (len(way) - len(places))
    assert places == sorted(places, reverse=True) and places[-1] == -1.0 and way[-1] == ("y_0", -2.0)
    assert len(places) > 10


@pytest.mark.parametrize("at_once", [True, False])
def test_choices_are_set_at_once_and_counts_stay_whole(at_once):
    model = find("kuramoto")
    values = {"method": "RK4", "N": 1000}
    way = list(way_of(model, model.preset_values("Partial synchrony"), values, at_once))
    assert dict(way) == values and [name for name, _ in way].count("method") == 1
    assert all(isinstance(value, int) for name, value in way if name == "N")
    assert (len(way) == 2) is at_once
