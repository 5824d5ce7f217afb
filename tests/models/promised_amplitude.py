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
    Promise("semi_stable_states", "The potential with stationary", {
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
PROMISES = SEMI_STABLE
