"""The README's command starts the server without a complaint, and importing the pages starts nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.support.serving import free_port

ROOT = Path(__file__).resolve().parents[2]


def command():
    """Return what the README says after the installation, with a port of its own and no browser."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    said = re.search(r"<!-- run command -->\n+    pip install \. && panel serve app.py ([^\n]*)\n", text).group(1)
    return [word for word in said.split() if word != "--show"]

STATE = """
import gc, importlib, os, pkgutil, sys, threading
import panel as pn
from bokeh.server.tornado import BokehTornado
from panel.io import handlers
from ncm_app import pages

def state():
    return (BokehTornado.find_handler.__module__, handlers.curdoc.__module__, gc.get_threshold(),
            sys.getswitchinterval(), sorted(thread.name for thread in threading.enumerate()),
            list(pn.extension._loaded_extensions))

before = state()
for found in pkgutil.walk_packages(pages.__path__, pages.__name__ + "."):
    importlib.import_module(found.name)
assert state() == before, (before, state())
site = importlib.import_module("ncm_app.pages.site")
os.environ["NCM_APP_FRAME_ANCESTORS"] = "a;b"
for attempt in range(2):
    try:
        site.start()
    except ValueError:
        continue
    sys.exit("started with a setting that cannot be read")
del os.environ["NCM_APP_FRAME_ANCESTORS"]
site.start()
after = state()
assert all(now != then for now, then in zip(after, before, strict=True)), after
site.start()
assert state() == after, (after, state())
"""


@pytest.mark.slow
def test_importing_the_pages_starts_nothing_and_a_start_that_failed_is_tried_again():
    done = subprocess.run([sys.executable, "-c", STATE], cwd=ROOT, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_command_of_the_readme_starts_without_a_complaint(tmp_path):
    assert "--warm" in command()
    port, log = free_port(), tmp_path / "log"
    with log.open("w") as stream:
        server = subprocess.Popen([sys.executable, "-m", "panel", "serve", str(ROOT / "app.py"), *command(),
                                   "--port", str(port)], cwd=ROOT, stdout=stream, stderr=stream,
                                  env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            assert answer(port, "liveness", server) and answer(port, "app", server)
        finally:
            server.terminate()
            server.wait(20)
    said = log.read_text()
    assert "running at" in said
    assert not re.search("error|traceback|exception", said, re.IGNORECASE), said


def answer(port, page, server):
    """Tell whether a page answers within a minute."""
    for _ in range(300):
        assert server.poll() is None, "the server has ended"
        try:
            with urlopen(f"http://localhost:{port}/{page}", timeout=30) as found:
                return found.status == 200
        except URLError:
            time.sleep(0.2)
    return False
