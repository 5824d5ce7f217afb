"""Sliders and fields made from a model's controls, grouped by meaning."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ncm_app.core.model import Model
from ncm_app.core.quantity import Choice, Control, Count, nice_step
from ncm_app.core.symbols import symbols_of
from ncm_app.core.times import Times
from ncm_app.pages.dials import Dial, Field, Pick

GROUPS = {
    "& .MuiAccordionSummary-root": {"minHeight": "34px", "padding": "0 12px"},
    "& .MuiAccordionSummary-content": {"margin": "6px 0 2px"},
    "& .MuiTypography-root": {"fontSize": "0.85rem", "fontWeight": 500},
    "& .MuiAccordionDetails-root": {"padding": "0 4px 4px"},
    "& .MuiAccordion-root:before": {"display": "none"},
}


class Controls:
    """One widget per control.

    `changed(name, value)` is called when a user moves one, `complained(sentence)`
    when a user types what cannot be.
    """

    def __init__(self, model: type[Model], values: dict[str, Any], changed: Callable[[str, Any], None],
                 complained: Callable[[str], None]) -> None:
        self.model, self._changed, self._complained, self._quiet = model, changed, complained, False
        self._say = symbols_of(model).text
        self.widgets = {name: self._widget(name, control, values[name]) for name, control in model.controls().items()}

    def _widget(self, name: str, control: Control | Times, value: Any) -> Dial | Pick | Field:
        common: dict[str, Any] = {
            "label": f"<i>{control.html_name}</i>", "plain": name, "help": self._say(control.doc or ""),
            "css_classes": [f"ncm-{name}"], "sizing_mode": "stretch_width", "margin": (0, 10)}
        widget: Dial | Pick | Field
        if isinstance(control, Times):
            widget = Field(value=control.text(value), unit=control.unit, **common)
            widget.param.watch(lambda event: self._typed(name, event.new), "typed")
            return widget
        if isinstance(control, Choice):
            widget = Pick(value=value, options=list(control.objects),
                          labels=list(map(self._say, control.objects)), **common)
        else:
            low, high = control.bounds
            start, end = control.softbounds or control.bounds
            whole = isinstance(control, Count)
            step = 1 if whole else control.step or nice_step(start, end)
            widget = Dial(value=value, start=start, end=end, low=low, high=high, step=step, whole=whole,
                          unit="" if control.unit == "1" else control.unit, shown=control.shown_name, **common)
            widget.param.watch(lambda event: self._complained(event.new.split(" #")[0]), "complaint")
        widget.param.watch(lambda event: self._moved(name, event.new), "value")
        return widget

    def _typed(self, name: str, stamped: str) -> None:
        """Take a list of times that somebody typed; what cannot be is told and changes nothing."""
        if not stamped:  # taken back below
            return
        control = self.model.control(name)
        try:
            times = control.clean(stamped.rpartition(" #")[0])
        except ValueError as error:
            self._complained(f"{error}; it stays as it was.")
            self.widgets[name].typed = ""  # the browser shows the value again
            return
        self.show({name: times})
        self._changed(name, times)

    def _moved(self, name: str, value: Any) -> None:
        if not self._quiet:
            self._changed(name, value)

    def show(self, values: dict[str, Any]) -> None:
        """Move the widgets to values without calling back."""
        self._quiet = True
        try:
            for name, given in values.items():
                control = self.model.control(name)
                value = control.text(given) if isinstance(control, Times) else given
                if self.widgets[name].value != value:
                    self.widgets[name].value = value
        finally:
            self._quiet = False

    def dim(self, idle: Collection[str]) -> None:
        """Dim the controls that have no effect at present; they can still be moved."""
        for name, widget in self.widgets.items():
            if widget.idle != (name in idle):
                widget.idle = name in idle

    def groups(self) -> Viewable:
        """Return the groups one below the other; a group of rare controls is closed at first."""
        names: dict[str, list[str]] = {}
        for name, control in self.model.controls().items():
            names.setdefault(control.group, []).append(name)
        # The settings of the run come last, whatever the order of declaration.
        order = sorted(names, key=lambda group: (group == "run", group == "start"))
        often = [i for i, group in enumerate(order) if not all(self.model.control(n).rare for n in names[group])]
        bodies = [(group, pn.Column(*(self.widgets[name] for name in names[group]), margin=0,
                                    sizing_mode="stretch_width")) for group in order]
        return pmui.Accordion(*bodies, active=often, css_classes=["ncm-groups"], sizing_mode="stretch_width", margin=0,
                              elevation=0, disable_gutters=True, sx=GROUPS)
