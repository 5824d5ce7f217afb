"""The canonical microcircuit as matrices: what its plots and their theory are computed from."""

import numpy as np

CELLS = ("ss", "sp", "ii", "dp")
ROUNDS, CLOSE = 60, 1e-12


def taus(p):
    """Time constants (4,), ms, in the order of `CELLS`."""
    return np.array([p.T_ss, p.T_sp, p.T_ii, p.T_dp])


def inputs(p):
    """Constant inputs (4,), mV/ms."""
    return np.array([p.U, 0.0, p.U_ii, 0.0])


def gains(p):
    """Gains (4, 4), mV/ms, from the column's population to the row's: negative where it inhibits."""
    deep, granular, superficial = p.g_deep, p.g_granular, p.g_superficial
    return p.rho * np.array([
        [-p.G_1, -superficial * p.G_2, -granular * p.G_3, 0.0],
        [superficial * p.G_8, -p.G_7, -p.G_12, 0.0],
        [granular * p.G_5, p.G_11, -p.G_4, deep * p.G_6],
        [0.0, p.G_13, -deep * p.G_9, -p.G_10]])


def response(V, p):
    """Response of each population to its potential, and its slope (1/mV), each (4,)."""
    s = 0.5 + 0.5 * np.tanh(0.5 * (p.R * V - p.B))  # the logistic curve, without overflow at the ends of sliders
    return s - 1.0 / (1.0 + np.exp(p.B)), p.R * s * (1.0 - s)


def rest_near(V, p):
    """Return the potentials (4,), mV, of the fixed point to which Newton's steps lead from some; None if to none."""
    V, T, W = np.array(V, dtype=float), taus(p), gains(p)
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            rates, slopes = response(V, p)
            matrix = np.eye(4) - T[:, None] * W * slopes
            if not np.isfinite(matrix).all() or np.linalg.matrix_rank(matrix) < 4:
                return None
            step = np.linalg.solve(matrix, V - T * (W @ rates + inputs(p)))
            V = V - step
            if not np.isfinite(V).all():
                return None
            if np.max(np.abs(step)) < CLOSE * (1.0 + np.max(np.abs(V))):
                return V
    return None


def loop_gains(V, p):
    """Gains (4, 4) of the linear circuit at potentials V (4,): pure numbers, see `_delay`."""
    return taus(p)[:, None] * gains(p) * response(V, p)[1]


def jacobian(V, p):
    """Derivatives (8, 8), 1/ms, of potentials and slopes at a fixed point."""
    T = taus(p)
    found = np.zeros((8, 8))
    found[:4, 4:] = np.eye(4)
    found[4:, :4] = (loop_gains(V, p) - np.eye(4)) / T[:, None] ** 2
    found[4:, 4:] = np.diag(-2.0 / T)
    return found


def mixture(p):
    """Weights (4,) of the potentials in the LFP."""
    return np.array([p.l_ss, 1.0, 0.0, p.l_dp])


def kick(p):
    """How strongly white noise of the input moves I_ss, mV/ms per root of ms."""
    return p.sigma / p.T_ss
