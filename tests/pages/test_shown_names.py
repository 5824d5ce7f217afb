"""Pages show symbols and no spelled names; Python, links and files spell (the sweep over pages is in test_pages)."""

from __future__ import annotations

import re

import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.model import Choice
from ncm_app.core.symbols import symbols_of
from ncm_app.numerics.system import SILENT
from ncm_app.pages.controls import Controls
from ncm_app.pages.home import listing
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from tests.support.catalogue import every_preset
from tests.support.session import EI, MODELS, served, use
from tests.support.shown import spelled

OTHERS = [case for case in every_preset(models().values()) if case.marks]
"""All presets but the first ones, whose whole pages are looked through."""


@pytest.mark.parametrize(("model", "preset"), OTHERS)
def test_sentences_of_every_preset_show_symbols(model, preset):
    snapshot = model(**model.preset_values(preset)).snapshot()
    told = compute_frame(rules_for(model), Question(snapshot, ViewChoices(explore=model.explore)), SILENT).regime
    write = symbols_of(model)
    for sentence in (told.sentence, told.step_check, told.numbers, *told.warnings):
        assert not spelled(write.text(sentence)), sentence
        assert not spelled(write.html(sentence)), sentence


def test_home_shows_symbols():
    assert spelled(listing()) == []


@pytest.mark.parametrize("text", ["tau_i (ms)", "w_ee", r"\tau", "{e}", "tau ln 2", "x at t_1", "<b>r_e</b>", "Delta",
                                  "theta_1 = 3", "d/dtau of g_Na"])
def test_what_is_spelled_is_found(text):
    assert spelled(text)


@pytest.mark.parametrize("text", ["τᵢ (ms)", "τ<sub>i</sub>", "beta2 and epsilons", "gNa",
                                  '<a href="?tau_i=3">x</a>', "X<sub>i</sub>"])
def test_what_is_written_is_not_found(text):
    assert not spelled(text)


def listed(pick):
    """Return how each choice of a list reads."""
    return dict(zip(pick.state["options"], pick.state["labels"], strict=True))


def test_lists_show_symbols_and_choose_by_name():
    async def choose(session):
        page = await session.settled()
        explore, against = page.bench.explorer.explore, page.bench.explorer.against
        assert listed(explore)["w_ee"] == "wₑₑ"
        assert listed(against) == {"r_e": "rₑ", "r_i": "rᵢ"}
        use(against, "r_i")
        use(explore, "X_e")
        await session.settled()
        assert page.bench.state.choices == ViewChoices("X_e", against="r_i")
        figure = session.figures()["diagram"]
        assert (figure.xaxis[0].axis_label, figure.yaxis[0].axis_label) == ("Xₑ (mV)", "rᵢ (Hz)")
        assert figure.title.text == "fixed points and cycles over Xₑ (click, drag)"
        assert "explore=X_e" in page.query() and "against=r_i" in page.query()
        assert re.search("in Xₑ within its range|at Xₑ = ", page.bench.messages.sentence.text)

    served(EI, choose)


def test_a_second_parameter_that_loses_its_effect_keeps_its_label():
    async def choose(session):
        page = await session.settled()
        use(page.bench.explorer.second, "g")
        page.bench.controls.move("curve", "sigmoid")
        await session.settled()
        second = page.bench.explorer.second
        assert second.value == "g" in listed(second)

    served(EI, choose)


@MODELS
def test_labels_belong_to_options(model):
    controls = Controls(model, model().values(), lambda *what: None, lambda sentence: None)
    for name, control in model.controls().items():
        if isinstance(control, Choice):
            facts = controls.facts(name)
            assert len(facts["labels"]) == len(facts["options"]) == len(set(facts["labels"])) == len(control.objects)


def test_csv_and_link_spell_names():
    async def read(session):
        page = await session.settled()
        page.bench.controls.move("tau_i", 21.0)
        await session.settled()
        return page.export._table(), page.query()

    table, link = served(EI, read)
    assert "tau_i=21" in link
    assert "# trace: x = time (ms); y = r_e, r_i (Hz)" in table
    assert "# diagram: x = tau_i (ms); y = r_e (Hz)" in table
    assert not set("τₑᵢ") & set(table + link)
