"""A page's spiking cell or network as a script for the simulator Brian 2, which prints and checks the page's numbers.

The equations are those of the model's own functions, written by running them on names (`language.term`). What the
script keeps of this package's conventions: Euler (or RK4, Heun) steps, a spike counted at the end of its step, input
at times that rounding may not take past an edge, all numbers without units in ms, mV and kHz.
"""

from __future__ import annotations

import ast
import base64
import re
import textwrap
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ncm_app.core.share import encode
from ncm_app.core.snapshot import Snapshot
from ncm_app.language.term import HUGE, Term, written

TIME = "(t/ms + 1e-9)"
"""Time in ms in an equation: rounding must not keep it from an edge of the input."""

METHODS = {"Euler": '"euler"', "RK4": '"rk4"', "adaptive": '"rk4"',
           "Heun": ('ExplicitStateUpdater("""k = dt*f(x, t)\n'
                    '                              x_new = x + (k + dt*f(x + k, t + dt))/2""")')}

HEAD = '''"""{name}.

Model: {slug}
Link:  {link}
Exported from ncm_app for Brian 2 (pip install brian2). Numbers without units are in ms, mV and kHz.
{promise}
"""

{imports}

prefs.codegen.target = "numpy"  # needs no compiler; "cython" is faster
DT, STEPS = {dt!r}, {steps}  # ms
'''


class Cell:
    """The equations of a cell as Brian 2 reads them: of functions, their parameters and the names of the states.

    Numbers of `values` that are whole are options and stay numbers. `drive` is the text that is added to the
    parameter of that name; `capped` keeps the flow within a step from going on beyond the threshold.
    """

    def __init__(self, system: Any, names: Sequence[str], values: Any, drive: Mapping[str, str] | None = None,
                 capped: bool = False) -> None:
        self.names, self.values = tuple(names), values
        drive = drive or {}
        p = type(values)(*(Term(f"({name} + {drive[name]})" if name in drive else name)
                           if isinstance(value, float) else value
                           for name, value in zip(values._fields, values, strict=True)))
        states = tuple(Term(name) for name in self.names)
        threshold = written(system.threshold(p))
        flow = (Term(f"clip({self.names[0]}, -{HUGE}, {threshold})"), *states[1:]) if capped else states
        slopes = system.rhs(Term(TIME), flow, p)
        self.equations = [f"d{name}/dt = ({lean(written(slope))})/ms : 1"
                          for name, slope in zip(self.names, slopes, strict=True)]
        self.fires = f"{self.names[0]} > {threshold} + 1e-14*(1 + abs({threshold}))"
        self.reset = self._reset(system.reset(states, p))
        text = " ".join([*self.equations, self.fires, *self.reset])
        self.read = {name: value for name, value in values._asdict().items()
                     if isinstance(value, float) and re.search(rf"\b{name}\b", text)}

    def _reset(self, after: Sequence[Any]) -> list[str]:
        changed = {name: lean(written(value)) for name, value in zip(self.names, after, strict=True)
                   if written(value) != name}
        reads_another = any(re.search(rf"\b{name}\b", text) for name in changed for other, text in changed.items()
                            if other != name)
        if not reads_another:
            return [f"{name} = {text}" for name, text in changed.items()]
        return [f"after_{name} = {text}" for name, text in changed.items()] + [f"{n} = after_{n}" for n in changed]


def lean(text: str) -> str:
    """Return an expression without the brackets that change nothing."""
    return ast.unparse(ast.parse(text, mode="eval"))


def brian_script(snapshot: Snapshot, spikes: Sequence[float] | None, preset: str = "", link: str = "") -> str:
    """Return a Brian 2 script of a spiking cell under a snapshot.

    `spikes` are the times (ms) on the page, which the script finds again; None if it shall not compare. Raises
    Unreadable where a function of the model cannot be written.
    """
    model, p = snapshot.model, snapshot.p
    steps, adaptive = max(1, round(snapshot.t_end / snapshot.dt)), snapshot.method == "adaptive"
    cell = Cell(model, [state.name for state in model.states], p, capped=snapshot.method != "Euler")
    kicks = _kicks(model, p, steps, snapshot.dt)
    heun = ["ExplicitStateUpdater"] if snapshot.method == "Heun" else []
    names = [*heun, "Network", "NeuronGroup", "SpikeMonitor", *(["TimedArray"] if kicks else []), "ms", "prefs"]
    imports = [*(["import base64", "import zlib", ""] if kicks else []), "import numpy as np",
               f"from brian2 import {', '.join(sorted(names, key=str.lower))}"]
    parts = [head(snapshot, preset, link, imports, snapshot.dt, steps, _promise(spikes, adaptive)),
             namespace("p", cell.read), _group("cell", cell, METHODS[snapshot.method])]
    parts += [f"cell.{name} = {value!r}" for name, value in zip(cell.names, snapshot.start, strict=True)]
    parts += kicks
    parts += ["spikes = SpikeMonitor(cell)", "Network(cell, spikes).run(STEPS*DT*ms)",
              "times = np.asarray(spikes.t/ms) + DT  # a spike counts at the end of its step",
              'print(f"{len(times)} spikes, {1000*len(times)/(STEPS*DT):.4g} Hz")', "print(np.round(times, 6))"]
    return "\n".join([*parts, *_checks(spikes, adaptive)]) + "\n"


