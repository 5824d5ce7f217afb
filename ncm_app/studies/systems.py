"""Tell the numerics what they need to know of a model."""

from __future__ import annotations

from functools import cache, partial

from ncm_app.core.edges import input_edges
from ncm_app.core.model import Flow
from ncm_app.core.parameters import parameters_read
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import System


@cache
def system_of(model: type[Flow]) -> System:
    """Return the system of a model: its right-hand side, spans and reset rule."""
    return System.of(model, partial(input_edges, model))


@cache
def _unread(model: type[Flow]) -> tuple[str, ...]:
    """Return the parameters of a driven model that only its impulses read."""
    read = parameters_read(model.rhs) if model.driven else None
    if read is None:
        return ()
    fields: tuple[str, ...] = model.Parameters._fields
    return tuple(name for name in fields if name not in read)


def flow_of(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with all that does not change its steady flow set to the defaults.

    Questions about the phase plane are asked of it, so that neither the start nor the
    length of the run, nor what drives it, asks them anew.
    """
    return snapshot.steady.without(run=True, start=True, parameters=_unread(snapshot.model))
