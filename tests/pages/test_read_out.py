"""Which plots the read-out knows, and what it calls their lines."""

from __future__ import annotations

import json

import pytest

from ncm_app.core.catalogue import find
from ncm_app.pages.read_out import ReadOut, facts_of, is_read, measure_button
from ncm_app.session.plot_rules import rules_for


def views_of(slug):
    return {view.name: view for _, view in rules_for(find(slug))}


def test_lines_over_time_are_those_of_the_run():
    views = views_of("ei_rate_network")
    assert facts_of(views["trace"]) == {"lines": {"r_i": "rᵢ", "r_e": "rₑ"}}
    assert facts_of(views["phase_plane"]) == {} and is_read(views["phase_plane"])
    assert json.loads(ReadOut(views, "").plots)["trace"]["lines"]["r_e"] == "rₑ"


def test_solutions_beside_the_run_have_their_names():
    assert "exact" in facts_of(views_of("exponential_decay")["trace"])["lines"].values()


@pytest.mark.parametrize(("slug", "offered"), [
    ("ei_rate_network", True), ("eif_poisson", True), ("perturbation", False)])
def test_cursors_are_offered_where_something_is_drawn_over_time(slug, offered):
    assert bool(measure_button(views_of(slug))) is offered


def test_plots_in_which_one_draws_or_turns_are_left_alone():
    assert not is_read(views_of("lorenz")["space"])
    assert all(name in json.loads(ReadOut(views_of("hopfield"), "").plots) or view.bare or not is_read(view)
               for name, view in views_of("hopfield").items())
