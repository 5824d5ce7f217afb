"""What a machine reads from a line to try is what a reader would do; what it cannot tell it leaves to the reader."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.language.tries import read_try

LINES = [(slug, line) for slug, model in models().items() for line in model.try_this]


@pytest.mark.parametrize(("slug", "line", "preset", "values"), [
    ("ei_rate_network", "In Fig 3.4 C,D, lower tau_i from 30 to 24 ms: it rests.", "Fig 3.4 C,D", {"tau_i": 24.0}),
    ("lorenz", "In Two rests, set x(0) and y(0) to -1: the other rest.", "Two rests", {"x_0": -1.0, "y_0": -1.0}),
    ("lorenz", "In Ex A.6.2, choose RK4 instead of Euler: the order changes.", "Ex A.6.2", {"method": "RK4"}),
    ("fitzhugh_nagumo", "In Excitable, set v(0) to -0.65 instead of -0.5: no spike.", "Excitable", {"v_0": -0.65}),
    ("morris_lecar", "In Hopf: rest or firing, start at V(0) = -27 mV, w(0) = 0.13: it rests.", "Hopf: rest or firing",
     {"V_0": -27.0, "w_0": 0.13}),
    ("hodgkin_huxley", "In book, choose Euler and set dt to 0.1 ms: it blows up.", "book",
     {"method": "Euler", "dt": 0.1}),
    ("eif", "In Fig 1.3 A, raise I_0 slowly from 5 to 15 mV and watch the points meet.", "Fig 1.3 A", {"I_0": 15.0}),
    ("exponential_decay", "Double tau from 10 to 20 ms: the half life doubles.", "", {"tau": 20.0}),
    ("linear_system", "In Fig A.8 stable node, set b and c to -2.5 per ms: a saddle.", "Fig A.8 stable node",
     {"b": -2.5, "c": -2.5}),
])
def test_line_is_read(slug, line, preset, values):
    found = read_try(find(slug), line)
    assert (found.preset, found.values, found.compare) == (preset, values, "")


def test_comparison_is_read():
    found = read_try(find("adex"), "In Fig B.4, compare with the EIF under the same input: it fires 22 times.")
    assert (found.compare, found.values, found.outcome) == ("eif", {}, "it fires 22 times.")


@pytest.mark.parametrize(("slug", "line"), [
    ("ei_rate_network", "In Fig 9.9, lower tau_i to 24 ms: no such preset."),
    ("ei_rate_network", "In Fig 3.4 C,D, lower tau_i to -24 ms: out of its bounds."),
    ("ei_rate_network", "In Fig 3.4 C,D, lower tau_i to 24 ms"), ("ei_rate_network", "Look at the plane: it is there."),
    ("ei_rate_network", "In Fig 3.4 C,D, raise tau_i from 20 to 25 and to 30 ms: two values."),
    ("ei_rate_network", "In Fig 3.4 C,D, raise tau_i to 25 ms or tau_e to 9 ms: one or the other."),
    ("ei_rate_network", "In Fig 3.4 C,D, raise tau_i above 2 tau_e = 60 ms: not one value."),
    ("hopf_system", "In Ex A.9.4, c < 0, raise c towards 0: no value."),
    ("kuramoto", "In Partial synchrony, change the seed: no value."),
    ("synapses", "In Fig 1.4, click at 220 ms, and set dt to 1 ms: more than values."),
    ("convolution", "In Fig A.3, choose a pulse of A = 2: an option that is named otherwise."),
    ("lif", "In Fig B.3, compare with the XYZ: no such model.")])
def test_what_is_uncertain_is_left_to_the_reader(slug, line):
    assert read_try(find(slug), line) is None


@pytest.mark.parametrize(("slug", "line"), LINES, ids=lambda value: value[:60])
def test_every_line_of_the_catalogue_changes_something(slug, line):
    model, found = find(slug), read_try(find(slug), line)
    if found is not None:
        before = model.preset_values(found.preset or model.first_preset())
        assert found.compare or any(before[name] != value for name, value in found.values.items())
        assert all(model.control(name).clean(value) == value for name, value in found.values.items())


def test_most_lines_have_a_button():
    assert sum(read_try(find(slug), line) is not None for slug, line in LINES) >= 0.65 * len(LINES)
