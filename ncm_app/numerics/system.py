"""What the numerics are told of a model, and how a long computation is watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Edges(Protocol):
    """Times (m,) and (k,), ms, at which slopes jump, and near which they change smoothly but fast.

    `longest_step` is what a wave of the input allows a step at most, `known_until` the time up to which
    all jumps are listed; both are inf where there is no reason for less.
    """

    @property
    def jumps(self) -> NDArray[np.float64]:
        """Times at which slopes jump."""

    @property
    def stops(self) -> NDArray[np.float64]:
        """Times at which an adaptive run has to stop and start anew."""

    @property
    def longest_step(self) -> float:
        """Longest step, ms."""

    @property
    def known_until(self) -> float:
        """Time up to which all jumps are listed, ms."""


@dataclass(frozen=True)
class System:
    """A right-hand side with the sizes of things; hashable, one per model.

    `rhs(t, y, p)` returns a tuple of `size` derivatives and broadcasts over arrays;
    `spans` and `box` hold one (low, high) per state: the scale of a state, and the
    range in which fixed points are sought; `threshold(p)` and `reset(y, p)` are None
    for smooth systems; `impulses(t, p)` (n, m) is what kicks the states in each step, None
    for undriven ones; `delay` names the parameter (ms) by which a run hears the states late, but
    for what `rhs` is with the values `at_once` of others, "" where nothing is late; `owner`
    ("module:Class") lets compiled code be cached on disk.
    """

    rhs: Callable[..., Any]
    names: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    box: tuple[tuple[float, float], ...]
    threshold: Callable[..., Any] | None = None
    reset: Callable[..., Any] | None = None
    impulses: Callable[..., Any] | None = None
    edges: Callable[..., Edges] | None = None
    delay: str = ""
    at_once: tuple[tuple[str, float], ...] = ()
    owner: str = ""

    @classmethod
    def of(cls, model: Any, edges: Callable[..., Edges] | None = None) -> System:
        """Return the system of a class that states `states`, `rhs` and what else a flow has."""
        return cls(
            rhs=model.rhs,
            names=tuple(state.name for state in model.states),
            spans=tuple(state.span for state in model.states),
            box=tuple(state.limits for state in model.states),
            threshold=getattr(model, "threshold", None),
            reset=getattr(model, "reset", None),
            impulses=model.impulses if model.driven else None,
            edges=edges,
            delay=model.delay,
            at_once=tuple(model.at_once.items()),
            owner=f"{model.__module__}:{model.__qualname__}",
        )

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.names)


class Cancelled(Exception):
    """Raised inside a computation whose answer nobody waits for any more."""


@dataclass(frozen=True)
class Partial:
    """An answer as far as it is computed: of the kind of the whole one, and exact in what it holds.

    `words` say how far that is; `question` whose answer it is, which the memory of studies fills in.
    """

    answer: Any
    words: str = ""
    question: Any = None


class Progress:
    """Passed to long computations: they report a fraction and learn of a cancel.

    This one never cancels and wants no partial answers; the pages pass their own.
    """

    @property
    def wants_partial(self) -> bool:
        """Whether a partial answer would be looked at now: one that costs something is made only then."""
        return False

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        """Tell how much is done (0 to 1), with a partial answer if there is one."""

    def hurry(self) -> None:
        """Let what is computed not give way to frames for a moment: a frame waits for it."""


SILENT = Progress()


class PartProgress(Progress):
    """Makes the partial answers of a part, to which the whole adds something, partial answers of the whole."""

    def __init__(self, whole: Progress, made: Callable[[Any], Any]) -> None:
        self.whole, self.made = whole, made

    @property
    def wants_partial(self) -> bool:
        """Whether the whole wants one."""
        return self.whole.wants_partial

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        """Pass on what there is, as it is in the whole."""
        self.whole.report(fraction, None if partial is None else replace(partial, answer=self.made(partial.answer)))

    def hurry(self) -> None:
        """Pass on that a frame waits."""
        self.whole.hurry()


class SubProgress(Progress):
    """Lets a part of a computation notice a cancel without moving the fraction that is shown."""

    def __init__(self, whole: Progress) -> None:
        self.whole, self.done = whole, 0.0

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        """Pass on a sign of life, with the fraction that was done before this part.

        What the part has so far is no partial answer of the whole, so it is kept back.
        """
        self.whole.report(self.done)

    def finish(self, fraction: float, partial: Partial | None) -> None:
        """Tell that a part is done, and how much of the whole that makes."""
        self.done = fraction
        self.whole.report(fraction, partial)

    def hurry(self) -> None:
        """Pass on that a frame waits."""
        self.whole.hurry()
