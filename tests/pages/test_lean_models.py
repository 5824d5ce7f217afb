"""What Bokeh remembers of its models is what it would find each time."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.document import Document
from bokeh.model import util
from bokeh.models import CDSView, ColumnDataSource, GlyphRenderer, LinearAxis, Scatter
from bokeh.themes import Theme
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


NAMES = ("HasProps._overridden_defaults, PropertyDescriptor.has_unstable_default, _get_default",
         "PropertyDescriptor.__set__, _set_value, Property._default, HasProps._initialized, InstanceDefault",
         "visit_immediate_value_references, _property_values, _unstable_default_values")
LEAN_CHECKS = dict(zip(NAMES, (check_defaults, check_birth, check_walk), strict=True))


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