def head(snapshot: Snapshot, preset: str, link: str, imports: Sequence[str], dt: float, steps: int,
         promise: str) -> str:
    """Return the beginning of a script."""
    model = snapshot.model
    title = f"{model.title} (section {model.chapter})" + (f", {preset}" if preset else "")
    # A link comes from an address bar: nothing in it may end the docstring.
    safe = re.sub(r"[^\w%&=.,:+~/?#-]", "", link or f"?{encode(snapshot, preset)}")
    return HEAD.format(name=title, slug=model.slug(), link=safe, promise=promise, imports="\n".join(imports), dt=dt,
                       steps=steps)


def namespace(name: str, values: Mapping[str, float]) -> str:
    """Return parameters as a dictionary."""
    text = ", ".join(f'"{key}": {value!r}' for key, value in values.items())
    lines = textwrap.wrap(f"{name} = {{{text}}}", 116, subsequent_indent="     ", break_long_words=False)
    return "\n".join(lines)


def _group(name: str, cell: Cell, method: str) -> str:
    reset = "\\n".join(cell.reset)
    equations = "\n".join(cell.equations)
    return (f'{name.upper()} = """\n{equations}\n"""\n{name} = NeuronGroup(1, {name.upper()}, method={method},\n'
            f'                   threshold="{cell.fires}",\n                   reset="{reset}", '
            "namespace=p, dt=DT*ms)")


def _kicks(model: Any, p: Any, steps: int, dt: float) -> list[str]:
    """Return what makes the states jump in each step, as packed counts of the page's own spikes."""
    if not model.driven:
        return []
    jumps = np.asarray(model.impulses(dt * np.arange(steps + 1), p), dtype=float)[:, :steps]
    lines = ["# Input spikes of the page in each step, before the threshold is looked at:"]
    for state, row in zip(model.states, jumps, strict=True):
        if not np.any(row):
            continue
        unit = float(row[np.argmin(np.where(row == 0.0, np.inf, np.abs(row)))])
        counts = np.rint(row / unit).astype("<i4")
        name = f"counts_{state.name}"
        packed = base64.b64encode(zlib.compress(counts.tobytes(), 9)).decode()
        text = "\n".join(f'    "{packed[k:k + 108]}"' for k in range(0, len(packed), 108))
        lines += [f"{name} = np.frombuffer(zlib.decompress(base64.b64decode(\n{text})), dtype=\"<i4\")",
                  f"cell.namespace[\"n_{state.name}\"] = TimedArray({name}.astype(float), dt=DT*ms)",
                  f'cell.run_regularly("{state.name} = {state.name} + {unit!r}*n_{state.name}(t)", '
                  'when="groups", order=1)']
    return lines if len(lines) > 1 else []


def _promise(spikes: Sequence[float] | None, adaptive: bool) -> str:
    if spikes is None:
        return "It prints the spikes of the run."
    if adaptive:
        return "It prints the spikes of its RK4 steps beside those of the page, whose steps are adaptive."
    return "It prints the spikes of the page and stops if one differs."


def _checks(spikes: Sequence[float] | None, adaptive: bool) -> list[str]:
    if spikes is None:
        return []
    text = ", ".join(f"{time:.10g}" for time in spikes)
    lines = textwrap.wrap(f"expected = [{text}]", 116, subsequent_indent="            ")
    if adaptive:
        return [*lines, 'print("the page, with adaptive steps:", expected)']
    return [*lines, 'assert len(times) == len(expected), f"the page has {len(expected)} spikes"',
            'assert np.all(np.abs(times - expected) <= 1e-6), f"the page has {expected}"']
