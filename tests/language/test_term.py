"""Functions of models run on names: the text that comes out computes what they compute."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ncm_app.core.capabilities import has_resets
from ncm_app.core.catalogue import models
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.syntax import Unreadable
from ncm_app.language.brian import Cell, lean
from ncm_app.language.term import Term, written

NAMES = {name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs", "floor", "clip")}
NAMES |= {"int": int, "ms": 1.0}
CELLS = [pytest.param(model, preset, id=f"{slug}-{preset}") for slug, model in models().items() if has_resets(model)
         for preset in model.presets]


def value(text, **names):
    return eval(lean(text), {**NAMES, **names})


@pytest.mark.parametrize(("model", "preset"), CELLS)
def test_equations_of_every_spiking_cell_compute_its_functions(model, preset):
    p = Snapshot.of(model, model.preset_values(preset)).p
    names = [state.name for state in model.states]
    cell = Cell(model, names, p)
    rng = np.random.default_rng(1)
    spans = np.array([state.span for state in model.states])
    for t in (0.0, 199.9, 200.0, 399.95, 450.0, 600.0, 812.3):
        y = tuple(float(v) for v in spans[:, 0] + rng.uniform(size=len(names)) * (spans[:, 1] - spans[:, 0]))
        known = {**cell.read, **dict(zip(names, y, strict=True)), "t": t}
        slopes = [value(line.split(" = ", 1)[1].removesuffix("/ms : 1"), **known) for line in cell.equations]
        assert slopes == pytest.approx([float(v) for v in model.rhs(t, y, p)], rel=1e-9, abs=1e-12)
        after = dict(zip(names, y, strict=True))
        for line in cell.reset:
            name, text = line.split(" = ", 1)
            after[name] = value(text, **{**known, **after})
        assert [after[name] for name in names] == pytest.approx([float(v) for v in model.reset(y, p)])
        theta = model.threshold(p)
        for near, fires in ((theta - 1e-9, False), (theta, False), (theta + 1e-9, True)):
            assert bool(value(cell.fires, **{**known, names[0]: near})) is fires


def test_numbers_and_operators_keep_their_value():
    x, y = Term("x"), Term("y")
    found = [
        (2.0 - x / 4 * y, 2 - 3 / 4 * -5), (-(x ** 2), -9), (abs(y) % x, 2), (1 / (x - y), 1 / 8),
        (np.exp(-x), math.exp(-3)), (np.minimum(x, y), -5), (np.maximum(2.0, y), 2), (np.where(x > y, 7.0, x), 7),
        (np.clip(y, -1.0, x), -1), ((x >= 3) * (y != -5), 0), (np.square(y) - np.expm1(x), 25 - math.expm1(3)),
        (-1.5e-7 * x, -4.5e-7), (np.negative(y), 5),
    ]
    for term, expected in found:
        assert value(written(term), x=3, y=-5) == pytest.approx(expected)


def test_whole_and_negative_numbers_are_written_as_such():
    assert [written(v) for v in (2.0, -3.0, 0.1, -0.5, 1e300)] == ["2", "(-3)", "0.1", "(-0.5)", "1e+300"]


@pytest.mark.parametrize("use", [
    lambda x: 1.0 if x > 0 else 2.0, math.exp, float, lambda x: np.arctan2(x, 1.0),
    lambda x: np.interp(x, [0, 1], [0, 1]), lambda x: np.concatenate([x, x]),
])
def test_what_has_no_counterpart_is_refused(use):
    with pytest.raises(Unreadable):
        use(Term("x"))


def test_states_that_the_reset_reads_are_read_before_they_change():
    class Swap:
        rhs = staticmethod(lambda t, y, p: (0.0 * y[0], 0.0 * y[1]))
        threshold = staticmethod(lambda p: 1.0)
        reset = staticmethod(lambda y, p: (y[1], y[0]))

    values = Snapshot.of(models()["adex"], models()["adex"].preset_values("")).p
    after = {"a": 1.0, "b": 2.0}
    for line in Cell(Swap, ("a", "b"), values).reset:
        name, text = line.split(" = ")
        after[name] = eval(text, {}, after)
    assert (after["a"], after["b"]) == (2.0, 1.0)
