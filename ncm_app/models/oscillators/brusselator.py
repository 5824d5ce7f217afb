"""Brusselator: a check of the methods on a system whose answers are known."""

from ncm_app.core.model import Choice, Flow, Preset, Quantity, State


class Brusselator(Flow):
    """A chemical clock with a fixed point, a Hopf point and a period that pencil and paper give."""

    chapter, title = "A.9", "Brusselator"

    A = Quantity(1.0, bounds=(0.5, 2), step=0.01, group="supply", doc="supply of x")
    B = Quantity(3.0, bounds=(0.1, 6), step=0.05, group="supply", doc="drive from x to y")
    t_end = Quantity(60.0, softbounds=(10, 200), step=5)
    dt = Quantity(0.01, softbounds=(0.01, 0.2), step=0.01)
    method = Choice("RK4")

    states = (State("x", start=1.0, span=(0.0, 5.0), box=(0.0, 12.0), role="excitatory",
                    doc="concentration that makes more of itself"),
              State("y", start=1.0, span=(0.0, 6.0), box=(0.0, 15.0), role="inhibitory",
                    doc="concentration that is used up"))
    explore = "B"
    presets = (
        Preset("Cycle", "B lies well above 1 + A² = 2: slow filling and fast discharge in turn.",
               expect={"fixed_points": ((1.0, 3.0),), "kinds": ("unstable spiral",), "hopf": {"B": 2.0},
                       "period": 7.15692}),
        Preset("Just above the Hopf point", "A small, round cycle; its period is close to 2 pi / A.",
               values={"B": 2.05, "t_end": 200.0, "y_0": 1.7},
               expect={"fixed_points": ((1.0, 2.05),), "kinds": ("unstable spiral",), "hopf": {"B": 2.0},
                       "period": 6.3016}),
        Preset("Rest", "Below the Hopf point the ringing dies out.", values={"B": 1.5},
               expect={"fixed_points": ((1.0, 1.5),), "kinds": ("stable spiral",),
                       "eigenvalues": (-0.25 - 0.968246j, -0.25 + 0.968246j), "hopf": {"B": 2.0}}),
    )
    look_for = ("The fixed point is (A, B / A). Its determinant is A² and its trace B - 1 - A², so it loses stability "
                "at B = 1 + A² with the period 2 pi / A: numbers by which a program can be checked.")
    try_this = ("In Rest, raise B from 1.5 to 2.1: the ringing no longer dies out, a small cycle remains.",
                "In Cycle, raise A from 1 to 1.5: the Hopf point moves to 3.25, above B, and the cycle is gone.",
                "In Cycle, raise B to 5: x rests near 0 and then shoots up.")
    book_note = "This system is not in the book; it stands beside section A.9 as a test of its methods."

    @staticmethod
    def rhs(t, y, p):
        x, y_ = y
        dx = p.A + x**2 * y_ - (p.B + 1.0) * x
        dy = p.B * x - x**2 * y_
        return dx, dy
