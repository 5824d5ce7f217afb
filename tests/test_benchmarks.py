"""The pages that benchmarks compare with can still be built."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.parametrize(("module", "built"), [
    ("dynamic_page", "page().get_root()"), ("raster_page", "raster(40.0)"), ("empty_page", ""), ("plain_page", "")])
def test_page_beside_which_ours_is_measured_is_built(module, built):
    """In a Python of its own: these pages set up Panel in their own way."""
    code = f"from benchmarks.{module} import *\n{built}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
