"""Export what a page shows as a Python script that checks its own numbers."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from ncm_app.core.capabilities import has_resets
from ncm_app.core.edges import input_edges, missed_jumps
from ncm_app.core.quantity import Choice
from ncm_app.core.share import encode
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.syntax import Unreadable
from ncm_app.language.script_runs import (
    BELOW,
    FIRES,
    FIXED_SLOPE,
    LOOP,
    LSODA,
    MOVED_SLOPE,
    PIECES,
    SPIKE,
    SPIKING_LSODA,
    SPIKING_SLOPE,
    STAGES,
)
from ncm_app.language.source import Program, program

MAX_STEPS = 400_000  # the longest run that a page draws
OWN_NAMES = {"DT", "EDGES", "LIMIT", "LSODA", "SPAN", "SPIKES", "START", "STEADY", "STEPS", "SimpleNamespace",
             "begin", "below", "brentq", "check", "crossing", "eigenvalues", "expected", "field", "fires", "p",
             "root", "run", "slope", "solve_ivp", "spikes", "state", "t", "y"}
"""Names of the script itself, which no function of a model may have."""


def script(snapshot: Snapshot, facts: Mapping[str, Any], preset: str = "", link: str = "") -> str:
    """Return a script that reproduces a run and its fixed points, and asserts them.

    `facts` are the numbers on the page, as far as there are any: `samples` (number of
    times), `final` (last state), `spikes` (times), `fixed_points` (states under
    `snapshot.steady`) and `eigenvalues` (one tuple for each fixed point).
    """
    text = _Script(snapshot, {name: fact for name, fact in facts.items() if _is_known(name, fact)})
    return "\n\n\n".join(part for part in text.parts(preset, link or f"?{encode(snapshot, preset)}") if part) + "\n"


class _Script:
    def __init__(self, snapshot: Snapshot, facts: Mapping[str, Any]) -> None:
        self.snapshot, self.facts = snapshot, facts
        self.states = snapshot.model.states
        self.spiking = has_resets(snapshot.model)
        self.adaptive = snapshot.method == "adaptive"
        self.edges, self.longest = self._edges()
        self.program = self._program()

    def _edges(self) -> tuple[Sequence[float], str]:
        """Return the times of the input that the run must not miss, and the text of its longest adaptive step."""
        snapshot, steps = self.snapshot, self.steps
        edges = input_edges(snapshot.model, snapshot.start, snapshot.p, steps * snapshot.dt)
        if not self.adaptive:
            return missed_jumps(snapshot, edges, steps).tolist(), ""
        longest = "STEPS * DT / 500"
        if edges.longest_step < steps * snapshot.dt / 500:
            longest = repr(float(edges.longest_step))
        return [t for t in edges.stops if 1e-11 < t < steps * snapshot.dt * (1.0 - 1e-11)], longest

    @property
    def steps(self) -> int:
        """Number of steps of the run."""
        return min(max(1, round(self.snapshot.t_end / self.snapshot.dt)), MAX_STEPS)

    def _program(self) -> Program:
        now, steady = self.snapshot.values_by_name, self.snapshot.steady.values_by_name
        choices = [n for n, c in self.snapshot.model.controls().items() if isinstance(c, Choice)]
        found = program(self.snapshot.model, {n: {now[n], steady[n]} for n in choices})
        clash = OWN_NAMES & {*found.functions, *found.constants, *found.imports}
        if clash:
            raise Unreadable(f"{', '.join(sorted(clash))}: names that exported scripts need for themselves")
        return found

    def parts(self, preset: str, link: str) -> list[str]:
        return [f"{self.header(preset, link)}\n\n{self.imports()}\n\n{self.settings()}", self.program.body,
                self.slope(), self.run(), self.analysis(), CHECK, self.checks()]

    def header(self, preset: str, link: str) -> str:
        model = self.snapshot.model
        name = f"{model.title} (section {model.chapter})" + (f", {preset}" if preset else "")
        # A link comes from an address bar: nothing in it may end the docstring.
        safe = re.sub(r"[^\w%&=.,:+~/?#-]", "", link)
        return (f'"""{name}.\n\nModel: {model.slug()}\nLink:  {safe}\n'
                "Exported from ncm_app; needs numpy and scipy only. Times are in ms, rates in kHz.\n"
                'It prints the numbers of the page and stops if one differs.\n"""')

    def imports(self) -> str:
        more = ["from types import SimpleNamespace", "import numpy as np"]
        more += [f"from scipy.integrate import {'LSODA' if self.spiking else 'solve_ivp'}"] if self.adaptive else []
        found = [name for name, needed in (("brentq", self.adaptive and self.spiking),
                                           ("root", "fixed_points" in self.facts)) if needed]
        more += [f"from scipy.optimize import {', '.join(found)}"] if found else []
        return self.program.import_text(*more)

    def settings(self) -> str:
        limits = [1e6 * max(s.span[1] - s.span[0], abs(s.span[0]), abs(s.span[1])) for s in self.states]
        lines = [*_record("p", self.snapshot), "",
                 *_folded(f"START = np.array({_tuple(self.snapshot.start)})"),
                 f"SPAN = np.array({_tuple([s.span[1] - s.span[0] for s in self.states])})  # widths of the axes",
                 f"DT, STEPS = {self.snapshot.dt!r}, {self.steps}"]
        lines += [] if self.adaptive else [f"LIMIT = np.array({_tuple(limits)})  # beyond it, the run has blown up"]
        if len(self.edges):
            lines += ["# Times at which the input changes suddenly:",
                      *_folded(f"EDGES = np.array({_tuple(self.edges)})")]
        if "fixed_points" in self.facts:
            steady, now = self.snapshot.steady.p._asdict(), self.snapshot.p._asdict()
            changed = "".join(f', "{n}": {v!r}' for n, v in steady.items() if v != now[n])
            record = f"SimpleNamespace(**{{**vars(p){changed}}})" if changed else "p"
            lines += ["# Parameters under which nothing depends on time:", *_folded(f"STEADY = {record}")]
        return "\n".join(lines)

    def slope(self) -> str:
        if self.spiking and self.adaptive:
            return f"{SPIKING_SLOPE}\n\n\n{FIRES}"
        text = MOVED_SLOPE if len(self.edges) and not self.adaptive else FIXED_SLOPE
        if self.spiking and self.snapshot.method != "Euler":
            text += f"\n\n\n{BELOW}"
        return f"{text}\n\n\n{FIRES}" if self.spiking else text

    def run(self) -> str:
        if self.adaptive:
            text = SPIKING_LSODA if self.spiking else PIECES if len(self.edges) else LSODA
            return text.format(ends="[*EDGES, STEPS * DT]" if len(self.edges) else "[STEPS * DT]",
                               longest=self.longest)
        cap = ("below(", ")") if self.spiking else ("", "")
        lines = [f"        {line.format(*cap)}" for line in STAGES[self.snapshot.method]]
        lines += SPIKE.splitlines() if self.spiking else []
        return LOOP.format(method=self.snapshot.method, lines="\n".join(lines))

    def analysis(self) -> str:
        if "fixed_points" not in self.facts:
            return ""
        return FIELD + (f"\n\n\n{EIGENVALUES}" if "eigenvalues" in self.facts else "")

    def checks(self) -> str:
        loose = self.adaptive
        lines = ["t, y, spikes = run()"]
        if "samples" in self.facts:
            lines.append(f'check("number of samples", len(t), {int(self.facts["samples"])}, 0)')
        if "final" in self.facts:
            near = "1e-4" if loose else "1e-6"
            lines += _folded(f'check("final state", y[-1], {_tuple(self.facts["final"])}, {near} * SPAN)')
        if self.spiking and "spikes" in self.facts:
            lines += _wrapped("SPIKES = ", self.facts["spikes"])
            lines.append(f'check("spike times", spikes, SPIKES, {"1e-2" if loose else "1e-6"})')
        for i, state in enumerate(self.facts.get("fixed_points", ())):
            lines += ["", *_folded(f"state = root(field, {_tuple(state)}, tol=1e-12).x"),
                      *_folded(f'check("fixed point {i + 1}", state, {_tuple(state)}, 1e-5 * SPAN)'),
                      'check("slope there", field(state), 0 * SPAN, 1e-8 * SPAN)']
            if "eigenvalues" in self.facts:
                values = sorted((complex(v) for v in self.facts["eigenvalues"][i]), key=lambda v: (v.real, v.imag))
                # At a fold the eigenvalue is zero, and central differences err by about 1e-9 per ms.
                close = max(1e-4 * max(abs(v) for v in values), 1e-7)
                lines += _wrapped("expected = ", values)
                lines.append(f'check("its eigenvalues", eigenvalues(state), expected, {close:.1e})')
        return "\n".join(lines)


