"""What the pages of section A.9 and of sections B.1 to B.3.2 promise."""

from __future__ import annotations

import numpy as np

from ncm_app.studies.diagram import diagram
from ncm_app.studies.rates import measured_here
from tests.models.promises import (
    Promise,
    beside,
    blown_up,
    course,
    crossings,
    end,
    gaps,
    interval,
    kinds,
    measured,
    peak,
    period,
    rate,
    rests,
    run,
    special,
    spikes,
    stepped_interval,
    swing,
)


def lasting(snapshot):
    return float(measured_here(snapshot).lasting[0])


def radius(snapshot):
    return np.hypot(*run(snapshot).y[:, -1]) / np.hypot(*run(snapshot).y[:, 0])


def late_swing(snapshot, state=0):
    return swing(snapshot, state, after=0.75 * snapshot.t_end)


def reached(snapshot):
    return run(snapshot).t[np.argmax(np.abs(run(snapshot).y[1]) > 1.8)]


def first_firing(q):
    """Return the lowest current, to 0.1 µA/cm², under which a neuron that was shocked goes on to fire."""
    currents = np.array([6.1, 6.2, 6.3, 6.4])
    fires = [crossings(q(I_app=current, V_0=0.0, t_end=400.0))[-1] > 350 for current in currents]
    return round(float(currents[np.argmax(fires)]), 1)


def threshold(q):
    """Return the height of the pulse above which there is a spike, by halving, µA/cm²."""
    low, high = 2.95, 3.0
    while high - low > 1e-4:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if len(crossings(q(I_1=middle, t_end=100.0))) else (middle, high)
    return high


def heights(snapshot, time):
    """Return the highest V within 10 ms after a time."""
    t, V = course(snapshot)
    return V[(t > time) & (t < time + 10)].max()


def supercritical(snapshot, parameter):
    return [point.lyapunov < 0 for point in diagram(snapshot, parameter).points if point.code == "H"]


