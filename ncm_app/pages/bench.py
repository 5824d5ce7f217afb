"""One model at work on a page: its state, controls, plots and sentences, the gate and the slow questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from panel.viewable import Viewable

from ncm_app.core.model import Flow, Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT
from ncm_app.pages import chart
from ncm_app.pages.background import BackgroundQueue
from ncm_app.pages.board import Board
from ncm_app.pages.brush import brushes_of
from ncm_app.pages.controls import Controls
from ncm_app.pages.explorer import Explorer
from ncm_app.pages.layout import column, hook, lay_out, skeleton
from ncm_app.pages.lesson import lessons_of
from ncm_app.pages.live import Beacon, FrameGate
from ncm_app.pages.messages import Messages
from ncm_app.pages.options import Options
from ncm_app.pages.read_out import ReadOut, measure_button
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.pages.slicer import Slicer
from ncm_app.pages.uploads import Uploads
from ncm_app.session import actions
from ncm_app.session.background_questions import BACKGROUND_QUESTIONS, CYCLES, BackgroundQuestion
from ncm_app.session.clicks import Response, Shown
from ncm_app.session.frames import Frame, Question, compute_frame, partial_frame
from ncm_app.session.ghosts import compared, ghost_of
from ncm_app.session.history import History, Walk
from ncm_app.session.plot_gestures import PlotGestures
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.render import Render
from ncm_app.session.state import PageState
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.warm import is_compiling, prefer_compared
from ncm_app.views.window import Why


class Bench:
    """A model that a user works with; several may stand on one page, each with a `prefix` to all its names.

    `commit` takes every gesture; `history` holds the states. Whoever shows the bench adds to `render` what
    else shows the state, to `on_show` what follows each new one (and why axes move, whether trails begin anew),
    and to `on_frame` what follows each frame.
    """

    follows: Collection[str] = ()  # controls that nobody moves here

    def __init__(self, state: PageState, loop: SessionLoop, prefix: str = "") -> None:
        self.prefix, self._loop = prefix, loop
        self.history = History(state)
        self.render = Render()
        self.on_frame: list[Callable[[Question, Frame], None]] = []
        self.on_show: list[Callable[[PageState, Why, bool], None]] = []
        self._why, self._ghost = Why.STAY, ghost_of(None, ViewChoices())
        self._late: dict[str, Any] = {}
        self._gestures = gestures = PlotGestures(self._shown, self.on_plot_click)
        self.board = Board(rules_for(self.model_type), loop.posted(gestures.click), loop.posted(gestures.drag), prefix)
        question = Question(state.snapshot, replace(state.choices, compare=""))
        first = compute_frame(self.board.rules, question, SILENT)
        self.panes = self.board.draw(first.results)
        self.results: dict[str, Any] = first.results
        self._build_parts()
        self.messages.show_regime(first.regime)

    def _build_parts(self) -> None:
        state, model, views = self.state, self.model_type, self.board.views
        self.options = Options(model, state.choices, self.on_view_choice)
        self.messages = Messages(self.cancel, model, [*measure_button(views), *self.options.in_head])
        self.uploads = Uploads(model.reads, self.open_file, self.close_file, self.messages.quote, self._loop)
        self.controls = Controls(model, state.values, self.on_slider, self.messages.error, self.prefix, self.follows)
        self.brushes = brushes_of(lambda: self.snapshot, views, self.prefix, self._gestures.paint)
        self.lessons = lessons_of(model, lambda: self.history, self.commit, self._loop)
        self.on_frame += [brush.follow for brush in self.brushes] + [lesson.follow for lesson in self.lessons]
        self.explorer = Explorer(model, state.choices, state.snapshot, self.on_view_choice, self.cancel)
        sliced = "phase_plane" in self.panes and len(model.states) > 2
        self.slicer = Slicer(model, state.choices, self.on_view_choice) if sliced else None
        self.side, self.extra, self.beacon = column(skeleton(len(self.controls.values))), column(), Beacon()
        self.gate = FrameGate(self._compute, self._apply, self._failed, self.messages.busy, self.beacon, self._loop)
        self.background = BackgroundQueue(BACKGROUND_QUESTIONS, self._show_late, self.explorer.tell, self._failed_late,
                                          self._loop, lambda: not is_compiling(self.model_type))
        self._add_shows()

    def _add_shows(self) -> None:
        """Say what shows which part of the state."""
        add = self.render.add
        add(lambda state: state.snapshot.opened, lambda state: self.uploads.show(state.snapshot.opened))
        add(lambda state: state.preset, lambda state: self.uploads.give_up())
        add(lambda state: state.values, lambda state: self.controls.show(state.values))
        add(lambda state: state.choices, lambda state: self.explorer.show(state.choices))
        add(lambda state: state.choices, lambda state: self.options.show(state.choices))
        add(lambda state: state.choices, self._show_chart)
        add(lambda state: state.choices.compare, lambda state: prefer_compared(state.choices.compare))
        if (slicer := self.slicer) is not None:
            add(lambda state: state.choices, lambda state: slicer.show(state.choices))
        add(lambda state: state.large, lambda state: self.board.enlarge(state.large))

    def go_live(self) -> None:
        """Add the controls, and answer from now on: before its browser is ready, Panel answers nothing."""
        slicer = [self.slicer.panel()] if self.slicer else []
        self.side.objects = [*self.uploads.panel(), self.controls.panel, *slicer]
        hook(self.side, self.prefix)

    def begin(self, state: PageState) -> None:
        """Show a state as the first of the history."""
        fresh = state == self.state
        self.history = History(state)
        self._show(None, state, Why.STAY if fresh else Why.PRESET, False)

    # --- the state ----------------------------------------------------------------

    @property
    def state(self) -> PageState:
        """What is shown now."""
        return self.history.present.state

    @property
    def model_type(self) -> type[Flow]:
        """The class of the model."""
        return self.state.snapshot.model  # type: ignore[no-any-return]

    @property
    def snapshot(self) -> Snapshot:
        """The present values."""
        return self.state.snapshot

    @property
    def model(self) -> Model:
        """The model under the present values, as at the prompt."""
        model = self.model_type(**self.state.values)
        model.opened = self.snapshot.opened
        return model

    # --- what the user does -------------------------------------------------------

    def commit(self, action: actions.Action) -> None:
        """Do what a user asks for: the next state, what shows it, and a frame."""
        old = self.state
        try:
            new = actions.reduce(old, action)
        except ValueError as error:
            self.messages.error(str(error))
            self.controls.show(old.values)
            return
        self.history.add(new, action)
        self._show(old, new, actions.why_axes_follow(old, new, action), actions.wipes_trails(action))

    def _show(self, old: PageState | None, new: PageState, why: Why, wipes: bool) -> None:
        if old is not None:
            self.messages.clear_errors()
        self.render(old, new)
        if wipes:
            self.board.forget_trails()
        for show in self.on_show:
            show(new, why, wipes)
        self.request(why)

    def walk(self, step: Callable[[], Walk | None]) -> bool:
        """Go through the history, as by `history.undo`; tell whether there was somewhere to go."""
        old, found = self.state, step()
        if found is not None:
            self._show(old, found.state, found.why, found.wipes)
        return found is not None

    def undo(self) -> None:
        """Take the last gesture back."""
        self.walk(self.history.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self.walk(self.history.redo)

    def on_slider(self, name: str, value: Any) -> None:
        """Set a control."""
        self.commit(actions.Move(name, value))

    def on_view_choice(self, **choices: Any) -> None:
        """Make choices that are no values of the model."""
        self.commit(actions.Choose(choices))

    def on_plot_click(self, response: Response, drag: int = 0) -> None:
        """Do what a click or a drag in a plot asks for."""
        self.commit(actions.Respond(response.values, response.choices, drag))

    def choose(self, preset: str) -> None:
        """Set all values to a preset's; axes follow, trails are wiped."""
        self.commit(actions.ChoosePreset(preset))

    def open_file(self, preset: str, opened: Any) -> None:
        """Show a file that was read, under a preset that suits it."""
        self.commit(actions.OpenFile(preset, opened))

    def close_file(self) -> None:
        """Let the model answer by itself again."""
        self.commit(actions.CloseFile())

    def freeze(self) -> None:
        """Keep the present run as a ghost under the next ones."""
        self.commit(actions.Freeze())

    def clear(self) -> None:
        """Wipe the ghost, the clicked runs, the sweep and the trails."""
        self.commit(actions.Clear())

    def fit(self) -> None:
        """Fit the axes to what is drawn."""
        self._why = Why.FIT.after(self._why)
        self.gate.request(self._question())

    def cancel(self) -> None:
        """Stop what is computed; the last picture stays."""
        self._pause()
        self.gate.cancel()
        self.background.cancel()
        self.messages.error("Cancelled: the plots show the last finished run.")

    def _shown(self, view: str) -> Shown:
        return Shown(self.board.views[view], self.snapshot, self.state.choices, self.results[view],
                     self.board.limits(view), self._late.get(CYCLES))

    # --- frames ---------------------------------------------------------------------

    def request(self, why: Why = Why.STAY) -> None:
        """Ask for a frame of the present state."""
        self._why = why.after(self._why)
        self.gate.request(self._question())

    def _question(self) -> Question:
        state = self.state
        other = compared(state.snapshot, state.choices, state.preset)
        # A compared model moves with every slider, a frozen run stays.
        anew = other is not None or self._ghost != ghost_of(state.frozen, state.choices)
        return Question(state.snapshot, state.choices, state.frozen, self._why, anew, other, state.companion)

    def _show_chart(self, state: PageState) -> None:
        self.results |= chart.match(self.board, self.extra, state.snapshot, state.choices)

    def _compute(self, question: Question, job: Any, partial: Any = None) -> Frame | None:
        rules = chart.rules_now(self.board, question.choices)
        question = question._replace(windows=self.board.windows())
        return partial_frame(rules, question, partial, job) if partial else compute_frame(rules, question, job)

    def _apply(self, question: Question, frame: Frame) -> None:
        if frame.so_far:
            self.results |= self.board.show_so_far(frame.columns, frame.results, frame.limits)
            self.messages.show_regime(frame.regime)
            return
        if question.ghost:
            self._ghost = ghost_of(question.frozen, question.choices)
        # A question that was replaced by a newer one hands on why axes move.
        self._why = Why.STAY if question.why == self._why else self._why
        self.board.show(frame.columns, frame.results, frame.limits)
        self.controls.dim(frame.idle)
        if self.slicer:
            self.slicer.follow(frame.results["phase_plane"].held)
        self.explorer.offer(question.snapshot, question.choices)
        self.messages.show_regime(frame.regime)
        self.results |= frame.results
        for follow in self.on_frame:
            follow(question, frame)
        self.background.follow(question.snapshot, question.choices)

    def _failed(self, question: Question, error: Exception) -> None:
        self._pause()
        self.messages.error(f"This could not be computed: {error}. The plots still show the last good values.")

    def _pause(self) -> None:
        for lesson in self.lessons:
            lesson.pause()

    def _show_late(self, name: str, shown: Any, finished: bool) -> None:
        self._late[name] = shown
        self.board.send_late(name, shown)
        if finished and any(topic.name == name and topic.refreshes_frame for topic in BACKGROUND_QUESTIONS):
            self.gate.request(self._question())

    def _failed_late(self, topic: BackgroundQuestion, error: Exception) -> None:
        self.messages.error(f"No {topic.words} could be computed: {error}. The other plots are complete.")

    def close(self) -> None:
        """Stop all work and forget what the user opened, as when the session ends."""
        self._pause()
        for part in (self.gate, self.background, self.uploads):
            part.close()
        state = self.state
        self.history = History(replace(state, snapshot=replace(state.snapshot, opened=None), frozen=None))
        self._ghost, self.results = (None, None), {}

    def body(self, top: list[Viewable], below: list[Viewable], words: Sequence[Viewable] = ()) -> Viewable:
        """Return the main area between what stands above and below it: sentences, further `words`, plots in rows."""
        views, lessons = self.board.views, [lesson.bar for lesson in self.lessons]
        explorer = self.explorer.row() if "diagram" in views else None
        top = [*top, *lessons, *self.messages.head(), *words, ReadOut(views, self.prefix)]
        return hook(lay_out(self.panes, {name: view.shape for name, view in views.items()}, top, explorer, self.extra,
                            [*below, self.beacon, *self.brushes]), self.prefix)
