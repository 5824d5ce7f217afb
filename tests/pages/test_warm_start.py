"""The README's command starts the server without a complaint, warming up included, and its pages answer."""

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
