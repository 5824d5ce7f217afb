"""Noisy spiking cells and rasters, beside plain loops: `python -m benchmarks.spiking`.

Each is measured warm, with the memory of the studies emptied before every repeat. The
loops draw random numbers of their own, so the answers agree in law only; where a loop can
be given the same input, it is. Times are noisy: trust the ratios.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import book_loops
from benchmarks.simulations import Case, row, snapshot
from benchmarks.table import table
from ncm_app.core.snapshot import Snapshot
from ncm_app.models.synapses.eif_poisson import EIFPoisson
from ncm_app.numerics.spikes.poisson import Rate, poisson_trains
from ncm_app.numerics.spikes.threshold_linear import fit_threshold_linear
from ncm_app.studies.plots import drawn_columns
from ncm_app.studies.simulate import simulate
from ncm_app.views.rasters import ticks

RATES = np.arange(3.0, 12.0)
PLOTS = {stated.name: k for k, stated in enumerate(EIFPoisson.plots)}


def figure(preset: str, **changes: Any) -> Snapshot:
    """Return the noisy cell under a preset."""
    return snapshot("eif_poisson", preset, **changes)


def run_case() -> Case:
    """One second of Fig 2.5: input spikes with their cells, currents, potential."""
    fig = figure("Fig 2.5", t_end=1000.0)

    def ours() -> Any:
        return simulate(fig), drawn_columns(fig, PLOTS["inputs"])

    def agree(answer: Any, book: Any) -> str:
        run = answer[0]
        _, jumps_e, jumps_i = EIFPoisson.impulses(run.t, fig.p)
        same = np.array(book_loops.noisy_eif(fig.p, jumps_e, jumps_i, fig.dt)[1])
        found = len(same) == len(run.spikes) and np.allclose(same, run.spikes)
        return f"{len(run.spikes)} spikes, {'the same' if found else 'others'} as the loop on the same input"

    return Case("EIF with 200 + 50 Poisson synapses, 1 s, with raster", ours,
                lambda: book_loops.noisy_run(fig.p, fig.p.r_e, 1000.0, fig.dt, np.random.default_rng(1)), 2.0, agree)


def curve_case() -> Case:
    """The f-I curve of Fig 2.6 C with its fit, and the exact one without noise."""
    fig = figure("Fig 2.5")
    means = fig.p.K_e * fig.p.j_e * RATES / 1000 + fig.p.K_i * fig.p.j_i * fig.p.r_i / 1000

    def book() -> Any:
        rng = np.random.default_rng(1)
        return np.array([len(book_loops.noisy_run(fig.p, rate, 5000.0, 0.1, rng)) / 5.0 for rate in RATES])

    def agree(answer: Any, rates: Any) -> str:
        pairs = (fit_threshold_linear(*answer["runs"]), fit_threshold_linear(means, rates))
        return "; loop ".join(f"g = {fit.g:.2f} Hz/mV, theta = {fit.theta:.2f} mV" for fit in pairs)

    return Case("noisy f-I curve, 9 rates x 5 s, with fit and exact curve",
                lambda: drawn_columns(fig, PLOTS["rate_curve"]),
                book, 5.0, agree)


def averages_case() -> Case:
    """Exercise 2.3.1: the mean of I_e over 400 trials of 100 ms, and over 40 s."""
    fig = figure("Ex 2.3.1")
    p, steps = fig.p, 400_000

    def book() -> Any:
        drawn = np.random.default_rng(1).poisson(p.K_e * p.r_e / 1000 * 0.1, steps) * p.j_e / p.tau_e
        trials = [book_loops.synaptic_current(part, p.tau_e, 0.1)[-1] for part in drawn.reshape(400, -1)]
        return np.mean(trials), np.mean(book_loops.synaptic_current(drawn, p.tau_e, 0.1)[250:])

    def agree(answer: Any, means: Any) -> str:
        errors = [f"{answer[name][1][-1]:+.1f}" for name in ("trials", "time")]
        theirs = [f"{100 * (mean / 25.6 - 1):+.1f}" for mean in means]
        return f"errors {' and '.join(errors)} %, loop {' and '.join(theirs)} %"

    return Case("mean of I_e over 400 trials and over 40 s", lambda: drawn_columns(fig, PLOTS["averages"]),
                book, 5.0, agree)


def variation_case() -> Case:
    """Exercise 2.3.3: CV over mean input; the loop does one of its eight points."""
    fig = figure("Fig 2.5")

    def book() -> Any:
        gaps = np.diff(book_loops.noisy_run(fig.p, fig.p.r_e, 20_000.0, 0.1, np.random.default_rng(1)))
        return np.std(gaps) / np.mean(gaps)

    def agree(answer: Any, one: Any) -> str:
        return f"CV {answer['runs'][1][2]:.2f} at 13.6 mV, loop {one:.2f}"

    return Case("CV over 8 mean inputs x 20 s (the loop: one of the 8)",
                lambda: drawn_columns(fig, PLOTS["irregularity"]),
                book, 10.0, agree)


def trials_case() -> Case:
    """Fig 2.4: a hundred trials of a second at 15 Hz."""
    rate = Rate(np.array([0.0, 1000.0]), np.array([0.015]))

    def book() -> Any:
        return np.nonzero(book_loops.poisson_raster(100, 0.015, 10_000, 0.1, np.random.default_rng(1)))[1]

    def agree(trains: Any, times: Any) -> str:
        return f"{len(trains.times)} spikes, loop {len(times)}, expected 1500 +- 39"

    return Case("100 Poisson trials of 1 s at 15 Hz", lambda: poisson_trains(rate, 100, 1), book, 10.0, agree)


def raster_case() -> Case:
    """A raster of 20,000 spikes as a line of ticks, as small pictures have it."""
    rng = np.random.default_rng(1)
    times, rows = rng.uniform(0.0, 1000.0, 20_000), rng.integers(0, 250, 20_000)

    def agree(ours: Any, book: Any) -> str:
        same = all(np.allclose(a, b, equal_nan=True) for a, b in zip(ours, book, strict=True))
        return f"{len(ours[0])} points, {'the same' if same else 'others'}"

    return Case("ticks of a raster of 20,000 spikes", lambda: ticks(times, rows),
                lambda: book_loops.raster_lines(times, rows), 2.0, agree)


def main() -> None:
    """Measure all cases and print the table."""
    head = ("median, warm, nothing remembered", "ncm_app", "target", "met", "plain NumPy loop", "times faster",
            "agreement")
    cases = (run_case(), curve_case(), variation_case(), averages_case(), trials_case(), raster_case())
    print(table(head, [row(case) for case in cases]))


if __name__ == "__main__":
    main()
