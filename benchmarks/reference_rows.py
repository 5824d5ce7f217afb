"""What bifurcation diagrams must show: closed forms, and numbers of other programs.

Numeric rows were computed elsewhere by two methods that agree to 8 digits (AUTO-07p, and
an exact parametrisation of the branch with collocation). Models of the catalogue stand
for themselves; systems that are no model are written here.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ncm_app.core import catalogue
from ncm_app.numerics.system import System
from ncm_app.studies.systems import system_of

Pair = tuple[float, float]

EXACT, CYCLE = 1e-6, 1e-5
"""Relative errors that are allowed: for LP, H, BP; for LPC and periods."""


@dataclass(frozen=True)
class Event:
    """A label, where it must stand, and what else must be so there.

    `more` holds references by name: "T" the period, "l1" its sign, or a state.
    """

    code: str
    value: float
    more: dict[str, float] = field(default_factory=dict)

    @property
    def tolerance(self) -> float:
        """Relative error that is allowed."""
        return CYCLE if self.code in ("LPC", "SNIC", "HC") else EXACT


@dataclass(frozen=True)
class Case:
    """A system, a range of one parameter, and all labels in it.

    `cycles` is None where nothing is known of the cycles: then they are not asked for.
    """

    name: str
    system: System
    p: Any
    field: str
    low: float
    high: float
    events: tuple[Event, ...]
    cycles: tuple[Event, ...] | None = None


def model(slug: str, preset: str = "", **values: Any) -> tuple[System, Any]:
    """Return the system of a model of the catalogue, and its steady parameters."""
    found: Any = catalogue.find(slug)
    return system_of(found), found(**{**found.preset_values(preset), **values}).snapshot().steady.p


def own(rhs: Callable[..., Any], spans: Sequence[Pair], box: Sequence[Pair] = (),
        **values: float) -> tuple[System, Any]:
    """Return a system of this file, and its parameters."""
    names = tuple(f"y{i}" for i in range(len(spans)))
    record: Any = namedtuple("Parameters", values)  # type: ignore[misc]
    return System(rhs, names, tuple(spans), tuple(box or spans)), record(**values)


def bautin(t: Any, y: Any, p: Any) -> Any:
    """Return r' = r (mu + beta r^2 + r^4), theta' = 1, in the plane."""
    r = y[0] ** 2 + y[1] ** 2
    growth = p.mu + p.beta * r + r * r
    return growth * y[0] - y[1], growth * y[1] + y[0]


def cusp(t: Any, y: Any, p: Any) -> Any:
    """Return x' = a + b x - x^3."""
    return (p.a + p.b * y[0] - y[0] ** 3,)


def bogdanov_takens(t: Any, y: Any, p: Any) -> Any:
    """Return x' = y, y' = a + b y + x^2 + x y."""
    return y[1], p.a + p.b * y[1] + y[0] ** 2 + y[0] * y[1]


def jansen_rit(t: Any, y: Any, p: Any) -> Any:
    """Return the cortical column of Jansen and Rit (1995), time in s, potentials in mV."""
    def rate(v: Any) -> Any:
        return 5.0 / (1.0 + np.exp(0.56 * (6.0 - v)))

    y0, y1, y2, y3, y4, y5 = y
    return (y3, y4, y5, 325.0 * rate(y1 - y2) - 200.0 * y3 - 1e4 * y0,
            325.0 * (p.p + 108.0 * rate(135.0 * y0)) - 200.0 * y4 - 1e4 * y1,
            1100.0 * 33.75 * rate(33.75 * y0) - 100.0 * y5 - 2500.0 * y2)


