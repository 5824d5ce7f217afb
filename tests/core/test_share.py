"""Links restore what they were made from, and no damage makes reading fail."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ncm_app.core.catalogue import find, models
from ncm_app.core.model import Flow, Preset, Quantity, State
from ncm_app.core.quantity import Choice, Count
from ncm_app.core.share import MAX_QUERY, RESERVED, Shared, decode, encode
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.written import Written
from tests.support.written import values_of

EVERY = pytest.mark.parametrize("model", models().values(), ids=models())
NETWORK = find("ei_rate_network")
START = "model=ei_rate_network&v=1&preset=Fig+3.4+C,D"
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=15)
"""Few for each model, since there are many models."""


def digits(x):
    """Return the number that twelve digits can say."""
    return float(f"{x:.12g}")


def drawn_value(data, name, control):
    if isinstance(control, Choice):
        return data.draw(st.sampled_from(control.objects), label=name)
    if isinstance(control, Count):
        return data.draw(st.integers(*control.bounds), label=name)
    if isinstance(control, Written):
        return data.draw(values_of(control), label=name)
    low, high = control.bounds
    return data.draw(st.floats(low, high).map(digits).filter(lambda x: low <= x <= high), label=name)


def drawn_values(data, model, label):
    """Return a value for every control; most are as in a preset."""
    values = model.preset_values(data.draw(st.sampled_from(["", *model.presets]), label="near"))
    for name in data.draw(st.sets(st.sampled_from(sorted(values))), label=label):
        values[name] = drawn_value(data, name, model.control(name))
    return values


def assert_valid(shared):
    """Check that everything a link gave is inside the model's bounds."""
    assert isinstance(shared, Shared)
    if not shared.model:
        assert (shared.values, shared.preset) == ({}, "")
        return
    model = find(shared.model)
    assert set(shared.values) == set(model.controls())
    for values in (shared.values, shared.extras.get("frozen", {})):
        assert model.clean(values) == values
    names = [state.start_control for state in model.states]
    for start in shared.extras.get("starts", []):
        assert list(model.clean(dict(zip(names, start, strict=True))).values()) == list(start)


# Round trips --------------------------------------------------------------------------

@EVERY
@RELAXED
@given(data=st.data())
def test_link_restores_values_and_extras(model, data):
    values = drawn_values(data, model, "changed")
    preset = data.draw(st.sampled_from(["", *model.presets]), label="preset")
    frozen = data.draw(st.none() | st.just("frozen"))
    extras = {"frozen": drawn_values(data, model, "frozen")} if frozen else {}
    boxes = [st.floats(*map(float, state.limits)).map(digits) for state in model.states]
    starts = data.draw(st.lists(st.tuples(*boxes), max_size=5), label="starts")
    view = data.draw(st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True),
                                     PRINTABLE, max_size=3))
    extras |= ({"starts": starts} if starts else {}) | ({"view": view} if view else {})
    query = encode(model(**values).snapshot(), preset, extras)
    assert decode(query) == Shared(model.slug(), preset, values, extras, ())
    assert decode("?" + query) == decode(query)


@EVERY
def test_only_what_differs_is_written(model):
    for preset in model.presets:
        values = model.preset_values(preset)
        query = encode(model(**values).snapshot(), preset)
        assert set(parse_qs(query)) == {"model", "v", "preset"}
        assert len(query) < 100


@EVERY
def test_no_parameter_has_a_reserved_name(model):
    assert not set(RESERVED) & set(model.controls())


def test_link_is_readable():
    snapshot = NETWORK(tau_e=15.0, tau_i=28.6, curve="rectified power").snapshot()
    extras = {"view": {"explore": "w_ee"}, "frozen": None, "starts": []}
    assert encode(snapshot, "Fig 3.4 C,D", extras) == (
        f"{START}&tau_i=28.6&curve=rectified+power&view.explore=w_ee")


@pytest.mark.parametrize(("value", "text"), [(28.6, "28.6"), (30.000000000000004, "30"), (1 / 3, "0.333333333333"),
                                             (50, "50"),
                                             (1.5e-3, "0.0015")])
def test_numbers_are_short(value, text):
    class Wide(Flow):
        """One wide parameter."""

        x = Quantity(1.0, bounds=(0, 1e30))
        states = (State("u", span=(0.0, 1.0)),)

    assert f"&x={text}" in encode(Wide(x=value).snapshot())
    assert "&x=2e20" in encode(Wide(x=2e20).snapshot())


