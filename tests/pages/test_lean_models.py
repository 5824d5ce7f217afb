"""What Bokeh remembers of its models is what it would find each time."""

from __future__ import annotations

import functools

import bokeh.models
import numpy as np
import pytest
from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor, UnsetValueError
from bokeh.document import Document
from bokeh.model import Model, util
from bokeh.models import CDSView, ColumnDataSource, Div, GlyphRenderer, LinearAxis, Range1d, Scatter
from bokeh.plotting import figure
from bokeh.themes import Theme
from bokeh.util.warnings import BokehDeprecationWarning
from panel.models.widgets import TooltipIcon

from ncm_app.core.catalogue import find
from ncm_app.pages.lean_models import make_models_lean
from tests.support.session import served


def of_a_page(look):
    """Return what `look` finds in the document of a page."""
    async def act(session):
        await session.settled()
        return look(session.document)

    return served(find("ei_rate_network"), act)


def alike(one, other):
    return one is other or (type(one) is type(other) and bool(np.all(one == other)))


def check_defaults(monkeypatch=None):
    """Compare with what Bokeh itself finds, for every property of a page that nobody has set."""
    unstable, default = PropertyDescriptor.has_unstable_default, PropertyDescriptor._get_default

    def look(document):
        found = 0
        for model in document.models:
            assert model._overridden_defaults() == HasProps._overridden_defaults.__wrapped__(type(model))
            for name in model.properties():
                descriptor = model.lookup(name)
                if isinstance(descriptor, PropertyDescriptor) and name not in model._property_values:
                    assert unstable(descriptor, model) == unstable.__wrapped__(descriptor, model)
                    own = default.__wrapped__(descriptor, model)
                    assert alike(default(descriptor, model), own), (model, name)
                    found += 1
        return found

    assert of_a_page(look) > 5000


def check_birth(monkeypatch=None):
    """Nothing is made that is replaced at once; what is given is checked as ever."""
    made = []
    make = CDSView.__init__
    monkeypatch.setattr(CDSView, "__init__", lambda self, **given: (made.append(self), make(self, **given))[1])
    source, view = ColumnDataSource(), CDSView()
    renderer = GlyphRenderer(data_source=source, glyph=Scatter(), view=view)
    assert renderer.view is view and made == [view]
    assert {"view", "data_source"} <= set(renderer.properties_with_values(include_defaults=False))
    assert GlyphRenderer(data_source=source, glyph=Scatter()).view is made[1]
    with pytest.raises(ValueError, match="view"):
        GlyphRenderer(view=source)
    renderer.view = CDSView()  # later it changes as ever, and tells
    assert renderer.view is made[2]


def check_walk(monkeypatch=None):
    """A walk finds the models that Bokeh itself finds, in a whole page and in every class's defaults."""
    def look(document):
        lean, met = util.visit_immediate_value_references, 0
        for model in document.models:
            found, expected = [], []
            lean(model, found.append)
            lean.__wrapped__(model, expected.append)
            assert set(found) == set(expected), model
            met += len(set(found))
        return met

    assert of_a_page(look) > 300
    icon, found = TooltipIcon(), []  # a default of its class that no icon holds
    util.visit_immediate_value_references(icon, found.append)
    assert found == [icon.description]


make_models_lean()
KINDS = [kind for name in bokeh.models.__all__ for kind in [getattr(bokeh.models, name)]
         if isinstance(kind, type) and issubclass(kind, Model)]


def made(kind):
    """Return two models of a class, which know no more than their defaults; none of an abstract class."""
    try:
        return [kind(), kind()]
    except (TypeError, ValueError, NotImplementedError, BokehDeprecationWarning):
        return []




@functools.cache
def all_made():
    found = [model for kind in KINDS for model in made(kind)]
    assert len(found) > 500
    return found


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


def check_sent(monkeypatch=None):
    figures = [figure(title="r"), figure(x_axis_type="log")]
    figures[0].line([1, 2], [3, 4], legend_label="r_e")
    for model in [*all_made(), *figures, *figures[0].references()]:
        ways = HasProps.query_properties_with_values, HasProps.query_properties_with_values.__wrapped__
        sent = [value_of(functools.partial(way, model, is_sent, include_defaults=False)) for way in ways]
        assert sent[0] == sent[1], model


NAMES = ("HasProps._overridden_defaults, PropertyDescriptor.has_unstable_default, _get_default",
         "PropertyDescriptor.__set__, _set_value, Property._default, HasProps._initialized, InstanceDefault",
         "visit_immediate_value_references, _property_values, _unstable_default_values",
         "HasProps.__init__, query_properties_with_values")
LEAN_CHECKS = dict(zip(NAMES, (check_defaults, check_birth, check_walk, check_sent), strict=True))


def test_a_theme_still_gives_defaults_and_takes_them_back():
    axis, document = LinearAxis(), Document()
    plain = axis.axis_line_color
    document.add_root(axis)
    document.theme = Theme(json={"attrs": {"Axis": {"axis_line_color": "#123456"}}})
    assert axis.axis_line_color == "#123456" and LinearAxis().axis_line_color == plain
    document.theme = Theme(json={})
    assert axis.axis_line_color == plain


def test_a_second_call_changes_nothing():
    make_models_lean()
    before = PropertyDescriptor._get_default, util.visit_immediate_value_references
    make_models_lean()
    assert before == (PropertyDescriptor._get_default, util.visit_immediate_value_references)


def test_each_model_has_its_own_containers_which_tell_of_changes():
    one, other, told = Div(), Div(), []
    one.on_change("tags", lambda attr, old, new: told.append((old, new)))
    assert one.tags is one.tags and one.tags is not other.tags
    one.tags.append("a")
    assert (told, other.tags, Div().tags) == ([([], ["a"])], [], [])
    assert one.properties_with_values(include_defaults=False)["tags"] == ["a"]
    one.styles["color"] = "red"
    assert (one.styles, other.styles, Div().styles) == ({"color": "red"}, {}, {})


def test_overridden_defaults_and_what_must_be_set():
    class Wide(Range1d):
        pass

    assert (Wide().start, LinearAxis().axis_label, Wide(start=3).start) == (0, None, 3)
    with pytest.raises(AttributeError, match="unexpected attribute"):
        Range1d(strat=1)
    with pytest.raises(ValueError, match="start"):
        Range1d(start="a")
    needy = next(model for model in all_made() if any(
        value_of(functools.partial(getattr, model, descriptor.name)) == "unset" for descriptor in model.descriptors()
        if isinstance(descriptor, PropertyDescriptor)))
    with pytest.raises(UnsetValueError):
        needy.properties_with_values(include_defaults=False)
