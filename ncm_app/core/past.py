"""A control that says under which values of its rule a model learned before its present ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ncm_app.core.written import Written

MOST_CHANGES = 50
"""Longest list: a link holds no more."""
_CHANGE = re.compile(r"\s*(\d{1,9})\s*:\s*(\w+)\s*=(.*)", re.ASCII)

Change = tuple[int, str, Any]
"""Until which step which control of the rule had which value."""


class Past(Written):
    """Sorted changes (until_step, name, value); text such as "200:eps=0.1;500:eps=0.05" is read too.

    The names are those of the class that owns the control: its `rule`.
    """

    __slots__ = ()

    @property
    def longest(self) -> int:
        """Room for the longest list of the longest changes."""
        return 60 * MOST_CHANGES

    def clean(self, value: Any) -> tuple[Change, ...]:
        """Return the changes sorted, or raise a ValueError that says what is wrong with which of them."""
        parts = [part for part in value.split(";") if part.strip()] if isinstance(value, str) else value
        if not isinstance(parts, Iterable) or isinstance(parts, bytes | bytearray | Mapping):
            raise ValueError(f"{self.name} must be a list of changes such as 200:eps=0.1, not {value!r}")
        found: dict[tuple[int, str], Any] = {}
        for part in parts:
            until, name, was = self._change(part)
            if (until, name) in found:
                raise ValueError(f"{self.name} has two values of {name} until step {until}")
            found[until, name] = was
        if len(found) > MOST_CHANGES:
            raise ValueError(f"{self.name} may hold {MOST_CHANGES} changes at most, not {len(found)}")
        return tuple((*place, found[place]) for place in sorted(found))

    def _change(self, part: Any) -> Change:
        read = _CHANGE.fullmatch(part) if isinstance(part, str) else None
        given: Any = read.groups() if read else part
        if isinstance(given, str) or not isinstance(given, Iterable) or len(given := tuple(given)) != 3:
            raise ValueError(f"{self.name} must hold changes such as 200:eps=0.1, not {part!r}")
        until, name, value = given
        if name not in self.owner.rule:
            raise ValueError(f"{self.name} may name {', '.join(self.owner.rule)}, not {name!r}")
        if isinstance(until, bool) or not 0 < int(until) < 10**9:
            raise ValueError(f"{self.name} counts steps from 1 on, not {until!r}")
        return int(until), str(name), self.owner.control(name).clean(value)

    def text(self, value: Iterable[Change]) -> str:
        """Return the changes as they are written in links."""
        return ";".join(f"{until}:{name}={self._written(name, was)}" for until, name, was in value)

    def _written(self, name: str, value: Any) -> str:
        control = self.owner.control(name)
        if isinstance(control, Written):
            return control.text(value)
        return value if isinstance(value, str) else f"{value:.12g}"
