"""Every line of a page that states numbers or names a preset is checked against what the model does."""

from __future__ import annotations

import re

import pytest

from ncm_app.core.catalogue import models
from tests.models import (
    promised_amplitude,
    promised_appendix_a,
    promised_appendix_b,
    promised_backprop,
    promised_chapters_1_2,
    promised_drift,
    promised_formulations,
    promised_hopfield,
    promised_inversion,
    promised_layers,
    promised_masses,
    promised_networks,
    promised_notes,
    promised_populations,
    promised_readout,
    promised_recording,
    promised_rhythms,
)
from tests.models.promises import Asked, Promise, agrees, broken, named_preset, numbers_in

TABLES = (promised_chapters_1_2, promised_appendix_a, promised_appendix_b, promised_rhythms, promised_notes,
          promised_populations, promised_networks, promised_formulations, promised_readout, promised_hopfield,
          promised_layers, promised_masses, promised_backprop,
          promised_amplitude, promised_drift, promised_inversion, promised_recording)
PROMISES = tuple(promise for table in TABLES for promise in table.PROMISES)
FIRST = {promise.slug: promise for promise in reversed(PROMISES)}.values()
LINES = {
    (slug, line): model
    for slug, model in models().items()
    for line in (
        *model.try_this,
        *filter(None, (model.look_for, model.book_note)),
        *(preset.sentence for preset in model.presets.values()),
    )
}
FIGURE = re.compile(r"\bIn ((?:Fig|Ex|Eq)\.? [^:]*?),? (?:raise|lower|set|start|click|choose|drag|compare|move)\b")


def promises_of(slug, line):
    return [promise for promise in PROMISES if promise.slug == slug and line.startswith(promise.begin)]


def needs_a_check(slug, line):
    """Tell whether a line states numbers, or is one to try that names a preset."""
    model = models()[slug]
    return bool(numbers_in(line)) or (line in model.try_this and named_preset(model, line) is not None)


@pytest.mark.parametrize(("slug", "line"), LINES)
def test_line_with_numbers_or_a_preset_has_its_check(slug, line):
    found = promises_of(slug, line)
    assert len(found) == 1 if needs_a_check(slug, line) else len(found) < 2
    for figure in FIGURE.findall(line):
        assert figure in models()[slug].presets


@pytest.mark.parametrize("promise", [
    pytest.param(promise, id=f"{promise.slug}-{promise.begin[:30]}", marks=[pytest.mark.sweep] * (promise not in FIRST))
    for promise in PROMISES])
def test_line_is_so(promise):
    (line,) = [line for slug, line in LINES if slug == promise.slug and line.startswith(promise.begin)]
    assert broken(promise, line) == []


# The test itself ---------------------------------------------------------------------------------

OLD = "In Fig B.3, raise I_0 from 14 to 16 mV: the rest reaches V_T, which is the threshold there, and spikes begin."


def test_false_lines_are_found():
    fine = {"spikes begin": lambda q: len(q(I_0=16.0).values_by_name) > 0}
    assert broken(Promise("qif", "In Fig B.3", fine), OLD) == ["I_0 starts at 19.0, not at 14", "14 is not checked"]
    line = "In Fig B.3, raise I_0 from 19 to 20 mV: 52 Hz, not 49 Hz."
    rates = {"52 Hz, not 49 Hz": lambda q: (51.4, q(I_0=20.0).p.I_0 + 29.0)}
    assert broken(Promise("qif", "In Fig B.3", rates), line) == ["'52 Hz, not 49 Hz': found (51.4, 49.0)"]
    assert broken(Promise("qif", "In", {"52 Hz": lambda q: 52.2, "49 Hz": lambda q: 49.4}), line) == [
        "19 is not checked",
        "20 is not checked",
    ]
    assert broken(Promise("qif", "In", {"53 Hz": lambda q: 53.0}), line) == [f"{line!r} does not say '53 Hz'"]
    assert broken(Promise("qif", "In", {"20 mV": lambda q: False}), line)[0] == "'20 mV': found False"


def test_start_that_is_not_the_presets_is_found():
    line = "In Ex A.7.3, start at x(0) = 0.9 instead of 1.2: it ends elsewhere."
    assert broken(Promise("phase_line", "In", {"ends elsewhere": lambda q: bool(q(x_0=0.9))}), line) == [
        "x_0 starts at 1.1, not at 1.2",
        "1.2 is not checked",
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("In Fig 3.4 C,D and Ex. A.9.4, w_ee = 7.15 > 1", ["7.15", "1"]),
        ("V(0) = -50 mV, x^2 + a, A² = 2", ["-50", "2"]),
        ("1.5, 3 and 4,700 of I_1 (Eq. A.12)", ["1.5", "3", "4,700"]),
        ("spikes of Fig 1.4: 2.", ["2"]),
        ("−3 µA/cm²", ["−3"]),
    ],
)
def test_numbers_of_a_text(text, numbers):
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("written", "value", "same"),
    [
        ("0.60", 0.604, True),
        ("0.60", 0.606, False),
        ("944", 943.6, True),
        ("944", 943.4, False),
        ("4,700", 4700.4, True),
        ("-0.2", -0.24, True),
        ("−0.2", -0.26, False),
        ("5", 5.5, True),
        ("15.0", 15.06, False),
    ],
)
def test_agreement_to_the_digits_written(written, value, same):
    assert agrees(written, value) == same


def test_what_was_set_is_remembered():
    asked = Asked(models()["qif"], "Fig B.3")
    assert asked(I_0=16.0, counted="at V_th").values_by_name["t_end"] == 300.0
    assert asked.used == {16.0, 19.0} and asked.words == {"at V_th", "at V_T"}
