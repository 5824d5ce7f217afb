"""What the page of the recurrent network with a readout promises."""

from __future__ import annotations

import numpy as np

from ncm_app.models.learning._rnn_readout_state import network_of, pace_of, rule_of
from ncm_app.numerics.learning.reservoir import advance_readout, begin_readout
from ncm_app.studies.plots import run_or_perform
from tests.models.promises import Promise, measured, sentence

WHILE, HELD = "RMS error while it learns", "RMS error once R is held"


def change(snapshot):
    """Return by how much the rates (at most 1) differ from those a period before, over the last period, on average."""
    rates = run_or_perform(snapshot).samples
    n = round(snapshot.p.period)
    return float(np.abs(rates[:, -n:] - rates[:, -2 * n:-n]).mean())


def kept(snapshot):
    return "kept the target" in sentence(snapshot)


def lost(snapshot):
    return "lost the target" in sentence(snapshot)


def dies_out(snapshot):
    return float(run_or_perform(snapshot).size[-1]) < 1e-6 * snapshot.p.N


def paused_and_held(q):
    """Fig 4.2, with R held from 4,000 ms on by the rule that was set in a pause."""
    snapshot = q(learning="none")
    step = round(4000.0 / snapshot.p.dt)
    return snapshot.changed(past=((step, "learning", "LMS"),))


def first_share(snapshot):
    """Return the share of the error that a first step of RLS would take away by P as it was, r^T P r = c |r|^2."""
    answer = run_or_perform(snapshot)
    return float(answer.size[round(snapshot.p.t_on / snapshot.p.dt)] * snapshot.p.c)


def early_error(snapshot):
    """Return the RMS error over the first period of learning."""
    return run_or_perform(snapshot).rms(snapshot.p.t_on, snapshot.p.t_on + snapshot.p.period)


def is_the_inverse(snapshot):
    """Tell whether P is the inverse of the sum of r r^T and I / c, over 200 steps."""
    p, drawn = snapshot.p, network_of(snapshot.p)
    state = begin_readout(drawn, p.c, kept=len(drawn.r))
    rule = rule_of(p)._replace(learns=(0, 10**9))
    found = advance_readout(drawn, state, np.zeros(200), rule, pace_of(p)._replace(every=1))
    r = found.samples[:, 1:].astype(float)
    return np.allclose(found.inverse @ (r @ r.T + np.eye(len(r)) / p.c), np.eye(len(r)), atol=1e-6)


PROMISES = (
    Promise("rnn_readout", "Chaotic rates until", {
        "the readout follows a sine": lambda q: measured(q(), WHILE) < 0.03}, preset="Fig 4.2"),
    Promise("rnn_readout", "The book's time step", {
        "five times as many": lambda q: q("Fig 4.2").p.dt == 5.0 * q().p.dt}, preset="Fig 4.2, dt = 0.1"),
    Promise("rnn_readout", "R is held from 5,000", {
        "R is held from 5,000 ms on": lambda q: q().p.t_off, "loses the target": lambda q: lost(q())},
        preset="Ex 4.2.2"),
    Promise("rnn_readout", "RLS, or FORCE", {
        "held from 7,500 ms on": lambda q: q().p.t_off, "goes on with the target": lambda q: kept(q())},
        preset="Ex 4.2.3"),
    Promise("rnn_readout", "Four sines at once", {"learned by RLS and kept": lambda q: kept(q())},
            preset="Sum of sines"),
    Promise("rnn_readout", "Nothing is learned", {
        "below rho = 1 the rates die out": lambda q: dies_out(q(rho=0.9, t_end=10_000.0)),
        "well above they are chaotic": lambda q: "they are chaotic" in sentence(q(rho=2.0))},
        preset="Transition at rho = 1"),
    Promise("rnn_readout", "The readout is a weighted sum", {
        "falls a hundredfold": lambda q: measured(q(), "RMS error before it learns") > 100.0 * measured(q(), WHILE),
        "take on the period of the target": lambda q: change(q()) < 0.01,
        "LMS follows the target": lambda q: lost(q("Ex 4.2.2")),
        "RLS makes the network produce it": lambda q: kept(q("Ex 4.2.3"))}),
    Promise("rnn_readout", "In Fig 4.2, raise eps", {
        "follows more closely": lambda q: measured(q(eps=0.02), WHILE) < 0.6 * measured(q(eps=0.005), WHILE),
        "At 0.05 each step overshoots, and the run stops": lambda q: q(eps=0.05).p.eps
        if "overshoots by more" in sentence(q(eps=0.05)) else -1.0}),
    Promise("rnn_readout", "In Fig 4.2, drag the bar", {
        "back to 4,000 ms": lambda q: 4000.0, "drifts away": lambda q: measured(paused_and_held(q), HELD) > 0.1}),
    Promise("rnn_readout", "In Ex 4.2.2, set learning", {
        "from 5,000 ms on": lambda q: q(learning="RLS").p.t_off,
        "the target is kept": lambda q: kept(q(learning="RLS"))}),
    Promise("rnn_readout", "In Ex 4.2.3, set feedback", {"the target is lost": lambda q: lost(q(feedback="off"))}),
    Promise("rnn_readout", "The published notebooks", {
        "where it is still 0": None,
        "their rates stay aperiodic": lambda q: change(q(feedback="off")) > 5.0 * change(q(feedback="from t_on on")),
        "rho²/N, not rho/N": lambda q: abs(
            np.var(network_of(q(rho=1.5).p).columns) * q().p.N / q().p.rho**2 - 1.0) < 0.02,
        "between -1 and 1": lambda q: (-1.0, 1.0) if np.abs(run_or_perform(q()).samples).max() < 1.0 else ((),),
        "In Eq. 4.8": None,
        "P is the inverse of the sum of r rᵀ and I/c": lambda q: is_the_inverse(q("Ex 4.2.3")),
        "a larger c learns faster": lambda q: early_error(q("Ex 4.2.3", c=1.0)) < early_error(q("Ex 4.2.3", c=0.01)),
        "50 times the error": lambda q: 10.0 * int(first_share(q("Ex 4.2.3")) / 10.0),
        "five times as often": lambda q: q("Fig 4.2").p.dt == 5.0 * q("Fig 4.2, dt = 0.1").p.dt,
        "0.1 ms": lambda q: q("Fig 4.2, dt = 0.1").p.dt, "0.5 ms": lambda q: q("Fig 4.2").p.dt}),
)
