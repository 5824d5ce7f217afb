"""What the pages of chapter 3 and of sections A.3 to A.8 promise."""

from __future__ import annotations

import numpy as np

from ncm_app.studies.diagram import diagram
from ncm_app.studies.plots import run_or_perform
from ncm_app.studies.simulate import solution
from tests.models.promises import (
    Promise,
    blown_up,
    course,
    crossings,
    end,
    kinds,
    low,
    measured,
    peak,
    period,
    rests,
    run,
    special,
    swing,
    theory,
)


def off(snapshot, start=0.0, stop=np.inf):
    """Return the largest distance of a run from the exact solution between two times."""
    found = run(snapshot)
    inside = (found.t >= start) & (found.t <= stop)
    return float(np.abs(found.y[0] - solution(snapshot, "exact")[0])[inside].max())


def error(snapshot):
    return measured(snapshot, "largest error")


def share(snapshot):
    """Return how much of the way from the step's time to its height y has come at the end, %."""
    t, y = course(snapshot)
    before, height = y[np.searchsorted(t, snapshot.p.t_1)], snapshot.p.I_1 + snapshot.p.c
    return 100.0 * (y[-1] - before) / (height - before)


def left(snapshot, name, height):
    return 100.0 * measured(snapshot, name) / snapshot.values_by_name[height]


def sag(snapshot):
    return measured(snapshot, "no noise, no edges") - measured(snapshot, "y(t_0)")


def is_kernel(snapshot):
    """Tell whether y is the kernel, moved to the pulse, but for the width of the pulse."""
    found = run_or_perform(snapshot)
    moved = np.interp(found.t - snapshot.p.t_1 - snapshot.p.d / 2, found.s, found.k)
    return bool(np.abs(found.y - moved).max() < 0.03 * found.k.max())


def ratio(method, q):
    return error(q("Fig A.5", method=method, dt=0.025)) / error(q("Fig A.5", method=method, dt=0.0125))


def apart(q, x_0):
    return np.abs(run(q()).y[0] - run(q(x_0=x_0)).y[0])


def never_turns(snapshot):
    steps = np.diff(course(snapshot)[1])
    return bool(np.all(steps <= 1e-12) or np.all(steps >= -1e-12))


def wings(snapshot):
    return np.array([low(snapshot), peak(snapshot)])


