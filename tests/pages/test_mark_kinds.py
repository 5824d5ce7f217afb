"""The table of mark kinds: every row is whole, and one more row is all that a new kind takes."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import fields
from pathlib import Path

import holoviews as hv
import numpy as np
import pytest
from bokeh.models import Glyph, GlyphRenderer, HoverTool, Segment

from ncm_app.core.plot import Mark, Plot
from ncm_app.core.state import Variable
from ncm_app.pages.export import drawn_table
from ncm_app.pages.live import LiveSources
from ncm_app.views.drawn_view import Shared
from ncm_app.views.layer import Layer
from ncm_app.views.mark_kinds import MARK_KINDS, MarkKind
from ncm_app.views.plots import Drawn, PlotView
from ncm_app.views.thumbnail import plot_thumbnail

hv.extension("bokeh")

STATED = {"curve": ([0, 1, 2], [2, 3, 1]), "dashes": ([0, 1, 2], [2, 3, 1]), "points": ([1, 2], [1, 3]),
          "bars": ([0, 1, 2], [3, 1]),
          "area": ([0, 2], [1, 1]), "band": ([0, 2], [1, 1], [2, 3]), "raster": ([1.5, 2.0], [0, 1]),
          "labels": ([1, 2], [2, 1], ["here", "there"]), "probes": ([1, 2], [2, 1], ["told", "said"]),
          "heatmap": ([0.5, 1.5], [0.0, 1.0, 2.0], [[1.0, np.nan], [3.0, 4.0]])}
"""What a model may state of each kind."""
KINDS = pytest.mark.parametrize("kind", MARK_KINDS)


def plot(*marks, **facts):
    return Plot("made", "Made", Variable("place", (0.0, 3.0), unit="ms"), Variable("height", (0.0, 4.0)), marks,
                lambda answer, p: {}, **{"colours": Variable("density", (0.0, 5.0), unit="Hz"), **facts})


class Board:
    """What an export asks of a board: the views, and what they have drawn."""

    def __init__(self, made):
        self.views, self.live = {made.view.name: made.view}, LiveSources(lambda view, layers: None)
        self.live.adopt(made.view.name, made)

    def shown(self):
        return list(self.views)


@KINDS
def test_every_row_is_whole(kind):
    """Each part works on what a model states of the kind, and on nothing."""
    row = MARK_KINDS[kind]
    taken = row.take(*STATED[kind])
    assert len(taken) == len(row.columns) == len(row.empty)
    assert [type(column) for column in taken] == [type(column) for column in row.empty]
    assert not any(np.isfinite(places).any() for places in row.extent(row.empty))
    assert all(np.isfinite(places).any() for places in row.extent(taken))
    assert len(row.extent(taken)) == 2 + row.has_colours
    assert row.table(taken) and not row.table(row.empty)
    assert all(isinstance(cell, str) for line in row.table(taken) for cell in line)
    assert row.tabled_apart or {len(line) for line in row.table(taken)} == {2}
    ink = set(row.glyph({name: name for name in row.columns}, row.look).properties())
    assert set(row.ink) <= ink
    shape = row.sketch(taken, lambda x, y: (np.asarray(x) * 9, np.asarray(y) * 9), "#123456")
    assert ("#123456" in shape) == (row.sketched != "never")
    ET.fromstring(f"<svg>{shape}</svg>")
    assert row.sketched in ("always", "alone", "never") and row.watched in ("always", "moving", "never")


@KINDS
def test_every_kind_has_a_ghost_that_can_be_drawn(kind):
    layer = Layer("seen", kind, look=MARK_KINDS[kind].look, ghost=True)
    ghost, columns = layer.ghost_layer, MARK_KINDS[kind].ghost.columns(MARK_KINDS[kind].take(*STATED[kind]))
    assert ghost.name == "ghost seen" and not ghost.ghost
    assert isinstance(Shared().renderer(ghost, columns, "view"), GlyphRenderer)
    assert len(columns) == len(ghost.row.empty)
    assert set(ghost.ink) <= set(ghost.glyph("view").properties())


@KINDS
def test_a_plot_draws_sends_and_sketches_every_kind(kind):
    stated = plot(Mark("it", kind, ghost=True))
    view = PlotView(stated)
    made = view.draw(Drawn({"it": STATED[kind]}))
    assert list(made.renderers) == ["it"]  # nothing is frozen yet
    row, source = MARK_KINDS[kind], made.renderers["it"].data_source
    assert list(source.data) == [f"made_{column}" for column in row.columns]
    board = Board(made)
    board.live.send("made", view.ghost_columns(Drawn({"it": STATED[kind]})))
    assert list(made.renderers) == [layer.name for layer in view.all_layers()]
    board.live.send("made", {"it": row.empty})
    assert row.table(board.live.drawn("made")["it"]) == []
    board.live.send("made", {"it": row.take(*STATED[kind])})
    assert row.table(board.live.drawn("made")["it"]) == row.table(row.take(*STATED[kind]))
    ET.fromstring(plot_thumbnail(plot(Mark("c", "curve"), Mark("it", kind)),
                                 {"c": STATED["curve"], "it": STATED[kind]}))


def test_what_models_may_state_is_in_the_table_and_told_where_they_state_it():
    told = dict(re.findall(r'^ {6}"(\w+)" +(.*?)[;.]$', Mark.__doc__, re.MULTILINE))
    assert set(told) == set(MARK_KINDS) - {"probes"}
    assert set(STATED) == set(MARK_KINDS)


def test_nothing_else_asks_of_which_kind_a_mark_is():
    root = Path(__file__).parents[2] / "ncm_app"
    words = "|".join(MARK_KINDS)
    asks = re.compile(rf'(\.kind|\bkind) *(==|!=|in|not in) *[("\']*({words})\b')
    found = [f"{path.name}: {line.strip()}" for folder in ("views", "session", "pages")
             for path in (root / folder).rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines()
             if asks.search(line) and "recording" not in line]
    assert found == []


def error_bars(names, look):
    return Segment(x0=names["x"], x1=names["x"], y0=names["low"], y1=names["high"], line_color=look["color"])


MADE_UP = MarkKind(
    "x, low, high: a line straight up for each x", error_bars,
    lambda x, low, high: tuple(np.asarray(column, dtype=np.float32) for column in (x, low, high)),
    lambda columns, place, hue: f'<path d="M0,0" stroke="{hue}" class="error"/>',
    columns=("x", "low", "high"), empty=(np.full(1, np.nan, np.float32),) * 3, look={"line_width": 3},
    extent=lambda columns: (np.repeat(columns[0], 2).astype(float), np.concatenate(columns[1:]).astype(float)),
    table=lambda columns: [[str(x), f"{low}..{high}"] for x, low, high in zip(*columns, strict=True)],
    watched="moving", hover=lambda names, labels: {"tooltips": [(labels[0], f"@{names['low']}")]})


def test_a_new_kind_takes_one_row(monkeypatch):
    monkeypatch.setitem(MARK_KINDS, "error bars", MADE_UP)
    stated = plot(Mark("errors", "error bars", "excitatory", ghost=True), fits="y", colours=None)
    view, result = PlotView(stated), Drawn({"errors": ([1.0, 2.0], [0.5, 1.0], [2.0, 9.0])})
    made = view.draw(result)
    renderers = made.renderers
    glyph = renderers["errors"].glyph
    assert isinstance(glyph, Glyph) and (glyph.x0, glyph.y1, glyph.line_color) == ("made_x", "made_high", "#D55E00")
    assert view.limits(result)[1][1] > 9.0
    assert view.watched() == ("errors",)
    assert any(isinstance(tool, HoverTool) for tool in made.figure.tools)
    board = Board(made)
    rows = list(csv.reader(io.StringIO(drawn_table(board, "link"))))[2:]
    assert [row for row in rows if row[1] == "errors"] == [["made", "errors", "1.0", "0.5..2.0"],
                                                           ["made", "errors", "2.0", "1.0..9.0"]]
    board.live.send("made", {"errors": view.columns(Drawn({"errors": ([1.0, 2.0], [0.5, 1.0], [2.0, 7.0])}))["errors"]})
    assert list(renderers["errors"].data_source.data["made_high"]) == [2.0, 7.0]
    assert 'class="error"' in plot_thumbnail(stated, result.columns)
    assert view.all_layers()[0].glyph("made").line_color == "#8A8A8A"


def test_rows_say_nothing_twice():
    texts = [row.stated for row in MARK_KINDS.values()]
    assert len(set(texts)) == len(texts)
    assert {field.name for field in fields(MarkKind)} == set(MADE_UP.__dict__)
