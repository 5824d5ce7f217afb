"""What is read off a run of centre and surround."""

from __future__ import annotations

from typing import Any

from ncm_app.core.model import Measure

STEPS = range(2)  # of the options of the stimulus: those that come in two steps


def measured(run: Any, p: Any) -> tuple[Measure, ...]:
    """Rates of the centre and its inhibition at the end of either step, and how much the second takes off the first."""
    if p.stimulus not in STEPS or max(p.t_1, p.t_2) + p.d > run.t[-1]:
        return ()
    at = [run.y[:, abs(run.t - (start + p.d)).argmin()] for start in (p.t_1, p.t_2)]
    (first, _, before), (second, _, after) = at
    found = [Measure("r_c after the first step", float(1000.0 * first), "Hz"),
             Measure("r_c after the second", float(1000.0 * second), "Hz")]
    if first > 0.0:
        found.append(Measure("suppression", float(100.0 * (1.0 - second / first)), "%"))
    return (*found, Measure("inhibition of e, first", float(p.w_ei * before), "mV"),
            Measure("inhibition of e, second", float(p.w_ei * after), "mV"))
