"""Controls whose value is written as text in fields and links: lists, drawings, and what else is no number."""

from __future__ import annotations

from typing import Any

import param

from ncm_app.core.quantity import _DEFAULTS, _SLOTS, Stated


class Written(Stated, param.Parameter):
    """A control whose value is a tuple, which `clean` reads from text as well, and `text` writes.

    Implement these: `clean(value)`, the value or a ValueError that says what is wrong; `encode(value)`, what
    right-hand sides see; `text(value)`, what fields and links hold, of `longest` characters at most.
    """

    __slots__ = _SLOTS
    _slot_defaults = {**param.Parameter._slot_defaults, **_DEFAULTS}

    @property
    def longest(self) -> int:
        """Most characters of its text in a link."""
        return 1000

    def clean(self, value: Any) -> Any:
        """Return the value, or raise a ValueError."""
        raise NotImplementedError

    def encode(self, value: Any) -> Any:
        """Return what right-hand sides see."""
        return value

    def text(self, value: Any) -> str:
        """Return the value as it is written."""
        raise NotImplementedError

    def told(self, value: Any) -> str:
        """Return the value as a table of parameters tells it."""
        return self.text(value) or "none"

    def code(self, value: Any) -> str:
        """Return the value as Python code."""
        return repr(value)


def code_of(control: Any, value: Any) -> str:
    """Return a value of any control as Python code."""
    return control.code(value) if isinstance(control, Written) else repr(value)
