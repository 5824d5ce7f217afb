"""What the pages of rate networks tell a reader to try, and what to look for, is so."""

from __future__ import annotations

import numpy as np

from ncm_app.models.rates._responses import gains
from ncm_app.models.synapses._stdp_pair_plots import change
from tests.models.promises import Promise, course, end, kinds, measured, peak, period, rests, special, theory

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


def zero_of_pairs(snapshot, least=0.0, most=1300.0):
    """Return the delay at which a pair changes nothing, ms; nan if none does."""
    x = np.linspace(least, most, 130_001)
    found = change(x, snapshot.p)
    return float(x[np.argmax(found > 0)]) if found[0] < 0 < found[-1] else float("nan")


def top_at(snapshot):
    """Return when the inhibitory rate is highest after its step, ms."""
    t, r_i = course(snapshot, 1, snapshot.p.t_1)
    return float(t[r_i.argmax()])


def shared(snapshot, rate):
    """Tell whether centre and surround fire alike before the second step and at the end, at a rate (Hz) if said."""
    pairs = [[np.interp(t, *course(snapshot, state)) for state in (0, 1)] for t in (1990.0, snapshot.t_end)]
    alike = all(abs(one - other) < 0.02 * max(one, 1.0) for one, other in pairs)
    return alike and (rate is None or all(abs(one - rate) < 0.01 for one, _ in pairs))


def own_excitation(snapshot):
    """Return g (w_ee - w_cs) at the fixed point at which both fire alike."""
    p = snapshot.p
    r_c, _, r_i = next(q.state for q in rests(snapshot) if abs(q.state[0] - q.state[1]) < 1e-6)
    slope = gains(np.array([(p.w_ee + p.w_cs) * r_c + p.w_ei * r_i + p.B]), p)[0]
    return float(slope * (p.w_ee - p.w_cs))


STEPS = ("r_c after the first step", "r_c after the second")
INHIBITION = ("inhibition of e, first", "inhibition of e, second")
UNCANCELLED = "excitation of e that is not cancelled"


def own_answer(p):
    """Return how i answers its own input where all gains are g, kHz/mV."""
    return p.g * (1 - p.g * p.w_ee) / ((1 - p.g * p.w_ee) * (1 - p.g * p.w_ii) - p.g**2 * p.w_ei * p.w_ie)


