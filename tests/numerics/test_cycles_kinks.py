"""Cycles of threshold-linear networks: as exact as smooth ones, because edges follow the kinks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from ncm_app.numerics.cycles.collocation import Mesh
from ncm_app.numerics.cycles.curve import Cycle, CycleCurve
from ncm_app.numerics.cycles.kinks import kink_phases, snap
from ncm_app.numerics.results import Array, Status
from tests.numerics.cycle_systems import CASES, labels, the_branch, value

NAME = "threshold-linear"
SYSTEM, VALUES, FIELD, LOW, HIGH = CASES[NAME]


def input_to(population: int, p: Any) -> Any:
    """Return the event at which a population begins or ends to fire; integration is stopped there."""
    e, i, x = ((p.w_ee, p.w_ei, p.X_e), (p.w_ie, p.w_ii, p.X_i))[population]

    def drive(t: float, y: Array) -> float:
        return float(e * y[0] + i * y[1] + x - p.theta)

    drive.terminal = True  # type: ignore[attr-defined]
    return drive


def flow(y: Array, p: Any, until: float | None = None) -> tuple[float, Array]:
    """Integrate for a time, or for one turn; start anew behind every kink."""
    def slope(t: float, u: Array) -> Any:
        return SYSTEM.rhs(t, tuple(u), p)

    way = float(np.sign(slope(0.0, y)[0]))

    def turn(t: float, u: Array) -> float:
        return float(u[0] - y[0]) if t > 1.0 else way

    turn.terminal, turn.direction = True, way  # type: ignore[attr-defined]
    kinks = [input_to(0, p), input_to(1, p)]
    t, u, end = 0.0, np.array(y, dtype=float), until or 50.0
    while t < end - 1e-12:
        run = solve_ivp(slope, (t, end), u, "DOP853", rtol=1e-12, atol=1e-16,
                        events=kinks if until else [*kinks, turn])
        t, u = float(run.t[-1]), run.y[:, -1]
        if not until and len(run.t_events[2]):
            break
        hair = min(1e-10, end - t)
        t, u = t + hair, u + hair * np.array(slope(t, u))
    return t, u


def test_cycles_close_to_ten_digits_although_populations_fall_silent() -> None:
    branch = the_branch(NAME)
    assert branch.ends == (Status.HOPF, Status.PARAMETER_BOUND)
    assert branch.parameter[0] == pytest.approx(15.0 * 1.906504, rel=1e-6)
    for index in range(3, len(branch.parameter), 6):
        p = VALUES._replace(**{FIELD: branch.parameter[index]})
        y = branch.cycle(index)[1]
        _, after = flow(y[:, 0], p, float(branch.period[index]))
        assert np.max(np.abs(after - y[:, 0]) / np.ptp(y, axis=1)) < 1e-8


def test_fold_of_kinked_cycles_is_that_of_the_return_map() -> None:
    """At the fold the return map touches the diagonal: between both cycles beside it, its slope is 1."""
    branch = the_branch(NAME)
    assert labels(branch) == ["LPC"]
    (fold,) = branch.points
    p = VALUES._replace(**{FIELD: value(fold)})
    y = branch.cycle(int(np.argmin(np.abs(branch.parameter - value(fold)))))[1]
    start = y[:, int(np.argmin(np.abs(y[0] - y[0].mean()))) // 4 * 4]

    def returned(shift: float) -> float:
        return float(flow(start + np.array([0.0, shift]), p)[1][1] - start[1])

    assert flow(start, p)[0] == pytest.approx(fold.period, rel=1e-6)
    assert returned(0.0) == pytest.approx(0.0, abs=1e-9)
    step = 2e-5
    assert (returned(step) - returned(-step)) / (2.0 * step) == pytest.approx(1.0, abs=2e-3)


def test_hopf_family_is_neutral_until_a_population_falls_silent() -> None:
    """Inside the linear region all cycles share one period; the largest grazes the kink."""
    branch = the_branch(NAME)
    p = VALUES._replace(**{FIELD: branch.parameter[0]})
    neutral = np.abs(branch.parameter - branch.parameter[0]) < 1e-9
    assert branch.period[neutral] == pytest.approx(branch.period[0], rel=1e-9)
    for index, linear in enumerate(neutral):
        _, y = branch.cycle(index)
        drives = [input_to(k, p)(0.0, y) if y.ndim == 1 else (
            (p.w_ee, p.w_ie)[k] * y[0] + (p.w_ei, p.w_ii)[k] * y[1] + (p.X_e, p.X_i)[k] - p.theta) for k in (0, 1)]
        if linear:
            assert min(map(np.min, drives)) > -1e-3
        elif index > np.sum(neutral) + 2:
            assert min(map(np.min, drives)) < 0.0


def test_only_systems_with_kinks_pay_for_them() -> None:
    for name, expected in ((NAME, True), ("ml hopf", False), ("hh book", False), ("jansen-rit", False),
                           ("wilson-cowan", False), ("fitzhugh", False)):
        assert CycleCurve(*CASES[name]).kinked is expected


def test_phases_of_kinks_on_a_given_path() -> None:
    """A circle whose input is a sine crosses the threshold where the sine says."""
    curve = CycleCurve(SYSTEM, VALUES._replace(w_ee=5000.0, w_ei=0.0, w_ie=0.0, w_ii=0.0, X_e=-20.0), FIELD, LOW, HIGH)
    mesh = Mesh.uniform(37)
    angle = 2.0 * np.pi * mesh.phases
    nodes = 0.5 + 0.4 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    at = (9.639161 + 20.0) / 5000.0 / 0.02  # the scaled rate at which population e falls silent
    first = brentq(lambda s: 0.5 + 0.4 * np.cos(2.0 * np.pi * s) - at, 0.0, 0.5)
    found = kink_phases(curve, Cycle(mesh, nodes, 0.0, 0.5))
    assert found == pytest.approx([first, 1.0 - first], abs=1e-6)
    assert np.min(np.abs(snap(mesh, found).edges[:, None] - found), axis=0) == pytest.approx([0.0, 0.0], abs=1e-15)


def test_edges_move_no_further_than_needed() -> None:
    mesh = Mesh.uniform(10)
    edges = snap(mesh, np.array([0.001, 0.52, 0.54, 0.999])).edges
    assert edges == pytest.approx([0.0, 0.001, 0.2, 0.3, 0.4, 0.52, 0.54, 0.7, 0.8, 0.999, 1.0])
    assert np.all(np.diff(edges) > 0.0)
