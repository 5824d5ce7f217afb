"""Where the rates of a network run away, or a potential is lost, and which weight drives it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ncm_app.numerics.networks.spec import Network, Population, RunSettings
from ncm_app.numerics.results.base import Status

WINDOW = 10.0
"""Length of the windows over which rates are compared with the cap, ms."""


class Stop(NamedTuple):
    """Why a run ends early, and after how many steps."""

    step: int
    status: Status
    sentence: str


def runaway(network: Network, settings: RunSettings, counts: Any, first: int, taken: Any) -> Stop | None:
    """Return where a population fires above the cap, or a state is no number any more; None where neither is.

    `counts` (steps, populations) are the spikes, those from `first` on new; `taken` says how far they go and
    what is lost. Whole windows from t = 0 on are looked at, so that it makes no difference how far one goes at once.
    """
    size = max(round(WINDOW / settings.dt), 1)
    begin, end = first // size, taken.done // size
    found = counts[begin * size:end * size].reshape(end - begin, size, counts.shape[1]).sum(axis=1)
    sizes = np.array([max(part.size, 1) for part in network.populations])
    rates = 1000.0 * found / (size * settings.dt * sizes)
    above = np.nonzero(np.any(rates > settings.cap_hz, axis=1))[0]
    if len(above):
        step = (begin + int(above[0]) + 1) * size
        return Stop(step, Status.RUNAWAY, _sentence(network, settings, rates[above[0]], step * settings.dt))
    if taken.lost[0] >= 0:
        return Stop(taken.done, Status.DIVERGED, _lost_sentence(network, settings, taken))
    return None


def _sentence(network: Network, settings: RunSettings, rates: Any, t: float) -> str:
    """Say which population ran away, and which weight drives it most."""
    a = int(np.argmax(rates))
    fast = network.populations[a].name
    rate_of = {p.name: float(r) for p, r in zip(network.populations, rates, strict=True)}
    inputs = {}
    for p in network.projections:
        if p.target == fast:
            source = network.part(p.source)
            rate = rate_of[source.name] if isinstance(source, Population) else source.rate_at(t)
            inputs[p.source] = source.size * p.probability * p.weight * rate / 1000.0
    begun = (f"stopped at {t:.0f} ms: {fast} fires at {rates[a]:.0f} Hz on average, above the cap of "
             f"{settings.cap_hz:.0f} Hz")
    strongest = max(inputs, key=lambda name: inputs[name], default="")
    if not strongest or inputs[strongest] <= 0.0:
        return f"{begun}, driven by its own constant input"
    return f"{begun}; the weight from {strongest} to {fast} drives it most, with {inputs[strongest]:.0f} mV"


def _lost_sentence(network: Network, settings: RunSettings, taken: Any) -> str:
    """Say which cell left every bound, and under which weights."""
    part, cell = network.populations[taken.lost[0]], taken.lost[1]
    weights = {p.source: abs(p.weight) for p in network.projections if p.target == part.name}
    strongest = max(weights, key=lambda name: weights[name], default="")
    told = f"; the largest weight onto it is that from {strongest}" if strongest else ""
    return (f"stopped at {taken.done * settings.dt:.1f} ms: {part.cell.names[0]} of cell {cell} of {part.name} left "
            f"every bound{told}")
