"""What the page of slow drift promises."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.drift.states import WINDOW
from ncm_app.studies.plots import run_or_perform
from tests.models.promises import Promise, measured, theory

PROMISES = (
    Promise("slow_drift", "At a quarter of the rate", {
        "all changes come nearer to their bifurcations": lambda q: all(
            abs(measured(q(), name) - theory(q(), name)) < abs(measured(q(rate=4.0), name) - theory(q(), name))
            for name in ("spikes, up", "rhythm, up", "high rest, up", "rhythm, down", "high rest, down",
                         "low rest, down"))}),
    Promise("slow_drift", "A saddle-node is passed", {
        "by the rate to the power 2/3": lambda q: abs(measured(q(), "power at the saddle-node") - 2 / 3) < 0.015,
        "a Hopf point by its root": lambda q: abs(measured(q(), "power at the Hopf point") - 0.5) < 0.03}),
    Promise("slow_drift", "In Up and down, lower rate", {
        "the rhythm ends at 320 instead of 332 Hz, nearer to 315.7": lambda q: (
            measured(q(rate=1.0), "high rest, up"), measured(q(), "high rest, up"), theory(q(), "high rest, up"))}),
    Promise("slow_drift", "In Lag over the rate, raise rate", {
        "left 4.96 instead of 2.01 Hz late": lambda q: (measured(q(rate=16.0), "lag behind the saddle-node"),
                                                        measured(q(), "lag behind the saddle-node"))}),
    Promise("slow_drift", "In Itinerancy, raise sigma", {
        "spikes take most of the time": lambda q: measured(q(sigma=4.0), "time in spikes") > 0.8
        > 2.0 * measured(q(), "time in spikes")}),
    Promise("slow_drift", "In Bursts by themselves, lower k", {
        "the rhythm does not end any more": lambda q: not run_or_perform(q(k=1.2)).bursts.last
        and len(run_or_perform(q()).bursts.last) > 5}),
    Promise("slow_drift", "Not in the book", {
        "(2023)": None,
        "from windows of 0.8 s, so a change is good to 0.4 s": lambda q: (WINDOW, WINDOW / 2),
        "turns at 10 Hz": lambda q: rhythm_of(run_or_perform(q()).run)},
            preset="Bursts by themselves"),
)


def rhythm_of(run):
    """Return how often per s a signal rises through zero on average."""
    rises = np.flatnonzero((run.x[:-1] < 0.0) & (run.x[1:] >= 0.0))
    return round(float((len(rises) - 1) / (run.t[rises[-1]] - run.t[rises[0]])))
