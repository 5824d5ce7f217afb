"""The text of a stepper that follows the direction of a flow, as long as it is drawn.

Dormand and Prince's pair of orders 5 and 4 [Dormand1980]. A step is bounded by its length in spans
and by its error, so that it neither stalls beside a fixed point nor jumps over a bend.
"""

from __future__ import annotations

TRACE = "trace"
"""Name of the method, beside the fixed steps."""

DONE, LEFT, RESTS, STUCK = range(4)
"""Why a piece of a curve ends: all its steps done, out of the window, no motion, no step small enough."""

_STAGES: tuple[tuple[str, ...], ...] = (
    ("1 / 5",),
    ("3 / 40", "9 / 40"),
    ("44 / 45", "-56 / 15", "32 / 9"),
    ("19372 / 6561", "-25360 / 2187", "64448 / 6561", "-212 / 729"),
    ("9017 / 3168", "-355 / 33", "46732 / 5247", "49 / 176", "-5103 / 18656"),
    ("35 / 384", "0", "500 / 1113", "125 / 192", "-2187 / 6784", "11 / 84"),
)
_ERROR = ("71 / 57600", "0", "-71 / 16695", "71 / 1920", "-17253 / 339200", "22 / 525", "-1 / 40")


def _sum(weights: tuple[str, ...], state: int) -> str:
    """Return the sum of weighted slopes of one state as an expression."""
    return " + ".join(f"({w}) * k{s}_{state}" for s, w in enumerate(weights) if w != "0")


def trace_text(size: int) -> str:
    """Return the source of `step`: `steps` points of a curve, and why it ends.

    The arguments are those of `step_text`, with other meanings: `spikes` takes the times
    of the points, `t0` is the error per step and `dt` the longest step, both in spans;
    a negative `dt` goes back in time. `limits` holds the widths of the spans, then the
    low and then the high edges of the window.
    """
    every = range(size)

    def row(pattern: str) -> str:
        return ", ".join(pattern.format(i) for i in every) + ("," if size == 1 else "")

    lines = ["def step(rows, spikes, count, first, steps, t0, dt, limits, p):",
             f"    {row('r{0}')} = rows", f"    {row('w{0}')}, {row('low{0}')}, {row('high{0}')} = limits",
             f"    {row('y{0}')} = {row('real(r{0}[0])')}", "    now = real(spikes[0])",
             "    sign = 1.0 if dt > 0.0 else -1.0",
             f"    {row('k0_{0}')} = rhs(0.0, ({row('y{0}')}), p)",
             "    h, tries, j = 1e300, 0, 0", "    while j < steps:",
             f"        speed = ({' + '.join(f'(k0_{i} / w{i}) ** 2' for i in every)}) ** 0.5",
             "        if not (1e-150 < speed < 1e150):", f"            return j, {RESTS}",
             "        h = min(h, abs(dt) / speed)", "        g = sign * h"]
    for s, weights in enumerate(_STAGES, 1):
        lines += [f"        x{i} = real(y{i} + g * ({_sum(weights, i)}))" for i in every]
        lines += [f"        {row(f'k{s}_{{0}}')} = rhs(0.0, ({row('x{0}')}), p)"]
    lines += [f"        error = h * ({' + '.join(f'abs({_sum(_ERROR, i)}) / w{i}' for i in every)})",
              "        tries += 1", "        if not (error <= t0):",
              "            if tries > 20 * steps + 200:", f"                return j, {STUCK}",
              "            h *= max(0.2, 0.9 * (t0 / error) ** 0.2) if error < 1e300 else 0.1", "            continue",
              *[f"        y{i}, k0_{i} = x{i}, k{len(_STAGES)}_{i}" for i in every],
              "        j += 1", "        now += g", "        spikes[j] = now",
              *[f"        r{i}[j] = y{i}" for i in every],
              "        h *= min(5.0, 0.9 * (t0 / (error + 1e-300)) ** 0.2)",
              f"        if not ({' and '.join(f'low{i} <= y{i} <= high{i}' for i in every)}):",
              f"            return j, {LEFT}"]
    return "\n".join([*lines, f"    return j, {DONE}", ""])
