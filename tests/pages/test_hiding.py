"""Controls that a link hides: named in it, without a row, not to be moved, and still set by plots and presets."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find
from ncm_app.pages.hiding import WORDS
from ncm_app.session.links import read_link, write_link
from ncm_app.session.state import PageState
from tests.support.learners import Follower
from tests.support.session import served, use

EI = find("ei_rate_network")
TASK = "model=ei_rate_network&v=1&preset=Fig+3.4+C,D&view.hide=tau_i,w_ei"


def test_a_link_hides_controls_and_is_written_as_it_was_read():
    reading = read_link(TASK, EI)
    assert reading.complaints == () and reading.state.choices.hide == ("tau_i", "w_ei")
    assert write_link(reading.state) == TASK
    assert "hide" not in write_link(PageState.of_preset(EI, EI.first_preset()))
    assert read_link(TASK.replace("tau_i,w_ei", "w_ei,,tau_i,tau_i"), EI).state == reading.state


@pytest.mark.parametrize(("text", "kept", "told"), [
    ("tau_j,w_ei", ("w_ei",), ["tau_j"]), ("x,y,tau_i,z,q", ("tau_i",), ["'x'", "'y'", "'z'"]), ("", (), [])])
def test_unknown_names_are_told_and_the_others_hidden(text, kept, told):
    reading = read_link(f"model=ei_rate_network&view.hide={text}", EI)
    assert reading.state.choices.hide == kept
    assert len(reading.complaints) == bool(told)
    assert all(word in " ".join(reading.complaints) for word in told)


def test_a_hidden_control_cannot_be_moved_but_plots_and_presets_set_it():
    async def act(session):
        page = await session.settled()
        bench = page.bench
        panel, before = bench.controls.panel, bench.model.tau_i
        hidden = list(panel.hidden)
        panel._process_events({"moved": [1, "tau_i", 30.0]})
        refused = bench.model.tau_i
        panel._process_events({"moved": [2, "tau_e", 31.0]})
        bench.board._on_click("diagram", 55.0, 0.0)
        await session.settled()
        clicked, moved, query = bench.model.tau_i, bench.model.tau_e, page.query()
        bench.choose("Fig 3.4 A,B")
        return hidden, before, refused, clicked, moved, query, list(panel.hidden), bench.state.choices.explore

    hidden, before, refused, clicked, moved, query, still, explored = served(EI, act, TASK)
    assert explored == "tau_i"
    assert hidden == still == ["tau_i", "w_ei"]
    assert before == refused != clicked == pytest.approx(55.0, abs=0.5)
    assert moved == 31.0 and "view.hide=tau_i,w_ei" in query and "tau_e=31" in query


def test_the_export_dialog_makes_such_a_link_and_takes_it_back():
    async def act(session):
        page = await session.settled()
        page.export.show()
        boxes, found = page.hiding.boxes, []
        for chosen in (["w_ei", "tau_i"], ["tau_i", "nothing"], []):
            use(boxes, chosen)
            await session.settled()
            found.append((list(page.bench.controls.panel.hidden), "view.hide=tau_i,w_ei" in page.query()))
        page.bench.undo()
        await session.settled()
        return found, boxes.value, list(page.bench.controls.panel.hidden), page.hiding._words.text

    found, value, hidden, words = served(EI, act)
    assert found == [(["tau_i", "w_ei"], True), (["tau_i", "w_ei"], True), ([], False)]
    assert value == hidden == ["tau_i", "w_ei"]
    assert words == WORDS


def test_the_slider_over_the_steps_of_a_lesson_can_be_hidden():
    async def act(session):
        page = await session.settled()
        (lesson,) = page.bench.lessons
        before = lesson.reached.state.get("hidden")
        page.bench.on_view_choice(hide=("steps",))
        return before, lesson.reached.state["hidden"], page.hiding.boxes.state["options"][-1]

    assert served(Follower, act) == (False, True, "steps")
