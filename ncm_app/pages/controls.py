"""Sliders and fields made from a model's controls, grouped by meaning."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ncm_app.core.capabilities import without_slider
from ncm_app.core.drawing import Drawing
from ncm_app.core.model import Model
from ncm_app.core.quantity import Choice, Count, nice_step
from ncm_app.core.symbols import symbols_of
from ncm_app.core.written import Written
from ncm_app.pages.control_panel import ControlPanel
from ncm_app.session.sent_values import LONGEST, is_within


class Controls:
    """One row per control, in groups one below the other; a group of rare controls is closed at first.

    `changed(name, value)` is called when a user moves one, `complained(sentence)` when a user types
    what cannot be. A `prefix` begins all hooks; those in `follows` cannot be moved, as their values follow from others.
    `values` are those that the browser shows.
    """

    def __init__(self, model: type[Model], values: dict[str, Any], changed: Callable[[str, Any], None],
                 complained: Callable[[str], None], prefix: str = "", follows: Collection[str] = ()) -> None:
        self.model, self._changed, self._complained, self._prefix = model, changed, complained, prefix
        self._follows = follows
        self._say, self._seen = symbols_of(model).text, 0
        groups = self._groups()
        self.values = self._written({row["plain"]: values[row["plain"]] for _, _, rows in groups for row in rows})
        self.panel = ControlPanel(groups, [0, *self.values.values()], self._admits, css_classes=["ncm-groups"],
                                  sizing_mode="stretch_width", margin=0)
        self.panel.param.watch(lambda event: self._take(*event.new), "moved")
        self.panel.param.watch(lambda event: complained(event.new.split(" #")[0]), "complaint")

    def _groups(self) -> list[tuple[str, bool, list[dict[str, Any]]]]:
        names: dict[str, list[str]] = {}
        hidden = without_slider(self.model)
        for name, control in self.model.controls().items():
            if name in hidden:
                continue
            names.setdefault(control.group, []).append(name)
        closed = {group: all(self.model.control(name).rare for name in members) for group, members in names.items()}
        # What is rarely moved, the settings of the run, of the view and the start come last, however they are declared.
        order = sorted(names, key=lambda group: (group == "start", group == "view", group == "run", closed[group]))
        return [(group, not closed[group], [self.facts(name) for name in names[group]]) for group in order]

    def facts(self, name: str) -> dict[str, Any]:
        """Return what the browser is told of a control once."""
        control = self.model.control(name)
        common = {"plain": name, "hook": f"ncm-{self._prefix}{name}", "label": f"<i>{control.html_name}</i>",
                  "help": self._say(control.doc or ""), "follows": name in self._follows}
        if isinstance(control, Drawing):
            return {"kind": "drawing", "where": self._where(control), **common}
        if isinstance(control, Written):
            return {"kind": "text", "unit": control.unit, **common}
        if isinstance(control, Choice):
            return {"kind": "list", "options": list(control.objects),
                    "labels": list(map(self._say, control.objects)), **common}
        low, high = control.bounds
        start, end = control.softbounds or control.bounds
        whole = isinstance(control, Count)
        return {"kind": "number", "start": start, "end": end, "low": low, "high": high, "whole": whole,
                "step": 1 if whole else control.step or nice_step(start, end),
                "unit": "" if control.unit == "1" else control.unit, "shown": control.shown_name, **common}

    def _where(self, control: Drawing) -> str:
        """Say in which plot a control is drawn."""
        titles = [self._say(plot.title) for plot in self.model.plots if control.name in plot.clicks]
        done = {"draw": "drawn", "click": "clicked"}[control.gesture]
        return f"{done} in the plot {' and '.join(f'“{title}”' for title in titles)}" if titles else "set in links only"

    def _admits(self, name: str, value: Any) -> bool:
        """Tell whether a browser may set a control to a value; what a text says is read later."""
        control = self.model.controls().get(name) if name in self.values and name not in self.panel.hidden else None
        if isinstance(control, Written):
            return isinstance(value, str) and len(value) <= control.longest + LONGEST
        if isinstance(control, Choice):
            return isinstance(value, str) and value in control.objects
        if control is None:
            return False
        low, high = control.bounds
        return is_within(value, low, high, isinstance(control, Count))

    def _take(self, count: int, name: str, value: Any) -> None:
        self._seen = count
        self.move(name, value)

    def move(self, name: str, value: Any) -> None:
        """Set a control as its user does; text that cannot be read is told and changes nothing."""
        before, self.values[name] = self.values[name], value
        control = self.model.control(name)
        if isinstance(control, Written):
            try:
                value = control.clean(value)
            except ValueError as error:
                self._complained(f"{error}; it stays as it was.")
                self.show({name: control.clean(before)})
                return
            self.show({name: value})
        self._changed(name, value)

    def _written(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return values as their controls show them."""
        return {name: control.text(value) if isinstance(control := self.model.control(name), Written) else value
                for name, value in values.items()}

    def show(self, values: dict[str, Any]) -> None:
        """Let the controls show values, without calling back; nothing is sent where they do already."""
        shown = {**self.values, **self._written({n: v for n, v in values.items() if n in self.values})}
        if shown != self.values:
            self.values = shown
            self.panel.shown = [self._seen, *shown.values()]

    def call(self, names: Collection[str]) -> None:
        """Bring the rows of some controls into sight, and mark them for a moment."""
        self.panel.called = [self.panel.called[0] + 1, *names]

    def hide(self, names: Collection[str]) -> None:
        """Show no rows of some controls, which nobody can move here then; plots and presets still do."""
        self.panel.hidden = [name for name in self.values if name in names]

    def dim(self, idle: Collection[str]) -> None:
        """Dim the controls that have no effect at present; they can still be moved."""
        self.panel.idle = [name for name in self.values if name in idle]
