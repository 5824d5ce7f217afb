"""What a pointer is told on a curve: a few invisible points that carry a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results import Array

SPACING = 1 / 40
"""Distance of two probes along a curve, in parts of its width or height."""


def thinned(x: Array, y: Array) -> list[int]:
    """Return the indices of points along a curve that are some distance apart."""
    sizes = [max(float(np.ptp(line)), 1e-300) for line in (x, y)]
    steps = np.hypot(np.diff(x) / sizes[0], np.diff(y) / sizes[1])
    way = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.arange(0.0, way[-1] + SPACING, SPACING)
    return sorted({min(int(k), len(x) - 1) for k in np.searchsorted(way, wanted)})


def complex_numbers(values: Sequence[complex] | NDArray[np.complex128]) -> str:
    """Return complex numbers as text, conjugate pairs as one, at most four."""
    parts = []
    for value in sorted(values, key=lambda z: (-z.real, -z.imag)):
        if value.imag < -1e-12:
            continue
        pair = f" ± {value.imag:.3g}i" if value.imag > 1e-12 else ""
        parts.append(f"{value.real:.3g}{pair}")
    return ", ".join(parts[:4] + ["…"] * (len(parts) > 4)).replace("-", "−")
