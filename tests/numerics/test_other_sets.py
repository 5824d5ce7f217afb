"""Parameter sets for which no reference is printed anywhere, against the second way to the labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from ncm_app.core import catalogue
from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.results import CycleBranch, Diagram
from ncm_app.numerics.system import System
from ncm_app.studies.systems import system_of
from tests.numerics import independent as second
from tests.numerics.cycle_systems import CASES as CYCLE_CASES
from tests.numerics.cycle_systems import branches_of, value

pytestmark = pytest.mark.sweep

Case = tuple[str, str, str, dict[str, float]]


def question(slug: str, preset: str, field: str, values: dict[str, float]) -> tuple[System, Any, str, float, float]:
    """Return what both ways are asked: a system, parameters, and the slider's range of one of them."""
    model: Any = catalogue.find(slug)
    p = model(**{**model.preset_values(preset), **values}).snapshot().steady.p
    return system_of(model), p, field, *map(float, model.control(field).bounds)


def response_grid(p: Any, field: str) -> np.ndarray:
    """Return coordinates that crowd at both ends of what the response of a population can be."""
    k, a, theta = (p.k_e, p.a_e, p.theta_e) if field == "Q" else (p.k_i, p.a_i, p.theta_i)
    q = 1.0 / (1.0 + np.exp(-np.linspace(-20.0, 20.0, 1501))) - (1.0 / (1.0 + np.exp(a * theta)) if p.curve == 0 else 0)
    return np.asarray(k * q / (1.0 + p.r * q))


def second_way(case: Case) -> tuple[second.Explicit, np.ndarray]:
    """Return the explicit branch of a case, and the grid on which its labels are sought."""
    slug, _, field, _ = case
    system, p = question(*case)[:2]
    if slug == "wilson_cowan":
        return second.wilson_cowan(system.rhs, p, field), response_grid(p, field)
    build: Callable[..., second.Explicit] = getattr(second, slug)
    index = 1 if slug == "fitzhugh_nagumo" else 0
    low, high = system.box[index]
    return build(system.rhs, p), np.linspace(low, high, 801 if slug == "hodgkin_huxley" else 1601)[1:-1]


@np.errstate(all="ignore")
def known_labels(branch: second.Explicit, grid: np.ndarray) -> list[tuple[str, float]]:
    """Return the labels on a grid; where no input gives the state, everything is NaN."""
    return [(code, s) for code, s in branch.labels(grid) if np.isfinite(branch.place(s)[1])]


def expected(case: Case) -> list[tuple[str, float, int]]:
    """Return code, parameter and, at Hopf points of the plane, the sign of l1, inside range and box."""
    system, _, _, low, high = question(*case)
    branch, grid = second_way(case)
    found = []
    for code, s in known_labels(branch, grid):
        y, at = branch.place(s)
        if low < at < high and all(a <= v <= b for v, (a, b) in zip(y, system.box, strict=True)):
            spans = np.diff(system.spans)[:, 0]
            sign = np.sign(second.first_lyapunov(branch, s, spans)) if code == "H" and len(y) == 2 else 0
            found.append((code, float(at), int(sign)))
    return sorted(found)


def computed(case: Case) -> list[tuple[str, float, int]]:
    """Return the same from the diagram."""
    diagram = bifurcation_diagram(*question(*case))
    plane = len(question(*case)[0].names) == 2
    return sorted((point.code, point.parameters[case[2]], int(np.sign(point.lyapunov)) if point.code == "H" and plane
                   else 0) for point in diagram.points)


def random_sets(slug: str, preset: str, field: str, count: int, **ranges: tuple[float, float]) -> list[Case]:
    """Return cases with values drawn from ranges."""
    rng = np.random.default_rng(3)
    return [(slug, preset, field, {n: float(rng.uniform(*r)) for n, r in ranges.items()}) for _ in range(count)]


