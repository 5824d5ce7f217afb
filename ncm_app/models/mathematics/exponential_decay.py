"""Exponential decay (section A.3)."""

import numpy as np

from ncm_app.core.model import Flow, Mark, Measure, Plot, Preset, Quantity, State, Variable

ASIDE = 20 * "\u00a0"  # moves a label to the right of its line


def decay(t, start, target, tau):
    """Eq. A.10 with t counted from t_0; it holds for negative t too."""
    with np.errstate(over="ignore"):
        return target + (start - target) * np.exp(-t / tau)


def exact(t, p):
    """Eqs. A.6 and A.8."""
    return decay(t, p.x_0, 0.0, p.tau), decay(t, p.y_0, p.c, p.tau)


def closed_form(run, p):
    """Draw Eq. A.10 through the starts at t_0, with the places where half and 1/e of the way is left.

    The run starts at 0: where that is another time, it is drawn too. The past grows without bound, so
    that a curve ends where it would leave the plot.
    """
    t, half = np.linspace(-30.0, 70.0, 601), p.tau * np.log(2.0)
    ends = {"x": (p.x_0, 0.0), "y": (p.y_0, p.c)}
    low, high = (of(0.0, p.x_0, p.y_0, p.c) for of in (min, max))
    wide = max(high - low, 1.0)
    curves = {name: decay(t - p.t_0, *pair, p.tau) for name, pair in ends.items()}
    drawn = {name: (t, np.where((curve > low - 0.15 * wide) & (curve < high + 0.5 * wide), curve, np.nan))
             for name, curve in curves.items()}
    if p.t_0 != 0.0:
        later = np.linspace(0.0, 70.0, 421)
        drawn |= {f"run of {name}": (later, decay(later, *pair, p.tau)) for name, pair in ends.items()}
    times = p.t_0 + np.array([half, p.tau])
    left = [target + (start - target) * np.exp(-(times - p.t_0) / p.tau) for start, target in ends.values()]
    bottom, tops = low - 0.15 * wide, high + np.array([0.32, 0.14]) * wide
    return {**drawn, "places": (np.tile(times, 2), np.concatenate(left)), "start": ([p.t_0, p.t_0], [p.x_0, p.y_0]),
            "times": (np.insert(np.repeat(times, 2), 2, np.nan), [bottom, tops[0], np.nan, bottom, tops[1]]),
            "words": (times, high + np.array([0.4, 0.22]) * wide,
                      [f"half life τ ln 2 = {half:.4g} ms", f"{ASIDE}τ = {p.tau:.4g} ms"])}


def half_time(t, x):
    """Time at which x has halved, between two steps by a straight line; NaN if it has not."""
    below = np.flatnonzero(np.abs(x) <= abs(x[0]) / 2.0)
    if not len(below) or below[0] == 0:
        return float("nan")
    i = below[0]
    return float(t[i - 1] + (t[i] - t[i - 1]) * (x[i - 1] - x[0] / 2.0) / (x[i - 1] - x[i]))


class ExponentialDecay(Flow):
    """x decays to 0 and y to c, both by the same factor in the same time (Eqs. A.5 to A.10)."""

    chapter, title = "A.3", "Exponential decay"

    tau = Quantity(10.0, bounds=(1, 50), step=0.5, unit="ms", group="equation", doc="time constant")
    c = Quantity(5.0, bounds=(-10, 10), step=0.1, group="equation", doc="value that y decays to")
    t_0 = Quantity(0.0, bounds=(-20, 50), step=0.5, unit="ms", group="equation",
                   doc="time of the start, in the plot of the closed form")
    t_end = Quantity(70.0, softbounds=(10, 200))
    convergence = True

    states = (State("x", start=10.0, span=(-1.0, 11.0), box=(-20.0, 20.0), fits=True,
                    doc="what decays to 0"),
              State("y", start=10.0, span=(-1.0, 11.0), box=(-20.0, 20.0), doc="what decays to c"))
    portrait = False
    solutions = {"exact": exact}
    plots = (Plot("closed_form", "Closed form, past and future",
                    Variable("time", (-30.0, 70.0), unit="ms"), Variable("x, y", (-1.5, 15.0)),
                    (Mark("times", role="theory"), Mark("run of x", role="theory", label="the run, from 0"),
                     Mark("run of y", role="theory"), Mark("x", label="x(t) from t_0", ghost=True),
                     Mark("y", label="y(t) from t_0", ghost=True),
                     Mark("places", "points"), Mark("start", "points", "now"), Mark("words", "labels")),
                    closed_form, shape="wide", fits="y", clicks=("t_0",)),)
    presets = (
        Preset("Fig A.1", "x decays to 0 and y to c = 5: y is x squeezed and moved up.",
               expect={"exact": {10.0: (3.678794, 6.839397)}, "fixed_points": ((0.0, 5.0),),
                       "at": {10.0: (3.66032, 6.83016)}, "measured": {"half life": (6.896, 6.898)}}),
        Preset("Ex A.3.1", "The half life is tau ln 2 = 13.863 ms: 0.7 tau = 14 ms is close, tau = 20 ms is not.",
               values={"tau": 20.0, "method": "RK4", "y_0": 0.0, "c": 8.0, "t_end": 100.0},
               expect={"measured": {"half life": (13.8628, 13.8631), "left after tau": (0.36787, 0.36789)},
                       "exact": {20.0: (3.678794, 5.056964)}}),
        Preset("Eq A.10", "In the closed form, a start at t_0 = 20 ms: the run's curve, slid by 20 ms, with a past.",
               values={"t_0": 20.0}, expect={"exact": {10.0: (3.678794, 6.839397)}}),
    )
    look_for = ("Both curves take the same time to go half of what is left, wherever they are: tau ln 2, a little "
                "less than tau. After tau, 37 % is left.")
    try_this = ("Double tau from 10 to 20 ms: the half life doubles from 6.93 to 13.9 ms.",
                "Move c from 5 to 0: y falls onto x. At c = 10, where it starts, y does not move at all.",
                "Click in the plot of the closed form: the curve slides to start there, and shows its past too.",
                "Set dt to 20 ms = 2 tau: Euler jumps between 10 and -10 for ever, and beyond that ever wider.")
    book_note = ("The middle form of Eq. A.8 lacks a factor e^(-t/tau) at y_0: with the values of Fig A.1 it would end "
                 "at 15, not at 5. The line above Eq. A.7 needs tau dx/dt, and the text on past values means Eq. A.6.")

    @staticmethod
    def rhs(t, y, p):
        x, y_ = y
        dx = -x / p.tau
        dy = (-y_ + p.c) / p.tau
        return dx, dy

    @staticmethod
    def measure(run, p):
        reached = run.y[0, 0] != 0.0 and run.t[-1] >= p.tau
        left = np.interp(p.tau, run.t, run.y[0]) / run.y[0, 0] if reached else float("nan")
        return (Measure("half life", half_time(run.t, run.y[0]), "ms", theory=p.tau * np.log(2.0)),
                Measure("0.7 tau", 0.7 * p.tau, "ms"), Measure("left after tau", left, theory=np.exp(-1.0)))

    @staticmethod
    def tell(run, p):
        return (f"every {p.tau * np.log(2.0):.3g} ms half is left of x, and half of the distance of y from {p.c:g}; "
                f"after {p.tau:g} ms 37 %"
                + (f"; the closed form starts at t_0 = {p.t_0:g} ms, dashed the run at 0" if p.t_0 else ""))
