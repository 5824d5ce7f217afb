"""What is looked up once for all pages is what Panel and Bokeh find for each."""

from __future__ import annotations

import panel as pn
import pytest
from bokeh.core.has_props import MetaHasProps, is_DataModel
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.embed.bundle import URL
from bokeh.model import Model
from bokeh.models import ColorBar, Div, LinearColorMapper, Slider
from bokeh.plotting import figure
from panel.io import server
from panel.io.resources import Resources, bundle_resources
from panel.io.state import set_curdoc, state
from panel.widgets import Tabulator

from ncm_app.pages.browser_widgets import LiveText
from ncm_app.pages.dials import Dial
from ncm_app.pages.figure_pane import FigurePane
from ncm_app.pages.lean_pages import KEPT, bundled_once, with_known_classes
from tests.support.serving import start_pages

start_pages()


def facts(bundle):
    return [*bundle, bundle.js_files, bundle.css_files, bundle.js_raw, bundle.css_raw, bundle.js_modules]


def loads(find, *models, resources=None, path=""):
    document = Document()
    for model in models:
        document.add_root(model)
    with set_curdoc(document):
        before, state.rel_path = state.rel_path, path
        try:
            return find(document.roots, resources or Resources(mode="server"))
        finally:
            state.rel_path = before


def check_bundle(monkeypatch=None):
    """A page loads what Panel finds for it, is asked for once, and cannot change what the next page loads."""
    assert server.bundle_resources.__wrapped__ is bundle_resources
    asked = []
    find = bundled_once(lambda *given: (asked.append(given), bundle_resources(*given))[1])
    first = loads(find, Div())
    assert facts(first) == facts(loads(bundle_resources, Div()))
    first.js_files.append(URL("elsewhere.js"))
    first.js_raw.clear()
    assert facts(loads(find, Div())) == facts(loads(bundle_resources, Div())) and len(asked) == 1
    assert facts(loads(find, Div(), path="..")) == facts(loads(bundle_resources, Div(), path="..")) != facts(first)
    cdn = Resources(mode="cdn")
    assert facts(loads(find, Div(), resources=cdn)) == facts(loads(bundle_resources, Div(), resources=cdn))
    with_table = [[Slider(start=0, end=1, value=0), Tabulator().get_root(Document())] for _ in range(2)]
    assert facts(loads(find, *with_table[0])) == facts(loads(bundle_resources, *with_table[1]))
    assert len(asked) == 4
    monkeypatch.setattr(pn.config, "raw_css", ["p { color: red }"])
    assert any("color: red" in text for text in loads(find, Div()).css_raw)
    assert len(asked) == 5


def check_classes(monkeypatch=None):
    """A message describes classes as Bokeh does, and refers to them from then on."""
    Dial(), LiveText()
    classes = [found for found in Model.model_class_reverse_map.values() if is_DataModel(found)]
    assert len(classes) > 5 and all(isinstance(found, MetaHasProps) for found in classes)
    encode, plain = Serializer._encode_list, Serializer._encode_list.__wrapped__
    for given in (classes, classes[:2], classes):
        lean, own = Serializer(), Serializer()
        assert encode(lean, given) == plain(own, given)
        assert lean._references == own._references and all(map(lean.has_ref, given))
        assert lean.encode(classes[0]) == own.encode(classes[0]) == {"id": classes[0].__qualified_model__}
    assert Serializer().encode([1, "a", []]) == [1, "a", []]
    used = Serializer()
    used.encode(classes[1])
    assert used.encode(classes[:2])[1] == {"id": classes[1].__qualified_model__}  # what was described is referred to


def check_code(monkeypatch=None):
    """A part brings the code that it states, each class its own, and there is no file to look for."""
    for part in (Dial, LiveText):
        model = part().get_root(Document())
        assert (model.esm.strip(), model.bundle) == (part._esm.strip(), None)
    assert Dial._bundle_path is None


OPTIONS = {"sizing_mode": "stretch_width", "margin": (3, 10, 2, 10), "height": 180, "css_classes": ["ncm-view-trace"]}


def drawn(place):
    shown = figure(title="r", name="trace", height=99, min_height=120)
    shown.line([1, 2], [3, 4], legend_label="r_e")
    shown.add_layout(ColorBar(color_mapper=LinearColorMapper(low=0, high=1)), "right")
    column = pn.Column(place(shown), sizing_mode="stretch_width")
    column.get_root(document := Document())
    return column, shown, document


def panels_own(shown):
    pane = pn.pane.Bokeh(shown, **OPTIONS)
    pane.param.trigger("object")
    shown.margin = OPTIONS["margin"]
    return pane


def plain(value):
    if isinstance(value, Model):
        return type(value)
    return [plain(one) for one in value] if isinstance(value, list) else value


def check_place(monkeypatch=None):
    """A figure looks in its place as in Panel's own, with all that belongs to it."""
    (_, ours, _), (_, theirs, _) = drawn(lambda shown: FigurePane(shown, **OPTIONS)), drawn(panels_own)
    pairs = [(ours, theirs), *((getattr(ours, name)[0], getattr(theirs, name)[0])
                               for name in ("xaxis", "yaxis", "legend", "right")), (ours.title, theirs.title)]
    for one, other in pairs:
        assert one.themed_values() == other.themed_values()
        mine, its = one.properties_with_values(), other.properties_with_values()
        # Panel's own leaves the default alignment to its figure, which the layout of a page replaces.
        assert {name for name in mine if plain(mine[name]) != plain(its[name])} <= {"id", "align"}
    assert ours.xaxis[0].themed_values()


LEAN_PAGE_CHECKS = {"server.bundle_resources": check_bundle,
                    "Serializer._encode_list, _references, _buffers": check_classes,
                    "ReactiveESM._bundle_path, _render_esm": check_code,
                    "Renderable._get_model, _models, _design": check_place}


@pytest.mark.parametrize("visible", [True, False])
def test_a_figure_is_hidden_and_renamed_before_and_after_it_is_drawn(visible):
    column, shown, document = drawn(lambda shown: FigurePane(shown, visible=visible, **OPTIONS))
    assert shown.visible == visible and shown.css_classes == ["ncm-view-trace"]
    with set_curdoc(document):
        column[0].param.update(visible=not visible, css_classes=["ncm-view-left-trace"])
    assert shown.visible != visible and shown.css_classes == ["ncm-view-left-trace"]


def test_no_more_is_kept_than_some_kinds_of_pages():
    asked = []
    find = bundled_once(lambda roots, resources: (asked.append(1), bundle_resources(roots, resources))[1])
    for turn in range(2):
        for number in range(KEPT + 1):
            loads(find, Div(), path="/".join([".."] * number))
        assert len(asked) == (turn + 1) * (KEPT + 1)
    encode = with_known_classes(lambda self, things: [len(things)])
    classes = [found for found in Model.model_class_reverse_map.values() if is_DataModel(found)]
    assert [encode(Serializer(), classes[:count]) for count in (1, 2, 1)] == [[1], [2], [1]]
