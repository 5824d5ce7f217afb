"""Models that learn beside plain NumPy loops: `python -m benchmarks.learning`.

Everything runs on one thread, warm, and the least processor time of several runs is given: what else the machine does
only adds to it. Trust the ratios. Each `benchmarks/learning_*.py` has `rows()`, and runs alone too.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.table import digits, table, verdict

HEAD = ("warm, least of several, ms", "ncm_app", "target", "met", "plain NumPy loop", "times faster", "at least", "met")


class Row(NamedTuple):
    """What was timed, ms, and by how much the plain loop takes longer; None where there is no target, or no loop."""

    what: str
    ours: float
    target: float | None
    loop: float | None
    ratio: float | None


def cells(row: Row) -> list[str]:
    """Return a row of the table."""
    faster = None if row.loop is None else row.loop / row.ours
    shown = ["" if value is None else digits(value) for value in (row.target, row.loop, faster, row.ratio)]
    return [row.what, digits(row.ours), shown[0], verdict(row.ours, row.target), *shown[1:],
            verdict(faster, None, row.ratio)]


def show(rows: Sequence[Row]) -> None:
    """Print rows as a table."""
    print(table(HEAD, [cells(Row(*row)) for row in rows]))


def main() -> None:
    """Time all models that learn, and print the table."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("learning_*.py"))
    show([row for name in names for row in importlib.import_module(f"benchmarks.{name}").rows()])


if __name__ == "__main__":
    main()