def closed_forms() -> list[Case]:
    """Return the systems whose diagrams can be written down."""
    pi, root, edge = float(np.pi), float(np.sqrt(1.0 - 0.064)), 2.0 / 3.0**1.5
    fig = model("eif", "Fig 1.2")
    network = model("ei_rate_network", "Fig 3.4 C,D")[1]
    hopf = network.tau_e * (1 - network.g * network.w_ii) / (network.g * network.w_ee - 1)
    line = [Case(f"phase line, {f}", *model("phase_line", f=f), "a", -3.0, 3.0, (Event(code, 0.0, {"x": 0.0}),))
            for f, code in (("x^2 + a", "LP"), ("transcritical", "BP"), ("pitchfork", "BP"))]
    brusselators = [Case(f"Brusselator, A = {A:g}", *model("brusselator", A=A), "B", 0.1, 6.0,
                         (Event("H", 1 + A * A, {"x": A, "y": 1 / A + A, "T": 2 * pi / A, "l1": -1.0}),), ())
                    for A in (1.0, 1.5)]
    plane = [(-2.0, 2.0), (-2.0, 2.0)]
    bautins = [Case(f"Bautin normal form, beta = {b:g}", *own(bautin, plane, mu=0.0, beta=b), "mu", -0.5, 1.0,
                    (Event("H", 0.0, {"T": 2 * pi, "l1": -1.0}),),
                    (Event("LPC", b * b / 4, {"T": 2 * pi, "y0": float(np.sqrt(-b / 2))}),)) for b in (-1.0, -0.6)]
    return [
        *line,
        Case("cusp, b = 1", *own(cusp, plane[:1], a=0.0, b=1.0), "a", -1.0, 1.0,
             (Event("LP", -edge, {"y0": 1.0 / 3.0**0.5}), Event("LP", edge, {"y0": -1.0 / 3.0**0.5}))),
        Case("Bogdanov-Takens, b = 0.5", *own(bogdanov_takens, plane, a=0.0, b=0.5), "a", -1.0, 0.5,
             (Event("H", -0.25, {"y0": -0.5, "T": 2 * pi}), Event("LP", 0.0, {"y0": 0.0}))),
        Case("EIF, Fig 1.2", *fig, "I_0", 0.0, 30.0,
             (Event("LP", fig[1].V_T - fig[1].E_L - fig[1].D, {"V": fig[1].V_T}),)),
        Case("Exercise A.9.4", *model("hopf_system"), "c", -1.0, 1.0, (Event("H", 0.0, {"T": 2 * pi}),)),
        Case("E-I rate network, Fig 3.4 C,D", *model("ei_rate_network", "Fig 3.4 C,D"), "tau_i", 1.0, 100.0,
             (Event("H", hopf),)),
        *brusselators,
        Case("Lorenz", *model("lorenz"), "r", 0.0, 30.0,
             (Event("BP", 1.0), Event("H", 470 / 19, {"l1": 1.0}), Event("H", 470 / 19, {"l1": 1.0})),
             (Event("HC", 13.926557), Event("HC", 13.926557))),
        Case("FitzHugh-Nagumo", *model("fitzhugh_nagumo"), "I", -1.0, 2.5,
             (Event("H", 0.331281337, {"v": -root, "T": 22.805917, "l1": 1.0}),
              Event("H", 1.418718663, {"v": root, "T": 22.805917, "l1": 1.0}))),
        *bautins,
    ]


def numeric_rows() -> list[Case]:
    """Return the systems whose references are numbers."""
    slopes = [(-5.0, 5.0), (-500.0, 500.0), (-500.0, 500.0)]
    spans, box = [(0.0, 0.2), (-5.0, 40.0), (-5.0, 30.0)], [(-0.1, 0.3), (-20.0, 60.0), (-5.0, 80.0)]
    axon = {"book": (Event("H", 9.745807, {"V": -59.664063, "l1": 1.0}), Event("H", 154.732631, {"V": -43.041262})),
            "classical": (Event("H", 9.775438, {"l1": 1.0}), Event("H", 154.522434))}
    return [
        Case("Morris-Lecar, Hopf", *model("morris_lecar", "Hopf"), "I", -50.0, 300.0,
             (Event("H", 93.857618, {"V": -25.270105, "T": 78.75661, "l1": 1.0}),
              Event("H", 212.018817, {"V": 7.800664, "T": 42.28192, "l1": 1.0})),
             (Event("LPC", 88.293251, {"T": 135.3862}), Event("LPC", 216.899801, {"T": 77.92905}))),
        *(Case(f"Hodgkin-Huxley, {name}", *model("hodgkin_huxley", name), "I_app", -20.0, 200.0, events)
          for name, events in axon.items()),
        Case("Jansen-Rit", *own(jansen_rit, [*spans, *slopes], [*box, *slopes], p=0.0), "p", -100.0, 400.0,
             (Event("LP", -41.301410), Event("H", -12.147492, {"l1": 1.0}), Event("H", 89.829108, {"l1": -1.0}),
              Event("LP", 113.586273), Event("H", 315.696428, {"l1": -1.0})),
             (Event("LPC", 137.379267, {"T": 0.211973}), Event("SNIC", 113.586273))),
    ]
