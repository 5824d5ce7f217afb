"""Run exported scripts: apart, as their reader does, or here, in a tenth of the time."""

from __future__ import annotations

import builtins
import io
import os
import subprocess
import sys
import traceback
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import ncm_app


def run_apart(text, folder, alone=True):
    """Run a script in a Python of its own: `alone` where ncm_app cannot be imported; warnings are errors."""
    path = folder / "exported.py"
    path.write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if alone:
        ways = ["-c", "import sys, runpy; sys.modules['ncm_app'] = None; "
                      f"runpy.run_path({str(path)!r}, run_name='__main__')"]
    else:
        ways = [str(path)]
        environment["PYTHONPATH"] = str(Path(ncm_app.__file__).parents[1])
    return subprocess.run([sys.executable, "-W", "error", *ways], capture_output=True, text=True, cwd=folder,
                          env=environment, check=False, timeout=300)


def run_here(text, alone=True):
    """The same in this process, where all libraries are loaded already."""

    def import_others(name, *rest):
        if alone and name.split(".")[0] == "ncm_app":
            raise ImportError(f"a script that stands alone imports {name}")
        return builtins.__import__(name, *rest)

    names = {"__name__": "__main__", "__builtins__": {**vars(builtins), "__import__": import_others}}
    printed, complaint = io.StringIO(), ""
    with redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            exec(compile(text, "exported.py", "exec"), names)
        except BaseException:  # also an exit: whatever ends a script before its end is a complaint
            complaint = traceback.format_exc()
    return subprocess.CompletedProcess([], int(bool(complaint)), printed.getvalue(), complaint)
