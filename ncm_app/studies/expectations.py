"""Does a model still do what the book, or the theory, says of a preset?

A preset's `expect` maps a name of `expectations()` to a value, in the units on the axes
(Hz for rates). Numbers state what is known by their digits: -68.1036 is met by
anything that rounds to it, 0 (a whole number) by 0 alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from ncm_app.core.model import unknown
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.codes import POINTS, rows_of
from ncm_app.numerics.spikes.crossings import upward_crossings
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.plots import measures, told
from ncm_app.studies.rates import measured_here, rate_at
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria


@dataclass(frozen=True)
class Outcome:
    """An expectation beside what was found; `sentence` says both."""

    name: str
    expected: Any
    found: Any
    met: bool
    sentence: str


def check(snapshot: Snapshot, name: str, value: Any) -> Outcome:
    """Compare one expectation with what the model does."""
    known = expectations()
    if name not in known:
        raise ValueError(unknown("expectation", name, known, "a preset"))
    label, find = known[name]
    found = find(snapshot, value)
    met = matches(value, found)
    verdict = f"{show(value)} as expected" if met else f"{show(found)}, expected {show(value)}"
    return Outcome(name, value, found, met, f"{label}: {verdict}.")


def check_preset(model: Any, preset: str) -> tuple[Outcome, ...]:
    """Compare all expectations of a preset."""
    snapshot = model(**model.preset_values(preset)).snapshot()
    return tuple(check(snapshot, name, value) for name, value in model.presets[preset].expect.items())


def tolerance(value: float) -> float:
    """Return half a unit of the last digit of a number as it is written."""
    exponent = Decimal(repr(float(value))).as_tuple().exponent
    return 0.5 * 10.0 ** int(exponent) * (1.0 + 1e-6)


def matches(expected: Any, found: Any) -> bool:
    """Tell whether a finding agrees with an expectation, to the digits of the latter."""
    if isinstance(expected, Mapping):
        return expected.keys() == found.keys() and all(matches(v, found[k]) for k, v in expected.items())
    if isinstance(expected, tuple):
        return isinstance(found, tuple) and len(expected) == len(found) and all(map(matches, expected, found))
    if isinstance(expected, complex):
        return matches(expected.real, complex(found).real) and matches(expected.imag, complex(found).imag)
    if isinstance(expected, float):
        return bool(abs(found - expected) <= tolerance(expected))
    return bool(expected == found)


def show(value: Any) -> str:
    """Return a value in the words of a sentence."""
    if isinstance(value, Mapping):
        return "; ".join(f"{show(v)} at {k}" if isinstance(k, float) else f"{k} {show(v)}" for k, v in value.items())
    if isinstance(value, tuple):
        nested = any(isinstance(v, tuple) and len(v) > 1 for v in value)
        return (" and " if nested else ", ").join(map(show, value)) or "none"
    if isinstance(value, complex):
        return f"{value.real:.6g} {'-' if value.imag < 0 else '+'} {abs(value.imag):.6g}i"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def _shown(snapshot: Snapshot, states: Any) -> tuple[float, ...]:
    return tuple(float(x) * s.scale for x, s in zip(states, snapshot.model.states, strict=True))


def _at(snapshot: Snapshot, value: Mapping[float, Any]) -> Any:
    run = simulate(snapshot)
    return {t: _shown(snapshot, run.y[:, np.argmin(np.abs(run.t - t))]) for t in value}


def _exact(snapshot: Snapshot, value: Mapping[float, Any]) -> Any:
    solve = snapshot.model.solutions["exact"]
    return {t: _shown(snapshot, (x[-1] for x in solve(np.array([0.0, t]), snapshot.p))) for t in value}


def _errors(snapshot: Snapshot, value: Mapping[str, float]) -> Any:
    run, solutions = simulate(snapshot), snapshot.model.solutions
    exact = solutions["exact"](run.t, snapshot.p)[0]
    ways = {name: run.y[0] if name == "run" else solutions[name](run.t, snapshot.p)[0] for name in value}
    return {name: float(np.max(np.abs(way - exact))) for name, way in ways.items()}


def _crossings(snapshot: Snapshot, value: Mapping[float, Any]) -> Any:
    run, scale = simulate(snapshot), snapshot.model.states[0].scale
    found = {}
    for level in value:
        found[level] = tuple(map(float, upward_crossings(run.t, run.y[0] * scale, level)))
    return found


def _measured(snapshot: Snapshot, value: Mapping[str, Any]) -> Any:
    """A pair of numbers is a lowest and a highest value: that is all one can say of what is random."""
    read = {measure.name: measure.value for measure in measures(snapshot)}
    return {name: _in_range(read.get(name, np.nan), wanted) for name, wanted in value.items()}


def _in_range(found: float, wanted: Any) -> Any:
    return wanted if isinstance(wanted, tuple) and wanted[0] <= found <= wanted[1] else found


def _range(snapshot: Snapshot, value: Any) -> Any:
    run = simulate(snapshot)
    return _shown(snapshot, run.y.min(axis=1)), _shown(snapshot, run.y.max(axis=1))


def _fixed_points(snapshot: Snapshot, value: Any) -> Any:
    return tuple(_shown(snapshot, point.state) for point in equilibria(snapshot).points)


def _eigenvalues(snapshot: Snapshot, value: Any) -> Any:
    ordered = [sorted(point.eigenvalues, key=lambda z: (z.real, z.imag)) for point in equilibria(snapshot).points]
    return tuple(complex(z) if abs(z.imag) > 0 else float(z.real) for values in ordered for z in values)


def _nearest(values: list[float], wanted: float) -> float:
    return min(values, key=lambda value: abs(value - wanted), default=float("nan"))


def _special(code: str) -> Callable[[Snapshot, Mapping[str, Any]], Any]:
    def find(snapshot: Snapshot, value: Mapping[str, Any]) -> Any:
        found: dict[str, Any] = {}
        for parameter, expected in value.items():
            values = [p.parameters[parameter] for p in diagram(snapshot, parameter).points if p.code == code]
            near = tuple(_nearest(values, float(wanted)) for wanted in np.atleast_1d(expected))
            found[parameter] = near if isinstance(expected, tuple) else near[0]
        return found

    return find


EXPECTATIONS: dict[str, tuple[str, Callable[[Snapshot, Any], Any]]] = {
    "measured": ("measured", _measured),
    "told": ("what the sentence says", lambda s, value: value if value in told(s) else told(s)),
    "spikes": ("number of spikes", lambda s, _: len(simulate(s).spikes)),
    "spike_times": ("spike times (ms)", lambda s, _: tuple(float(t) for t in simulate(s).spikes)),
    "crossings": ("times at which the first state rises through a level (ms)", _crossings),
    "range": ("lowest and highest state of the run", _range),
    "at": ("state at times of the run (ms)", _at),
    "exact": ("exact state at times (ms)", _exact),
    "errors": ("largest distance from the exact solution", _errors),
    "fixed_points": ("fixed points", _fixed_points),
    "kinds": ("kinds of the fixed points", lambda s, _: tuple(p.kind for p in equilibria(s).points)),
    "eigenvalues": ("eigenvalues (1/ms)", _eigenvalues),
    "rate": ("firing rate (Hz)", lambda s, _: float(rate_at(s).exact[0])),
    "interval": ("interval between spikes (ms)", lambda s, _: 1000.0 / float(rate_at(s).exact[0])),
    "stepped_interval": ("interval as stepped (ms)", lambda s, _: 1000.0 / float(rate_at(s).stepped[0])),
    "steady_rate": ("firing rate in the end (Hz)",
                    lambda s, value: _in_range(float(measured_here(s).lasting[0]), value)),
    "first_rate": ("firing rate of the first interval (Hz)", lambda s, _: float(measured_here(s).first[0])),
    "period": ("period of the cycle (ms)", lambda s, _: float(limit_cycle(s).period)),
    "cycle": ("lowest and highest state of the cycle",
              lambda s, _: (_shown(s, limit_cycle(s).low), _shown(s, limit_cycle(s).high))),
}


def expectations() -> dict[str, tuple[str, Callable[[Snapshot, Any], Any]]]:
    """Return name -> (label, how it is found) of all that a preset may expect, special points too."""
    return EXPECTATIONS | {row.expectation: (row.words, _special(row.code))
                           for row in rows_of(POINTS) if row.expectation}