PROMISES = (
    Promise("stdp_pair", "Two spikes less than", {"422 ms apart": lambda q: zero_of_pairs(q())}),
    Promise("stdp_pair", "A lone pair would", {
        "would weaken it": lambda q: measured(q(pairs=1), "weight change") > 0 > measured(q(), "weight change"),
        "60 of them, at 5 Hz": lambda q: (q().p.pairs, 1000 / q().p.period),
        "target of 4 Hz": lambda q: q().p.r_0}),
    Promise("stdp_pair", "Each spike meets", {
        "order does not matter": lambda q: np.isclose(measured(q(delay=70.0), "weight change"),
                                                      measured(q(delay=-70.0), "weight change")),
        "by 2 epsilon r_0": lambda q: (1000 * measured(q(delay=1300.0, tau_y=20.0), "weight change")
                                       / q().p.r_0 / q().p.epsilon),
        "Both cancel": lambda q: abs(theory(q("At the target", T=2e5), "weight change")) < 1.0}),
    Promise("stdp_pair", "In Fig 4.1 B,C, click", {
        "at -100 ms": lambda q: -100 if q(delay=-100.0).p.delay == -100 else 0,
        "the change is the same": lambda q: np.isclose(measured(q(delay=-100.0), "weight change"),
                                                       measured(q(), "weight change"))}),
    Promise("stdp_pair", "In Fig 4.1 B,C, raise", {
        "no pair strengthens": lambda q: bool(np.all(change(np.linspace(-1300, 1300, 999), q(r_0=4.0).p) > 0)),
        "2 r_0 tau_y = 1.2 is more than 1": lambda q: (2, 2 * q(r_0=4.0).p.r_0 * q().p.tau_y / 1000, 1)}),
    Promise("stdp_pair", "In Pairs at 5 Hz", {
        "to 3.3 Hz": lambda q: 1000 / q(period=300.0).p.period,
        "grows weaker": lambda q: measured(q(period=300.0), "weight change") > 0}),
    Promise("stdp_pair", "In At the target", {
        "by 126 mV ms in 20 s": lambda q: (-theory(q(r_e=8.0), "weight change"), q().p.T / 1000)}),
    Promise("stdp_pair", "The pair rule", {
        "2 r_0 should be 2 r_0 tau_y": None,
        "30 Hz and 150 ms": lambda q: (q("Fig 4.1 C, 30 Hz").p.r_0, q().p.tau_y),
        "that is 9": lambda q: 2 * q("Fig 4.1 C, 30 Hz").p.r_0 * q().p.tau_y / 1000,
        "no pair strengthens": lambda q: bool(np.all(change(np.linspace(-1300, 1300, 999),
                                                            q("Fig 4.1 C, 30 Hz").p) > 0)),
        "at 422 ms are right for r_0 = 0.2 Hz": lambda q: (zero_of_pairs(q("Fig 4.1 B,C")), q("Fig 4.1 B,C").p.r_0),
        "below 0 here": None}),
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
    Promise("inhibition_stabilized", "3 mV more for i", {
        "3 mV more": lambda q: q().p.step_i,
        "r_i rises by 0.58 Hz": lambda q: peak(q(), 1, 100.0) - np.interp(99.9, *course(q(), 1)),
        "within 2 ms": lambda q: np.ceil(top_at(q()) - 100.0),
        "ends 0.81 Hz lower": lambda q: -measured(q(), "change of r_i")}),
    Promise("inhibition_stabilized", "e needs no inhibition", {
        "e needs no": lambda q: measured(q(), "g_e w_ee") < 1,
        "by 0.28 Hz": lambda q: measured(q(), "change of r_i")}),
    Promise("inhibition_stabilized", "Weights and inputs ten", {
        "ten times": lambda q: q().p.c == 10,
        "cancels 97 %": lambda q: 100 - measured(q(), UNCANCELLED)}),
    Promise("inhibition_stabilized", "Gains grow", {
        "r_i rises": lambda q: measured(q(), "change of r_i") > 0 and measured(q(), "g_e w_ee") < 1}),
    Promise("inhibition_stabilized", "The same weights", {
        "now r_i falls": lambda q: measured(q(), "change of r_i") < 0}),
    Promise("inhibition_stabilized", "r_i answers", {
        "g_i (1 - g_e w_ee) / D": lambda q: (
            theory(q(), "change of r_i") / (3000 * own_answer(q().p))),
        "det(I - G W) > 0": lambda q: 0.0 if kinds(q())[0].startswith("stable") else 1.0,
        "at g_e w_ee = 1": lambda q: measured(q(w_ee=1 / q().p.g), "g_e w_ee"),
        "loses more excitation": lambda q: q().p.w_ie * measured(q(), "change of r_e") / 1000 < -q().p.step_i}),
    Promise("inhibition_stabilized", "In Paradoxical effect", {
        "g_e w_ee is 1": lambda q: measured(q(w_ee=280.0), "g_e w_ee"),
        "hardly answers": lambda q: abs(measured(q(w_ee=280.0), "change of r_i")) < 0.001}),
    Promise("inhibition_stabilized", "In Weak excitation", {
        "by 1.38 Hz": lambda q: -measured(q(w_ee=500.0), "change of r_i")}),
    Promise("inhibition_stabilized", "In Balance", {
        "both lose 1.6 Hz": lambda q: 1.6 if all(abs(measured(q(step_i=5.0), f"change of {name}") + 1.65) < 0.05
                                                 for name in ("r_e", "r_i")) else 0}),
    Promise("inhibition_stabilized", "In Supralinear, weak", {
        "from 0.45 to 1.20": lambda q: (measured(q(), "g_e w_ee"), measured(q(X_e=7.0), "g_e w_ee")),
        "r_i falls": lambda q: measured(q(X_e=7.0), "change of r_i") < 0}),
    Promise("inhibition_stabilized", "The draft has only", {
        "(I - G W)^-1 G follows": None, "(1997)": None, "(2015)": None, "(1998)": None, "to -W^-1 X": None}),
    Promise("surround_suppression", "The surround lowers", {
        "from 10 to 8 Hz": lambda q: [measured(q(), name) for name in STEPS],
        "-4 instead of -2.5 mV": lambda q: [measured(q(), name) for name in INHIBITION[::-1]]}),
    Promise("surround_suppression", "The centre falls", {
        "from 10 to 6.67 Hz": lambda q: [measured(q(), name) for name in STEPS],
        "from -30 to -26.7 mV": lambda q: [measured(q(), name) for name in INHIBITION]}),
    Promise("surround_suppression", "Each step chooses", {
        "who fires, at 13.3 Hz": lambda q: end(q(), 1),
        "the choice outlasts the step": lambda q: (np.interp(1900, *course(q(), 0)) > 13 > 1 > end(q(), 0) and
                                                   np.interp(1900, *course(q(), 1)) < 1e-3)}),
    Promise("surround_suppression", "Weak excitation", {
        "w_ee / 1000 = 0.25": lambda q: (1 / q().p.g, q().p.g * q().p.w_ee),
        "both share 8 Hz again": lambda q: 8 if shared(q(), 8.0) else 0}),
    Promise("surround_suppression", "On a smooth", {
        "g (w_ee - w_cs) is 1": lambda q: own_excitation(q(w_ee=special(q(), "w_ee", "BP")[0]))}),
    Promise("surround_suppression", "Shared inhibition", {
        "g (w_ee - w_cs) > 1": lambda q: 1000 / special(q("No winner"), "w_ee", "BP")[0],
        "Below 1": lambda q: 1 if measured(q("Classic"), "suppression") > 0 and len(rests(q("Classic"))) == 1 else 0,
        "inhibition ends lower": lambda q: np.diff([measured(q("Inhibition-stabilised"), n)
                                                    for n in INHIBITION])[0] > 0,
        "as in B.8": None}),
    Promise("surround_suppression", "In Classic, raise", {
        "silences the centre": lambda q: measured(q(X_s=40.0), STEPS[1]) < 0.01}),
    Promise("surround_suppression", "In Inhibition-stabilised", {
        "does nothing": lambda q: abs(measured(q(X_is=0.0), "suppression")) < 0.01}),
    Promise("surround_suppression", "In Winner takes all", {
        "forgotten after each step": lambda q: shared(q(w_ee=500.0, t_end=4000.0), None)}),
    Promise("surround_suppression", "In Saturating rates", {
        "pitchfork at B = 9.02 mV": lambda q: special(q(), "B", "BP")[0],
        "both share again": lambda q: shared(q(B=5.0), None)}),
    Promise("surround_suppression", "The draft has only", {
        "f(I) = I above 0": lambda q: 0 if q().p.theta == 0 and q().p.curve == 0 else 1,
        "gain of 1 Hz/mV": lambda q: 1000 * q().p.g,
        "has one e": None,
        "stays silent": lambda q: peak(q("Inhibition-stabilised"), 1) == 0}),
)
