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


def plain_loop(W, Q, R, r, y, setting):
    """Return z (m + 1,), R (N,) and P (N, N) after a step for each target y[1:]; z of the present step is fed back."""
    R, P = R.copy(), setting.c * np.eye(len(r))
    z = np.zeros(len(y))
    z[0] = R @ r
    first, last = setting.learns
    for i in range(len(y) - 1):
        feedback = setting.q * Q * z[i] if i >= first else 0.0
        r = r + setting.rate * (-r + np.tanh(setting.gain * (W @ r + feedback)))
        z[i + 1] = R @ r
        if first <= i + 1 < last and (i + 1) % setting.each == 0:
            if setting.rule == "LMS":
                R = R - setting.eps * (z[i + 1] - y[i + 1]) * r
            else:
                u = P @ r
                P = P - setting.eps_P / (1.0 + r @ u) * np.outer(u, u)
                R = R - setting.eps * (z[i + 1] - y[i + 1]) * (P @ r)
    return z, R, P
