"""Linear system of two equations (section A.9)."""

import math
from functools import partial

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.matrices import linear_flow, nearest_matrix
from ncm_app.core.model import Choice, Flow, Preset, Quantity, State

ENTRIES, REAL, COMPLEX, PLANE = range(4)
LARGEST = 12.0  # of any entry, and of either part of an eigenvalue


@register_jitable
def half(p):
    """Root of the distance from the parabola D = T^2 / 4."""
    return np.sqrt(np.abs(p.D - p.T**2 / 4.0))


@register_jitable
def A_11(p):
    """Effect of u_1 on itself."""
    if p.given == ENTRIES:
        return p.a
    if p.given == REAL:
        return (p.lambda_1 + p.lambda_2) / 2.0
    return p.alpha if p.given == COMPLEX else p.T / 2.0


@register_jitable
def A_12(p):
    """Effect of u_2 on u_1."""
    if p.given == ENTRIES:
        return p.b
    if p.given == REAL:
        return p.s * (p.lambda_1 - p.lambda_2) / 2.0
    return -p.s * p.omega if p.given == COMPLEX else p.s * np.sign(p.T**2 - 4.0 * p.D) * half(p)


@register_jitable
def A_21(p):
    """Effect of u_1 on u_2."""
    if p.given == ENTRIES:
        return p.c
    if p.given == REAL:
        return (p.lambda_1 - p.lambda_2) / (2.0 * p.s)
    return p.omega / p.s if p.given == COMPLEX else half(p) / p.s


@register_jitable
def A_22(p):
    """Effect of u_2 on itself."""
    return p.d if p.given == ENTRIES else A_11(p)


def exact(t, p):
    """Closed form by the two eigenvalues, which may be complex or equal."""
    return linear_flow((A_11(p), A_12(p), A_21(p), A_22(p)), (p.u_1_0, p.u_2_0), t)


entry = partial(Quantity, bounds=(-LARGEST, LARGEST), step=0.1, unit="1/ms", group="matrix A")
number = partial(entry, group="eigenvalues, trace, determinant", rare=True)


def case(name, sentence, entries, start, expect, **run):
    """Return the preset of one matrix ((a, b), (c, d)) and one start."""
    (a, b), (c, d) = entries
    values = {"a": a, "b": b, "c": c, "d": d, "u_1_0": start[0], "u_2_0": start[1], **run}
    return Preset(name, sentence, values=values, expect={"fixed_points": ((0.0, 0.0),), **expect})


