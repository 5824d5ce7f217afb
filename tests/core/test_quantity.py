"""Controls: bounds, messages, units, steps, encodings, inheritance of what is not said."""

from __future__ import annotations

import contextlib
import math

import param
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.quantity import (
    SCALES,
    UNITS,
    Choice,
    Count,
    Quantity,
    nice_step,
    scale_between,
    with_unit,
)


class Cell(param.Parameterized):
    """A holder of one control of each kind."""

    tau = Quantity(30.0, bounds=(1, 100), unit="ms", symbol=r"\tau", group="time", rare=True, doc="time constant")
    share = Quantity(0.5, bounds=(0, 1))
    seed = Count(1, bounds=(0, 9999), group="run", doc="seed")
    curve = Choice("linear", objects=["linear", "sigmoid"], symbol="f", doc="shape")


class Slow(Cell):
    """A subclass that gives only new defaults."""

    tau = Quantity(80.0)
    seed = Count(7)
    curve = Choice("sigmoid")


def control(name, owner=Cell):
    return owner.param.objects("existing")[name]


# What a control knows ------------------------------------------------------------------

def test_slots_and_their_defaults():
    tau, share = control("tau"), control("share")
    assert (tau.unit, tau.symbol, tau.group, tau.rare, tau.doc) == ("ms", r"\tau", "time", True, "time constant")
    assert (share.unit, share.symbol, share.group, share.rare) == ("1", "", "parameters", False)


@pytest.mark.parametrize(("name", "default"), [("tau", 80.0), ("seed", 7), ("curve", "sigmoid")])
def test_subclass_with_a_new_default_keeps_the_rest(name, default):
    ours, theirs = control(name, Slow), control(name)
    assert ours.default == default != theirs.default
    for slot in ("unit", "symbol", "group", "rare", "doc"):
        assert getattr(ours, slot) == getattr(theirs, slot)
    if name == "curve":
        assert list(ours.objects) == ["linear", "sigmoid"]
    else:
        assert ours.bounds == theirs.bounds


def test_assignment_is_checked_too():
    cell = Cell()
    with pytest.raises(ValueError, match="finite"):
        cell.tau = math.nan
    with pytest.raises(ValueError, match="finite"):
        cell.tau = math.inf
    for name, bad in (("tau", 101.0), ("tau", "30"), ("seed", 1.5), ("seed", -1), ("curve", "cubic")):
        with pytest.raises(ValueError, match=name):
            setattr(cell, name, bad)
    assert (cell.tau, cell.seed, cell.curve) == (30.0, 1, "linear")


# Cleaning ----------------------------------------------------------------------------

@pytest.mark.parametrize(("value", "clean"), [(30, 30.0), ("28.6", 28.6), (1, 1.0), (100, 100.0), (" 5e1 ", 50.0)])
def test_quantity_accepts(value, clean):
    cleaned = control("tau").clean(value)
    assert cleaned == clean
    assert type(cleaned) is float


@pytest.mark.parametrize(("value", "said"), [
    (100.5, r"tau must lie between 1 and 100 \(ms\), not 100.5"), (-1, "tau must lie between"),
    (0.999999, "tau must lie between"),
    (math.nan, "tau must be a finite number, not nan"), (math.inf, "finite number, not inf"), ("1e999",
    "finite number, not inf"),
    ("fast", "tau must be a number, not 'fast'"), (None, "tau must be a number, not None"), ([1.0], "must be a number"),
    (10**400, "must be a number"), (1j, "must be a number"), ("", "must be a number, not ''")])
def test_quantity_refuses(value, said):
    with pytest.raises(ValueError, match=said):
        control("tau").clean(value)


def test_refusal_shows_the_digits_that_matter():
    with pytest.raises(ValueError, match=r"not 100\.0000001"):
        control("tau").clean(100.0000001)


def test_message_of_a_pure_number_has_no_unit():
    with pytest.raises(ValueError, match=r"^share must lie between 0 and 1, not 2$"):
        control("share").clean(2)


@given(st.floats() | st.integers() | st.text(max_size=8) | st.none() | st.booleans())
def test_clean_gives_a_value_inside_or_a_value_error(value):
    for name in ("tau", "seed"):
        low, high = control(name).bounds
        with contextlib.suppress(ValueError):
            assert low <= control(name).clean(value) <= high


@pytest.mark.parametrize(("value", "clean"), [(3, 3), (3.0, 3), ("42", 42), (0, 0), (9999, 9999)])
def test_count_accepts(value, clean):
    assert control("seed").clean(value) == clean
    assert type(control("seed").clean(value)) is int


@pytest.mark.parametrize(("value", "said"), [
    (1.5, "seed must be a whole number between 0 and 9999, not 1.5"), (-1, "between 0 and 9999, not -1"),
    (10000, "not 10000"),
    (math.nan, "whole number, not nan"), (math.inf, "whole number, not inf"), ("many", "whole number, not 'many'"),
    (None, "whole")])
def test_count_refuses(value, said):
    with pytest.raises(ValueError, match=said):
        control("seed").clean(value)


@pytest.mark.parametrize("value", ["cubic", "", "Linear", 0, None, ["linear"]])
def test_choice_refuses_and_lists_the_options(value):
    with pytest.raises(ValueError, match="curve must be one of linear, sigmoid, not"):
        control("curve").clean(value)


def test_encoding_for_right_hand_sides():
    assert control("curve").clean("sigmoid") == "sigmoid"
    assert [control("curve").encode(option) for option in ("linear", "sigmoid")] == [0, 1]
    assert type(control("tau").encode(3)) is float and type(control("seed").encode(3)) is int


# Units and steps ---------------------------------------------------------------------

def test_scales():
    assert scale_between("ms", "ms") == 1.0
    assert scale_between("kHz", "Hz") == 1000.0
    with pytest.raises(KeyError):
        scale_between("ms", "mV")
    assert all({unit, shown} <= UNITS for unit, shown in SCALES)


def test_unit_in_brackets():
    assert with_unit("rate", "Hz") == "rate (Hz)"
    assert with_unit("share", "1") == "share"


@pytest.mark.parametrize(("low", "high", "step"), [(0, 1, 0.005), (1, 100, 0.5), (0, 100, 0.5), (-8000, 0, 50.0),
                                                   (0, 200, 1.0), (0, 400, 2.0),
                                                   (0, 0.01, 5e-5), (0, 390, 2.0), (0, 201, 2.0)])
def test_nice_step(low, high, step):
    assert nice_step(low, high) == pytest.approx(step, rel=1e-12)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_nice_step_is_1_2_or_5_and_splits_into_80_to_200_parts(low, width):
    step = nice_step(low, low + width)
    mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - m) for m in (1.0, 2.0, 5.0)) < 1e-9
    assert 79.0 <= (low + width - low) / step <= 201.0