PROMISES = (
    Promise("ei_rate_network", "In Fig 3.4 C,D, lower tau_i", {
        "the trace turns negative": lambda q: rests(q())[0].trace > 0 > rests(q(tau_i=24.0))[0].trace,
        "the ringing dies out": lambda q: (kinds(q(tau_i=24.0)) == ("stable spiral",) and
            np.isnan(period(q(tau_i=24.0))))}),
    Promise("ei_rate_network", "In Fig 3.4 C,D, set dt", {
        "from 24.7 to 22.9 ms": lambda q: [np.diff(crossings(q(t_end=1000.0, dt=dt), 0.0056))[-1] for dt in (0.1,
            0.01)]}),
    Promise("ei_rate_network", "In Sigmoid: memory", {
        "it stays active": lambda q: abs(end(q(r_e_0=0.005)) - 14.77) < 0.05,
        "Then lower X_e to 4 mV": lambda q: (kinds(q(X_e=4.0, r_e_0=0.005)) == ("stable node",) and end(q(X_e=4.0,
            r_e_0=0.005)) < 1)}),
    Promise("ei_rate_network", "In Power law: soft Hopf", {
        "the size of the cycle": lambda q: (swing(q(tau_i=35.0, t_end=4000.0), after=3500.0) < 0.6 * swing(q(),
            after=300.0))}),
    Promise("ei_rate_network", "Excitation feeds itself", {
        "g w_ee = 7.15 > 1": lambda q: (q().p.g * q().p.w_ee, 1.0),
        "does not depend on tau_e or tau_i": lambda q: np.allclose(rests(q(tau_e=9.0, tau_i=77.0))[0].state,
            rests(q())[0].state)}),
    Promise("ei_rate_network", "A smooth f-I curve", {"passes 34 ms": lambda q: special(q(), "tau_i", "H")}),
    Promise("exponential_decay", "Double tau from", {
        "from 6.93 to 13.9 ms": lambda q: (theory(q(), "half life"), theory(q(tau=20.0), "half life"))}),
    Promise("exponential_decay", "Move c from", {
        "y falls onto x": lambda q: np.array_equal(*run(q(c=0.0)).y),
        "At c = 10, where it starts, y does not move": lambda q: set(run(q(c=10.0)).y[1]) == {10.0}}),
    Promise("exponential_decay", "Set dt to 20 ms", {
        "20 ms = 2 tau": lambda q: (q(dt=20.0).dt, q(dt=20.0).dt / q().p.tau),
        "between 10 and -10": lambda q: sorted(set(run(q(dt=20.0)).y[0]), reverse=True),
        "beyond that ever wider": lambda q: np.all(np.diff(np.abs(run(q(dt=21.0)).y[0])) > 0)}),
    Promise("exponential_decay", "Both curves take", {
        "tau ln 2, a little less than tau": lambda q: 0.9 > theory(q(), "half life") / q().p.tau > 0.6,
        "37 %": lambda q: 100 * measured(q(dt=0.001), "left after tau")}),
    Promise("exponential_decay", "x decays to 0", {"x decays to 0 and y to c = 5": lambda q: rests(q())[0].state}),
    Promise("exponential_decay", "The half life is", {
        "tau ln 2 = 13.863": lambda q: (q().p.tau * np.log(2) / theory(q(), "half life") * 2, theory(q(), "half life")),
        "0.7 tau = 14": lambda q: (0.7, measured(q(), "0.7 tau")),
        "tau = 20": lambda q: q().p.tau}),
    Promise("exponential_decay", "In the closed form", {
        "t_0 = 20 ms": lambda q: q().p.t_0,
        "slid by 20 ms": lambda q: q().p.t_0}),
    Promise("convolution", "In Fig A.3, raise sigma", {
        "less noise": lambda q: measured(q(sigma=4.0), "noise after") < 0.7 * measured(q(), "noise after"),
        "45 % of the sine": lambda q: 100 * theory(q(sigma=4.0), "gain")}),
    Promise("convolution", "In Ex A.4.1, raise c", {
        "the sag at the edges grows": lambda q: sag(q(c=5.0)) > sag(q()) + 0.5,
        "y is not computed there": lambda q: ("y(t_0)" not in {m.name for m in
            q().model.measure(run_or_perform(q(mode="valid")), q(mode="valid").p)})}),
    Promise("convolution", "In Ex A.4.1, choose the exp", {
        "the right edge is right": lambda q: (abs(sag(q(t_0=49.0, kernel="exponential"))) < 0.02 < 0.5 <
            sag(q(t_0=49.0)))}),
    Promise("convolution", "In Fig A.3, choose a pulse", {
        "area 1": lambda q: q(A=2.0, d=0.5).p.A * q(d=0.5).p.d,
        "y is the kernel itself": lambda q: is_kernel(q(signal="pulse", A=2.0, d=0.5, sigma_x=0.0)),
        "0.32 high": lambda q: run_or_perform(q(signal="pulse", A=2.0, d=0.5, sigma_x=0.0)).y.max()}),
    Promise("convolution", "A Gaussian kernel", {"93 %": lambda q: 100 * theory(q(), "gain")}),
    Promise("convolution", "A kernel of integral 0", {
        "integral 0": lambda q: round(measured(q(), "integral of k"), 9)}),
    Promise("forced_linear", "In Fig A.4 A,B, raise tau", {
        "71 % of the way, not 99 %": lambda q: (share(q(tau=40.0)), share(q()))}),
    Promise("forced_linear", "In Fig A.4 E, raise tau", {
        "30 % is left": lambda q: left(q(tau=50.0), "slow sine", "A_1"),
        "3 %": lambda q: left(q(tau=50.0), "fast sine", "A_2")}),
    Promise("forced_linear", "In Ex A.5.1, set both", {
        "set both heights to 0": lambda q: q(A_1=0.0, A_2=0.0).p.A_1,
        "decay from y(0) to c": lambda q: (never_turns(q(A_1=0.0, A_2=0.0)) and abs(end(q(A_1=0.0, A_2=0.0)) - q().p.c)
            < 1e-6)}),
    Promise("forced_linear", "In Fig A.4 A,B, choose RK4", {
        "hardly any error until the step": lambda q: off(q(method="RK4"), 0.0, 49.9) < 1e-6,
        "one as large as Euler's": lambda q: 0.5 < off(q(method="RK4"), 50.0) / off(q(), 50.0) < 2.0}),
    Promise("forced_linear", "y always moves", {
        "is 0 for s < 0": lambda q: off(q(method="RK4", I_1=0.0), 0.0) < 1e-6,
        "older than 5 tau": lambda q: np.exp(-5.0) < 0.01}),
    Promise("forced_linear", "First y decays to 0", {"decays to 0": lambda q: round(course(q())[1][499], 1)}),
    Promise("forced_linear", "The slow sine comes through", {
        "85 %": lambda q: left(q(), "slow sine", "A_1"),
        "16 %": lambda q: left(q(), "fast sine", "A_2")}),
    Promise("forced_linear", "A constant c = 2", {"c = 2": lambda q: rests(q())[0].state}),
    Promise("euler_method", "In Fig A.5, raise dt", {
        "leave the exact curve": lambda q: error(q(dt=1.0)) > error(q(dt=0.5)) > 10 * error(q())}),
    Promise("euler_method", "In Ex A.6.1, decay", {
        "2 tau = 4 ms": lambda q: (4.0 / q().p.tau, 2 * q().p.tau),
        "grows without bound": lambda q: np.all(np.diff(np.abs(course(q(dt=4.1))[1])) > 0)}),
    Promise("euler_method", "In Large steps, choose Heun", {
        "far smaller errors": lambda q: error(q()) > 5 * error(q(method="Heun")) > 10 * error(q(method="RK4"))}),
    Promise("euler_method", "In Large steps, set x(0)", {
        "the speed is 0 and every step is exact": lambda q: float(np.abs(run(q(x_0=0.0)).y).max())}),
    Promise("euler_method", "Half the step gives", {
        "half the error with Euler": lambda q: 1.9 < ratio("Euler", q) < 2.1,
        "a quarter with Heun": lambda q: 3.8 < ratio("Heun", q) < 4.3,
        "a sixteenth with RK4": lambda q: 15.0 < ratio("RK4", q) < 17.0,
        "slope 1, 2 and 4": lambda q: [round(np.log2(ratio(m, q))) for m in ("Euler", "Heun", "RK4")]}),
    Promise("euler_method", "Steps of 0.5 ms", {"0.5 ms": lambda q: q().dt}),
    Promise("euler_method", "Decay with steps of", {
        "1.2 tau": lambda q: q().dt / q().p.tau,
        "overshoots 0 at every step, RK4 does not": lambda q: (np.all(run(q()).y[0, 1:] * run(q()).y[0, :-1] < 0) and
            low(q(method="RK4")) > 0)}),
    Promise("lorenz", "In Ex A.6.2, set x(0)", {
        "the first 6 ms look the same": lambda q: apart(q, 1.001)[run(q()).t < 6].max() < 1.5,
        "then nothing does": lambda q: apart(q, 1.001).max() > 20}),
    Promise("lorenz", "In Ex A.6.2, choose RK4", {
        "the wings stay": lambda q: np.abs(wings(q()) - wings(q(method="RK4"))).max() < 4,
        "the order of the turns changes": lambda q: np.abs(run(q()).y[0] - run(q(method="RK4")).y[0]).max() > 20}),
    Promise("lorenz", "In Two rests, set", {
        "settles on the other rest": lambda q: (end(q()) == -end(q(x_0=-1.0, y_0=-1.0)) and abs(abs(end(q())) - 6.11) <
            0.02)}),
    Promise("lorenz", "At r = 1 the origin", {
        "At r = 1": lambda q: special(q(), "r", "BP"),
        "at r = 24.74": lambda q: special(q(), "r", "H")[:1],
        "subcritical": lambda q: all(point.lyapunov > 0 for point in diagram(q(), "r").points if point.code == "H"),
        "within 20 ms": lambda q: apart(q, 1.0001).max() > 20 and q().t_end == 20.0}),
    Promise("phase_line", "In Fig A.6, raise a", {
        "meet at x = 0 and are gone": lambda q: (kinds(q(a=0.1)) == () and kinds(q(a=-1.0)) == ("stable", "unstable")
            and abs(rests(q(a=-1e-6))[1].state[0]) < 2e-3)}),
    Promise("phase_line", "In Fig A.6, start at x(0)", {
        "t = 1.6 ms": lambda q: blown_up(q(x_0=1.1)),
        "exactly 1.52": lambda q: 0.5 * np.log((1.1 + 1) / (1.1 - 1)),
        "the run says so": lambda q: "left every bound" in run(q(x_0=1.1)).message}),
    Promise("phase_line", "In Ex A.7.3, start", {
        "at -1, not at 2": lambda q: (end(q(x_0=0.9, t_end=20.0)), end(q(x_0=1.1, t_end=20.0)))}),
    Promise("phase_line", "In Ex A.7.3, lower a", {
        "only one fixed point": lambda q: kinds(q(a=-0.7)) == ("stable",),
        "ends near -1.1": lambda q: [round(end(q(a=-0.7, x_0=x, t_end=20.0)), 1) for x in (2.5,)]}),
    Promise("phase_line", "A fixed point is stable where", {
        "a = 0 and vanish: a saddle-node": lambda q: special(q(), "a", "LP")}),
    Promise("phase_line", "Left of 1 everything", {
        "Left of 1 everything flows to -1": lambda q: (1.0, end(q(x_0=0.9, t_end=20.0))),
        "right of 1 it runs away": lambda q: blown_up(q(x_0=1.01, t_end=10.0)) < 5}),
    Promise("phase_line", "From 0 the speed", {
        "From 0": lambda q: q().start[0],
        "x falls to -1": lambda q: end(q()),
        "never turns": lambda q: never_turns(q())}),
    Promise("phase_line", "From -2 the speed", {
        "From -2": lambda q: q().start[0],
        "to the same": lambda q: abs(end(q()) + 1) < 1e-3}),
    Promise("phase_line", "The cubic", {"at a = 0": lambda q: q().p.a}),
    Promise("phase_line", "No fixed point is left", {
        "lingers near 0": lambda q: round(float(np.median(course(q())[1][:400])), 0) + 0.0,
        "finite time": lambda q: blown_up(q()) < 7}, preset="Ex A.7.4, a > 0"),
    Promise("phase_line", "0 gives its stability", {
        "0 gives": lambda q: 0.0,
        "at a = 0": lambda q: special(q(), "a", "BP")}),
    Promise("phase_line", "Two points pass", {"at a = 0": lambda q: special(q(), "a", "BP")}),
    Promise("dirac_delta", "In Pulse of 20 ms, lower", {
        "10, 5, 1 and 0.1 ms": lambda q: [q(Delta=width).p.Delta for width in (10.0, 5.0, 1.0, 0.1)],
        "from 0.043 to 0.1": lambda q: (peak(q()), peak(q(Delta=0.1)))}),
    Promise("dirac_delta", "In Fig A.7, set dt", {
        "an area of 4": lambda q: measured(q(dt=0.4), "area"),
        "four pulses long": lambda q: q(dt=0.4).dt == 4 * q().p.Delta}),
    Promise("dirac_delta", "Click in the plot", {
        "picks its value there": lambda q: (abs(measured(q(), "signal times pulse") - measured(q(),
            "A times signal at t_1")) < 1e-2),
        "one of 20 ms an average": lambda q: (abs(measured(q("Pulse of 20 ms"), "signal times pulse") - measured(q(),
            "A times signal at t_1")) > 0.2)}),
    Promise("dirac_delta", "A pulse of one time step", {
        "10 high": lambda q: q().p.A / q().p.Delta,
        "jumps to 1/tau = 0.1": lambda q: (1.0, peak(q()))}),
    Promise("dirac_delta", "Half of tau", {
        "Half of tau": lambda q: q().p.Delta == q().p.tau / 2,
        "21 %": lambda q: 100 * (1 - peak(q(dt=0.001)) * q().p.tau)}),
)
