"""Two-parameter diagrams of models: what is asked anew, and over which ranges."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.fitzhugh_nagumo import FitzHughNagumo
from ncm_app.studies import memo
from ncm_app.studies import two_parameter as module
from ncm_app.studies.diagram import whole_range
from ncm_app.studies.memo import Memory
from ncm_app.studies.two_parameter import two_parameter

pytestmark = pytest.mark.sweep


@pytest.fixture
def computed(monkeypatch):
    """The parameters of the diagrams that were really computed, in an empty memory."""
    found = []
    compute = module.two_parameter_diagram

    def counting(system, p, fields, *args, **kwargs):
        found.append(fields)
        return compute(system, p, fields, *args, **kwargs)

    monkeypatch.setattr(memo, "MEMORY", Memory(2**26))
    monkeypatch.setattr(module, "two_parameter_diagram", counting)
    return found


def test_moving_either_parameter_the_start_or_the_run_asks_nothing_new(computed):
    first = two_parameter(EIF().snapshot(), "I_0", "D")
    for change in ({"I_0": 3.0}, {"D": 5.0}, {"I_0": 30.0, "D": 1.0}, {"t_end": 50.0}, {"dt": 1.0}, {"V_0": -60.0},
                   {"method": "RK4"}, {"I_1": 20.0}):
        assert two_parameter(EIF().snapshot(**change), "I_0", "D") is first
    assert computed == [("I_0", "D")]


def test_other_values_and_other_parameters_are_other_questions(computed):
    two_parameter(EIF().snapshot(), "I_0", "D")
    two_parameter(EIF().snapshot(V_T=-50.0), "I_0", "D")
    two_parameter(EIF().snapshot(), "I_0", "V_T")
    assert computed == [("I_0", "D"), ("I_0", "D"), ("I_0", "V_T")]


@pytest.mark.parametrize(("V_T", "E_L"), [(-55.0, -72.0), (-50.0, -70.0)])
def test_fold_of_the_exponential_cell_spans_the_bounds_of_the_slider(V_T, E_L):
    """I = V_T - E_L - D."""
    (fold,) = two_parameter(EIF().snapshot(V_T=V_T, E_L=E_L), "I_0", "D").loci
    np.testing.assert_allclose(fold.first + fold.second, V_T - E_L, atol=1e-6)
    assert sorted(fold.second[[0, -1]]) == pytest.approx(EIF.control("D").bounds)


def test_the_order_of_the_parameters_only_turns_the_picture():
    one = two_parameter(FitzHughNagumo().snapshot(), "I", "b")
    other = two_parameter(FitzHughNagumo().snapshot(), "b", "I")
    assert [q.code for q in one.points] == [q.code for q in other.points] == ["CP", "GH"]
    for p, q in zip(one.points, other.points, strict=True):
        assert p.parameters == pytest.approx(q.parameters, rel=1e-6)


def test_a_question_holds_no_present_values():
    asked = whole_range(FitzHughNagumo(I=1.0, b=0.3, phi=0.2, v_0=2.0, t_end=30.0).snapshot(), "I", "b")
    assert asked == FitzHughNagumo(phi=0.2).snapshot()


def test_unknown_parameter_names_near_ones():
    with pytest.raises(ValueError, match=r"no parameter named 'I_00'; did you mean .*I_0"):
        two_parameter(EIF().snapshot(), "I_00", "D")
