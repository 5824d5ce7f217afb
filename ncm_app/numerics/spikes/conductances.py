"""Conductances that spikes open: the potential after one, and the mean and spread after many.

Everything is per synapse kind: rates add up, so K inputs of rate r are one of rate K r. The theory is
that of shot noise (Campbell), to second order in the fluctuations [Richardson2005].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ncm_app.numerics.results.base import Array


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


def error_of_sd(tau: float, tau_m: float, duration: float) -> float:
    """Return by what part the SD of a potential, estimated over a duration (ms), differs from seed to seed.

    `tau` is the decay time of the synapses and `tau_m` that of the membrane, ms: the integral of the squared
    autocorrelation (a e^(-s/a) - b e^(-s/b)) / (a - b), if the fluctuations are Gaussian.
    """
    return float(np.sqrt((tau**2 + 3.0 * tau * tau_m + tau_m**2) / (2.0 * (tau + tau_m) * duration)))


def single(J: float, tau: float, tau_m: float, times: Array, load: float = 0.0) -> Array:
    """Return the potential (m,) at times (m,) after a spike of a conductance, per mV of driving force.

    J and the time constants in ms; `load` is a constant conductance beside it. The equation is linear in V:
    with A = int (1 + load + g) / tau_m dt it is e^-A int e^A g / tau_m dt.
    """
    g, decay = J / tau, np.exp(-times / tau)
    A = ((1.0 + load) * times + J * (1.0 - decay)) / tau_m
    drive = np.exp(A) * g * decay / tau_m
    return np.asarray(np.exp(-A) * np.concatenate(([0.0], np.cumsum((drive[1:] + drive[:-1]) * np.diff(times) / 2.0))))
