"""What a quick round needs and leaves out: no browser, no Playwright, the first preset of every model."""

from __future__ import annotations

import ast
import re

from ncm_app.core.catalogue import find, models
from tests.support.catalogue import every_preset
from tests.test_layers import ROOT, imports


def test_only_what_starts_a_browser_imports_playwright():
    """All other tests are collected, and run, where it is not installed."""
    texts = {path: path.read_text(encoding="utf-8") for folder in ("tests", "benchmarks")
             for path in (ROOT / folder).rglob("*.py")}
    found = [one for text in texts.values() if "playwright" in text for one in imports(ast.parse(text), set())
             if one.module.startswith("playwright")]
    assert len(found) > 2
    assert [one for one in found if not (one.late or one.typing)] == []


def test_files_that_are_run_on_the_newest_python_exist():
    script = (ROOT / ".ci" / "newest-python").read_text(encoding="utf-8")
    (names,) = re.findall(r'files="([^"]*)"', script)
    assert len(names.split()) > 8
    assert [name for name in names.split() if not (ROOT / "tests" / "pages" / f"test_{name}.py").exists()] == []


def test_the_first_preset_is_always_tested_and_the_others_are_a_sweep():
    cases = every_preset(models().values())
    always = [case for case in cases if not case.marks]
    assert [case.values for case in always] == [(model, next(iter(model.presets))) for model in models().values()]
    assert {mark.name for case in cases for mark in case.marks} == {"sweep"}
    assert len(cases) == sum(len(model.presets) for model in models().values()) > len(always)
    assert [case.values[1] for case in every_preset([find("eif")])] == list(find("eif").presets)
