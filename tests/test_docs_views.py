"""The view, the rule and the kind of mark of docs/add_a_view.md are run as if they were ours."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from bokeh.models import Segment

from ncm_app.core.catalogue import find
from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.numerics.system import SILENT
from ncm_app.session import plot_rules
from ncm_app.session.frames import Question, compute_frame
from ncm_app.session.view_choices import ViewChoices
from ncm_app.views import mark_kinds, sketches
from ncm_app.views.plots import Drawn, PlotView

TEXT = (Path(__file__).parents[1] / "docs" / "add_a_view.md").read_text(encoding="utf-8")
VIEW, RULE, KIND = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE).findall(TEXT)


@pytest.fixture
def rules(monkeypatch):
    """The table of plots with the documented row at its end."""
    names = dict(vars(plot_rules))
    exec(VIEW, names)
    monkeypatch.setattr(plot_rules, "PLOT_RULES", (*plot_rules.PLOT_RULES, eval(RULE, names)))


@pytest.mark.parametrize(("slug", "there"), [("leaky_integrator", True), ("ei_rate_network", False)])
def test_documented_view_stands_on_the_pages_that_its_rule_names(rules, slug, there):
    names = [view.name for _, view in plot_rules.rules_for(find(slug))]
    assert ("delay" in names) == there


def test_documented_view_shows_how_a_constant_input_decays(rules):
    model = find("leaky_integrator")
    table = plot_rules.rules_for(model)
    snapshot = model(dt=0.05, tau_m=20.0, I_0=5.0).snapshot()
    frame = compute_frame(table, Question(snapshot, ViewChoices(explore="I_0")), SILENT)
    before, now = frame.columns["delay"]["run"]
    rest = -72.0 + 5.0
    np.testing.assert_allclose(now - rest, (before - rest) * np.exp(-5.0 / 20.0), atol=5e-3)
    (view,) = [view for _, view in table if view.name == "delay"]
    drawn = view.draw(frame.results["delay"])
    assert list(drawn.renderers) == ["diagonal", "run"]
    assert drawn.figure.xaxis[0].axis_label == "V (mV), 5 ms before"


def test_documented_kind_of_mark_is_drawn(monkeypatch):
    table = dict(mark_kinds.MARK_KINDS)
    exec(KIND, {**vars(mark_kinds), "MARK_KINDS": table, "Segment": Segment, "np": np, "sketches": sketches})
    monkeypatch.setitem(mark_kinds.MARK_KINDS, "stems", table["stems"])
    plot = Plot("made", "Kernel", Variable("s", (0.0, 3.0), unit="ms"), Variable("k", (0.0, 2.0), unit="1"),
                (Mark("kernel", "stems"),), lambda answer, p: {}, fits="y")
    view = PlotView(plot)
    result = Drawn({"kernel": ([0.0, 1.0], [3.0, 0.5])})
    glyph = view.draw(result).renderers["kernel"].glyph
    assert isinstance(glyph, Segment) and glyph.y0 == "made_zero"
    bottom, top = view.limits(result)[1]
    assert bottom <= 0.0 and top > 3.0
    assert table["stems"].table(view.columns(result)["kernel"]) == [["0", "3"], ["1", "0.5"]]