CASES: list[Case] = [
    *(("morris_lecar", preset, "I", {}) for preset in ("Hopf", "SNIC", "homoclinic")),
    *random_sets("morris_lecar", "Hopf", "I", 8, g_Ca=(3, 6), V_3=(-5, 20), V_4=(8, 35), phi=(0.02, 0.4), g_K=(5, 12)),
    *random_sets("fitzhugh_nagumo", "Rhythm", "I", 6, a=(-0.5, 1.5), b=(0, 2), phi=(0.005, 1)),
    ("hodgkin_huxley", "classical", "I_app", {}),
    *random_sets("hodgkin_huxley", "book", "I_app", 4, g_K=(15, 60), g_Na=(80, 180), E_K=(-95, -65)),
    *(("wilson_cowan", preset, field, {}) for preset in ("1972 Fig 11", "Neuromatch", "Neuromatch oscillation",
                                                         "Hoppensteadt-Izhikevich") for field in ("P", "Q")),
    ("wilson_cowan", "1972 Fig 11", "w_ee", {}), ("wilson_cowan", "Neuromatch oscillation", "w_ee", {}),
    *random_sets("wilson_cowan", "1972 Fig 11", "P", 4, w_ee=(10, 20), w_ei=(8, 15), w_ie=(10, 20), tau_i=(0.5, 3)),
    *random_sets("wilson_cowan", "Neuromatch", "P", 3, w_ee=(6, 12), w_ei=(3, 6), w_ii=(1, 11), tau_i=(1, 4)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case[:3])))
def test_labels_are_complete_and_in_place(case: Case) -> None:
    wanted, found = expected(case), computed(case)
    assert [(code, sign) for code, _, sign in found] == [(code, sign) for code, _, sign in wanted]
    low, high = question(*case)[3:]
    assert [v for _, v, _ in found] == pytest.approx([v for _, v, _ in wanted], rel=1e-6, abs=1e-9 * (high - low))


@pytest.mark.parametrize(("sigma", "beta"), [(10.0, 8.0 / 3.0), (16.0, 4.0), (5.0, 0.5), (20.0, 2.0), (3.0, 1.0)])
def test_lorenz_with_other_values(sigma: float, beta: float) -> None:
    asked = question("lorenz", "", "r", {"sigma": sigma, "beta": beta})
    points = [p for p in bifurcation_diagram(*asked).points if p.code != "NS"]
    hopf = sigma * (sigma + beta + 3.0) / (sigma - beta - 1.0)
    assert [p.code for p in points] == ["BP", "H", "H"]
    assert [p.parameters["r"] for p in points] == pytest.approx([1.0, hopf, hopf], rel=1e-7)
    assert points[1].frequency == pytest.approx(np.sqrt(beta * (hopf + sigma)) / (2.0 * np.pi), rel=1e-7)


def answers(slug: str, preset: str, field: str, **values: float) -> tuple[Any, Diagram, tuple[CycleBranch, ...]]:
    asked = question(slug, preset, field, values)
    diagram = bifurcation_diagram(*asked)
    return asked, diagram, cycle_branches(*asked, diagram)


FOLDS: list[Case] = [
    ("morris_lecar", "Hopf", "I", {"g_Ca": 4.5321, "V_3": -0.1462, "V_4": 24.47, "phi": 0.2375, "g_K": 8.452}),
    ("morris_lecar", "SNIC", "I", {}), ("fitzhugh_nagumo", "Rhythm", "I", {"a": 0.7932, "b": 0.6092, "phi": 0.1739}),
]


@pytest.mark.parametrize("case", FOLDS, ids=lambda case: "-".join(case[:2]))
def test_at_a_fold_of_cycles_the_trace_integrates_to_zero(case: Case) -> None:
    slug, preset, field, values = case
    asked, _, branches = answers(slug, preset, field, **values)
    folds = [p for b in branches for p in b.points if p.code == "LPC"]
    assert folds
    for fold in folds:
        at = asked[1]._replace(**fold.parameters)
        after, monodromy = second.transported(asked[0].rhs, at, fold.state, fold.period)
        spans = np.diff(asked[0].spans)[:, 0]
        assert np.max(np.abs(after - fold.state) / spans) < 1e-6
        assert np.linalg.det(monodromy) == pytest.approx(1.0, abs=1e-5)


