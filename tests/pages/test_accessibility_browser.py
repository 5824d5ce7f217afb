"""No page of any kind has what axe-core calls a violation of WCAG 2.2 AA, in the light and in the dark."""

from __future__ import annotations

import importlib.resources

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = """rules => axe.run(document, {runOnly: rules}).then(found => found.violations.map(
  one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | ')}`))"""
PAGES = ["", "model=ei_rate_network", "model=eif", "model=recurrent_network", "model=spike_trains", "model=kuramoto"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("query", PAGES)
def test_page_has_no_violation(context, server, query, theme):
    context.add_cookies([{"name": "ncm_theme", "value": theme, "url": server.url("app")}])
    page = context.new_page()
    page.goto(server.url("app", query))
    page.wait_for_selector(".ncm-equations svg, .ncm-topics button" if query != "model=spike_trains" else ".ncm-regime")
    page.wait_for_function("Bokeh.documents[0].is_idle")
    page.wait_for_timeout(2500)  # names are given a moment after parts are there
    page.evaluate(importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    assert page.evaluate(FOUND, RULES) == []


def test_question_and_cursors_have_no_violation(page, server):
    page.goto(server.url("app", "model=phase_line&preset=Ex+A.7.3"))
    page.wait_for_selector(".ncm-guess label")
    page.locator(".ncm-do-measure button").click()
    page.wait_for_selector(".cursors p span")
    page.get_by_label("at 2.00").check()
    page.locator(".ncm-do-do-try button").click()
    page.wait_for_selector(".ncm-happened:not([hidden])")
    page.wait_for_timeout(2500)
    page.evaluate(importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    assert page.evaluate(FOUND, RULES) == []


def test_plots_say_what_they_show(page, server):
    page.goto(server.url("app", "model=ei_rate_network"))
    page.wait_for_selector(".ncm-equations svg")
    page.wait_for_timeout(2500)
    labels = page.get_by_role("img").evaluate_all("parts => parts.map(part => part.ariaLabel).filter(Boolean)")
    assert any(label.endswith("over time (ms)") for label in labels)
    assert page.locator("[role=heading][aria-level='1']").first.inner_text() == "3.3 Excitatory-inhibitory rate network"
