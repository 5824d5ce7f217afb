"""Any model as a page: controls, regime sentence, plots that move together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import panel as pn
from panel.viewable import Viewable

from ncm_app.core.model import Flow
from ncm_app.numerics.system import SILENT
from ncm_app.pages import chart
from ncm_app.pages.background import BackgroundQueue
from ncm_app.pages.board import Board
from ncm_app.pages.browser_widgets import AddressBar, Debounce, remembers
from ncm_app.pages.controls import Controls
from ncm_app.pages.explorer import Explorer
from ncm_app.pages.export import Export
from ncm_app.pages.layout import column, lay_out
from ncm_app.pages.live import Beacon, FrameGate
from ncm_app.pages.messages import Messages
from ncm_app.pages.options import Options
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.pages.slicer import Slicer
from ncm_app.pages.sound import Sound
from ncm_app.pages.texts import Texts
from ncm_app.pages.toolbar import Toolbar
from ncm_app.pages.uploads import Uploads
from ncm_app.session.background_questions import BACKGROUND_QUESTIONS, BackgroundQuestion
from ncm_app.session.choices_codec import compared_in
from ncm_app.session.clicks import Response, Shown
from ncm_app.session.frames import Frame, Question, compute_frame, partial_frame
from ncm_app.session.ghosts import compared, ghost_of
from ncm_app.session.links import LOST, PageState, first_state, is_quick, read_link, write_link
from ncm_app.session.plot_gestures import PlotGestures
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.diagram import explorable


class ModelPage:
    """One session's page of one model: `model` holds the values, `settings` the rest."""

    def __init__(self, model: type[Flow], query: str = "") -> None:
        state = first_state(model, query, remembers("text") == "large")
        quick = is_quick(state.snapshot)
        # What takes long is computed when the page can show its progress.
        self._query = "" if quick else query
        start = state if quick else first_state(model, "", state.large)
        self.preset, self.settings, self.frozen = start.preset, start.settings, start.frozen
        self.model = model(**start.snapshot.values_by_name)
        self._ghost = ghost_of(None, ViewChoices())
        self._follow = self._last_change = ""
        self._loop = SessionLoop(pn.state.curdoc)
        self._settled = Debounce(self._write_address, self._loop)
        self._results: dict[str, Any] = {}
        self._cycles: Any = None
        hand = PlotGestures(self._shown, self._respond)
        self.board = Board(rules_for(model), self._loop.posted(hand.click), self._loop.posted(hand.drag))
        question = Question(self.model.snapshot(), replace(self.settings, compare=""))
        first = compute_frame(self.board.rules, question, SILENT)
        self.panes = self.board.draw(first.results)
        self._build_parts(model, start.large)
        self._results = first.results
        self.messages.add_link_errors(start.complaints)
        self.messages.show_regime(first.regime)
        self._loop.when_ready(self.go_live)

    def go_live(self) -> None:
        """Add the controls and the texts after the plots: from now on the page can answer.

        Plots are drawn sooner alone, and before its browser is ready Panel answers nothing.
        """
        with self._loop.walk_once():  # else Bokeh goes through the whole document after each
            slicer = [self.slicer.panel()] if self.slicer else []
            self.side.objects = [*self.uploads.panel(), self.controls.groups(), *slicer]
            self.top.objects = [self.toolbar.row(self.options.in_toolbar)]
            self.below.objects = [self.texts.cards(), self.export.dialog]
        if self.browser.large:
            self.board.enlarge(True)
        if self._query:
            self.restore(self._query)
        else:
            self._show_choices()
            self.request()

    def _build_parts(self, model: type[Flow], large: bool) -> None:
        self.messages = Messages(self._cancel)
        self.uploads = Uploads(self.model, self.choose, lambda: self._changed("file", follow=True),
                               self.messages.error, self._loop)
        self.controls = Controls(model, self.model.values(), self._moved, self.messages.error)
        self.export = Export(model.slug(), self.board, self.model.snapshot, lambda: self.preset, self.query)
        sound = Sound(self.model.snapshot, self.board, self.messages.error)
        self.toolbar = Toolbar(model, self.preset, self.choose, {
            "reset": ("all values back to the preset's", lambda: self.choose(self.preset)),
            "freeze": ("keep this run as a grey ghost under the next ones", self.freeze),
            "clear": ("wipe ghost, clicked runs, sweep and trails", self.clear),
            "fit": ("fit the axes to what is drawn", self.fit),
            "share": ("copy a link to exactly this page", self._write_address),
            "export": ("pictures, data, a Python script", self.export.show),
            "enlarge": ("text for the last row of a lecture hall", lambda: self.enlarge(not self.browser.large)),
        }, more=sound.buttons(model))
        self.explorer = Explorer(model, self.settings, self.model.snapshot(), self._choose, self._cancel)
        sliced = "phase_plane" in self.panes and len(model.states) > 2
        self.slicer = Slicer(model, self.settings, self._choose) if sliced else None
        self.options = Options(model, self.settings, self._choose)
        self.texts = Texts(model, self.model.snapshot())
        self.browser, self.beacon = AddressBar(large=large), Beacon()
        self.browser.param.watch(lambda _: self.restore(self.browser.popped), "pops")
        self.side, self.below, self.extra, self.top = column(), column(), column(), column(min_height=36)
        self.gate = FrameGate(self._compute, self._apply, self._failed, self.messages.busy, self.beacon, self._loop)
        self.background = BackgroundQueue(
            BACKGROUND_QUESTIONS, self._show_late, self.explorer.tell, self._failed_late, self._loop)

    # --- what the user does -------------------------------------------------------

    def request(self, follow: bool = False) -> None:
        """Ask for a frame of the present state."""
        self._follow = "preset" if follow else self._follow
        self.gate.request(self._question())
        self._settled.wait()

    def _question(self) -> Question:
        other = compared(snapshot := self.model.snapshot(), self.settings, self.preset)
        # A compared model moves with every slider, a frozen run stays.
        anew = other is not None or self._ghost != ghost_of(self.frozen, self.settings)
        return Question(snapshot, self.settings, self.frozen, self._follow, anew, other)

    def _moved(self, name: str, value: Any) -> None:
        try:
            self.model.param.update(**type(self.model).clean({name: value}))
        except ValueError as error:
            self.messages.error(str(error))
            self.controls.show({name: getattr(self.model, name)})
            return
        self.uploads.moved(name)
        self._changed(name, follow=self._explore_what_matters())

    def _explore_what_matters(self) -> bool:
        """Explore another parameter where the chosen one has no effect any more."""
        options = explorable(self.model.snapshot())
        if not options or self.settings.explore in options:
            return False
        self.settings = replace(self.settings, explore=options[0])
        self._show_choices()
        return True

    def _changed(self, what: str, follow: bool = False) -> None:
        self.messages.clear_errors()
        if what == "t_end" and not self._follow:
            self._follow = "time"
        # Consecutive moves of one slider are one step back in the browser's history.
        if what != self._last_change:
            self._last_change = what
            self.browser.entry += 1
        self.request(follow)

    def choose(self, preset: str, opened: Any = None) -> None:
        """Set all values to a preset's, for a file that was opened too; axes follow, trails are wiped."""
        if opened is not None or preset != self.preset:
            self.uploads.hold(opened)
        kept = self.settings.compare if preset == self.preset else compared_in(type(self.model), preset)
        self.preset = preset
        self.toolbar.show(preset)
        self.model.set_preset(preset)
        self.controls.show(self.model.values())
        self.settings = replace(self.settings, starts=(), compare=kept or self.settings.compare)
        self.options.show(self.settings)
        self._explore_what_matters()
        self.board.forget_trails()
        self._last_change = ""
        self._changed(f"preset {preset}", follow=True)

    def fit(self) -> None:
        """Fit the axes to what is drawn."""
        self._follow = "fit"
        self.gate.request(self._question())

    def freeze(self) -> None:
        """Keep the present run as a ghost under the next ones."""
        self.frozen = self.model.snapshot()
        self._changed("freeze")

    def clear(self) -> None:
        """Wipe the ghost, the clicked runs and the trails."""
        self.frozen, self.settings = None, replace(self.settings, starts=(), sweep=False)
        self._show_choices()
        self.board.forget_trails()
        self._changed("clear")

    def enlarge(self, large: bool) -> None:
        """Switch page and plots between plain and projector text."""
        self.browser.large = large
        self.board.enlarge(large)
        self._changed("enlarge")

    def _choose(self, **choices: Any) -> None:
        """Follow a choice made above the diagram."""
        self.settings = replace(self.settings, **choices)
        self._show_choices()
        self._changed(next(iter(choices)), follow=bool({"explore", "against", "second", "axes"} & set(choices)))

    def _show_choices(self) -> None:
        self.explorer.show(self.settings)
        self._results |= chart.match(self.board, self.extra, self.model.snapshot(), self.settings)
        if self.slicer:
            self.slicer.show(self.settings)

    def _shown(self, view: str) -> Shown:
        return Shown(self.model.snapshot(), self.settings, self._results[view], self.board.limits(view), self._cycles)

    def _respond(self, view: str, response: Response) -> None:
        """Do what a click or a drag in a plot asks for."""
        self.settings = response.settings
        self.model.param.update(**response.values)
        self.controls.show(response.values)
        self._changed("t_end" if "t_end" in response.values else f"click {view}")

    def query(self) -> str:
        """Return the link to this state, without the question mark."""
        return write_link(PageState(self.preset, self.model.snapshot(), self.settings, self.frozen, self.browser.large))

    def _write_address(self) -> None:
        self.browser.query = self.query()

    def restore(self, query: str) -> None:
        """Set everything that a link says; what it says wrongly is told."""
        state = read_link(query, type(self.model), remembers("text") == "large")
        self.preset, self.settings, self.frozen = state.preset, state.settings, state.frozen
        self.uploads.restored(state.file)
        self.model.param.update(**state.snapshot.values_by_name)
        self.toolbar.show(self.preset)
        self.controls.show(self.model.values())
        self._show_choices()
        self.options.show(self.settings)
        self.browser.large = state.large
        self.board.enlarge(state.large)
        self._last_change = ""
        self.board.forget_trails()
        self.request(follow=True)
        self.messages.add_link_errors(tuple(c for c in state.complaints if c != LOST or self.model.opened is None))

    def _compute(self, question: Question, job: Any, partial: Any = None) -> Frame | None:
        rules = chart.rules_now(self.board, question.settings)
        return partial_frame(rules, question, partial, job) if partial else compute_frame(rules, question, job)

    def _apply(self, question: Question, frame: Frame) -> None:
        if frame.so_far:
            self._results |= self.board.show_so_far(frame.columns, frame.results, frame.limits)
            self.messages.show_regime(frame.regime)
            return
        # A question that was replaced by a newer one hands on what it should have done.
        if question.ghost:
            self._ghost = ghost_of(question.frozen, question.settings)
        self._follow = "" if question.follow == self._follow else self._follow
        self.toolbar.mark(question.snapshot.values_by_name != type(self.model).preset_values(self.preset))
        self.board.show(frame.columns, frame.results, frame.limits)
        self.toolbar.call("fit", self.board.cuts(frame.columns))
        self.controls.dim(frame.idle)
        if self.slicer:
            self.slicer.follow(frame.results["phase_plane"].held)
        self.texts.follow(question.snapshot)
        self.explorer.offer(question.snapshot, question.settings)
        self.messages.show_regime(frame.regime)
        self._results |= frame.results
        self.background.follow(question.snapshot, question.settings)

    def _failed(self, question: Question, error: Exception) -> None:
        self.messages.error(f"This could not be computed: {error}. The plots still show the last good values.")

    def _cancel(self) -> None:
        self.gate.cancel()
        self.background.cancel()
        self.messages.error("Cancelled: the plots show the last finished run.")

    def _show_late(self, topic: str, shown: Any, finished: bool) -> None:
        if topic == "cycles":
            self._cycles = shown
        with pn.io.hold():
            self.board.send_late(topic, shown)
        if finished and topic in ("cycles", "rates"):  # the sentence knows more now, and the f-I curve
            self.gate.request(self._question())

    def _failed_late(self, topic: BackgroundQuestion, error: Exception) -> None:
        self.messages.error(f"No {topic.words} could be computed: {error}. The other plots are complete.")

    def close(self) -> None:
        """Stop all work and forget what the user opened, as when the session ends."""
        for part in (self._loop, self.gate, self.background, self.uploads):
            part.close()
        self.frozen, self._ghost, self._results = None, (None, None), {}

    def body(self) -> Viewable:
        """Return the main area: sentences, plots in rows, texts."""
        return lay_out(self.panes, {name: view.shape for name, view in self.board.views.items()},
                       top=[self.top, *self.messages.head(),
                            self.options.row(self.messages.check), self.messages.waiting],
                       explorer=self.explorer.row() if "diagram" in self.board.views else None,
                       extra=self.extra, below=[self.below, self.beacon, self.browser])
