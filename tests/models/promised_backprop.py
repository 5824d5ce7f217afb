"""What the page of a network with a hidden layer promises."""

from __future__ import annotations

import math

import numpy as np

from ncm_app.models.learning._backprop_plots import plane
from ncm_app.studies.learning import learn
from tests.models.promises import Promise, measured, theory


def settles(snapshot):
    """Tell whether the loss ends where no line parts the classes: at the log of 2, with the best that there is."""
    return abs(measured(snapshot, "loss") - math.log(2.0)) < 1e-4


def angles(q):
    """Return the angles (deg) at the start, from several seeds."""
    return [learn(q("Digits, feedback alignment", seed=seed, steps=0)).now["angle"] for seed in range(1, 6)]


def lines(snapshot):
    return int(np.isnan(plane(learn(snapshot), snapshot.p)["units"][0]).sum())


def drops(snapshot):
    """Tell whether a run that was above its bound at first ends far below its start."""
    start = learn(snapshot.changed(steps=0))
    return start.now["bound"] < snapshot.p.eps and measured(snapshot, "loss") < 0.1 * start.now["loss"]


PROMISES = (
    Promise("backprop", "Each hidden unit draws", {
        "Each hidden unit draws a line": lambda q: lines(q("Two moons")) <= q("Two moons").p.N_1,
        "below 2 / lambda_max": lambda q: settles(q("XOR, one layer", eps=1.7)) and not settles(
            q("XOR, one layer", eps=1.8)),
        "about 90°": lambda q: round(np.mean(angles(q)), -1)}),
    Promise("backprop", "In XOR, hidden layer, set seed", {
        "53.5 %": lambda q: measured(q(seed=4), "accuracy")}),
    Promise("backprop", "In XOR, one layer, raise eps", {
        "above 2 / lambda_max = 1.73": lambda q: (2, theory(q(eps=0.5), "eps")),
        "no longer settles": lambda q: settles(q(eps=0.5)) and not settles(q(eps=1.8))}),
    Promise("backprop", "In A rate too high, set f", {
        "above its bound too, yet the loss finds a flatter place": lambda q: drops(q(f="tanh"))}),
    Promise("backprop", "In Digits, feedback alignment, set credit", {
        "80 %": lambda q: measured(q(credit="output layer only"), "accuracy on test"),
        "91 %": lambda q: measured(q(), "accuracy on test")}),
    Promise("backprop", "Above 2 / lambda_max a step", {
        "Above 2 / lambda_max a step overshoots": lambda q: theory(q(steps=0), "eps") < q().p.eps,
        "the loss runs away": lambda q: bool(learn(q()).failed)}),
    Promise("backprop", "The draft has only", {
        "Eq. 4.10": None, "section 4.3": None, "B.11": None, "answer of 2016": None}),
)

