"""Buttons, fields and clicks in a real browser: what a user does, and what is then really drawn."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.simulate import simulate_from
from tests.support.tabs import EI


def test_preset_sets_all_sliders_plots_and_axes(tab):
    tab.choose("preset", "Sigmoid: memory")
    tab.wait_for(EI, **EI.preset_values("Sigmoid: memory"))
    assert (tab.value("X_e"), tab.value("w_ie")) == (8.0, 1000.0)
    # Rare controls are in a group that is closed at first.
    tab.page.get_by_role("button", name="f-I curve").click()
    assert tab.page.locator(".ncm-curve select").input_value() == "sigmoid"
    assert tab.figure("trace", "figure.x_range.end") == pytest.approx(600.0)
    tab.until(lambda: "preset=Sigmoid" in tab.page.url, "the address")


def test_reset_brings_back_the_preset(tab):
    tab.choose("preset", "Fig 3.4 C,D")
    tab.wait_for(EI, **EI.preset_values("Fig 3.4 C,D"))
    tab.type("tau_i", 20)
    tab.wait_for(EI, **{**EI.preset_values("Fig 3.4 C,D"), "tau_i": 20.0})
    tab.press("reset")
    tab.wait_for(EI, **EI.preset_values("Fig 3.4 C,D"))
    assert tab.value("tau_i") == 30.0


def test_frozen_run_stays_as_a_ghost_until_it_is_cleared(tab):
    frozen = EI().snapshot()
    tab.press("freeze")
    tab.type("tau_i", 40)
    tab.wait_for(EI, frozen=frozen, tau_i=40.0)
    tab.press("clear")
    tab.until(lambda: np.all(np.isnan(tab.columns("trace", "ghost r_e")[1])), "the ghost to go")
    tab.wait_for(EI, tau_i=40.0)


def test_axes_stay_until_fit_is_pressed(tab):
    before = tab.figure("phase_plane", "[figure.x_range.end, figure.y_range.end]")
    tab.type("X_e", 60)
    tab.wait_for(EI, X_e=60.0)
    assert tab.figure("phase_plane", "[figure.x_range.end, figure.y_range.end]") == before
    tab.press("fit")
    x, y = tab.columns("phase_plane", "run")
    tab.until(lambda: tab.figure("phase_plane", "figure.x_range.end") > float(x.max()), "the axes to hold the run")
    assert tab.figure("phase_plane", "figure.y_range.end") > float(y.max())


def test_click_in_the_phase_plane_starts_a_run_there(tab):
    x, y = tab.click("phase_plane", 0.7, 0.3)
    tab.until(lambda: len(tab.columns("phase_plane", "starts")[0]) == 2, "a second start")
    starts = tab.columns("phase_plane", "starts")
    width, height = (tab.figure("phase_plane", f"figure.{axis}_range.end") for axis in "xy")
    assert starts[0][1] == pytest.approx(x, abs=0.01 * width)
    assert starts[1][1] == pytest.approx(y, abs=0.01 * height)
    run = simulate_from(EI().snapshot(), (float(starts[0][1]) / 1000, float(starts[1][1]) / 1000))
    drawn = tab.columns("phase_plane", "clicked")
    assert drawn[0][~np.isnan(drawn[0])] == pytest.approx(1000 * run.y[0], rel=1e-4, abs=1e-4)


def test_click_in_the_diagram_moves_the_slider(tab):
    x, _ = tab.click("diagram", 0.25, 0.1)  # far from every branch: only the parameter moves
    tab.until(lambda: tab.value("tau_i") != 15.0, "the slider to move")
    tab.until(lambda: tab.value("tau_i") == pytest.approx(x, abs=0.5), f"tau_i = {x}")
    exact = float(tab.field("tau_i").input_value())
    tab.wait_for(EI, tau_i=exact)
    assert exact == pytest.approx(x, abs=0.26)  # half a step of the slider


def test_another_parameter_is_explored(tab):
    tab.choose("explore", "X_e")
    tab.wait_for(EI, ViewChoices("X_e"))
    assert tab.figure("diagram", "figure.below[0].axis_label") == "Xₑ (mV)"


def test_typed_value_beyond_the_bounds_gives_a_sentence_and_keeps_the_value(tab):
    for typed in ("1e9", "-3", "0.5"):
        tab.type("tau_i", typed)
        tab.until(lambda: "τᵢ takes a number from 1 to 100 ms; it stays at 15 ms." in tab.text("notice"), typed)
        assert float(tab.field("tau_i").input_value()) == tab.value("tau_i") == 15.0
    tab.type("tau_i", 99.5)
    tab.wait_for(EI, tau_i=99.5)
    tab.until(lambda: tab.text("notice") == "", "the notice to go")


def test_newest_of_many_key_presses_wins(tab):
    tab.slider("tau_i").focus()
    for _ in range(60):
        tab.page.keyboard.press("ArrowRight")
    value = tab.value("tau_i")
    assert value > 40
    tab.wait_for(EI, tau_i=value)


def test_slow_run_shows_progress_can_be_cancelled_and_gives_way_to_a_newer_one(tab):
    cycling = EI.preset_values("Fig 3.4 C,D")
    tab.choose("preset", "Fig 3.4 C,D")
    tab.choose("method", "adaptive")
    tab.wait_for(EI, **{**cycling, "method": "adaptive"})
    before = tab.columns("trace", "r_e")
    bar = tab.page.locator(".ncm-progress").first
    tab.type("t_end", 100000)
    tab.until(bar.is_visible, "the progress bar")
    tab.press("cancel")
    tab.until(lambda: tab.text("notice").startswith("Cancelled"), "the notice")
    tab.until(lambda: not bar.is_visible(), "the bar to go")
    np.testing.assert_array_equal(tab.columns("trace", "r_e")[1], before[1])
    tab.type("t_end", 99999)
    tab.until(bar.is_visible, "the progress bar again")
    tab.type("t_end", 120)
    tab.wait_for(EI, **{**cycling, "method": "adaptive", "t_end": 120.0})
    tab.until(lambda: not bar.is_visible(), "the bar to go")
    assert tab.text("notice") == ""


def test_pictures_data_and_script_are_saved(tab, tmp_path):
    tab.type("tau_i", 21)
    tab.wait_for(EI, tau_i=21.0)
    tab.press("export")
    saved = {}
    for hook in ("png-phase_plane", "svg-trace"):
        with tab.page.expect_download() as started:
            tab.page.locator(f".ncm-do-{hook}").click()
        saved[hook] = tmp_path / started.value.suggested_filename
        started.value.save_as(saved[hook])
    for hook in ("csv", "script"):
        with tab.page.expect_download() as started:
            tab.page.locator(f".ncm-do-{hook}").get_by_role("button").click()
        saved[hook] = tmp_path / started.value.suggested_filename
        started.value.save_as(saved[hook])
    tab.page.keyboard.press("Escape")
    assert [path.suffix for path in saved.values()] == [".png", ".svg", ".csv", ".py"]
    assert saved["png-phase_plane"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert saved["png-phase_plane"].stat().st_size > 5000
    assert ET.parse(saved["svg-trace"]).getroot().tag.endswith("svg")
    text = saved["csv"].read_text(encoding="utf-8")
    assert "tau_i=21" in text.splitlines()[0]
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert next(float(row["x"]) for row in rows if row["curve"] == "present") == 21.0
    script = saved["script"].read_text(encoding="utf-8")
    compile(script, "exported.py", "exec")
    assert "tau_i=21" in script


def test_a_decimal_comma_is_no_tenfold_value(tab):
    before = tab.value("tau_i")
    for typed in ("3,5", "12,25", "1,000"):
        tab.field("tau_i").click()
        tab.page.keyboard.press("Control+A")
        tab.page.keyboard.type(typed)
        tab.page.keyboard.press("Enter")
        tab.until(lambda: "with a decimal point instead of a comma" in tab.text("notice"), "the complaint")
        assert (tab.value("tau_i"), float(tab.field("tau_i").input_value())) == (before, before)
        tab.type("tau_i", 20)
        tab.until(lambda: tab.text("notice") == "", "the complaint to go")
        tab.type("tau_i", before)
        tab.until(lambda: tab.value("tau_i") == before)
