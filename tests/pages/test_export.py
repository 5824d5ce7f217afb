"""What a page exports: a table of all that is drawn, and a script that confirms the page."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from ncm_app.core.capabilities import is_self_contained
from ncm_app.core.catalogue import find
from ncm_app.core.model import Flow
from ncm_app.numerics.results import Status
from ncm_app.pages.export import drawn_table, script_of
from ncm_app.session.plot_rules import rules_for
from ncm_app.studies.plots import measures, run_or_perform
from ncm_app.studies.simulate import simulate
from tests.support.scripts import run_apart, run_here
from tests.support.session import EI, KINDS, PRESETS, served


@KINDS
def test_exported_table_holds_what_is_drawn(model):
    async def act(session):
        session.page.bench.request()
        await session.settled()
        page = session.page
        bench = page.bench
        silent = {name for name, view in bench.board.views.items() if not view.applies(bench.results[name])}
        return drawn_table(bench.board, page.query()), run_or_perform(bench.snapshot), bench.board.shown(), silent

    text, run, shown, silent = served(model, act)
    hidden = {plot.name for plot in model.plots if plot.on_choice} | silent
    assert shown == [view.name for _, view in rules_for(model) if view.name not in hidden] or model.reads
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert comments[0].startswith(f"# model={model.slug()}&")
    assert len(comments) == 1 + len(shown)
    rows = list(csv.DictReader(io.StringIO("\n".join(line for line in text.splitlines() if not line.startswith("#")))))
    assert set(rows[0]) == {"plot", "curve", "x", "y"}
    pictures = {plot.name for plot in model.plots if any(mark.kind == "heatmap" for mark in plot.marks)}
    assert set(shown) - pictures <= {row["plot"] for row in rows} <= set(shown)  # a heat map has a file of its own
    if not issubclass(model, Flow):
        return
    state = model.states[0]
    curve = np.array([(float(r["x"]), float(r["y"])) for r in rows if (r["plot"], r["curve"]) == ("trace", state.name)])
    assert curve[0] == pytest.approx([0.0, run.y[0, 0] * state.scale], rel=1e-6)
    assert curve[-1] == pytest.approx([run.t[-1], run.y[0, -1] * state.scale], rel=1e-5)


def test_table_is_complete_before_anything_has_moved():
    async def act(session):
        return drawn_table(session.page.bench.board, "link")

    assert "trace,r_e," in served(EI, act)


def test_the_dialog_is_made_when_it_is_first_shown_and_opens_again():
    async def act(session):
        await session.settled()
        page, opened = session.page, []
        assert "dialog" not in vars(page.export)
        for _ in range(2):
            page.export.show()
            opened.append((page.below.objects[-1], page.export.dialog.open, page.export.pictures.plots))
            page.export.dialog.open = False
        assert opened[0] == opened[1] == (page.export.dialog, True, page.bench.board.shown())
        return [one for one in page.below.objects if one is page.export.dialog]

    assert len(served(EI, act)) == 1


def script_for(model, preset):
    return script_of(model(**model.preset_values(preset)).snapshot(), preset, "")


@PRESETS
def test_exported_script_of_every_preset_confirms_the_page(model, preset):
    assert_confirmed(model, preset, run_here(script_for(model, preset), is_self_contained(model)))


@KINDS
def test_exported_script_confirms_the_page_elsewhere(model, tmp_path):
    """In a Python of its own; other presets differ in numbers alone."""
    preset = model.first_preset()
    assert_confirmed(model, preset, run_apart(script_for(model, preset), tmp_path, is_self_contained(model)))


def assert_confirmed(model, preset, done):
    assert done.returncode == 0, done.stderr
    if not is_self_contained(model):
        assert all(f"{m.name}: " in done.stdout for m in measures(model(**model.preset_values(preset)).snapshot()))
        return
    ends = simulate(model(**model.preset_values(preset)).snapshot()).status is Status.OK
    assert ("final state" in done.stdout) == ends
    lines = script_for(model, preset).splitlines()
    assert "ncm_app" not in "".join(line for line in lines if "import" in line)


@pytest.mark.parametrize("change", [{"method": "Heun"}, {"method": "RK4"}, {"method": "adaptive"}], ids=str)
def test_exported_script_after_moving_controls_confirms_the_page(change, tmp_path):
    """What the button of the page gives after a preset, a moved slider and another method."""
    async def act(session):
        session.page.bench.choose("Fig 1.2")
        for name, value in {**change, "I_2": 25.0, "dt": 0.2}.items():
            session.page.bench.controls.move(name, value)
        await session.settled()
        return session.page.export._script(), simulate(session.page.bench.model.snapshot())

    text, run = served(find("eif"), act)
    assert "I_2=25" in text
    assert change["method"] in text or "LSODA" in text
    done = run_apart(text, tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{run.spikes[0]:.5g}"[:5] in done.stdout


def test_script_with_a_wrong_number_stops(tmp_path):
    right = script_for(find("leaky_integrator"), "Fig 1.1 A,B")
    head, tail = right.rsplit('check("final state", y[-1], [-', 1)
    done = run_apart(f'{head}check("final state", y[-1], [-1{tail}', tmp_path)
    assert done.returncode != 0
    assert "final state: the page has" in done.stderr
