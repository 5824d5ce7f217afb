"""What the page of slow drift measures and says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ncm_app.core.model import Measure
from ncm_app.models.masses._drift_runs import (
    BURSTS,
    LAGS,
    LOOP,
    MICROCIRCUIT,
    NOISE,
    Answer,
    case_of,
    hopf_of,
    slow_of,
)
from ncm_app.numerics.amplitude.landscape import fold
from ncm_app.numerics.drift.bursts import hopf_gain, least_k
from ncm_app.numerics.drift.lags import hopf_lag
from ncm_app.numerics.drift.states import HIGH, NAMES, REST, RHYTHM, SPIKES, Transition, occupancy
from ncm_app.numerics.results.base import Array

PARTS = 12  # of a run, between which shares of time are compared
PLAIN = 1e-9


def name_of(state: int, p: Any) -> str:
    """Return the name of a state: the column has two rests, what else there is has one."""
    return "rest" if case_of(p) in (LOOP, BURSTS) and state in (REST, HIGH) else NAMES[state]


def changes_by_name(answer: Answer, p: Any) -> dict[str, Transition]:
    """Return the changes by the state to which they lead, and the way; of those that come several times the last."""
    return {f"{name_of(c.after, p)}, {'up' if c.rising else 'down'}": c for c in answer.changes}


def parts_of(answer: Answer) -> tuple[Array, Array]:
    """Return shares of time (4,) and switches per s, together (5,), and standard errors from parts of the run."""
    windows, rows = answer.windows, []
    for part in np.array_split(np.arange(len(windows.t)), min(PARTS, max(len(windows.t) // 2, 1))):
        state = windows.state[part]
        lasting = max(float(windows.t[part[-1]] - windows.t[part[0]]), PLAIN)
        rows.append([*np.bincount(state, minlength=4) / len(state), np.count_nonzero(np.diff(state)) / lasting])
    shares, switches = occupancy(windows)
    found = np.array(rows)
    errors = found.std(axis=0, ddof=1) / math.sqrt(len(found)) if len(found) > 1 else np.full(5, np.nan)
    return np.append(shares, switches), errors


def measured(answer: Answer, p: Any) -> tuple[Measure, ...]:
    """The numbers of the case, beside those without drift or those of theory."""
    case = case_of(p)
    if case == BURSTS:
        return _of_bursts(answer, p)
    if case == NOISE:
        values, errors = parts_of(answer)
        return tuple(Measure(name, float(values[k]), unit, error=float(errors[k]))
                     for name, k, unit in (("time in the low rest", REST, "1"), ("time in the rhythm", RHYTHM, "1"),
                                           ("time in spikes", SPIKES, "1"), ("switches", 4, "1/s")))
    if case == LAGS:
        return tuple(_of_lags(answer, p))
    unit, static = "1" if case == LOOP else "Hz", answer.static
    found = [Measure(name, change.parameter, unit, theory=_or_none(static.of(change)), theory_name="without drift")
             for name, change in changes_by_name(answer, p).items()]
    if case == LOOP:
        return (*found, Measure("expected lag", loop_lag(p)))
    return tuple(found)


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def slope_of(rates: Array, lags: Array) -> float:
    """Return the power of the rate with which a lag grows, NaN for too few."""
    good = np.isfinite(lags) & (lags > 0.0)
    return float(np.polyfit(np.log(rates[good]), np.log(lags[good]), 1)[0]) if good.sum() > 2 else math.nan


def _of_lags(answer: Answer, p: Any) -> list[Measure]:
    lags = answer.lags
    if lags is None:
        return []
    k = int(np.argmin(np.abs(lags.rates - p.rate)))
    rows = (("saddle-node", lags.node, lags.node_theory, 2.0 / 3.0, "Airy"),
            ("Hopf point", lags.hopf, lags.hopf_theory, 0.5, "root of rate / mu'"))
    found = []
    for name, values, theory, power, whose in rows:
        if math.isfinite(values[k]):
            found.append(Measure(f"lag behind the {name}", float(values[k]), "Hz", theory=float(theory[k]),
                                 theory_name=whose))
        if math.isfinite(slope := slope_of(lags.rates, values)):
            found.append(Measure(f"power at the {name}", slope, theory=power))
    return found


def _of_bursts(answer: Answer, p: Any) -> tuple[Measure, ...]:
    slow, bursts, average = slow_of(p), answer.bursts, answer.average
    assert bursts is not None and average is not None
    found = [Measure("bursts", len(bursts.first), theory=float(len(average.first)), theory_name="averaged")]
    for name, own, mean in (("G at onset", bursts.onsets, average.onsets),
                            ("G at offset", bursts.offsets, average.offsets)):
        if len(own):
            found.append(Measure(name, float(own.mean()), theory=float(mean.mean()) if len(mean) else None,
                                 theory_name="averaged"))
    found += [Measure("time in bursts", bursts.duty, theory=average.duty, theory_name="averaged"),
              Measure("G at the Hopf point", hopf_gain(slow))]
    if math.isfinite(least_k(slow)):
        found += [Measure("G at the fold", fold(slow.th, slow.rho)[0]), Measure("least k", least_k(slow))]
    return tuple(found)


# Sentences --------------------------------------------------------------------------------------

def _number(value: float, case: str) -> str:
    return f"{value:.3f}" if case == LOOP else f"{value:.1f}"


def loop_lag(p: Any) -> float:
    """Return the lag that is expected behind the Hopf point of the microcircuit."""
    return float(hopf_lag(p.rate_g, hopf_of(MICROCIRCUIT)[1]))


def _way(answer: Answer, p: Any, rising: bool) -> str:
    """Return what the run tells of one direction: each change with the value, and without drift in brackets."""
    case, parts = case_of(p), []
    for change in changes_by_name(answer, p).values():
        if change.rising != rising:
            continue
        still = answer.static.of(change)
        beside = f" ({still:.{3 if case == LOOP else 2}f})" if math.isfinite(still) else ""
        parts.append(f"{name_of(change.after, p)} from {_number(change.parameter, case)}{beside}")
    return ("up: " if rising else "down: ") + ", ".join(parts) if parts else ""


def told(answer: Answer, p: Any) -> str:
    """Return what happens in one sentence."""
    case = case_of(p)
    if case == BURSTS:
        return _told_of_bursts(answer, p)
    if case == NOISE:
        shares, switches = occupancy(answer.windows)
        return (f"p stays at {p.p:g} Hz: {100 * shares[REST]:.3g} % low rest, {100 * shares[RHYTHM]:.3g} % rhythm, "
                f"{100 * shares[SPIKES]:.3g} % spikes; {switches:.3g} switches per s")
    if case == LAGS:
        return _told_of_lags(answer, p)
    start, end, rate = (p.g_from, p.g_to, p.rate_g) if case == LOOP else (p.p_from, p.p_to, p.rate)
    if start == end:
        return f"begin and end are both {start:g}: nothing drifts"
    ways = [way for way in (_way(answer, p, start < end), _way(answer, p, start > end)) if way]
    what = f"{rate:g} {'per s' if case == LOOP else 'Hz per s'}"
    if not ways:
        return f"at {what} the run stays in one state, {name_of(int(answer.windows.state[0]), p)}"
    lag = f"; lags of about {loop_lag(p):.2g} are expected" if case == LOOP else ""
    return f"{what}, {'; '.join(ways)}; without drift in brackets" + lag


def _told_of_lags(answer: Answer, p: Any) -> str:
    lags = answer.lags
    assert lags is not None
    k = int(np.argmin(np.abs(lags.rates - p.rate)))
    rows = (("saddle-node", "left", lags.node, lags.node_theory, "2/3"),
            ("Hopf point", "followed", lags.hopf, lags.hopf_theory, "1/2"))
    parts = []
    for name, verb, found, theory, power in rows:
        slope = slope_of(lags.rates, found)
        late = f"{found[k]:.3g} Hz late (theory {theory[k]:.3g})" if math.isfinite(found[k]) else "not in this run"
        grows = f", as rate to the power {slope:.3f} ({power})" if math.isfinite(slope) else ""
        parts.append(f"the {name} is {verb} {late}{grows}")
    return f"at {p.rate:g} Hz per s " + "; ".join(parts)


def _told_of_bursts(answer: Answer, p: Any) -> str:
    slow, bursts = slow_of(p), answer.bursts
    assert bursts is not None
    needed, G_H = least_k(slow), hopf_gain(slow)
    if math.isnan(needed):
        return f"the Hopf point at G = {G_H:.4g} is supercritical: rest and rhythm never coexist, and no burst is made"
    G_F, R_F = fold(slow.th, slow.rho)
    bound = f"(G_0 - G) / R² at the fold of cycles, ({slow.G_0:g} - {G_F:.3g}) / {R_F:.3g}² = {needed:.3g}"
    if slow.G_0 < G_H:
        begin = f"G_0 = {slow.G_0:g} lies below the Hopf point, {G_H:.4g}: rest is stable"
        return f"{begin}, and noise alone begins a burst ({len(bursts.first)} so far)"
    if slow.k <= needed:
        ends = f"; noise has ended it ({len(bursts.last)} so far)" if bursts.last else " and does not end"
        return f"k = {slow.k:g} is at most {bound}: the rhythm holds its gain above the fold{ends}"
    count = f"{len(bursts.first)} bursts" if len(bursts.first) != 1 else "one burst"
    ways = (f", from G = {bursts.onsets.mean():.3g} to {bursts.offsets.mean():.3g}"
            if len(bursts.onsets) and len(bursts.offsets) else "")
    return (f"{count} by themselves{ways}, {100 * bursts.duty:.3g} % of the time: k = {slow.k:g} exceeds {bound}")


def idle(answer: Answer, p: Any) -> tuple[str, ...]:
    """Return the seed where no noise is drawn."""
    noise = p.s_0 if case_of(p) == BURSTS else p.sigma
    return ("seed",) if noise == 0.0 else ()
