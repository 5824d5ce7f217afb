"""A student tries what a page offers: it is done before the eyes, and told afterwards; what is by hand is begun."""

from __future__ import annotations


def offered(tab):
    return tab.page.locator(".ncm-try").inner_text()


def test_line_is_done_and_told_afterwards(tab):
    tab.open("model=ei_rate_network")
    tab.until(lambda: offered(tab) == "Try: In Fig 3.4 C,D, lower τᵢ from 30 to 24 ms")
    tab.press("do-try")
    tab.until(lambda: tab.value("tau_i") == 24.0 and "preset=Fig+3.4+C,D" in tab.page.url)
    tab.until(lambda: offered(tab).endswith("→ the trace turns negative and the ringing dies out."))
    tab.until(lambda: tab.said()[0].startswith("Stable spiral"))
    assert not tab.page.locator(".ncm-do-reveal").is_visible()
    tab.press("undo")
    tab.until(lambda: tab.value("tau_i") == 30.0)
    tab.press("next-try")
    tab.until(lambda: "set Δt to 0.01 ms" in offered(tab) and "→" not in offered(tab))
    tab.press("reveal")
    tab.until(lambda: offered(tab).endswith("so Euler's step mattered."))


def test_line_for_the_hand_is_begun_with_its_preset(tab):
    tab.open("model=hopf_system")
    tab.until(lambda: "raise c towards 0" in offered(tab))
    assert tab.page.locator(".ncm-do-do-try").inner_text() == "Begin"
    tab.press("do-try")
    tab.until(lambda: "c < 0" in tab.page.locator(".ncm-preset select").input_value())
    assert "→" not in offered(tab)
