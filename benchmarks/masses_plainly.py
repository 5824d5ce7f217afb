"""What `benchmarks.masses` times its answers beside: the same questions answered as one writes it by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.signal import welch

from ncm_app.models.masses._linear import jacobian, late
from ncm_app.models.masses._microcircuit import jacobian as circuit_slopes
from ncm_app.models.masses._microcircuit import kick, mixture, rest_near
from ncm_app.models.masses.jansen_rit import JansenRit, S
from ncm_app.numerics.amplitude.feedback import Sigmoid, logistic

Y = np.linspace(-20.0, 60.0, 801)
STEPS, TURN, EPS, NOISE, FEEDBACK = 20_000, 2.0 * math.pi / 200.0, 0.05, 0.5, Sigmoid(12.2, 1.5)


def states_at(y: Any, p: Any) -> tuple[Any, Any]:
    """Return the potentials x_0 and x_2 of a rest of the Jansen-Rit model with the potential y."""
    x_0 = p.A / p.a * S(y, p)
    return x_0, p.B / p.b * 0.25 * p.C * S(0.25 * p.C * x_0, p)


def input_at(y: Any, p: Any) -> Any:
    """Return the input (Hz) under which it rests there."""
    x_0, x_2 = states_at(y, p)
    return 1000.0 * (p.a / p.A * (y + x_2) - 0.8 * p.C * S(p.C * x_0, p))


def equilibria_at(p: Any) -> list[tuple[float, Any]]:
    """Return the potential and the eigenvalues (6,) of each fixed point: a sign change, brentq, eigvals."""
    excess, found = input_at(Y, p) - p.p, []
    for k in np.flatnonzero(excess[1:] * excess[:-1] < 0.0):
        y = brentq(lambda y: input_at(y, p) - p.p, Y[k], Y[k + 1], xtol=1e-12)
        x_0, x_2 = states_at(y, p)
        slopes = jacobian(JansenRit.rhs, np.array([y, x_0, x_2, 0.0, 0.0, 0.0]), p)
        found.append((y, np.linalg.eigvals(slopes)))
    return found


def sweep(p: Any, count: int = 2000) -> list[list[tuple[float, Any]]]:
    """Return the fixed points under many inputs."""
    return [equilibria_at(p._replace(p=value)) for value in np.linspace(-60.0, 400.0, count)]


def run_of(here: Any) -> Any:
    """Return the states (n, m) of a noisy run by RK4 in a loop over NumPy arrays."""
    model, p, dt = here.model, here.p, here.dt
    kicks = model.impulses(dt * np.arange(round(here.t_end / dt)), p)
    y = np.empty((len(here.start), kicks.shape[1] + 1))
    y[:, 0] = here.start
    for n in range(kicks.shape[1]):
        t, at = n * dt, y[:, n]
        k1 = np.array(model.rhs(t, at, p))
        k2 = np.array(model.rhs(t + dt / 2, at + dt / 2 * k1, p))
        k3 = np.array(model.rhs(t + dt / 2, at + dt / 2 * k2, p))
        k4 = np.array(model.rhs(t + dt, at + dt * k3, p))
        y[:, n + 1] = at + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4) + kicks[:, n]
    return y


def oscillator_run() -> float:
    """Return the mean amplitude of 20,000 steps of the noisy oscillator in a loop over NumPy arrays."""
    rng, z, path = np.random.default_rng(1), np.array([3.0, 0.0]), np.empty((STEPS, 2))
    half = np.array([[math.cos(TURN / 2), math.sin(TURN / 2)], [-math.sin(TURN / 2), math.cos(TURN / 2)]])
    root, rest = NOISE * math.sqrt(2.0 * EPS * TURN), FEEDBACK.numbers[3]
    for n in range(STEPS):
        z = half @ z
        f = -2.0 * z[1] + FEEDBACK.G * (logistic(FEEDBACK.rho * (z[1] - FEEDBACK.th)) - rest)
        z[1] += EPS * TURN * f + root * rng.standard_normal()
        z = half @ z
        path[n] = z
    return float(np.hypot(*path.T).mean())


def spectrum_of(run: Any, p: Any) -> tuple[Any, Any, Any]:
    """Return frequencies (m,), the power of the microcircuit's LFP by SciPy's welch, and linear theory's."""
    x, dt = mixture(p) @ run.y[:4, late(run)], run.t[1] - run.t[0]
    f, power = welch(x, fs=1000.0 / dt, nperseg=round(2000.0 / dt))
    slopes = circuit_slopes(rest_near(run.y[:4].mean(axis=1), p), p)
    enters, seen, theory = np.zeros(8), np.append(mixture(p), np.zeros(4)), np.empty(len(f))
    enters[4] = kick(p)
    for k, w in enumerate(2.0 * np.pi * f / 1000.0):
        theory[k] = 2.0 / 1000.0 * abs(seen @ np.linalg.solve(1j * w * np.eye(8) - slopes, enters)) ** 2
    return f, power, theory
