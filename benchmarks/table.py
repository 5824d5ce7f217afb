"""Markdown tables of what was measured beside what was aimed at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return float(np.median(values))


def p95(values: Sequence[float]) -> float:
    """Return the value that one in twenty exceeds."""
    return float(np.percentile(values, 95))


def digits(value: float) -> str:
    """Return a number with about three digits."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def verdict(value: float | None, most: float | None, least: float | None = None) -> str:
    """Return whether a target is met, as a word."""
    if value is None or (most is None and least is None):
        return ""
    return "yes" if (most is None or value <= most) and (least is None or value >= least) else "**no**"


def line(cells: Sequence[str]) -> str:
    """Return one line of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(map(line, [head, ["---"] * len(head), *rows]))
