"""A special point of a new kind: one row and one marker, and every plot, text and expectation knows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.numerics.codes import CYCLES, LOCI, POINTS, ROWS, Code
from ncm_app.numerics.results import Loci, Locus, SpecialPoint, Status
from ncm_app.studies import regime as regimes
from ncm_app.studies.diagram import diagram
from ncm_app.studies.events import cycle_events, words_of_codes
from ncm_app.studies.expectations import check
from ncm_app.views import style
from ncm_app.views.diagram import DiagramView, Explored
from ncm_app.views.frequency import FrequencyView
from ncm_app.views.two_parameter import Pair, TwoParameterView
from tests.views.answers import is_absent


@pytest.fixture
def made_up(monkeypatch):
    """A code of each kind that nobody has: one row and one marker."""
    for of in (POINTS, CYCLES, LOCI):
        monkeypatch.setitem(ROWS, (of, "QQ"), Code("QQ", of, "quaint point", "quaint change", expectation=(
            "quaint" if of == POINTS else "")))
    monkeypatch.setitem(style.CODE_MARKERS, "QQ", "plus")


def with_quaint(found, at):
    """Return a diagram whose first branch has a quaint point too."""
    branch = found.branches[0]
    point = SpecialPoint("QQ", {found.parameter: at}, branch.states[:, 0], branch.eigenvalues[:, 0])
    return replace(found, branches=(replace(branch, points=(*branch.points, point)), *found.branches[1:]))


@pytest.fixture
def quaint(made_up, monkeypatch):
    """A model and its diagram, with such a point on its first branch beside the present value."""
    model = models()["phase_line"]
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    here = float(snapshot.values_by_name[model.explore])
    found = with_quaint(diagram(snapshot, model.explore), here + 1e-3)
    for module in (regimes, "ncm_app.studies.expectations"):
        name = module if isinstance(module, str) else module.__name__
        monkeypatch.setattr(f"{name}.diagram", lambda *_, **__: found)
    return model, snapshot, found, here


def test_a_new_code_is_drawn_named_and_told_to_the_pointer(quaint):
    model, _, found, here = quaint
    view = DiagramView(model)
    layer, = (layer for layer in view.layers() if layer.name == "QQ")
    assert layer.look["marker"] == "plus"
    columns = view.columns(Explored(found, here, model.control(model.explore).bounds, (), "a"))
    assert columns["QQ"][0] == pytest.approx([here + 1e-3])
    assert any("QQ" in text for text in columns["codes"][2])
    assert any(text.startswith("quaint point (QQ) at") for text in columns["branch probes"][2])


def test_a_new_code_is_in_texts_in_the_sentence_and_among_expectations(quaint):
    model, snapshot, _, here = quaint
    assert {"quaint change"} == {words for code, words in words_of_codes(model).items() if code == "QQ"}
    ahead = regimes.nearest_event(snapshot, model.explore, regimes.SILENT)
    assert (ahead.words, ahead.distance) == ("quaint change", pytest.approx(1e-3))
    assert check(snapshot, "quaint", {model.explore: round(here + 1e-3, 6)}).met
    assert not check(snapshot, "quaint", {model.explore: here + 1.5}).met


def test_a_new_code_of_cycles_is_drawn_and_has_its_words(made_up):
    model = models()["morris_lecar"]
    assert {"cycle QQ", "QQ"} <= {layer.name for layer in DiagramView(model).layers()}
    assert "QQ" in {layer.name for layer in FrequencyView(model).layers()}
    point = SpecialPoint("QQ", {"I": 3.0}, np.zeros(2), np.zeros(2) + 0j, period=1.0)
    branch = type("Branch", (), {"points": (point,)})
    assert cycle_events([branch], "I")[0].words == "quaint change"


def test_a_new_code_over_two_parameters_is_drawn_and_in_the_legend(made_up):
    view = TwoParameterView(models()["morris_lecar"])
    assert {layer.name: layer.label for layer in view.layers()}["QQ"] == "quaint point (QQ)"
    view.columns(Pair(("a", "b"), (0.0, 0.0), ((0.0, 1.0), (0.0, 1.0)), ("a", "b")))
    view.limits(Pair(("a", "b"), (0.0, 0.0), ((0.0, 1.0), (0.0, 1.0)), ("a", "b")))
    point = SpecialPoint("QQ", {"a": 0.25, "b": 0.5}, np.zeros(2), np.zeros(2) + 0j)
    nothing = np.array([0.25])
    curve = Locus("LP", nothing, nothing, nothing[None], nothing, nothing, (point,), (Status.OK, Status.OK))
    columns = view.late("loci", Loci(("a", "b"), (curve,)))
    assert np.ravel(columns["QQ"]).tolist() == [0.25, 0.5]
    assert is_absent(columns["CP"])


def test_a_code_without_a_row_is_an_error_and_not_silence(quaint, monkeypatch):
    model, snapshot, _, _ = quaint
    monkeypatch.delitem(ROWS, (POINTS, "QQ"))
    with pytest.raises(KeyError):
        regimes.nearest_event(snapshot, model.explore, regimes.SILENT)
