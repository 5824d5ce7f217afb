"""Names of columns in seven languages, and units in names, comments and titles."""

from __future__ import annotations

import pytest

from ncm_app.readers.units import comment_unit
from ncm_app.readers.words import role_of, shown, tokens
from tests.readers.written import CELLS, TIMES, TRIALS


@pytest.mark.parametrize(("names", "kind"), [(TIMES, "time"), (TRIALS, "trial"), (CELLS, "cell")])
def test_common_names_are_known(names, kind):
    assert {name: role_of(name).kind for name in names} == dict.fromkeys(names, kind)


@pytest.mark.parametrize(("name", "kind", "unit"), [
    ("Time (s)", "time", "s"), ("t [ms]", "time", "ms"), ("Zeit_ms", "time", "ms"), ("timems", "time", "ms"),
    ("Time (µs)", "time", "us"), ("time_us", "time", "us"), ("ms", "time", "ms"), ("s", "time", "s"),
    ("Spikezeiten in Sekunden", "time", "s"), ("tiempo, segundos", "time", "s"), ("ISI (ms)", "other", "ms"),
    ("spike_clusters", "cell", ""), ("spike id", "index", ""), ("Spike No.", "index", ""), ("id", "id", ""),
    ("sample_index", "samples", ""), ("time (min)", "samples", ""), ("V (mV)", "trace", ""), ("cell_type", "group", ""),
    ("time since last spike", "unknown", ""), ("Prüfung", "unknown", ""), ("", "blank", ""), ("spikes", "spike", ""),
    ("spikes per s", "trace", "s"), ("Zeit/ms", "time", "ms"), ("Nummer des Durchgangs", "trial", ""),
    ("neuron's id", "cell", ""), ("amplitude of unit", "other", ""), ("Time index", "unknown", "")])
def test_names_tell_what_a_column_holds(name, kind, unit):
    assert role_of(name)[1:3] == (kind, unit)


def test_numbers_in_names_are_those_of_one_train_or_the_first_of_many():
    assert [role_of(name).number for name in ("trial 3", "unit12", "Neuron_7 (ms)", "trial")] == [3, 12, 7, -1]
    counted = [role_of(name) for name in ("trials from 0", "Versuche ab 1")]
    assert [(role.number, role.first) for role in counted] == [(-1, 0), (-1, 1)]


def test_two_units_in_one_name_are_refused():
    with pytest.raises(ValueError, match=r"one unit in the name of a column expected, 'time \(ms or s\)' found"):
        role_of("time (ms or s)")


@pytest.mark.parametrize(("text", "units"), [
    ("times in ms; trials from 0", {"ms"}), ("spike times, seconds", {"s"}), ("10 s recording, times in ms", {"ms"}),
    ("Zeiten in s", {"s"}), ("t [s]", {"s"}), ("recorded at 20 kHz for 5 seconds", set()), ("made by s", set()),
    ("Einheit: ms", {"ms"}), ("ms or seconds", {"ms", "s"})])
def test_comments_tell_the_unit_and_lengths_do_not(text, units):
    assert comment_unit(text) == units


def test_words_are_parted_and_shown_plainly():
    assert tokens("SpikeTimes") == tokens("spike_times") == tokens("spiketimes") == ["spike", "times"]
    assert tokens("Kanalnummer") == ["kanal", "nummer"]
    assert shown("a\n<b>" + "c" * 50) == "'a??b?" + "c" * 22 + "...'"
