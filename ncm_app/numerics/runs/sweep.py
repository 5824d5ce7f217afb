"""Slow sweep of a parameter up and down: what the system does depends on where it comes from.

The parameter moves in small steps, and is held after each until the state has settled; the
next value starts where the last one ended. A state is therefore followed until it is lost,
on the way up and on the way down at different values where two of them coexist.

With noise, dy = f dt + sigma dW, every state with its own. `noise` times the span of a
state is the standard deviation that noise alone would add to it while one value is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.results import Array, Status, Sweep, SweepPart
from ncm_app.numerics.runs.compiled import stepper
from ncm_app.numerics.system import SILENT, Partial, Progress, System

STEPS = 160
"""Values of the parameter on each way."""

SETTLED = 0.02
"""Change of the extremes, in spans, below which a state has settled."""

GROWING = 1.05
"""Ratio of the range in a window to that in the window before above which a departure goes on."""

DRIFTING, STILL = 0.1, 1e-4
"""Change of the extremes, in ranges, above which a state drifts; range, in spans, below which it is still."""

MOST_HOLDS, MOST_GROWTH = 6, 40  # times that a value is held on: while the extremes change, while a departure grows
NUDGE = 1e-5  # push of every state at each new value, in spans: nothing stays on what repels for ever
DIFFERENT = 0.05  # difference of two ways, in spans, that counts as hysteresis
UNLIKE, BESIDE, USUAL = 4.0, 8, 0.8  # ... if so many times the usual (a quantile) change among as many values beside
FEWEST_NOISY = 4  # values over which two noisy ways have to differ
OFTEN = 4  # values between two partial results
APPROACH, SHORT = 8, 16  # parts of the way to a new value, and of a hold that is spent on each
FEWEST = 96  # steps of time in one hold
STREAM, PER_VALUE = 7001, 2**32  # no right-hand side draws from these streams; no value has so many steps


def sweep(system: System, p: Any, field: str, low: float, high: float, start: Sequence[float], *,
          steps: int = STEPS, settle_time: float, dt: float, method: str = "RK4", noise: float = 0.0,
          seed: int = 0, progress: Progress = SILENT) -> Sweep:
    """Sweep parameter `field` from `low` up to `high` and down again, in `steps` values each.

    A value is held for `settle_time` ms, longer (without noise) while the extremes of the
    states still change; `dt` in ms is the longest time step of `method`. `progress` is
    told the part swept so far, as a Sweep. `noise` is a share of each state's span
    (see the top of this file), and a function of seed, state, value and time step only.
    Raises a ValueError if the range does not grow or a time or the noise makes no sense, and
    Cancelled if `progress` does.
    """
    if not low < high:
        raise ValueError(f"the range of {field} must grow, not go from {low:g} to {high:g}")
    if not (settle_time > 0 and dt > 0 and steps > 1 and noise >= 0):
        raise ValueError(f"a sweep needs a settle time, a time step, two values and no negative noise, not "
                         f"{settle_time:g} ms, {dt:g} ms, {steps} and {noise:g}")
    values = np.linspace(low, high, steps)
    path = _Path(system, p, field, np.concatenate([values, values[::-1]]), settle_time, dt, method, noise, seed)
    with np.errstate(all="ignore"):  # a blow-up is reported
        return path.follow(np.array(start, dtype=float), progress)


class _Row(NamedTuple):
    """What is recorded of one value: extremes and last state (n,), rate in Hz, whether it settled."""

    low: Array
    high: Array
    end: Array
    rate: float
    settled: bool


@dataclass
class _Path:
    """The values of a sweep, and what has been recorded so far."""

    system: System
    p: Any
    field: str
    values: Array
    settle_time: float
    dt: float
    method: str
    noise: float
    seed: int

    def __post_init__(self) -> None:
        self.rows: list[_Row] = []
        self.advance = stepper(self.system, self.method, noisy=self.noise > 0)
        self.widths = np.array([high - low for low, high in self.system.spans])
        self.dt = min(self.dt, self.settle_time / FEWEST)
        self.length = round(self.settle_time / self.dt)
        self.y = np.empty((self.system.size, self.length + 1))
        self.spikes = np.empty(self.length if self.system.threshold else 0)

    def follow(self, y: Array, progress: Progress) -> Sweep:
        """Visit all values from a state, and return the sweep."""
        count, arrived = len(self.values), False
        while len(self.rows) < count:
            index = len(self.rows)
            row = self.settle(y, index, progress)
            if row is None:
                return self.stopped(index)
            y = row.end
            if not arrived:  # the start has to settle first: it need not lie on any branch
                arrived = True
                continue
            self.rows.append(row)
            partial = Partial(self.result()) if len(self.rows) % OFTEN == 0 else None
            progress.report((index + 1) / count, partial)
        return self.finished()

    def settle(self, y: Array, index: int, progress: Progress) -> _Row | None:
        """Hold one value until the state has settled, and return its row, None after a blow-up.

        The last third of a first hold is compared with the third before, and then each
        hold with the one before.
        """
        self.y[:, 0] = y + NUDGE * self.widths
        if self.noise > 0:
            self.kicks = self.draw_noise(index)
        if not self.approach(index, progress):
            return None
        p, third, before = self.record(float(self.values[index])), self.length // 3, None
        for count in range(1, MOST_GROWTH + 1):
            if (fired := self.hold(p, index, progress)) is None:
                return None
            now = self.extremes(0 if count > 1 else 2 * third, self.length, fired, p)
            change, moves, grows = self.compare(before or self.extremes(third, 2 * third, fired, p), now)
            if self.noise > 0 or not (grows or moves) or (count >= MOST_HOLDS and not grows):
                break
            before = self.extremes(0, self.length, fired, p)
            self.y[:, 0] = self.y[:, -1]
        rate = float("nan") if self.system.threshold is None else self.rate(self.spikes[:fired or 0])
        return _Row(*now, self.y[:, -1].copy(), rate, self.noise > 0 or change <= SETTLED)

    def record(self, value: float) -> Any:
        """Return the parameters with a value of the swept one."""
        return self.p._replace(**{self.field: value})

    def approach(self, index: int, progress: Progress) -> bool:
        """Move to a new value in small parts, which shake the state less than one large step."""
        old, new = self.values[max(index - 1, 0)], self.values[index]
        length = self.length // SHORT
        for part in range(1, APPROACH):
            share = part / APPROACH
            if self.hold(self.record(float((1 - share) * old + share * new)), index, progress, length, part) is None:
                return False
            self.y[:, 0] = self.y[:, length]
        return True

    def compare(self, before: tuple[Array, Array], now: tuple[Array, Array]) -> tuple[float, bool, bool]:
        """Return the change of the extremes between windows in spans, whether they move, whether a departure grows."""
        earlier, ranges = ((high - low) / self.widths for low, high in (before, now))
        changes = np.abs(np.subtract(now, before)).max(axis=0) / self.widths
        drifts = (changes > DRIFTING * ranges) & (ranges > STILL)
        grows = (ranges > GROWING * earlier) & (ranges > NUDGE * NUDGE)
        return float(changes.max()), bool(np.any(drifts | (changes > SETTLED))), bool(np.any(grows))

    def hold(self, p: Any, index: int, progress: Progress, length: int = 0, part: int = 0) -> int | None:
        """Step from the first column on; return the number of spikes, None after a blow-up."""
        last = length or self.length
        if self.noise > 0:
            first = self.length + (part - 1) * length if length else 0
            self.y[:, 1:last + 1] = self.kicks[:, first:first + last]
        done, count = 0, 0
        while done < last:
            goal = min(last, done + self.advance.chunk)
            done, count = self.advance(self.y, done, goal, p, dt=self.dt, spikes=self.spikes, count=count)
            if done < goal:
                return None
            progress.report(index / len(self.values))
        return count

    def draw_noise(self, index: int) -> Array:
        """Return what noise adds to the states at one value, (n, steps): in the hold, and on the way to it."""
        streams = STREAM + np.arange(self.system.size)[:, None]
        counters = index * PER_VALUE + np.arange(self.length + (APPROACH - 1) * (self.length // SHORT))
        return np.asarray(self.noise * self.widths[:, None] / np.sqrt(self.length)
                          * hash_normal(self.seed, streams, counters[None]))

    def extremes(self, first: int, last: int, fired: int, p: Any) -> tuple[Array, Array]:
        """Return the lowest and highest states (n,) between two columns; a spike reaches the threshold."""
        window, times = self.y[:, first:last + 1], self.spikes[:fired] / self.dt
        low, high = window.min(axis=1), window.max(axis=1)
        if self.system.threshold is not None and np.any((times > first) & (times <= last)):
            high[0] = max(high[0], float(self.system.threshold(p)))
        return low, high

    def rate(self, times: Array) -> float:
        """Return the firing rate in Hz in the later two thirds of a hold."""
        times = times[times > self.length // 3 * self.dt]
        if len(times) < 2:
            return 1000.0 * len(times) / (self.length * self.dt * 2 / 3)
        return float(1000.0 * (len(times) - 1) / (times[-1] - times[0]))

    def part(self, first: int, last: int) -> SweepPart:
        """Return the rows from one to another as one way."""
        rows = self.rows[first:last]
        low, high, end = (np.array([row[k] for row in rows]).reshape(-1, self.system.size).T for k in range(3))
        return SweepPart(self.values[first:first + len(rows)], low, high, end, np.array([row.rate for row in rows]),
                         np.array([row.settled for row in rows], dtype=bool))

    def result(self) -> Sweep:
        """Return what has been swept so far."""
        turn = len(self.values) // 2
        up, down = self.part(0, turn), self.part(turn, 2 * turn)
        return Sweep(self.field, up, down, self.length * self.dt, self.noise, self.seed,
                     differing_ranges(up, down, self.widths, FEWEST_NOISY if self.noise > 0 else 1))

    def finished(self) -> Sweep:
        """Return the whole sweep with its sentence."""
        found = self.result()
        ranges = " and ".join(f"between {a:.4g} and {b:.4g}" for a, b in found.hysteresis)
        said = f"Up and down differ {ranges}: hysteresis." if ranges else "Up and down agree: no hysteresis."
        return replace(found, message=f"Each value of {self.field} is held for {found.settle_time:.3g} ms. {said}")

    def stopped(self, index: int) -> Sweep:
        """Return the sweep up to a value at which the state blew up."""
        way = "up" if index < len(self.values) // 2 else "down"
        return replace(self.result(), status=Status.DIVERGED, message=(
            f"On the way {way} the state left every bound at {self.field} = {self.values[index]:.4g}: "
            f"the sweep stops there."))


def differing_ranges(up: SweepPart, down: SweepPart, widths: Array, fewest: int = 1) -> tuple[tuple[float, float], ...]:
    """Return the ranges of the parameter over which the way down differs from the way up.

    Under noise, and in chaos, extremes change from value to value: a difference of the two
    ways has to be larger than that. It has to last for `fewest` values.
    """
    count = len(down.parameter)
    if not count:
        return ()
    forth, back = (np.concatenate([part.low, part.high]) / np.tile(widths, 2)[:, None] for part in (up, down))
    gaps = np.abs(forth[:, ::-1][:, :count] - back)
    bounds = np.maximum(DIFFERENT, UNLIKE * _usual_change(forth)[:, ::-1][:, :count])
    settled = up.settled[::-1][:count] & down.settled
    apart = np.concatenate([[False], np.any(gaps > bounds, axis=0) & settled, [False]])
    edges = np.flatnonzero(apart[1:] != apart[:-1]).reshape(-1, 2)
    return tuple((float(down.parameter[b - 1]), float(down.parameter[a])) for a, b in edges[::-1] if b - a >= fewest)


def _usual_change(rows: Array) -> Array:
    """Return at each value how much rows (k, m) usually change between values beside it."""
    steps = np.abs(np.diff(rows, axis=1, prepend=rows[:, :1]))
    padded = np.pad(steps, ((0, 0), (BESIDE, BESIDE)), mode="reflect" if steps.shape[1] > BESIDE else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * BESIDE + 1, axis=1)
    return np.asarray(np.quantile(windows, USUAL, axis=2))
