"""One Euler step of all cells of a population as machine code, made of the model's own functions.

A population is a block of rows, STRIDE numbers apart: its states, then its currents. Its cells stand side by side
in vector instructions; only where one of a hundred or so has spiked are they looked at one by one.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from numba import carray, cfunc

from ncm_app.numerics.networks import lanes, layout
from ncm_app.numerics.networks.lanes import Unfit, in_precision
from ncm_app.numerics.networks.layout import FLAGS, LANES, STEP, STRIDE
from ncm_app.numerics.networks.spec import Population
from ncm_app.numerics.step_cache import load_module
from ncm_app.numerics.system import System

_MODULE = '''"""A step of the cells {owner} in networks; written by ncm_app, may be deleted at any time."""
import numpy as np
from numba import carray, cfunc
from {module} import {name} as Owner
from ncm_app.numerics.networks import lanes, layout
from ncm_app.numerics.networks.lanes import in_precision
from ncm_app.numerics.networks.layout import FLAGS, STEP, doubles_at, floats_at, ints_at

real, Parameters = np.{real}, Owner.Parameters
rhs, threshold, reset = (in_precision(f, real) for f in (Owner.rhs, Owner.threshold, Owner.reset))

@cfunc(STEP, cache=True, error_model="numpy", fastmath=FLAGS)
{text}'''


class Shape(NamedTuple):
    """What the code of a step depends on besides the cell: types of the parameters, the driven one, currents."""

    kinds: tuple[type, ...]
    drive: int
    currents: int
    precision: str


def shape_of(population: Population, currents: int, precision: str) -> Shape:
    """Return what the code for a population depends on; raise Unfit where a parameter is no number."""
    values = population.values
    for name, value in zip(values._fields, values, strict=True):
        if not isinstance(value, int | float | np.integer | np.floating):
            raise Unfit(f"The parameter {name} of the cells of {population.name} is no number, as a network needs it.")
    kinds = tuple(int if isinstance(value, int | np.integer) else float for value in values)
    drive = values._fields.index(population.drive)
    return Shape((*kinds[:drive], float, *kinds[drive + 1:]), drive, currents, precision)


_STEP = '''def step(block, size, values, keeps_at, t, dt, fired):
    rows = carray({pointer}(block), {numbers})
    q = carray(doubles_at(values), {parameters})
    keeps = carray({pointer}(keeps_at), {factors})
    found = carray(ints_at(fired), size)
    h, zero, one, full, tiny = real(dt), real(0.0), real(1.0), real({LANES}), real({tiny})
    {reads}
    p = Parameters({record})
    theta = real(threshold(p))
    count = 0
    for begin in range(0, size, {LANES}):
        first, below = np.uint64(begin), zero
        for j in range(np.uint64({LANES})):
            at = first + j
            {loads}
            {slopes}= rhs(t, ({states}), Parameters({driven}))
            {moves}
            {decays}
            below += one if y0 < theta else zero
        if below < full:
            for j in range(np.uint64({LANES})):
                at = first + j
                {state_loads}
                if not y0 < theta:
                    cell = np.int64(at)
                    if y0 != y0 and cell < size:
                        return -1 - cell
                    {states}= reset(({states}), p)
                    {stores}
                    if cell < size:
                        found[count] = cell
                        count += 1
    return count
'''
# Counters have no sign, since an index that could be negative would be looked at cell by cell. `tiny` keeps currents
# that nothing feeds from numbers so small that the processor is slow with them.


def step_text(states: int, shape: Shape) -> str:
    """Return the source of `step` for a number of states and a shape."""
    single = shape.precision == "float32"
    place = [f"rows[at + np.uint64({k * STRIDE})]" for k in range(states + shape.currents)]
    y, c = [f"y{i}" for i in range(states)], [f"c{k}" for k in range(shape.currents)]
    q = [f"q{i}" for i in range(len(shape.kinds))]
    loads = [f"{name} = {at}" for name, at in zip([*y, *c], place, strict=True)]
    lines = {
        "reads": [f"{name} = {'int' if kind is int else 'real'}(q[{i}])"
                  for i, (name, kind) in enumerate(zip(q, shape.kinds, strict=True))]
        + [f"keep{k} = keeps[{k}]" for k in range(shape.currents)],
        "loads": loads, "state_loads": loads[:states],
        "moves": [f"{at} = y{i} = y{i} + h * real(d{i})" for i, at in enumerate(place[:states])],
        "decays": [f"{at} = c{k} * keep{k} + tiny" for k, at in enumerate(place[states:])],
        "stores": [f"{at} = real(y{i})" for i, at in enumerate(place[:states])]}
    driven = [" + ".join([name, *c]) if i == shape.drive else name for i, name in enumerate(q)]
    words = {"pointer": "floats_at" if single else "doubles_at", "tiny": 1e-30 if single else 1e-300,
             "numbers": len(place) * STRIDE, "parameters": len(q), "factors": max(len(c), 1), "LANES": LANES,
             "record": ", ".join(q), "driven": ", ".join(driven), "states": ", ".join([*y, ""]),
             "slopes": ", ".join([*(f"d{i}" for i in range(states)), ""])}
    made = []
    for line in _STEP.splitlines():
        name = line.strip()[1:-1]
        indent = line[:len(line) - len(line.lstrip())]
        made += [indent + part for part in lines[name]] if name in lines else [line.format(**words)]
    return "\n".join([*made, ""])


_STEPS: dict[tuple[System, type, Shape], Any] = {}
_LOCK = threading.Lock()


def compiled_step(population: Population, currents: int, precision: str) -> Any:
    """Return the compiled step of a population, from memory, from disk, or made now (a second).

    Its `address` stands for `step(block, size, values, keeps, t, dt, fired)`, which returns how many cells
    have spiked (their numbers are at `fired`), or -1 - j where the first state of cell j is no number any more.
    Raises Unfit, with a sentence, where the equation of the cell cannot be compiled.
    """
    shape = shape_of(population, currents, precision)
    key = (population.cell, type(population.values), shape)
    with _LOCK:
        if key not in _STEPS:
            try:
                _STEPS[key] = _compile(*key)
            except Unfit:
                raise
            except Exception as error:
                raise Unfit(f"The equation of the cells of {population.name} cannot be compiled for a network: "
                            f"{(str(error).strip() or type(error).__name__).splitlines()[0]}") from error
        return _STEPS[key]


def _compile(system: System, record: type, shape: Shape) -> Any:
    text = step_text(system.size, shape)
    module = load_module(system, f"network_{shape.precision}", text, _MODULE.replace("{real}", shape.precision),
                         lanes, layout)
    if module is not None:
        return module.step
    real = getattr(np, shape.precision)
    functions = {name: in_precision(getattr(system, name), real) for name in ("rhs", "threshold", "reset")}
    space = {**vars(layout), "np": np, "carray": carray, "Parameters": record, "real": real, **functions}
    exec(compile(text, f"<network step of {system.owner or 'a system'}>", "exec"), space)
    return cfunc(STEP, error_model="numpy", fastmath=FLAGS)(space["step"])
