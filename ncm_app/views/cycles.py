"""Limit cycles in a bifurcation diagram: their extremes, the band between, labelled points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ncm_app.core.symbols import Symbols
from ncm_app.numerics.codes import CYCLES, row, rows_of
from ncm_app.numerics.results import Array, CycleBranch, SpecialPoint
from ncm_app.views import style
from ncm_app.views.columns import NO_LABELS, Columns, joined, scattered
from ncm_app.views.labels import codes_at, codes_layer
from ncm_app.views.layer import Layer, special_layer
from ncm_app.views.probes import complex_numbers, thinned


def cycle_codes(states: int) -> list[str]:
    """Return the codes of the labelled cycles that a smooth model with so many states can have."""
    return [row.code for row in rows_of(CYCLES) if row.possible(states, resets=False)]


def cycle_layers(states: int) -> list[Layer]:
    """Return the band, the extremes of stable and unstable cycles, and their labelled points."""
    hue = style.CYCLE_HUE
    return [Layer("cycle band", kind="area", look={"color": hue, "alpha": 0.13}),
            Layer("stable cycle", label="stable cycle", look={"color": hue, "line_width": 2.4}, fleeting=True),
            Layer("unstable cycle", label="unstable cycle", look={"color": hue, "line_width": 1.8,
                                                                  "line_dash": "dashed"}, fleeting=True),
            *[special_layer(f"cycle {code}", code) for code in cycle_codes(states)],
            codes_layer("cycle codes"), Layer("cycle probes", kind="probes")]


def cycle_columns(branches: Sequence[CycleBranch], parameter: str, index: int, scale: float,
                  states: int, symbols: Symbols) -> Columns:
    """Return the columns of all these layers; `symbols` say how the parameter is written."""
    bands: list[tuple[Array, Array]] = []
    lines: dict[bool, list[tuple[Array, Array]]] = {True: [], False: []}
    for branch in branches:
        for stable, part in branch.stretches():
            x, low, high = branch.parameter[part], branch.low[index][part] * scale, branch.high[index][part] * scale
            lines[stable] += [(x, low), (x, high)]
            if stable:
                bands.append((np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]])))
    points = [(q, float(q.parameters[parameter]), top(branch, q, index) * scale)
              for branch in branches for q in branch.points]
    columns: Columns = {"cycle band": joined(bands), "stable cycle": joined(lines[True]),
                        "unstable cycle": joined(lines[False])}
    for code in cycle_codes(states):
        columns[f"cycle {code}"] = scattered([(x, y) for q, x, y in points if q.code == code])
    columns["cycle codes"] = codes_at([(q.code, x, y) for q, x, y in points])
    columns["cycle probes"] = _probes(branches, symbols.text(parameter), index, scale)
    return columns


def top(branch: CycleBranch, point: SpecialPoint, index: int) -> float:
    """Return the highest value of a state on a labelled cycle."""
    if index == 0 or np.isinf(point.period):
        return float(point.state[index])
    (value,) = point.parameters.values()
    near = np.hypot((branch.parameter - value) / max(float(np.ptp(branch.parameter)), 1e-300),
                    (branch.high[0] - point.state[0]) / max(float(np.ptp(branch.high[0])), 1e-300))
    return float(branch.high[index][int(np.argmin(near))])


def _probes(branches: Sequence[CycleBranch], shown: str, index: int, scale: float) -> tuple[object, ...]:
    """Return places along the maxima with what a pointer there is told."""
    places, texts = [], []
    for branch in branches:
        for k in thinned(branch.parameter, branch.high[index]):
            places.append((float(branch.parameter[k]), float(branch.high[index][k]) * scale))
            kind = "stable" if branch.stable[k] else "unstable"
            others = complex_numbers(branch.multipliers[1:, k])
            texts.append(f"{kind} cycle at {shown} = {branch.parameter[k]:.5g}: period {branch.period[k]:.4g} ms, "
                         f"multiplier{'s' * (len(branch.multipliers) > 2)} {others}")
        for q in branch.points:
            (value,) = q.parameters.values()
            places.append((float(value), top(branch, q, index) * scale))
            texts.append(f"{row(CYCLES, q.code).name} ({q.code}) at {shown} = {value:.5g}")
    return (*scattered(places), texts) if places else NO_LABELS
