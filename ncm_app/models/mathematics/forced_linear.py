"""One linear equation with a forcing that changes in time (section A.5)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.functions import smoothed
from ncm_app.core.model import Choice, Flow, Mark, Measure, Plot, Preset, Quantity, State, Variable

NONE, STEP, SINES = range(3)


@register_jitable
def I(t, p):  # noqa: E743 (the book's name)
    """Forcing at time t (ms)."""
    if p.forcing == STEP:
        return p.I_1 * (t >= p.t_1)
    if p.forcing == SINES:
        return p.A_1 * np.sin(2.0 * np.pi * t / p.T_1) + p.A_2 * np.sin(2.0 * np.pi * t / p.T_2)
    return 0.0 * t


def gain(turn):
    """Share of a sine's height that is left, with `turn` = 2 pi tau / period."""
    return 1.0 / np.sqrt(1.0 + turn**2)


def sine_answer(t, height, period, tau):
    """Answer to one sine from 0 on: smaller, late, after a decaying start."""
    turn = 2.0 * np.pi * tau / period
    angle = 2.0 * np.pi * t / period
    return height * gain(turn) ** 2 * (np.sin(angle) - turn * np.cos(angle) + turn * np.exp(-t / tau))


def exact(t, p):
    """Eqs. A.16 and A.17 for the step; a sum for the sines; c and y_0 in both (Ex. A.5.1)."""
    free = p.c + (p.y_0 - p.c) * np.exp(-t / p.tau)
    if p.forcing == STEP:
        return (free - p.I_1 * np.expm1(-np.maximum(t - p.t_1, 0.0) / p.tau),)
    if p.forcing == SINES:
        return (free + sine_answer(t, p.A_1, p.T_1, p.tau) + sine_answer(t, p.A_2, p.T_2, p.tau),)
    return (free,)


def convolution(t, p):
    """Eq. A.18: what is left of the start, and the kernel convolved with c + I."""
    return (p.y_0 * np.exp(-t / p.tau) + smoothed(t, lambda t: p.c + I(t, p), p.tau),)


def kernel(s, tau):
    """Eq. A.19, the Green's function."""
    return np.where(s >= 0.0, np.exp(-np.maximum(s, 0.0) / tau) / tau, 0.0)


def kernels(run, p):
    """Draw the kernel and the flipped kernel."""
    s = np.linspace(-50.0, 50.0, 1001)
    return {"kernel": (s, kernel(s, p.tau)), "flipped": (s, kernel(-s, p.tau)), "area": (s, kernel(-s, p.tau))}


def filter_curve(of):
    """Return what draws a property of the filter over frequency, with the two sines on it."""
    def draw(run, p):
        f = np.geomspace(0.5, 500.0, 301)
        sines = 1000.0 / np.array([p.T_1, p.T_2])
        places = {"sines": (sines, of(0.002 * np.pi * sines * p.tau))} if p.forcing == SINES else {}
        return {"curve": (f, of(0.002 * np.pi * f * p.tau)), **places}

    return draw


def heights(run, p):
    """Heights of the two sines in the run: least squares on sines, cosines, a constant and a decay."""
    angles = [2.0 * np.pi * run.t / period for period in (p.T_1, p.T_2)]
    columns = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    fitted = np.linalg.lstsq(np.array([*columns, np.ones_like(run.t), np.exp(-run.t / p.tau)]).T, run.y[0])[0]
    return float(np.hypot(*fitted[:2])), float(np.hypot(*fitted[2:4]))


def told_of_step(p, end):
    """Say where y goes before and after the step, as far as the run shows it."""
    if p.t_1 >= end:
        return (f"the step comes at {p.t_1:g} ms, after the end of the run at {end:g} ms: till then y goes toward "
                f"{p.c:g}")
    before = f"; before, toward {p.c:g}" if p.t_1 > 0.0 else ""
    return (f"from t = {p.t_1:g} ms on, y goes toward {p.c + p.I_1:g}, and comes 63 % of the way in every "
            f"{p.tau:g} ms{before}")


FREQUENCY = Variable("frequency", (0.5, 500.0), unit="Hz")