def comes_round(system: System, at: Any, saddle: np.ndarray, vector: np.ndarray) -> bool:
    """Tell whether what leaves a saddle upwards is sent up again when it comes back, and not past it."""
    (width, _), aside = np.diff(system.spans)[:, 0], 0.02

    def up(t: float, y: np.ndarray) -> float:
        return float((y[0] - saddle[0]) / width - aside)

    def past(t: float, y: np.ndarray) -> float:
        return float((y[0] - saddle[0]) / width + aside)

    up.direction, past.direction, past.terminal = 1.0, -1.0, True  # type: ignore[attr-defined]
    start = saddle + 1e-7 * width * vector / abs(vector[0])
    run = solve_ivp(lambda t, y: system.rhs(t, tuple(y), at), (0.0, 400.0), start, "LSODA", rtol=1e-9, atol=1e-11,
                    events=[up, past])
    return len(run.t_events[0]) > 1


@pytest.mark.parametrize(("case", "reach"), [
    (("morris_lecar", "homoclinic", "I", {}), 0.3), (("morris_lecar", "homoclinic", "I", {"phi": 0.26}), 0.3),
    (("wilson_cowan", "1972 Fig 11", "P", {}), 0.003),
], ids=["Morris-Lecar", "faster", "Wilson-Cowan"])
def test_at_a_homoclinic_orbit_the_branches_of_the_saddle_meet(case: Case, reach: float) -> None:
    slug, preset, field, values = case
    (system, p, *_), _, branches = answers(slug, preset, field, **values)
    (found,) = [value(point) for b in branches for point in b.points if point.code == "HC"]
    branch, grid = second_way(case)

    @np.errstate(all="ignore")
    def sign(at: float) -> float:
        return 1.0 if comes_round(system, p._replace(**{field: at}), *branch.saddle(at, grid)) else -1.0

    assert sign(found - reach) * sign(found + reach) < 0.0
    assert brentq(sign, found - reach, found + reach, xtol=1e-6) == pytest.approx(found, rel=1e-5)


def test_snic_of_a_power_law_network_is_at_the_fold_of_its_active_population() -> None:
    """r = k (w r + X - theta)^2, with i silent, has a double root at theta = X - 1 / (4 w k)."""
    (_, p, *_), _, branches = answers("ei_rate_network", "Power law: soft Hopf", "theta")
    (found,) = [point for b in branches for point in b.points if point.code == "SNIC"]
    assert value(found) == pytest.approx(p.X_e - 1.0 / (4.0 * p.w_ee * p.k), rel=1e-9)


def test_at_a_period_doubling_a_multiplier_is_minus_one() -> None:
    system, p = CYCLE_CASES["rossler"][:2]
    for branch in branches_of("rossler")[:2]:
        (point,) = branch.points
        after, monodromy = second.transported(system.rhs, p._replace(c=value(point)), point.state, point.period)
        # The state is the highest node inside an interval, good to 1e-6; edges are better.
        assert after == pytest.approx(point.state, abs=1e-5)
        assert np.min(np.abs(np.linalg.eigvals(monodromy) + 1.0)) < 1e-4


def lorenz_far_out() -> tuple[System, Any, str, float, float]:
    """Return Lorenz's system where its cycles are large and symmetric."""
    inner = system_of(catalogue.find("lorenz"))
    system = System(inner.rhs, inner.names, ((-60.0, 60.0), (-100.0, 100.0), (0.0, 400.0)),
                    ((-150.0, 150.0), (-300.0, 300.0), (-1.0, 700.0)))
    return system, catalogue.find("lorenz")().snapshot().steady.p, "r", 300.0, 330.0  # type: ignore[call-arg]


def test_symmetric_cycles_of_lorenz_have_a_branch_point() -> None:
    """Near r = 313 a pair of cycles, each the other's mirror image, leaves the symmetric one (Sparrow, 1982)."""
    asked = lorenz_far_out()
    branches = cycle_branches(*asked, bifurcation_diagram(*asked))
    (point,) = [point for b in branches for point in b.points]
    assert point.code == "BP" and value(point) == pytest.approx(313.0, abs=0.1)
    rhs, p = asked[0].rhs, asked[1]._replace(r=value(point))
    half, _ = second.transported(rhs, p, point.state, point.period / 2.0)
    after, monodromy = second.transported(rhs, p, point.state, point.period)
    spans = np.diff(asked[0].spans)[:, 0]
    assert np.max(np.abs(half - point.state * [-1, -1, 1]) / spans) < 1e-3
    assert np.max(np.abs(after - point.state) / spans) < 1e-3
    assert np.sort(np.abs(np.linalg.eigvals(monodromy) - 1.0))[:2] == pytest.approx([0.0, 0.0], abs=2e-3)
