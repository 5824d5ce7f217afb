"""The neural masses of the tables as plain fields, in seconds: Jansen and Rit's column, the canonical microcircuit."""

from __future__ import annotations

import numpy as np

A, B, a, b, C = 3.25, 22.0, 100.0, 50.0, 135.0
TIMES = np.array([2.0, 2.0, 16.0, 28.0]) / 1000.0
GAINS = 200.0 * np.array([4, 4, 8, 4, 4, 2, 4, 4, 2, 1])
SEEN = np.array([0.0, 1.0, -1.0, 0.0, 0.0, 0.0])


def S(v):
    return 5.0 / (1.0 + np.exp(0.56 * (6.0 - v)))


def jansen_rit(y, p):
    y0, y1, y2, y3, y4, y5 = y
    return (y3, y4, y5, A * a * S(y1 - y2) - 2 * a * y3 - a**2 * y0,
            A * a * (p + 0.8 * C * S(C * y0)) - 2 * a * y4 - a**2 * y1,
            B * b * C / 4 * S(C / 4 * y0) - 2 * b * y5 - b**2 * y2)


def column_at(y):
    """Return the state at rest with the potential y."""
    y0 = A / a * S(y)
    y2 = B / b * C / 4 * S(C / 4 * y0)
    return np.array([y0, y + y2, y2, 0.0, 0.0, 0.0])


def microcircuit(y, g):
    """The canonical microcircuit with g times the gain of its deep loop."""
    V, current = y[0::2], y[1::2]
    ss, sp, ii, dp = (1.0 / (1.0 + np.exp(-2.0 / 3.0 * v)) - 0.5 for v in V)
    G = [*GAINS]
    G[5], G[8] = g * G[5], g * G[8]
    drives = (-G[0] * ss - G[1] * sp - G[2] * ii, G[7] * ss - G[6] * sp, G[4] * ss + G[5] * dp - G[3] * ii,
              -G[9] * dp - G[8] * ii)
    out = []
    for v, i, u, T in zip(V, current, drives, TIMES, strict=True):
        out += [i, (u - 2.0 * i - v / T) / T]
    return tuple(out)


PLACES = {"H2": (jansen_rit, 316.0, column_at(8.08), SEEN), "H1": (jansen_rit, 90.0, column_at(6.74), SEEN),
          "H0": (jansen_rit, -12.0, column_at(5.94), SEEN), "deep": (microcircuit, 3.2, np.zeros(8), np.eye(8)[6])}
