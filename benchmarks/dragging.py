"""What a drag tells: how far the picture is behind the slider, and how it settles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.table import p95

SWEEP = [5.0 + 0.5 * k for k in range(180)]
"""Three seconds at 60 events a second, over nearly the whole range of tau_i (ms)."""


@dataclass(frozen=True)
class Drag:
    """Times in ms. A picture is `behind` by its age when it is painted.

    `stale` is how long ago the slider stood where the screen shows it, looked at in
    every animation frame, so the wait for the next picture counts too.
    """

    behind: list[float]
    stale: list[float]
    pictures_per_second: float
    events_per_second: float
    settles: float
    last_equals: bool
    paint: dict[str, float]


def evaluate(seen: dict[str, Any]) -> Drag:
    """Turn the record of a drag into numbers."""
    at = np.array([event["at"] for event in seen["events"]])
    value = np.array([event["value"] for event in seen["events"]])
    pictures = [(p["at"], _event(value, p["value"])) for p in seen["pictures"]]
    during = [(when, k) for when, k in pictures if k is not None and when <= at[-1]]
    shown = [(s["at"], _event(value, s["value"])) for s in seen["samples"]]
    last_at, last_event = pictures[-1] if pictures else (np.inf, None)
    count = {name: max(n, 1) for name, n in seen["paints"].items()}
    span = (at[-1] - at[0]) / 1000
    return Drag(behind=[when - at[k] for when, k in during],
                stale=[when - at[k] for when, k in shown if k is not None],
                pictures_per_second=len(during) / span, events_per_second=len(at) / span,
                settles=float(last_at - at[-1]), last_equals=last_event == len(at) - 1,
                paint={name: seen["paintTime"][name] / n for name, n in count.items()})


def _event(values: Any, shown: float | None) -> int | None:
    """Return the last event with the value that a picture shows."""
    if shown is None:
        return None
    found = np.flatnonzero(np.abs(values - shown) < 1e-4)
    return int(found[-1]) if len(found) else None


def summary(drags: list[Drag]) -> dict[str, float]:
    """Return the numbers of several drags of one page together."""
    behind = [x for d in drags for x in d.behind]
    stale = [x for d in drags for x in d.stale]
    return {"behind": p95(behind) if behind else float("inf"), "stale": p95(stale) if stale else float("inf"),
            "behind median": float(np.median(behind)) if behind else float("inf"),
            "pictures": float(np.median([d.pictures_per_second for d in drags])),
            "events": float(np.median([d.events_per_second for d in drags])),
            "settles": float(np.median([d.settles for d in drags])),
            "equal": float(all(d.last_equals for d in drags))}
