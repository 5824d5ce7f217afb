"""Every answer is printed in a line or two, and becomes a table."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pytest

import ncm_app as ncm
from ncm_app.core.catalogue import models
from ncm_app.core.model import Flow
from ncm_app.numerics.results.base import Array, Result, Status

pd = pytest.importorskip("pandas", reason="pandas is optional")


@dataclass(frozen=True)
class Sample(Result):
    """Any answer: `x` (m,), `values` (n, m), `present` (2, n)."""

    x: Array
    values: Array
    present: Array
    level: float = float("nan")
    status: Status = Status.OK
    message: str = ""


@dataclass(frozen=True)
class Parts(Result):
    """An answer made of answers."""

    first: Sample
    others: tuple[Sample, ...]


SAMPLE = Sample(np.arange(3.0), np.arange(6.0).reshape(2, 3), np.zeros((2, 2)))


def test_answer_is_printed_without_its_arrays_and_what_goes_without_saying():
    assert repr(SAMPLE) == "Sample(x=[0, 1, 2], values=array (2, 3), present=array (2, 2))"
    told = Sample(np.arange(7.0), SAMPLE.values, SAMPLE.present, 0.123456789, Status.DIVERGED, "gone")
    assert repr(told) == ("Sample(x=array (7,), values=array (2, 3), present=array (2, 2), level=0.123457, "
                          "status=DIVERGED, message='gone')")
    assert repr(Parts(SAMPLE, (SAMPLE,) * 2)) == f"Parts(first={SAMPLE!r}, others=<2 Sample>)"


def test_arrays_of_one_length_become_columns():
    table = SAMPLE.to_frame()
    assert list(table.columns) == ["x", "values_1", "values_2"]
    np.testing.assert_array_equal(table["values_2"], [3.0, 4.0, 5.0])
    both = Parts(SAMPLE, (SAMPLE,) * 2).to_frame()
    assert both.index.names[:2] == ["part", "number"] and len(both) == 9
    np.testing.assert_array_equal(both.loc[("Sample", 1), "x"], SAMPLE.x)


def test_without_pandas_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install pandas; to_dict\(\) gives the same numbers"):
        SAMPLE.to_frame()


def test_fixed_point_and_special_point_are_rows():
    model = ncm.model("ei_rate_network", preset="Fig 3.4 C,D")
    point = ncm.equilibria(model)[0]
    row = point.to_frame().iloc[0]
    assert (row["kind"], bool(row["stable"])) == ("unstable spiral", False)
    assert (row["state_1"], row["eigenvalue_2"]) == (point.state[0], point.eigenvalues[1])
    hopf = next(q for q in ncm.bifurcation_diagram(model, "tau_i").points if q.code == "H")
    assert hopf.to_frame().iloc[0]["tau_i"] == pytest.approx(28.597563)
    assert "tau_i': 28.5976}" in repr(hopf) and "'H'" in repr(hopf)


def test_diagram_has_a_row_for_every_point_of_its_branches():
    found = ncm.bifurcation_diagram(ncm.model("morris_lecar"), "I")
    table = found.to_frame()
    assert len(table) == sum(len(b.parameter) for b in (*found.branches, *found.cycles))
    cycles = table.loc["CycleBranch"]
    np.testing.assert_array_equal(cycles["period"], found.cycles[0].period)
    np.testing.assert_array_equal(cycles["high_1"], found.cycles[0].high[0])
    assert cycles["states_1"].isna().all()


def test_portrait_has_a_row_for_every_point_of_its_grid():
    field = ncm.phase_portrait(ncm.model("brusselator", A=1.5, B=2.0))
    table = field.to_frame()
    assert len(table) == len(field.x) * len(field.y)
    np.testing.assert_allclose(table["dx"], 1.5 - 3.0 * table["x"] + table["x"] ** 2 * table["y"], atol=1e-12)


@pytest.mark.parametrize("slug", models())
def test_what_a_prompt_gets_is_short_and_becomes_a_table(slug):
    model = ncm.model(slug, models()[slug].first_preset())
    answers = [ncm.simulate(model)]
    if isinstance(model, Flow):
        answers += ncm.equilibria(model)
        if len(model.states) > 1:
            answers.append(ncm.phase_portrait(model, held={s.name: s.start for s in model.states[2:]}))
        if model.explore:
            answers.append(ncm.bifurcation_diagram(model, model.explore, cycles=False))
    for answer in answers:
        assert len(repr(answer)) < 400 and "\n" not in repr(answer)
        assert isinstance(answer.to_dict(), dict)
        table = answer.to_frame()
        assert len(table) > 0 and len(table.columns) > 0
