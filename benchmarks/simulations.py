"""The computations behind the pages, beside plain loops: `python -m benchmarks.simulations`.

Each is measured warm (compiled code is loaded), with the memory of the studies emptied
before every repeat. Times are noisy: trust the ratios.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import book_loops
from benchmarks.table import digits, median, table, verdict
from benchmarks.timing import times_of
from ncm_app.core import catalogue
from ncm_app.core.snapshot import Snapshot
from ncm_app.studies.rates import CURRENTS, rate_curve
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria, phase_portrait
from ncm_app.studies.warm import warm_model


@dataclass(frozen=True)
class Case:
    """A question, how the project answers it, how the book's loop does, and the aim in ms.

    `agree` says in words how well the two answers agree.
    """

    name: str
    ours: Callable[[], Any]
    book: Callable[[], Any]
    target: float
    agree: Callable[[Any, Any], str]


def snapshot(slug: str, preset: str, **changes: Any) -> Snapshot:
    """Return a model at rest under a preset, with its steppers compiled."""
    model: Any = catalogue.find(slug)
    warm_model(model)
    found: Snapshot = model(**{**model.preset_values(preset), **changes}).snapshot()
    return found


def trace_case() -> Case:
    """One second of the EIF cell, Euler at 0.1 ms: Fig 1.2 of the book."""
    fig = snapshot("eif", "Fig 1.2")

    def agree(run: Any, book: Any) -> str:
        ours, theirs = (", ".join(f"{t:.1f}" for t in times) for times in (run.spikes, book[1]))
        return f"spikes at {ours} ms, loop {theirs}"

    return Case("EIF trace of 1 s (10,000 Euler steps)", lambda: simulate(fig),
                lambda: book_loops.eif_trace(fig.p, fig.start[0], fig.t_end, fig.dt), 1.0, agree)


def curve_cases() -> tuple[Case, Case]:
    """The f-I curve, by quadrature and by stepping; the loop counts spikes in 1 s runs.

    The second is the one on the page, with more values where firing begins.
    """
    fig = snapshot("eif", "Fig 1.2")
    currents = np.linspace(*catalogue.find("eif").control("I_0").bounds, CURRENTS)  # type: ignore[attr-defined]

    def book() -> Any:
        return book_loops.eif_rates(fig.p, currents, 1000.0, fig.dt)

    def agree(curve: Any, book: Any) -> str:
        most = np.max(np.abs(curve.stepped[np.searchsorted(curve.values, currents)] - book))
        return f"stepped rates differ by up to {most:.2f} Hz (the loop counts whole spikes)"

    return (Case(f"f-I curve of {CURRENTS} currents, exact and stepped",
                 lambda: rate_curve(fig, tuple(map(float, currents))), book, 5.0, agree),
            Case("the same with its onset sought, as on the page", lambda: rate_curve(fig), book, 5.0, agree))


def portrait_case() -> Case:
    """Fixed points with eigenvalues, field and nullclines of the rate network."""
    fig = snapshot("ei_rate_network", "Fig 3.4 A,B")
    high = tuple(s.span[1] for s in fig.model.states)  # type: ignore[attr-defined]

    def ours() -> Any:
        return equilibria(fig), phase_portrait(fig)

    def agree(answer: Any, book: Any) -> str:
        point = answer[0].points[0]
        return (f"fixed points differ by {np.max(np.abs(np.asarray(point.state) - book[0])):.1e} kHz, "
                f"eigenvalues by {np.max(np.abs(np.sort_complex(point.eigenvalues) - np.sort_complex(book[1]))):.1e}")

    return Case("equilibria + eigenvalues + nullclines of the E-I network", ours,
                lambda: book_loops.network_portrait(fig.p, high, 100), 5.0, agree)


def row(case: Case) -> list[str]:
    """Measure a case and return its line of the table."""
    ours, book = median(times_of(case.ours, 101)), median(times_of(case.book, 5))
    return [case.name, f"{digits(ours)} ms", f"<= {digits(case.target)} ms", verdict(ours, case.target),
            f"{digits(book)} ms", digits(book / ours), case.agree(case.ours(), case.book())]


def main() -> None:
    """Measure all cases and print the table."""
    cases = (trace_case(), *curve_cases(), portrait_case())
    head = ("median, warm, nothing remembered", "ncm_app", "target", "met", "plain NumPy loop", "times faster",
            "agreement")
    print(table(head, [row(case) for case in cases]))


if __name__ == "__main__":
    main()
