"""Systems whose limit cycles are known, and a memory of their branches for all tests."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.cycles.branches import cycle_branches
from ncm_app.numerics.results import CycleBranch, Diagram, SpecialPoint
from ncm_app.numerics.system import System
from tests.numerics.systems import (
    BOOK_HOPF,
    BRUSSELATOR,
    EI,
    EI_VALUES,
    FITZHUGH_NAGUMO,
    HODGKIN_HUXLEY,
    JANSEN_RIT,
    LORENZ,
    ML_HOMOCLINIC,
    ML_HOPF,
    ML_SNLC,
    MORRIS_LECAR,
    WC_FIG_11,
    WILSON_COWAN,
    WILSON_COWAN_1972,
    make_system,
    record,
)


def _bautin(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    r = x * x + z * z
    growth = p.mu + p.beta * r + p.s * r * r
    return growth * x - p.w * z, growth * z + p.w * x


BAUTIN = make_system(_bautin, [(-2.0, 2.0), (-2.0, 2.0)])
"""r' = r (mu + beta r^2 + s r^4), theta' = w."""
BAUTIN_VALUES = record(mu=0.0, beta=-1.0, s=1.0, w=1.0)


def _isola(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    r = x * x + z * z
    growth = 0.25 - (r - 1.0) ** 2 - p.mu**2
    return growth * x - z, growth * z + x


ISOLA_OF_CYCLES = make_system(_isola, [(-2.0, 2.0), (-2.0, 2.0)])
"""Cycles on the circle mu^2 + (r^2 - 1)^2 = 1/4, around a fixed point that is always stable."""


def _rossler(t: Any, y: Any, p: Any) -> Any:
    a, b, c = y
    return -b - c, a + 0.2 * b, 0.2 + c * (a - p.c)


ROSSLER = make_system(_rossler, [(-10.0, 10.0), (-10.0, 10.0), (0.0, 20.0)],
                      [(-30.0, 30.0), (-30.0, 30.0), (-5.0, 60.0)])


def _langford(t: Any, y: Any, p: Any) -> Any:
    x, w, z = y
    return ((z - 0.7) * x - 3.5 * w, 3.5 * x + (z - 0.7) * w,
            0.6 + p.a * z - z**3 / 3.0 - (x * x + w * w) * (1.0 + 0.25 * z))


LANGFORD = make_system(_langford, [(-2.0, 2.0), (-2.0, 2.0), (-1.0, 2.0)], [(-3.0, 3.0)] * 3)
"""Cycles r^2 = (0.6 + 0.7 a - 0.343/3) / 1.175 at z = 0.7; the torus point is known, see `TORUS`."""
TORUS = (0.49 + 0.25 * (0.6 - 0.343 / 3.0) / 1.175) / (1.0 - 0.175 / 1.175)


def _linear(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    return p.c * x - z, x + p.c * z


CENTRE = make_system(_linear, [(-1.0, 1.0), (-1.0, 1.0)])
"""A linear system: at c = 0 it has cycles of every size, elsewhere none."""

WC_ISOLATED = record(w_ee=10.0, w_ei=10.0, w_ie=10.0, w_ii=-2.0, Q=-6.0, P=0.0, tau=1.0)
"""Cycles between two saddle-nodes, and no Hopf point at all; symmetric in P."""

CASES: dict[str, tuple[System, Any, str, float, float]] = {
    "ml hopf": (MORRIS_LECAR, ML_HOPF, "I", 0.0, 300.0),
    "ml snlc": (MORRIS_LECAR, ML_SNLC, "I", 0.0, 150.0),
    "ml homoclinic": (MORRIS_LECAR, ML_HOMOCLINIC, "I", 0.0, 150.0),
    "fitzhugh": (FITZHUGH_NAGUMO, record(I=0.0), "I", 0.0, 2.0),
    "hh classical": (HODGKIN_HUXLEY, record(I=0.0, k_m=1.0 / 18.0), "I", 0.0, 200.0),
    "hh book": (HODGKIN_HUXLEY, record(I=0.0, k_m=0.0556), "I", 0.0, 200.0),
    "brusselator": (BRUSSELATOR, record(A=2.0, B=1.0), "B", 4.0, 7.0),
    "bautin": (BAUTIN, BAUTIN_VALUES, "mu", -0.5, 1.0),
    "jansen-rit": (JANSEN_RIT, record(p=0.0), "p", -50.0, 400.0),
    "wilson-cowan": (WILSON_COWAN_1972, WC_FIG_11, "P", 0.8, 2.0),
    "isolated": (WILSON_COWAN, WC_ISOLATED, "P", -4.0, 4.0),
    "isola": (ISOLA_OF_CYCLES, record(mu=0.0), "mu", -1.0, 1.0),
    "lorenz": (LORENZ, record(r=0.0), "r", 5.0, 26.0),
    "rossler": (ROSSLER, record(c=1.0), "c", 0.2, 4.4),
    "langford": (LANGFORD, record(a=0.5), "a", -1.0, 1.0),
    "centre": (CENTRE, record(c=0.0), "c", -1.0, 1.0),
    "book": (BOOK_HOPF, record(c=0.0), "c", -1.0, 1.0),
    "threshold-linear": (EI, EI_VALUES._replace(tau_e=15.0), "tau_i", 20.0, 60.0),
}


@cache
def diagram_of(name: str) -> Diagram:
    """Return the fixed points of a case."""
    return bifurcation_diagram(*CASES[name])


@cache
def branches_of(name: str) -> tuple[CycleBranch, ...]:
    """Return the cycles of a case."""
    return cycle_branches(*CASES[name], diagram_of(name))


def the_branch(name: str) -> CycleBranch:
    """Return the only branch of cycles of a case."""
    (branch,) = branches_of(name)
    return branch


def labels(branch: CycleBranch) -> list[str]:
    """Return the codes along a branch."""
    return [point.code for point in branch.points]


def only(branch: CycleBranch, code: str) -> list[SpecialPoint]:
    """Return the points of one code."""
    return [point for point in branch.points if point.code == code]


def value(point: SpecialPoint) -> float:
    """Return the value of the parameter at a point."""
    (found,) = point.parameters.values()
    return found


def return_error(system: System, p: Any, period: float, start: np.ndarray[Any, Any]) -> float:
    """Return how far, in spans, a state is from itself one period later."""
    from scipy.integrate import solve_ivp

    run = solve_ivp(lambda t, y: system.rhs(t, tuple(y), p), (0.0, period), start, "DOP853", rtol=1e-12, atol=1e-13)
    widths = np.array([high - low for low, high in system.spans])
    return float(np.max(np.abs(run.y[:, -1] - start) / widths))


def turn_of(system: System, p: Any, period: float, start: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Return when a state comes back to the section across the flow through it, and how far aside, in spans."""
    from scipy.integrate import solve_ivp

    ahead = np.array(system.rhs(0.0, tuple(start), p))

    def section(t: float, y: Any) -> float:
        return float((y - start) @ ahead)

    section.direction = 1.0  # type: ignore[attr-defined]
    run = solve_ivp(lambda t, y: system.rhs(t, tuple(y), p), (0.0, 1.05 * period), start, "DOP853", rtol=1e-12,
                    atol=1e-14, events=section)
    last = int(np.argmin(np.abs(run.t_events[0] - period)))
    widths = np.array([high - low for low, high in system.spans])
    return float(run.t_events[0][last]), float(np.max(np.abs(run.y_events[0][last] - start) / widths))
