"""The catalogue: what a search finds, what a card links to, what the texts say."""

from __future__ import annotations

import html
import json
import re

import panel as pn
import pytest
from bokeh.document import Document
from hypothesis import given
from hypothesis import strategies as st
from panel.io.state import set_curdoc

from ncm_app.core.catalogue import find, models
from ncm_app.core.model import Flow
from ncm_app.core.quantity import Choice
from ncm_app.core.share import decode
from ncm_app.language.tex import equations
from ncm_app.pages import home, site
from ncm_app.pages.texts import Texts
from ncm_app.session.search import search
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


def test_catalogue_has_every_model_and_a_search_those_that_it_finds():
    assert all(f'ncm-model-{slug}"' in home.listing() for slug in models())
    found = [hit.model.slug() for hit in search("leaky membrane")]
    listed = home.listing("leaky membrane")
    assert all((f'ncm-model-{slug}"' in listed) is (slug in found) for slug in models())


def test_hit_in_a_preset_opens_it_and_says_so():
    listed = home.listing("figure 3.4c")
    assert "opens Fig 3.4 C,D" in listed
    assert "preset=Fig+3.4+C,D" in listed


@pytest.mark.parametrize("door", home.DOORS, ids=lambda door: door.slug)
def test_doors_lead_to_a_preset(door):
    address = html.unescape(re.search('href="[?]([^"]*)"', home.door(door))[1])
    shared = decode(address)
    assert (shared.model, shared.preset, shared.complaints) == (door.slug, door.preset, ())


def test_pictures_that_must_be_compiled_come_after_the_page(monkeypatch):
    monkeypatch.setattr(home, "PICTURES", {})
    monkeypatch.setattr(home, "DOORS", ())
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
    assert "No page mentions “zzz”" in home.listing("zzz")
    assert "<b>zzz" not in home.listing("<b>zzz")


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
    assert any("set x(0) (under start) and y(0) to −1" in text for text in words)


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_equations_or_the_home_page(text):
    assert "<script" not in home.listing(text + "<script>")


def test_the_codes_of_the_diagrams_are_explained():
    shown = {slug: str(Texts(model, model().snapshot())._codes()) for slug, model in models().items()}
    assert "LPC fold of cycles" in shown["morris_lecar"]
    assert "BP branch point;" in shown["morris_lecar"]
    assert "LP saddle-node" in shown["eif"]
    assert "LPC" not in shown["eif"]
