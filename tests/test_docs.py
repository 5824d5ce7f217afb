"""What the documents say is so: the example model is run as if it were one of ours."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.language.tex import equations
from ncm_app.numerics.system import SILENT
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.expectations import check_preset
from ncm_app.studies.simulate import simulate

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def example(documented):
    """The flow of docs/add_a_model.md."""
    return documented["two_rivals"]


@pytest.fixture(scope="module")
def documented(tmp_path_factory):
    """The models of docs/add_a_model.md, found by the catalogue in a package of their own."""
    texts = BLOCK.findall((ROOT / "docs" / "add_a_model.md").read_text(encoding="utf-8"))
    package = tmp_path_factory.mktemp("docs") / "documented_models"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    for name, text in zip(("two_rivals", "every_kth"), texts, strict=True):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, str(package.parent))
    try:
        importlib.invalidate_caches()
        found = models("documented_models")
        assert list(found) == ["every_kth", "two_rivals"]
        yield found
    finally:
        sys.path.remove(str(package.parent))
        for name in [name for name in sys.modules if name.partition(".")[0] == "documented_models"]:
            del sys.modules[name]


def test_example_keeps_what_its_presets_promise(example):
    outcomes = [outcome for preset in example.presets for outcome in check_preset(example, preset)]
    assert len(outcomes) == 4
    assert [o.sentence for o in outcomes if not o.met] == []


def test_example_gets_its_page(example):
    cards, checked = rules_for(example), 0
    assert [view.name for _, view in cards] == ["trace", "phase_plane", "eigenvalues", "trace_determinant", "diagram",
                                              "frequency"]
    for name, control in example.controls().items():
        for end in () if name in ("t_end", "method") else control.bounds:
            snapshot = example(**{"t_end": 30.0, name: end}).snapshot()
            frame = compute_frame(cards, Question(snapshot, ViewChoices(explore="I_0")), SILENT)
            assert frame.regime.sentence.endswith(".")
            assert np.any(np.isfinite(frame.columns["trace"]["r_1"][1]))
            checked += 1
    assert checked == 12


def test_example_prints_its_equations(example):
    lines = equations(example, choices={})
    assert any(r"\tau \frac{dr_1}{dt}" in line for line in lines)
    assert any("e^{-x}" in line for line in lines)


@pytest.mark.parametrize("lead", [-0.05, 0.05])
def test_example_lets_the_population_that_leads_win(example, lead):
    run = simulate(example(r_1_0=0.5 + lead, r_2_0=0.5 - lead, t_end=400.0).snapshot())
    assert (run.y[0, -1] > 0.9) == (lead > 0)
    assert run.y[:, -1].sum() == pytest.approx(1.0, abs=0.02)


def test_example_is_no_model_of_the_catalogue(example):
    assert example.slug() not in models()
    assert example.title not in {model.title for model in models().values()}
    # With weak inhibition the lead is lost.
    run = simulate(example(w=3.0, t_end=400.0).snapshot())
    assert run.y[0, -1] == pytest.approx(run.y[1, -1], abs=1e-3)


def test_documented_experiment_keeps_its_promises_and_gets_its_page(documented):
    model = documented["every_kth"]
    outcomes = [outcome for preset in model.presets for outcome in check_preset(model, preset)]
    assert len(outcomes) == 2
    assert [o.sentence for o in outcomes if not o.met] == []
    cards = rules_for(model)
    assert [view.name for _, view in cards] == ["intervals"]
    frame = compute_frame(cards, Question(model(k=4).snapshot(), ViewChoices()), SILENT)
    assert frame.regime.sentence.startswith("Intervals of 5") or frame.regime.sentence.startswith("Intervals of 4")
    assert "CV 0." in frame.regime.numbers and "(theory 0.500)" in frame.regime.numbers
    bars = frame.columns["intervals"]["sampled"]
    assert np.trapezoid(bars[1], bars[0]) == pytest.approx(1.0, abs=0.02)


def test_example_is_as_long_as_the_page_says_and_names_real_features():
    text = (ROOT / "docs" / "add_a_model.md").read_text(encoding="utf-8")
    assert [len(block.splitlines()) <= 50 for block in BLOCK.findall(text)] == [True, True]
    for name in re.findall(r"`(ncm_app/[\w/]+/)`|`(tests/[\w/]+\.py)`", text):
        assert (ROOT / "".join(name)).exists()


def test_vocabulary_has_one_line_per_word():
    rows = [line for line in (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| ")][1:]
    words = [row.split("|")[1].strip() for row in rows]
    assert 18 <= len(words) <= 60
    assert len(set(words)) == len(words)
    assert all(len(row) <= 130 and row.count("|") == 3 for row in rows)
