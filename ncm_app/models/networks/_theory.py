"""What theory says of a network, from its facts alone: mean weights, mean-field rates, its linearised dynamics."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ncm_app.models.rates._f_i_curve import THRESHOLD_LINEAR, f
from ncm_app.numerics.networks.effective import Blocks
from ncm_app.numerics.networks.mean_field import MeanField, balanced_rates, mean_field
from ncm_app.numerics.networks.spec import Network
from ncm_app.numerics.results.base import Array


class Curve(NamedTuple):
    """The threshold-linear f-I curve: gain (kHz/mV) above theta (mV)."""

    g: float
    theta: float
    curve: int = THRESHOLD_LINEAR


def mean_weights(network: Network) -> Array:
    """Return w_ab = N_b p_ab j_ab between populations, (n, n) mV/kHz; the row says onto which."""
    return _over_pairs(network, lambda projection, size: size * projection.probability * projection.weight)


def _over_pairs(network: Network, value: Any) -> Array:
    names = list(network.offsets)
    found = np.zeros((len(names), len(names)))
    for projection in network.projections:
        if projection.source in network.offsets:
            place = names.index(projection.target), names.index(projection.source)
            found[place] = value(projection, network.part(projection.source).size)
    return found


def mean_inputs(network: Network, t: float = 0.0) -> Array:
    """Return the mean input (mV) that each population gets from the sources at time t (ms), (n,)."""
    names, found = list(network.offsets), np.zeros(len(network.offsets))
    for projection in network.projections:
        source = next((one for one in network.sources if one.name == projection.source), None)
        if source is not None:
            mean = source.size * projection.probability * projection.weight * source.rate_at(t) / 1000.0
            found[names.index(projection.target)] += mean
    return found


def mean_field_rates(network: Network, p: Any, t: float = 0.0) -> MeanField:
    """Return the stationary mean-field rates, kHz, under the input at time t (ms); `p` holds `g` and `theta`."""
    curve = Curve(p.g, p.theta)
    return mean_field(mean_weights(network), mean_inputs(network, t), lambda current: f(current, curve), p.g, p.theta)


def balanced(network: Network, t: float = 0.0) -> Array:
    """Return the rates (n,) kHz of the limit of strong weights, -W^-1 W_x r_x; NaN where there is no balance."""
    return balanced_rates(mean_weights(network), mean_inputs(network, t))


def linearised(network: Network, p: Any) -> Blocks:
    """Return the network linearised about its mean-field rates; where there are none every gain is `p.g`."""
    names, found = list(network.offsets), mean_field_rates(network, p)
    gains = found.gains[0] if len(found.gains) else np.full(len(names), p.g)
    taus = [next((one.tau for one in network.projections if one.source == name), 1.0) for name in names]
    return Blocks(np.array([network.part(name).size for name in names]), gains, np.array(taus),
                  _over_pairs(network, lambda projection, size: projection.weight),
                  _over_pairs(network, lambda projection, size: projection.probability))
