"""Kernels keep their machine code in the user's cache, never beside the package, and only in folders of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import ncm_app
from ncm_app.machine_code import cache
from ncm_app.machine_code.cache import cache_folder, digest, kernel
from ncm_app.models.trains import _synthetic_recordings
from ncm_app.numerics import noise
from ncm_app.numerics.spikes import arrivals, noisy_eif
from ncm_app.readers import scan

PACKAGE = Path(ncm_app.__file__).parent
USE_ALL = """
import numpy as np
from ncm_app.numerics.spikes.arrivals import add_arrivals
import ncm_app as ncm
ncm.measure(ncm.model("poisson_process"))
ncm.simulate(ncm.model("eif_poisson"))
print(ncm.__file__)
"""


def compiled_files(folder):
    return {path for path in Path(folder).rglob("*") if path.suffix in (".nbi", ".nbc")}


@pytest.mark.slow
def test_a_process_that_uses_kernels_writes_nothing_into_the_package(tmp_path):
    before = compiled_files(PACKAGE)
    environment = {**os.environ, "NCM_APP_CACHE": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)}
    run = subprocess.run([sys.executable, "-c", USE_ALL], cwd=tmp_path, env=environment, capture_output=True,
                         text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.splitlines()[-1]).parent == PACKAGE
    assert compiled_files(PACKAGE) == before
    assert compiled_files(tmp_path / "kernels")


def test_every_kernel_of_the_package_keeps_its_code_in_the_cache():
    found = [value for module in (arrivals, noisy_eif, scan, _synthetic_recordings) for value in vars(module).values()
             if isinstance(value, numba.core.dispatcher.Dispatcher)]
    assert len(found) >= 17
    for function in found:
        assert Path(function.stats.cache_path).is_relative_to(cache_folder("kernels")), function
        assert function.targetoptions.get("nogil"), function


def test_no_module_asks_numba_to_cache_beside_itself():
    asking = [path for path in PACKAGE.rglob("*.py") if re.search(r"jit\([^)]*\bcache=True", path.read_text("utf-8"))]
    assert {path.name for path in asking} == {"cache.py", "step_cache.py"}


def test_a_kernel_computes_and_leaves_numbas_own_setting_alone():
    before = numba.config.CACHE_DIR

    @kernel(error_model="numpy")
    def ratio(a, b):
        return a / b

    assert before == numba.config.CACHE_DIR
    assert ratio(1.0, 4.0) == 0.25
    assert ratio(1.0, 0.0) == float("inf")  # the option reached the compiler


def test_without_a_folder_a_kernel_is_compiled_all_the_same(monkeypatch):
    monkeypatch.setattr(cache, "_folder_of", lambda module: None)

    @kernel()
    def twice(x):
        return 2 * x

    assert twice(4) == 8


def test_digest_depends_on_the_text_and_on_all_modules():
    own = sys.modules[__name__]
    assert digest("", noise) == digest("", noise)
    assert len({digest("", noise), digest("text", noise), digest("", own), digest("", own, noise)}) >= 3


def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("NCM_APP_CACHE", str(tmp_path / "mine"))
    assert cache_folder("kernels") == tmp_path / "mine" / "kernels"
    assert (tmp_path / "mine" / "kernels").stat().st_mode & 0o077 == 0
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert cache_folder("kernels") is None
