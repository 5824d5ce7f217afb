"""The computations as a textbook writes them: Python loops over NumPy scalars, Euler."""

from __future__ import annotations

from typing import Any

import numpy as np


def eif_trace(p: Any, start: float, t_end: float, dt: float) -> tuple[np.ndarray, list[float]]:
    """Step the exponential integrate-and-fire cell; return V and the spike times."""
    time = np.arange(0, t_end, dt)
    current = p.I_0 + p.I_1 * ((time >= p.t_1) & (time < p.t_1 + p.d_1)) + p.I_2 * (
        (time >= p.t_2) & (time < p.t_2 + p.d_2))
    V = np.zeros_like(time)
    V[0], spikes = start, []
    for i in range(len(time) - 1):
        V[i + 1] = V[i] + dt * (-(V[i] - p.E_L) + p.D * np.exp((V[i] - p.V_T) / p.D) + current[i]) / p.tau_m
        if V[i + 1] > p.V_th:
            V[i + 1] = p.V_re
            spikes.append(time[i + 1])
    return V, spikes


def eif_rates(p: Any, currents: np.ndarray, t_end: float, dt: float) -> np.ndarray:
    """Count the spikes of one run per current; return rates in Hz."""
    rates = []
    for current in currents:
        steady = p._replace(I_0=current, I_1=0.0, I_2=0.0)
        rates.append(1000 * len(eif_trace(steady, p.V_re, t_end, dt)[1]) / t_end)
    return np.array(rates)


def f(current: Any, p: Any) -> Any:
    """Return the rate of a threshold-linear population."""
    return p.g * np.maximum(current - p.theta, 0.0)


def rate_field(r_e: Any, r_i: Any, p: Any) -> tuple[Any, Any]:
    """Return the derivatives of the two rates."""
    return ((-r_e + f(p.w_ee * r_e + p.w_ei * r_i + p.X_e, p)) / p.tau_e,
            (-r_i + f(p.w_ie * r_e + p.w_ii * r_i + p.X_i, p)) / p.tau_i)


def network_portrait(p: Any, high: tuple[float, float], points: int) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Find the fixed point by Euler from rest, its eigenvalues, and nullclines by a scan.

    A nullcline is where the sign of a derivative changes between two points of a grid
    that has as many columns as the fast way; only stable fixed points are found.
    """
    r = np.zeros(2)
    for _ in range(5000):
        r = r + 0.1 * np.array(rate_field(r[0], r[1], p))
    h = 1e-7
    jacobian = np.zeros((2, 2))
    for k in range(2):
        step = h * np.eye(2)[k]
        jacobian[:, k] = (np.array(rate_field(*(r + step), p)) - np.array(rate_field(*(r - step), p))) / (2 * h)
    x, y = np.linspace(0, high[0], points), np.linspace(0, high[1], points)
    nullclines: list[Any] = [[], []]
    for a in x:
        before = rate_field(a, y[0], p)
        for b in y[1:]:
            now = rate_field(a, b, p)
            for k in range(2):
                if before[k] * now[k] <= 0:
                    nullclines[k].append((a, b))
            before = now
    return r, np.linalg.eigvals(jacobian), nullclines
