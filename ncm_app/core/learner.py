"""The kind of models that learn: a task, a rule, and steps that can be paused, taught otherwise and gone on with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

from ncm_app.core.model import Experiment
from ncm_app.core.past import MOST_CHANGES, Change
from ncm_app.core.quantity import Count

TO_THE_END = 10_000_000
"""The value of `steps` that means: until the run is over."""

OF_THE_RUN = ("steps", "past")
"""Controls that say how far it has learned, and how: they have no sliders."""


class LearnerState(Protocol):
    """What has been learned after `step` steps; `failed` says which bound stopped it, "" if none did."""

    @property
    def step(self) -> int:
        """How many steps were made."""

    @property
    def failed(self) -> str:
        """The sentence on the bound that was crossed."""


class Learner(Experiment):
    """A model that learns step by step: what it answers follows from its controls, its data and its steps alone.

    A model states `rule`, the controls that act from the next step on (where the run is over, and for all other
    controls, it starts anew); `verb` and `counted`, what a page calls learning and its steps, and `stride`, how many of
    them the button Step makes; `own_data(p)`, from what it learns where no file is open; `last_step(p)`, after how many
    steps the run is over; `begin(p, data)`, its state at step 0; `advance(state, p, data, n)`, a new state n >= 1 steps
    later under the rule in `p`, the old one unchanged, so that k steps and m steps give exactly what k + m steps give;
    and `look(state, p, data)`, the answer that `plots`, `measure` and `tell` read. A state is a frozen dataclass
    (eq=False) with `step` and `failed`: one that failed has stopped there, and says which bound was crossed. The answer
    has `step`, `failed` and `duration`, where axes over steps end: plots over steps are `over_time`.
    """

    rule: ClassVar[tuple[str, ...]] = ()
    counted: ClassVar[str] = "steps"
    stride: ClassVar[int] = 1
    verb: ClassVar[str] = "Learn"

    steps = Count(TO_THE_END, bounds=(0, TO_THE_END), group="run", doc="how far it has learned")

    @staticmethod
    def own_data(p: Any) -> Any:
        """Return what it learns from where no file is open."""
        return None

    @staticmethod
    def last_step(p: Any) -> int:
        """Return after how many steps the run is over."""
        raise NotImplementedError

    @staticmethod
    def begin(p: Any, data: Any) -> Any:
        """Return the state before the first step."""
        raise NotImplementedError

    @staticmethod
    def advance(state: Any, p: Any, data: Any, n: int) -> Any:
        """Return the state `n` steps later, or fewer if it failed."""
        raise NotImplementedError

    @staticmethod
    def look(state: Any, p: Any, data: Any) -> Any:
        """Return the answer in a state."""
        raise NotImplementedError

    @staticmethod
    def progress_words(step: int, p: Any) -> str:
        """Return how a page writes a step, without what it counts."""
        return f"{step}"

    @classmethod
    def perform(cls, p: Any, progress: Any) -> Any:
        """Return the answer after all steps, in one go."""
        data = cls.own_data(p)
        state = cls.begin(p, data)
        for until, under in legs(cls, p):
            while state.step < until and not state.failed:
                state = cls.advance(state, under, data, min(until - state.step, 1000))
                progress.report(state.step / until)
        return cls.look(state, p, data)

    @classmethod
    def reached(cls, p: Any) -> int:
        """Return how many steps a page asks for: no more than there are."""
        return min(int(p.steps), cls.last_step(p))


def legs(model: type[Learner], p: Any) -> Iterator[tuple[int, Any]]:
    """Yield up to which step which parameters hold, with the rule of that time, until the last step asked for."""
    end = model.reached(p)
    for until in sorted({end, *(until for until, _, _ in p.past if until < end)}):
        yield until, p._replace(**rule_until(model, p, until))


def rule_until(model: type[Learner], p: Any, until: int) -> dict[str, Any]:
    """Return the values (as parameters) of the rule that held just before a step."""
    found = {name: getattr(p, name) for name in model.rule}
    for held_until, name, value in reversed(p.past):
        if held_until >= until:
            found[name] = model.control(name).encode(value)
    return found


def moved(model: type[Learner], values: Mapping[str, Any], reached: int, last: int, name: str) -> dict[str, Any]:
    """Return what changes beside a control that a user moves: the past, and where it must begin anew.

    `values` are those before the move, `reached` is how many of at most `last` steps are done.
    """
    if name in model.only_drawn:
        return {}
    if name not in model.rule or reached >= last:
        return {"past": ()}
    if reached == 0:
        return {}
    past: list[Change] = [change for change in values["past"] if change[0] <= reached]
    dropped = [change for change in values["past"] if change[0] > reached and change[1] == name]
    held = dropped[0][2] if dropped else values[name]
    others = [change for change in values["past"] if change[0] > reached and change[1] != name]
    if not any(change[:2] == (reached, name) for change in past):
        past.append((reached, name, held))
    if len(past) + len(others) > MOST_CHANGES:
        raise ValueError(f"It has learned under {MOST_CHANGES} changes of its rule: start anew to change it again")
    return {"past": tuple(sorted([*past, *others], key=lambda change: change[:2]))}
