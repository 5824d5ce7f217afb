"""The recurrent network with a readout beside the loop of a textbook: `python -m benchmarks.learning_rnn`."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.learning import Row, show
from benchmarks.networks import alone
from benchmarks.threads import processor_time
from ncm_app.numerics.learning.readout_steps import LMS, RLS
from ncm_app.numerics.learning.reservoir import (
    NEVER,
    Pace,
    Readout,
    Rule,
    advance_readout,
    begin_readout,
    draw_reservoir,
)
from tests.support.readout_loop import Setting, plain_loop

CELLS, T_END, T_ON, TAU = 200, 5000.0, 2500.0, 20.0
RULES = {"LMS": (LMS, 0.005), "RLS": (RLS, 1.0)}
CASES = (("LMS", 0.5, 25.0, 6.0), ("LMS", 0.1, 130.0, 6.0), ("RLS", 0.5, None, 8.0), ("RLS", 0.1, 230.0, 8.0))
"""Rule, dt (ms), ms that a run may take, and how many times faster than the loop it has to be."""


def targets(dt: float) -> Any:
    """Return the sine of Fig 4.2 at all steps from 0 on."""
    return np.sin(2.0 * np.pi * dt * np.arange(round(T_END / dt) + 1) / 500.0)


def run(name: str, dt: float) -> Readout:
    """Run Fig 4.2 as the page does."""
    kind, eps = RULES[name]
    drawn, on = draw_reservoir(CELLS, 1.5, 6), (round(T_ON / dt), NEVER)
    rule = Rule(kind, eps, learns=on, fed_back=on)
    pace = Pace(dt / TAU, 1.0, round(1.0 / dt))
    return advance_readout(drawn, begin_readout(drawn, 1.0), targets(dt)[1:], rule, pace)


def loop_time(name: str, dt: float) -> float:
    """Return how long the plain loop takes in double precision, ms."""
    drawn = draw_reservoir(CELLS, 1.5, 6, "float64")
    W, setting = np.ascontiguousarray(drawn.columns.T), Setting(
        dt / TAU, rule=name, eps=RULES[name][1], learns=(round(T_ON / dt), NEVER))
    return 1000.0 * processor_time(lambda: plain_loop(W, drawn.Q, drawn.R, drawn.r, targets(dt), setting), 3)


def rows() -> list[Row]:
    """Return 5 s of 200 cells under each rule, and at each step."""
    found = []
    for name, dt, target, ratio in CASES:
        run(name, dt)
        ours = 1000.0 * processor_time(lambda: run(name, dt), 15)  # noqa: B023
        loop = alone(f"from benchmarks.learning_rnn import loop_time\nprint(loop_time('{name}', {dt}))")
        found.append(Row(f"readout by {name}, {CELLS} cells, 5 s at dt = {dt:g} ms", ours, target, loop, ratio))
    return found


if __name__ == "__main__":
    show(rows())
