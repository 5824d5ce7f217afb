"""Bokeh's models, made and walked through at half the cost.

For every property that nobody has set, Bokeh asks all parent classes of a model for its default and
checks what it finds: when a model is made, whenever a document is walked through, and when it is sent.
The answers are the same for all models of a class, so they are remembered.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.core.property.instance import InstanceDefault
from bokeh.model import util
from bokeh.settings import settings

PLAIN = frozenset({bool, int, float, str, type(None)})
"""Types of defaults that all models of a class may share."""

MISSING = object()
_once: list[bool] = []


def make_models_lean() -> None:
    """Let Bokeh remember what classes have in common; a second call changes nothing."""
    if _once:
        return
    _once.append(True)
    descriptor: Any = PropertyDescriptor
    has_props: Any = HasProps
    has_props._overridden_defaults = classmethod(functools.cache(has_props._overridden_defaults.__func__))  # type: ignore[arg-type]
    descriptor.has_unstable_default = per_class(descriptor.has_unstable_default)
    descriptor._get_default = shared_default(descriptor._get_default)
    descriptor.__set__ = set_at_birth(descriptor.__set__)
    util.visit_immediate_value_references = visit_what_is_held(util.visit_immediate_value_references)
    # The walk through each new document finds nothing that tests would not.
    settings.perform_document_validation = False


def per_class(original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a method of descriptors whose answer depends on the class of the model only."""
    known: dict[tuple[Any, type], Any] = {}

    @functools.wraps(original)
    def asked(self: Any, model: Any) -> Any:
        key = self, type(model)
        if key not in known:
            known[key] = original(self, model)
        return known[key]

    return asked


def shared_default(original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return the search for a property's default, which looks once per class for one that can be shared."""
    known: dict[tuple[Any, type], Any] = {}

    @functools.wraps(original)
    def default_of(self: Any, model: Any) -> Any:
        themed = model.themed_values()
        if themed is not None and self.name in themed:
            return original(self, model)
        key = self, type(model)
        value = known.get(key, MISSING)
        if value is MISSING:
            value = original(self, model)
            if type(value) in PLAIN and not callable(given_default(self, model)):
                known[key] = value
        return value

    return default_of


def given_default(descriptor: Any, model: Any) -> Any:
    """Return what a class gives as default, or the function that makes it."""
    return type(model)._overridden_defaults().get(descriptor.name, descriptor.property._default)


@per_class
def makes_a_model(descriptor: Any, model: Any) -> Any:
    """Tell whether the default of a property is a model, made anew each time."""
    return isinstance(given_default(descriptor, model), InstanceDefault)


def set_at_birth(original: Callable[..., None]) -> Callable[..., None]:
    """Return the setter of properties; while a model is made it makes no default only to replace it."""
    @functools.wraps(original)
    def set_value(self: Any, model: Any, value: Any, *, setter: Any = None) -> None:
        if model._initialized or not makes_a_model(self, model) or self.name in model._property_values:
            original(self, model, value, setter=setter)
        else:
            self._set_value(model, self.property.prepare_value(model, self.name, value))

    return set_value


@functools.cache
def shares_a_model(kind: type[HasProps]) -> bool:
    """Tell whether a default of a class is a model that nobody makes anew: no model of the class holds it."""
    own, given = kind._overridden_defaults(), kind.properties_with_refs()  # type: ignore[call-arg]
    defaults = [own.get(name, kind.lookup(name).property._default) for name in given]
    return bool(util.collect_models(*(default for default in defaults if not callable(default))))


def visit_what_is_held(original: Callable[..., None]) -> Callable[..., None]:
    """Return the visit to the models that a model refers to; what it has not been given holds none."""
    @functools.wraps(original)
    def visit(value: Any, visitor: Callable[[Any], None]) -> None:
        if not isinstance(value, HasProps) or shares_a_model(type(value)):
            original(value, visitor)
            return
        may_refer = value.properties_with_refs()
        for held in (value._property_values, value._unstable_default_values, value._unstable_themed_values):
            for name, inner in list(held.items()):
                if inner is not None and name in may_refer:
                    util.visit_value_and_its_immediate_references(inner, visitor)

    return visit
