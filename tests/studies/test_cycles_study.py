"""Cycles over a parameter: asked once, whatever its present value."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.mathematics.phase_line import PhaseLine
from ncm_app.models.oscillators.brusselator import Brusselator
from ncm_app.numerics.cycles.branches import Cycles
from ncm_app.numerics.system import Cancelled, Progress
from ncm_app.studies import cycles as study
from ncm_app.studies import memo
from ncm_app.studies.cycles import cycles
from ncm_app.studies.memo import Memory
from ncm_app.studies.regime import regime

pytestmark = pytest.mark.sweep


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", Memory(2**26))


def test_moving_the_parameter_the_start_and_the_run_asks_nothing_new():
    first = cycles(Brusselator().snapshot(), "B")
    for change in ({"B": 2.7}, {"x_0": 2.0}, {"dt": 0.05}, {"method": "Euler"}):
        assert cycles(Brusselator().snapshot(**change), "B") is first


def test_cycles_begin_where_theory_says():
    """The Brusselator has its Hopf point at B = 1 + A^2 with period 2 pi / A."""
    (branch,) = cycles(Brusselator().snapshot(A=1.2), "B")
    first = int(np.argmin(branch.parameter))
    assert branch.parameter[first] == pytest.approx(1 + 1.2**2, rel=1e-6)
    assert branch.period[first] == pytest.approx(2 * np.pi / 1.2, rel=1e-6)


@pytest.mark.parametrize("model", [PhaseLine, EIF])
def test_there_are_none_on_a_line_and_with_resets(model):
    assert cycles(model().snapshot(), model.explore) == ()


def test_a_cancel_passes_through_and_the_next_question_is_answered():
    class Impatient(Progress):
        def report(self, fraction, partial=None):
            raise Cancelled

    with pytest.raises(Cancelled):
        cycles(Brusselator().snapshot(), "B", progress=Impatient())
    assert len(cycles(Brusselator().snapshot(), "B")) == 1


def test_what_may_be_missing_is_known_once_the_cycles_are(monkeypatch):
    snapshot = MorrisLecar().snapshot()
    monkeypatch.setattr(study._cycles, "known", lambda *question: None)
    assert study.known_doubt(snapshot, "I") == ""
    monkeypatch.setattr(study._cycles, "known", lambda *question: Cycles(message="Some runs neither rest nor repeat."))
    assert study.known_doubt(snapshot, "I") == "Some runs neither rest nor repeat."
    assert "Some runs neither rest nor repeat." in regime(snapshot, "I").warnings
    assert "Some runs neither rest nor repeat." not in regime(snapshot, "").warnings
