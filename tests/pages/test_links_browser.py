"""Addresses in a real browser: shared, walked back and forth, damaged."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.numerics.system import SILENT
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from tests.support.tabs import EI, tab_in


def test_shared_link_restores_everything_in_another_browser(browser, patient_server, tab):
    values = {**EI.preset_values("Fig 3.4 C,D"), "tau_i": 27.0}
    tab.choose("preset", "Fig 3.4 C,D")
    tab.wait_for(EI, **EI.preset_values("Fig 3.4 C,D"))
    tab.type("tau_i", 27)
    tab.wait_for(EI, **values)
    tab.press("freeze")
    tab.type("X_e", 26)
    tab.choose("explore", "X_e")
    tab.click("phase_plane", 0.8, 0.4)
    tab.until(lambda: len(tab.columns("phase_plane", "starts")[0]) == 2, "a clicked run")
    tab.press("enlarge")
    tab.until(lambda: "view.text=large" in tab.page.url and "starts=" in tab.page.url, "the address")
    link = tab.page.url
    tab.press("enlarge")
    tab.until(lambda: "view.text" not in tab.page.url, "plain text again")
    frozen, starts = EI(**values).snapshot(), tab.columns("phase_plane", "starts")
    assert len(link) < 400
    with tab_in(browser, patient_server) as other:
        other.open(urlsplit(link).query)
        other.until(lambda: other.value("X_e") == 26.0, "the sliders")
        exact = (float(starts[0][1]) / 1000, float(starts[1][1]) / 1000)
        other.until(lambda: len(other.columns("phase_plane", "starts")[0]) == 2, "the clicked run")
        assert other.columns("phase_plane", "starts")[0][1] == pytest.approx(1000 * exact[0], rel=1e-5)
        other.until(lambda: np.any(np.isfinite(other.columns("trace", "ghost r_e")[1])), "the frozen run")
        ghost = compute_frame(rules_for(EI), Question(frozen, ViewChoices("X_e")), SILENT).columns["trace"]["r_e"]
        np.testing.assert_allclose(other.columns("trace", "ghost r_e")[1], ghost[1], rtol=2e-6)
        assert other.value("tau_i") == 27.0
        assert other.page.locator(".ncm-preset select").input_value() == "Fig 3.4 C,D"
        assert other.page.locator(".ncm-explore select").input_value() == "X_e"
        assert other.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 20
        assert other.text("notice") == ""


def test_seed_input_and_overlays_come_from_the_link_and_steps_that_blow_up_are_told(browser, patient_server):
    leaky = find("leaky_integrator")
    values = {**leaky.preset_values("Noise"), "seed": 7}
    with tab_in(browser, patient_server) as tab:
        tab.open("model=leaky_integrator&preset=Noise&seed=7&view.overlays=exact")
        tab.wait_for(leaky, ViewChoices("I_0", overlays=("exact",)), **values)
        tab.page.locator(".ncm-overlays").get_by_label("exact").uncheck()
        tab.wait_for(leaky, **values)
        tab.page.locator(".ncm-overlays").get_by_label("convolution").check()
        tab.wait_for(leaky, ViewChoices("I_0", overlays=("convolution",)), **values)
        tab.until(lambda: "view.overlays=convolution" in tab.page.url, "the address")
        tab.type("dt", 40)
        tab.until(lambda: "unless Δt stays below 30.0 ms" in tab.text("notice"), "the warning")
        tab.type("dt", 50)
        tab.type("tau_m", 1)
        tab.until(lambda: "V left every bound" in tab.text("notice"), "the blow-up")
        assert np.all(np.isfinite(tab.columns("trace", "V")[1]))


def test_back_and_forward_walk_through_the_changes(tab):
    tab.type("tau_i", 22)
    tab.until(lambda: "tau_i=22" in tab.page.url, "the first address")
    tab.type("X_e", 27)
    tab.until(lambda: "X_e=27" in tab.page.url, "the second address")
    tab.page.go_back()
    tab.wait_for(EI, tau_i=22.0)
    assert (tab.value("X_e"), tab.value("tau_i")) == (25.0, 22.0)
    tab.page.go_forward()
    tab.wait_for(EI, tau_i=22.0, X_e=27.0)
    assert tab.value("X_e") == 27.0


def test_keys_buttons_and_the_browser_walk_through_one_history(tab):
    at_first = tab.value("tau_i")
    # A step that passes before its address is written is none of the browser's.
    tab.until(lambda: "tau_i=" not in tab.page.url, "the address at first")
    tab.slider("tau_i").focus()
    for _ in range(3):
        tab.page.keyboard.press("ArrowRight")
    moved = tab.value("tau_i")
    tab.until(lambda: f"tau_i={moved:g}" in tab.page.url, "the address")
    tab.press("freeze")
    tab.until(lambda: "frozen=" in tab.page.url, "the address with a ghost")
    tab.slider("tau_i").focus()
    tab.page.keyboard.press("Control+z")
    tab.until(lambda: "frozen=" not in tab.page.url, "the ghost to go")
    assert tab.value("tau_i") == moved
    tab.page.keyboard.press("Control+z")
    tab.until(lambda: tab.value("tau_i") == at_first and "tau_i=" not in tab.page.url, "the slider to go back")
    tab.page.go_forward()
    tab.until(lambda: tab.value("tau_i") == moved, "the browser to go forward")
    tab.press("redo")
    tab.until(lambda: "frozen=" in tab.page.url, "the ghost again")
    assert tab.page.locator(".ncm-do-redo button").is_disabled()
    tab.page.go_back()
    tab.until(lambda: "frozen=" not in tab.page.url, "the browser to go back")
    field = tab.field("tau_i")
    field.click()
    field.press("Control+z")  # the field's own undo: the page stays
    tab.page.wait_for_timeout(800)
    assert tab.value("tau_i") == moved
    tab.page.keyboard.press("Escape")
    tab.slider("tau_i").focus()
    tab.page.keyboard.press("Meta+Shift+z")
    tab.until(lambda: "frozen=" in tab.page.url, "the ghost by the keys of a Mac")


def test_damaged_link_restores_the_good_and_names_the_bad(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        tab.open("model=ei_rate_network&tau_i=22&X_e=nan&w_xx=3&frozen=zzzz&t_end=1e12")
        tab.wait_for(EI, tau_i=22.0)
        # Spelled as in the link, which is what one looks at to mend it.
        for name in ("X_e", "w_xx", "frozen", "t_end", "100000"):
            tab.until(lambda name=name: name in tab.text("notice"), name)
        assert "Traceback" not in tab.page.content()
        tab.open("model=no_such_model&tau_i=3")
        tab.until(lambda: "no_such_model" in tab.text("notice"), "the notice of the catalogue")
        assert tab.page.locator("a.model").count() == len(models())