PROMISES = (
    Promise("brusselator", "In Rest, raise B", {
        "a small cycle remains": lambda q: (period(q(B=2.1)) > 6 and swing(q(B=2.1, t_end=600.0), after=500.0) < 0.5 and
            np.isnan(period(q())))}),
    Promise("brusselator", "In Cycle, raise A", {
        "moves to 3.25": lambda q: special(q(A=1.5), "B", "H"),
        "above B": lambda q: q().p.B < 3.25,
        "the cycle is gone": lambda q: np.isnan(period(q(A=1.5))) and period(q(A=1.0)) > 6}),
    Promise("brusselator", "In Cycle, raise B to 5", {
        "x rests near 0": lambda q: round(float(np.median(course(q(B=5.0), after=20.0)[1])) / 5),
        "shoots up": lambda q: peak(q(B=5.0)) > 5}),
    Promise("brusselator", "The fixed point is (A", {
        "trace B - 1 - A²": lambda q: 1.0 if np.isclose(rests(q())[0].trace, q().p.B - 1 - q().p.A ** 2) else 0.0,
        "B = 1 + A²": lambda q: np.subtract(special(q(), "B", "H"), q().p.A ** 2),
        "2 pi / A": lambda q: 2.0}),
    Promise("brusselator", "B lies well above", {"1 + A² = 2": lambda q: (1.0, *special(q(), "B", "H"))}),
    Promise("brusselator", "A small, round cycle", {
        "close to 2 pi / A": lambda q: 2 * period(q()) / (2 * np.pi / q().p.A) - 0.006}),
    Promise("linear_system", "In Fig A.8 stable spiral, raise a", {
        "the trace reaches 0": lambda q: rests(q(a=1.0))[0].trace,
        "a Hopf point": lambda q: special(q(), "a", "H") == [1.0] or abs(special(q(), "a", "H")[0] - 1) < 1e-9}),
    Promise("linear_system", "In Fig A.8 stable node, set b and c", {
        "the determinant is negative, a saddle": lambda q: (kinds(q(b=-2.5, c=-2.5)) == ("saddle",) and rests(q(b=-2.5,
            c=-2.5))[0].determinant < 0)}),
    Promise("linear_system", "In Trace and determinant", {
        "T² / 4 = 1": lambda q: (4.0, q().p.T ** 2 / 4),
        "the spiral is a node": lambda q: ((*kinds(q()), *kinds(q(D=0.5)), *kinds(q(D=1.1))) == ("stable spiral",
            "stable node", "stable spiral"))}),
    Promise("linear_system", "In Fig A.8 stable spiral, set dt", {
        "make the stable spiral grow": lambda q: radius(q(dt=0.03)) > 2}),
    Promise("hopf_system", "In Ex A.9.4, c < 0, raise", {
        "raise c towards 0": lambda q: special(q(), "c", "H"),
        "its amplitude of 2": lambda q: late_swing(q(c=-0.05, method="RK4", t_end=400.0), 1),
        "takes longer": lambda q: reached(q(c=-0.05, t_end=400.0)) > 2 * reached(q())}),
    Promise("hopf_system", "In Ex A.9.3, raise", {
        "x blows up": lambda q: blown_up(q(x_0=2.2)) < 20 and np.isinf(blown_up(q()))}),
    Promise("hopf_system", "In Ex A.9.4, c = 0, set dt", {
        "widen; with RK4 they close": lambda q: (radius(q(dt=0.1)) > 2 and abs(radius(q(dt=0.1, method="RK4")) - 1) <
            1e-3)}),
    Promise("hopf_system", "At c = 0 the trace", {
        "At c = 0 the trace of the spiral is 0": lambda q: (*special(q(), "c", "H"), rests(q(c=0.0))[0].trace),
        "For c < 0 a stable cycle": lambda q: 0.0 if period(q()) > 6 else 1.0,
        "for c > 0 time runs backwards": lambda q: (0.0 if np.allclose(q().model.rhs(0.0, (-0.5, 0.7), q(c=0.2).p),
            np.array([1, -1]) * np.array(q().model.rhs(0.0, (0.5, 0.7), q(c=-0.2).p))) else 1.0)}),
    Promise("hopf_system", "A start outside", {"1.3 ms": lambda q: blown_up(q())}, preset="Ex A.9.3, outside"),
    Promise("channelrhodopsin_eif", "In Ex B.1.1, move", {
        "0.16 gives 15.0 Hz, 0.17 19.3 Hz, 0.18 23.1 Hz, 0.20 30.0 Hz": lambda q: [x for g in (0.16, 0.17, 0.18, 0.20)
            for x in (g, lasting(q(g_ChR=g)))]}),
    Promise("channelrhodopsin_eif", "In Ex B.1.1 pulses", {
        "143 instead of 50 ms": lambda q: (spikes(q(tau_ChR=50.0))[0] - q().p.t_1, spikes(q())[0] - q().p.t_1)}),
    Promise("channelrhodopsin_eif", "In Ex B.1.1 too weak", {"22 Hz": lambda q: lasting(q(I_0=5.0))}),
    Promise("channelrhodopsin_eif", "Light opens", {"2 ms": lambda q: q().p.tau_ChR}),
    Promise("channelrhodopsin_eif", "The answer, about 20 Hz", {
        "20 Hz": lambda q: round(lasting(q())),
        "0.172": lambda q: q().p.g_ChR}),
    Promise("channelrhodopsin_eif", "Light switches", {
        "200 ms": lambda q: (q().p.d_1 + q().p.d_2) / 2,
        "it fires only then": lambda q: all(any(0 < t - a < 200.1 for a in (q().p.t_1, q().p.t_2)) for t in
            spikes(q()))}),
    Promise("channelrhodopsin_eif", "0.13 times", {
        "0.13": lambda q: q().p.g_ChR,
        "not to its": lambda q: len(spikes(q())) == 0}),
    Promise("channelrhodopsin_eif", "0.16 times", {
        "0.16 times": lambda q: q().p.g_ChR,
        "15.0 Hz": lambda q: lasting(q())}),
    Promise("channelrhodopsin_eif", "0.20 times", {
        "0.20 times": lambda q: q().p.g_ChR,
        "30.0 Hz": lambda q: lasting(q()),
        "twice the rate for a quarter more": lambda q: (abs(lasting(q()) / lasting(q("Ex B.1.1 at 0.16")) - 2) <
            0.02)}),
    Promise("hodgkin_huxley", "In Threshold, raise", {
        "a full spike": lambda q: peak(q(I_1=3.0)) > 30 > 0 > peak(q(I_1=2.95)),
        "5 ms after": lambda q: crossings(q(I_1=3.0)) - q().p.t_1}),
    Promise("hodgkin_huxley", "In Refractory period", {
        "the second spike is back": lambda q: ([len(crossings(s)) for s in (q(), q(I_2=40.0), q(t_2=22.0))] == [1, 2,
            2])}),
    Promise("hodgkin_huxley", "In Fig B.2 E,F, set d_s", {
        "until 157 ms": lambda q: next(t for t in crossings(q(d_s=20.0)) if t > 100)}),
    Promise("hodgkin_huxley", "In book, choose Euler", {
        "within 3 ms": lambda q: 3.0 if blown_up(q(method="Euler", dt=0.1)) < 3 else 0.0}),
    Promise("hodgkin_huxley", "m follows V", {
        "coexist between 6.3 and 9.75": lambda q: (first_firing(q), special(q(), "I_app", "H")[0]),
        "subcritical": lambda q: supercritical(q(), "I_app")[0] == np.False_}),
    Promise("hodgkin_huxley", "The same with the exponent", {
        "of 1952": lambda q: 1952.0,
        "by 0.03 and -0.2": lambda q: np.subtract(special(q(), "I_app", "H"), special(q("book"), "I_app", "H"))}),
    Promise("hodgkin_huxley", "This pulse of 2.95", {
        "2.95 µA/cm² fails, one of 3.0 fires": lambda q: [pulse for pulse, fired in ((2.95, 0), (3.0, 1)) if
            len(crossings(q(I_1=pulse, t_end=100.0))) == fired],
        "2.986": lambda q: threshold(q)}),
    Promise("hodgkin_huxley", "A second pulse", {
        "8 ms after": lambda q: q().p.t_2 - q().p.t_1,
        "no second spike": lambda q: len(crossings(q())) == 1}),
    Promise("hodgkin_huxley", "Pulses of 4, 10", {
        "4, 10 and 40": lambda q: (q().p.I_1, q().p.I_2, q().p.I_3),
        "38, 40 and 41 mV": lambda q: [heights(q(dt=0.01), t) for t in crossings(q(dt=0.01))]}),
    Promise("adex", "In Fig B.4, set b", {"from 47 to 55 ms": lambda q: gaps(q(b=0.0))[[0, -1]]}),
    Promise("adex", "In Fig B.4, compare", {
        "22 times": lambda q: len(spikes(beside(q(), "eif"))),
        "this cell ten times": lambda q: len(spikes(q())) == 10}),
    Promise("adex", "In Bursting, lower", {"74 ms apart": lambda q: gaps(q(V_re=-60.0))[-1]}),
    Promise("adex", "In Rebound, set", {
        "there is no spike": lambda q: len(spikes(q(I_1=-10.0))) == 0 and len(spikes(q(I_1=-20.0))) == 1}),
    Promise("adex", "Ten spikes", {
        "Ten spikes": lambda q: len(spikes(q())) == 10,
        "from 52 ms to 138 ms": lambda q: gaps(q())[[0, -1]]}),
    Promise("adex", "Without adaptation", {
        "a = b = 0": lambda q: q().p.b if q().p.a == q().p.b else 1.0,
        "it is the EIF": lambda q: np.array_equal(spikes(q()), spikes(beside(q(), "eif"))),
        "every interval is the same": lambda q: np.ptp(gaps(q())) < 0.11}),
    Promise("adex", "Reset above V_T", {
        "four quick": lambda q: (gaps(q())[:4] < 25).tolist() == [True, True, True, False],
        "every 73 ms": lambda q: np.median(gaps(q())[-6:])}),
    Promise("adex", "Reset well above", {
        "five quick": lambda q: measured(q(), "spikes per burst") == 5,
        "202 ms": lambda q: gaps(q()).max()}),
    Promise("lif", "In Just above, lower", {"from 80 to 114 ms": lambda q: (interval(q()), interval(q(I_0=17.01)))}),
    Promise("lif", "In Fig B.3, compare with the EIF", {
        "begins 2 mV earlier": lambda q: (special(q(), "I_0", "TH")[0] - special(beside(q(), "eif", D=2.0), "I_0",
            "LP")[0]),
        "at 19 mV it is the slower": lambda q: 19.0 if rate(beside(q(I_0=19.0), "eif")) < rate(q()) else 0.0}),
    Promise("lif", "In Fig B.3, compare with the QIF", {
        "49 times a second, the LIF 28": lambda q: (rate(beside(q(), "qif", counted="at V_T")), rate(q()))}),
    Promise("lif", "In Fig B.3, set dt", {"falls to 35 ms": lambda q: stepped_interval(q(dt=1.0))}),
    Promise("lif", "The neuron of the EIF", {"every 36 ms": lambda q: interval(q())}),
    Promise("lif", "The EIF's threshold", {"2 mV below": lambda q: special(q(), "I_0", "TH")[0] - q().p.I_0}),
    Promise("lif", "0.1 mV too little", {
        "0.1 mV too little": lambda q: special(q(), "I_0", "TH")[0] - q().p.I_0,
        "0.1 mV short": lambda q: q().p.V_T - end(q())}),
    Promise("lif", "0.1 mV above", {
        "0.1 mV above": lambda q: q().p.I_0 - special(q(), "I_0", "TH")[0],
        "12.6 Hz": lambda q: rate(q()),
        "1/|ln": lambda q: 1.0}),
    Promise("qif", "In Just above, raise", {
        "four times the distance": lambda q: np.isclose((q(I_0=15.4).p.I_0 - 15) / (q().p.I_0 - 15), 4),
        "3.4 to 6.9 Hz": lambda q: (rate(q()), rate(q(I_0=15.4)))}),
    Promise("qif", "In With an upswing", {
        "22 times a second, this cell 23 times": lambda q: (rate(beside(q(), "eif")), rate(q()))}),
    Promise("qif", "In Fig B.3, lower I_0", {
        "V rests 2 mV below V_T": lambda q: q().p.V_T - end(q(I_0=14.0)) if rate(q(I_0=14.0)) == 0 else 0.0,
        "At 16 mV the spikes are back": lambda q: (16.0,) if rate(q(I_0=16.0)) > 0 == rate(q(I_0=14.0)) else (0.0,),
        "V_T at 15 mV": lambda q: special(q(), "I_0", "TH")[0]}),
    Promise("qif", "In Below I_th", {
        "beyond the unstable": lambda q: -1.5 < rests(q())[1].state[0] + 50 < 0,
        "one spike, then rest": lambda q: len(spikes(q(V_0=-50.0))) == 1}),
    Promise("qif", "Two fixed points, 4 mV", {
        "4 mV on either side": lambda q: np.mean([abs(r.state[0] - q().p.V_T) for r in rests(q())])}),
    Promise("qif", "0.1 mV above", {
        "0.1 mV above": lambda q: q().p.I_0 - special(q(), "I_0", "LP")[0],
        "294 ms": lambda q: interval(q())}),
)
