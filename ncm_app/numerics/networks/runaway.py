"""Where the rates of a network run away, and which weight drives them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.numerics.networks.spec import Network, Population, RunSettings

WINDOW = 10.0
"""Length of the windows over which rates are compared with the cap, ms."""


def runaway(network: Network, settings: RunSettings, steps: Any, cells: Any, done: int) -> tuple[int, str]:
    """Return the step at which a population fires above the cap, and a sentence; (-1, "") if none does.

    `steps` (k,) and `cells` (k,) are the spikes of the first `done` steps. Whole windows from t = 0 on
    are looked at, so that it makes no difference how far the run got.
    """
    size = max(round(WINDOW / settings.dt), 1)
    windows = done // size
    if windows == 0:
        return -1, ""
    rates = np.zeros((len(network.populations), windows))
    for a, part in enumerate(network.populations):
        first = network.offsets[part.name]
        inside = (cells >= first) & (cells < first + part.size) & (steps < windows * size)
        found = np.bincount(steps[inside] // size, minlength=windows)
        rates[a] = 1000.0 * found / (size * settings.dt * max(part.size, 1))
    above = np.nonzero(np.any(rates > settings.cap_hz, axis=0))[0]
    if len(above) == 0:
        return -1, ""
    window = int(above[0])
    return (window + 1) * size, _sentence(network, settings, rates[:, window], (window + 1) * size * settings.dt)


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
