"""A bar holds buttons, lists and sentences in one component: what is sent, and what a browser may choose."""

from __future__ import annotations

import pytest

from ncm_app.pages.bar import Bar, Item, button, text


def bar_of(done):
    """Return a bar with an item of each kind; what users do is written into `done`."""
    pick = Item("pick", "preset", lambda name: done.append(name),
                {"value": "a", "label": "preset", "options": ["a", "b"], "labels": ["A", "B"]}, help="a list")
    checks = Item("checks", "overlays", lambda names: done.append(names), {"value": [], "options": ["x", "y"]},
                  options=["x", "y"])
    undo = button("undo", "Undo", "back", lambda: done.append("undo"))
    bar = Bar([text("regime"), [pick, undo], checks])
    return bar, pick, undo, checks


def test_a_frame_is_one_assignment_and_what_does_not_differ_none():
    bar, pick, _, _ = bar_of([])
    sent = []
    bar.param.watch(lambda event: sent.append(event.new), "shown")
    bar.show({"regime": {"text": "Stable."}, "preset": {"label": "preset (changed)"}, "undo": {"enabled": False}})
    bar.show({"regime": {"text": "Stable."}, "undo": {"enabled": False}})
    pick.show(value="a")
    assert len(sent) == 1
    assert sent[0]["regime"] == {"text": "Stable."} and sent[0]["overlays"] == {"value": [], "options": ["x", "y"]}
    assert sent[0]["preset"]["label"] == "preset (changed)" and pick.value == "a"


def test_what_users_do_arrives_once_and_nothing_that_the_page_does():
    done = []
    bar, pick, _, _ = bar_of(done)
    pick.show(value="b")
    assert done == [] and bar.shown["preset"]["value"] == "b"
    bar._process_events({"sent": {"undo": [None, 1]}})
    bar._process_events({"sent": {"undo": [None, 3], "preset": ["a", 1]}})  # two presses that came as one
    bar._process_events({"sent": {"undo": [None, 3], "preset": ["a", 1], "overlays": [["y"], 1]}})
    assert done == ["undo", "undo", "a", ["y"]]
    assert (pick.value, bar.shown["overlays"]["value"]) == ("a", ["y"])


def test_a_choice_that_is_taken_back_shows_in_the_browser_again():
    bar, pick, _, _ = bar_of([])
    pick.act = lambda name: pick.show(value="a")
    shown = []
    bar.param.watch(lambda event: shown.append(event.new["preset"]["value"]), "shown")
    bar._process_events({"sent": {"preset": ["b", 1]}})
    assert shown == ["b", "a"]


@pytest.mark.parametrize("value", [
    {"preset": ["c", 1]}, {"preset": ["a", -1]}, {"preset": ["a", True]}, {"preset": "a"}, {"preset": [["a"], 1]},
    {"undo": ["a", 1]}, {"undo": [None]}, {"regime": ["x", 1]}, {"regime": [None, 1]}, {"other": [None, 1]},
    {"overlays": [["x", "z"], 1]}, {"overlays": [["x"] * 99, 1]}, {"overlays": ["x", 1]}, ["preset"], "preset", None],
    ids=repr)
def test_a_browser_can_choose_only_what_there_is(value):
    bar, *_ = bar_of([])
    assert not bar.takes(value)


def test_what_a_browser_may_not_set_changes_nothing():
    done = []
    bar, pick, *_ = bar_of(done)
    bar._process_events({"sent": {"preset": ["c", 1]}, "shown": {}, "items": [], "prefix": "x"})
    assert (done, bar.sent, pick.value, bar.prefix, len(bar.items)) == ([], {}, "a", "", 3)
    assert bar.takes({"preset": ["b", 1], "overlays": [["x", "y"], 2], "undo": [None, 3]})


def test_an_answer_is_kept_though_nobody_is_called_and_must_be_one_of_the_choices():
    guess = Item("answers", "guess", None, {"value": "", "label": "Which?", "options": ["rise", "fall"], "right": ""})
    bar = Bar([guess, Item("toggle", "measure", label="Measure", event="ncm-measure")])
    bar._process_events({"sent": {"guess": ["stay", 1]}})
    assert guess.value == ""
    bar._process_events({"sent": {"guess": ["fall", 1]}})
    assert guess.value == "fall" and not bar.takes({"measure": [True, 1]})


def test_items_can_be_changed_before_the_bar_is_made_and_lines_stay_lines():
    pick = Item("pick", "preset", None, {"value": "a", "options": ["a", "b"]})
    pick.show(value="b")
    bar = Bar([[pick, text("check")], text("notice")])
    assert bar.shown["preset"]["value"] == "b" and pick.bar is bar
    assert [[item["name"] for item in line] for line in bar.items[:1]] == [["preset", "check"]]
    assert bar.items[1] == {"kind": "text", "name": "notice"}
