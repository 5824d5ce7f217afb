"""Bokeh's models at a fraction of their cost: what a class settles once is not asked again for each model.

Bokeh copies, checks and transforms the default of a property whenever it is read, and walks through a whole
document whenever something in it may have changed: half of the time in which a page is made. What is read,
sent and stored stays as it is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import NoneType
from typing import Any

import bokeh
from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.core.property.singletons import Intrinsic, Undefined
from bokeh.core.property.wrappers import (
    PropertyValueContainer,
    PropertyValueDict,
    PropertyValueList,
    PropertyValueSet,
)
from bokeh.core.serialization import Serializer
from bokeh.document.models import DocumentModelManager
from bokeh.model import util
from bokeh.settings import settings

TRIED = "3.9.", "3.10."
"""How the versions of Bokeh begin on which this was tried; others keep their own ways."""

CONSTANTS = (NoneType, bool, int, float, str)
"""Types of defaults that all models can share: nothing can change them."""

CONTAINERS = (PropertyValueDict, PropertyValueList, PropertyValueSet)
"""Types of defaults that each model has its own one of; mostly they are empty."""

THEMED = "__themed_values__"

_constant: dict[tuple[type, str], Any] = {}
_empty: dict[tuple[type, str], type] = {}
_unset = object()


def _default_read(original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Read constants once for a class, make empty containers at once; leave themes and the rest to Bokeh."""
    @functools.wraps(original)
    def read(self: Any, model: Any) -> Any:
        name, themed = self.name, model.__dict__.get(THEMED)
        if themed is not None and name in themed:
            return original(self, model)
        key, own = (type(model), name), model._unstable_default_values
        default = _constant.get(key, _unset)
        if default is not _unset:
            return default
        if name in own:
            return own[name]
        if key in _empty:
            own[name] = default = _empty[key]()
            default._register_owner(model, self)
            return default
        default = original(self, model)
        if name not in own:
            if type(default) in CONSTANTS:
                _constant[key] = default
        elif type(default) in CONTAINERS and not default and not callable(_stated(self, model)):
            _empty[key] = type(default)
        return default

    return read


def _stated(descriptor: Any, model: Any) -> Any:
    """Return the default as a class states it: a value, or a function that makes one."""
    return model._overridden_defaults().get(descriptor.name, descriptor.property._default)


@functools.cache
def _made_for_each(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the properties of a class of whose defaults each model has its own one."""
    found = ((name, kind.lookup(name)) for name in kind.properties(_with_props=True))
    return tuple((name, descriptor) for name, descriptor in found if descriptor.has_unstable_default(kind))


def _begun(self: Any, **properties: Any) -> None:
    """Set the properties given, and make the defaults that are a model's own."""
    super(HasProps, self).__init__()
    self._property_values, self._unstable_default_values, self._unstable_themed_values = {}, {}, {}
    for name, value in properties.items():
        if value is not Undefined and value is not Intrinsic:
            setattr(self, name, value)
    for name, descriptor in _made_for_each(self.__class__):
        if name not in properties:
            descriptor._get(self)
    self._initialized = True


def _values_read(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Collect what was set without reading the constants that were not."""
    @functools.wraps(original)
    def read(self: Any, query: Callable[[Any], bool], *, include_defaults: bool = True,
             include_undefined: bool = False) -> dict[str, Any]:
        if include_defaults or include_undefined:
            return original(self, query, include_defaults=include_defaults, include_undefined=include_undefined)
        kind, themed = type(self), self.__dict__.get(THEMED) or ()
        own, values = self._unstable_default_values, self._property_values
        found: dict[str, Any] = {}
        for name in kind.properties(_with_props=True):
            chosen = name in values or name in own or name in themed
            if not chosen and (kind, name) in _constant:
                continue
            descriptor = kind.lookup(name)
            if not query(descriptor):
                continue
            value = descriptor.get_value(self)  # raises for one that must be set and was not
            if chosen and (name in themed or name not in own or not isinstance(value, PropertyValueContainer)):
                found[name] = value
        return found

    return read


def _visited(original: Callable[..., None]) -> Callable[..., None]:
    """Look for references in what a model holds, not in constants."""
    @functools.wraps(original)
    def visit(value: Any, visitor: Callable[[Any], None]) -> None:
        if not isinstance(value, HasProps) or THEMED in value.__dict__:
            original(value, visitor)
            return
        kind, values, own = type(value), value._property_values, value._unstable_default_values
        for name in kind.properties_with_refs():
            held = values.get(name, _unset)
            if held is _unset:
                if (kind, name) in _constant:
                    continue
                held = own.get(name, Undefined)
                if held is Undefined:
                    held = getattr(value, name)  # raises for one that must be set and was not
            if type(held) not in CONSTANTS:
                util.visit_value_and_its_immediate_references(held, visitor)

    return visit


def _invalidated(self: Any) -> None:
    if self._freeze_count:
        self.ncm_stale = True
    else:
        self.recompute()


def _thawed(self: Any) -> None:
    """Walk through the document if something in it has changed meanwhile."""
    self._freeze_count -= 1
    document = self._document()
    if self._freeze_count or document is None:
        return
    roots = [root.id for root in document.roots]
    if self.__dict__.pop("ncm_stale", False) or roots != self.__dict__.get("ncm_roots", []):
        self.ncm_roots = roots
        self.recompute()


class _Known(tuple[Any, ...]):
    """Models that the browser has, with their references, which do not change."""

    @functools.cached_property
    def references(self) -> dict[int, Any]:
        return {id(model): model.ref for model in self}


def _known(original: Any) -> property:
    """Return the references of a document as they were for the last message, unless models have come or gone."""
    def synced_references(self: Any) -> Any:
        if self._new_models:
            return original.fget(self)
        models, known = self.__dict__.get("ncm_known", (None, ()))
        if models is not self._models or len(known) != len(models):
            known = _Known(self._models.values())
            self.ncm_known = self._models, known
        return known

    return property(synced_references)


def _serializer_begun(original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def begin(self: Any, *, references: Any = (), **options: Any) -> None:
        known = isinstance(references, _Known)
        original(self, references=() if known else references, **options)
        if known:
            self._references = dict(references.references)

    return begin


@functools.cache
def install() -> None:
    """Replace Bokeh's own ways, once for the process; look at no document and no misspelt name in search of advice."""
    settings.perform_document_validation = settings.perform_error_diagnostics = False
    if not bokeh.__version__.startswith(TRIED):
        return
    kept: Any = PropertyDescriptor, HasProps, DocumentModelManager, Serializer
    descriptor, model, manager, serializer = kept
    descriptor._get_default = _default_read(descriptor._get_default)
    model.__init__ = _begun
    model.query_properties_with_values = _values_read(model.query_properties_with_values)
    util.visit_immediate_value_references = _visited(util.visit_immediate_value_references)
    manager.invalidate, manager._pop_freeze = _invalidated, _thawed
    manager.synced_references = _known(manager.synced_references)
    serializer.__init__ = _serializer_begun(serializer.__init__)
