"""Presets and the buttons that every model page has."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ncm_app.core.model import Model
from ncm_app.pages.dials import Pick

COPY = """
const done = () => { const old = button.label; button.label = 'Link copied'; setTimeout(() => { button.label = old }, 1600) }
const fallback = () => {
  const area = document.createElement('textarea'); area.value = window.location.href
  document.body.append(area); area.select(); document.execCommand('copy'); area.remove(); done()
}
navigator.clipboard ? navigator.clipboard.writeText(window.location.href).then(done, fallback) : fallback()
"""


class Toolbar:
    """The row of buttons; each calls the page's method of the same name."""

    def __init__(self, model: type[Model], preset: str, chosen: Callable[[str], None],
                 actions: dict[str, tuple[str, Callable[[], None]]]) -> None:
        self.presets = Pick(value=preset, options=list(model.presets), label="preset", plain="preset",
                            help="values of a figure or exercise of the book", css_classes=["ncm-preset"],
                            width=270, margin=(0, 8, 0, 0))
        self._chosen, self._quiet = chosen, False
        self.presets.param.watch(self._changed, "value")
        self.buttons = {verb: self.button(verb, tip, act) for verb, (tip, act) in actions.items()}
        share = self.buttons["share"]
        share.js_on_click(args={"button": share}, code=COPY)

    def _changed(self, event: object) -> None:
        if not self._quiet:
            self._chosen(self.presets.value)

    def show(self, preset: str) -> None:
        """Name a preset without choosing it."""
        self._quiet = True
        self.presets.value = preset
        self._quiet = False

    @staticmethod
    def button(verb: str, tip: str, act: Callable[[], None]) -> pmui.Button:
        """Return a small button with the hook `ncm-do-<verb>`."""
        return pmui.Button(label=verb.capitalize(), description=tip, on_click=lambda _: act(), size="small",
                           variant="outlined", css_classes=[f"ncm-do-{verb}"], margin=(2, 3))

    def row(self) -> Viewable:
        """Return the toolbar; it wraps on narrow screens."""
        return pn.FlexBox(self.presets, *self.buttons.values(), align_items="center", css_classes=["ncm-toolbar"],
                          sizing_mode="stretch_width", margin=(4, 0))
