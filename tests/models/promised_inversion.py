"""What the page of inversions promises."""

from __future__ import annotations

import numpy as np

from ncm_app.studies.plots import run_or_perform, told
from tests.models.promises import Promise, measured


def error_of(snapshot, name):
    """Return the standard deviation of an estimate."""
    answer = run_or_perform(snapshot)
    return float(answer.fitted.sd[answer.names.index(name)])


def branch_at(snapshot, p):
    """Return on which branch the window is whose input was nearest to a value."""
    answer = run_or_perform(snapshot)
    t, inputs = answer.explained["truth"]
    return "upper" if np.any(answer.explained["upper"][0] == t[np.abs(inputs - p).argmin()]) else "lower"


def window_of(snapshot):
    """Return how long a window is, in seconds."""
    t = run_or_perform(snapshot).explained["truth"][0]
    return float(t[1] - t[0])


def priors(*snapshots):
    """Return mean and standard deviation of each prior in turn."""
    answers = [run_or_perform(snapshot) for snapshot in snapshots]
    return np.ravel([(m, sd) for answer in answers
                     for m, sd in zip(answer.prior_mean, answer.prior_sd, strict=True)])


PROMISES = (
    Promise("inversion", "In One strength, raise n", {
        "four times the data": lambda q: (q(n=800).p.n / q().p.n) == 4.0,
        "half the SD of K": lambda q: 0.45 < error_of(q(n=800), "K") / error_of(q(), "K") < 0.55}),
    Promise("inversion", "In One strength, choose Kramers", {
        "from 5.57 to 33.4": lambda q: (measured(q(), "chi2"), measured(q(formula="Kramers"), "chi2")),
        "too large, 1.09": lambda q: measured(q(formula="Kramers"), "K")}),
    Promise("inversion", "In A bad start, raise begin", {
        "finds the rhythm, and the truth": lambda q: "nothing found" in told(q()) and bool(np.all(np.abs(
            (run_or_perform(q(begin=1.0)).fitted.estimate - run_or_perform(q(begin=1.0)).truth)
            / run_or_perform(q(begin=1.0)).fitted.sd) < 2.0))}),
    Promise("inversion", "In Along a ramp, choose down", {
        "alpha goes on where on the way up the low rest was": lambda q: branch_at(q(ramp="down"), 100.0) == "upper"
        and branch_at(q(), 100.0) == "lower"}),
    Promise("inversion", "Through all regions", {
        "window of 8 s": lambda q: window_of(q())}),
    Promise("inversion", "Four self-connections", {
        "the data tell one number": lambda q: measured(q(), "information 2") < 1e-6 < 1.0
        < measured(q(), "information 1")}),
    Promise("inversion", "Frequency and two harmonics of an EEG", {
        "three numbers, three parameters": lambda q: len(run_or_perform(q()).data.values)
        == len(run_or_perform(q()).names) == 3}),
    Promise("inversion", "Not in the book", {
        "(2023)": None, "rank one": lambda q: measured(q("Four connections"), "information 2") < 1e-6,
        "K 1 ± 0.5, b 5 ± 0.5": lambda q: priors(q("Strength and shape")),
        "g_i 0 ± 0.71": lambda q: priors(q("Four connections"))[:2],
        "p 220 ± 60 Hz, B 22 ± 2 mV, A 3.25 ± 0.2 mV": lambda q: priors(q("Alpha rhythm")),
        "g 4 ± 0.5, k 1 ± 0.15": lambda q: priors(q("Deep loop")),
        "0.05 Hz": lambda q: run_or_perform(q("Deep loop")).data.sd[0]}),
)
