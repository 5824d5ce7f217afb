"""Links of version 1 open as states, and states are written as links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.share import pack
from ncm_app.session.links import LOST, first_state, is_quick, read_link, with_file_of, write_link
from ncm_app.session.state import PageState
from ncm_app.session.view_choices import ViewChoices

EI, TRAINS = find("ei_rate_network"), find("spike_trains")
OLD = ("model=ei_rate_network&v=1&preset=Fig+3.4+C,D&tau_i=27.5&view.against=r_i&view.explore=X_e&view.text=large"
       "&frozen=2e7eq1YqSSyNz1SyUrI00DNVqgUA&starts=2e33i4420DMw1AESBgaGsbEA")
"""A link as pages of this version wrote it."""


def test_a_link_of_version_1_opens_and_is_written_as_it_was():
    reading = read_link(OLD, EI)
    assert reading.complaints == () and not reading.file
    state = reading.state
    assert (state.preset, state.values["tau_i"], state.large) == ("Fig 3.4 C,D", 27.5, True)
    assert state.choices == ViewChoices("X_e", starts=((0.01, 0.0001),), against="r_i")
    assert state.frozen is not None and state.frozen.values_by_name["tau_i"] == 90.5
    assert read_link(write_link(state), EI).state == state
    assert write_link(state) == OLD


def test_bare_address_opens_on_the_first_preset_and_a_link_on_its_values():
    assert first_state(EI, "model=ei_rate_network").state == PageState.of_preset(EI, EI.first_preset())
    assert first_state(EI, "model=ei_rate_network&v=1").state.preset == EI.first_preset()
    assert first_state(EI, "model=ei_rate_network&v=1&tau_i=20").state.preset == ""
    assert first_state(EI, "model=ei_rate_network&v=1&tau_i=20").state.values["tau_i"] == 20.0
    assert first_state(EI, "model=ei_rate_network&utm_source=moodle&fbclid=x") == first_state(EI, "")
    assert first_state(EI, "", large=True).state.large


@pytest.mark.parametrize(("bad", "named"), [
    ("X_e=nan", "X_e"), ("preset=Fig+9", "Fig 9"), ("view.explore=V", "'V'"), ("view.colour=red", "view.colour"),
    ("frozen=zzzz", "frozen"), (f"starts={pack([[1e9, 0]])}", "starts"), ("v=2", "version")])
def test_bad_fields_are_listed_and_the_good_ones_restored(bad, named):
    reading = read_link(f"model=ei_rate_network&tau_i=20.5&{bad}", EI)
    assert [named in one for one in reading.complaints] == [True]
    assert reading.state.values == {**EI.preset_values(""), "tau_i": 20.5}


def test_a_link_made_with_a_file_says_so_unless_it_is_still_open():
    state = PageState.of_preset(TRAINS, TRAINS.first_preset())
    opened = replace(state, snapshot=replace(state.snapshot, opened=object()), frozen=state.snapshot)
    ghost = replace(opened, frozen=opened.snapshot)
    assert read_link(write_link(ghost), TRAINS).state.frozen is None
    reading = read_link(write_link(opened), TRAINS)
    assert reading.file and reading.complaints == (LOST,)
    assert reading.state.snapshot.opened is None and reading.state.frozen == state.snapshot
    assert with_file_of(reading, state.snapshot) == reading
    still = with_file_of(reading, opened.snapshot)
    assert still.state.snapshot.opened is opened.snapshot.opened and still.complaints == ()
    other = read_link(write_link(state), TRAINS)
    assert with_file_of(other, opened.snapshot) == other


@pytest.mark.parametrize(("changes", "quick"), [
    ({}, True), ({"method": "adaptive"}, False), ({"t_end": 100_000}, False), ({"t_end": 1000, "dt": 0.001}, False)])
def test_only_short_runs_are_computed_while_the_page_is_built(changes, quick):
    assert is_quick(EI().snapshot(**changes)) is quick
