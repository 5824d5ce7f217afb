"""From slider to pixels, measured in headless Chromium: `python -m benchmarks.latency`.

The page of the rate network stands beside the same page written with one DynamicMap
per plot (dynamic_page.py) and beside empty pages. Times are noisy: trust the ratios.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import measures
from benchmarks.browser import chromium
from benchmarks.dragging import SWEEP
from benchmarks.measures import Live
from benchmarks.servers import Served, panel_serve
from benchmarks.table import digits, line, table, verdict
from tests.support.browser import VIEWPORT, find_chromium
from tests.support.serving import serve_here

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUERY = "model=ei_rate_network"
COMPARED = tuple(f"benchmarks/{name}_page.py" for name in ("dynamic", "empty", "plain"))


@dataclass(frozen=True)
class Row:
    """One line of the table: a target is "at most" unless `least`."""

    what: str
    value: float
    unit: str = "ms"
    target: float | None = None
    beside: float | None = None
    least: bool = False

    def cells(self) -> list[str]:
        """Return the line's cells; the ratio is the comparison's value to ours."""
        sign = ">=" if self.least else "<="
        aim = "" if self.target is None else f"{sign} {digits(self.target)} {self.unit}".rstrip()
        met = verdict(self.value, None if self.least else self.target, self.target if self.least else None)
        beside = "" if self.beside is None else f"{digits(self.beside)} {self.unit}".rstrip()
        ratio = "" if self.beside is None or self.value == 0 else f"{digits(self.beside / self.value)}"
        return [self.what, f"{digits(self.value)} {self.unit}".rstrip(), aim, met, beside, ratio]


def say(what: str) -> None:
    """Tell what is being measured."""
    print(f"measuring: {what} ...", file=sys.stderr, flush=True)


def slider_rows(ours: Live, theirs: Live) -> list[Row]:
    """Latency, traffic and dragging of the page beside the DynamicMap page."""
    a, b = ours.drag, theirs.drag
    return [
        Row("slider tau_i to painted frame, median of 40", ours.median, target=70, beside=theirs.median),
        Row("times faster than one DynamicMap per plot", theirs.median / ours.median, "", 3.5, least=True),
        Row("the same, p95", ours.p95, beside=theirs.p95),
        Row("slider w_ee (the diagram is computed anew), median of 40", measures.median(ours.other_frames),
            beside=measures.median(theirs.other_frames)),
        Row("drag: picture behind the slider when painted, p95", a["behind"], target=120, beside=b["behind"]),
        Row("drag: the same, median", a["behind median"], beside=b["behind median"]),
        Row("drag: picture behind in any animation frame, p95", a["stale"], beside=b["stale"]),
        Row("drag: pictures per second", a["pictures"], "/s", beside=b["pictures"]),
        Row(f"drag: slider events per second (60 asked, {len(SWEEP)} values)", a["events"], "/s", beside=b["events"]),
        Row("drag: settles after the last event, median", a["settles"], target=150, beside=b["settles"]),
        Row("drag: last picture is the last slider value (1 = always)", a["equal"], "", 1, b["equal"], least=True),
        Row("websocket per update, both ways", ours.kilobytes, "kB", 60, theirs.kilobytes),
        Row("server processor time per update, single changes", ours.cpu, target=15, beside=theirs.cpu),
        Row("server processor time per picture while dragging", ours.drag_cpu, beside=theirs.drag_cpu),
    ]


def other_rows(browser: Browser, app: Served, twin: Served, compared: Served) -> list[Row]:
    """A second user, first plots, heap."""
    url = app.url("app", QUERY)
    say("a second user")
    alone, beside = measures.second_user(browser, app, url, url)
    control_alone, control = measures.second_user(browser, app, url, twin.url("app", QUERY))
    say("fresh loads")
    pages = {"ours": (url, 5), "empty": (compared.url("empty_page"), 1), "plain": (compared.url("plain_page"), 1),
             "dynamic": (compared.url("dynamic_page"), 5)}
    warm = measures.first_plots(browser, pages, 5, warm=True)
    cold = measures.first_plots(browser, pages, 3, warm=False)
    context = browser.new_context(viewport=VIEWPORT)
    grown = measures.heap_growth(context, url)
    context.close()
    return [
        Row("second user: median while the first drags / alone", beside / alone, "", 1.3),
        Row("  its median alone", alone),
        Row("  control: the first drags on another server (browsers share the cores)", control / control_alone, ""),
        Row("first plots, warm cache: all five painted / empty shell page", warm["ours"] / warm["empty"], "", 1.8),
        Row("  all five painted, against the DynamicMap page", warm["ours"], beside=warm["dynamic"]),
        Row("  empty figure in the same shell", warm["empty"]),
        Row("  empty figure in a plain pn.Column", warm["plain"]),
        Row("first plots, cold cache: all five painted / empty shell page", cold["ours"] / cold["empty"], ""),
        Row("  all five painted, against the DynamicMap page", cold["ours"], beside=cold["dynamic"]),
        Row("browser heap after 60 changes", grown, "MB", 3),
    ]


def session_rows(browser: Browser) -> list[Row]:
    """Documents that closed sessions leave behind, counted in this process."""
    say("twenty sessions")
    with serve_here() as server:
        baseline, after = measures.documents_left(browser, server)
    return [Row(f"documents left by 20 closed sessions (baseline {baseline})", after - baseline, "", 0)]


def main() -> None:
    """Measure everything and print the table."""
    if find_chromium() is None:
        raise SystemExit("no Chrome or Chromium found: install the chromium package")
    with (panel_serve("app.py") as app, panel_serve("app.py") as twin, panel_serve(*COMPARED) as compared,
          chromium() as browser):
        context = browser.new_context(viewport=VIEWPORT)
        say("slider and drag on the page")
        ours = measures.live(context, app, app.url("app", QUERY))
        say("the same on the DynamicMap page")
        theirs = measures.live(context, compared, compared.url("dynamic_page"))
        context.close()
        head = (f"measured in Chromium {browser.version}", "page", "target", "met", "compared", "ratio")
        print(table(head, [row.cells() for row in slider_rows(ours, theirs)]), flush=True)
        print(*(line(row.cells()) for row in other_rows(browser, app, twin, compared)), sep="\n", flush=True)
        print(*(line(row.cells()) for row in session_rows(browser)), sep="\n", flush=True)
    print("\nCompared: the same page with one DynamicMap per plot; ratio: compared / page.\n")
    print(table(("paint of one plot, ms (mean while dragging)", *ours.paint),
                [["page", *map(digits, ours.paint.values())],
                 ["DynamicMap", *(digits(theirs.paint.get(name, float("nan"))) for name in ours.paint)]]))


if __name__ == "__main__":
    main()
