"""The scripts and styles that run in the browser, kept as files of their own."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "js"


def browser_code(name: str) -> str:
    """Return the text of a script or style; it is sent with the page, not requested."""
    return (FOLDER / name).read_text(encoding="utf-8")
