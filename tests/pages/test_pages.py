"""Every model page builds, follows its controls and explores its parameters."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.capabilities import is_learner
from ncm_app.core.learner import OF_THE_RUN
from ncm_app.core.model import Flow
from ncm_app.core.quantity import Choice
from ncm_app.core.symbols import symbols_of
from ncm_app.core.written import Written
from ncm_app.numerics.results import Status
from ncm_app.numerics.system import SILENT
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.diagram import explorable
from ncm_app.studies.simulate import simulate
from ncm_app.views.columns import lean
from tests.models.test_contract import ends_of
from tests.support.catalogue import warm_once
from tests.support.session import EXPLORED, KINDS, PRESETS, served, use
from tests.support.shown import drawn_texts, spelled, texts_of


@KINDS
def test_every_model_page_builds_with_all_its_plots(model):
    async def look(session):
        names = [view.name for _, view in rules_for(model)]
        assert sorted(session.figures()) == sorted(names)
        assert set(session.page.bench.board.live.plots) == set(names)
        for drawn in session.figures().values():
            assert drawn.xaxis[0].axis_label
            assert drawn.yaxis[0].axis_label
            assert drawn.output_backend == "canvas"  # WebGL without a graphics card is several times slower
        assert session.page.bench.messages.sentence.text.endswith(".")
        assert not session.page.bench.messages.notice.text
        shown, values = session.page.bench.controls.values, session.page.bench.model.values()
        without = OF_THE_RUN if is_learner(model) else ()  # a bar of its own shows these
        assert model.clean(shown) == {name: value for name, value in values.items() if name not in without}
        texts = list(texts_of([*session.roots, session.page.export.dialog]))
        assert len(texts) > 30
        assert [text for text in texts if spelled(text)] == []
        for name, drawn in session.figures().items():
            assert (name, [text for text in drawn_texts(drawn) if spelled(text)]) == (name, [])

    served(model, look)


@KINDS
def test_every_control_moves_to_both_ends_and_the_page_follows(model):
    is_flow = issubclass(model, Flow)

    async def move(session):
        page = session.page
        if is_flow:
            page.bench.controls.move("t_end", 20.0)
            await session.settled()
        for name, control in model.controls().items():
            before = getattr(page.bench.model, name)
            if isinstance(control, Written) or name not in page.bench.controls.values:
                continue
            for end in (control.objects if isinstance(control, Choice) else control.bounds):
                page.bench.controls.move(name, min(end, 300.0) if name == "t_end" else end)
                await session.settled()
                assert getattr(page.bench.model, name) == page.bench.controls.values[name]
                assert "could not be computed" not in page.bench.messages.notice.text, (name, end)
                assert page.bench.messages.sentence.text.endswith("."), (name, end)
            page.bench.controls.move(name, before)
        await session.settled()
        assert page.bench.gate.frames > 10
        if not is_flow:
            return
        t, y = (session.source("trace", model.states[0].name)[f"trace_{axis}"] for axis in "xy")
        run = simulate(page.bench.model.snapshot())
        assert (len(t), float(t[-1])) == (len(lean(run.t, run.y[0])[0]), pytest.approx(run.t[-1]))
        assert y[-1] == pytest.approx(run.y[0, -1] * model.states[0].scale, rel=1e-5)

    served(model, move)


@PRESETS
def test_both_ends_of_every_slider_are_answered_and_trouble_is_told(model, preset):
    """No NaN in silence: a run that ends early says so in the frame's warnings."""
    warm_once(model)
    cards = rules_for(model)
    is_flow = issubclass(model, Flow)
    values = model.preset_values(preset) | ({"t_end": 30.0, "dt": 0.5} if is_flow else {})
    choices, checked = ViewChoices(explore=model.explore), 0
    for name, control in model.controls().items():
        if name == "t_end":
            continue
        for end in ends_of(control):
            snapshot = model(**{**values, name: end}).snapshot()
            frame = compute_frame(cards, Question(snapshot, choices), SILENT)
            checked += 1
            assert "nan" not in frame.regime.sentence.lower().replace("resonan", ""), (name, end)
            assert "nan" not in frame.regime.numbers.lower(), (name, end)
            if not is_flow:
                continue
            run = frame.results["trace"].trajectory
            drawn = {layer: pair for view, layers in frame.columns.items() if view.split("_")[0] == "trace"
                     for layer, pair in layers.items()}
            assert np.all(np.isfinite(run.y)), (name, end)
            for state in filter(lambda one: one.traced, model.states):  # only a turning phase is cut
                gaps = np.isnan(drawn[state.name][1])
                assert not np.any(gaps) or (state.unit == "rad" and not np.all(gaps)), (name, end)
            assert run.status is Status.OK or run.message in frame.regime.warnings, (name, end)
    assert checked > 4


@EXPLORED
def test_every_explorable_parameter_has_a_diagram_and_label(model):
    async def explore(session):
        page = session.page
        for name in explorable(model().snapshot()):
            use(page.bench.explorer.explore, name)
            await session.settled()
            axis = session.figures()["diagram"].xaxis[0].axis_label
            assert axis.startswith(symbols_of(model).text(name))
            shown, (low, high) = session.figures()["diagram"].x_range, model.control(name).bounds
            assert low <= shown.start <= getattr(page.bench.model, name) <= shown.end <= high
            assert shown.start < shown.end
            assert "could not" not in page.bench.messages.notice.text

    served(model, explore)
