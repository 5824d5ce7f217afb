"""What stands beside the first bench of a page on request: the model's companion, on a bench that follows."""

from __future__ import annotations

import html
from collections.abc import Callable

import panel as pn

from ncm_app.core.companion import Companion
from ncm_app.pages.bar import Item
from ncm_app.pages.bench import Bench
from ncm_app.pages.layout import column, wrapping
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.session import actions
from ncm_app.session.links import write_link
from ncm_app.session.state import PageState
from ncm_app.studies.companion import linked_values
from ncm_app.studies.warm import prefer
from ncm_app.views.window import Why

NONE = "none"
"""What the list calls the absence of a companion."""

PREFIX = "beside_"


class FollowingBench(Bench):
    """A bench whose state is a part of another's: what is done with it is done there, and comes back."""

    def __init__(self, first: Bench, state: PageState, loop: SessionLoop) -> None:
        self._first = first
        shared = first.model_type.companion.shared if first.model_type.companion else ()
        self.follows = linked_values(first.snapshot).keys() - set(shared)
        super().__init__(state, loop, PREFIX)

    def commit(self, action: actions.Action) -> None:
        """Do what a user asks for, where that can be."""
        try:
            actions.reduce(self._first.state, actions.Beside(action))
        except ValueError as error:
            self.messages.error(str(error))
            self.controls.show(self.state.values)
            return
        self._first.commit(actions.Beside(action))

    def follow(self, new: PageState, why: Why, wipes: bool) -> None:
        """Show what the first bench holds for this one now."""
        old = self.state
        self.history.replace(new)
        self._show(old, new, max(why, actions.why_axes_follow(old, new, actions.Choose({}))), wipes)

    def rest(self) -> None:
        """Stop all work; the bench can follow again."""
        self.gate.cancel()
        self.background.cancel()


class BesideBench:
    """The place below a bench, and the companion that stands there while the state says so.

    Its bench is made when it is first asked for, and hidden when it is not any more: the browser would keep what is
    taken away from a page, and each new bench would add to that.
    """

    def __init__(self, first: Bench, loop: SessionLoop) -> None:
        self._first, self._loop, self._dark = first, loop, False
        self.bench: FollowingBench | None = None
        self.place = column()
        self.place.visible = False
        self.head = pn.pane.HTML("", sizing_mode="stretch_width", margin=(8, 10, 0, 10))
        companion = first.model_type.companion
        self.choice = None if companion is None else _choice(companion, lambda on: first.commit(actions.ShowBeside(on)))
        first.on_show.append(self._follow)

    @property
    def in_toolbar(self) -> list[Item]:
        """The list from which the companion is chosen, where a model has one."""
        return [] if self.choice is None else [self.choice]

    def paint(self, dark: bool) -> None:
        """Draw for light or dark pages, now and whenever a bench is made."""
        self._dark = dark
        if self.bench is not None:
            self.bench.board.paint(dark)

    def fit(self) -> None:
        """Fit the axes of what stands here to what is drawn."""
        if self.bench is not None:
            self.bench.fit()

    def close(self) -> None:
        """Stop all work, as when the session ends."""
        if self.bench is not None:
            self.bench.close()

    def _follow(self, state: PageState, why: Why, wipes: bool) -> None:
        if self.choice is not None:
            self.choice.show(value=NONE if state.beside is None else state.beside.snapshot.model.slug())
        opens, self.place.visible = not self.place.visible, state.beside is not None
        if state.beside is None:
            if self.bench is not None:
                self.bench.rest()
            return
        self.head.object = _heading(state, state.beside)  # before it is added: then Panel knows no document of it
        if self.bench is None:
            self._make(state.beside)
        elif opens or self.bench.state != state.beside:
            self.bench.follow(state.beside, Why.PRESET if opens else why, wipes or opens)

    def _make(self, state: PageState) -> None:
        prefer(state.snapshot.model)
        bench = self.bench = FollowingBench(self._first, state, self._loop)
        bench.board.paint(self._dark)
        bench.go_live()
        body = bench.body(top=[], below=[])
        body.styles, bench.side.styles = {"flex": "3 1 560px"}, {"flex": "1 1 280px"}
        self.place.objects = [self.head, wrapping(body, bench.side)]
        bench.begin(state)


def _choice(companion: Companion, shown: Callable[[bool], None]) -> Item:
    return Item("pick", "beside", lambda name: shown(name != NONE),
                {"value": NONE, "label": "beside", "options": [NONE, companion.slug], "labels": [NONE, companion.name]},
                plain="beside", help="another model below this one, at values that follow from its own")


def _heading(first: PageState, beside: PageState) -> str:
    other, address = beside.snapshot.model, html.escape("?" + write_link(beside))
    return (f'<h2 style="font-size: 1.1rem; margin: 0">{other.chapter} {html.escape(other.title)}</h2>'
            f'<p style="margin: 2px 0; font-size: .92rem">Weights and inputs follow from the sliders of the '
            f'{html.escape(first.snapshot.model.title.lower())}; of what both have, either slider moves both. '
            f'<a href="{address}">Open it alone</a>, with all its texts and exports.</p>')
