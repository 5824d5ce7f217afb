"""One equation on a line (section A.7)."""

from numba.extending import register_jitable

from ncm_app.core.model import Choice, Flow, Preset, Quantity, State

PARABOLA, MOVED_PARABOLA, CUBIC, PITCHFORK, TRANSCRITICAL = range(5)


@register_jitable
def f(x, p):
    """Speed of x, one of five textbook functions."""
    if p.f == PARABOLA:
        return x**2 - 1.0
    if p.f == MOVED_PARABOLA:
        return x**2 + p.a
    if p.f == CUBIC:
        return p.a - (x + 1.0) * (x - 1.0) * (x - 2.0)
    if p.f == PITCHFORK:
        return p.a * x - x**3
    return p.a * x - x**2


class PhaseLine(Flow):
    """The sign of f(x) decides where x goes; fixed points meet, vanish or swap as a moves (Eq. A.24)."""

    chapter, title = "A.7", "Phase line"

    f = Choice("x^2 + a", objects=["x^2 - 1", "x^2 + a", "cubic", "pitchfork", "transcritical"],
               group="equation", doc="function that gives the speed of x")
    a = Quantity(-1.0, bounds=(-3, 3), step=0.05, group="equation", doc="parameter of f")
    t_end = Quantity(5.0, softbounds=(1, 50), step=1)
    dt = Quantity(0.01, softbounds=(0.01, 1), step=0.01)

    states = (State("x", start=0.6, span=(-3.0, 3.0), box=(-4.0, 4.0), doc="position on the line"),)
    idle_unless = {"f": dict.fromkeys(("x^2 + a", "cubic", "pitchfork", "transcritical"), ("a",))}
    explore = "a"
    presets = (
        Preset("Fig A.6", "Left of 1 everything flows to -1; right of 1 it runs away.",
               expect={"fixed_points": ((-1.0,), (1.0,)), "kinds": ("stable", "unstable"), "eigenvalues": (-2.0, 2.0),
                       "fold": {"a": 0.0}, "at": {4.99: (-0.999654,), 5.0: (-0.999661,)}}),
        Preset("Ex A.7.1", "A start on the fixed point stays there, although the point is unstable.",
               values={"f": "x^2 - 1", "x_0": 1.0},
               expect={"kinds": ("stable", "unstable"), "at": {2.5: (1,), 5.0: (1,)}}),
        Preset("Ex A.7.2", "From 0 the speed is negative and stays so: x falls to -1 and never turns.",
               values={"f": "x^2 - 1", "x_0": 0.0},
               expect={"kinds": ("stable", "unstable"), "at": {5.0: (-0.999917,)}}),
        Preset("Ex A.7.2, from -2", "From -2 the speed is positive: x climbs to the same fixed point.",
               values={"f": "x^2 - 1", "x_0": -2.0},
               expect={"kinds": ("stable", "unstable"), "at": {5.0: (-1.000027,)}}),
        Preset("Ex A.7.3", "The cubic (at a = 0): two stable points, and between them the one that parts the starts.",
               values={"f": "cubic", "a": 0.0, "x_0": 1.1},
               expect={"fixed_points": ((-1.0,), (1.0,), (2.0,)), "kinds": ("stable", "unstable", "stable"),
                       "eigenvalues": (-6.0, 2.0, -3.0), "fold": {"a": (-0.63113, 2.112612)}}),
        Preset("Ex A.7.4, a = 0", "The two points have met: stable from the left, unstable to the right.",
               values={"a": 0.0, "x_0": -1.5},
               expect={"fixed_points": ((0.0,),), "kinds": ("semi-stable",), "fold": {"a": 0.0}}),
        Preset("Ex A.7.4, a > 0", "No fixed point is left: x lingers near 0, then runs away in finite time.",
               values={"a": 0.25, "x_0": -2.0, "t_end": 7.0},
               expect={"fixed_points": (), "kinds": (), "fold": {"a": 0.0}}),
        Preset("Pitchfork", "0 gives its stability to two new points at a = 0.",
               values={"f": "pitchfork", "a": 1.0, "x_0": 0.1, "t_end": 10.0},
               expect={"fixed_points": ((-1.0,), (0.0,), (1.0,)), "kinds": ("stable", "unstable", "stable"),
                       "eigenvalues": (-2.0, 1.0, -2.0), "branch": {"a": 0.0}}),
        Preset("Transcritical", "Two points pass through each other at a = 0 and exchange their stability.",
               values={"f": "transcritical", "a": 1.0, "x_0": 0.1, "t_end": 10.0},
               expect={"fixed_points": ((0.0,), (1.0,)), "kinds": ("unstable", "stable"), "eigenvalues": (1.0, -1.0),
                       "branch": {"a": 0.0}}),
    )
    look_for = ("A fixed point is stable where f falls through zero and unstable where it rises. x never turns round. "
                "In x^2 + a two fixed points meet at a = 0 and vanish: a saddle-node. Time is in ms: read it as the "
                "book's t.")
    try_this = ("In Fig A.6, raise a from -1 to 0.1: the fixed points meet at x = 0 and are gone.",
                "In Fig A.6, start at x(0) = 1.1: x blows up at t = 1.6 ms (exactly 1.52), and the run says so.",
                "In Ex A.7.3, start at x(0) = 0.9 instead of 1.1: x ends at -1, not at 2.",
                "In Ex A.7.3, lower a to -0.7: only one fixed point is left, so every start ends near -1.1.")
    book_note = ("In Ex A.7.1 Euler's method is exact, because every step adds 0. Exact values at t = 5 from the "
                 "starts of Fig A.6 and Ex A.7.2 are -0.999637, -0.999909 and -1.00003. The parameter a in the cubic, "
                 "the pitchfork and the transcritical form are additions.")

    @staticmethod
    def rhs(t, y, p):
        (x,) = y
        dx = f(x, p)
        return (dx,)
