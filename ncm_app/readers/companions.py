"""Arrays that stand beside spike times in a .npz file, and what they say of those."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from ncm_app.readers.cells import Array
from ncm_app.readers.words import CELL, GROUP, OTHER, SPIKE, TIME, TRACE, TRIAL, UNITS, tokens

CELLS = ("spike_clusters", "spike_units", "spike_neurons", "cluster_ids", "unit_ids", "neuron_ids", "cell_ids",
         "node_ids", "clusters", "neurons", "cells", "senders", "SpikeClusters", "UnitIDs", "NeuronIDs", "CellIDs",
         "ClusterIDs", "Neurons", "NeuronNumbers", "CellNumbers", "Clusters", "Cells")
"""Names of arrays with the number of the cell of each spike."""

COUNTED = frozenset({"fs", "sr", "frame", "frames", "tick", "ticks", "rate", "rates"})
"""Words that, alone, name a rate of samples."""


def check_once(names: Collection[str], groups: Collection[tuple[str, ...]]) -> None:
    """Raise a ValueError where two arrays in a file have names of the same meaning."""
    for group in groups:
        found = [name for name in group if name in names]
        if len(found) > 1:
            raise ValueError(f"one of {' and '.join(found)} expected, {'both' if len(found) == 2 else 'all'} found")


def check_others(others: Collection[str]) -> None:
    """Raise a ValueError where an array that is not read may change what the spike times beside it mean."""
    for name in others:
        meaning = _meaning(frozenset(tokens(name)))
        if meaning:
            raise ValueError(f"spike times in ms, with TrialNumbers or without, expected, {name!r:.40} beside them "
                             f"found, which may {meaning}")


def _meaning(words: frozenset[str]) -> str:
    """Return what an array whose name has these words may do to spike times, "" for nothing."""
    if words & {"unit", "units"}:
        return "name their unit, or part them"
    if words & (TIME | SPIKE) and words & set(UNITS):
        return "hold them in another unit"
    if words & TIME and words & SPIKE:
        return "hold others"
    kinds = words & (GROUP - {"label", "group", "layer", "population", "pop"} | OTHER | TRACE)
    if words & TRIAL or (words & CELL and not kinds) or (words and words <= {"label", "labels", "id", "ids"}):
        return "part them"
    sampled = words & COUNTED == words or any(word.startswith("sampl") for word in words)
    return "make them numbers of samples" if words and sampled else ""


def parted(times: Array, trials: Array | None, cells: Array | None, name: str) -> tuple[Array | None, str]:
    """Return the numbers that part spike times, and what they count, "trial" or "cell".

    Where spikes have the numbers of a trial and of a cell, one of both must be the same for all.
    """
    if cells is None or cells.size == 1:  # the one cell of this file
        return trials, "trial"
    if cells.shape != times.shape and (cells.size != times.size or cells.size != max(times.shape, default=1)):
        raise ValueError(f"the number of a cell for each of {times.size} spikes expected in {name}, {cells.size} found")
    if len(np.unique(cells)) == 1:
        return trials, "trial"
    if trials is None or (trials.size == times.size and len(np.unique(trials)) == 1):
        return cells, "cell"
    raise ValueError(f"one array of trial or cell numbers expected, TrialNumbers and {name} found: keep one cell, or "
                     "one trial")


def called(names: Collection[str], arrays: Mapping[str, Array]) -> str:
    """Return the one of the names that an array has."""
    return next(name for name in names if name in arrays)
