"""What every answer of the numerics has: it is frozen, read-only, says how it ended, and converts."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHORT = 6
"""Longest array that is printed number by number."""


class Status(Enum):
    """How a computation ended; the value is a sentence for the page."""

    OK = "complete"
    DIVERGED = "the solution blew up"
    STORM = "the cell fired without end"
    RUNAWAY = "the network fired above its cap"
    STEP_LIMIT = "the bound on the number of steps was reached"
    NOT_CONVERGED = "the iteration did not converge"
    LEFT_BOX = "the curve left the box of the model"
    PARAMETER_BOUND = "the parameter reached its bound"
    CLOSED = "the curve closed on itself"
    HOPF = "the cycle shrank to a Hopf point"
    DOUBLING = "the cycle became one of half the period"
    HOMOCLINIC = "the cycle met a saddle: a homoclinic orbit"
    SNIC = "the cycle met a saddle-node: a SNIC"
    PERIOD_LIMIT = "the period grew beyond its bound"
    TAKENS = "the Hopf curve met a saddle-node curve: a Bogdanov-Takens point"
    DEGENERATE = "the curve met a point where no single curve goes on"
    THRESHOLD = "the fixed point reached the threshold"
    KINK = "the curve met a kink of the right-hand side"


class Result:
    """Conversions that every result has; subclasses are frozen dataclasses."""

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        if "__repr__" not in vars(cls):  # before the decorator of dataclasses puts one that prints whole arrays
            cls.__repr__ = Result.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        told = [f"{f.name}={_short(getattr(self, f.name))}" for f in fields(self)  # type: ignore[arg-type]
                if not _as_declared(getattr(self, f.name), f.default)]
        return f"{type(self).__name__}({', '.join(told)})"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name; results within this one stay results."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def to_frame(self) -> Any:
        """Return a pandas DataFrame (pandas must be installed: pip install pandas).

        One row for each entry of the arrays that share a length; a row of numbers where there is
        none; the rows of its parts below each other, with their place, for a result made of results.
        Arrays (n, m) give n columns, counted from 1. Raises ImportError without pandas.
        """
        return _frame(self.columns())

    def columns(self) -> dict[str, Any]:
        """Return what `to_frame` shows, by name of the column: arrays of one length, or a list of results."""
        values = self.to_dict()
        lengths = [len(v) for v in values.values() if isinstance(v, np.ndarray) and v.ndim == 1]
        if not lengths:
            parts = [part for v in values.values() for part in (v if isinstance(v, tuple) else (v,))
                     if isinstance(part, Result)]
            return {"": parts} if parts else row_of(values)
        found: dict[str, Any] = {}
        for name, value in values.items():
            if isinstance(value, np.ndarray) and value.shape[-1:] == (lengths[0],):
                found |= {name: value} if value.ndim == 1 else {
                    f"{name}_{i}": line for i, line in enumerate(value, 1)} if value.ndim == 2 else {}
        return found

    def freeze_arrays(self) -> None:
        """Make every array field read-only; called by `__post_init__`."""
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray) and value.flags.writeable:
                copy = value.copy()
                copy.flags.writeable = False
                object.__setattr__(self, f.name, copy)

    def __post_init__(self) -> None:
        self.freeze_arrays()


def row_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as a single row: arrays (n,) and mappings give one column for each entry."""
    row: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Status):
            row[name] = [value.name]
        elif isinstance(value, dict):
            row |= {key: [entry] for key, entry in value.items()}
        elif isinstance(value, np.ndarray):
            row |= {f"{name}_{i}": [x] for i, x in enumerate(value, 1)} if value.ndim == 1 else {}
        elif value is None or isinstance(value, str | int | float | complex | np.generic):
            row[name] = [value]
    return row


def _frame(columns: dict[str, Any]) -> Any:
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("to_frame needs pandas, which is not installed: pip install pandas; "
                          "to_dict() gives the same numbers without it") from None
    parts = columns.get("")
    if parts is None:
        return pd.DataFrame(columns)
    frames = {(type(part).__name__, i): part.to_frame() for i, part in enumerate(parts)}
    return pd.concat(frames, names=["part", "number"]) if frames else pd.DataFrame()


def _as_declared(value: Any, default: Any) -> bool:
    """Tell whether a field says no more than its default does."""
    if isinstance(value, float) and isinstance(default, float):
        return value == default or bool(np.isnan(value) and np.isnan(default))
    if type(value) is not type(default) or isinstance(value, np.ndarray):
        return False
    if isinstance(value, tuple):
        return len(value) == len(default) and all(map(_as_declared, value, default))
    if is_dataclass(value):
        return all(_as_declared(getattr(value, f.name), getattr(default, f.name)) for f in fields(value))
    return bool(value == default)


def _short(value: Any) -> str:
    """Return a value as one line: short arrays with six digits, longer ones by their shape."""
    if isinstance(value, np.ndarray):
        if value.ndim == 1 and value.size <= SHORT:
            return f"[{', '.join(_short(x) for x in value)}]"
        return f"array {value.shape}"
    if isinstance(value, Status):
        return value.name
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, complex | np.complexfloating):
        return f"{value:.6g}" if value.imag else f"{value.real:.6g}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_short(entry)}' for key, entry in value.items())}}}"
    if is_dataclass(value) and not isinstance(value, type | Result):  # what a model keeps beside its numbers
        return f"<{type(value).__name__}>"
    if isinstance(value, tuple) and any(isinstance(part, Result | np.ndarray) for part in value):
        kinds = dict.fromkeys(type(part).__name__ for part in value)
        return f"<{len(value)} {' and '.join(kinds)}>"
    if isinstance(value, tuple):
        return f"({', '.join(map(_short, value))}{',' * (len(value) == 1)})"
    return repr(value)
