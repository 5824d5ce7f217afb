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


def poisson_raster(cells: int, rate: float, steps: int, dt: float, rng: np.random.Generator) -> np.ndarray:
    """Draw which of many cells spikes in which bin, one number for each: (cells, steps); `rate` in kHz."""
    return rng.binomial(1, rate * dt, (cells, steps))


def synaptic_current(jumps: np.ndarray, tau: float, dt: float) -> np.ndarray:
    """Step a current that jumps in each step and decays."""
    current = np.zeros(len(jumps))
    for i in range(len(jumps) - 1):
        current[i + 1] = current[i] + dt * (-current[i]) / tau + jumps[i]
    return current


def noisy_eif(p: Any, jumps_e: np.ndarray, jumps_i: np.ndarray, dt: float) -> tuple[np.ndarray, list[float]]:
    """Step the cell with two synaptic currents that jump in each step; return V and the spike times."""
    V, I_e, I_i = np.zeros(len(jumps_e)), np.zeros(len(jumps_e)), np.zeros(len(jumps_e))
    V[0], spikes = p.E_L, []
    for i in range(len(jumps_e) - 1):
        V[i + 1] = V[i] + dt * (-(V[i] - p.E_L) + p.D * np.exp((V[i] - p.V_T) / p.D) + I_e[i] + I_i[i]) / p.tau_m
        I_e[i + 1] = I_e[i] + dt * (-I_e[i]) / p.tau_e + jumps_e[i]
        I_i[i + 1] = I_i[i] + dt * (-I_i[i]) / p.tau_i + jumps_i[i]
        if V[i + 1] > p.V_th:
            V[i + 1] = p.V_re
            spikes.append((i + 1) * dt)
    return V, spikes


def noisy_run(p: Any, r_e: float, t_end: float, dt: float, rng: np.random.Generator) -> list[float]:
    """Draw every input cell in every bin (rates in Hz) and step the cell; return its spikes."""
    steps = round(t_end / dt)
    S_e = poisson_raster(p.K_e, r_e / 1000, steps, dt, rng)
    S_i = poisson_raster(p.K_i, p.r_i / 1000, steps, dt, rng)
    return noisy_eif(p, p.j_e / p.tau_e * S_e.sum(axis=0), p.j_i / p.tau_i * S_i.sum(axis=0), dt)[1]


