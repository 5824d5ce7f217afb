"""What a model states about plots of its own and about the numbers that it measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ncm_app.core.state import Variable

Limits = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Mark:
    """One thing drawn in a plot.

    `kind` says what its columns are and how they look:
      "curve"   x, y: a line, gaps where NaN;
      "dashes"  x, y: a dashed line, of what another model says of the same;
      "points"  x, y: circles;
      "bars"    edges (m + 1,), heights (m,): a filled histogram;
      "area"    x, y: the area between a curve and zero;
      "band"    x, low, high: the area between two curves;
      "raster"  times, rows: one tick for each spike;
      "labels"  x, y, texts;
      "heatmap" x (n,), y (m,) or edges (n + 1,), (m + 1,), values (m, n): coloured cells, none where NaN.
    `role` chooses the hue: "excitatory", "inhibitory", "external", "theory" (dashed ink), "now"
    (what the present value is, in ink) or "" for the next free one. A `label` puts it into the
    legend; a `ghost` is also drawn for the frozen run.
    """

    name: str
    kind: str = "curve"
    role: str = ""
    label: str = ""
    ghost: bool = False


@dataclass(frozen=True)
class Plot:
    """A plot of a model's own: what its axes are, what is drawn, and the function that gives it.

    `draw(answer, p)` returns the columns of marks by name, in shown units; a mark that it leaves out is
    not drawn. `answer` is the run of a flow or what an experiment's `perform` returned. Marks that do not
    depend on it may come from `fixed(p)`: they are computed again only when a parameter that it reads
    changes, and so a partial answer is drawn sooner. The axes have the
    spans of `x` and `y`; those named in `fits` ("x", "y", "xy") hold the data too, those in `tight` the
    data alone, and `log` names logarithmic ones. A plot `over_time` has the run's duration as its x axis;
    one `above` stands over the traces. A click sets the control named in `clicks` to the place on the x
    axis, or adds and removes a time there; of several, the row clicked decides. `colours` say what those
    of a heat map mean: their span is treated like that of an axis, which `fits` and `tight` call "c";
    with a `centre` two hues part there. Where the x axis is not the control's own, `value_at(x, p)` is
    the value it has at a place. `rows` name what lies at 0, 1, ... on the y axis, in place of numbers. One `on_choice`
    is offered by its name, and drawn only while a user, or the preset, chooses it. With the aspect "equal" one unit
    across is as long as one up, so that circles are circles; "pixels" is so too, without axes, for pictures.
    """

    name: str
    title: str
    x: Variable
    y: Variable
    marks: tuple[Mark, ...]
    draw: Callable[[Any, Any], Mapping[str, tuple[Any, ...]]]
    shape: str = "square"
    fits: str = ""
    tight: str = ""
    log: str = ""
    over_time: bool = False
    above: bool = False
    clicks: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    colours: Variable | None = None
    centre: float | None = None
    value_at: Callable[[float, Any], float] | None = None
    fixed: Callable[[Any], Mapping[str, tuple[Any, ...]]] | None = None
    on_choice: bool = False
    aspect: str = ""


@dataclass(frozen=True)
class Measure:
    """A number read off an answer, and what theory says of it.

    `spread` is the standard deviation over seeds that theory expects of `value`, `error` the standard error that
    the run itself gives it; `theory_name` says in a few words which theory speaks, or what it assumes.
    """

    name: str
    value: float
    unit: str = "1"
    theory: float | None = None
    spread: float | None = None
    error: float | None = None
    theory_name: str = "theory"
