"""The spikes of a raster: where they stand, a line of ticks for small pictures, fewer where crowded."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.views.columns import Column, lean

MOST_SPIKES = 50_000
"""A raster of more spikes shows which pixels hold any."""
PIXELS, BANDS = 1500, 115
"""Pixel columns, and bands of rows (two pixels or more), of such a raster."""
TICK = 0.42
"""Half the height of a spike's tick, in rows; the browser has a least height (js/raster.js)."""


def spikes(times: Any, rows: Any) -> tuple[Column, Column]:
    """Return where ticks stand: at each spike, or once in each pixel of a crowded raster that holds any."""
    times, rows = np.asarray(times, dtype=np.float32), np.asarray(rows, dtype=np.float32)
    if not len(times):
        return lean(times, rows)
    return inked(times, rows) if len(times) > MOST_SPIKES else (times, rows)


def inked(times: Column, rows: Column) -> tuple[Column, Column]:
    """Return the middles of the pixels of a crowded raster that hold spikes, in order of time."""
    first, last = float(rows.min()), float(rows.max())
    bands = int(min(BANDS, last - first + 1.0))
    height, start = (last - first + 1.0) / bands, float(times.min())
    width = max(float(np.ptp(times)), 1e-30) / (PIXELS - 1)
    column = np.rint((times - start) / width).astype(np.int64)
    band = np.minimum(((rows - first + 0.5) / height).astype(np.int64), bands - 1)
    ink = np.zeros((PIXELS, bands), dtype=bool)
    ink[column, band] = True
    at, up = np.nonzero(ink)
    return ((start + width * at).astype(np.float32), (first - 0.5 + height * (up + 0.5)).astype(np.float32))


def ticks(times: Any, rows: Any) -> tuple[Column, Column]:
    """Return a raster as one line broken by NaN: a tick for each spike."""
    times, rows = np.asarray(times, dtype=np.float32), np.asarray(rows, dtype=np.float32)
    x = np.full((len(times), 3), np.nan, dtype=np.float32)
    y = np.full((len(times), 3), np.nan, dtype=np.float32)
    x[:, :2] = times[:, None]
    y[:, 0], y[:, 1] = rows - TICK, rows + TICK
    return x.ravel(), y.ravel()