def raster_lines(times: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a tick for each spike as one line with gaps, spike by spike."""
    x, y = [], []
    for time, row in zip(times, rows, strict=True):
        x += [time, time, np.nan]
        y += [row - 0.42, row + 0.42, np.nan]
    return np.array(x, dtype=np.float32), np.array(y, dtype=np.float32)


def random_weights(sizes: tuple[int, int], weight: float, p: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a matrix (targets, sources) whose entries are a weight with probability p, and 0 else."""
    return weight * rng.binomial(1, p, sizes)


def feedforward_network(p: Any, cells: int, sources: tuple[Any, Any], chance: float, t_end: float, dt: float,
                        rng: np.random.Generator) -> int:
    """Step cells under two populations of Poisson inputs, each (size, Hz, weight, tau); return the spikes."""
    steps, (e, i) = round(t_end / dt), sources
    S_e, S_i = (poisson_raster(size, rate / 1000, steps, dt, rng) for size, rate, _, _ in sources)
    J_e, J_i = (random_weights((cells, size), weight, chance, rng) for size, _, weight, _ in sources)
    V, spikes = rng.uniform(p.E_L, p.V_T, cells), 0
    I_e, I_i = np.zeros(cells), np.zeros(cells)
    for k in range(steps):
        V = V + dt * (-(V - p.E_L) + p.D * np.exp((V - p.V_T) / p.D) + I_e + I_i) / p.tau_m
        I_e = I_e - dt * I_e / e[3] + J_e @ S_e[:, k] / e[3]
        I_i = I_i - dt * I_i / i[3] + J_i @ S_i[:, k] / i[3]
        fired = np.nonzero(p.V_th <= V)[0]
        V[fired] = p.V_re
        spikes += len(fired)
    return spikes


def recurrent_network(p: Any, sizes: dict[str, int], chance: float, weights: dict[str, float], taus: dict[str, float],
                      rate: float, t_end: float, dt: float, rng: np.random.Generator) -> dict[str, int]:
    """Step two populations under Poisson input (Hz), spikes as lists; return how many each fires.

    `weights` holds the weight onto a from b under "ab", as the text writes it.
    """
    J = {pair: random_weights((sizes[pair[0]], sizes[pair[1]]), j, chance, rng) for pair, j in weights.items()}
    count = rng.poisson(rate / 1000 * t_end * sizes["x"])
    times, which, next_x = np.sort(rng.uniform(0, t_end, count)), rng.integers(0, sizes["x"], count), 0
    V = {a: rng.uniform(p.E_L, p.V_T, sizes[a]) for a in "ei"}
    current, spikes = {pair: np.zeros(sizes[pair[0]]) for pair in weights}, {"e": 0, "i": 0}
    for k in range(round(t_end / dt)):
        for a in "ei":
            drive = sum(current[a + b] for b in "eix")
            V[a] = V[a] + dt * (-(V[a] - p.E_L) + p.D * np.exp((V[a] - p.V_T) / p.D) + drive) / p.tau_m
        for pair in weights:
            current[pair] = current[pair] - dt * current[pair] / taus[pair[1]]
        while next_x < count and times[next_x] < k * dt:
            for a in "ei":
                current[a + "x"] = current[a + "x"] + J[a + "x"][:, which[next_x]] / taus["x"]
            next_x += 1
        for b in "ei":
            fired = np.nonzero(V[b] >= p.V_th)[0]
            V[b][fired] = p.V_re
            spikes[b] += len(fired)
            for a in "ei":
                current[a + b] = current[a + b] + np.sum(J[a + b][:, fired], axis=1) / taus[b]
    return spikes


def plastic_network(p: Any, sizes: dict[str, int], chance: float, weights: dict[str, float], taus: dict[str, float],
                    rule: Any, rate: float, t_end: float, dt: float, rng: np.random.Generator) -> float:
    """Step the network with plastic inhibition as Eq. 4.2 has it, spikes as vectors; return its mean weight."""
    J = {pair: random_weights((sizes[pair[0]], sizes[pair[1]]), j, chance, rng) for pair, j in weights.items()}
    connected = J["ei"] != 0
    S = {"x": poisson_raster(sizes["x"], rate / 1000, round(t_end / dt), dt, rng).astype(float)}
    V = {a: rng.uniform(p.E_L, p.V_T, sizes[a]) for a in "ei"}
    y, current = {a: np.zeros(sizes[a]) for a in "ei"}, {pair: np.zeros(sizes[pair[0]]) for pair in weights}
    for k in range(round(t_end / dt)):
        now = {"x": S["x"][:, k]}
        for a in "ei":
            drive = sum(current[a + b] for b in "eix")
            V[a] = V[a] + dt * (-(V[a] - p.E_L) + p.D * np.exp((V[a] - p.V_T) / p.D) + drive) / p.tau_m
            now[a] = (V[a] >= p.V_th).astype(float)
            V[a][V[a] >= p.V_th] = p.V_re
        for pair in weights:
            b = pair[1]
            current[pair] = current[pair] - dt * current[pair] / taus[b] + J[pair] @ now[b] / taus[b]
        for a in "ei":
            y[a] = y[a] - dt * y[a] / rule.tau_y + now[a] / rule.tau_y
        J["ei"] = J["ei"] - rule.eps * (np.outer(y["e"] - 2 * rule.target_hz / 1000, now["i"])
                                        + np.outer(now["e"], y["i"])) * connected
        J["ei"] = np.minimum(J["ei"], 0)
    return float(J["ei"][connected].mean())
