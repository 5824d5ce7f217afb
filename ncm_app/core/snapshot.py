"""A model at rest on the table: its class and values, frozen and hashable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Snapshot:
    """What a study is asked about: a model class and one value per control.

    `model` is a subclass of Model; `values` follow the order of `model.controls()`.
    Equal snapshots are equal questions, so they serve as keys of the cache; one with a file
    that a user has `opened` is its session's own and is never remembered.
    """

    model: Any
    values: tuple[Any, ...]
    opened: Any = field(default=None, repr=False)  # not for logs either

    @classmethod
    def of(cls, model: Any, values: Mapping[str, Any], opened: Any = None) -> Snapshot:
        """Build a snapshot from a value for every control."""
        return cls(model, tuple(values[name] for name in model.controls()), opened)

    @cached_property
    def values_by_name(self) -> dict[str, Any]:
        """Values by name."""
        return dict(zip(self.model.controls(), self.values, strict=True))

    def changed(self, **changes: Any) -> Snapshot:
        """Return a snapshot with some values replaced; names and bounds are checked."""
        return Snapshot.of(self.model, {**self.values_by_name, **self.model.clean(changes)}, self.opened)

    def without(self, *, run: bool = False, start: bool = False, parameters: Iterable[str] = ()) -> Snapshot:
        """Return a snapshot with what does not matter to a question at its defaults.

        Then moving it asks nothing new. `run` stands for the settings of the run, `start` for all start values
        that are nothing else. The answer is kept: every study of a frame asks for it.
        """
        asked = run, start, tuple(parameters)
        if asked not in self._reduced:
            self._reduced[asked] = self._without(*asked)
        return self._reduced[asked]

    @cached_property
    def _reduced(self) -> dict[tuple[bool, bool, tuple[str, ...]], Snapshot]:
        return {}

    def _without(self, run: bool, start: bool, parameters: tuple[str, ...]) -> Snapshot:
        starts = [state.start_control for state in self.model.states if not state.start_at]
        names = (*(self.model.run_settings if run else ()), *(starts if start else ()), *parameters)
        return self.changed(**{name: self.model.control(name).default for name in names})

    @cached_property
    def p(self) -> Any:
        """Plain numbers for right-hand sides, without the settings of the run."""
        controls = self.model.controls()
        fields: tuple[str, ...] = self.model.Parameters._fields
        return self.model.Parameters(*(controls[n].encode(self.values_by_name[n]) for n in fields))

    @cached_property
    def steady(self) -> Snapshot:
        """The snapshot under which the right-hand side does not depend on time."""
        stated = getattr(self.model, "steady", {})
        now = self.values_by_name
        steady = {name: value.get(now[name], now[name]) if isinstance(value, Mapping) else value
                  for name, value in stated.items()}
        return self.changed(**steady) if steady else self

    @property
    def delayed(self) -> bool:
        """Whether the run hears its states late."""
        name = getattr(self.model, "delay", "")
        return bool(name) and float(self.values_by_name[name]) > 0.0

    @property
    def start(self) -> tuple[float, ...]:
        """State at t = 0."""
        return tuple(float(self.values_by_name[s.start_control]) for s in self.model.states)

    @property
    def t_end(self) -> float:
        """Duration of the run, ms."""
        return float(self.values_by_name["t_end"])

    @property
    def dt(self) -> float:
        """Time step, ms."""
        return float(self.values_by_name["dt"])

    @property
    def method(self) -> str:
        """Name of the integration method."""
        return str(self.values_by_name["method"])
