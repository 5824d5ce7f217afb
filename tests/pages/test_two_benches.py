"""Two benches on one page: of the same model too, nothing of one is the other's."""

from __future__ import annotations

import asyncio

import numpy as np
import panel as pn
import pytest
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from panel.io.state import set_curdoc

from ncm_app.core.catalogue import find
from ncm_app.pages.bench import Bench
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.session.state import PageState
from tests.support.session import run_apart, unserved_document


def side_by_side(slugs):
    """Return benches of models with the prefixes left_ and right_, and the page they stand on."""
    benches = []
    for slug, prefix in zip(slugs, ("left_", "right_"), strict=True):
        model = find(slug)
        benches.append(Bench(PageState.of_preset(model, model.first_preset()), SessionLoop(pn.state.curdoc), prefix))
    whole = pn.Column(*(part for bench in benches for part in (bench.side, bench.body([], []))))
    for bench in benches:
        bench.go_live()
    return benches, whole


def hooks(part):
    return [name for one in part.select() for name in one.css_classes if name.startswith("ncm-")]


@pytest.mark.parametrize("slugs", [("ei_rate_network", "ei_rate_network"), ("ei_rate_network", "lif")])
def test_no_name_is_on_both_and_a_slider_moves_its_own_plots_only(slugs):
    async def act():
        document = unserved_document()
        with set_curdoc(document):
            (left, right), whole = side_by_side(slugs)
            document.add_root(whole.get_root(document))
            for bench in (left, right):
                bench.begin(bench.state)
        figures = [f.name for f in document.select({"type": type(figure())})]
        columns = {prefix: {name for view in bench.board.views.values() for name in view.column_names()}
                   for prefix, bench in (("left_", left), ("right_", right))}
        sent = {name for source in document.select({"type": ColumnDataSource}) for name in source.data}
        assert sent <= columns["left_"] | columns["right_"]
        await settled(left, right)
        before = drawn(right)
        left.controls.move(left.model_type.explore, 1.3 * left.controls.values[left.model_type.explore])
        await settled(left, right)
        after = drawn(right)
        value = left.state.values[left.model_type.explore]
        undone = right.history.can_undo
        left.close()
        right.close()
        assert before.keys() == after.keys()
        for name, (x, y) in before.items():
            np.testing.assert_array_equal(x, after[name][0])
            np.testing.assert_array_equal(y, after[name][1])
        return figures, columns, hooks(left.side) + hooks(right.side) + hooks(whole), value, undone

    figures, columns, names, value, undone = run_apart(act())
    assert len(figures) == len(set(figures))
    assert all(name.startswith(("ncm-left_", "ncm-right_")) for name in figures)
    assert not columns["left_"] & columns["right_"]
    assert all(name.startswith(prefix) for prefix, own in columns.items() for name in own)
    stems = [name.removeprefix("ncm-").removeprefix("view-").removeprefix("do-") for name in names]
    assert all(stem.startswith(("left_", "right_")) for stem in stems)
    assert value > 0 and not undone


def drawn(bench):
    return {(view, layer): tuple(np.array(column, dtype=float) for column in columns[:2])
            for view in bench.board.views for layer, columns in bench.board.live.drawn(view).items()
            if layer in ("run", "r_e", "present", "V")}


async def settled(*benches):
    for _ in range(2000):
        for bench in benches:
            bench.beacon.ack = bench.beacon.seq
        if all(bench.gate.idle for bench in benches):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