def test_stated_values_keep_all_their_digits():
    class Stated(Flow):
        """A default and a preset of more than twelve digits."""

        x = Quantity(2 / 3, bounds=(0, 10))
        states = (State("u", span=(0.0, 1.0)),)
        presets = (Preset("Third", "One third.", values={"x": 1 / 3}), Preset("One", "One.", values={"x": 1.0}))

    known = {Stated.slug(): Stated}
    for value in (2 / 3, 1 / 3, 1.0):
        for preset in ("", "Third", "One"):
            query = encode(Stated(x=value).snapshot(), preset, {"frozen": {"x": value}})
            shared = decode(query, known)
            assert (shared.values["x"], shared.extras["frozen"]["x"], shared.complaints) == (value, value, ())
    assert "&x=0.123456789012" in encode(Stated(x=0.1234567890123456).snapshot())


def test_value_on_a_long_bound_stays_inside():
    class Thirds(Flow):
        """Bounds that twelve digits round outwards."""

        x = Quantity(1.0, bounds=(-2 / 3, 5 / 3))
        states = (State("u", span=(0.0, 1.0)),)

    known = {Thirds.slug(): Thirds}
    for bound in (-2 / 3, 5 / 3):
        shared = decode(encode(Thirds(x=bound).snapshot()), known)
        assert (shared.values["x"], shared.complaints) == (bound, ())


def test_frozen_run_is_short_when_it_differs_little():
    snapshot = NETWORK(tau_e=15.0, tau_i=30.0).snapshot()
    frozen = snapshot.changed(tau_i=20.0).values_by_name
    query = encode(snapshot, "Fig 3.4 C,D", {"frozen": frozen})
    assert len(query) < 90
    assert decode(query).extras == {"frozen": frozen}
    same = decode(encode(snapshot, "Fig 3.4 C,D", {"frozen": snapshot.values_by_name}))
    assert same.extras == {"frozen": snapshot.values_by_name}


def test_unknown_preset_cannot_be_encoded():
    with pytest.raises(ValueError, match="no preset named 'Fig 9'"):
        encode(NETWORK().snapshot(), "Fig 9")


# One bad field, all the others good ------------------------------------------------------------

@pytest.mark.parametrize(("field", "said"), [
    ("tau_i=nan", "tau_i: tau_i must be a number, not 'nan'"), ("tau_i=inf", "must be a number, not 'inf'"),
    ("tau_i=1e999", "finite"), ("tau_i=1e12", "must lie between 1 and 100 (ms), not 1e+12"), ("tau_i=-5",
    "must lie between"),
    ("tau_i=fast", "must be a number, not 'fast'"), ("tau_i=", "must be a number, not ''"), ("tau_i=1_0",
    "must be a number"),
    ("tau_i=0x10", "must be a number"), ("tau_i", "must be a number"), ("tau_j=5", "did you mean tau_i"),
    ("curve=sigmoidal", "curve must be one of threshold-linear, sigmoid, rectified power"), ("curve=1",
    "must be one of"),
    ("method=Euler2", "method must be one of"), ("dt=0", "dt must lie between"), ("t_end=1e12",
    "t_end must lie between"),
    ("tau_i=%CF%80", "tau_i: only plain characters"), ("%CF%84=5", "only plain characters"), ("tau_i=5%00",
    "only plain characters"),
    ("tau_i=" + "9" * 65, "more than 64 characters"), ("v=2", "v: "), ("frozen=zzzz", "frozen: the field is damaged"),
    ("frozen=", "frozen: the field is damaged"), ("starts=0000AAAA", "starts: the field is damaged"),
    ("view.=3", "view.: this is no name of a view choice"), ("view=3", "view: this is no name"), ("view.a.b=3",
    "no name of a view"),
    ("=5", "a field without a name: "), ("name=5", "name: ei_rate_network has no parameter named 'name'"),
    ("rhs=1", "no parameter named 'rhs'"), ("__class__=1", "no parameter named")])
def test_bad_field_is_named_and_the_good_ones_restored(field, said):
    shared = decode(f"model=ei_rate_network&w_ee=1500&{field}&preset=Fig 3.4 C,D&view.explore=g")
    assert len(shared.complaints) == 1
    assert said in shared.complaints[0]
    assert shared.values == NETWORK.preset_values("Fig 3.4 C,D") | {"w_ee": 1500.0}
    assert shared.extras == {"view": {"explore": "g"}}


def test_field_given_twice_counts_once():
    shared = decode("model=ei_rate_network&tau_i=20&tau_i=40&model=eif")
    assert shared.values["tau_i"] == 20.0
    assert shared.complaints == ("tau_i: it is given twice; the first one counts",
                                 "model: it is given twice; the first one counts")


