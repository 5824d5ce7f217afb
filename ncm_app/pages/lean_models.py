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
from bokeh.core.property.singletons import Intrinsic, Undefined
from bokeh.core.property.wrappers import (
    PropertyValueContainer,
    PropertyValueDict,
    PropertyValueList,
    PropertyValueSet,
)
from bokeh.model import util
from bokeh.settings import settings

from ncm_app.pages.lean_messages import make_messages_lean
from ncm_app.pages.lean_pages import make_pages_lean

PLAIN = frozenset({bool, int, float, str, type(None)})
"""Types of defaults that all models of a class may share."""

CONTAINERS = frozenset({PropertyValueDict, PropertyValueList, PropertyValueSet})
"""Types of defaults that each model has its own one of; mostly they are empty."""

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
    has_props.__init__ = begin
    has_props.query_properties_with_values = read_what_is_set(has_props.query_properties_with_values)
    util.visit_immediate_value_references = visit_what_is_held(util.visit_immediate_value_references)
    # The walk through each new document, and what a misspelt name may have meant, find nothing that tests would not.
    settings.perform_document_validation = settings.perform_error_diagnostics = False
    make_messages_lean()
    make_pages_lean()


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
    """Return the search for a property's default, which looks once per class for one that can be shared.

    One that is an empty container of the model's own is made without asking what it may hold.
    """
    known: dict[tuple[Any, type], Any] = {}
    empty: dict[tuple[Any, type], Any] = {}

    @functools.wraps(original)
    def default_of(self: Any, model: Any) -> Any:
        themed = model.themed_values()
        if themed is not None and self.name in themed:
            return original(self, model)
        key = self, type(model)
        value = known.get(key, MISSING)
        own = model._unstable_default_values
        if value is MISSING and key in empty and self.name not in own:
            own[self.name] = value = empty[key]()
            value._register_owner(model, self)
        elif value is MISSING:
            value = original(self, model)
            kept = known if type(value) in PLAIN else empty if type(value) in CONTAINERS and not value else None
            if kept is not None and not callable(given_default(self, model)):
                kept[key] = value if kept is known else type(value)
        return value

    return default_of


def given_default(descriptor: Any, model: Any) -> Any:
    """Return what a class gives as default, or the function that makes it."""
    return type(model)._overridden_defaults().get(descriptor.name, descriptor.property._default)


@per_class
def makes_a_model(descriptor: Any, model: Any) -> Any:
    """Tell whether the default of a property is a model, made anew each time."""
    return isinstance(given_default(descriptor, model), InstanceDefault)


def begin(self: Any, **properties: Any) -> None:
    """Set the properties given to a new model, and make the defaults that are its own, as Bokeh does."""
    super(HasProps, self).__init__()
    self._property_values, self._unstable_default_values, self._unstable_themed_values = {}, {}, {}
    for name, value in properties.items():
        if value is not Undefined and value is not Intrinsic:
            setattr(self, name, value)
    for name, descriptor in made_for_each(self.__class__):
        if name not in properties:
            descriptor._get(self)
    self._initialized = True


@functools.cache
def made_for_each(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the properties of a class of whose defaults each model has its own one."""
    found = ((name, kind.lookup(name)) for name in kind.properties(_with_props=True))
    return tuple((name, descriptor) for name, descriptor in found if descriptor.has_unstable_default(kind))


@functools.cache
def sent_if_set(kind: Any) -> frozenset[str]:
    """Return the properties of a class that need not be read unless somebody has set them."""
    own, given = {name for name, _ in made_for_each(kind)}, kind._overridden_defaults()
    stated = {name: given.get(name, getattr(kind.lookup(name).property, "_default", Undefined))
              for name in kind.properties() if name not in own}
    return frozenset(name for name, default in stated.items() if default is not Undefined and not callable(default))


def read_what_is_set(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return the collection of values to be sent, which does not read defaults only to leave them out."""
    @functools.wraps(original)
    def read(self: Any, query: Callable[[Any], bool], *, include_defaults: bool = True,
             include_undefined: bool = False) -> dict[str, Any]:
        if include_defaults or include_undefined:
            return original(self, query, include_defaults=include_defaults, include_undefined=include_undefined)
        kind: Any = type(self)
        themed = self.themed_values() or ()
        own, values, left_out = self._unstable_default_values, self._property_values, sent_if_set(kind)
        found: dict[str, Any] = {}
        for name in kind.properties(_with_props=True):
            chosen = name in values or name in own or name in themed
            if not chosen and name in left_out:
                continue
            descriptor = kind.lookup(name)
            if query(descriptor):
                value = descriptor.get_value(self)  # raises for one that must be set and was not
                if chosen and (name in themed or name not in own or not isinstance(value, PropertyValueContainer)):
                    found[name] = value
        return found

    return read


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
