"""The page of the Hopfield network: what is stored, from where it starts, what its states are called, what is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.models.learning import _hopfield_patterns as patterns
from ncm_app.models.learning import _hopfield_plots as drawn
from ncm_app.models.learning._hopfield_states import mixed_of, name_of
from ncm_app.models.learning.hopfield import Hopfield
from ncm_app.numerics.learning.memories import mixture
from ncm_app.studies.plots import drawn_columns, measures, perform, told
from ncm_app.views import style
from ncm_app.views.plots import PlotView
from tests.models.asking import snapshot_of

PLOTS = {plot.name: k for k, plot in enumerate(Hopfield.plots)}
RANDOM = {"patterns": "random", "side": 20, "updates": 8000}


def answer_to(**values):
    return perform(Hopfield(**values).snapshot())


def columns(name, **values):
    return drawn_columns(Hopfield(**values).snapshot(), PLOTS[name])


def test_digits_come_in_turn_and_keep_their_shape():
    stored, names = patterns.digit_patterns(23, 8, 8)
    assert names[:5] == ("8", "9", "0", "1", "2") and names[20:] == ("8", "9", "0")
    assert len(np.unique(stored, axis=0)) == 23 and set(np.unique(stored)) == {-1, 1}
    large, _ = patterns.digit_patterns(3, 8, 32)  # each pixel is now 4 x 4 of them
    shrunk = large.reshape(3, 8, 4, 8, 4).mean(axis=(2, 4)).reshape(3, 64)
    assert np.mean(np.sign(shrunk) == stored[:3]) > 0.93


def test_values_between_pixels_are_interpolated():
    ramp = np.add.outer(np.arange(8.0), np.zeros(8))[None]
    large = patterns.enlarged(ramp, 16)[0]
    np.testing.assert_allclose(large[1:-1, 3], np.arange(14) * 0.5 + 0.25)
    np.testing.assert_array_equal(patterns.enlarged(ramp, 8), ramp)


def test_what_is_drawn_is_stored_and_what_is_wiped_is_not():
    three = answer_to(patterns="drawn", side=10)
    assert three.stored.memories.number == 3
    np.testing.assert_array_equal(three.stored.memories.xi[:, 0] > 0, patterns.letter(0))
    assert answer_to(patterns="drawn", side=10, xi_2=()).stored.memories.number == 2
    blank = answer_to(patterns="drawn", side=10, xi_1=(), xi_2=(), xi_3=())
    assert blank.stored.memories.number == 1 and (blank.stored.memories.xi == -1).all()
    twice = answer_to(patterns="drawn", side=20).stored.memories.xi[:, 0].reshape(10, 2, 10, 2)
    np.testing.assert_array_equal(twice[:, 1, :, 1].ravel() > 0, patterns.letter(0))


def test_a_start_can_be_drawn():
    rough = np.array(patterns.letter(2)).reshape(10, 10)
    rough[:, :3] = 1
    run = answer_to(patterns="drawn", side=10, start="drawn", S_0=rough, updates=1500)
    np.testing.assert_array_equal(run.run.start.reshape(10, 10) > 0, rough)
    assert told(Hopfield(patterns="drawn", side=10, start="drawn", S_0=rough, updates=1500).snapshot()) == (
        "settled in memory 3")


@pytest.mark.parametrize("flips", [0.0, 0.2, 0.75])
def test_the_start_is_the_cued_memory_with_a_share_of_flips(flips):
    answer = answer_to(**RANDOM, P=6, cued=4, flips=flips, steps=0)
    memory = answer.stored.memories.xi[:, 3]
    assert np.count_nonzero(memory != answer.run.S) == round(flips * 400)
    assert answer.overlaps[3] == pytest.approx(1.0 - 2.0 * round(flips * 400) / 400)
    assert answer_to(**RANDOM, P=2, cued=9).cued == 1  # there are but two


def test_states_have_names():
    stored = answer_to(**RANDOM, P=9).stored
    xi = stored.memories.xi.T.astype(int)

    def name(S):
        return name_of(S, stored, stored.memories.overlaps(S))

    assert name(xi[4]) == "memory 5" and name(-xi[2]) == "the inverse of memory 3"
    off = xi[4].copy()
    off[:5] *= -1
    assert name(off) == "memory 5, 5 of 400 units wrong"
    mixed = mixture(xi[[1, 3, 8]], [1, -1, 1])
    np.testing.assert_array_equal(mixed_of(mixed, stored, stored.memories.overlaps(mixed)), [1, 3, 8])
    assert name(mixed).startswith("a mixture of memories 2, 4 and 9, a spurious state: overlaps 0.")
    assert name(mixture(xi[:5])).startswith("a spurious state of no name: its largest overlap is 0.")
    digits = answer_to(P=10, digit=0).stored
    assert digits.call(3) == "memory 4 (a 3)"


@pytest.mark.parametrize(("values", "words"), [
    ({"steps": 0}, "the start: 78 of 784 units differ from memory 1 (a 3)"),
    ({"steps": 300}, "on its way: "),
    ({}, "settled in memory 1 (a 3)"),
    ({"flips": 0.7}, "settled in the inverse of memory 1 (a 3)"),
    ({"flips": 0.5, "order": "synchronous"}, "to and fro between two states: the same 784 units"),
    ({"P": 10, "digit": 0, "updates": 20_000}, "settled in a blend of the memories, a spurious state"),
    ({"P": 10, "digit": 0, "updates": 20_000, "weights": "projection"}, "settled in memory 1 (a 0)"),
])
def test_sentence(values, words):
    assert told(Hopfield(**values).snapshot()).startswith(words)


def test_crosstalk_of_memories_that_are_alike_is_explained():
    snapshot = Hopfield(P=10, digit=0).snapshot()
    wrong = next(m for m in measures(snapshot) if m.name == "wrong bits of memories")
    xi = perform(snapshot).stored.memories.xi.astype(float)
    mean = np.mean((xi.T @ xi / 784)[~np.eye(10, dtype=bool)])
    assert f"(mean overlap {mean:.2f})" in told(snapshot) and f"turns {wrong.value:.2g} %" in told(snapshot)
    assert wrong.theory is None
    assert "alike" not in told(Hopfield(**RANDOM, P=40).snapshot())


def test_wrong_bits_are_those_of_the_whole_matrix_and_near_theory():
    snapshot = Hopfield(**RANDOM, P=60).snapshot()
    found = next(m for m in measures(snapshot) if m.name == "wrong bits of memories")
    memories = perform(snapshot).stored.memories
    W, xi = memories.matrix(), memories.xi.astype(float)
    assert found.value == pytest.approx(100.0 * np.mean((W @ xi) * xi < -1e-9))
    assert found.theory == pytest.approx(50.0 * math.erfc(math.sqrt(400 / 120)))
    assert abs(found.value - found.theory) < 4.0 * 100.0 * math.sqrt(found.theory / 100.0 / (400 * 60)) + 0.1


def test_pictures_have_their_first_row_at_the_top():
    values = {"patterns": "drawn", "side": 10, "updates": 1500, "steps": 0, "flips": 0.0}
    for name, mark in (("start", "S"), ("state", "S"), ("drawn_1", "ink")):
        _, _, seen = columns(name, **values)[mark]
        np.testing.assert_array_equal(seen[::-1].ravel() > 0, patterns.letter(0))
    x, _, tiles = columns("memories", **values)["patterns"]
    middles = (x[1:] + x[:-1]) / 2
    np.testing.assert_array_equal(tiles[::-1][:, (middles > 1.5) & np.isfinite(tiles[0])][:, :10].ravel() > 0,
                                  patterns.letter(1))
    assert (np.abs(middles[np.isfinite(tiles[0])] - np.round(middles[np.isfinite(tiles[0])])) < 0.5).all()


def test_marks_are_on_the_units_that_are_wrong():
    values = {"patterns": "drawn", "side": 10, "updates": 1500, "steps": 0, "flips": 0.12}
    answer = answer_to(**values)
    x, y = columns("state", **values)["wrong"]
    wrong = {(int(10 - row), int(column)) for column, row in zip(x, y, strict=True)}
    different = (answer.stored.memories.xi[:, 0] != answer.run.S).reshape(10, 10)
    assert wrong == set(zip(*np.nonzero(different), strict=True)) and len(wrong) == 12
    assert not len(columns("state", **values | {"flips": 0.6})["wrong"][0])


def test_curves_end_where_the_state_is():
    values = {**RANDOM, "P": 8, "flips": 0.3, "steps": 500}
    answer = answer_to(**values)
    t, E = columns("energy", **values)["E"]
    assert t[0] == 0 and t[-1] == 500 and np.all(np.diff(t) >= 0)
    assert E[-1] == pytest.approx(answer.stored.memories.energy(answer.run.S)) and np.all(np.diff(E) <= 0)
    paths = columns("paths", **values)
    assert paths["cued"][1][-1] == pytest.approx(answer.overlaps[0])
    ends = paths["others"][1][np.flatnonzero(np.isnan(paths["others"][1])) - 1]
    np.testing.assert_allclose(np.abs(ends), np.sort(np.abs(answer.overlaps[1:]))[::-1][:drawn.OTHERS])


def test_plots_on_choice():
    values = {**RANDOM, "P": 20, "flips": 0.3}
    capacity = columns("capacity", **values)
    assert capacity["now"][0] == [20 / 400] and len(capacity["measured"][0]) == len(drawn.LOADS)
    error = (capacity["errors"][1][1::3] - capacity["errors"][1][0::3]) / 2.0
    assert error[0] == 0.0 and (error[-4:] > 0.0).all()
    assert capacity["theory"][1][0] == pytest.approx(1.0) and capacity["theory"][1][-1] == 0.0
    basin = columns("basin", **values)
    assert basin["measured"][1][0] == 1.0 and basin["measured"][1][-1] < 0.5 and basin["now"][0][0] == 0.3
    crosstalk = columns("crosstalk", **values)
    edges, heights = crosstalk["units"]
    middles, width = (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]
    mean = np.sum(middles * heights) * width
    assert mean == pytest.approx(1.0, abs=0.02)
    assert np.sqrt(np.sum((middles - mean) ** 2 * heights) * width) == pytest.approx(math.sqrt(20 / 400), abs=0.02)
    assert np.trapezoid(*crosstalk["theory"][::-1]) == pytest.approx(1.0, abs=1e-3)
    assert "theory" not in columns("crosstalk", P=10)


def test_a_basin_depends_on_the_start_of_no_recall():
    one, other = (drawn.measured_basin(snapshot_of(Hopfield, "Letters", **changes).p)["measured"]
                  for changes in ({}, {"flips": 0.4, "updates": 300}))
    np.testing.assert_array_equal(one, other)


def test_order_acts_from_the_next_step_on():
    whole = answer_to(**RANDOM, P=8, flips=0.4, steps=700, order="sequential", past=((300, "order", "random"),))
    before = answer_to(**RANDOM, P=8, flips=0.4, steps=300)
    flips = len(before.run.units)
    np.testing.assert_array_equal(whole.run.units[:flips], before.run.units)
    assert (whole.run.units[flips:] == (whole.run.at[flips:] - 1) % 400).all()


def test_patterns_keep_their_full_colours_under_marks_in_ink():
    views = {name: PlotView(Hopfield.plots[PLOTS[name]]) for name in ("memories", "start", "state")}
    palettes = [next(layer.look["palette"] for layer in view.layers() if layer.kind == "heatmap")
                for view in views.values()]
    assert palettes == [style.DIVERGING] * 3
