"""The catalogue: every model by chapter, with search, a drawn thumbnail and a sentence."""

from __future__ import annotations

import html
import threading
from concurrent.futures import Future

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ncm_app.core import catalogue
from ncm_app.core.capabilities import is_flow
from ncm_app.core.model import Model
from ncm_app.core.share import encode
from ncm_app.core.symbols import symbols_of
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.browser_widgets import LiveText
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.session.sent_values import LONGEST
from ncm_app.studies import jobs
from ncm_app.studies.plots import drawn_columns
from ncm_app.studies.simulate import simulate
from ncm_app.views.thumbnail import BLANK, plot_thumbnail, thumbnail

CHAPTERS = {"1": "Single neurons", "2": "Noise and spike trains", "3": "Networks and their mean field",
            "4": "Plasticity and learning", "A": "Mathematical background", "B": "Further models",
            "G": "Neural mass models"}
"""Headings of the catalogue by the first part of a model's chapter."""

INTRO = ("Models of Robert Rosenbaum’s <i>Modeling Neural Circuits Made Simple with Python</i>, live: open one, drag a "
         "slider, and every plot moves with it. Presets are named after the book’s figures; their numbers are checked.")
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


def card(model: type[Model]) -> str:
    """Return the link to a model's page as HTML; it is blank where its picture is not at hand."""
    snapshot, write = model(**model.preset_values(model.first_preset())).snapshot(), symbols_of(model).html
    drawn = picture(model) if is_at_hand(model) else BLANK
    return (f'<a class="model ncm-model-{model.slug()}" href="?{encode(snapshot, model.first_preset())}">{drawn}'
            f"<b>{write(model.chapter + ' ' + model.title)}</b><p>{write(model.sentence())}</p></a>")


def matches(model: type[Model], words: str) -> bool:
    """Tell whether all words occur in a model's title, text, presets or symbols."""
    text = " ".join([model.chapter, model.title, model.slug(), model.__doc__ or "", *model.presets,
                     *model.controls(), *(control.shown_name for control in model.controls().values())])
    return all(word in text.lower() for word in words.lower().split())


def listing(words: str = "") -> str:
    """Return the catalogue as HTML, reduced to the models that match the words."""
    chapters: dict[str, list[str]] = {}
    for model in catalogue.models().values():
        if matches(model, words):
            chapters.setdefault(model.chapter.split(".")[0], []).append(card(model))
    if not chapters:
        return (f'<p class="none">No model mentions “{html.escape(words)}”. '
                "Try “spike”, “rate” or a chapter such as 3.3.</p>")
    return "".join(f'<h2 class="chapter">{key} · {CHAPTERS.get(key, "")}</h2><div class="models">{"".join(cards)}</div>'
                   for key, cards in chapters.items())


def home(complaints: tuple[str, ...] = ()) -> Viewable:
    """Return the home page's main area; `complaints` say what a link got wrong."""
    notice = LiveText(text=" ".join(complaints), tone="notice", margin=(8, 8, 0, 8))
    search = pmui.TextInput(label="Search models, figures, symbols", css_classes=["ncm-search"], size="small",
                            sizing_mode="stretch_width", max_width=520, margin=(12, 8, 0, 8))
    results = pn.pane.HTML(listing(), stylesheets=[STYLE], sizing_mode="stretch_width", css_classes=["ncm-catalogue"])
    search.param.watch(lambda event: results.param.update(object=listing(event.new[:LONGEST])), "value_input")
    if (document := pn.state.curdoc) is not None:
        loop = SessionLoop(document)

        def draw_rest() -> None:
            if not all(map(is_at_hand, catalogue.models().values())):
                loop.compute(jobs.BACKGROUND, draw_next, show)

        def show(done: Future[None]) -> None:
            done.result()  # what was raised is logged
            results.object = listing(search.value_input[:LONGEST])
            draw_rest()

        loop.when_ready(draw_rest)
    intro = pn.pane.HTML(f"<p class='intro'>{INTRO}</p>", stylesheets=[STYLE], sizing_mode="stretch_width")
    return pn.Column(notice, intro, search, results, sizing_mode="stretch_width")
