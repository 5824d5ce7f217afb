"""Bokeh's models mean the same as Bokeh's own way would have it, at a fraction of the work."""

from __future__ import annotations

import functools
import itertools

import bokeh.models
import numpy as np
import pytest
from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor, UnsetValueError
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.document.models import DocumentModelManager
from bokeh.model import Model, util
from bokeh.models import Column, ColumnDataSource, Div, LinearAxis, Range1d, Title
from bokeh.plotting import figure
from bokeh.themes import Theme
from bokeh.util.warnings import BokehDeprecationWarning

from ncm_app.pages import quick_models
from ncm_app.pages.dials import Dial
from ncm_app.pages.upstream import RELIANCES

quick_models.install()
KINDS = [kind for name in bokeh.models.__all__ for kind in [getattr(bokeh.models, name)]
         if isinstance(kind, type) and issubclass(kind, Model)]


def made(kind):
    """Return two models of a class, which know no more than their defaults; none of an abstract class."""
    try:
        return [kind(), kind()]
    except (TypeError, ValueError, NotImplementedError, BokehDeprecationWarning):
        return []


MADE = [model for kind in KINDS for model in made(kind)]


def shown(value):
    """Return a value without the identity of the models in it."""
    if isinstance(value, HasProps):
        return type(value).__name__
    if isinstance(value, list | tuple | set):
        return [type(value).__name__, *map(shown, value)]
    return {key: shown(item) for key, item in value.items()} if isinstance(value, dict) else repr(value)


def value_of(read):
    try:
        return shown(read())
    except UnsetValueError:
        return "unset"


def is_sent(descriptor):
    return descriptor.serialized


def test_every_default_of_every_model_is_what_its_property_says():
    assert len(MADE) > 2 * 250
    for model in MADE:
        for descriptor in model.descriptors():
            if isinstance(descriptor, PropertyDescriptor) and descriptor.name not in model._property_values:
                name = f"{type(model).__name__}.{descriptor.name}"
                own = descriptor.property.themed_default(type(model), descriptor.name, model.themed_values())
                assert shown(descriptor._get(model)) == shown(own), name


def test_what_is_sent_and_which_models_are_found_is_the_same():
    figures = [figure(title="r"), figure(x_axis_type="log")]
    figures[0].line([1, 2], [3, 4], legend_label="r_e")
    for model in [*MADE, *figures, *figures[0].references()]:
        ways = HasProps.query_properties_with_values, HasProps.query_properties_with_values.__wrapped__
        sent = [value_of(functools.partial(way, model, is_sent, include_defaults=False)) for way in ways]
        assert sent[0] == sent[1], model
        found = [], []
        for visit, seen in zip((util.visit_immediate_value_references,
                                util.visit_immediate_value_references.__wrapped__), found, strict=True):
            try:
                visit(model, seen.append)
            except UnsetValueError:
                seen.append("unset")
        assert found[0] == found[1], model


def test_each_model_has_its_own_containers_which_tell_of_changes():
    one, other, told = Div(), Div(), []
    one.on_change("tags", lambda attr, old, new: told.append((old, new)))
    assert one.tags is one.tags and one.tags is not other.tags
    one.tags.append("a")
    assert (told, other.tags, Div().tags) == ([([], ["a"])], [], [])
    assert one.properties_with_values(include_defaults=False)["tags"] == ["a"]
    one.styles["color"] = "red"
    assert (one.styles, other.styles, Div().styles) == ({"color": "red"}, {}, {})


def test_a_theme_is_seen_though_the_default_was_read_before():
    title, document = Title(text="x"), Document()
    plain = title.text_font_size
    document.add_root(Column(children=[plot := figure()]))
    plot.title = title
    document.theme = Theme(json={"attrs": {"Title": {"text_font_size": "40px"}, "Grid": {"grid_line_dash": [6, 4]}}})
    assert title.text_font_size == "40px" != plain == Title().text_font_size
    assert title.properties_with_values(include_defaults=False)["text_font_size"] == "40px"
    assert plot.grid[0].grid_line_dash == [6, 4]


