"""The text of steps of a flow that hears its own states late, for `runs.compiled`.

A right-hand side is the sum of what acts at once and of what comes late. With the values `q` of its parameters it is
the first part alone, so the slope at a state y with the past u is rhs(u, p) - rhs(u, q) + rhs(y, q): one text serves
runs with and without a delay.
"""

from __future__ import annotations

from collections.abc import Callable


def delayed_text(size: int, nodes: tuple[float, ...], mean: str, noisy: bool) -> str:
    """Return the source of `step` for a number of states, the times of a method's stages and its mean slope.

    `rows` hold the whole run from its start on, before which the states stood where it starts; `lag` > 0 is the
    delay in steps. Between steps the past is a straight line, so that every method has order 2 at most; a delay
    of less than a step ends on the line to the state of the stage itself.
    """
    every = range(size)

    def row(pattern: str) -> str:
        return ", ".join(pattern.format(i) for i in every) + ("," if size == 1 else "")

    lines = ["def step(rows, spikes, count, first, steps, t0, dt, limits, lag, p, q):",
             f"    {row('r{0}')} = rows", f"    {row('b{0}')} = limits",
             f"    {row('y{0}')} = {row('real(r{0}[first])')}",
             "    for j in range(steps):", "        n = first + j", "        t = real(t0 + n * dt)"]
    for s, node in enumerate(nodes):
        lines += _stage(size, s, node, row)
    for i in every:
        kick = f" + r{i}[n + 1]" if noisy else ""
        lines += [f"        y{i} = real(y{i} + dt * ({mean.format(*(f'k{s}_{i}' for s in range(len(nodes))))}){kick})"]
    lines += [f"        r{i}[n + 1] = y{i}" for i in every]
    lines += [f"        if not ({' and '.join(f'abs(y{i}) <= b{i}' for i in every)}):", "            return j, count"]
    return "\n".join([*lines, "    return steps, count", ""])


def _stage(size: int, s: int, node: float, row: Callable[[str], str]) -> list[str]:
    """Return the lines of one stage: its state x, the past u, and the slope k."""
    every, reach = range(size), f"{node} * dt"
    lines = [f"        s = t + {reach}" if s else "        s = t"]
    lines += [f"        x{i} = " + (f"real(y{i} + {reach} * k{s - 1}_{i})" if s else f"y{i}") for i in every]
    lines += [f"        place = n + {node} - lag", "        if place <= 0.0:"]
    lines += [f"            u{i} = real(r{i}[0])" for i in every]
    if node:
        lines += ["        elif place > n:", f"            w = (place - n) / {node}"]
        lines += [f"            u{i} = real(y{i} + w * (x{i} - y{i}))" for i in every]
    lines += ["        else:", "            m = min(int(place), n - 1)", "            w = place - m"]
    lines += [f"            u{i} = real(r{i}[m] + w * (r{i}[m + 1] - r{i}[m]))" for i in every]
    lines += [f"        {row(k + '{0}')} = rhs(s, ({row(state + '{0}')}), {values})"
              for k, state, values in (("f", "u", "p"), ("g", "u", "q"), ("h", "x", "q"))]
    return lines + [f"        k{s}_{i} = f{i} - g{i} + h{i}" for i in every]
