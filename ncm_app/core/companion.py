"""What a model states about another one that stands beside it on its page, at values that follow from its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pair:
    """A variable of a model and the state of its companion that stands for the same.

    `measure` and `curve` name the number that is measured and the mark that is drawn here; the course of `state`
    is drawn as `mark` over it.
    """

    state: str
    measure: str
    curve: str
    mark: str


@dataclass(frozen=True)
class Companion:
    """Another model, by its `slug`, that a page shows beside this one on choice, and what it is called there.

    Controls that are `shared` have the same value in both, whichever is moved; `values(p)` are those that follow
    from the parameters of this model. `pairs` are compared in words from `since(p)` on, ms, and drawn over each
    other in the plots named in `plots`, of which the first has the curves.
    """

    slug: str
    name: str
    shared: tuple[str, ...]
    values: Callable[[Any], Mapping[str, Any]]
    pairs: tuple[Pair, ...]
    plots: tuple[str, ...]
    since: Callable[[Any], float]
