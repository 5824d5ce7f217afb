"""Which two states the phase plane shows, and where the others are held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
from panel.viewable import Viewable

from ncm_app.core.model import Flow
from ncm_app.core.quantity import nice_step
from ncm_app.numerics.results import Array
from ncm_app.pages.dials import Dial, Pick
from ncm_app.session.view_choices import ViewChoices


class Slicer:
    """Two lists of states and a slider per state; `changed(**choices)` is called on a choice.

    Until a slider is moved the other states are held at a fixed point and follow it.
    """

    def __init__(self, model: type[Flow], choices: ViewChoices, changed: Callable[..., None]) -> None:
        self.model, self._changed, self._quiet = model, changed, False
        self.names = [s.name for s in model.states]
        self.axes = [self._pick(way, k) for k, way in enumerate(("across", "up"))]
        self.dials = [self._dial(k) for k in range(len(self.names))]
        self._axes, self._held = choices.axes, choices.held
        self._values = np.array([s.start for s in model.states])
        self.show(choices)

    def _pick(self, way: str, place: int) -> Pick:
        pick = Pick(value=self.names[place], options=self.names,
                    labels=[s.shown_name for s in self.model.states], label=f"axis {way}", plain=f"slice_{way}",
                    help="state on this axis of the phase plane", css_classes=[f"ncm-slice_{way}"],
                    sizing_mode="stretch_width", margin=(0, 10))
        pick.param.watch(lambda event: self._turn(place, self.names.index(event.new)), "value")
        return pick

    def _dial(self, index: int) -> Dial:
        s = self.model.states[index]
        (low, high), unit = s.limits, s.shown or s.unit
        dial = Dial(value=s.start * s.scale, start=s.span[0] * s.scale, end=s.span[1] * s.scale, low=low * s.scale,
                    high=high * s.scale, step=nice_step(s.span[0] * s.scale, s.span[1] * s.scale),
                    label=f"<i>{s.html_name}</i>", plain=f"held_{s.name}", shown=s.shown_name,
                    unit="" if unit == "1" else unit, help=f"{s.shown_name} is held here",
                    css_classes=[f"ncm-held_{s.name}"], sizing_mode="stretch_width", margin=(0, 10))
        dial.param.watch(lambda event: self._hold(index, float(event.new)), "value")
        return dial

    def _turn(self, place: int, index: int) -> None:
        if not self._quiet:
            other = self._axes[1 - place]
            # The same state on both axes would be no plane: they change places.
            other = self._axes[place] if other == index else other
            self._changed(axes=(index, other) if place == 0 else (other, index))

    def _hold(self, index: int, value: float) -> None:
        if not self._quiet:
            held = np.array(self._held or self._values, dtype=float)
            held[index] = value / self.model.states[index].scale
            self._changed(held=tuple(map(float, held)))

    def show(self, choices: ViewChoices) -> None:
        """Show the choices of a page without calling back."""
        self._axes, self._held = choices.axes, choices.held
        if choices.held:
            self._values = np.array(choices.held)
        self._refresh()

    def follow(self, held: Array) -> None:
        """Show where the states are held now."""
        if not np.array_equal(held, self._values):
            self._values = held
            self._refresh()

    def _refresh(self) -> None:
        self._quiet = True
        try:
            for pick, index in zip(self.axes, self._axes, strict=True):
                pick.value = self.names[index]
            for k, (dial, s) in enumerate(zip(self.dials, self.model.states, strict=True)):
                dial.visible = k not in self._axes
                dial.value = float(f"{self._values[k] * s.scale:.5g}")
        finally:
            self._quiet = False

    def panel(self) -> Viewable:
        """Return the group of these controls."""
        parts: list[Any] = [*self.axes, *self.dials]
        return pn.Column(pn.pane.HTML("phase plane: slice", margin=(6, 12, 2, 12)), *parts, css_classes=["ncm-slicer"],
                         sizing_mode="stretch_width", margin=0)
