"""The facts a model states about its variables and about the book's figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ncm_app.core.quantity import Quantity, scale_between, with_unit
from ncm_app.core.symbols import Named


@dataclass(frozen=True)
class Variable(Named):
    """A quantity that is drawn over time.

    `span` is the range of its axis in `unit`; `shown` is the unit on the axis.
    `role` ("excitatory", "inhibitory", "external" or "") chooses its hue. Where one `fits`, the
    axis over time follows a run that leaves it or hardly fills it.
    """

    name: str
    span: tuple[float, float]
    unit: str = "1"
    shown: str = ""
    symbol: str = ""
    role: str = ""
    doc: str = ""
    fits: bool = False

    @property
    def scale(self) -> float:
        """Factor from the unit of the equations to the unit on the axis."""
        return scale_between(self.unit, self.shown or self.unit)

    @property
    def axis(self) -> str:
        """Axis label: name and shown unit."""
        return with_unit(self.name, self.shown or self.unit)

    @property
    def drawn_span(self) -> tuple[float, float]:
        """Range of the axis in the shown unit."""
        return self.span[0] * self.scale, self.span[1] * self.scale


@dataclass(frozen=True)
class State(Variable):
    """A variable with a differential equation, a start value and bounds for it.

    `span` is also the box in which fixed points are sought, unless `box` says otherwise.
    A `periodic` state is an angle: values a period apart are one, and it is drawn between
    these two ends. `start_at` names a parameter of the model that is its start value too; it is not reset where a
    question leaves start values out. States that share an `axis_group` (default: their unit) share a plot over time;
    one that is not `traced`, such as the slope of another, is in none; one `behind` the others, such as what noise
    enters, is drawn thin at the back.
    """

    start: float = 0.0
    start_at: str = ""
    box: tuple[float, float] | None = None
    periodic: tuple[float, float] | None = None
    axis_group: str = ""
    traced: bool = True
    behind: bool = False

    @property
    def limits(self) -> tuple[float, float]:
        """Range in which fixed points and start values lie."""
        return self.box or self.span

    @property
    def start_control(self) -> str:
        """Name of the control of the start value, like the book's V_0."""
        return self.start_at or f"{self.name}_0"

    def start_quantity(self) -> Quantity:
        """Return the control of the start value."""
        symbol = f"{self.tex}(0)"
        return Quantity(self.start, bounds=self.limits, unit=self.unit, symbol=symbol,
                        group="start", rare=True, doc=f"{self.doc or self.name} at t = 0")


@dataclass(frozen=True)
class Curve:
    """A function of one variable that the equations use, such as a gate's steady state.

    `value(x, p)` is the function, broadcast over arrays; `at(y, p)` is the place on the
    horizontal axis at which the state `y` is. `state` names the variable whose hue it has.
    """

    name: str
    value: Callable[[Any, Any], Any]
    at: Callable[[Any, Any], Any]
    state: str = ""


@dataclass(frozen=True)
class Curves:
    """One plot of curves: its title, its two axes, and what is drawn."""

    title: str
    x: Variable
    y: Variable
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Preset:
    """A named set of values, usually a figure or exercise of the book.

    `values` hold only what differs from the model's defaults. `expect` maps a
    name known to `studies.expectations` to the value that theory or the book gives.
    `compare` is the slug of another model of the family that the page then draws beside; `shows` names the
    plots on choice that it opens. With `beside` the page shows the model's companion, under these values of
    the companion's own; with None it stays as the user has it.
    `formerly` are names that it had: links and programs that use one still open it.
    """

    name: str
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    compare: str = ""
    shows: tuple[str, ...] = ()
    beside: Mapping[str, Any] | None = None
    formerly: tuple[str, ...] = ()
