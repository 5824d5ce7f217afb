"""Numbers and sentences of a network: what is measured, what theory says, how far and why they differ."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.model import Measure
from ncm_app.models.networks._answer import NetworkAnswer
from ncm_app.models.networks._theory import balanced, mean_field_rates
from ncm_app.numerics.networks.mean_field import NO_SOLUTION
from ncm_app.numerics.networks.spec import Network
from ncm_app.numerics.networks.statistics import mean_of
from ncm_app.numerics.results.base import Array, Status

FAR = 3.0
"""Errors beyond which a difference is no chance."""
RHYTHM = 0.1
"""Power for each cell of a population, in units of that of independent cells, from which on one speaks of a rhythm."""
STRONG, CLEAR = 10.0, 3.0
"""Power beside that which any rhythm has, and how many times that of slower changes it is."""
CYCLES = 4.0
"""Cycles of a rhythm at least that a spectrum has to hold."""
WIDE = 0.05
"""Error of a rate, as a share of it, from which on a run is called short."""
TOGETHER, VOLLEYS = 0.1, 0.3
"""Mean correlations from which on cells fire together, and nearly all at once."""


def too_many_synapses(network: Network, most: int) -> str:
    """Return a sentence where a network has more synapses than `most`, else ""."""
    count = sum(one.probability * network.part(one.source).size * network.part(one.target).size
                for one in network.projections)
    if count <= most:
        return ""
    return (f"this network would have {count / 1e6:.0f} million synapses, and a page holds {most / 1e6:.0f} million; "
            "choose fewer cells or a lower p")


class Expected(NamedTuple):
    """The rate of each population by some theory, (n,) Hz or None without one, and the name of the theory."""

    rates: Array | None
    name: str = "mean field"


def expected(answer: NetworkAnswer, p: Any) -> Expected:
    """Return the rates of mean-field theory."""
    solved = mean_field_rates(answer.network, p, answer.run.t_end)
    return Expected(1000.0 * solved.rates[0] if len(solved.rates) else None)


def measures(answer: NetworkAnswer, theory: Expected) -> tuple[Measure, ...]:
    """Return what is measured of each population that has cells, beside theory."""
    if not answer.is_measured or answer.status is not Status.OK:
        return ()
    limit = balanced(answer.network, answer.run.t_end)
    found: list[Measure] = []
    for k, name in enumerate(answer.run.names):
        if not answer.size_of(name):
            continue
        rate = answer.rates[name]
        by_theory = None if theory.rates is None or np.isnan(theory.rates[k]) else float(theory.rates[k])
        found.append(Measure(f"rate {name}", rate.value, "Hz", by_theory, error=rate.error, theory_name=theory.name))
        if np.isfinite(limit[k]) and not answer.is_plastic:
            found.append(Measure(f"rate {name} in balance", 1000.0 * float(limit[k]), "Hz"))
        irregular = mean_of(answer.variations[name])
        found.append(Measure(f"CV {name}", irregular.value, error=irregular.error, theory=1.0, theory_name="Poisson"))
        together = answer.correlations[name].mean
        found.append(Measure(f"correlation {name}", together.value, theory=0.0, error=together.error,
                             theory_name="independent"))
    found.append(Measure("rhythm", rhythm(answer), "Hz"))
    return tuple(one for one in found if np.isfinite(one.value))


def rate_told(value: float, error: float) -> str:
    """Return a rate (Hz) with its error in words."""
    digits = 0 if error >= 10.0 else 1 if error >= 0.1 else 2
    return f"{value:.{digits}f} ± {error:.{digits}f} Hz" if error > 0.0 else f"{value:.3g} Hz"


def rates_told(answer: NetworkAnswer) -> str:
    """Return the rates of all populations in words."""
    parts = [f"{name} {'fires ' * (k == 0)}at {rate_told(rate.value, rate.error)}"
             for k, (name, rate) in enumerate(answer.rates.items()) if np.isfinite(rate.value)]
    return ", ".join(parts)


def rhythm(answer: NetworkAnswer) -> float:
    """Return the frequency (Hz) of the rhythm that the population rates have, NaN for none."""
    strongest, shown = RHYTHM, float("nan")
    for name, found in answer.spectra.items():
        (frequency, power), size = found.peak, answer.size_of(name)
        slower = found.powers[found.frequencies < frequency / 2.0]
        if (power > STRONG + strongest * size and frequency * found.stretch > 1000.0 * CYCLES
                and power > CLEAR * np.median(slower)):
            strongest, shown = power / size, frequency
    return shown


def theory_told(answer: NetworkAnswer, p: Any) -> str:
    """Return how far mean-field theory is off, and why that is expected where it is beyond chance."""
    rates = expected(answer, p).rates
    if rates is None:
        return f"; {NO_SOLUTION}"
    theory = dict(zip(answer.run.names, rates, strict=True))
    known = {name: rate for name, rate in answer.rates.items() if np.isfinite(rate.value)}
    said = " and ".join(f"{theory[name]:.3g}" for name in known)
    off = [abs(rate.away_from(theory[name])) for name, rate in known.items()]
    largest = max((one for one in off if np.isfinite(one)), default=0.0)
    if largest <= FAR:
        wide = any(rate.error > WIDE * rate.value for rate in known.values())
        short = ", which are wide, as the run is short" if wide else ""
        return f"; the mean field, {said} Hz, is met within {FAR:.0f} errors{short}"
    return f"; the mean field, {said} Hz, is {largest:.0f} errors away, which is expected: {_why(answer)}"


def _why(answer: NetworkAnswer) -> str:
    """Return what mean-field theory leaves out that this network has."""
    recurrent = any(one.source in answer.network.offsets for one in answer.network.projections)
    if recurrent and np.isfinite(rhythm(answer)):
        return "it knows stationary rates only, and these cells fire in a rhythm"
    together = [found.mean.value for found in answer.correlations.values() if np.isfinite(found.mean.value)]
    if recurrent and max(together, default=0.0) > TOGETHER:
        return "it assumes no correlations, and these cells fire together"
    return "its f-I curve is that of one cell, under fluctuations and with parameters of its own"


def nothing_to_tell(answer: NetworkAnswer) -> str:
    """Return why there are no rates to tell of, "" if there are."""
    if answer.status is not Status.OK:
        return answer.run.sentence
    if not answer.network.size:
        return "this network has no cells"
    if not len(answer.run.times):
        return "no cell fires"
    if not answer.is_measured:
        return f"{len(answer.run.times)} spikes; the run is too short to measure rates"
    return ""


def _volleys(answer: NetworkAnswer) -> str:
    """Return that cells fire in volleys, where they do so in no rhythm that a run of this length shows."""
    together = max((found.mean.value for found in answer.correlations.values() if np.isfinite(found.mean.value)),
                   default=0.0)
    return f", in volleys of all together (correlation {together:.2g})" if together > VOLLEYS else ""


def told(answer: NetworkAnswer, p: Any) -> str:
    """Return what the network does in one sentence."""
    nothing = nothing_to_tell(answer)
    if nothing:
        return nothing
    beat = rhythm(answer)
    beaten = f", in a rhythm of {beat:.0f} Hz" if np.isfinite(beat) else _volleys(answer)
    return f"{rates_told(answer)}{beaten}{theory_told(answer, p)}"
