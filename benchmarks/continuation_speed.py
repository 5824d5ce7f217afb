"""How long diagrams take, beside plain SciPy in the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve

from benchmarks.table import digits, table, verdict
from benchmarks.timing import times_of
from ncm_app.core import catalogue
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria, phase_portrait, separatrices
from ncm_app.studies.systems import system_of
from ncm_app.studies.warm import warm_model

PORTRAIT: dict[str, Callable[[Snapshot], Any]] = {"fixed points": equilibria, "field and nullclines": phase_portrait,
                                                   "separatrices": separatrices}
"""The parts of a phase portrait that are measured together; further ones are added here."""

HEAD = ("least of some repeats, warm", "ncm_app", "median", "target", "met", "plain SciPy", "times faster",
        "AUTO-07p", "what plain SciPy gives")


@dataclass(frozen=True)
class Case:
    """A piece of work, its target in ms, the plain way to a similar answer, and AUTO's time."""

    name: str
    ours: Callable[[], Any]
    target: float
    plain: Callable[[], Any]
    repeats: int
    auto: str
    gives: str


def snapshot(slug: str, preset: str, **changes: Any) -> Snapshot:
    """Return a model under a preset, with its steppers compiled."""
    model: Any = catalogue.find(slug)
    warm_model(model)
    found: Snapshot = model(**{**model.preset_values(preset), **changes}).snapshot()
    return found


def slopes_of(system: Any, y: Any, p: Any) -> np.ndarray:
    """Return the Jacobian by forward differences, as one writes it by hand."""
    base, steps = np.array(system.rhs(0.0, y, p)), 1e-7 * np.diff(system.spans)[:, 0]
    return np.stack([(np.array(system.rhs(0.0, y + step * unit, p)) - base) / step
                     for step, unit in zip(steps, np.eye(len(y)), strict=True)], axis=1)


def natural_continuation(system: Any, p: Any, field: str, values: np.ndarray) -> np.ndarray:
    """Return eigenvalues along a branch: fsolve from the last fixed point at every value."""
    y, found = np.array([-50.0, 0.01]), []
    for value in values:
        at = p._replace(**{field: value})
        y = fsolve(lambda u, at=at: system.rhs(0.0, u, at), y)
        found.append(np.linalg.eigvals(slopes_of(system, y, at)))
    return np.array(found)


def shooting(system: Any, p: Any, field: str, values: np.ndarray) -> np.ndarray:
    """Return periods along a branch of stable cycles: fsolve on one return, from the last."""
    def run(y: np.ndarray, period: float, at: Any) -> Any:
        return solve_ivp(lambda t, u: system.rhs(t, u, at), (0.0, period), y, rtol=1e-8, atol=1e-8)

    first = p._replace(**{field: values[0]})
    y = run(np.array([0.0, 0.3]), 2000.0, first).y[:, -1]
    unknowns, found = np.append(y, 85.0), []
    for value in values:
        at, old = p._replace(**{field: value}), unknowns[:2]
        flow = np.array(system.rhs(0.0, old, at))

        def gap(u: np.ndarray, at: Any = at, old: np.ndarray = old, flow: np.ndarray = flow) -> np.ndarray:
            return np.append(run(u[:2], u[2], at).y[:, -1] - u[:2], (u[:2] - old) @ flow)

        unknowns = fsolve(gap, unknowns, full_output=True)[0]  # with its report, it does not complain
        found.append(unknowns[2])
    return np.array(found)


def plain_portrait(system: Any, p: Any) -> Any:
    """Return field, signs on a grid and fixed points, with Python loops over the grid."""
    (a, b), (c, d) = system.spans
    field = [[system.rhs(0.0, (x, y), p) for x in np.linspace(a, b, 20)] for y in np.linspace(c, d, 20)]
    fine = [[np.sign(system.rhs(0.0, (x, y), p)) for x in np.linspace(a, b, 101)] for y in np.linspace(c, d, 101)]
    starts = [(x, y) for x in np.linspace(a, b, 5) for y in np.linspace(c, d, 5)]
    return field, fine, [fsolve(lambda u: system.rhs(0.0, u, p), start) for start in starts]


def plain_run(system: Any, p: Any, start: Any, t_end: float, dt: float) -> np.ndarray:
    """Return a run by RK4 in a Python loop over arrays."""
    def slope(t: float, y: np.ndarray) -> np.ndarray:
        return np.array(system.rhs(t, y, p))

    path = np.empty((round(t_end / dt) + 1, len(start)))
    path[0] = start
    for i in range(len(path) - 1):
        t, y = i * dt, path[i]
        k1 = slope(t, y)
        k2 = slope(t + dt / 2, y + dt / 2 * k1)
        k3 = slope(t + dt / 2, y + dt / 2 * k2)
        path[i + 1] = y + dt * (k1 + 2 * k2 + 2 * k3 + slope(t + dt, y + dt * k3)) / 6
    return path


def cases() -> list[Case]:
    """Return what is measured."""
    fig = snapshot("morris_lecar", "Hopf")
    system, p = system_of(fig.model), fig.p
    bistable = snapshot("morris_lecar", "SNLC: below")  # has a saddle, and so separatrices
    axon = snapshot("hodgkin_huxley", "book", t_end=300.0, dt=0.05, method="RK4")
    fixed = bifurcation_diagram(system, p, "I", 0.0, 300.0)

    def portrait() -> list[Any]:
        return [part(bistable) for part in PORTRAIT.values()]

    return [
        Case("Morris-Lecar: branch of fixed points over I, labels refined",
             lambda: bifurcation_diagram(system, p, "I", 0.0, 300.0), 20.0,
             lambda: natural_continuation(system, p, "I", np.linspace(0.0, 300.0, 301)), 21, "4.4 ms",
             "301 values; eigenvalues, but no refined label"),
        Case("Morris-Lecar: branch of cycles, Hopf to Hopf, folds refined",
             lambda: cycle_branches(system, p, "I", 0.0, 300.0, fixed), 1000.0,
             lambda: shooting(system, p, "I", np.linspace(100.0, 205.0, 22)), 5, "109 ms",
             "22 stable cycles; no multipliers, no fold, no unstable cycle"),
        Case(f"Morris-Lecar: phase portrait ({', '.join(PORTRAIT)})", portrait, 15.0,
             lambda: plain_portrait(system, p), 21, "", "signs on the same grid, 25 starts of fsolve"),
        Case("Hodgkin-Huxley: 300 ms, RK4, dt = 0.05 ms", lambda: simulate(axon), 1.0,
             lambda: plain_run(system_of(axon.model), axon.p, axon.start, 300.0, 0.05), 51, "", "the same run"),
    ]


def speed_table() -> str:
    """Measure all cases and return the table."""
    rows = []
    for case in cases():
        ours, plain = times_of(case.ours, case.repeats), float(np.min(times_of(case.plain, 1)))
        least = float(np.min(ours))
        rows.append([case.name, f"{digits(least)} ms", f"{digits(float(np.median(ours)))} ms",
                     f"<= {digits(case.target)} ms", verdict(least, case.target), f"{digits(plain)} ms",
                     digits(plain / least), case.auto, case.gives])
    return table(HEAD, rows) + "\n\nAUTO-07p (Fortran) is quoted from the literature, not measured here."
