"""Take the page away: pictures of each plot, the drawn data, a script that checks itself."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.viewable import Viewable

from ncm_app.core.capabilities import has_resets, is_network, is_self_contained
from ncm_app.core.snapshot import Snapshot
from ncm_app.language.brian import brian_script
from ncm_app.language.brian_network import brian_network_script
from ncm_app.language.calling import calling_script
from ncm_app.language.script import script
from ncm_app.numerics.results import Status
from ncm_app.pages.board import Board
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.part import Part
from ncm_app.studies.plots import measures
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from ncm_app.version import __version__
from ncm_app.views.layer import Layer


class Pictures(Part):
    """A row per plot with buttons that save it as PNG and SVG, made in the browser."""

    plots = param.List(default=[])
    stem = param.String(default="ncm")
    prefix = param.String(default="")
    _stylesheets = [browser_code("pictures.css")]
    _esm = browser_code("pictures.js")


def facts_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return the numbers on the page that an exported script asserts."""
    if not is_self_contained(snapshot.model):
        return {m.name: m.value for m in measures(snapshot)}
    run, points = simulate(snapshot), equilibria(snapshot).points
    facts: dict[str, Any] = {
        "fixed_points": tuple(tuple(map(float, q.state)) for q in points),
        "eigenvalues": tuple(tuple(map(complex, q.eigenvalues)) for q in points),
    }
    facts["samples"] = len(run.t)
    if run.status is Status.OK:
        facts["final"] = tuple(map(float, run.y[:, -1]))
        facts["spikes"] = tuple(map(float, run.spikes))
    return facts


def script_of(snapshot: Snapshot, preset: str, link: str) -> str:
    """Return a script that confirms the page: of its own where it can, else one that asks this package."""
    if is_self_contained(snapshot.model):
        return script(snapshot, facts_of(snapshot), preset, link)
    return calling_script(snapshot, facts_of(snapshot), preset, link, __version__)


def brian_of(snapshot: Snapshot, preset: str, link: str) -> str:
    """Return a script for Brian 2: of a cell, one that finds its spikes again; of a network, its rates beside ours."""
    if is_network(snapshot.model):
        model, p = snapshot.model, snapshot.p
        circuit, found = model.circuit(p), facts_of(snapshot)  # type: ignore[attr-defined]
        rates = {part.name: found[f"rate {part.name}"] for part in circuit.populations if f"rate {part.name}" in found}
        return brian_network_script(snapshot, circuit, model.settings(p, circuit), rates,  # type: ignore[attr-defined]
                                    model.first_measured(p), preset, link)  # type: ignore[attr-defined]
    run = simulate(snapshot)
    return brian_script(snapshot, run.spikes.tolist() if run.status is Status.OK else None, preset, link)


def drawn_table(board: Board, heading: str) -> str:
    """Return what is drawn as CSV: plot, curve, x, y in the units of the axes."""
    text = io.StringIO()
    text.write(f"# {heading}\n")
    for name in board.shown():
        text.write(f"# {name}: x = {board.views[name].x_label}; y = {board.views[name].y_label}\n")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["plot", "curve", "x", "y"])
    for layer, name, columns in _drawn(board, apart=False):
        table.writerows((name, layer.name, *row) for row in layer.row.table(columns))
    return text.getvalue()


def drawn_matrices(board: Board) -> dict[str, list[list[str]]]:
    """Return the tables that are files of their own, by plot and layer: x in the first row, y in the first column."""
    found = {f"{name}_{layer.name}": layer.row.table(columns) for layer, name, columns in _drawn(board, apart=True)}
    return {name: rows for name, rows in found.items() if rows}


def matrix_table(board: Board, name: str) -> str:
    """Return one of them as CSV, with nothing before it, so that any program reads it as a matrix."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(drawn_matrices(board)[name])
    return text.getvalue()


def _drawn(board: Board, apart: bool) -> Iterator[tuple[Layer, str, tuple[Any, ...]]]:
    for name in board.shown():
        columns = board.live.drawn(name)
        for layer in board.views[name].all_layers():
            if layer.row.tabled_apart == apart and layer.name in columns:
                yield layer, name, columns[layer.name]


class Export:
    """The export dialog of one page, which is made when it is first shown; `add(dialog)` puts it on the page.

    Below all that can be taken away stands what `more()` returns.
    """

    def __init__(self, slug: str, board: Board, snapshot: Callable[[], Snapshot], preset: Callable[[], str],
                 link: Callable[[], str], add: Callable[[Viewable], None], more: Callable[[], Viewable]) -> None:
        self._slug, self._board, self._snapshot, self._preset, self._link = slug, board, snapshot, preset, link
        self._add, self._more = add, more

    @functools.cached_property
    def pictures(self) -> Pictures:
        """The rows of pictures."""
        return Pictures(plots=[], stem=f"ncm_{self._slug}", prefix=self._board.prefix)

    @functools.cached_property
    def dialog(self) -> Viewable:
        """The dialog, closed at first."""
        downloads = [self._download("csv", f"ncm_{self._slug}.csv", "Drawn data (CSV)", self._table),
                     self._download("script", f"ncm_{self._slug}.py", "Python script", self._script)]
        if has_resets(self._snapshot().model) or is_network(self._snapshot().model):
            brian = self._download("brian2", f"ncm_{self._slug}_brian2.py", "Brian2 script", self._brian_script)
            downloads.append(brian)
        self._matrices = pn.Column(margin=0)
        made = pmui.Dialog(self.pictures, *downloads, self._matrices, self._more(), title="Export", open=False,
                           show_close_button=True, close_on_click=True, css_classes=["ncm-export"])
        self._add(made)
        return made

    @staticmethod
    def _download(verb: str, filename: str, label: str, make: Callable[[], str]) -> Viewable:
        return pmui.FileDownload(callback=lambda: io.StringIO(make()), filename=filename, label=label, size="small",
                                 variant="outlined", css_classes=[f"ncm-do-{verb}"], margin=6)

    def show(self) -> None:
        """Open the dialog."""
        dialog = self.dialog
        self.pictures.plots = self._board.shown()
        names = {name: name.replace("_", " ") for name in drawn_matrices(self._board)}
        self._matrices.objects = [
            self._download(f"matrix-{name}", f"{self.pictures.stem}_{name}.csv", f"{words} as a matrix (CSV)",
                           partial(matrix_table, self._board, name)) for name, words in names.items()]
        dialog.open = True

    def _table(self) -> str:
        return drawn_table(self._board, self._link())

    def _script(self) -> str:
        return script_of(self._snapshot(), self._preset(), self._link())

    def _brian_script(self) -> str:
        return brian_of(self._snapshot(), self._preset(), self._link())
