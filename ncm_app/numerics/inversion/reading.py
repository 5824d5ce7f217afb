"""From a file to data that can be inverted: which columns it has decides what they are."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from ncm_app.numerics.inversion.dwell import DwellData, gathered
from ncm_app.numerics.inversion.rhythm import AlphaData, DeepLoopData, RhythmData
from ncm_app.readers.files import ending_of, opened
from ncm_app.readers.measured import numbers_of, read_table
from ncm_app.readers.texts import nothing

MOST_BYTES = 2 * 2**20
FEWEST, MOST_LEVELS = 10, 50
"""Dwell times of each level of the noise, whose scatter gives the error of their mean; most of such levels."""
RHYTHMS: dict[tuple[str, ...], type[RhythmData]] = {("f", "a_1", "a_2"): AlphaData, ("f", "a_1", "a_3"): DeepLoopData}
"""Names of measured quantities, and what they are of."""

LAYOUTS = "columns named s and dwell, or quantity, value and sd,"


def read_inversion_data(name: str, data: bytes, check: Callable[[], None] = nothing) -> DwellData | RhythmData:
    """Return the data in a text, or raise a ValueError with a sentence for its reader.

    Columns s and dwell: a dwell time in each line, at a noise level. Columns quantity, value and sd: lines f (Hz), a1
    and a2, or f, a1 and a3 (mV).
    """
    return opened(name, lambda source: _read(source, ending_of(name), data, check))


def _read(source: str, ending: str, data: bytes, check: Callable[[], None]) -> DwellData | RhythmData:
    table = read_table(ending, data, check)
    names = {column.lower() for column in table}
    if names == {"s", "dwell"}:
        return _dwell(source, np.array(numbers_of(table, ("s",), True)), np.array(numbers_of(table, ("dwell",), True)))
    if names == {"quantity", "value", "sd"}:
        return _rhythm(source, next(cells for column, cells in table.items() if column.lower() == "quantity"),
                       np.array(numbers_of(table, ("value",), True)), np.array(numbers_of(table, ("sd",), True)))
    raise ValueError(f"{LAYOUTS} expected, {', '.join(table)[:60]} found")


def _dwell(source: str, s: np.ndarray, times: np.ndarray) -> DwellData:
    levels, counts = np.unique(s, return_counts=True)
    if counts.min() < FEWEST:
        raise ValueError(f"{FEWEST} dwell times or more at each level of the noise expected, {counts.min()} at "
                         f"{levels[counts.argmin()]:g} found")
    if len(levels) > MOST_LEVELS:
        raise ValueError(f"at most {MOST_LEVELS} levels of the noise expected, {len(levels)} found")
    found = gathered(s, times, source, f"Read as {len(times)} dwell times at {len(levels)} level"
                     f"{'s' * (len(levels) > 1)} of the noise.")
    if not found.error.min() > 0.0:
        raise ValueError("dwell times that differ expected, all alike at one level of the noise found")
    return found


def _rhythm(source: str, quantities: list[str], values: np.ndarray, sd: np.ndarray) -> RhythmData:
    quantities = [re.sub(r"^a(?=\d)", "a_", name) for name in quantities]
    for wanted, kind in RHYTHMS.items():
        if sorted(quantities) == sorted(wanted):
            order = [quantities.index(name) for name in wanted]
            return kind(wanted, values[order], sd[order], source, f"Read as {', '.join(wanted)} of a rhythm.")
    raise ValueError(f"the quantities f, a_1, a_2 or f, a_1, a_3 expected, {', '.join(quantities)[:60]} found")
