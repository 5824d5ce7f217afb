"""Things drawn: what may be written, what models see, how links carry them, and what a pointer does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.drawing import Grid
from ncm_app.core.model import Choice, Model
from ncm_app.core.share import decode, encode
from ncm_app.core.touch import Touch
from tests.support.blackboard import Blackboard

TARGET, PATTERN, DIGIT, PLACES = (Blackboard.control(name) for name in ("target", "pattern", "digit", "places"))
SPANS = {"target": ((0.0, 2000.0), (-2.0, 2.0)), "pattern": ((0.0, 28.0), (0.0, 28.0)),
         "digit": ((0.0, 8.0), (0.0, 8.0)), "places": ((-2.0, 2.0), (-2.0, 2.0))}
VALUES = st.fixed_dictionaries({
    "target": st.one_of(st.just(()), st.lists(st.floats(-1.5, 1.5), min_size=64, max_size=64)),
    "pattern": st.one_of(st.just(()), st.lists(st.integers(0, 1), min_size=784, max_size=784)),
    "digit": st.one_of(st.just(()), st.lists(st.integers(0, 16), min_size=64, max_size=64)),
    "places": st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 1)), max_size=20)})


def drawn(control, *places, value=(), colour="white"):
    """Return the value after one drag over some places."""
    touch = Touch(places[0], None, SPANS[control.name], {"colour": colour})
    meant = control.meant(value, touch)
    for now, before in zip(places, [None, *places], strict=False):
        value = control.touched(value, touch._replace(now=now, before=before, meant=meant))
    return value


@given(VALUES)
def test_texts_and_links_bring_back_exactly_what_was_drawn(given_values):
    model = Blackboard(**given_values)
    for name, value in model.values().items():
        control = Blackboard.control(name)
        if name in given_values:
            assert control.clean(control.text(value)) == value == control.clean(value)
            assert len(control.text(value)) <= control.longest
    shared = decode(encode(model.snapshot(), "", {"frozen": model.values()}), {"blackboard": Blackboard})
    assert not shared.complaints
    assert shared.values == shared.extras["frozen"] == model.values()


def test_texts_are_short_and_nothing_is_no_text():
    full = Blackboard(**Blackboard.preset_values("Full"))
    assert len(TARGET.text(full.target)) == 128
    assert len(PATTERN.text(full.pattern)) == 131
    assert DIGIT.longest == 54 and PLACES.longest == 100
    for control in (TARGET, PATTERN, DIGIT, PLACES):
        assert control.text(()) == "" and control.clean("") == control.clean([]) == ()
        assert (control.told(()), control.told((1,)), control.code(())) == ("none", "drawn", "''")
    assert "target" in encode(Blackboard(target="").snapshot(), "Full")


def test_models_see_read_only_arrays():
    none = Blackboard().snapshot().p
    full = Blackboard(**{**Blackboard.preset_values("Full"), "places": [(2, -2, 1)]}).snapshot().p
    assert [getattr(none, n).shape for n in SPANS] == [(0,), (0, 28), (0, 8), (0, 3)]
    assert full.target.shape == (64,) and full.pattern.shape == (28, 28)
    np.testing.assert_array_equal(full.places, [[2.0, -2.0, 1.0]])
    assert not any(getattr(full, name).flags.writeable for name in SPANS)
    assert full.pattern.dtype == np.int64


@pytest.mark.parametrize(("name", "bad", "words"), [
    ("target", [0.0] * 63, "64 numbers between -1.5 and 1.5, or nothing, not 63"),
    ("target", [0.0] * 63 + [1.6], "not 1.6"), ("target", [-1.7] + [0.0] * 63, "not -1.7"),
    ("target", [0.0] * 63 + [np.nan], "finite numbers, not 1 that are NaN or infinite"),
    ("target", "A" * 127, "text of 128 characters A-Z, a-z, 0-9, - and _, as in a link, or empty, not 'AAAAA"),
    ("target", "A" * 127, "AA'... of 127"),
    ("target", "0.1, 0.2", "128 characters"), ("target", "_" * 128, "128 characters"),
    ("target", 3.0, "not 3.0"), ("target", None, "not None"), ("target", {1: 2}, "not {1: 2}"),
    ("target", ["a"] * 64, "64 numbers"), ("target", np.zeros((8, 8)), "not 8 x 8"), ("target", [1j] * 64, "64 num"),
    ("target", b"A" * 128, "64 numbers"), ("target", [[1, 2], [3]], r"not [[1, 2], [3]]"),
    ("pattern", [2] * 784, "28 x 28 whole numbers from 0 to 1, or nothing, not 2"),
    ("pattern", [0.5] * 784, "not 0.5"), ("pattern", np.zeros((28, 27)), "not 28 x 27"), ("pattern", "A" * 130, "131"),
    ("digit", [17] * 64, "whole numbers from 0 to 16, or nothing, not 17"), ("digit", "_" * 54, "54 characters"),
    ("places", [(0, 0, 2)], "class from 0 to 1, or nothing, not (0, 0, 2)"), ("places", [(0, 3, 0)], "not (0, 3, 0)"),
    ("places", [(0, 0, 0.5)], "not (0, 0, 0.5)"), ("places", [(0, 0)], "not 1 x 2"),
    ("places", [(0, 0, 0)] * 21, "at most 20 points (x, y, class), x and y between -2 and 2"),
    ("places", "AAAA", "5 characters for each of at most 20 points"), ("places", "AAAA=", "5 characters"),
    ("places", "____A", "5 characters"), ("places", "AAAAC", "not (-2, -2, 2)")])
def test_what_cannot_be_is_told_by_name(name, bad, words):
    with pytest.raises(ValueError, match=f"{name} must") as error:
        Blackboard(**{name: bad})
    assert words in str(error.value) and len(str(error.value)) < 300


def test_a_bad_text_in_a_link_is_told_and_the_rest_restored():
    shared = decode("model=blackboard&target=AAAA&n=4&pattern=" + "A" * 900, {"blackboard": Blackboard})
    assert shared.values == {**Blackboard.preset_values(""), "n": 4}
    assert len(shared.complaints) == 2 and "more than 131 characters" in " ".join(shared.complaints)


def test_python_shows_what_is_drawn_in_short():
    model = Blackboard(target=np.linspace(-1.5, 1.5, 64))
    shown = repr(model)
    assert len(shown) < 200
    assert Blackboard(target=shown.split("target='")[1].split("'")[0]).target == model.target


def test_defaults_are_cleaned_and_inherited():
    class Inked(Model):
        board = Grid(2, 3, default=[[0, 1, 1], [0, 0, 1]], doc="ink")

    class Other(Inked):
        board = Grid(default="b")

    assert Inked().board == (0, 1, 1, 0, 0, 1)
    assert Other.control("board").columns == 3 and Other().board == (0, 1, 1, 0, 1, 1)
    with pytest.raises(ValueError, match=r"board must be text of 1 char.* not 'AA' of 2"):
        Other.control("board").clean("AA")


def test_a_stroke_of_a_sketch_leaves_no_gap_and_the_rest_as_it_was():
    ramp = TARGET.clean(np.linspace(-1.5, 1.5, 64))
    made = np.array(drawn(TARGET, (500.0, 1.0), (1500.0, -1.0), value=ramp))
    at = np.linspace(0.0, 2000.0, 64)
    inside = (at > 520) & (at < 1480)
    np.testing.assert_allclose(made[inside], 2.0 - at[inside] / 500.0, atol=1.5 / 4094)
    outside = (at < 480) | (at > 1520)
    np.testing.assert_array_equal(made[outside], np.array(ramp)[outside])
    backwards = drawn(TARGET, (1500.0, -1.0), (500.0, 1.0), value=ramp)
    np.testing.assert_allclose(backwards, made, atol=1.5 / 4094)


def test_a_sketch_begins_at_zero_and_stays_within_bounds_and_axis():
    made = np.array(drawn(TARGET, (1000.0, 9.0)))
    assert np.count_nonzero(made) == 1 and made.max() == 1.5
    assert drawn(TARGET, (-900.0, 1.0), (-500.0, 1.0)) == ()
    assert set(drawn(TARGET, (-900.0, -1.5), (9000.0, -1.5))) == {-1.5}


INSIDE = st.tuples(st.integers(0, 27), st.floats(0.01, 0.99)).map(sum)


@given(st.lists(st.tuples(INSIDE, INSIDE), min_size=1, max_size=4))
def test_a_stroke_in_a_pattern_goes_through_every_place_without_gaps(places):
    picture = np.reshape(drawn(PATTERN, *places), (28, 28))
    for x, y in places:
        assert picture[27 - int(y), int(x)] == 1
    inked = list(zip(*np.nonzero(picture), strict=True))
    reached, new = {inked[0]}, [inked[0]]
    while new:
        down, across = new.pop()
        near = {(i, j) for i, j in inked if max(abs(i - down), abs(j - across)) <= 1} - reached
        reached |= near
        new += near
    assert len(reached) == len(inked)


def test_the_first_pixel_decides_between_ink_and_wiping():
    line = drawn(PATTERN, (2.5, 27.5), (10.5, 27.5))
    assert np.flatnonzero(line).tolist() == list(range(2, 11))
    wiped = drawn(PATTERN, (8.5, 27.5), (8.5, 20.5), (12.5, 20.5), value=line)
    assert np.flatnonzero(wiped).tolist() == [2, 3, 4, 5, 6, 7, 9, 10]
    more = drawn(PATTERN, (12.5, 27.5), (8.5, 27.5), value=line)
    assert np.flatnonzero(more).tolist() == list(range(2, 13))
    assert np.flatnonzero(drawn(PATTERN, (3.5, 27.5), value=line)).tolist() == [2, *range(4, 11)]
    assert drawn(PATTERN, (-5.0, 3.0), (-1.0, 30.0), value=line) == line


def test_a_soft_brush_fades_with_distance_and_only_adds():
    picture = np.reshape(drawn(DIGIT, (3.5, 4.5), (4.5, 4.5)), (8, 8))
    assert picture[3].tolist() == [0, 0, 8, 16, 16, 8, 0, 0]
    assert picture[2, 3] == picture[4, 4] == 8 and picture[2, 2] == round(16 * (1.5 - 2**0.5))
    assert not picture[6:].any()
    again = drawn(DIGIT, (3.5, 4.5), value=tuple(picture.ravel()))
    assert again == tuple(picture.ravel())


def test_a_click_adds_a_point_of_the_class_shown_and_one_on_a_point_removes_it():
    two = drawn(PLACES, (1.0, 1.0), colour="black", value=drawn(PLACES, (-1.0, 0.5)))
    assert [point[2] for point in two] == [0, 1]
    np.testing.assert_allclose([point[:2] for point in two], [(-1.0, 0.5), (1.0, 1.0)], atol=4 / 4094)
    assert drawn(PLACES, (1.01, 1.02), value=two) == two[:1]
    assert len(drawn(PLACES, (1.1, 1.0), value=two)) == 3
    assert drawn(PLACES, (2.1, 0.0), value=two) == two
    assert len(drawn(PLACES, (0.0, 0.0), (0.5, 0.5), (1.0, 1.0), value=two)) == 3
    full = PLACES.clean([(x, -2.0, 0) for x in np.linspace(-2, 2, 20)])
    assert drawn(PLACES, (0.0, 1.0), value=full) == full


def test_points_without_labels_are_of_one_class():
    class Dots(Model):
        kind = Choice("a", objects=["a"], doc="kind")
        dots = type(PLACES)(3, doc="dots")

    dots = Dots.control("dots")
    assert dots.touched((), Touch((0.5, 0.5), None, ((0, 1), (0, 1)), {})) == dots.clean([(0.5, 0.5, 0)])
    with pytest.raises(ValueError, match="class from 0 to 0"):
        dots.clean([(0, 0, 1)])
