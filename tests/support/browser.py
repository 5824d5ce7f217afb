"""Which browser the tests and the benchmarks drive; Playwright itself is imported where one is started."""

from __future__ import annotations

import shutil
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
VIEWPORT: Any = {"width": 1440, "height": 900}


def find_chromium() -> str | None:
    """Return the path of a Chrome or Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
