"""A page whose server goes away says so, and comes back by itself into its present state."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.support.serving import ROOT, InProcess, free_port, wait_until_served

pytestmark = pytest.mark.usefixtures("compiled")


def served_apart(port):
    """Serve the application in a process of its own, which can be stopped."""
    process = subprocess.Popen([sys.executable, "-m", "panel", "serve", "app.py", "--port", str(port)], cwd=ROOT,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until_served(port)
    return process


def stopped(process):
    process.send_signal(signal.SIGKILL)
    process.wait(30)


@pytest.mark.slow
def test_a_page_comes_back_into_its_state_when_its_server_does(browser):
    port = free_port()
    process = served_apart(port)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(InProcess(port).url("app", "model=lif"))
        field = page.locator(".ncm-I_0").get_by_role("spinbutton")
        field.fill("21.5")
        field.press("Enter")
        page.wait_for_url("**I_0=21.5**")
        stopped(process)
        page.wait_for_selector(".ncm-lost")
        assert "comes back by itself" in page.locator(".ncm-lost").inner_text()
        process = served_apart(port)
        page.wait_for_selector(".ncm-lost", state="detached")
        page.wait_for_selector(".ncm-I_0 input[type=range]")
        assert page.locator(".ncm-I_0").get_by_role("spinbutton").input_value() == "21.5"
    finally:
        context.close()
        stopped(process)
