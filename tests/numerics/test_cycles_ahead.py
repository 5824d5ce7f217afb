"""Guesses on moving meshes, labels between two rows, and cycles of random networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.cycles.collocation import DEGREE, Mesh
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve
from ncm_app.numerics.cycles.points import CHANGE, DOUBLING, FOLD, TORUS, TURN, Row, find_labels
from ncm_app.numerics.cycles.predictor import AT_REST, MOST, look_ahead, moved_mesh, solve_ring, turn_between
from ncm_app.numerics.cycles.seeds import hopf_row
from ncm_app.numerics.cycles.termination import halves_its_period, shrinks_to_point
from ncm_app.numerics.results import Array, SpecialPoint
from tests.numerics.cycle_systems import BAUTIN, BAUTIN_VALUES, CASES, diagram_of, the_branch, turn_of, value
from tests.numerics.systems import FITZHUGH_NAGUMO, make_system, record

pytestmark = pytest.mark.sweep


def front(mesh: Mesh, place: float, width: float = 0.02) -> Array:
    gap = (mesh.phases - place + 0.5) % 1.0 - 0.5
    return np.stack([np.exp(-(gap / width) ** 2), 0.3 * np.cos(2.0 * np.pi * mesh.phases)], axis=1)


def with_front(place: float = 0.5) -> Cycle:
    mesh = Mesh.uniform(60)
    for _ in range(5):
        mesh = mesh.refitted(front(mesh, place))
    return Cycle(mesh, front(mesh, place), 0.0, 0.5)


def shift_of(cycle: Cycle, place: float = 0.5) -> Cycle:
    """Return the direction in which the front moves to later phases."""
    change = (front(cycle.mesh, place + 1e-6) - front(cycle.mesh, place - 1e-6)) / 2e-6
    return Cycle(cycle.mesh, change, 0.1, 0.1)


def test_a_front_that_moves_takes_the_mesh_along() -> None:
    cycle = with_front()
    ahead = look_ahead(cycle, shift_of(cycle), 0.0)
    edges = cycle.mesh.edges[:-1]
    fastest = int(np.argmin(np.abs(edges - 0.5)))
    # Most of the direction is drift: at fixed phases, a step of length one would move the front by 0.13.
    assert ahead.drift[fastest] > 0.5


def test_the_guess_follows_a_front_further_than_it_is_wide() -> None:
    cycle = with_front()
    direction = shift_of(cycle)
    scale = look_ahead(cycle, direction, 0.0)
    step = 0.03 / float(np.max(np.abs(scale.drift - scale.drift[0])))
    guess = look_ahead(cycle, direction, step).at(step)[1]
    phases = np.linspace(0.0, 1.0, 2001)
    top = phases[int(np.argmax(guess.mesh.at(guess.nodes, phases)[:, 0]))]
    assert top > 0.505
    assert guess.mesh.at(guess.nodes, phases)[:, 0].max() < 1.2


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(3, 200))
@settings(max_examples=40, deadline=None)
def test_a_ring_is_solved_like_its_matrix(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    links, right = rng.uniform(0.01, 10.0, count), rng.normal(size=count)
    diagonal = links + np.roll(links, 1) + rng.uniform(0.01, 1.0, count)
    matrix, j = np.diag(diagonal), np.arange(count)
    np.subtract.at(matrix, (j, (j + 1) % count), links)
    np.subtract.at(matrix, ((j + 1) % count, j), links)
    assert solve_ring(diagonal, links, right) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-8, abs=1e-8)


@given(seed=st.integers(0, 2**32 - 1), step=st.floats(1e-3, 1.0))
@settings(max_examples=40, deadline=None)
def test_a_moved_mesh_stays_a_mesh(seed: int, step: float) -> None:
    cycle = with_front()
    noise = np.random.default_rng(seed).normal(size=cycle.nodes.shape)
    ahead = look_ahead(cycle, Cycle(cycle.mesh, noise, 0.0, 0.0), step)
    mesh = ahead.at(step)[1].mesh
    assert np.all(mesh.widths > 0.3 * MOST * cycle.mesh.widths)
    assert mesh.edges[0] == 0.0 and mesh.edges[-1] == 1.0


def test_no_step_changes_nothing() -> None:
    cycle = with_front()
    here, guess = look_ahead(cycle, shift_of(cycle), 0.01).at(0.0)
    assert np.array_equal(guess.nodes, cycle.nodes) and np.array_equal(here.mesh.edges, cycle.mesh.edges)


def test_directions_ahead_have_length_one_and_no_turn_against_themselves() -> None:
    cycle = with_front()
    ahead = look_ahead(cycle, shift_of(cycle), 0.0)
    assert ahead.onward.dot(ahead.onward) == pytest.approx(1.0, rel=1e-12)
    assert turn_between(ahead, cycle, shift_of(cycle)) < 1e-6
    back = Cycle(cycle.mesh, -shift_of(cycle).nodes, -0.1, -0.1)
    assert turn_between(ahead, cycle, back) == pytest.approx(np.pi, abs=1e-6)


def test_a_cycle_of_no_size_has_no_drift() -> None:
    curve = CycleCurve(*CASES["ml hopf"])
    row = hopf_row(curve, diagram_of("ml hopf").points[0])
    assert row.cycle.amplitude < AT_REST
    assert not np.any(look_ahead(row.cycle, row.tangent, 0.02).drift)


def test_the_wave_at_a_hopf_point_solves_the_linear_equations() -> None:
    curve = CycleCurve(*CASES["hh book"])
    row = hopf_row(curve, next(point for point in diagram_of("hh book").points if point.code == "H"))
    mesh, cycle = row.cycle.mesh, row.cycle
    slopes = curve.field_at(cycle)[1][..., :4]
    linear = cycle.period * np.einsum("jkab,jkb->jka", slopes, mesh.values(row.tangent.nodes))
    assert mesh.slopes(row.tangent.nodes) == pytest.approx(linear, abs=1e-3)
    assert np.array_equal(np.abs(row.multipliers[:2]), [1.0, 1.0])


def test_moved_edges_keep_the_first() -> None:
    mesh = moved_mesh(Mesh.uniform(4), np.array([0.01, 0.02, 0.01, 0.0]))
    assert mesh.edges == pytest.approx([0.0, 0.26, 0.5, 0.74, 1.0])


def wave_of(amplitude: float, second: float = 0.0) -> Cycle:
    mesh = Mesh.uniform()
    angle = 2.0 * np.pi * mesh.phases
    return Cycle(mesh, np.stack([amplitude * np.cos(2 * angle) + second * np.cos(angle), np.sin(2 * angle)], axis=1),
                 0.0, 0.0)


def test_a_passed_fixed_point_is_noticed() -> None:
    def small(a: float) -> Cycle:
        mesh = Mesh.uniform()
        return Cycle(mesh, a * np.stack([np.cos(2.0 * np.pi * mesh.phases), mesh.phases * 0.0], axis=1) + 0.3, 0.0, 0.0)

    assert shrinks_to_point(small(0.02), small(-0.01))
    assert not shrinks_to_point(small(0.02), small(0.01))
    assert not shrinks_to_point(small(0.5), small(-0.5))


def test_a_passed_half_period_is_noticed() -> None:
    assert halves_its_period(wave_of(1.0, 0.05), wave_of(1.0, -0.04))
    assert not halves_its_period(wave_of(1.0, 0.05), wave_of(1.0, 0.01))
    assert not halves_its_period(wave_of(1.0, 0.9), wave_of(1.0, -0.9))


def row_with(multipliers: list[complex], turn: float) -> Row:
    values = np.array([1.0, *multipliers], dtype=complex)
    tests = np.zeros(4)
    tests[FOLD], tests[DOUBLING] = np.prod(1.0 - values[1:]).real, np.prod(1.0 + values[1:]).real
    tests[TORUS], tests[TURN] = 1.0 - (values[1] * values[-1]).real, turn
    cycle = wave_of(1.0)
    return Row(cycle, cycle, values, tests)


@pytest.mark.parametrize(("before", "after", "turns", "codes"), [
    ([0.5, 0.1], [1.5, 0.1], (0.1, -0.1), ["LPC"]),
    ([0.5, 0.1], [1.5, 0.1], (0.1, 0.2), ["BP"]),  # the parameter goes on: two branches cross
    ([0.5, 0.1], [1.5, 0.1], (1e-4, 2e-4), []),  # it stands still: noise along a canard
    ([0.5, 1e12], [1.5, 1e12], (0.1, 0.2), []),  # beside such a multiplier others are noise
    ([0.5, 0.1], [0.7, 0.1], (0.1, -0.1), []),  # no multiplier crosses
    ([-0.5, 0.1], [-1.5, 0.1], (0.1, 0.1), ["PD"]),
    ([0.6 + 0.6j, 0.6 - 0.6j], [0.9 + 0.9j, 0.9 - 0.9j], (0.1, 0.1), ["TR"]),
    ([1.5, 0.5], [2.5, 0.5], (0.1, 0.1), []),  # a neutral saddle
])
def test_labels_need_a_multiplier_where_they_say(before: list[complex], after: list[complex],
                                                  turns: tuple[float, float], codes: list[str]) -> None:
    ends = np.array(before, dtype=complex), np.array(after, dtype=complex)

    def between(share: float) -> Row:
        middle = ends[0] + share * (ends[1] - ends[0])
        return row_with(list(middle), 0.5 - share if turns[1] < 0.0 else 0.1)

    curve = CycleCurve(*CASES["lorenz"])
    if codes == ["LPC"]:
        turns = 0.5, -0.5
    found = find_labels(curve, row_with(before, turns[0]), row_with(after, turns[1]), between)
    assert [row.code for row in found if row.code != CHANGE] == codes
    changes = np.all(np.abs(before) < 1.0) != np.all(np.abs(after) < 1.0)
    assert [row.code for row in found] == (codes or [CHANGE] * int(changes))  # a change of stability is located even so


def test_a_label_that_cannot_be_refined_is_left_out() -> None:
    def between(share: float) -> Row:
        raise ArithmeticError

    curve = CycleCurve(*CASES["lorenz"])
    assert find_labels(curve, row_with([-0.5, 0.1], 0.1), row_with([-1.5, 0.1], 0.1), between) == []


@given(w_ee=st.floats(8.0, 14.0), w_ei=st.floats(8.0, 14.0), tau=st.floats(0.8, 1.6))
@example(w_ee=9.5, w_ei=8.0, tau=0.8046875)
@settings(max_examples=6, deadline=None)
def test_stable_cycles_of_random_networks_close(w_ee: float, w_ei: float, tau: float) -> None:
    system, p, field, low, high = CASES["isolated"]
    case = system, p._replace(w_ee=w_ee, w_ei=w_ei, tau=tau), field, low, high
    for branch in cycle_branches(*case, bifurcation_diagram(*case)):
        for index in np.flatnonzero(branch.stable)[1::9]:
            if branch.period[index] < 60.0:
                at = case[1]._replace(P=float(branch.parameter[index]))
                period, start = float(branch.period[index]), branch.cycle(int(index))[1][:, 0]
                turn, aside = turn_of(system, at, period, start)
                assert aside < 1e-7
                # Beside a homoclinic orbit at P_0 the period grows like -log|P - P_0|: a rounding of P decides it.
                beside = turn_of(system, at._replace(P=at.P + 1e-10 * (high - low)), period, start)[0]
                assert abs(turn - period) < 1e-8 * period + abs(beside - turn)


def _sharp(t: Any, y: Any, p: Any) -> Any:
    v, w = y
    return v - v**3 / 3.0 - w + p.I, 0.02 * (v + 0.7 - 0.8 * w)


def test_sharp_canards_carry_two_folds_and_no_more() -> None:
    system = make_system(_sharp, FITZHUGH_NAGUMO.spans, FITZHUGH_NAGUMO.box)
    case = system, record(I=0.0), "I", 0.0, 2.0
    (branch,) = cycle_branches(*case, bifurcation_diagram(*case))
    first, second = branch.points
    assert (first.code, second.code) == ("LPC", "LPC")
    assert value(first) + value(second) == pytest.approx(1.75, abs=1e-7)
    assert len(branch.parameter) < 200


def test_phases_of_profiles_grow() -> None:
    branch = the_branch("fitzhugh")
    for index in range(len(branch.period)):
        times = branch.cycle(index)[0]
        assert times[0] == 0.0 and np.all(np.diff(times) > 0.0) and (len(times) - 1) % DEGREE == 0


def test_the_radius_of_a_supercritical_branch_is_exact() -> None:
    case = BAUTIN, BAUTIN_VALUES._replace(beta=-1.0, s=0.0, w=3.0), "mu", -1.0, 2.0
    (branch,) = cycle_branches(*case, bifurcation_diagram(*case))
    assert branch.high[0] ** 2 == pytest.approx(branch.parameter, abs=1e-7)
    assert branch.period == pytest.approx(2.0 * np.pi / 3.0, rel=1e-9)
    assert branch.multipliers[1].real == pytest.approx(np.exp(-2.0 * branch.parameter * branch.period), rel=1e-5)
    (hopf,) = (point for point in bifurcation_diagram(*case).points if point.code == "H")
    assert isinstance(hopf, SpecialPoint) and hopf.lyapunov < 0.0 and np.all(branch.stable)
