"""No page shows a name as Python spells it: every text of every page is looked through."""

from __future__ import annotations

import html
import re

import panel as pn
import panel_material_ui as pmui
import pytest
from bokeh.models import HoverTool

from ncm_app.core.model import Choice
from ncm_app.core.symbols import GREEK, symbols_of
from ncm_app.numerics.system import SILENT
from ncm_app.pages.controls import Controls
from ncm_app.pages.home import listing
from ncm_app.pages.part import Part
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from tests.support.session import EI, MODELS, PRESETS, served

SPELLED = re.compile(rf"[\\{{}}]|[^\W_]_\w|\b(?:{'|'.join(GREEK)})(?![^\W_])")
"""TeX, an underscore within a word, a Greek letter by its name."""

SHOWN = ("label", "help", "shown", "labels", "text", "words", "unit")
"""What a part of the page writes into it; of options what their labels say."""


def spelled(text):
    """Return what of a text, which may be HTML, is not written as a symbol."""
    return SPELLED.findall(html.unescape(re.sub(r"<[^>]*>", " ", text)))


def texts_of(parts):
    """Return all texts of the widgets, panes and groups of a page, but for its equations, which are TeX."""
    for part in (one for root in parts for one in root.select()):
        if isinstance(part, Part):
            given = [getattr(part, name) for name in SHOWN if hasattr(part, name)]
            yield from (text for one in given for text in ([one] if isinstance(one, str) else one))
            if hasattr(part, "options") and not part.labels:
                yield from part.options
        elif isinstance(part, pn.pane.HTML) and "ncm-equations" not in part.css_classes:
            yield part.object or ""
        elif isinstance(part, pmui.Accordion):
            yield from part._names
        elif isinstance(part, pmui.CheckBoxGroup):
            yield from part.options
        elif isinstance(part, pmui.Card | pmui.Dialog):
            yield part.title or ""


def drawn_texts(figure):
    """Return all texts of a plot: title, axes, names of rows, legend, what stands in it, what a pointer is told."""
    yield figure.title.text
    for axis in (*figure.xaxis, *figure.yaxis):
        yield axis.axis_label
        yield from axis.major_label_overrides.values()
    yield from (item.label.value for legend in figure.legend for item in legend.items)
    columns = [column for renderer in figure.renderers for column in renderer.data_source.data.values()]
    yield from (word for column in columns for word in list(column)[:40] if isinstance(word, str))
    yield from (str(tool.tooltips).replace("@", "") for tool in figure.tools if isinstance(tool, HoverTool)
                and not isinstance(tool.tooltips, str))


@MODELS
def test_a_page_shows_symbols_and_no_spelled_names(model):
    async def read(session):
        page = await session.settled()
        drawn = {name: list(drawn_texts(figure)) for name, figure in session.figures().items()}
        return list(texts_of([*session.roots, page.export.dialog])), drawn

    texts, drawn = served(model, read)
    assert len(texts) > 30
    assert [text for text in texts if spelled(text)] == []
    assert {name: found for name, words in drawn.items() if (found := [w for w in words if spelled(w)])} == {}


@PRESETS
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


@pytest.mark.parametrize("text", ["τᵢ (ms)", "τ<sub>i</sub>", "a pint of beta2 epsilons", '<a href="?tau_i=3">x</a>', "gNa"])
def test_what_is_written_is_not_found(text):
    assert not spelled(text)


def test_lists_show_symbols_and_choose_by_name():
    async def choose(session):
        page = await session.settled()
        explore, against = page.explorer.explore, page.explorer.against
        assert dict(zip(explore.options, explore.labels, strict=True))["w_ee"] == "wₑₑ"
        assert list(zip(against.options, against.labels, strict=True)) == [("r_e", "rₑ"), ("r_i", "rᵢ")]
        against.value = "r_i"
        explore.value = "X_e"
        await session.settled()
        assert page.settings == ViewChoices("X_e", against="r_i")
        figure = session.figures()["diagram"]
        assert (figure.xaxis[0].axis_label, figure.yaxis[0].axis_label) == ("Xₑ (mV)", "rᵢ (Hz)")
        assert figure.title.text == "fixed points and cycles over Xₑ (click, drag)"
        assert "explore=X_e" in page.query() and "against=r_i" in page.query()
        assert "in Xₑ within its range" in page.messages.sentence.text or "at Xₑ = " in page.messages.sentence.text

    served(EI, choose)


def test_a_second_parameter_that_loses_its_effect_keeps_its_label():
    async def choose(session):
        page = await session.settled()
        page.explorer.second.value = "g"
        page.controls.widgets["curve"].value = "sigmoid"
        await session.settled()
        second = page.explorer.second
        assert second.value == "g" in second.options
        assert len(second.labels) == len(second.options)

    served(EI, choose)


@MODELS
def test_labels_belong_to_options(model):
    widgets = Controls(model, model().values(), lambda *what: None, lambda sentence: None).widgets
    for name, control in model.controls().items():
        if isinstance(control, Choice):
            assert len(widgets[name].labels) == len(widgets[name].options) == len(control.objects)
            assert len(set(widgets[name].labels)) == len(control.objects)


def test_csv_and_link_spell_names():
    async def read(session):
        page = await session.settled()
        page.controls.widgets["tau_i"].value = 21.0
        await session.settled()
        return page.export._table(), page.query()

    table, link = served(EI, read)
    assert "tau_i=21" in link
    assert "# trace: x = time (ms); y = r_e, r_i (Hz)" in table
    assert "# diagram: x = tau_i (ms); y = r_e (Hz)" in table
    assert not set("τₑᵢ") & set(table + link)
