"""What the README says of Python and of the models is so: its lines are run, its table is read phrase by phrase."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ncm_app as ncm
from ncm_app.core.catalogue import models
from ncm_app.studies.regime import regime
from tests.support.readme_phrases import PHRASES

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCK = README.partition("## From Python")[2].partition("\n## ")[0]
LINES = [line.strip() for line in BLOCK.splitlines() if line.startswith("    ")]
TABLE = README.partition("## Models")[2].partition("\n## ")[0]
ROWS = {re.findall(r"`(\w+)`", row)[0]: row for row in TABLE.splitlines()
        if row.startswith("|") and row.rstrip().endswith("| available |")}


# From Python -------------------------------------------------------------------------------------

def near(value, literal):
    """Tell whether a value is what a literal says, to the digits in which that is written."""
    if isinstance(literal, list):
        return len(value) == len(literal) and all(map(near, value, literal))
    if isinstance(literal, float):
        return abs(value - literal) <= 0.5 * 10.0 ** -len(repr(literal).partition(".")[2])
    return value == literal


WORDS = {
    "branches, cycles, labelled points": lambda d: d.branches and d.cycles and d.points,
    "the Hopf point": lambda found: len(found) == 1,
    "branches of limit cycles, with multipliers": lambda c: c and c[0].multipliers.shape == (2, len(c[0].parameter)),
    "cusp and Bautin points": lambda codes: codes == {"CP", "GH"},
    "ms": lambda spikes: spikes.min() > 0 and spikes.max() < 1000.0,
    "rate, CV, Fano factor": lambda found: list(found) == ["rate", "CV", "Fano factor"],
    "columns r_e, r_i over t": lambda t: (list(t.columns), t.index.name) == (["r_e", "r_i"], "t"),
}
"""What the comments of the README's lines say in words -> whether it is so of the value of the line."""


def test_every_line_from_python_is_so():
    pytest.importorskip("pandas", reason="pandas is optional")
    names: dict[str, object] = {}
    said = []
    for line in LINES:
        code, _, comment = line.partition("  #")
        if isinstance(ast.parse(code.strip()).body[0], ast.Expr):
            value = eval(code, names)
            assert comment, f"{code} does not say what it gives"
        else:
            exec(code, names)
            value = names.get(code.partition("=")[0].strip())
        words = comment.strip().removesuffix(" (with pandas)")
        if literal := re.match(r"(\[.*?\]|\{.*?\}|'.*?'|-?\d[\d.]*),? ?", words):
            assert near(value, ast.literal_eval(literal[1])), (line, value)
            words = words[literal.end():]
        if words:
            said.append(words)
            assert WORDS[words](value), (line, value)
    assert sorted(said) == sorted(WORDS)
    assert len(LINES) >= 10


@pytest.mark.parametrize("false", ["[28.1666]", "[28.5977]", "[28.5976, 212.0]", "'stable spiral'"])
def test_a_false_line_would_be_found(false):
    assert not near([28.597561] if false[0] == "[" else "unstable spiral", ast.literal_eval(false))


def test_sentences_below_the_lines():
    after = BLOCK.partition("Nothing of this")[2]
    code = "import sys, ncm_app; assert not {'panel', 'bokeh', 'holoviews', 'pandas'} & set(sys.modules)"
    assert "imports Panel" in after and subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert "ranges that leave a parameter's\nbounds with the bounds" in after
    model = ncm.model("ei_rate_network", preset="Fig 3.4 C,D", tau_i=40)
    with pytest.raises(ValueError, match="tau_i must lie between 1 and 100"):
        ncm.bifurcation_diagram(model, "tau_i", (5, 6000))
    assert "help(ncm)" in after and "ncm.bifurcation_diagram" in (ncm.__doc__ or "")


def test_sentence_quoted_is_the_pages():
    quoted = re.search(r'\("(Limit cycle,.*?)"\)', " ".join(README.split()))[1]
    told = regime(ncm.model("ei_rate_network", preset="Fig 3.4 C,D").snapshot(), "tau_i").sentence
    assert told.replace(" (cycles not yet followed)", "") == quoted or quoted.split(";")[0] in told


# The models --------------------------------------------------------------------------------------

FILLING = {"and", "of", "system", "model", "models", "neuron", "cells"}


@pytest.mark.parametrize("slug", ROWS)
def test_row_of_the_table_is_so(slug):
    _, chapters, words, *_ = (part.strip() for part in ROWS[slug].split("|"))
    named = re.findall(r"`(\w+)`", words)
    for name in named:
        chapter, title = models()[name].chapter, models()[name].title
        first, _, last = chapters.split(",")[0].partition("-")
        assert chapter in chapters or first <= chapter <= last, (name, chapter)
        words = re.sub(rf"{re.escape(title)}s?|\(?`{name}`\)?", "", words, flags=re.IGNORECASE)
    for phrase, check in PHRASES[slug].items():
        assert phrase in words, phrase
        assert check is None or check(), phrase
        words = words.replace(phrase, "", 1)
    left = [word for word in re.findall(r"[\w-]+", words.replace("'s", "")) if word not in FILLING]
    titles = " ".join(models()[name].title + " " + (models()[name].__doc__ or "") for name in named).lower()
    assert [word for word in left if word.lower().rstrip("s") not in titles] == []


def test_every_model_stands_in_the_table_once():
    named = [name for row in ROWS.values() for name in re.findall(r"`(\w+)`", row.split("|")[2])]
    assert sorted(named) == sorted(models())
    assert list(ROWS) == list(PHRASES)


def test_statements_that_no_program_checks_are_few():
    assert [phrase for phrases in PHRASES.values() for phrase, check in phrases.items() if check is None] == [
        "the linked quartet", "why no step follows a chaotic run"]
    assert [slug for slug, model in models().items() if model.__module__.rpartition(".")[2] != slug] == []
