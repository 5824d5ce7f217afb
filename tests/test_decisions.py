"""The pages for those who carry the work on: complete, listed, and true of files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DECISIONS = sorted(path for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md")
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("CONTRIBUTING.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PARTS = ["Context", "Decision", "What was measured", "What would change it"]
EXAMPLES = ("two_rivals.py", "every_kth.py")
"""Files that a reader is told to write."""
PLACE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|js|md)|(?:[\w.-]+/)+)`")


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_four_parts_on_one_page(path):
    text = "\n".join(lines_of(path))
    assert re.findall(r"^\*\*([^*(]+?)[.*( ]*(?:\([^)]*\))?\.?\*\*", text, re.MULTILINE) == PARTS
    assert 10 <= len(lines_of(path)) <= 40 and all(len(line) <= 130 for line in lines_of(path))


def test_every_decision_is_listed():
    listed = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \|", (ROOT / "docs/decisions/README.md").read_text(), re.MULTILINE)
    assert len(DECISIONS) > 9
    assert sorted(listed) == [(path.stem, path.stem) for path in DECISIONS]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_and_places_in_documents_exist(path):
    text = path.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []
    places = {place for place in PLACE.findall(text) if Path(place).name not in EXAMPLES}
    homes = (ROOT, ROOT / "ncm_app", ROOT / "ncm_app" / "pages")
    assert sorted(place for place in places if not any((home / place).exists() for home in homes)) == []


def test_references_are_those_that_docstrings_cite():
    text = (ROOT / "docs" / "references.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\w+\d{4}) \|", text, re.MULTILINE)
    assert listed == sorted(listed, key=str.lower) and len(set(listed)) == len(listed) > 15
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "ncm_app").rglob("*.py"))
    assert set(re.findall(r"\[([A-Za-z]+(?:19|20)\d\d)\]", code)) == set(listed)
