"""Numbers are read off plots: by the pointer, by a click, by two cursors, with the mouse, a finger and keys."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.support.tabs import tab_in

LIF = "model=lif&preset=Fig+B.3"


@pytest.fixture(scope="module")
def tab(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        yield tab


@pytest.fixture(scope="module")
def phone(browser, patient_server):
    with tab_in(browser, patient_server, width=390, height=844, has_touch=True, is_mobile=True) as tab:
        yield tab


def told(tab):
    return "\n".join(tab.page.locator(".ncm-reading").all_inner_texts())


def pixel(tab, view, x, y=0.5):
    """Return the pixel of a plot at a place of its x axis, and a fraction of its height."""
    box = tab.box(view)
    left, top, height = tab.figure(
        view, f"[view.frame.x_scale.compute({x}), view.frame.bbox.top, view.frame.bbox.height]")
    return box["x"] + left, box["y"] + top + y * height


def numbers(text):
    return [float(found.replace("−", "-")) for found in re.findall(r"[−-]?\d+(?:\.\d+)?", text)]


def interpolated(tab, view, layer, at):
    x, y = tab.columns(view, layer)
    return float(np.interp(at, x, y))


def difference(tab):
    """Return the times of both cursors, their difference and its inverse."""
    return numbers(tab.page.locator(".cursors p span").first.inner_text().replace("1/Δt", ""))


def test_crosshair_tells_time_and_values_without_asking_the_server(tab):
    tab.open("model=ei_rate_network&preset=Fig+3.4+C,D")
    tab.until(lambda: tab.said()[0].startswith("Limit cycle"))
    sent = []
    tab.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    tab.page.mouse.move(*pixel(tab, "trace", 60.0))
    tab.until(lambda: "rₑ = " in told(tab))
    t, r_i, r_e = numbers(told(tab))
    assert abs(t - 60.0) < 0.2 and not sent
    assert abs(r_e - interpolated(tab, "trace", "r_e", t)) < 0.02
    assert abs(r_i - interpolated(tab, "trace", "r_i", t)) < 0.02
    tab.page.mouse.move(5, 300)
    tab.until(lambda: not told(tab).strip())


def test_reading_follows_the_run(tab):
    tab.open("model=ei_rate_network&preset=Fig+3.4+C,D")
    tab.page.mouse.move(*pixel(tab, "trace", 150.0))
    tab.until(lambda: "rₑ" in told(tab))
    before = numbers(told(tab))
    tab.page.locator(".ncm-X_e").get_by_role("slider").focus()
    tab.page.keyboard.press("ArrowRight")
    tab.until(lambda: numbers(told(tab))[1:] != before[1:])


def test_clicked_point_says_its_numbers_and_does_what_it_did(tab):
    tab.open("model=ei_rate_network&preset=Fig+3.4+C,D")
    tab.until(lambda: tab.said()[0].startswith("Limit cycle"))
    x, y = tab.click("phase_plane", 0.3, 0.6)
    tab.until(lambda: "rₑ = " in told(tab))
    np.testing.assert_allclose(numbers(told(tab)), [x, y], rtol=2e-3)
    tab.until(lambda: "starts=" in tab.page.url)


def test_dot_on_the_phase_line_moves_with_the_trace_and_a_click_there_starts_the_run(tab):
    tab.open("model=phase_line&preset=Ex+A.7.3")
    tab.until(lambda: tab.said()[0].startswith("3 fixed points"))
    x, _ = tab.click("phase_line", 0.4, 0.3)
    tab.until(lambda: abs(float(re.search(r"x_0=([-\d.]+)", tab.page.url)[1]) - x) < 0.1 if "x_0=" in tab.page.url
              else False)
    tab.page.mouse.move(*pixel(tab, "trace", 4.5))
    dot = tab.page.locator(".ncm-view-phase_line .ncm-reading div")
    tab.until(lambda: dot.count() == 1)
    box = tab.standing(dot)
    # By then the run has come to -1.
    assert abs(box["x"] + box["width"] / 2 - pixel(tab, "phase_line", -1.0)[0]) < 3.0


def test_interval_is_measured_with_two_cursors(tab):
    tab.open(LIF)
    tab.until(lambda: "Hz" in tab.said()[0])
    spikes = tab.columns("trace", "spikes")[0]
    tab.press("measure")
    tab.until(lambda: tab.page.locator(".cursors p").is_visible())
    before = tab.page.url
    tab.drag("trace", [(spikes[1], -60.0), (spikes[2], -60.0)])
    tab.until(lambda: abs(difference(tab)[2] - float(spikes[2] - spikes[1])) < 1.0)
    first, last, gap, hertz = difference(tab)
    assert abs(last - first - gap) < 0.02 * gap and abs(hertz - 1000.0 / gap) < 0.01 * hertz
    assert tab.page.url.replace("&v=1", "") == before.replace("&v=1", ""), "measuring changed the page"
    assert tab.page.locator(".ncm-do-measure button").get_attribute("aria-pressed") == "true"
    tab.page.get_by_label("cursor 2").focus()
    tab.page.keyboard.press("ArrowRight")
    tab.until(lambda: difference(tab)[1] > last)
    tab.press("measure")
    tab.until(lambda: not tab.page.locator(".cursors").is_visible())


def test_clicks_set_times_only_while_nothing_is_measured(tab):
    tab.open("model=synapses&preset=Fig+1.4")
    tab.press("measure")
    tab.until(lambda: tab.page.locator(".cursors p").is_visible())
    tab.click("spikes", 0.8, 0.25)
    tab.page.wait_for_timeout(900)
    assert "s_e" not in tab.page.url
    tab.press("measure")
    tab.click("spikes", 0.8, 0.25)
    tab.until(lambda: "s_e" in tab.page.url)


def test_finger_reads_and_measures_on_a_phone(phone):
    phone.open(LIF)
    phone.until(lambda: "Hz" in phone.said()[0])
    phone.page.locator(".ncm-view-trace").scroll_into_view_if_needed()
    phone.page.touchscreen.tap(*pixel(phone, "trace", 100.0))
    phone.until(lambda: "t = " in told(phone) and "V = " in told(phone))
    assert abs(float(re.search(r"t = ([\d.]+)", told(phone))[1]) - 100.0) < 2.0
    phone.page.locator(".ncm-do-measure button").tap()
    phone.until(lambda: phone.page.locator(".cursors p").is_visible())
    phone.page.locator(".ncm-view-trace").scroll_into_view_if_needed()
    phone.page.touchscreen.tap(*pixel(phone, "trace", 50.0))
    phone.until(lambda: abs(difference(phone)[0] - 50.0) < 2.0)
    wide = phone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