class LinearSystem(Flow):
    """Two numbers change in proportion to each other: node, saddle, spiral and what lies between (Eq. A.30)."""

    chapter, title = "A.9", "Linear system"

    given = Choice("entries", objects=["entries", "real eigenvalues", "complex eigenvalues", "trace and determinant"],
                   group="matrix A", doc="what decides the matrix")
    a = entry(-2.0, doc="effect of u_1 on itself")
    b = entry(-1.0, doc="effect of u_2 on u_1")
    c = entry(-1.0, doc="effect of u_1 on u_2")
    d = entry(-2.0, doc="effect of u_2 on itself")
    lambda_1 = number(-1.0, doc="first real eigenvalue, along (s, 1)")
    lambda_2 = number(-4.0, doc="second real eigenvalue, along (-s, 1)")
    alpha = number(-0.4, doc="real part of complex eigenvalues")
    omega = number(4.0, doc="imaginary part of complex eigenvalues")
    T = number(-2.0, doc="trace", symbol=r"\mathrm{Tr}", bounds=(-2 * LARGEST, 2 * LARGEST))
    D = number(5.0, doc="determinant", bounds=(-2 * LARGEST**2, 2 * LARGEST**2), unit="1/ms²")
    s = number(1.0, doc="shape, unless entries are given: how much wider than high", bounds=(0.2, 5), unit="1")
    t_end = Quantity(5.0, softbounds=(1, 20), step=0.5)
    dt = Quantity(0.001, softbounds=(0.001, 0.2), step=0.001)

    states = (
        State("u_1", start=1.75, span=(-2.0, 2.0), box=(-10.0, 10.0), doc="first component of u"),
        State("u_2", start=0.25, span=(-2.0, 2.0), box=(-10.0, 10.0), doc="second component of u"),
    )
    idle_unless = {"given": {"entries": ("a", "b", "c", "d"), "real eigenvalues": ("lambda_1", "lambda_2", "s"),
                             "complex eigenvalues": ("alpha", "omega", "s"), "trace and determinant": ("T", "D", "s")}}
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
        Preset("Real eigenvalues", "Two eigenvalues make a matrix; runs bend towards the slower direction.",
               values={"given": "real eigenvalues"}, expect={"kinds": ("stable node",), "eigenvalues": (-4.0, -1.0)}),
        Preset("Complex eigenvalues", "The real part is the decay, the imaginary part the speed of the turn.",
               values={"given": "complex eigenvalues", "t_end": 10.0},
               expect={"kinds": ("stable spiral",), "eigenvalues": (-0.4 - 4.0j, -0.4 + 4.0j)}),
        Preset("Trace and determinant", "Two numbers choose the region; the eigenvalues follow from Eq. A.32.",
               values={"given": "trace and determinant"},
               expect={"kinds": ("stable spiral",), "eigenvalues": (-1.0 - 2.0j, -1.0 + 2.0j), "hopf": {"T": 0.0}}),
    )
    look_for = ("Only the trace a + d and the determinant ad - bc decide the kind of the fixed point: follow the dot "
                "through the trace-determinant plane while an entry moves, or click there: the matrix follows. "
                "Straight solutions run along eigenvectors. One unit of the book's time is one ms here.")
    try_this = ("In Fig A.8 stable spiral, raise a from -1 to 1 per ms: the trace reaches 0, a Hopf point.",
                "In Fig A.8 stable node, set b and c to -2.5 per ms: the determinant is negative, a saddle.",
                "In Trace and determinant, lower D from 5 to 0.5: below T² / 4 = 1 the spiral is a node.",
                "In Fig A.8 stable spiral, set dt to 0.03 ms: Euler's steps make the stable spiral grow.")
    book_note = ("In Fig A.10 a stable node turns into a saddle where D changes sign with T < 0, not T > 0 as the text "
                 "says. Eigenvalues with zero real part do not make the matrix singular: a centre has D > 0. The "
                 "book's Euler steps of 0.001 ms make the spirals of Fig A.8 too large, at t = 5 ms by more than 25 %.")

    @staticmethod
    def rhs(t, y, p):
        u_1, u_2 = y
        du_1 = A_11(p) * u_1 + A_12(p) * u_2
        du_2 = A_21(p) * u_1 + A_22(p) * u_2
        return du_1, du_2

    @classmethod
    def at_trace_determinant(cls, values, trace, determinant):
        """Return the nearest entries, or the eigenvalues of the same order or turn."""
        given, middle = values["given"], min(max(trace / 2.0, -LARGEST), LARGEST)
        if given == "entries":
            entries = nearest_matrix([values[name] for name in "abcd"], trace, determinant, LARGEST)
            return dict(zip("abcd", entries, strict=True))
        if given == "trace and determinant":
            return {"T": 2.0 * middle, "D": min(max(determinant, -2.0 * LARGEST**2), 2.0 * LARGEST**2)}
        gap = math.sqrt(abs(determinant - middle**2))
        if determinant > middle**2:
            turn = math.copysign(min(gap, LARGEST), values["omega"])
            return {"given": "complex eigenvalues", "alpha": middle, "omega": turn}
        gap = math.copysign(min(gap, LARGEST - abs(middle)), values["lambda_1"] - values["lambda_2"])
        return {"given": "real eigenvalues", "lambda_1": middle + gap, "lambda_2": middle - gap}
