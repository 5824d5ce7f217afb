"""How does a cell with resets begin to fire? The law of its exact interval near the onset."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.numerics.onsets.scaling import fit_period, period_exponent
from ncm_app.numerics.results import Array, Diagram, Onset, Status
from ncm_app.numerics.runs.rates import interspike_interval
from ncm_app.numerics.system import System

GRID, ZOOMS = 257, 6
"""Values among which the onset is sought, and how often it is sought again between two of them."""

DECADES = np.linspace(-2.0, -6.0, 17)
"""Distances from the onset, in ranges of the parameter as powers of ten, at which the interval is fitted."""

CLEARLY, AGREES, AT_FOLD = 3.0, 0.1, 1e-6  # ratio of errors that decides; error of an exponent; distance of a fold


def onset_of_rate(system: System, diagram: Diagram, p: Any, field: str, low: float, high: float) -> Onset:
    """Name the onset of firing of a cell with one state and resets over a parameter.

    At a saddle-node between reset and threshold the interval grows like 1/sqrt(x) (SNIC);
    where a fixed point closes an end of the way from reset to threshold, like -ln(x), be it that
    it reaches the threshold, as in a leaky cell; if it does so just where a saddle-node would
    follow, like 1/sqrt(x) again.
    """
    def interval(values: Array) -> Array:
        return interspike_interval(system, p._replace(**{field: values}))

    edges = _locate(interval, low, high)
    if edges is None:
        return Onset("none", field, message=f"No onset of firing between {field} = {low:.4g} and {high:.4g}.")
    critical, toward = edges
    x = (high - low) * 10.0**DECADES
    values = critical + toward * x[(critical + toward * x >= low) & (critical + toward * x <= high)]
    periods = interval(values)
    exponent = period_exponent(values, periods, critical)
    errors = {law: fit_period(law, values, periods).error for law in ("SNIC", "homoclinic")}
    here = {q.code for q in diagram.points if abs(q.parameters[field] - critical) < AT_FOLD * (high - low)}
    at_fold, at_threshold = "LP" in here, "TH" in here and "LP" not in here
    first = float(values[-1])
    if at_threshold and abs(exponent + 0.5) < AGREES and errors["SNIC"] * CLEARLY < errors["homoclinic"]:
        said = (f"Onset of firing at {field} = {critical:.4g}: the fixed point reaches the threshold just where a "
                f"saddle-node would follow, and the interval grows like 1/√|{field} − {critical:.4g}|: class 1.")
        return Onset("fold at the threshold", field, critical, float("inf"), 1, exponent, message=said)
    if at_threshold and errors["homoclinic"] * CLEARLY < errors["SNIC"]:
        said = (f"Onset of firing at {field} = {critical:.4g}: the fixed point reaches the threshold, and the rate "
                f"rises like 1/|ln|{field} − {critical:.4g}||: class 1.")
        return Onset("rest reaches the threshold", field, critical, float("inf"), 1, exponent, message=said)
    if errors["homoclinic"] * CLEARLY < errors["SNIC"] and not at_fold:
        said = (f"Onset of firing at {field} = {critical:.4g}: a fixed point closes the way from reset to threshold, "
                f"and the interval grows like −ln|{field} − {critical:.4g}|: class 1.")
        return Onset("fixed point on the way", field, critical, float("inf"), 1, exponent, message=said)
    if errors["SNIC"] * CLEARLY < errors["homoclinic"] and at_fold and abs(exponent + 0.5) < AGREES:
        said = (f"Onset of firing at {field} = {critical:.4g}: SNIC, the interval grows like 1/√|{field} − "
                f"{critical:.4g}| (fitted exponent {exponent:.2f}): class 1.")
        return Onset("SNIC", field, critical, float("inf"), 1, exponent, message=said)
    said = (f"Onset of firing at {field} = {critical:.4g}, of uncertain type: the interval grows with exponent "
            f"{exponent:.2f}, and there is {'a' if at_fold else 'no'} saddle-node ({field} = {first:.6g} fires).")
    return Onset("uncertain", field, critical, exponent=exponent, status=Status.NOT_CONVERGED, message=said)


def _locate(interval: Any, low: float, high: float) -> tuple[float, float] | None:
    """Return where firing begins, as exactly as the intervals tell, and the direction in which it goes on."""
    values = np.linspace(low, high, GRID)
    for _ in range(ZOOMS):
        fires = np.isfinite(interval(values))
        changes = np.flatnonzero(fires[1:] != fires[:-1])
        if not len(changes):
            return None
        first = int(changes[0])
        toward = 1.0 if fires[first + 1] else -1.0
        values = np.linspace(values[first], values[first + 1], GRID)
    return float(values[GRID // 2]), toward
