"""Lorenz system (section A.6, exercise)."""

from ncm_app.core.model import Flow, Preset, Quantity, State


class Lorenz(Flow):
    """Three equations that never repeat themselves and never leave a bounded region (Ex. A.6.2)."""

    chapter, title = "A.6", "Lorenz system"

    sigma = Quantity(10.0, bounds=(1, 30), group="system", doc="how fast x follows y")
    r = Quantity(28.0, bounds=(0, 50), group="system", doc="drive")
    beta = Quantity(8.0 / 3.0, bounds=(0.2, 8), step=0.01, group="system", doc="decay of z")
    t_end = Quantity(20.0, softbounds=(5, 100), step=5)
    dt = Quantity(0.01, softbounds=(0.001, 0.05), step=0.001)

    states = (State("x", start=1.0, span=(-25.0, 25.0), box=(-40.0, 40.0), doc="first variable"),
              State("y", start=1.0, span=(-35.0, 35.0), box=(-60.0, 60.0), doc="second variable"),
              State("z", start=1.0, span=(0.0, 60.0), box=(-20.0, 100.0), doc="third variable"))
    explore = "r"
    presets = (
        Preset("Ex A.6.2", "All three fixed points are unstable: the run wanders between two wings without end.",
               expect={"fixed_points": ((-8.485281, -8.485281, 27.0), (0.0, 0.0, 0.0), (8.485281, 8.485281, 27.0)),
                       "kinds": ("unstable spiral (2 directions)", "unstable (1 direction)",
                                 "unstable spiral (2 directions)"),
                       "hopf": {"r": 24.73684}, "branch": {"r": 1.0},
                       "range": ((-19.24, -25.4, 0.951), (21.22, 28.9, 53.56))}),
        Preset("Two rests", "Two stable spirals; the run settles on one of them.", values={"r": 15.0, "method": "RK4"},
               expect={"fixed_points": ((-6.110101, -6.110101, 14.0), (0.0, 0.0, 0.0), (6.110101, 6.110101, 14.0)),
                       "kinds": ("stable spiral", "unstable (1 direction)", "stable spiral")}),
        Preset("Rest or chaos", "Below the Hopf point both rests are stable again, but most starts never find them.",
               values={"r": 24.3, "method": "RK4"},
               expect={"kinds": ("stable spiral", "unstable (1 direction)", "stable spiral"),
                       "hopf": {"r": 24.73684}}),
        Preset("One rest", "With a weak drive everything decays to the origin.", values={"r": 0.5, "x_0": 15.0},
               expect={"fixed_points": ((0.0, 0.0, 0.0),), "kinds": ("stable",),
                       "eigenvalues": (-10.524938, -2.666667, -0.475062), "branch": {"r": 1.0}}),
    )
    look_for = ("At r = 1 the origin hands its stability to two rests; at r = 24.74 they lose it at a subcritical Hopf "
                "point. Beyond, two runs from almost the same start part company within 20 ms. Time is in ms: "
                "read it as the book's t.")
    try_this = ("In Ex A.6.2, set x(0) to 1.001: the first 6 ms look the same, then nothing does.",
                "In Ex A.6.2, choose RK4 instead of Euler: the wings stay, the order of the turns changes.",
                "In Two rests, set x(0) and y(0) to -1: the run settles on the other rest.")
    book_note = ("The exercise's plot3 is Matlab's. Euler steps of 0.01 ms stay bounded but widen the wings: x reaches "
                 "21.2 and z 53.6; with small steps they reach 19.6 and 47.8 from this start.")

    @staticmethod
    def rhs(t, y, p):
        x, y_, z = y
        dx = p.sigma * (y_ - x)
        dy = x * (p.r - z) - y_
        dz = x * y_ - p.beta * z
        return dx, dy, dz
