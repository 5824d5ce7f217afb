"""Bifurcation diagrams beside their references: `python -m benchmarks.bifurcations`.

Every label that is computed must have a reference, and every reference a label; the
process ends with an error otherwise. Times are the least of a few repeats, in this run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.continuation_speed import speed_table
from benchmarks.reference_rows import CYCLE, EXACT, Case, Event, closed_forms, numeric_rows
from benchmarks.table import digits, table
from benchmarks.two_parameter_rows import TwoCase, match_points, two_cases
from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.branches.two_parameter import two_parameter_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.results import SpecialPoint

FAIL = "**FAIL**"
HEAD = ("system", "label", "quantity", "computed", "reference", "relative error", "time", "verdict")


def timed(work: Callable[[], Any], repeats: int = 3) -> tuple[Any, float]:
    """Return an answer and the least time in ms, after one unmeasured run."""
    answer, times = work(), []
    for _ in range(repeats):
        start = time.perf_counter()
        answer = work()
        times.append(1000.0 * (time.perf_counter() - start))
    return answer, min(times)


def check_case(case: Case) -> list[list[str]]:
    """Compute a case and return its lines of the table."""
    question = case.system, case.p, case.field, case.low, case.high
    diagram, spent = timed(lambda: bifurcation_diagram(*question))
    rows = match(case, case.events, diagram.points)
    rows[0][6] = f"{digits(spent)} ms"
    if case.cycles is not None:
        branches, spent = timed(lambda: cycle_branches(*question, diagram), 1)
        more = match(case, case.cycles, [point for branch in branches for point in branch.points])
        if more:
            more[0][6] = f"{digits(spent)} ms (cycles)"
        rows += more
    return rows


def match(case: Case, events: Sequence[Event], points: Sequence[SpecialPoint]) -> list[list[str]]:
    """Return a line per reference, missing label and label too many."""
    left, rows = list(points), []
    for event in events:
        near = sorted((p for p in left if p.code == event.code),
                      key=lambda p: abs(p.parameters[case.field] - event.value))
        if not near:
            rows.append([case.name, event.code, case.field, "none", f"{event.value:.9g}", "", "", FAIL])
            continue
        left = [point for point in left if point is not near[0]]
        rows += compare(case, event, near[0])
    return rows + [describe_extra(case, point) for point in left]


def compare(case: Case, event: Event, point: SpecialPoint) -> Iterator[list[str]]:
    """Yield the lines of one label: its parameter, and what else is known of it."""
    found = {case.field: point.parameters[case.field], "T": point.period, "l1": np.sign(point.lyapunov),
             **dict(zip(case.system.names, point.state, strict=True))}
    for name, wanted in ((case.field, event.value), *event.more.items()):
        allowed = CYCLE if name == "T" and event.code != "H" else event.tolerance
        size = abs(wanted) or case.high - case.low
        error = abs(float(found[name]) - wanted) / size
        if event.code == "LPC" and name in case.system.names:
            allowed = 1e-3  # the highest node of a cycle, not its highest point
        yield [case.name, event.code, name, f"{float(found[name]):.9g}", f"{wanted:.9g}", f"{error:.1e}", "",
               "ok" if error <= allowed else FAIL]


def describe_extra(case: Case, point: SpecialPoint) -> list[str]:
    """Return the line of a label without reference; only a true neutral saddle may be there."""
    where = f"{point.parameters[case.field]:.9g}"
    values = point.eigenvalues
    real = values.real[np.abs(values.imag) < EXACT * np.max(np.abs(values))]
    sums = np.abs(real[:, None] + real[None, :]) / np.max(np.abs(values))
    neutral = point.code == "NS" and len(real) > 1 and float(np.min(sums[~np.eye(len(real), dtype=bool)])) < EXACT
    return [case.name, point.code, case.field, where, "real eigenvalues, sum 0: no bifurcation" if neutral else "none",
            "", "", "ok" if neutral else FAIL]


def check_two(case: TwoCase) -> list[list[str]]:
    """Follow the curves of a case over two parameters and return the lines of its points."""
    loci, spent = timed(lambda: two_parameter_diagram(case.system, case.p, case.fields, case.ranges), 1)
    rows = match_points(case, loci)
    rows[0][6] = f"{digits(spent)} ms"
    return [row if row[-1] == "ok" else [*row[:-1], f"{FAIL} {row[-1]}"] for row in rows]


def main() -> None:
    """Print both tables; end with an error if a line fails."""
    rows = [row for case in (*closed_forms(), *numeric_rows()) for row in check_case(case)]
    rows += [row for case in two_cases() for row in check_two(case)]
    print(table(HEAD, rows))
    failed = sum(row[-1].startswith(FAIL) for row in rows)
    print(f"\n{len(rows)} lines, {failed} failed (allowed: {EXACT:g} for LP, H, BP; "
          f"{CYCLE:g} for cycles and CP, BT, GH).\n")
    print(speed_table())
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
