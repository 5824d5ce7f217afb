"""Messages about Bokeh's documents, made without a walk through all their models.

Bokeh looks for new and lost models whenever something may have changed, and lists all of them for each message.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from bokeh.core.serialization import Serializer
from bokeh.document.models import DocumentModelManager


def make_messages_lean() -> None:
    """Let Bokeh walk through a document, and list its models, where models have come or gone only."""
    kept: Any = DocumentModelManager, Serializer
    manager, serializer = kept
    manager.invalidate, manager._pop_freeze = invalidate, thaw
    manager.synced_references = known_references(manager.synced_references)
    serializer.__init__ = begin_with_known(serializer.__init__)
    serializer._encode_list = encode_numbers_at_once(serializer._encode_list)


def invalidate(self: Any) -> None:
    """Walk through the document, or remember to do so once it is not frozen any more."""
    if self._freeze_count:
        self.ncm_stale = True
    else:
        self.recompute()


def thaw(self: Any) -> None:
    """Walk through the document if something in it has changed meanwhile."""
    self._freeze_count -= 1
    document = self._document()
    if self._freeze_count or document is None:
        return
    roots = [root.id for root in document.roots]
    if self.__dict__.pop("ncm_stale", False) or roots != self.__dict__.get("ncm_roots", []):
        self.ncm_roots = roots
        self.recompute()


class Known(tuple[Any, ...]):
    """Models that the browser has, with their references, which do not change."""

    @functools.cached_property
    def references(self) -> dict[int, Any]:
        """How messages refer to each, by its identity."""
        return {id(model): model.ref for model in self}


def encode_numbers_at_once(original: Callable[[Any, list[Any]], Any]) -> Callable[[Any, list[Any]], Any]:
    """Take a list of finite floats as it is, as JSON writes it; Bokeh would look at each number by itself."""
    def encode(self: Any, values: list[Any]) -> Any:
        if values and type(values[0]) is float and set(map(type, values)) == {float} and math.isfinite(sum(values)):
            return values
        return original(self, values)

    return encode


def known_references(original: Any) -> property:
    """Return the references of a document as they were for the last message, unless models have come or gone."""
    def synced_references(self: Any) -> Any:
        if self._new_models:
            return original.fget(self)
        models, known = self.__dict__.get("ncm_known", (None, ()))
        if models is not self._models or len(known) != len(models):
            known = Known(self._models.values())
            self.ncm_known = self._models, known
        return known

    return property(synced_references)


def begin_with_known(original: Callable[..., None]) -> Callable[..., None]:
    """Return the beginning of a message, for which nothing is listed that was before."""
    @functools.wraps(original)
    def begin(self: Any, *, references: Any = (), **options: Any) -> None:
        known = isinstance(references, Known)
        original(self, references=() if known else references, **options)
        if known:
            self._references = dict(references.references)

    return begin
