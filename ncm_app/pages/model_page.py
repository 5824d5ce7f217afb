"""The page of one model: a bench, its address, the toolbar and the texts."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewable

from ncm_app.core.model import Flow
from ncm_app.pages.bench import Bench
from ncm_app.pages.beside import BesideBench
from ncm_app.pages.browser_widgets import AddressBar, Debounce
from ncm_app.pages.export import Export
from ncm_app.pages.hiding import Hiding
from ncm_app.pages.layout import column
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.pages.sound import Sound
from ncm_app.pages.texts import Texts
from ncm_app.pages.toolbar import Toolbar
from ncm_app.pages.tries import Tries
from ncm_app.session.actions import Enlarge, Restore
from ncm_app.session.frames import Frame, Question
from ncm_app.session.links import first_state, is_quick, read_link, with_file_of, write_link


class ModelPage:
    """One session's page of one model."""

    def __init__(self, model: type[Flow], query: str = "", large: bool = False) -> None:
        self._large = large
        asked = first_state(model, query, large)
        # What takes long is computed when the page can show its progress.
        quick = is_quick(asked.state.snapshot)
        self._asked, self._complaints = asked.state, () if quick else asked.complaints
        start = asked if quick else first_state(model, "", asked.state.large)
        self._loop = SessionLoop(pn.state.curdoc)
        self._debounce = Debounce(self._write_address, self._loop)
        self.bench = Bench(start.state, self._loop)
        self.beside = BesideBench(self.bench, self._loop)
        self._build_parts(model)
        self.bench.messages.add_link_errors(start.complaints)

    def _build_parts(self, model: type[Flow]) -> None:
        bench, state = self.bench, self.bench.state
        self.below, self.words, self.top = column(), column(), column(min_height=36)
        self.hiding = Hiding(model, [*bench.controls.values, *["steps"] * len(bench.lessons)], bench.on_view_choice)
        self.export = Export(model.slug(), bench.board, lambda: bench.snapshot, lambda: bench.state.preset, self.query,
                             self.below.append, self.hiding.bar)
        sound = Sound(lambda: bench.snapshot, bench.board, bench.messages.error)
        self.toolbar = Toolbar(model, state.preset, bench.choose, {
            "undo": ("take the last change back (Ctrl+Z)", bench.undo),
            "redo": ("do again what was taken back (Ctrl+Shift+Z)", bench.redo),
            "reset": ("all values back to the preset's", lambda: bench.choose(bench.state.preset)),
            "freeze": ("keep this run as a grey ghost under the next ones", bench.freeze),
            "clear": ("wipe ghost, clicked runs, sweep and trails", bench.clear),
            "fit": ("fit the axes to what is drawn", self._fit),
            "share": ("copy a link to exactly this page", self._write_address),
            "export": ("pictures, data, a Python script", self.export.show),
            "enlarge": ("text for the last row of a lecture hall",
                        lambda: bench.commit(Enlarge(not bench.state.large))),
        }, [*bench.options.in_toolbar, *self.beside.in_toolbar], sound.buttons(model))
        self.texts = Texts(model, bench.snapshot)
        self.tries = Tries(model, lambda: bench.state, bench.commit, bench.controls.call, self._loop)
        self.browser = AddressBar(page=model.slug(), large=state.large)
        for name, act in (("pops", self._popped), ("undos", bench.undo), ("redos", bench.redo)):
            self.browser.param.watch(lambda _, act=act: act(), name)
        bench.render.add(lambda state: state.preset, lambda state: self.toolbar.show(state.preset))
        bench.render.add(lambda state: (state.preset, state.is_changed), lambda state: self.tries.follow(state.preset))
        bench.render.add(lambda state: state.choices.hide, lambda state: self._hide(state.choices.hide))
        bench.render.add(lambda state: state.large, lambda state: self.browser.param.update(large=state.large))
        bench.on_show.append(lambda *_: self._after_gesture())
        bench.on_frame.append(self._follow)

    def go_live(self) -> None:
        """Add the controls and the texts to the plots: from now on the page can answer.

        A fresh page is sent without them, for the plots to come first; one to which a visit goes on comes whole.
        """
        self.bench.go_live()
        self.top.objects = [self.toolbar.row()]
        self.words.objects = [self.tries.bar]
        self.below.objects = [self.texts.cards()]
        self.bench.messages.add_link_errors(self._complaints)
        self.bench.begin(self._asked)
        self.tries.go_live()

    # --- the address ----------------------------------------------------------------

    def query(self) -> str:
        """Return the link to this state, without the question mark."""
        return write_link(self.bench.state)

    def _write_address(self) -> None:
        self.browser.param.update(entry=self.bench.history.present.number, query=self.query())

    def _popped(self) -> None:
        """Follow the browser back or forward: to a state of the history, or to what its address says."""
        if not self.bench.walk(lambda: self.bench.history.go_to(self.browser.popped_entry)):
            self.restore(self.browser.popped)

    def restore(self, query: str) -> None:
        """Set everything that a link says; what it says wrongly is told."""
        reading = read_link(query, self.bench.model_type, self._large)
        reading = with_file_of(reading, self.bench.snapshot)
        self.bench.commit(Restore(reading.state))
        self.bench.messages.add_link_errors(reading.complaints)

    def _fit(self) -> None:
        self.bench.fit()
        self.beside.fit()

    def _hide(self, names: tuple[str, ...]) -> None:
        self.hiding.show(names)
        self.bench.controls.hide(names)
        for lesson in self.bench.lessons:
            lesson.hide(names)

    # --- what follows the bench -------------------------------------------------------

    def _after_gesture(self) -> None:
        self._debounce.wait()
        self.toolbar.enable("undo", self.bench.history.can_undo)
        self.toolbar.enable("redo", self.bench.history.can_redo)

    def _follow(self, question: Question, frame: Frame) -> None:
        self.toolbar.mark(self.bench.state.is_changed)
        self.toolbar.call("fit", frame.cut)
        self.texts.follow(question.snapshot)

    def close(self) -> None:
        """Stop all work and forget what the user opened, as when the session ends."""
        self._loop.close()
        self.tries.close()
        self.beside.close()
        self.bench.close()

    def paint(self, dark: bool) -> None:
        """Draw plots for light or dark pages."""
        self.bench.board.paint(dark)
        self.beside.paint(dark)

    def body(self) -> Viewable:
        """Return the main area: toolbar, the bench, texts."""
        return self.bench.body(top=[self.top], below=[self.beside.place, self.below, self.browser],
                               words=[self.words])