class ForcedLinear(Flow):
    """y runs after a forcing I(t) and never catches up: a running average of its past (Eq. A.14)."""

    chapter, title = "A.5", "Linear equation with forcing"

    forcing = Choice("step", objects=["none", "step", "two sines"], symbol="I", group="forcing",
                     doc="shape of the forcing in time")
    tau = Quantity(10.0, bounds=(1, 50), step=0.5, unit="ms", group="equation", doc="time constant")
    c = Quantity(0.0, bounds=(-5, 5), step=0.1, group="equation", doc="constant that is added (Ex. A.5.1)")
    I_1 = Quantity(5.0, bounds=(-5, 10), step=0.1, group="step", doc="height of the step, the book's c")
    t_1 = Quantity(50.0, bounds=(0, 500), step=1, unit="ms", group="step", doc="time of the step")
    A_1 = Quantity(0.08, bounds=(0, 5), step=0.01, group="sines", doc="height of the first sine")
    T_1 = Quantity(100.0, bounds=(2, 500), step=1, unit="ms", group="sines", doc="its period")
    A_2 = Quantity(0.03, bounds=(0, 5), step=0.01, group="sines", doc="height of the second sine")
    T_2 = Quantity(10.0, bounds=(2, 500), step=1, unit="ms", group="sines", doc="its period")
    t_end = Quantity(100.0)

    states = (State("y", start=2.0, span=(-0.5, 5.5), box=(-15.0, 20.0), fits=True, doc="answer"),)
    observed = (Variable("I", span=(-0.12, 0.12), role="external", doc="forcing", fits=True),)
    steady = {"forcing": "none"}
    portrait = False
    idle_unless = {"forcing": {"step": ("I_1", "t_1"), "two sines": ("A_1", "T_1", "A_2", "T_2")}}
    solutions = {"exact": exact, "convolution": convolution}
    plots = (
        Plot("kernels", "Kernel k(s) and flipped kernel", Variable("s", (-50.0, 50.0), unit="ms"),
              Variable("k", (0.0, 0.12), unit="1/ms"),
              (Mark("area", "area", "external"), Mark("kernel", label="k(s)", ghost=True),
               Mark("flipped", role="theory", label="k(-s)")), kernels, fits="y"),
        Plot("gain", "Height that is left of a sine", FREQUENCY, Variable("gain", (0.01, 1.2)),
              (Mark("curve", ghost=True), Mark("sines", "points", "now")), filter_curve(gain), log="xy"),
        Plot("lag", "Lag behind a sine", FREQUENCY, Variable("lag", (0.0, 95.0), unit="deg"),
              (Mark("curve", ghost=True), Mark("sines", "points", "now")),
              filter_curve(lambda turn: np.degrees(np.arctan(turn))), log="x"),
    )
    presets = (
        Preset("Fig A.4 A,B", "First y decays to 0, then, from the step on, to the height of the step.",
               expect={"exact": {50.0: (0.0134759,), 60.0: (3.16556,), 99.9: (4.96606,)}, "fixed_points": ((0.0,),),
                       "errors": {"run": 0.00909, "convolution": 2.1e-05}}),
        Preset("Fig A.4 E", "The slow sine comes through (85 %), the fast one hardly (16 %): a low-pass filter.",
               values={"forcing": "two sines", "y_0": 0.0, "t_end": 500.0},
               expect={"measured": {"slow sine": (0.067, 0.0685), "fast sine": (0.00465, 0.0048)},
                       "errors": {"convolution": 1.2e-06}}),
        Preset("Ex A.5.1", "A constant c = 2 beside the sines: y decays to c and then waves about it.",
               values={"forcing": "two sines", "A_1": 1.0, "A_2": 1.0, "c": 2.0, "y_0": 0.0, "t_end": 200.0},
               expect={"fixed_points": ((2.0,),), "exact": {0.0: (0.0,), 200.0: (1.39430,)}}),
        Preset("No forcing", "Without forcing it is exponential decay to c.", values={"forcing": "none", "c": 3.0},
               expect={"fixed_points": ((3.0,),), "kinds": ("stable",), "eigenvalues": (-0.1,)}),
    )
    look_for = ("y always moves toward c + I(t), as fast as tau allows, so it is smaller and later than a fast "
                "forcing. Its kernel is 0 for s < 0: y knows the past only, and forgets what is older than 5 tau.")
    try_this = ("In Fig A.4 A,B, raise tau from 10 to 40 ms: at the end y has come 71 % of the way, not 99 %.",
                "In Fig A.4 E, raise tau to 50 ms: of the slow sine 30 % is left, of the fast one 3 %.",
                "In Ex A.5.1, set both heights to 0: what stays is decay from y(0) to c.",
                "In Fig A.4 A,B, choose RK4: hardly any error until the step, then one as large as Euler's.")
    book_note = ("The solution printed in Ex A.5.1 starts at y_0 + c; it must be c + (y_0 - c) e^(-t/tau) + "
                 "(k * I)(t). The past that counts is [t - 5 tau, t], not up to 0. Under np.convolve as in Fig A.4 E, "
                 "y is 0.0011 off; sampled in mid-step as here, 0.0000012.")

    @staticmethod
    def rhs(t, y, p):
        (y_,) = y
        dy = (-y_ + p.c + I(t, p)) / p.tau
        return (dy,)

    @staticmethod
    def observe(t, y, p):
        return (I(t, p),)

    @staticmethod
    def measure(run, p):
        if p.forcing != SINES or p.T_1 == p.T_2 or len(run.t) < 8:
            return ()
        theory = [height * gain(2.0 * np.pi * p.tau / period) for height, period in ((p.A_1, p.T_1), (p.A_2, p.T_2))]
        return tuple(Measure(name, found, theory=float(told)) for name, found, told in
                     zip(("slow sine", "fast sine"), heights(run, p), theory, strict=True))

    @staticmethod
    def tell(run, p):
        if p.forcing == STEP and p.I_1 != 0.0:
            return told_of_step(p, float(run.t[-1]))
        sines = [(height, period) for height, period in ((p.A_1, p.T_1), (p.A_2, p.T_2)) if height > 0.0]
        if p.forcing == SINES and sines:
            turns = [2.0 * np.pi * p.tau / period for _, period in sines]
            return "; ".join(f"{100 * gain(turn):.0f} % of the sine of {period:g} ms comes through, "
                             f"{np.degrees(np.arctan(turn)):.0f}° late"
                             for turn, (_, period) in zip(turns, sines, strict=True))
        without = ("without forcing", "the step has no height", "both sines have no height")[int(p.forcing)]
        way = "rises" if p.y_0 < p.c else "falls"
        if p.y_0 == p.c:
            return f"{without}: y stays at {p.c:g}"
        return f"{without}: y {way} from {p.y_0:g} to {p.c:g} with time constant {p.tau:g} ms"
