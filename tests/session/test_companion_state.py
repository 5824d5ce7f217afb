"""The companion of a model in the state of a page: it follows, has values of its own, and is kept in the link."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.numerics.system import SILENT
from ncm_app.session.actions import (
    Beside,
    Choose,
    ChoosePreset,
    Clear,
    Enlarge,
    Freeze,
    Move,
    Respond,
    ShowBeside,
    reduce,
    stroke,
    why_axes_follow,
    wipes_trails,
)
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.history import History
from ncm_app.session.links import read_link, write_link
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.state import PageState, beside_in
from ncm_app.views.window import Why

CELLS, RATES = find("recurrent_network"), find("ei_rate_network")
ALONE = PageState.of_preset(CELLS, "Fig 3.3")
BOTH = reduce(ALONE, ShowBeside(True))
WITH_OWN = "Beside rates: Ex 3.3.1"


def test_it_stands_beside_on_request_and_costs_nothing_without():
    assert ALONE.beside is None and BOTH.beside.snapshot.model is RATES
    assert reduce(BOTH, ShowBeside(False)) == ALONE
    assert reduce(PageState.of_preset(RATES, RATES.first_preset()), ShowBeside(True)).beside is None
    assert reduce(ALONE, Beside(Move("dt", 0.05))) == ALONE


def test_it_follows_what_is_moved_here():
    state = reduce(reduce(BOTH, Move("j_ee", 12.0)), Move("tau_e", 9.0))
    assert (state.beside.values["w_ee"], state.beside.values["tau_e"]) == (2400.0, 9.0)
    assert state.beside.values["w_ie"] == BOTH.beside.values["w_ie"]
    assert reduce(BOTH, Respond({"r_x": 10.0}, BOTH.choices)).beside.values["X_e"] == 50.0


def test_what_both_share_moves_in_both_and_its_own_values_there_alone():
    state = reduce(BOTH, Beside(Move("tau_i", 7.0)))
    assert state.values["tau_i"] == state.beside.values["tau_i"] == 7.0
    own = reduce(state, Beside(Move("r_e_0", 0.01)))
    assert own.beside.values["r_e_0"] == 0.01 and own.snapshot == state.snapshot
    assert reduce(own, Move("j_ee", 12.0)).beside.values["r_e_0"] == 0.01


@pytest.mark.parametrize(("action", "said"), [
    (Move("w_ee", 100.0), "w_ee follows from the sliders of the recurrent spiking network"),
    (Respond({"X_e": 3.0}, BOTH.beside.choices), "X_e follows"), (Move("tau_i", 80.0), "tau_i"),
    (Move("dt", -1.0), "dt")])
def test_what_follows_cannot_be_moved_there(action, said):
    with pytest.raises(ValueError, match=said):
        reduce(BOTH, Beside(action))


def test_presets_bring_it_with_values_of_its_own():
    opened = reduce(ALONE, ChoosePreset(WITH_OWN))
    assert beside_in(CELLS, WITH_OWN) == {"dt": 0.01} and opened == PageState.of_preset(CELLS, WITH_OWN)
    assert (opened.beside.values["dt"], opened.beside.values["tau_e"]) == (0.01, 4.0)
    moved = reduce(opened, Beside(Move("dt", 0.2)))
    assert reduce(moved, ChoosePreset(WITH_OWN)).beside.values["dt"] == 0.01
    plain = reduce(moved, ChoosePreset("Fig 3.3"))
    assert plain.beside == replace(BOTH.beside, choices=plain.beside.choices)
    assert reduce(reduce(opened, ShowBeside(False)), ChoosePreset(WITH_OWN)).beside is None


def test_ghost_size_of_text_and_clear_are_of_both():
    frozen = reduce(BOTH, Freeze())
    assert (frozen.frozen, frozen.beside.frozen) == (BOTH.snapshot, BOTH.beside.snapshot)
    cleared = reduce(frozen, Clear())
    assert cleared.frozen is None is cleared.beside.frozen
    assert reduce(BOTH, Enlarge(True)).beside.large and not BOTH.beside.large


def test_moves_of_one_of_its_sliders_are_one_step_back():
    history = History(BOTH)
    state = BOTH
    for value in (0.2, 0.3):
        action = Beside(Move("dt", value))
        state = reduce(state, action)
        history.add(state, action)
    assert history.undo().state == BOTH and not history.can_undo
    assert stroke(Beside(Move("dt", 0.2))) != stroke(Move("dt", 0.2))
    assert stroke(Beside(Choose({"explore": "X_e"}))) is None
    assert not wipes_trails(Beside(Move("dt", 0.2)))
    assert why_axes_follow(BOTH, state, Beside(Move("dt", 0.3))) is Why.STAY
    longer = Beside(Move("t_end", 400.0))
    assert why_axes_follow(BOTH, reduce(BOTH, longer), longer) is Why.TIME


STATES = {
    "closed": (ALONE, None), "open": (BOTH, "model=ei_rate_network&v=1"),
    "preset": (PageState.of_preset(CELLS, WITH_OWN), None),
    "closed against its preset": (reduce(PageState.of_preset(CELLS, WITH_OWN), ShowBeside(False)), "none"),
    "moved here": (reduce(BOTH, Move("j_ee", 12.0)), "model=ei_rate_network&v=1"),
    "own": (reduce(reduce(BOTH, Beside(Move("r_e_0", 0.01))), Beside(Choose({"explore": "X_e"}))),
            "model=ei_rate_network&v=1&r_e_0=0.01&view.explore=X_e"),
}


@pytest.mark.parametrize(("state", "text"), STATES.values(), ids=STATES)
def test_link_holds_it_where_it_is_not_as_usual(state, text):
    link = write_link(state)
    assert ("view.beside" in link) == (text is not None)
    reading = read_link(link, CELLS)
    assert (reading.state, reading.complaints) == (state, ())
    if text is not None:
        assert text in link.replace("%3D", "=").replace("%26", "&")


def test_link_holds_its_ghost_and_large_text():
    state = reduce(reduce(BOTH, Freeze()), Enlarge(True))
    state = reduce(reduce(state, Move("tau_e", 9.0)), Beside(Respond({}, replace(
        state.beside.choices, starts=((0.01, 0.02),)))))
    assert read_link(write_link(state), CELLS).state == state


@pytest.mark.parametrize(("model", "text", "said"), [
    (CELLS, "on", "only ei_rate_network can stand here, not on"),
    (CELLS, "model%3Deif", "only ei_rate_network can stand here"),
    (RATES, "model%3Deif", "no model can stand beside this one"),
    (CELLS, "model%3Dei_rate_network%26X_e%3Dnan", "beside: X_e")])
def test_link_that_says_it_wrongly_opens_all_the_same(model, text, said):
    reading = read_link(f"model={model.slug()}&v=1&tau_e=7&view.beside={text}", model)
    assert any(said in one for one in reading.complaints) and len(reading.complaints) == 1
    assert (reading.state.beside is not None) == ("beside: X_e" in said)


def test_frame_shows_its_run_over_the_rates_and_says_where_both_agree():
    small = reduce(reduce(reduce(BOTH, Move("N_e", 200)), Move("N_i", 50)), Move("N_x", 200))
    rules = rules_for(CELLS)
    frame, alone = (compute_frame(rules, Question(small.snapshot, small.choices, beside=beside), SILENT)
                    for beside in (small.beside.snapshot, None))
    assert frame.regime.companion.startswith("Rate network: r_e rests at") and alone.regime.companion == ""
    x, y = frame.columns["rates"]["model_e"]
    assert len(x) > 100 and np.isfinite(y).all()
    assert not np.isfinite(alone.columns["rates"]["model_e"][1]).any()
    assert not frame.results["start"].columns
