"""Linear system of two equations (section A.9)."""

import numpy as np

from ncm_app.core.model import Flow, Preset, Quantity, State

ALIKE = 1e-7  # eigenvalues closer than this are taken to be one


def exact(t, p):
    """Closed form by the two eigenvalues, which may be complex or equal."""
    middle, determinant = (p.a + p.d) / 2.0, p.a * p.d - p.b * p.c
    half = np.sqrt(complex(middle * middle - determinant))
    with np.errstate(all="ignore"):  # long after the run has blown up, exp overflows
        first, second = np.exp((middle + half) * t), np.exp((middle - half) * t)
        even = ((first + second) / 2.0).real
        odd = ((first - second) / (2.0 * half)).real if abs(half) > ALIKE else t * np.exp(middle * t)
        u_1 = even * p.u_1_0 + odd * ((p.a - middle) * p.u_1_0 + p.b * p.u_2_0)
        u_2 = even * p.u_2_0 + odd * (p.c * p.u_1_0 + (p.d - middle) * p.u_2_0)
    return u_1, u_2


def entry(value, name, place):
    """Return the control of one entry of the matrix."""
    return Quantity(value, bounds=(-12, 12), step=0.1, unit="1/ms", symbol=name, group="matrix A", doc=place)


def case(name, sentence, entries, start, expect, **run):
    """Return the preset of one matrix ((a, b), (c, d)) and one start."""
    (a, b), (c, d) = entries
    values = {"a": a, "b": b, "c": c, "d": d, "u_1_0": start[0], "u_2_0": start[1], **run}
    return Preset(name, sentence, values=values, expect={"fixed_points": ((0.0, 0.0),), **expect})


class LinearSystem(Flow):
    """Two numbers change in proportion to each other: node, saddle, spiral and what lies between (Eq. A.30)."""

    chapter, title = "A.9", "Linear system"

    a = entry(-2.0, "a", "effect of u_1 on itself")
    b = entry(-1.0, "b", "effect of u_2 on u_1")
    c = entry(-1.0, "c", "effect of u_1 on u_2")
    d = entry(-2.0, "d", "effect of u_2 on itself")
    t_end = Quantity(5.0, softbounds=(1, 20), step=0.5)
    dt = Quantity(0.001, softbounds=(0.001, 0.2), step=0.001)

    states = (
        State("u_1", start=1.75, span=(-2.0, 2.0), box=(-10.0, 10.0), symbol="u_1", doc="first component of u"),
        State("u_2", start=0.25, span=(-2.0, 2.0), box=(-10.0, 10.0), symbol="u_2", doc="second component of u"),
    )
    explore = "a"
    solutions = {"exact": exact}
    presets = (
        case("Fig A.8 stable node", "Two negative eigenvalues: every start decays, last along the slower direction.",
             ((-2.0, -1.0), (-1.0, -2.0)), (1.75, 0.25),
             {"kinds": ("stable node",), "eigenvalues": (-3.0, -1.0), "exact": {1.0: (0.325697, -0.226123)},
              "at": {1.0: (0.325335, -0.226208)}}),
        case("Fig A.8 unstable node", "Two positive eigenvalues: every start is pushed away.",
             ((2.0, 1.0), (1.0, 2.0)), (-0.25, 0.4),
             {"kinds": ("unstable node",), "eigenvalues": (1.0, 3.0), "exact": {1.0: (0.622974, 2.38986)},
              "at": {1.0: (0.616665, 2.38267)}}, t_end=2.0),
        case("Fig A.8 saddle", "One eigenvalue of each sign: in along one direction, out along the other.",
             ((-1.0, -2.0), (-2.0, -1.0)), (1.0, 1.2),
             {"kinds": ("saddle",), "eigenvalues": (-3.0, 1.0), "exact": {1.0: (-0.217062, 0.326594)},
              "at": {1.0: (-0.217173, 0.326212)}}),
        case("Fig A.8 stable spiral", "Complex eigenvalues with a negative real part: ringing that dies out.",
             ((-1.0, 10.0), (-10.0, -1.0)), (1.5, 1.25),
             {"kinds": ("stable spiral",), "eigenvalues": (-1.0 - 10.0j, -1.0 + 10.0j), "hopf": {"a": 1.0},
              "exact": {1.0: (-0.713183, -0.0856452)}, "at": {1.0: (-0.750283, -0.0827445)}}),
        case("Fig A.8 unstable spiral", "Complex eigenvalues with a positive real part: ringing that grows.",
             ((1.0, -10.0), (10.0, 1.0)), (0.2, 0.5),
             {"kinds": ("unstable spiral",), "eigenvalues": (1.0 - 10.0j, 1.0 + 10.0j), "hopf": {"a": -1.0},
              "exact": {1.0: (0.283235, -1.43618)}, "at": {1.0: (0.281986, -1.51189)}}, t_end=2.0),
        case("Fig A.10 centre", "Zero trace, positive determinant: the border between the spirals, rings for ever.",
             ((1.0, -5.0), (5.0, -1.0)), (1.0, 0.0),
             {"kinds": ("centre",), "hopf": {"a": 1.0}, "exact": {1.0: (-0.0150714, -1.002905)}}, t_end=10.0),
    )
    look_for = ("Only the trace a + d and the determinant ad - bc decide the kind of the fixed point: follow the dot "
                "through the trace-determinant plane while an entry moves. Straight solutions run along eigenvectors. "
                "One unit of the book's time is one ms here.")
    try_this = ("In Fig A.8 stable spiral, raise a from -1 to 1 per ms: the trace reaches 0, a Hopf point.",
                "In Fig A.8 stable node, set b and c to -2.5 per ms: the determinant is negative, a saddle.",
                "In Fig A.8 stable spiral, set dt to 0.03 ms: Euler's steps make the stable spiral grow.",
                "In Fig A.8 saddle, start at (1, 1): the run goes straight in, along an eigenvector.")
    book_note = ("In Fig A.10 a stable node turns into a saddle where D changes sign with T < 0, not T > 0 as the text "
                 "says. Eigenvalues with zero real part do not make the matrix singular: a centre has D > 0. The "
                 "book's Euler steps of 0.001 ms make the spirals of Fig A.8 too large, at t = 5 ms by more than 25 %.")

    @staticmethod
    def rhs(t, y, p):
        u_1, u_2 = y
        du_1 = p.a * u_1 + p.b * u_2
        du_2 = p.c * u_1 + p.d * u_2
        return du_1, du_2