def test_unknown_model_and_preset():
    lost = decode("model=ei_rate_netwrk&tau_i=20&view.explore=g")
    assert lost == Shared(extras={"view": {"explore": "g"}}, complaints=lost.complaints)
    assert "did you mean ei_rate_network" in lost.complaints[0]
    shared = decode("model=ei_rate_network&preset=Fig 3.4&tau_i=20")
    assert "preset: ei_rate_network has no preset named 'Fig 3.4'; did you mean" in shared.complaints[0]
    assert shared.values == NETWORK.preset_values("") | {"tau_i": 20.0}


def test_link_without_a_model():
    assert decode("") == decode("?") == Shared()
    assert decode("tau_i=20&preset=x").complaints == (
        "model: the link names no model, so tau_i, preset cannot be read",)


def test_too_long_and_too_many():
    long = decode("model=ei_rate_network&tau_i=20&" + "&".join(f"x{i}=1" for i in range(5000)))
    assert long.values["tau_i"] == 20.0
    assert "longer than 8 kB" in long.complaints[0] and "more than 200 fields" in long.complaints[1]
    assert len(long.complaints) == 200
    endless = decode("model=ei_rate_network&tau_i=" + "9" * MAX_QUERY)
    assert endless.values == NETWORK.preset_values("") and len(endless.complaints) == 1


# Any damage --------------------------------------------------------------------------------------

NAMES = st.sampled_from(["model", "preset", "v", "frozen", "starts", "tau_i", "dt", "view.x"])
FIELDS = st.lists(st.tuples(NAMES, st.text(max_size=12))).map(lambda f: "&".join(f"{a}={b}" for a, b in f))


@RELAXED
@given(st.text(max_size=200) | FIELDS)
def test_any_text_can_be_read(text):
    for query in (text, f"{START}&{text}"):
        assert_valid(decode(query))


@EVERY
@RELAXED
@given(data=st.data())
def test_damaged_links_can_be_read(model, data):
    values = drawn_values(data, model, "changed")
    start = tuple(float(model.control(s.start_control).default) for s in model.states)
    query = encode(model(**values).snapshot(), model.first_preset(),
                   {"frozen": drawn_values(data, model, "frozen"), "starts": [start] * 3})
    place = data.draw(st.integers(0, len(query) - 1), label="place")
    kind = data.draw(st.sampled_from(["flip", "cut", "drop", "insert"]), label="damage")
    other = data.draw(st.characters(exclude_categories=["Cs"]), label="character")
    damaged = {"flip": query[:place] + other + query[place + 1:], "cut": query[:place],
               "drop": query[:place] + query[place + 1:], "insert": query[:place] + other + query[place:]}[kind]
    shared = decode(damaged)
    assert_valid(shared)
    assert all(c and len(c) <= 400 for c in shared.complaints)


def test_damage_to_a_packed_field_leaves_the_rest():
    frozen = NETWORK(tau_i=33.0).snapshot().values_by_name
    query = encode(NETWORK(tau_e=44.0).snapshot(), "Fig 3.4 A,B", {"frozen": frozen, "starts": [(0.001, 0.002)]})
    field = query[query.index("frozen=") + 7:query.index("&starts=")]
    shared = decode(query.replace(field, field[:-3] + ("AAA" if not field.endswith("AAA") else "BBB")))
    assert shared.complaints == ("frozen: the field is damaged, so it was left out",)
    assert shared.values["tau_e"] == 44.0
    assert shared.extras == {"starts": [(0.001, 0.002)]}


def test_presets_with_any_printable_name():
    class Named(Flow):
        """A model with awkward names of presets."""

        states = (State("u", span=(0.0, 1.0)),)
        presets = tuple(Preset(name, "A preset.") for name in ("A & B", "50 %", "a=b?", "x+y", "#1"))

    known = {Named.slug(): Named}
    for name in Named.presets:
        shared = decode(encode(Named().snapshot(), name), known)
        assert (shared.preset, shared.complaints) == (name, ())



def test_a_preset_that_was_renamed_still_opens():
    for old, new in (("SNLC", "SNIC"), ("SNLC: below", "SNIC: below")):
        shared = decode(f"model=morris_lecar&v=1&preset={old}")
        assert (shared.preset, shared.complaints) == (new, ())
        model = models()["morris_lecar"]
        assert shared.values == model.preset_values(new) == model.preset_values(old)
        assert new in model.presets and old not in model.presets
        assert encode(Snapshot.of(model, shared.values), shared.preset) == encode(
            Snapshot.of(model, model.preset_values(new)), new)
