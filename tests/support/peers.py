"""Other simulators, in a Python of their own: `NCM_APP_BRIAN2` names one that has the extra `peers`."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PEER = os.environ.get("NCM_APP_BRIAN2") or (sys.executable if find_spec("brian2") else "")


def run_there(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run an exported script as it is."""
    file = folder / "exported.py"
    file.write_text(text, encoding="utf-8")
    return subprocess.run([PEER, str(file)], capture_output=True, text=True, timeout=600, check=False)
