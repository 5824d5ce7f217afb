"""Who is connected to whom: sorted lists of targets, drawn from (seed, stream, source cell) alone.

Weights and rates have no part in it, so lists are kept in a small memory while only those move.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.networks.spec import Network, Projection
from ncm_app.numerics.results.base import Array
from ncm_app.numerics.spikes.arrivals import FULL, GOLDEN, S12, key_of, mix

BOUND = 250_000_000
"""Bytes of target lists that are kept."""

_BITS = 12
_ENTRIES = 1 << _BITS
_U = np.uint64
_LOW, _SHIFT, _PER_WORD = _U(_ENTRIES - 1), _U(_BITS), 64 // _BITS


class Targets(NamedTuple):
    """Synapses of a projection: cell k of the source reaches `cells[first[k]:first[k + 1]]`, sorted.

    `first` (n + 1,) int64; `cells` (k,) uint16, or uint32 where the target has more than 65,536 cells.
    """

    first: NDArray[np.int64]
    cells: NDArray[Any]

    @property
    def sources(self) -> NDArray[np.int64]:
        """Source cell of each synapse, (k,)."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


def stream_of(*names: str) -> int:
    """Return the stream of random numbers that belongs to names, whatever else is in the network."""
    return zlib.crc32("\0".join(names).encode())


def _gaps(probability: float) -> NDArray[np.int32]:
    """Return, for each value of the first bits of a uniform number, the gap it means; -1 where further bits decide.

    A gap is the number of cells passed over: geometric, P(gap >= k) = (1 - p)^k.
    """
    if probability >= 1.0:
        return np.zeros(_ENTRIES, dtype=np.int32)
    with np.errstate(divide="ignore"):
        edges = np.log(np.arange(_ENTRIES + 1) / _ENTRIES) / np.log1p(-probability)
    longest, shortest = np.floor(np.minimum(edges[:-1], 1e9)), np.floor(edges[1:])
    return np.where(longest == shortest, shortest, -1).astype(np.int32)


@kernel(error_model="numpy")
def _fill(first, cells, gaps, scale, sources, targets, seed, stream):  # type: ignore[no-untyped-def]
    """Write all targets one source cell after the other; return how many, or -1 where there is no room."""
    key, count = key_of(seed, stream), 0
    for k in range(sources):
        own, drawn, left = mix(key + _U(k) * GOLDEN), _U(1), 0
        word, j = _U(0), np.int64(-1)
        while True:
            if left == 0:
                word, left = mix(own + drawn * GOLDEN), _PER_WORD
                drawn += _U(1)
            entry = word & _LOW
            word, left = word >> _SHIFT, left - 1
            gap = np.int64(gaps[entry])
            if gap < 0:
                rest = (np.float64(mix(own + drawn * GOLDEN) >> S12) + 0.5) * FULL
                drawn += _U(1)
                gap = np.int64(min(np.log((np.float64(entry) + rest) / _ENTRIES) * scale, 1e9))
            j += gap + 1
            if j >= targets:
                break
            if count == len(cells):
                return -1
            cells[count] = j
            count += 1
        first[k + 1] = count
    return count


def draw_targets(sources: int, targets: int, probability: float, seed: int, stream: int) -> Targets:
    """Draw the synapses of a projection: each pair independently, with a probability from 0 to 1.

    The gaps between the targets of a cell are drawn, not the pairs, so it takes a time that grows
    with the number of synapses.
    """
    first = np.zeros(sources + 1, dtype=np.int64)
    kind = np.uint16 if targets <= 1 << 16 else np.uint32
    if probability == 0.0 or targets == 0:
        return Targets(first, np.empty(0, dtype=kind))
    mean = sources * targets * probability
    room = int(mean + 8.0 * np.sqrt(mean) + 20.0)
    scale = 1.0 / np.log1p(-probability) if probability < 1.0 else 0.0
    while True:
        cells = np.empty(room, dtype=kind)
        count = int(_fill(first, cells, _gaps(probability), scale, sources, targets, seed, stream))
        if count >= 0:
            return Targets(first, cells[:count])
        room *= 2


@kernel()
def _invert(first, cells, begins, places, sources):  # type: ignore[no-untyped-def]
    """List the synapses of each target, in the order of the sources."""
    for cell in cells:
        begins[cell + 1] += 1
    for j in range(len(begins) - 1):
        begins[j + 1] += begins[j]
    free = begins[:-1].copy()
    for k in range(len(first) - 1):
        for place in range(first[k], first[k + 1]):
            at = free[cells[place]]
            places[at], sources[at] = place, k
            free[cells[place]] += 1


def by_target(targets: Targets, size: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return where the synapses of each of `size` target cells begin (size + 1,), their places (k,), sources (k,)."""
    begins = np.zeros(size + 1, dtype=np.int64)
    places, sources = (np.empty(len(targets.cells), dtype=np.int32) for _ in range(2))
    _invert(targets.first, targets.cells, begins, places, sources)
    return begins, places, sources


_Key = tuple[int, int, float, int, int]


class _Memory:
    """The lists used last, at most BOUND bytes of them."""

    def __init__(self) -> None:
        self.kept: OrderedDict[_Key, Targets] = OrderedDict()
        self.lock = threading.Lock()

    def targets(self, key: _Key) -> Targets:
        with self.lock:
            if (found := self.kept.get(key)) is not None:
                self.kept.move_to_end(key)
                return found
        found = draw_targets(*key)
        with self.lock:
            self.kept[key] = found
            self.kept.move_to_end(key)
            while len(self.kept) > 1 and self.bytes > BOUND:
                self.kept.popitem(last=False)
        return found

    @property
    def bytes(self) -> int:
        return sum(part.nbytes for found in self.kept.values() for part in found)


MEMORY = _Memory()


def targets_of(network: Network, projection: Projection, seed: int) -> Targets:
    """Return the synapses of a projection, from the memory if they were drawn lately."""
    sizes = network.part(projection.source).size, network.part(projection.target).size
    stream = stream_of("synapses", projection.source, projection.target)
    return MEMORY.targets((*sizes, projection.probability, seed, stream))


def weight_matrix(targets: Targets, size: int, weights: Any) -> Array:
    """Return the weights (targets, sources) of a projection onto `size` cells, 0 where there is no synapse."""
    matrix = np.zeros((size, len(targets.first) - 1))
    matrix[targets.cells, targets.sources] = weights
    return matrix
