"""The pages for those who carry the work on: complete, listed, and true of files that exist."""

from __future__ import annotations

import pkgutil
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DECISIONS = sorted(path for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md")
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("CONTRIBUTING.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PARTS = ["Context", "Decision", "What was measured", "What would change it"]
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
    places = {place for place in PLACE.findall(text) if not place.startswith("ncm_app/models/")}  # yet to be written
    homes = (ROOT, ROOT / "ncm_app", ROOT / "ncm_app" / "pages")
    assert sorted(place for place in places if not any((home / place).exists() for home in homes)) == []


def test_references_are_those_that_docstrings_cite():
    text = (ROOT / "docs" / "references.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\w+\d{4}) \|", text, re.MULTILINE)
    assert listed == sorted(listed, key=str.lower) and len(set(listed)) == len(listed) > 15
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "ncm_app").rglob("*.py"))
    assert set(re.findall(r"\[([A-Za-z]+(?:19|20)\d\d)\]", code)) == set(listed)


def test_new_names_of_the_changelog_exist():
    table = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("### Names that have changed")[2]
    first = re.findall(r"^\| [^|]+ \| `([a-z_.]+[A-Za-z_]*)`", table, re.MULTILINE)
    assert len(first) > 15
    for name in first:  # the first of a row is written in full
        assert pkgutil.resolve_name(name if name.startswith("tests.") else f"ncm_app.{name}") is not None


def test_the_session_of_the_guide_is_debugged_as_it_says(capsys):
    (code,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M | re.S)
    exec(compile(code, "CONTRIBUTING.md", "exec"), {})
    sentence, link = capsys.readouterr().out.splitlines()
    assert sentence.startswith("Rests at V = −72.0 mV") and link == "model=eif&v=1"
