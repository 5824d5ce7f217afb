"""What the page of semi-stable states promises."""

from __future__ import annotations

import numpy as np

from ncm_app.numerics.amplitude.feedback import SigmoidOfPotential
from ncm_app.numerics.amplitude.landscape import stationary
from ncm_app.studies.plots import drawn_columns, run_or_perform, told
from tests.models.promises import Promise, measured, theory


def density_is_higher(q):
    """Tell whether the run is nearer to the density with the circle than to the one without."""
    p, run = q().p, run_or_perform(q())
    drawn = drawn_columns(q(), [plot.name for plot in q().model.plots].index("histogram"))
    assert len(drawn) == 3 and p.noise == 1
    return abs(run.above - theory(q(), "share in rhythm")) < abs(run.above - theory(plain(q), "share in rhythm")) / 5


def plain(q):
    return q("Polynomial", T=500.0)


SEMI_STABLE = (
    Promise("semi_stable_states", "The potential that is flat", {
        "amplitudes 0, 1 and 2": lambda q: (0.0, q().p.a_1, q().p.a_2)}),
    Promise("semi_stable_states", "The same potential, but", {
        "rest is left sooner": lambda q: theory(q("Noise on the oscillator", s=1.0, T=50.0), "Kramers at rest")
        < 0.5 * theory(q("Polynomial", s=1.0, T=50.0), "Kramers at rest")}),
    Promise("semi_stable_states", "A high barrier", {
        "592 for the time in the rhythm": lambda q: measured(q(), "Kramers in rhythm"),
        "the double integral 675": lambda q: theory(q(), "Kramers in rhythm")}),
    Promise("semi_stable_states", "In Rest and rhythm, raise G", {
        "three times as long": lambda q: 2.8 < theory(q(G=12.7), "Kramers in rhythm")
        / theory(q(G=12.2), "Kramers in rhythm") < 3.4}),
    Promise("semi_stable_states", "In Polynomial, choose noise", {
        "0.929 of the time is rhythm, not 0.748": lambda q: (theory(q(noise="on the oscillator", T=50.0),
                                                                    "share in rhythm"),
                                                             theory(q(T=50.0), "share in rhythm"))}),
    Promise("semi_stable_states", "In No second state, raise G", {
        "rest stays alone": lambda q: "rest alone" in told(q(G=20.0)) and not stationary(SigmoidOfPotential(20.0, 1.5)),
        "would have two states": lambda q: "parted at" in told(q(G=20.0, feedback="sigmoid of the current", T=50.0))}),
    Promise("semi_stable_states", "Averaged over a turn", {
        "too short where the barrier is not high": lambda q: measured(plain(q), "Kramers in rhythm")
        < 0.8 * theory(plain(q), "Kramers in rhythm")}),
    Promise("semi_stable_states", "Not in the book", {
        "(2023)": None, "2 pi R points": None,
        "exp(-2U/s²) into R exp(-2U/s²)": lambda q: density_is_higher(lambda *a, **k: q(*(a or NOISY), **k)),
        "10 Hz and eps = 0.02 one of them is 0.8 s": lambda q: (10.0, 0.02, 1.0 / (2 * np.pi * 10.0 * 0.02))},
        preset="Noise on the oscillator"),
)
NOISY = ("Noise on the oscillator",)


def miss(snapshot, order):
    """Return by how many per cent an order misses the first harmonic of the true cycle."""
    name = f"first harmonic, order {order}"
    return 100.0 * abs(measured(snapshot, name) / theory(snapshot, name) - 1.0)


def parting(snapshot):
    """Return by how much the amplitude of the oscillator and its average differ at most."""
    drawn = drawn_columns(snapshot, [plot.name for plot in snapshot.model.plots].index("transient"))
    (_, run), (_, averaged) = drawn["oscillator"], drawn["averaged"]
    return float(np.abs(np.asarray(run) - np.asarray(averaged)).max())


PERTURBATION = (
    Promise("perturbation", "Below 315.7 Hz", {
        "315.7 Hz": lambda q: measured(q(), "Hopf point"),
        "small and nearly sine": lambda q: measured(q(d=1.0), "first harmonic, order 6") < 0.3}),
    Promise("perturbation", "The microcircuit oscillates", {
        "3.195 times": lambda q: measured(q(), "Hopf point")}),
    Promise("perturbation", "Above 89.8 Hz", {"89.8 Hz": lambda q: measured(q(), "Hopf point")}),
    Promise("perturbation", "In Alpha ends, raise d", {
        "order 2 misses the first harmonic by 19 %, order 6 by 2.8 %": lambda q: (
            2, miss(q(d=64.0), 2), 6, miss(q(d=64.0), 6)), "from 16 to": lambda q: q().p.d}),
    Promise("perturbation", "In Alpha ends, choose order 4", {
        "order 4 instead": lambda q: 4.0 if q(order="order 4").p.order == 1 else 0.0,
        "from 20.8 to 57.5 Hz": lambda q: (measured(q(), "order 2 valid to"),
                                           measured(q(order="order 4"), "order 4 valid to"))}),
    Promise("perturbation", "In Oscillator, supercritical, raise eps", {
        "averaged and simulated amplitude part": lambda q: parting(q(eps=0.2)) > 2.0 * parting(q(eps=0.05))}),
    Promise("perturbation", "Not in the book", {"(2023)": None, "to order 6": None}),
)
PROMISES = SEMI_STABLE + PERTURBATION
