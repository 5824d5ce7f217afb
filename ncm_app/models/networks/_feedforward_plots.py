"""Quenched against temporal variability in a feedforward network (section 3.1, Ex 3.1.1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.models.networks._answer import NetworkAnswer
from ncm_app.models.networks._theory import Curve
from ncm_app.models.rates._f_i_curve import f
from ncm_app.numerics.networks.spec import Projection, Source
from ncm_app.numerics.networks.statistics import UNKNOWN, Estimate, cell_rates
from ncm_app.numerics.networks.topology import targets_of
from ncm_app.numerics.results.base import Array

SHORTEST = 20.0
"""Shortest time over which a mean is drawn, ms."""


def excitation(answer: NetworkAnswer) -> tuple[Projection, Source]:
    """Return the excitatory projection and its source."""
    projection = answer.network.projections[0]
    return projection, answer.network.sources[0]


def mean_excitation(answer: NetworkAnswer) -> float:
    """Return N_e p_e j_e r_e, mV (Eq. 3.2)."""
    projection, source = excitation(answer)
    return source.size * projection.probability * projection.weight * source.rate_hz / 1000.0


def deviation_of_mean(answer: NetworkAnswer, cells: float, length: Array) -> Array:
    """Return the SD (mV) over networks and spikes of I_e averaged over `cells` cells and `length` ms.

    The part of the connections falls with the cells alone, that of the spikes with time alone: what cells share
    of their sources, p^2, no number of cells averages out.
    """
    projection, source = excitation(answer)
    r, p = source.rate_hz / 1000.0, projection.probability
    quenched = p * (1.0 - p) * r**2 / cells
    temporal = (p * (1.0 - p) / cells + p**2) * r / length
    return np.asarray(abs(projection.weight) * np.sqrt(source.size * (quenched + temporal)))


def averages(answer: NetworkAnswer, ends: Array) -> tuple[Array, Array]:
    """Return I_e averaged up to each of the times `ends` (m,) ms, of the first cell and of all, (m,) and (m,) mV."""
    projection, source = excitation(answer)
    size, run = answer.size_of(projection.target), answer.run
    found = targets_of(answer.network, projection, answer.seed)
    number, first = np.diff(found.first), np.zeros(source.size, dtype=bool)
    first[found.sources[found.cells == 0]] = True
    inside = run.input_cells < source.size  # excitatory sources are counted first
    times, cells = run.input_times[inside], run.input_cells[inside]
    reach = np.searchsorted(times, ends, side="right")
    one = np.concatenate([[0], np.cumsum(first[cells])])[reach]
    every = np.concatenate([[0], np.cumsum(number[cells])])[reach] / max(size, 1)
    return projection.weight * one / ends, projection.weight * every / ends


def estimates(answer: NetworkAnswer, p: Any) -> dict[str, tuple[Any, ...]]:
    """Draw the mean of I_e over ever longer times, of one cell and of all, and how far theory lets both stray."""
    size, end = answer.size_of("post"), answer.run.t_end
    if not size or end <= SHORTEST:
        return {}
    ends, mean = np.geomspace(SHORTEST, end, 60), mean_excitation(answer)
    one, every = averages(answer, ends)
    spread = {"band_one": deviation_of_mean(answer, 1.0, ends), "band_all": deviation_of_mean(answer, size, ends)}
    return {**{name: (ends, mean - sd, mean + sd) for name, sd in spread.items()},
            "one": (ends, one), "all": (ends, every), "mean": (ends[[0, -1]], [mean, mean])}


def lasting_deviation(answer: NetworkAnswer) -> Estimate:
    """Return the SD over cells of what lasts of their rates, Hz: that which both halves of the run share."""
    times, cells = answer.spikes["post"]
    size, middle = answer.size_of("post"), answer.start + answer.length / 2.0
    if size < 3:
        return UNKNOWN
    late = times >= middle
    halves = np.array([cell_rates(cells[part], size, answer.length / 2.0) for part in (~late, late)])
    covariance = np.cov(halves)
    shared = float(covariance[0, 1])
    if shared <= 0.0:
        return UNKNOWN
    scatter = float(np.sqrt((covariance[0, 0] * covariance[1, 1] + shared**2) / (size - 1)))
    return Estimate(float(np.sqrt(shared)), scatter / (2.0 * float(np.sqrt(shared))))


def expected_deviation(answer: NetworkAnswer, p: Any) -> float:
    """Return the SD (Hz) over cells of f at the mean input of each, whose numbers of synapses are binomial."""
    variance, mean = 0.0, 0.0
    for projection in answer.network.projections:
        source = answer.network.part(projection.source)
        assert isinstance(source, Source)
        each = projection.weight * source.rate_hz / 1000.0
        mean += source.size * projection.probability * each
        variance += source.size * projection.probability * (1.0 - projection.probability) * each**2
    places, weights = np.polynomial.hermite_e.hermegauss(60)
    rates = 1000.0 * f(mean + np.sqrt(variance) * places, Curve(p.g, p.theta))
    weights = weights / weights.sum()
    return float(np.sqrt(max(weights @ rates**2 - (weights @ rates) ** 2, 0.0)))
