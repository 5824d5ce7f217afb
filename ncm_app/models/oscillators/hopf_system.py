"""Nonlinear system with a Hopf bifurcation (section A.9, exercises)."""

from ncm_app.core.model import Flow, Preset, Quantity, State


class HopfSystem(Flow):
    """Damping that changes sign with distance: a rest, a rhythm, or an escape (Ex. A.9.4)."""

    chapter, title = "A.9", "System with a Hopf bifurcation"

    c = Quantity(-0.2, bounds=(-3, 3), step=0.05, unit="1/ms", group="system",
                 doc="damping near the fixed point")
    t_end = Quantity(60.0, softbounds=(5, 200), step=5)
    dt = Quantity(0.01, softbounds=(0.01, 0.5), step=0.01)

    states = (State("x", start=0.5, span=(-3.5, 3.5), box=(-5.0, 5.0), role="excitatory",
                    doc="speed of y"),
              State("y", start=0.0, span=(-3.0, 3.0), box=(-5.0, 5.0), role="inhibitory",
                    doc="displacement"))
    explore = "c"
    presets = (
        Preset("Ex A.9.4, c < 0", "The fixed point pushes away and the far field pulls back: a stable cycle.",
               expect={"fixed_points": ((0.0, 0.0),), "kinds": ("unstable spiral",), "hopf": {"c": 0.0},
                       "eigenvalues": (0.1 - 0.994987j, 0.1 + 0.994987j), "period": 6.29888,
                       "cycle": ((-2.0442, -2.0004), (2.0442, 2.0004))}),
        Preset("Ex A.9.4, c = -1", "The same amplitude in y, but no longer a sine.", values={"c": -1.0},
               expect={"kinds": ("unstable spiral",), "eigenvalues": (0.5 - 0.866025j, 0.5 + 0.866025j),
                       "period": 6.66329, "cycle": ((-2.678, -2.0086), (2.678, 2.0086))}),
        Preset("Ex A.9.4, c = 0", "At the Hopf point the equation is linear: circles of every size.",
               values={"c": 0.0}, expect={"fixed_points": ((0.0, 0.0),), "kinds": ("centre",),
                                          "eigenvalues": (-1.0j, 1.0j)}),
        Preset("Ex A.9.3", "A start inside the unstable cycle rings down to the fixed point.",
               values={"c": 1.0, "x_0": 2.0, "t_end": 20.0},
               expect={"fixed_points": ((0.0, 0.0),), "kinds": ("stable spiral",), "hopf": {"c": 0.0},
                       "eigenvalues": (-0.5 - 0.866025j, -0.5 + 0.866025j)}),
        Preset("Ex A.9.3, outside", "A start outside the unstable cycle escapes: it blows up at 1.3 ms.",
               values={"c": 1.0, "x_0": 3.0, "t_end": 2.0},
               expect={"kinds": ("stable spiral",)}),
    )
    look_for = ("At c = 0 the trace of the spiral is 0: a Hopf point. For c < 0 a stable cycle surrounds the fixed "
                "point; for c > 0 time runs backwards, so the cycle is unstable and parts the starts that rest from "
                "those that blow up. Time is in ms: read it as the book's t.")
    try_this = ("In Ex A.9.4, c < 0, raise c towards 0: the cycle keeps its amplitude of 2 but takes longer to reach.",
                "In Ex A.9.3, raise x(0) from 2 to 2.2: the start is outside the cycle, and x blows up.",
                "In Ex A.9.4, c = 0, set dt to 0.1 ms: Euler's circles widen; with RK4 they close.")
    book_note = ("The parameter of Ex A.9.4 is c; its text calls it mu. This is van der Pol's equation, so the cycle "
                 "does not shrink to nothing as c goes to 0. For c > 0 solutions from outside the cycle, such as "
                 "x = 3 in Ex A.9.3, blow up in finite time; the text does not say so.")

    @staticmethod
    def rhs(t, y, p):
        x, y_ = y
        dx = -p.c * (1.0 - y_**2) * x - y_
        dy = x
        return dx, dy
