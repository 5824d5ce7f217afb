"""The recurrent network of section 4.2 as a textbook's loop steps it: NumPy products, one step after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Setting(NamedTuple):
    """What a loop is told: dt / tau, the gain, the rule, and from and before which steps it learns."""

    rate: float
    gain: float = 1.0
    rule: str = "LMS"
    eps: float = 0.005
    eps_P: float = 1.0
    c: float = 1.0
    learns: tuple[int, int] = (0, 10**9)
    each: int = 1
    q: float = 1.0


def plain_loop(W, Q, R, r_0, y, setting):
    """Return z (m + 1,), R (N,) and P (N, N) after a step for each target y[1:]; z of the present step is fed back.

    As in the book all rates (N, m + 1) and readouts (1, m + 1) are kept, and Q (N, 1) and R (1, N) are matrices.
    """
    Q, R, P, y = Q[:, None], R[None, :].copy(), setting.c * np.eye(len(r_0)), y[None, :]
    r, z = np.zeros((len(r_0), y.shape[1])), np.zeros(y.shape)
    r[:, 0] = r_0
    z[:, 0] = R @ r[:, 0]
    first, last = setting.learns
    for i in range(y.shape[1] - 1):
        feedback = setting.q * (Q @ z[:, i]) if i >= first else np.zeros(len(r))
        r[:, i + 1] = r[:, i] + setting.rate * (-r[:, i] + np.tanh(setting.gain * (W @ r[:, i] + feedback)))
        z[:, i + 1] = R @ r[:, i + 1]
        if first <= i + 1 < last and (i + 1) % setting.each == 0:
            error = z[:, i + 1] - y[:, i + 1]
            if setting.rule == "LMS":
                R = R - setting.eps * np.outer(error, r[:, i + 1])
            else:
                u = P @ r[:, i + 1]
                P = P - setting.eps_P / (1.0 + r[:, i + 1] @ u) * np.outer(u, u)
                R = R - setting.eps * np.outer(error, P @ r[:, i + 1])
    return z[0], R[0], P