def test_overridden_defaults_and_what_must_be_set():
    class Wide(Range1d):
        pass

    assert (Wide().start, LinearAxis().axis_label, Wide(start=3).start) == (0, None, 3)
    with pytest.raises(AttributeError, match="unexpected attribute"):
        Range1d(strat=1)
    with pytest.raises(ValueError, match="start"):
        Range1d(start="a")
    needy = next(model for model in MADE if any(
        value_of(functools.partial(getattr, model, descriptor.name)) == "unset" for descriptor in model.descriptors()
        if isinstance(descriptor, PropertyDescriptor)))
    with pytest.raises(UnsetValueError):
        needy.properties_with_values(include_defaults=False)


def test_a_document_is_walked_through_where_models_may_have_come_only(monkeypatch):
    walks, walk = itertools.count(), DocumentModelManager.recompute
    monkeypatch.setattr(DocumentModelManager, "recompute", lambda self: (next(walks), walk(self))[1])
    document, root = Document(), Column()
    with document.models.freeze():
        document.add_root(root)
    assert next(walks) == 1 and root in list(document.models)
    with document.models.freeze():
        root.spacing = 3
    assert next(walks) == 2  # which this question counted itself
    with document.models.freeze(), document.models.freeze():
        root.children = [div := Div(), Div()]
        root.children.append(ColumnDataSource() and Div())
    assert next(walks) == 4 and div in list(document.models) and len(document.models) == 4
    root.children = []
    assert next(walks) == 6 and div not in list(document.models) and div.document is None
    document.remove_root(root)
    document.add_root(root)
    assert list(document.models) == [root]
    document.clear()
    assert list(document.models) == []


def test_what_the_browser_has_is_listed_once_and_anew_when_models_come_or_go():
    def listed():
        serializer = Serializer(references=document.models.synced_references)
        return {model.id for model in document.models if serializer.has_ref(model)}

    document, root = Document(), Column(children=[first := Div()])
    document.add_root(root)
    assert listed() == set()  # nothing was sent
    document.models.flush_synced()
    for _ in range(2):
        assert listed() == {root.id, first.id}
    serializer = Serializer(references=document.models.synced_references)
    serializer.encode(late := Div())
    assert serializer.has_ref(late) and listed() == {root.id, first.id}  # each message has a list of its own
    root.children = [first, late]
    assert listed() == {root.id, first.id}  # the new one has to be sent whole
    document.models.flush_synced()
    assert listed() == {root.id, first.id, late.id}
    root.children = [late]
    assert listed() == {root.id, late.id}


def test_a_part_of_a_page_is_sent_as_before():
    dial = Dial(value=2.0, end=9.0, label="<i>v</i>")
    model = dial.get_root(Document())
    sent = Serializer().encode(model.data)["attributes"]
    assert (sent["value"], sent["end"], sent["label"]) == (2.0, 9.0, "<i>v</i>")
    source = ColumnDataSource({"x": np.arange(3.0)})
    assert source.references() == {source, source.selected, source.selection_policy}


def test_every_replacement_is_listed():
    listed = " ".join(row.name for row in RELIANCES if row.where == "pages/quick_models")
    replaced = [PropertyDescriptor._get_default, HasProps.__init__, HasProps.query_properties_with_values,
                util.visit_immediate_value_references, DocumentModelManager.invalidate,
                DocumentModelManager._pop_freeze, DocumentModelManager.synced_references.fget, Serializer.__init__]
    assert all("quick_models" in function.__code__.co_filename for function in replaced)
    assert {"_get_default", "__init__", "query_properties_with_values", "visit_immediate_value_references",
            "invalidate", "_pop_freeze", "synced_references"} <= set(listed.replace(",", " ").replace(".", " ").split())
