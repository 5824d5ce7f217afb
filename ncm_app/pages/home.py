"""The catalogue: every model by chapter, with search, a drawn thumbnail and a sentence."""

from __future__ import annotations

import html
import threading
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ncm_app.core import catalogue
from ncm_app.core.capabilities import is_flow
from ncm_app.core.model import Model
from ncm_app.core.share import encode
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.bar import Bar, button
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.browser_widgets import LiveText
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.session.search import plain, search
from ncm_app.session.sent_values import LONGEST
from ncm_app.session.topics import TOPICS
from ncm_app.studies import jobs
from ncm_app.studies.plots import drawn_columns
from ncm_app.studies.simulate import simulate
from ncm_app.views.thumbnail import BLANK, plot_thumbnail, thumbnail

CHAPTERS = {"1": "Single neurons", "2": "Noise and spike trains", "3": "Networks and their mean field",
            "4": "Plasticity and learning", "A": "Mathematical background", "B": "Further models",
            "G": "Neural mass models"}
"""Headings of the catalogue by the first part of a model's chapter."""

INTRO = ("For lecturers and students of neural dynamics: the models of Robert Rosenbaum’s <i>Modeling Neural Circuits "
         "Made Simple with Python</i>, live. Drag a slider, and every plot moves with it. Presets are the book’s "
         "figures and exercises; their numbers are checked.")


class Door(NamedTuple):
    """A place to begin at: what a visitor wants, what it leads to."""

    title: str
    words: str
    slug: str
    preset: str


DOORS = (
    Door("See a Hopf bifurcation in a minute", "One slider, and a rest becomes a rhythm.",
         "hopf_system", "Ex A.9.4, c < 0"),
    Door("Follow the book from its first figure", "Figure 1.1: a membrane that leaks.",
         "leaky_integrator", "Fig 1.1 A,B"),
    Door("Analyse my recording", "Open spikes or a potential: rates, CV, tuning.", "spike_trains", "Fig 2.1, Ex 2.1.1"),
    Door("Analyse my EEG or LFP", "Which region of a column fits each 8 s?", "recording_place",
         "Drift through all regions"),
)
STYLE = browser_code("home.css")


PICTURES: dict[type[Model], str] = {}
"""The small pictures that this process has drawn."""
_drawing = threading.Lock()


def picture(model: type[Model]) -> str:
    """Return the small picture of a model, as SVG."""
    if model not in PICTURES:
        snapshot = model(**model.preset_values(model.first_preset())).snapshot()
        place = next((k for k, plot in enumerate(model.plots) if plot.name == model.pictured), 0)
        PICTURES[model] = (thumbnail(model.states, simulate(snapshot)) if is_flow(model)
                           else plot_thumbnail(model.plots[place], drawn_columns(snapshot, place)))
    return PICTURES[model]


def is_at_hand(model: type[Model]) -> bool:
    """Tell whether a page can draw a picture while it is built: at a first start experiments are compiled first."""
    return model in PICTURES or (is_flow(model) and not model.driven)


def draw_next() -> None:
    """Draw one picture that is not at hand, in a thread of the background, when no frame is computed."""
    with _drawing:
        model = next((model for model in catalogue.models().values() if not is_at_hand(model)), None)
        if model is not None:
            jobs.TRAFFIC.wait(1.0)
            picture(model)


def card(model: type[Model], preset: str = "") -> str:
    """Return the link to a model's page under a preset as HTML; it is blank where its picture is not at hand."""
    snapshot, write = model(**model.preset_values(preset or model.first_preset())).snapshot(), symbols_of(model).html
    drawn = picture(model) if is_at_hand(model) else BLANK
    where = f'<em>opens {write(preset)}</em>' if preset else ""
    address = encode(snapshot, preset or model.first_preset())
    return (f'<a class="model ncm-model-{model.slug()}" href="?{address}">{drawn}'
            f"<b>{write(model.chapter + ' ' + model.title)}</b>{where}<p>{write(model.sentence())}</p></a>")


def door(door_: Door) -> str:
    """Return one of the places to begin at, as HTML."""
    model = catalogue.find(door_.slug)
    address = encode(model(**model.preset_values(door_.preset)).snapshot(), door_.preset)
    return (f'<a class="door ncm-door-{door_.slug}" href="?{address}"><b>{html.escape(door_.title)}</b>'
            f"<p>{html.escape(door_.words)}</p></a>")


def listing(words: str = "") -> str:
    """Return the catalogue by chapter as HTML, or the pages that have the words, the best first."""
    hits = search(words)
    if not words.strip():
        chapters: dict[str, list[str]] = {}
        for hit in hits:
            chapters.setdefault(hit.model.chapter.split(".")[0], []).append(card(hit.model))
        return "".join(f'<h2 class="chapter">{key} · {CHAPTERS.get(key, "")}</h2>'
                       f'<div class="models">{"".join(cards)}</div>' for key, cards in chapters.items())
    if not hits:
        return (f'<p class="none">No page mentions “{html.escape(words)}”. '
                "Try a topic above, a figure such as Fig 3.4, or a symbol such as tau_e.</p>")
    pages = "1 page" if len(hits) == 1 else f"{len(hits)} pages"
    return (f'<p class="found" role="status">{pages} with “{html.escape(words)}”, the best first</p>'
            f'<div class="models">{"".join(card(hit.model, hit.preset) for hit in hits)}</div>')


def home(complaints: tuple[str, ...] = ()) -> Viewable:
    """Return the home page's main area; `complaints` say what a link got wrong."""
    notice = LiveText(text=" ".join(complaints), tone="notice", margin=(8, 8, 0, 8))
    search_box = pmui.TextInput(label="Search topics, figures, exercises, symbols", css_classes=["ncm-search"],
                                size="small", sizing_mode="stretch_width", max_width=620, margin=(8, 16, 4, 16))
    results = pn.pane.HTML(listing(), stylesheets=[STYLE], sizing_mode="stretch_width", css_classes=["ncm-catalogue"])
    search_box.param.watch(lambda event: results.param.update(object=listing(event.new[:LONGEST])), "value_input")
    if (document := pn.state.curdoc) is not None:
        loop = SessionLoop(document)

        def draw_rest() -> None:
            if not all(map(is_at_hand, catalogue.models().values())):
                loop.compute(jobs.BACKGROUND, draw_next, show)

        def show(done: Future[None]) -> None:
            done.result()  # what was raised is logged
            results.object = listing(search_box.value_input[:LONGEST])
            draw_rest()

        loop.when_ready(draw_rest)
    begin = pn.pane.HTML(f"<p class='intro'>{INTRO}</p><div class='doors'>{''.join(map(door, DOORS))}</div>",
                         stylesheets=[STYLE], sizing_mode="stretch_width")
    chips = Bar([[button(f"topic-{plain(topic.name).replace(' ', '-')}", topic.name, f"pages on {topic.name}",
                         partial(search_box.param.update, value=topic.name, value_input=topic.name))
                  for topic in TOPICS if topic.chip]],
                css_classes=["ncm-topics"], sizing_mode="stretch_width", margin=(0, 16))
    return pn.Column(notice, begin, search_box, chips, results, sizing_mode="stretch_width")
