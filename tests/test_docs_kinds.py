"""The kind of docs/add_a_kind.md and its model are run as if they were ours."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.numerics.system import SILENT
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies.expectations import check_preset
from ncm_app.studies.plots import measures, run_or_perform

TEXT = (Path(__file__).parents[1] / "docs" / "add_a_kind.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def dead_time(tmp_path_factory):
    """The model of the document, found by the catalogue in a package of its own."""
    package = tmp_path_factory.mktemp("kinds") / "documented_kinds"
    trains = package / "trains"
    trains.mkdir(parents=True)
    for folder in (package, trains):
        (folder / "__init__.py").write_text("", encoding="utf-8")
    for name, text in zip(("_renewal", "dead_time"), BLOCK.findall(TEXT), strict=True):
        (trains / f"{name}.py").write_text(text.replace("ncm_app.models.", "documented_kinds."), encoding="utf-8")
    sys.path.insert(0, str(package.parent))
    try:
        importlib.invalidate_caches()
        found = models("documented_kinds")
        assert list(found) == ["dead_time"]  # the kind itself is no model
        yield found["dead_time"]
    finally:
        sys.path.remove(str(package.parent))
        for name in [name for name in sys.modules if name.partition(".")[0] == "documented_kinds"]:
            del sys.modules[name]


def test_documented_model_keeps_what_its_preset_promises(dead_time):
    outcomes = check_preset(dead_time, "Dead time")
    assert len(outcomes) == 1
    assert [o.sentence for o in outcomes if not o.met] == []


def test_documented_model_inherits_plots_numbers_and_sentence(dead_time):
    cards = rules_for(dead_time)
    assert [view.name for _, view in cards] == ["intervals"]
    frame = compute_frame(cards, Question(dead_time(dead=50.0).snapshot(), ViewChoices()), SILENT)
    bars = frame.columns["intervals"]["sampled"]
    assert np.trapezoid(bars[1], bars[0]) == pytest.approx(1.0, abs=0.02)
    assert not np.any(np.asarray(bars[1])[np.asarray(bars[0]) < 45.0] > 0.0)
    assert frame.regime.sentence.startswith("Intervals of")
    assert "(theory 0.500)" in frame.regime.numbers


@pytest.mark.parametrize("seed", range(5))
def test_numbers_lie_within_the_spread_of_theory(dead_time, seed):
    mean, variation = measures(dead_time(seed=seed, n=20_000).snapshot())
    assert mean.value == pytest.approx(mean.theory, abs=5.0 * mean.spread)
    assert variation.value == pytest.approx(1000.0 / 20.0 / 55.0, abs=0.03)


def test_what_the_kind_asks_for_is_what_its_model_states(dead_time):
    kind = dead_time.__mro__[1]
    asked = re.findall(r"`(\w+)\(", kind.__doc__.partition("Implement these:")[2])
    assert asked == ["interval", "uniforms", "theory"]
    assert set(asked) <= set(vars(dead_time)) and not set(asked) & set(vars(kind))
    assert run_or_perform(dead_time(n=100).snapshot()).lengths.shape == (100,)
