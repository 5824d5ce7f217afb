"""Spikes of the Poisson sources of a network, step by step.

They are read off points scattered evenly over time and rate, as in `numerics.spikes.arrivals`, so that
a higher rate adds spikes and moves none, and no other draw depends on it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.networks.spec import RunSettings, Source
from ncm_app.numerics.networks.topology import stream_of
from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.arrivals import CELL, FULL, GOLDEN, HALF, LOW, S12, S32, key_of, mix, points_of
from ncm_app.numerics.system import SILENT, Progress

_U = np.uint64
_PART = 100_000
"""About how many spikes are drawn at once."""


class Arrivals(NamedTuple):
    """Spikes of one source: those of step i are of the cells `cells[first[i]:first[i + 1]]`; `times`, ms, sorted."""

    first: NDArray[np.int64]
    cells: NDArray[np.int32]
    times: Array


@kernel()
def _scatter(starts, rates, pieces, t_end, size, seed, stream, times, cells):  # type: ignore[no-untyped-def]
    """Fill times and cells with the spikes of some pieces, as far as there is room; return their number.

    `rates` (kHz, of all cells) hold from `starts` on, which ends with one that is never reached.
    """
    key, found, highest = key_of(seed, stream), 0, 0.0
    for rate in rates:
        highest = max(highest, rate)
    for piece in range(pieces[0], pieces[1]):
        for band in range(math.ceil(highest)):
            own, count = points_of(key, band, piece)
            for k in range(count):
                word = mix(own + _U(2 * k + 1) * GOLDEN)
                t = CELL * (piece + (np.float64(word >> S32) + 0.5) * HALF)
                height = band + (np.float64(word & LOW) + 0.5) * HALF
                now = 0
                while t >= starts[now + 1]:
                    now += 1
                if t < t_end and height < rates[now]:
                    if found < len(times):
                        times[found] = t
                        mark = (np.float64(mix(own + _U(2 * k + 2) * GOLDEN) >> S12) + 0.5) * FULL
                        cells[found] = min(np.int32(mark * size), size - 1)
                    found += 1
    return found


@kernel()
def _count(times, per_ms, counts):  # type: ignore[no-untyped-def]
    """Count the spikes of each step."""
    for t in times:
        counts[min(np.int64(t * per_ms), len(counts) - 1)] += 1


@kernel()
def _sort(times, cells, per_ms, first, free, sorted_times, sorted_cells):  # type: ignore[no-untyped-def]
    """Put spikes where they belong: `first` says where steps begin, `free` where the next spike of each goes."""
    for k in range(len(times)):
        step = min(np.int64(times[k] * per_ms), len(free) - 1)
        at = free[step]
        while at > first[step] and sorted_times[at - 1] > times[k]:
            sorted_times[at], sorted_cells[at] = sorted_times[at - 1], sorted_cells[at - 1]
            at -= 1
        sorted_times[at], sorted_cells[at] = times[k], cells[k]
        free[step] += 1


def draw_arrivals(source: Source, settings: RunSettings, progress: Progress = SILENT) -> Arrivals:
    """Draw all spikes of a source until the end of the run; raise Cancelled soon after `progress` does."""
    first, t_end = np.zeros(settings.steps + 1, dtype=np.int64), settings.steps * settings.dt
    begun = [(start, rate) for start, rate in source.steps if start < t_end]
    starts = np.array([0.0, *(max(start, 0.0) for start, _ in begun), np.inf])
    rates = np.array([source.rate_hz, *(rate for _, rate in begun)]) * source.size / 1000.0
    stream, most = stream_of("arrivals", source.name), float(rates.max())
    pieces = math.ceil(t_end / CELL) if most > 0.0 else 0
    each = max(int(_PART / (most * CELL)), 1) if pieces else 1
    parts: list[tuple[Array, NDArray[np.int32]]] = []
    for begin in range(0, pieces, each):
        progress.report(0.0)
        end = min(begin + each, pieces)
        expected = most * CELL * (end - begin)
        room = int(expected + 10.0 * math.sqrt(expected) + 20.0)
        while True:
            part = np.empty(room), np.empty(room, dtype=np.int32)
            found = int(_scatter(starts, rates, (begin, end), t_end, source.size, settings.seed, stream, *part))
            if found <= room:
                break
            room = found
        parts.append((part[0][:found], part[1][:found]))
        _count(parts[-1][0], 1.0 / settings.dt, first[1:])
    np.cumsum(first, out=first)
    arrived = Arrivals(first, np.empty(first[-1], dtype=np.int32), np.empty(first[-1]))
    free = first[:-1].copy()
    for times, cells in parts:
        progress.report(0.0)
        _sort(times, cells, 1.0 / settings.dt, first, free, arrived.times, arrived.cells)
    return arrived
