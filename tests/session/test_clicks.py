"""A click in a plot: a start in the phase plane, parameter and state on a branch, a parameter elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.numerics.system import SILENT
from ncm_app.session.clicks import Shown, grabs, respond, snapped, start_values
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import MOST_STARTS, ViewChoices
from ncm_app.studies.cycles import cycles
from ncm_app.studies.stability import equilibria
from ncm_app.views.diagram import Cycles

EI, MORRIS_LECAR = find("ei_rate_network"), find("morris_lecar")


def shown(model, name, preset="", cyclic=False, **changes):
    """Return what a plot of a model shows; the diagram with its cycles on demand."""
    snapshot = model(**{**model.preset_values(preset), **changes}).snapshot()
    choices = ViewChoices(explore=model.explore)
    card, view = next(pair for pair in rules_for(model) if pair[1].name == name)
    result = card.study(snapshot, choices, SILENT)
    found = Cycles(cycles(snapshot, choices.explore), choices.explore, 0) if cyclic else None
    return Shown(view, snapshot, choices, result, view.limits(result), found)


@pytest.mark.parametrize(("value", "step"), [(60.24636, 60.2), (1e9, 100.0), (-3.0, 1.0)])
def test_a_click_moves_to_the_nearest_step_within_the_bounds(value, step):
    assert snapped(EI.control("tau_i"), value) == pytest.approx(step, abs=0.31)
    assert EI.control("tau_i").bounds[0] <= snapped(EI.control("tau_i"), value) <= EI.control("tau_i").bounds[1]


def test_whole_numbers_stay_whole():
    seed = find("leaky_integrator").control("seed")
    assert snapped(seed, 3.4) == 3.0


def test_a_click_in_the_phase_plane_adds_a_start_and_the_oldest_goes():
    what = shown(EI, "phase_plane")
    for k in range(MOST_STARTS + 2):
        values, choices = respond(10.0 + k, 5.0, what)
        assert values == {}
        what = what._replace(choices=choices)
    assert len(choices.starts) == MOST_STARTS
    assert choices.starts[-1] == pytest.approx(((10.0 + MOST_STARTS + 1) / 1000, 0.005))
    assert choices.starts[0] == pytest.approx((0.012, 0.005))


@pytest.mark.parametrize(("slug", "place", "start"), [
    ("phase_line", 0.912, ("x_0", 0.92)), ("phase_line", 99.0, ("x_0", 4.0)), ("eif", -61.04, ("V_0", -61.0))])
def test_a_click_on_the_phase_line_is_where_the_run_starts(slug, place, start):
    found = respond(place, 0.3, shown(find(slug), "phase_line"))
    assert set(found.values) == {start[0]} and found.values[start[0]] == pytest.approx(start[1], abs=0.1)
    assert found.choices.starts == ()


def test_a_click_next_to_a_branch_sets_parameter_and_state():
    what = shown(MORRIS_LECAR, "diagram", "Hopf")
    found = respond(40.0, -47.0, what)
    assert found.values["I"] == pytest.approx(40.0, abs=3.0)
    rest = equilibria(what.snapshot.changed(I=found.values["I"])).points[0]
    assert found.values["V_0"] == pytest.approx(rest.state[0], abs=0.3)
    assert found.values["w_0"] == pytest.approx(rest.state[1], abs=0.003)


def test_a_click_on_the_upper_edge_of_a_cycle_starts_at_its_peak():
    what = shown(MORRIS_LECAR, "diagram", "Hopf", cyclic=True)
    branch = what.cycles.branches[0]
    k = int(np.argmin(np.abs(branch.parameter - 150.0) + 1e3 * ~branch.stable))
    found = respond(float(branch.parameter[k]), float(branch.high[0][k]), what)
    assert found.values["I"] == pytest.approx(branch.parameter[k], abs=1.0)
    assert found.values["V_0"] == pytest.approx(branch.high[0][k], abs=0.5)
    low = respond(float(branch.parameter[k]), float(branch.low[0][k]), what)
    assert low.values["V_0"] == pytest.approx(branch.low[0][k], abs=0.5)
    without = respond(float(branch.parameter[k]), float(branch.high[0][k]), what._replace(cycles=None))
    assert set(without.values) == {"I"}


def test_a_click_far_from_every_branch_moves_the_parameter_only():
    what = shown(EI, "diagram")
    assert respond(42.0, 39.0, what).values == {"tau_i": 42.0}
    assert not grabs(42.0, 39.0, what)
    assert grabs(42.0, 5.7, what)
    assert not grabs(42.0, 5.7, shown(EI, "trace"))


def test_a_click_in_the_rate_curve_moves_its_input():
    eif = find("eif")
    found = respond(17.03, 10.0, shown(eif, "rate_curve"))
    assert set(found.values) == {eif.explore}
    assert found.values[eif.explore] == pytest.approx(17.03, abs=0.1)


def test_start_values_stay_within_their_bounds():
    low, high = MORRIS_LECAR.control("V_0").bounds
    assert start_values(MORRIS_LECAR, (1e6, 0.5)) == {"V_0": high, "w_0": 0.5}
    assert start_values(MORRIS_LECAR, (-1e6, 0.123456789)) == {"V_0": low, "w_0": 0.12346}
