"""Edges of the inputs of the catalogue, and of inputs that a new model may state."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find, flows
from ncm_app.core.edges import MOST_EDGES, input_edges, missed_jumps
from ncm_app.core.model import Flow, Quantity, State
from tests.core.edge_models import Branching, Nested, Pulsed, Triangle


def edges_of(model, t_end=None):
    one = model.snapshot()
    return input_edges(one.model, one.start, one.p, t_end or one.t_end)


def near(times):
    return pytest.approx(np.array(times, dtype=float), abs=1e-6)


@pytest.mark.parametrize(("slug", "values", "jumps"), [
    ("lif", {"I_1": 5.0, "t_1": 33.3, "d_1": 0.7}, [33.3, 34.0]),
    ("lif", {"I_1": 5.0, "t_1": 33.3, "d_1": 0.7, "I_2": -3.0, "t_2": 33.5, "d_2": 4.0}, [33.3, 33.5, 34.0, 37.5]),
    ("lif", {"I_1": 5.0, "d_1": 0.0}, []), ("lif", {"I_1": 0.0}, []), ("lif", {"I_1": 5.0, "t_1": 1000.0}, []),
    ("qif", {"I_2": 5.0, "t_2": 0.0, "d_2": 3.0}, [0.0, 3.0]),
    ("channelrhodopsin_eif", {"light": "pulses", "t_1": 10.0, "d_1": 0.2, "d_2": 0.0}, [10.0, 10.2]),
    ("channelrhodopsin_eif", {"light": "on"}, []), ("forced_linear", {"t_1": 33.0}, [33.0]),
    ("forced_linear", {"t_1": 33.0, "I_1": 0.0}, []), ("dirac_delta", {"t_1": 20.5, "Delta": 0.3}, [20.5, 20.8]),
    ("leaky_integrator", {"input": "square wave", "t_1": 3.0, "t_2": 4.0, "T_x": 200.0},
     [3.0, 4.0, 203.0, 204.0, 403.0, 404.0]),
    ("leaky_integrator", {"input": "square wave", "t_1": 3.0, "t_2": 3.0}, []),
    ("leaky_integrator", {"input": "noise", "h_x": 100.0, "t_end": 590.0}, [100.0, 200.0, 300.0, 400.0, 500.0]),
    ("leaky_integrator", {"input": "constant"}, []), ("adex", {"I_1": 1.0, "t_1": 5.5, "d_1": 1.5}, [5.5, 7.0])])
def test_edges_of_the_catalogue(slug, values, jumps):
    assert edges_of(find(slug)(**values)).jumps == near(jumps)


def test_soft_pulses_and_waves():
    found = edges_of(find("hodgkin_huxley")(I_1=3.0, t_1=50.0, d=0.2, t_end=100.0))
    assert len(found.jumps) == 0 and found.features == near(np.linspace(48.2, 51.8, 13))
    assert edges_of(find("forced_linear")(forcing="two sines", T_1=100.0, T_2=8.0)).longest_step == pytest.approx(1.0)
    assert edges_of(find("hodgkin_huxley")()).stops.size == 0


def test_models_without_an_input_have_none():
    for slug in ("lorenz", "wilson_cowan", "fitzhugh_nagumo", "kuramoto", "brusselator"):
        found = edges_of(flows()[slug]())
        assert found.stops.size == 0 and found.longest_step == np.inf == found.known_until


def test_inputs_of_new_models_need_no_word_of_theirs():
    assert edges_of(Pulsed(t_1=3.0)).jumps == near([3.0, 3.4])
    assert edges_of(Branching()).jumps == near([10.0, 12.0, 50.0])
    assert edges_of(Nested(period=0.5), 3.0).jumps == near([0.0, 0.1, 0.5, 0.6, 1.0, 1.1, 1.5, 1.6, 2.0, 2.1, 2.5, 2.6])
    assert edges_of(Triangle()).features == near([30.0])


def test_very_many_edges_are_told_as_far_as_they_go():
    found = edges_of(Nested(period=0.0002, t_end=200.0))
    assert len(found.jumps) <= MOST_EDGES
    assert 5.0 < found.known_until < 200.0
    assert np.all(np.diff(found.jumps) > 0)


class Late(Flow):
    """A step that a time in steps may miss by rounding."""

    t_1 = Quantity(2.1, bounds=(0, 100), unit="ms", doc="step")
    states = (State("x", span=(0.0, 1.0)),)

    @staticmethod
    def rhs(t, y, p):
        return (1.0 * (t >= p.t_1) - y[0],)


def test_only_jumps_that_rounding_moves_are_missed():
    """3 * 0.7 is 2.0999999999999996, just short of 2.1; 3 * 0.1 is just beyond 0.3."""
    def missed(t_1, dt):
        one = Late(t_1=t_1, dt=dt, t_end=10.0).snapshot()
        edges = input_edges(Late, one.start, one.p, 10.0)
        return missed_jumps(one, edges, round(10.0 / dt)).tolist()

    assert missed(2.1, 0.7) == [pytest.approx(2.1)]
    assert missed(2.0, 0.5) == []
    assert missed(2.05, 0.7) == []
