"""What the pages of rate networks tell a reader to try, and what to look for, is so."""

from __future__ import annotations

import numpy as np

from tests.models.promises import Promise, course, end, kinds, peak, period, rests

WINDOWS = ((0.0, 500.0), (500.0, 1000.0), (1000.0, 2000.0), (2000.0, 3000.0))


def averages(snapshot):
    """Return the mean excitatory rate in the windows of the book's figure, Hz."""
    t, r_e = course(snapshot)
    return [float(r_e[(t >= low) & (t < high)].mean()) for low, high in WINDOWS]


def returned(snapshot):
    """Tell whether e ends within a tenth of its target, after it was far from it."""
    r_0 = 1000.0 * snapshot.p.r_0
    late = course(snapshot, 0, snapshot.p.t_1)[1]
    return abs(late[-1] - r_0) < 0.1 * r_0 < np.abs(late - r_0).max()


def rise_to(snapshot, share, state):
    """Return how long after the step a state takes for a share of its largest change, ms."""
    t, y = course(snapshot, state, snapshot.p.t_1)
    gone = np.abs(y - y[0])
    return float(t[np.argmax(gone >= share * gone.max())] - snapshot.p.t_1)


PROMISES = (
    Promise("plastic_rates", "Learning as slow", {
        "after 3 s e is still above 4 Hz": lambda q: (q().t_end / 1000, 4 if end(q()) > 4.5 else 0)}),
    Promise("plastic_rates", "As drawn in the book", {
        "ten times": lambda q: q().p.eps_r == 10 * q("Fig 4.1 F, matched").p.eps_r,
        "after 1 s e fires at 4.14 Hz": lambda q: (1.0, np.interp(1000.0, *course(q())))}),
    Promise("plastic_rates", "The input to e steps up", {
        "e jumps to 7.6 Hz": lambda q: peak(q(), 0, 1500.0),
        "until e is back at 4 Hz": lambda q: 4 if returned(q(t_end=4000.0)) else 0}),
    Promise("plastic_rates", "Weights, inputs and learning", {
        "2 s are too short": lambda q: 2 if q().t_end == 2000 and end(q()) > 1200 * q().p.r_0 else 0}),
    Promise("plastic_rates", "Learning cannot hold e", {
        "falls silent": lambda q: course(q())[1].min() < 1e-3,
        "learns to be excited": lambda q: np.ptp(course(q(), 2, 5000.0)[1]) > 500,
        "bursts again": lambda q: np.diff(course(q())[1] > 8.0).sum() >= 8}),
    Promise("plastic_rates", "The target is met", {
        "branch of r_e is flat": lambda q: all(np.allclose(rests(q(X_e=X))[0].state[0], 0.004) for X in (10.0, 50.0)),
        "within 20 ms": lambda q: 20 if rise_to(q("Ex 4.1.1"), 0.9, 0) < 20 else rise_to(q("Ex 4.1.1"), 0.9, 0),
        "within seconds": lambda q: 500 < rise_to(q("Ex 4.1.1", t_end=6000.0), 0.9, 2) < 4000}),
    Promise("plastic_rates", "In Fig 4.1 F, lower", {
        "e still ends at 4 Hz": lambda q: end(q(X_e=25.0)),
        "at -2326 mV/kHz": lambda q: rests(q(X_e=25.0))[0].state[2]}),
    Promise("plastic_rates", "In Ex 4.1.1, set", {
        "i learns to inhibit e more": lambda q: end(q(step_i=5.0), 2) < end(q(step_i=5.0, step_e=0.0), 2),
        "back at 4 Hz": lambda q: end(q(step_i=5.0))}),
    Promise("plastic_rates", "In Too little input", {
        "settles at the target": lambda q: kinds(q(X_e=13.0))[0].startswith("stable") and
            abs(end(q(X_e=13.0)) - 4.0) < 0.01}),
    Promise("plastic_rates", "In Fig 4.1 F, matched", {
        "ring at 44 Hz": lambda q: 1000 / period(q(tau_i=60.0))}),
    Promise("plastic_rates", "The book's code", {
        "dt = 0.1 ms": lambda q: q().dt,
        "2 · 80 · 0.1 · 500 = 8000": lambda q: (2, 80, 0.1, 500, q().p.eps_r * (q().p.eps_r == 2 * 80 * 0.1 * 500)),
        "7.28, 6.27, 5.54 and 5.03 Hz": lambda q: averages(q()),
        "up to 0.5, 1, 2 and 3 s": lambda q: [high / 1000 for _, high in WINDOWS],
        "8.57, 6.33, 5.35 and 4.83 Hz": None,
        "rate of 800": None,
        "80,000 gives 5.32, 4.27, 4.06 and 4.01": lambda q: (q("Fig 4.1 F").p.eps_r, *averages(q("Fig 4.1 F"))),
    }, preset="Fig 4.1 F, matched"),
)
