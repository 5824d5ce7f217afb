"""Stepping through an equation whose solution is known (section A.6)."""

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Choice, Flow, Mark, Measure, Plot, Preset, Quantity, State, Variable

SINE, DECAY, FORCED = range(3)
WINDOW = 12.0  # ms, the part of the run in which single steps are drawn
MOST_STEPS = 400  # more of them within the window would be a thick line


@register_jitable
def f(x, t, p):
    """Speed of x at time t, one of three equations."""
    if p.equation == SINE:
        return np.sin(x) * np.cos(p.omega * t)
    if p.equation == DECAY:
        return -x / p.tau
    return (-x + np.cos(p.omega * t)) / p.tau


def exact(t, p):
    """Closed forms: tan(x / 2) grows with exp(sin(omega t) / omega); decay; decay plus a smaller, later cosine."""
    if p.equation == SINE:
        turns = np.rint(p.x_0 / (2.0 * np.pi))
        half = np.tan(p.x_0 / 2.0 - np.pi * turns) * np.exp(t * np.sinc(p.omega * t / np.pi))
        return (2.0 * np.pi * turns + 2.0 * np.arctan(half),)
    if p.equation == DECAY:
        return (p.x_0 * np.exp(-t / p.tau),)
    turn = p.omega * p.tau
    late = (np.cos(p.omega * t) + turn * np.sin(p.omega * t)) / (1.0 + turn**2)
    return (late + (p.x_0 - 1.0 / (1.0 + turn**2)) * np.exp(-t / p.tau),)


def directions(p):
    """Slope field: short strokes (NaN between) of the speed f at places of the window."""
    t, x = (grid.ravel() for grid in np.meshgrid(np.linspace(0.4, WINDOW - 0.4, 24), np.linspace(-0.9, 2.9, 14)))
    speed = f(x, t, p) + 0.0 * t
    length = 0.17 / np.hypot(1.0, 2.5 * speed)  # about equal on the screen, where x is drawn larger than t
    strokes = np.full((2, 3, len(t)), np.nan)
    for end, way in enumerate((-length, length)):
        strokes[0, end], strokes[1, end] = t + way, x + way * speed
    return strokes[0].T.ravel(), strokes[1].T.ravel()


def steps(run, p):
    """Draw the steps of the run as points on the straight lines between them, over the exact curve."""
    shown, t = run.t <= WINDOW, np.linspace(0.0, WINDOW, 401)
    line = run.t[shown], run.y[0, shown]
    points = {"points": line} if np.count_nonzero(shown) <= MOST_STEPS else {}
    return {"field": directions(p), "exact": (t, exact(t, p)[0]), "line": line, **points}


class EulerMethod(Flow):
    """From where it is, x goes straight on for a time dt, again and again: the error shrinks with dt (Eq. A.22)."""

    chapter, title = "A.6", "Forward Euler method"

    equation = Choice("sin x cos t", objects=["sin x cos t", "exponential decay", "forced linear"], symbol="f",
                      group="equation", doc="equation with a known solution")
    omega = Quantity(1.0, bounds=(0, 3), step=0.05, group="equation",
                     doc="angular frequency of the cosine, in 1/ms")
    tau = Quantity(2.0, bounds=(0.5, 20), step=0.1, unit="ms", group="equation",
                   doc="time constant of the linear equations")
    t_end = Quantity(50.0, softbounds=(10, 100), step=5)
    dt = Quantity(0.01, bounds=(0.001, 10), softbounds=(0.01, 5))

    states = (State("x", start=1.0, span=(-1.0, 3.0), box=(-3.0, 3.0), doc="solution"),)
    steady = {"omega": 0.0}
    portrait = False
    convergence = side_by_side = True
    idle_unless = {"equation": {"sin x cos t": ("omega",), "exponential decay": ("tau",),
                                "forced linear": ("omega", "tau")}}
    solutions = {"exact": exact}
    plots = (
        Plot("steps", "Steps of the chosen method, one by one", Variable("time", (0.0, WINDOW), unit="ms"),
              Variable("x", (-1.0, 3.5)),
              (Mark("field", role="external"), Mark("exact", role="theory", label="exact"),
               Mark("line", label="steps", ghost=True), Mark("points", "points", "inhibitory")), steps),
    )
    presets = (
        Preset("Fig A.5", "Small steps: Euler's run can hardly be told from the exact curve.",
               expect={"range": ((0.377155,), (1.960307,)), "at": {49.99: (0.748034,)}, "exact": {50.0: (0.795644,)},
                       "errors": {"run": 0.0520}}),
        Preset("Large steps", "Steps of 0.5 ms: each goes off along a tangent, and Euler's waves drift downwards.",
               values={"dt": 0.5}, expect={"exact": {50.0: (0.795644,)}, "measured": {"largest error": (1.9, 1.95)}}),
        Preset("Ex A.6.1, decay", "Decay with steps of 1.2 tau: Euler overshoots 0 at every step, RK4 does not.",
               values={"equation": "exponential decay", "dt": 2.4, "t_end": 24.0},
               expect={"at": {2.4: (-0.2,), 4.8: (0.04,)}, "exact": {2.4: (0.3011942,)}, "errors": {"run": 0.501}}),
        Preset("Ex A.6.1, forced", "A linear equation with a cosine: the error neither grows nor fades.",
               values={"equation": "forced linear", "dt": 0.5},
               expect={"exact": {50.0: (0.0880433,)}}),
    )
    look_for = ("Half the step gives half the error with Euler, a quarter with Heun, a sixteenth with RK4: on log axes "
                "straight lines of slope 1, 2 and 4, until rounding stops them.")
    try_this = ("In Fig A.5, raise dt to 0.5, then to 1 ms, and watch the single steps leave the exact curve.",
                "In Ex A.6.1, decay, raise dt above 2 tau = 4 ms: Euler's run grows without bound.",
                "In Large steps, choose Heun, then RK4: the same steps, far smaller errors.",
                "In Large steps, set x(0) = 0: x stays, because there the speed is 0 and every step is exact.")
    book_note = ("In the book's first Euler step the factor dt is missing at f(x_0, t_0). The notebook is called "
                 "ForwardEuler.ipynb, and lines such as plot(time,u(1,:)) and plot3 are Matlab. Its equation "
                 "x' = sin(x) cos(t) has the solution tan(x/2) = tan(1/2) exp(sin t).")
    equations = (r"x(t + \Delta t) \approx x(t) + f(x(t), t)\, \Delta t \quad \text{(a step of Euler's method)}",)

    @staticmethod
    def rhs(t, y, p):
        (x,) = y
        dx = f(x, t, p)
        return (dx,)

    @staticmethod
    def levels(p):
        return (None,)

    @staticmethod
    def measure(run, p):
        apart = np.abs(run.y[0] - exact(run.t, p)[0])
        worst = int(np.argmax(apart))
        return (Measure("largest error", float(apart[worst])), Measure("it is at", float(run.t[worst]), "ms"),
                Measure("error at the end", float(apart[-1])))

    @staticmethod
    def tell(run, p):
        apart, swing = np.max(np.abs(run.y[0] - exact(run.t, p)[0])), float(np.ptp(exact(run.t, p)[0])) or 1.0
        share = f"{100.0 * apart / swing:.3g} %" if apart < 10.0 * swing else "more than ten times"
        return f"{len(run.t) - 1} steps; the run is up to {share} of the range of x away from the exact solution"
