"""The catalogue: what a search finds, what a card links to, what the texts say."""

from __future__ import annotations

import html
import json

import panel as pn
import pytest
from bokeh.document import Document
from hypothesis import given
from hypothesis import strategies as st
from panel.io.state import set_curdoc

from ncm_app.core.catalogue import find, models
from ncm_app.core.model import Flow
from ncm_app.core.quantity import Choice
from ncm_app.language.tex import equations
from ncm_app.pages import home, site
from ncm_app.pages.texts import Texts
from ncm_app.studies.plots import drawn_columns
from ncm_app.views.thumbnail import BLANK, plot_thumbnail
from tests.support.serving import serve_here
from tests.support.session import MODELS, run_apart
from tests.support.visitor import Visitor


def test_site_opens_the_catalogue_without_an_address():
    async def visit():
        with set_curdoc(Document()):
            return site.page()

    shell = run_apart(visit())
    assert shell.title.startswith("ncm")
    assert shell.main


@pytest.mark.parametrize(("words", "slugs"), [
    ("spike", {"eif"}), ("3.3", {"ei_rate_network"}), ("fig 3.4", {"ei_rate_network"}), ("tau_e", {"ei_rate_network"}),
    ("leaky membrane", {"leaky_integrator"}), ("EXPONENTIAL", {"eif"}), ("nonsense words", set()), ("", set(models())),
])
def test_search_finds_titles_figures_and_symbols(words, slugs):
    found = {slug for slug, model in models().items() if home.matches(model, words)}
    assert slugs <= found if words != "nonsense words" else found == set()
    listed = home.listing(words)
    assert all((f'ncm-model-{slug}"' in listed) is (slug in found) for slug in models())


def test_pictures_that_must_be_compiled_come_after_the_page(monkeypatch):
    monkeypatch.setattr(home, "PICTURES", {})
    experiment, flow = find("poisson_process"), find("leaky_integrator")
    drawn = plot_thumbnail(experiment.plots[0], drawn_columns(
        experiment(**experiment.preset_values(experiment.first_preset())).snapshot(), 0))
    monkeypatch.setattr(home.catalogue, "models", lambda: {model.slug(): model for model in (experiment, flow)})
    assert BLANK in home.card(experiment) and BLANK not in home.card(flow)

    async def visit():
        async with Visitor(server.port) as visitor:
            shown = [json.dumps(visitor.models)]
            await visitor.wake()
            while not (events := (await visitor.next_message())[1].get("events")) or "text" not in (
                    said := {event.get("attr"): event.get("new") for event in events}):
                pass
            return [*shown, said["text"]]

    with serve_here(30_000) as server:
        first, later = run_apart(visit())
    assert html.escape(drawn) not in first and "ncm-model-poisson_process" in first
    assert drawn in html.unescape(later) and BLANK not in html.unescape(later)
    assert drawn in home.card(experiment)


def test_search_without_a_hit_says_what_to_try():
    assert "No model mentions “zzz”" in home.listing("zzz")
    assert "<b>" not in home.listing("<b>zzz")


@MODELS
def test_catalogue_card_links_to_a_page_that_opens_on_its_point(model):
    card = home.card(model)
    assert f'href="?model={model.slug()}&' in card
    assert "<svg" in card
    assert model.title in card or "&" in card


@MODELS
def test_texts_say_what_to_see_and_equations_follow_the_choices(model):
    choices = {n: c.objects for n, c in model.controls().items()
               if isinstance(c, Choice) and n in model.Parameters._fields}
    plain = model().snapshot().changed(**{n: options[0] for n, options in choices.items()})
    texts = Texts(model, plain)
    first = texts.equations.object
    assert first.count("$$") >= 2
    for name, options in choices.items():
        other = plain.changed(**{name: options[-1]})
        texts.follow(other)
        # What an experiment states is one text; what is read from code follows its branches.
        follows = issubclass(model, Flow) and equations(model, other) != equations(model, plain)
        assert (texts.equations.object != first) == follows


def test_a_try_that_moves_a_start_value_says_where_it_is_found():
    model = find("lorenz")
    words = [card.object for card in Texts(model, model().snapshot()).cards().select(pn.pane.HTML)]
    assert any("set x(0) (under start) to 1.001" in text for text in words)
    assert any("set x(0) (under start) and y(0) to -1" in text for text in words)


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_equations_or_the_home_page(text):
    assert "<script" not in home.listing(text + "<script>")


def test_the_codes_of_the_diagrams_are_explained():
    shown = {slug: str(Texts(model, model().snapshot())._codes()) for slug, model in models().items()}
    assert "LPC fold of cycles" in shown["morris_lecar"]
    assert "BP branch point;" in shown["morris_lecar"]
    assert "LP saddle-node" in shown["eif"]
    assert "LPC" not in shown["eif"]
