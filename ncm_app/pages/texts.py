"""The words of a model page: equations from the code, what to see and try, book note."""

from __future__ import annotations

import html
import logging
import re

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from ncm_app.core.capabilities import is_flow
from ncm_app.core.model import Choice, Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.symbols import symbols_of
from ncm_app.core.syntax import Unreadable
from ncm_app.language.tex import equations
from ncm_app.language.tries import Try
from ncm_app.pages.layout import wrapping
from ncm_app.session.try_lines import lines_of, parts_of, preset_of
from ncm_app.studies.events import words_of_codes

START, WHERE = re.compile(r"\b((?:start at|set|raise|lower) \w+\(0\))"), r"\1 (under start)"
"""A start value that somebody is told to change, and where it is found: its group is closed at first."""

EXERCISE = re.compile(r"\bEx \d|\bEx [AB]\.")
"""How presets are called that show an exercise of the book."""

LOG = logging.getLogger(__name__)


def typeset(line: str) -> str:
    """Return an equation that may stand in HTML: MathJax reads no entities."""
    return line.replace("<", r"\lt ").replace(">", r"\gt ")


def folded(title: str, words: str) -> str:
    """Return HTML that is shown once its title is pressed."""
    return f'<details><summary style="cursor: pointer">{title}</summary>{words}</details>'


class Texts:
    """Texts of one model; the equations follow the choices of the page."""

    def __init__(self, model: type[Model], snapshot: Snapshot) -> None:
        self.model = model
        self.equations = pn.pane.HTML(disable_math=False, sizing_mode="stretch_width", css_classes=["ncm-equations"],
                                      styles={"overflow-x": "auto"})
        self._shown: dict[str, str] | None = None
        self.follow(snapshot)

    def follow(self, snapshot: Snapshot) -> None:
        """Write the equations for the present choices."""
        choices = {n: snapshot.values_by_name[n] for n, c in self.model.controls().items()
                   if isinstance(c, Choice) and n in self.model.Parameters._fields}
        if choices != self._shown:
            self._shown = choices
            derived = self._derived(choices)
            lines = "".join(f'<p data-tex="{html.escape(line)}">$${typeset(line)}$$</p>'
                            for line in [*derived, *self.model.equations])
            self.equations.object = lines

    def _derived(self, choices: dict[str, str]) -> list[str]:
        """Return the equations read from the code, none where it cannot be read: the page lives without them."""
        if not is_flow(self.model):
            return []
        try:
            return equations(self.model, choices=choices)
        except Unreadable:  # as when the files have changed under a running server
            LOG.exception("the equations of %s cannot be read", self.model.slug())
            return [r"\text{The equations cannot be shown: the code has changed since this page was served.}"]

    def cards(self) -> Viewable:
        """Return the texts side by side; they wrap on narrow screens."""
        model = self.model
        write = symbols_of(model).html
        tries = "".join(f"<li>{self._line(line)}</li>" for line in lines_of(model))
        seen = f"<p>{write(model.look_for)}</p>"
        if any(EXERCISE.search(name) for name in model.presets):  # it would answer them before they are read
            seen = folded("Answers to the exercises, too: show", seen)
        words = f"{seen}<p><b>Try</b></p><ul>{tries}</ul>{self._codes()}"
        title = "Equations, from the code that runs" if is_flow(model) else "Equations"
        cards = [self._card(title, self.equations, "2 1 440px"),  # long lines would be cut
                 self._card("What to look for", self._prose(words))]
        if model.book_note:
            cards.append(self._card("Book note", self._prose(f"<p>{write(model.book_note)}</p>")))
        return wrapping(*cards)

    def _line(self, line: Try | str) -> str:
        """Return a line to try; what happens is folded, so that one can think of it first."""
        write, preset = symbols_of(self.model).html, preset_of(self.model, line)
        action, outcome = parts_of(self.model, line)
        asked = START.sub(WHERE, f"In {preset}, {action}" if preset else f"{action[:1].upper()}{action[1:]}", count=1)
        return write(asked) + (folded("What happens?", write(outcome)) if outcome else ".")

    def _codes(self) -> str:
        """Return what the codes in the diagram stand for, where there is one."""
        if not self.model.explore:
            return ""
        told = html.escape("; ".join(f"{code} {words}" for code, words in words_of_codes(self.model).items()))
        return f'<p class="ncm-codes" style="opacity: .75; font-size: .88em">In the diagrams: {told}.</p>'

    @staticmethod
    def _prose(words: str) -> Viewable:
        return pn.pane.HTML(words, sizing_mode="stretch_width", styles={"font-size": "1rem"})  # grows with the page

    @staticmethod
    def _card(title: str, body: Viewable, flex: str = "1 1 300px") -> Viewable:
        return pmui.Card(body, title=title, collapsible=False, elevation=0, margin=6, variant="outlined",
                         styles={"flex": flex},
                         sx={"& .MuiCardHeader-content .MuiTypography-root": {"fontSize": "0.95rem", "fontWeight": 500},
                             "& .MuiCardHeader-root": {"padding": "8px 12px 0 12px"}})