def _tuple(values: Sequence[float]) -> str:
    return "[" + ", ".join(repr(float(value)) for value in values) + "]"


def _folded(line: str) -> list[str]:
    """Return a call, on several lines if it is too long for one."""
    return textwrap.wrap(line, 118, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _is_known(name: str, fact: Any) -> bool:
    """Leave out what a page does not have, and the last state of a run that blew up."""
    if fact is None or (name == "final" and not all(math.isfinite(value) for value in fact)):
        return False
    return name not in ("fixed_points", "eigenvalues") or len(fact) > 0


def _wrapped(head: str, values: Sequence[complex]) -> list[str]:
    text = ", ".join(f"{value:.10g}" for value in values)
    if len(text) < 100:
        return [f"{head}[{text}]"]
    return [f"{head}[", *textwrap.wrap(text + ",", 110, initial_indent="    ", subsequent_indent="    "), "]"]


def _record(name: str, snapshot: Snapshot) -> list[str]:
    """Return the lines of the parameters, each with its unit and meaning."""
    lines = []
    for field, value in snapshot.p._asdict().items():
        control = snapshot.model.control(field)
        unit = "" if control.unit == "1" else f"{control.unit}: "
        chosen = f"{snapshot.values_by_name[field]}: " if isinstance(control, Choice) else unit
        note = textwrap.shorten(f"{chosen}{control.doc or ''}", 118 - len(f"    {field}={value!r},  # "))
        lines.append(f"    {field}={value!r},  # {note}".rstrip(" #:"))
    return [f"{name} = SimpleNamespace(", *lines, ")"]


FIELD = '''def field(y):
    """Return dy/dt where nothing depends on time."""
    return np.array(rhs(0.0, y, STEADY))'''

EIGENVALUES = '''def eigenvalues(y):
    """Return the eigenvalues of the Jacobian, by central differences, sorted."""
    slopes = [(field(y + h) - field(y - h)) / (2 * h.sum()) for h in np.diag(1e-5 * SPAN)]
    return np.sort_complex(np.linalg.eigvals(np.transpose(slopes)))'''

CHECK = '''def check(what, value, expected, tolerance):
    """Print a number, without what is left of rounding errors, and stop if it is not the one on the page."""
    print(f"{what}: {np.round(value, 12) + 0.0 if np.ndim(value) else value}")
    assert np.shape(value) == np.shape(expected), f"{what}: the page has {expected}"
    assert np.all(np.abs(np.subtract(value, expected)) <= tolerance), f"{what}: the page has {expected}"'''
