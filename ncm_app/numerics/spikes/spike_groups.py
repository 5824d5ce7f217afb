"""Which of the listed spikes can be told apart in a run, and how far each group of them moves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array


@dataclass(frozen=True)
class Volley:
    """Spikes of one `kind` (0 excitatory, 1 inhibitory) that begin at rest, and until when (ms) they act alone."""

    kind: int
    times: tuple[float, ...]
    until: float

    @property
    def name(self) -> str:
        """What the potential that it evokes is called."""
        called = ("EPSP", "IPSP")[self.kind]
        count = len(self.times)
        return called if count == 1 else f"paired {called}" if count == 2 else f"{called} of {count} spikes"


def volleys(trains: tuple[Array, ...], quiet: float, end: float, disturbed: bool) -> list[Volley]:
    """Return the groups of spikes whose effect can be told from all others.

    A group begins when no spike came for `quiet` ms, goes on with spikes of its kind, and ends with the
    first of another one, with the next group, or at `end`; `disturbed` says that the start is no rest.
    """
    events = sorted((float(s), kind) for kind, times in enumerate(trains) for s in times if s < end)
    found: list[Volley] = []
    last, pure = (0.0 if disturbed else -np.inf), False
    for s, kind in events:
        if s - last >= quiet:
            found, pure = [*found, Volley(kind, (s,), end)], True
        elif pure:
            pure = found[-1].kind == kind
            found[-1] = Volley(found[-1].kind, found[-1].times + (s,) * pure, end if pure else s)
        last = s
    ends = [volley.times[0] for volley in found[1:]] + [end]
    return [Volley(v.kind, v.times, min(v.until, until)) for v, until in zip(found, ends, strict=False)]


def deflection(t: Array, y: NDArray[np.float64], volley: Volley, sign: float) -> tuple[float, float]:
    """Return when, in ms after its last spike, and by how much a volley moves y (m,) furthest; NaN if cut off."""
    first, last = np.searchsorted(t, [volley.times[0], volley.until])
    inside = sign * y[first:last]
    k = int(np.argmax(inside)) if len(inside) else 0
    if not 0 < k < len(inside) - 1:
        return float("nan"), float("nan")
    return float(t[first + k] - volley.times[-1]), float(sign * inside[k])
