"""A short pulse of area 1, and what it leaves behind (section A.8)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.functions import smoothed
from ncm_app.core.model import Flow, Mark, Measure, Plot, Preset, Quantity, State, Variable

W = 2.0 * np.pi / 80.0  # 1/ms: the signal's angular frequency
GUARD = 1e-9  # ms: a step k * dt is often a rounding error short of an edge of the pulse


@register_jitable
def I(t, p):  # noqa: E743 (the book's name)
    """Pulse (1/ms) of width Delta and area A that begins at t_1."""
    return p.A / p.Delta * (t + GUARD >= p.t_1) * (t + GUARD < p.t_1 + p.Delta)


def limit(t, p):
    """Eq. A.27 with t >= t_1: the answer to a pulse without width, the kernel slid to t_1; x(0) decays beside it."""
    kernel = np.where(t >= p.t_1, p.A / p.tau * np.exp(-np.maximum(t - p.t_1, 0.0) / p.tau), 0.0)
    return kernel + p.x_0 * np.exp(-t / p.tau)


def exact(t, p):
    """Answer to the pulse of finite width: up to t_1 + Delta toward its height, then down."""
    rising, falling = (np.maximum(t - start, 0.0) for start in (p.t_1, p.t_1 + p.Delta))
    height = p.A / p.Delta
    return (p.x_0 * np.exp(-t / p.tau) + height * (np.expm1(-falling / p.tau) - np.expm1(-rising / p.tau)),)


def convolution(t, p):
    """Eq. A.18: the kernel convolved with the pulse."""
    return (p.x_0 * np.exp(-t / p.tau) + smoothed(t, lambda t: I(t, p), p.tau),)


def signal(t):
    """A signal to pick a value from."""
    return np.sin(W * t)


def average(p):
    """Mean of the signal under the pulse."""
    return (np.cos(W * p.t_1) - np.cos(W * (p.t_1 + p.Delta))) / (W * p.Delta)


def summed(run, p, of=lambda t: 1.0 + 0.0 * t):
    """Riemann sum of a function times the pulse, on the steps of the run: sum(of(t) * I) * dt."""
    return float(np.sum(of(run.t) * I(run.t, p)) * (run.t[1] - run.t[0]))


def answers(run, p):
    """Draw the run beside the kernel that it approaches."""
    fine = np.unique([*np.linspace(max(p.t_1 - 15.0, 0.0), p.t_1 + 45.0, 601), p.t_1, p.t_1 - 1e-9])
    return {"run": (run.t - p.t_1, run.y[0]), "limit": (fine - p.t_1, limit(fine, p))}


def sifting(run, p):
    """Draw a signal, the part of it under the pulse, and the average that the pulse takes."""
    t, under = np.linspace(0.0, 100.0, 401), np.linspace(p.t_1, p.t_1 + p.Delta, 101)
    return {"signal": (t, signal(t)), "under": (under, signal(under)),
            "picked": ([p.t_1 + p.Delta / 2.0], [summed(run, p, signal)]), "wanted": ([p.t_1], [p.A * signal(p.t_1)])}


class DiracDelta(Flow):
    """A pulse that gets shorter and higher: its answer becomes the kernel, a jump and a decay (Eq. A.26)."""

    chapter, title = "A.8", "Dirac delta function"

    Delta = Quantity(0.1, bounds=(0.1, 20), step=0.1, unit="ms", group="pulse",
                     doc="width of the pulse; its height is A / Delta")
    t_1 = Quantity(20.0, bounds=(1, 80), step=0.5, unit="ms", group="pulse", doc="begin of the pulse")
    A = Quantity(1.0, bounds=(0, 2), step=0.05, group="pulse", doc="area of the pulse")
    tau = Quantity(10.0, bounds=(1, 50), step=0.5, unit="ms", group="equation", doc="time constant")
    t_end = Quantity(100.0, softbounds=(20, 200))

    states = (State("x", start=0.0, span=(-0.01, 0.12), box=(-1.0, 1.0), fits=True, doc="answer"),)
    observed = (Variable("I", span=(0.0, 10.5), unit="1/ms", role="external", doc="pulse", fits=True),)
    steady = {"A": 0.0}
    portrait = False
    solutions = {"exact": exact, "convolution": convolution}
    plots = (
        Plot("answer", "Answer, and its limit",
              Variable("time after t_1", (-15.0, 45.0), unit="ms"), Variable("x", (-0.01, 0.12)),
              (Mark("run", label="x", ghost=True), Mark("limit", role="theory", label="limit Δ → 0")), answers,
              fits="y"),
        Plot("sifting", "Pulse picks x(t_1) of a signal", Variable("time", (0.0, 100.0), unit="ms"),
              Variable("signal", (-1.15, 1.7)),
              (Mark("under", "area", "excitatory"), Mark("signal", role="external", label="signal"),
               Mark("wanted", "points", "now", label="x(t_1)"), Mark("picked", "points", "excitatory",
                                                                   label="integral")),
              sifting, clicks=("t_1",)),
    )
    presets = (
        Preset("Fig A.7", "A pulse of one time step, 10 high: x jumps to 1/tau = 0.1 and decays.",
               expect={"at": {20.0: (0.0,), 20.1: (0.1,), 30.0: (0.0369730,)}, "exact": {20.0: (0.0,)},
                       "range": ((0.0,), (0.1,)),
                       "measured": {"area": (0.999999, 1.000001), "signal times pulse": (0.999, 1.001)}}),
        Preset("Pulse of 20 ms", "Twice as long as tau: x follows the pulse, and is no kernel yet.",
               values={"Delta": 20.0},
               expect={"exact": {40.0: (0.0432332,)},
                       "measured": {"area": (0.999999, 1.000001), "signal times pulse": (0.634, 0.641)}}),
        Preset("Pulse of 5 ms", "Half of tau: already a rounded kernel, 21 % too low at its peak.",
               values={"Delta": 5.0},
               expect={"exact": {25.0: (0.0786939,)}, "measured": {"area": (0.999999, 1.000001)}}),
    )
    look_for = ("The area of the pulse stays the same while it gets shorter. What x does later hardly depends on the "
                "width any more: a jump by A / tau, then decay.")
    try_this = ("In Pulse of 20 ms, lower Delta to 10, 5, 1 and 0.1 ms: the peak rises from 0.043 to 0.1.",
                "Move t_1: the same answer comes later, nothing else changes.",
                "In Fig A.7, set dt to 0.4 ms: the loop sums an area of 4, because one step is four pulses long.",
                "Click in the plot of the signal: a short pulse picks its value there, one of 20 ms an average.")
    book_note = ("As a limit of Gaussians, delta needs exp(-t^2 / (2 sigma^2)): as printed the area is 0.7071. The "
                 "cases of Eq. A.27 are t >= t_1 and t < t_1, not 0. np.int is gone from NumPy. The book's pulse is "
                 "centred; here, as in its code, it begins at t_1, so x(30) = 0.036973; the limit is 0.0367879.")

    @staticmethod
    def rhs(t, y, p):
        (x,) = y
        dx = (-x + I(t, p)) / p.tau
        return (dx,)

    @staticmethod
    def observe(t, y, p):
        return (I(t, p),)

    @staticmethod
    def measure(run, p):
        if p.t_1 + p.Delta > run.t[-1]:  # part of the pulse is not in the run
            return ()
        found = (Measure("area", summed(run, p), theory=p.A),
                 Measure("signal times pulse", summed(run, p, signal), theory=float(p.A * average(p))),
                 Measure("A times signal at t_1", float(p.A * signal(p.t_1))))
        later = p.t_1 + p.tau
        if later > run.t[-1]:
            return found
        return (*found, Measure("x at t_1 + tau", float(np.interp(later, run.t, run.y[0])),
                                theory=float(exact(np.array(later), p)[0])),
                Measure("after a delta function", float(limit(np.array(later), p))))

    @staticmethod
    def tell(run, p):
        if p.A == 0.0:
            return "the area of the pulse is 0: there is no pulse" + ", and x(0) decays" * (p.x_0 != 0.0)
        if p.t_1 + p.Delta > run.t[-1]:
            return (f"the run ends at {run.t[-1]:g} ms, before the pulse from {p.t_1:g} to {p.t_1 + p.Delta:g} ms is "
                    "over")
        missed = abs(summed(run, p) - p.A)
        if missed > 0.01:
            return (f"the steps of {run.t[1] - run.t[0]:g} ms are too coarse for a pulse of {p.Delta:g} ms: they sum "
                    f"its area to {summed(run, p):.3g}, not {p.A:g}")
        peak = 100.0 * np.expm1(-p.Delta / p.tau) / (-p.Delta / p.tau)
        rising = "x rises" if p.x_0 == 0.0 else f"x(0) = {p.x_0:g} decays, and what the pulse adds to it rises"
        return (f"the pulse lasts {p.Delta:g} ms, {p.Delta / p.tau:.2g} tau: {rising} to {peak:.3g} % of the jump "
                "A / tau that a delta function makes, and then decays like the kernel")
