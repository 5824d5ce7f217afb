"""No file of the project names a machine or a package registry."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MACHINE = re.compile(r"/(?:home/(?!ncm/)\w|(?:opt|work|root|Users|mnt)/\w)|(?:https?://[\w.-]*(?:pythonhosted|pypi\.|artifactory|nexus))"
                     r"|\b(?:index-url|trusted-host)\b", re.IGNORECASE)
"""Paths of one machine (the image's own home apart) and hosts of package registries."""


def test_no_tracked_text_names_a_machine_or_a_registry():
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git check-out, so there is no list of tracked files")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    found, read = {}, 0
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        data = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" in data or path == Path(__file__):
            continue
        read += 1
        if match := MACHINE.search(data.decode("utf-8")):
            found[name] = match.group()
    assert found == {}
    assert read > 50


@pytest.mark.parametrize("text", ["see /work" + "/main", "--index-" + "url x", "/home/" + "someone",
                                  "https://pypi" + ".org/simple"])
def test_machine_paths_are_recognised(text):
    assert MACHINE.search(text)
