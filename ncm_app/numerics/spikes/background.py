"""Many Poisson inputs together: their spikes, and the conductances and potentials that these make.

Everything is per synapse kind: rates add up, so K inputs of rate r are one of rate K r. The theory is
that of shot noise (Campbell), to second order in the fluctuations (Richardson and Gerstner 2005).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.numerics.noise import hash_uniform
from ncm_app.numerics.result import Array
from ncm_app.numerics.spikes.poisson import poisson_quantiles

CELL = 1.0
"""Length of the cells (ms) in which spikes are drawn, whatever the step of the run."""
MOST = 10_000
"""Spikes per cell for which random numbers are kept apart."""


def pooled_times(rate: float, end: float, seed: int, stream: int = 0) -> Array:
    """Return the times (k,) up to `end` ms of a Poisson process of `rate` 1/ms, sorted.

    A higher rate adds spikes and moves none; neither the time step nor `end` moves any.
    """
    cells = np.arange(int(np.ceil(end / CELL)))
    counts = poisson_quantiles(rate * CELL, hash_uniform(seed, 2 * stream, cells))
    own = np.repeat(cells, counts)
    rank = np.arange(len(own)) - np.repeat(np.cumsum(counts) - counts, counts)
    times = np.sort(CELL * (own + hash_uniform(seed, 2 * stream + 1, own * MOST + rank)))
    return np.asarray(times[times < end])


class Bombardment(NamedTuple):
    """Poisson input of one kind: spikes per ms, weight (ms), decay time (ms) and reversal potential (mV)."""

    rate: float
    J: float
    tau: float
    E: float

    @property
    def mean(self) -> float:
        """Mean conductance, as a multiple of the leak."""
        return self.rate * self.J


class Potential(NamedTuple):
    """What theory says of V (mV): the mean, its small shift by the fluctuations, SDs, and the time constant (ms).

    `level` neglects the fluctuations, `mean` does not; `error` is the SD over seeds of the average over a run.
    """

    level: float
    mean: float
    sd: float
    tau: float
    error: float


def fluctuation(inputs: tuple[Bombardment, ...], level: float, total: float, tau_m: float) -> float:
    """Return the SD (mV) of a linear membrane `total` times as leaky whose currents are those at `level` mV."""
    variance = sum((one.J * (one.E - level) / total) ** 2 * one.rate / (2.0 * (tau_m / total + one.tau))
                   for one in inputs)
    return float(np.sqrt(variance))


def potential(inputs: tuple[Bombardment, ...], rest: float, tau_m: float, duration: float) -> Potential:
    """Return the stationary potential of a cell that rests at `rest` mV without input."""
    total = 1.0 + sum(one.mean for one in inputs)
    level, tau = (rest + sum(one.mean * one.E for one in inputs)) / total, tau_m / total
    pulls = [one.J * (one.E - level) / total for one in inputs]  # area under a spike's potential, mV ms
    shift = sum(pull * one.rate * one.J / (2.0 * (tau + one.tau)) for pull, one in zip(pulls, inputs, strict=True))
    slow = sum(pull**2 * one.rate for pull, one in zip(pulls, inputs, strict=True))
    return Potential(level, level - shift / total, fluctuation(inputs, level, total, tau_m), tau,
                     float(np.sqrt(slow / duration)))


def single(J: float, tau: float, tau_m: float, times: Array, load: float = 0.0) -> Array:
    """Return the potential (m,) at times (m,) after a spike of a conductance, per mV of driving force.

    J and the time constants in ms; `load` is a constant conductance beside it. The equation is linear in V:
    with A = int (1 + load + g) / tau_m dt it is e^-A int e^A g / tau_m dt.
    """
    g, decay = J / tau, np.exp(-times / tau)
    A = ((1.0 + load) * times + J * (1.0 - decay)) / tau_m
    drive = np.exp(A) * g * decay / tau_m
    return np.asarray(np.exp(-A) * np.concatenate(([0.0], np.cumsum((drive[1:] + drive[:-1]) * np.diff(times) / 2.0))))
