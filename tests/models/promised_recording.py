"""What the page that places recordings on the diagram promises."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.inversion.features import HIGHEST, LOWEST, NAMES, WINDOW
from ncm_app.numerics.inversion.library import FALSE_ALARM
from ncm_app.studies.plots import measures, run_or_perform, told
from tests.models.promises import Promise, measured, theory


def error(snapshot):
    """Return the standard deviation of the chosen window's input, Hz."""
    return next(m.error for m in measures(snapshot) if m.name == "p here")


def fits_nowhere(snapshot):
    return "no region of the model fits" in told(snapshot) and measured(snapshot, "windows that fit") == 0.0


def says(snapshot, words):
    return words in told(snapshot)


def other_way_back(q):
    """Tell whether the drift is low at first, and at the high rest at inputs below 90 Hz at the end."""
    placed = run_or_perform(q()).placed
    late = placed.region[len(placed.p) // 2:][placed.p[len(placed.p) // 2:] < 85.0]
    return placed.region[0] == 0 and np.count_nonzero(late == 3) > 3


PROMISES = (
    Promise("recording_place", "In Drift through all regions, set", {
        "large slow spikes": lambda q: says(q(at=160.0), "at 160 s spikes"),
        "within 2 Hz of the true one": lambda q: abs(measured(q(at=160.0), "p here") - theory(q(at=160.0), "p here"))
            < 2.0}),
    Promise("recording_place", "In Drift through all regions, compare", {
        "about the same input": lambda q: abs(theory(q(at=96.0), "p here") - theory(q(at=672.0), "p here")) < 10.0,
        "low rest on the way up": lambda q: says(q(at=96.0), "at 96 s low rest"),
        "high rest on the way down": lambda q: says(q(at=672.0), "at 672 s high rest")}),
    Promise("recording_place", "In Alpha, raise", {
        "no rhythm as steady": lambda q: fits_nowhere(q(sigma=1.0)) and not fits_nowhere(q(sigma=0.5))}),
    Promise("recording_place", "Open your own EEG", {"most fit nowhere": None}),
    Promise("recording_place", "Six numbers of each window", {
        "Six numbers": lambda q: len(NAMES) == 6, "comes back another way": other_way_back}),
    Promise("recording_place", "Not in the book", {
        "Cooray, Rosch and Friston (2023)": None, "Jansen and Rit (1995)": None,
        "0.5 to 40 Hz": lambda q: (LOWEST, HIGHEST), "Windows last 8 s": lambda q: WINDOW / 1000.0,
        "one in a hundred": lambda q: FALSE_ALARM == 0.01}),
    Promise("recording_place", "The input rises slowly", {"a loop appears": other_way_back}),
    Promise("recording_place", "Weak noisy input", {
        "p is hardly known": lambda q: error(q()) > 30.0}, preset="Low rest"),
    Promise("recording_place", "Large slow spikes", {
        "no other region tells p as well": lambda q: all(error(q()) < 0.8 * error(q(recording=kind))
                                                         for kind in ("low rest", "alpha", "high rest"))},
            preset="Spikes"),
)
