"""A raster of 20,000 spikes while its slider moves, in headless Chromium: `python -m benchmarks.raster`.

The page of the Poisson process stands beside one circle per spike in a DynamicMap
(raster_page.py), drawn from the same spikes. Times are noisy: trust the ratio.
"""

from __future__ import annotations

from benchmarks.browser import Watched, chromium
from benchmarks.servers import Served, panel_serve
from benchmarks.table import digits, median, p95, table, verdict
from ncm_app.core import catalogue
from ncm_app.numerics.spikes.trains import Trains
from ncm_app.session.plot_rules import rules_for
from ncm_app.studies.plots import run_or_perform
from tests.support.browser import VIEWPORT, find_chromium

TRIALS, RATE = 500, 40.0
"""Trials of one second and their rate (Hz): 20,000 spikes on average."""

WALK = [35.0 + 0.5 * k for k in range(20)]
BUDGET = 70.0
"""Milliseconds from a slider value to its painted frame, the median that every page aims at."""


def query() -> str:
    """Return the link to the page with that many spikes."""
    return f"model=poisson_process&r_0={RATE:g}&trials={TRIALS}&t_end=1000"


def spikes() -> int:
    """Return the number of spikes on the page."""
    model = catalogue.find("poisson_process")
    values = {**model.preset_values(""), "r_0": RATE, "trials": TRIALS, "t_end": 1000.0}
    trains: Trains = run_or_perform(model(**values).snapshot()).trains
    return len(trains.times)


def frames(watched: Watched, server: Served) -> list[float]:
    """Return the times from slider value to painted frame, ms."""
    watched.settle()
    server.wait_idle()
    watched.steps("r_0", [34.0, 46.0])
    return watched.steps("r_0", WALK)


def main() -> None:
    """Measure both pages and print the table."""
    if find_chromium() is None:
        raise SystemExit("no Chrome or Chromium found: install the chromium package")
    with (panel_serve("app.py") as server, panel_serve("benchmarks/raster_page.py") as other,
          chromium() as browser):
        context = browser.new_context(viewport=VIEWPORT)
        ours = Watched(context)
        ours.open(server.url("app", query()), len(rules_for(catalogue.find("poisson_process"))))
        mine = frames(ours, server)
        ours.close()
        circles = Watched(context)  # not before: a page behind another one is painted rarely
        circles.open(other.url("raster_page"), 1)
        theirs = frames(circles, other)
        circles.close()
        context.close()
    head = (f"raster of {spikes():,} spikes, slider r_0 to painted frame", "whole page", "target", "met",
            "raster of circles alone", "ratio")
    rows = [[name, f"{digits(reduce(mine))} ms", f"<= {BUDGET:g} ms" * (reduce is median),
             verdict(median(mine), BUDGET) if reduce is median else "", f"{digits(reduce(theirs))} ms",
             digits(reduce(theirs) / reduce(mine))] for name, reduce in (("median of 20", median), ("p95", p95))]
    print(table(head, rows))


if __name__ == "__main__":
    main()
