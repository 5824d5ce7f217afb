"""Marks that do not depend on the answer are computed again only when a parameter that they read changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.numerics.system import Partial
from ncm_app.studies import memo, plots
from ncm_app.studies.memo import Memory, standing_in
from ncm_app.studies.plots import drawn_columns, run_or_perform
from ncm_app.studies.simulate import simulate_from

EIF = find("eif_poisson")


@pytest.fixture
def calls(monkeypatch):
    """A plot whose fixed marks read one parameter more where the first one is high; what it was called with."""
    made = []

    def fixed(p):
        found = p.r_e + (100.0 * p.r_i if p.r_e > 10.0 else 0.0)
        made.append(found)
        return {"line": ([0.0, 1.0], [found, found])}

    monkeypatch.setattr(memo, "MEMORY", Memory(2**26))
    monkeypatch.setattr(plots, "_read", {})
    monkeypatch.setattr(EIF, "plots", (replace(EIF.plots[3], fixed=fixed),))
    return made


def line(**values):
    return float(drawn_columns(EIF(t_end=20.0, **values).snapshot(), 0)["line"][1][0])


def test_they_are_right_whatever_they_have_read_before(calls):
    for values, expected in (({"r_e": 5.0, "r_i": 7.0}, 5.0), ({"r_e": 20.0, "r_i": 7.0}, 720.0),
                             ({"r_e": 20.0, "r_i": 9.0}, 920.0), ({"r_e": 5.0, "r_i": 9.0}, 5.0)):
        assert line(**values) == expected


def test_they_are_kept_while_what_they_read_stays(calls):
    assert line(r_e=5.0) == 5.0
    before = len(calls)
    for k in range(5):
        assert line(r_e=5.0, j_e=10.0 + k) == 5.0
    assert len(calls) == before
    assert line(r_e=6.0) == 6.0
    assert len(calls) == before + 1


def test_a_partial_answer_uses_and_keeps_them(calls):
    snapshot = EIF(t_end=20.0, r_e=5.0).snapshot()
    run = run_or_perform(snapshot)
    memo.MEMORY.forget()
    with standing_in(Partial(run, question=simulate_from.key(snapshot, snapshot.start))):
        drawn_columns(snapshot, 0)
    before = len(calls)
    assert before and line(r_e=5.0) == 5.0 and len(calls) == before


@pytest.mark.parametrize(("model", "index"), [
    pytest.param(model, index, id=f"{name}-{model.plots[index].name}") for name, model in models().items()
    for index in range(len(model.plots)) if model.plots[index].fixed])
def test_what_is_kept_is_what_the_model_gives(model, index):
    for preset in list(model.presets)[:3]:
        snapshot = model(**model.preset_values(preset)).snapshot()
        drawn, direct = drawn_columns(snapshot, index), model.plots[index].fixed(snapshot.p)
        for name, columns in direct.items():
            for kept, own in zip(drawn[name], columns, strict=True):
                assert kept == own if isinstance(own, list) and isinstance(own[0], str) else np.array_equal(
                    kept, np.asarray(own, dtype=float), equal_nan=True)
