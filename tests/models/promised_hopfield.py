"""What the page of the Hopfield network promises."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.learning import capacity
from ncm_app.studies.plots import perform
from tests.models.promises import Promise, measured, sentence

BARS = np.tile([1, 1, 1, 0, 0, 0, 0, 0, 1, 1], (10, 1))


def overlap(snapshot):
    return measured(snapshot, "overlap")


def energy(snapshot):
    return measured(snapshot, "energy per unit")


def units(snapshot):
    return perform(snapshot).stored.memories.size


def unstable_memories(snapshot):
    """Return how many memories have a unit that crosstalk turns."""
    memories = perform(snapshot).stored.memories
    return sum(bool((memories.inputs(xi) * xi < 0.0).any()) for xi in memories.xi.T.astype(float))


def kept_diagonal(snapshot):
    """Return which pixels have self-weights by the slip, and how large these are, times N."""
    memories = perform(snapshot).stored.memories
    own, xi = memories.self_weights() * memories.size, memories.xi[:, 0]
    return float(np.unique(xi[abs(own) > 1e-6])[0]), float(np.unique(own.round(6)).max())


def jump(q):
    below, above = (capacity.capacity_curve(784, (load,), 12, 1).mean[0] for load in (0.12, 0.2))
    return below > 0.97 and above < 0.5


PROMISES = (
    Promise("hopfield", "A 3 comes back", {
        "a tenth of its 784 pixels": lambda q: units(q()), "A 3": lambda q: q().p.digit,
        "comes back": lambda q: overlap(q()) == 1.0}, preset="Later Fig B.14"),
    Promise("hopfield", "Digits are too much alike", {
        "none of ten is stable": lambda q: unstable_memories(q()) == 10}, preset="Ten digits"),
    Promise("hopfield", "100 random patterns", {
        "100 random patterns among 784 units": lambda q: (q().p.P, units(q())),
        "below 0.138 N": lambda q: (capacity.ALPHA_C,), "a few wrong bits": lambda q: 0.9 < overlap(q()) < 1.0},
        preset="Capacity"),
    Promise("hopfield", "200 of them are far too many", {
        "200": lambda q: q().p.P, "leaves even the memory": lambda q: overlap(q()) < 0.6}, preset="Too many memories"),
    Promise("hopfield", "With 40 memories one", {
        "40 memories": lambda q: q().p.P, "recalled from a quarter of flips": lambda q: overlap(q()) > 0.99,
        "no longer from two fifths": lambda q: overlap(q(flips=0.4)) < 0.9}, preset="Basin"),
    Promise("hopfield", "Synchronous updates from half", {
        "all 784 units turn": lambda q: (len(perform(q()).run.cycle()),)}, preset="All at once"),
    Promise("hopfield", "Each update lowers", {
        "the state ends in a minimum": lambda q: perform(q()).restless == 0,
        "lowers the energy or leaves it": lambda q: bool((perform(q()).run.gains < 0.0).all()),
        "about 0.138 N": lambda q: (capacity.ALPHA_C,), "falls at once": jump}, preset="Later Fig B.14"),
    Promise("hopfield", "In Later Fig B.14, raise flips", {
        "the inverse is recalled": lambda q: overlap(q(flips=0.6)) == -1.0,
        "as low in energy": lambda q: abs(energy(q(flips=0.6)) - energy(q())) < 1e-12}),
    Promise("hopfield", "In Capacity, raise P", {
        "less than half of the overlap is left": lambda q: overlap(q(P=160)) < 0.5 < overlap(q())}),
    Promise("hopfield", "In All at once, set order", {
        "the state settles": lambda q: perform(q(order="random")).restless == 0,
        "in the memory or its inverse": lambda q: abs(overlap(q(order="random"))) == 1.0}),
    Promise("hopfield", "In Letters, set start", {
        "the N is recalled": lambda q: sentence(q(start="drawn", S_0=BARS.ravel())) == "Settled in memory 3."}),
    Promise("hopfield", "The draft has only the heading. Later versions store a 3", {
        "flip 77 of them": lambda q: (np.count_nonzero(perform(q(steps=0)).run.S != perform(q()).run.S),),
        "a 3 of 28 x 28 pixels": lambda q: (q().p.digit, q().p.side, q().p.side),
        "an overlap of 0.997": lambda q: 1.0 - 2.0 / units(q()), "5,500 updates": lambda q: q().p.updates,
        "factor 1/2": None,
        "pixels at -1 keep self-weights of 2 / N": lambda q: kept_diagonal(q(self_weights="as in the notebook")),
        "recalls the same": lambda q: overlap(q(self_weights="as in the notebook")) == overlap(q())},
        preset="Later Fig B.14"),
)
