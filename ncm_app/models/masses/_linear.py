"""Linear theory of noise about a fixed point of a neural mass model, beside the spectrum of its run."""

import numpy as np

from ncm_app.numerics.noise import normal_sums
from ncm_app.numerics.spectra import expected_spectrum, power_spectrum, segment_size

STEP = 1e-30
"""Imaginary step: derivatives of the right-hand side are exact to the last digit."""
SETTLE, SEGMENT = 1000.0, 2000.0
"""What is left out at the start of a run, and how long the stretches are of which spectra are made, ms."""
ROUNDS, CLOSE = 40, 1e-10
FINEST = 0.1
"""About how long the parts of steps are that share a random number, ms."""
LOUD = 1e-12
"""Share of the mean square below which what is left of a run's swing is rounding."""


def jacobian(rhs, y, p):
    """Derivatives (n, n) of a right-hand side at a state (n,), 1/ms, by an imaginary step."""
    moved = np.asarray(y, dtype=complex)[:, None] + 1j * STEP * np.eye(len(y))
    return np.imag(np.array(rhs(0.0, moved, p))) / STEP


def rest_near(rhs, y, p):
    """Return the fixed point (n,) to which Newton's steps lead from a state, None if they lead nowhere."""
    y = np.array(y, dtype=float)
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            slopes, rates = jacobian(rhs, y, p), np.array(rhs(0.0, y, p), dtype=float)
            if not (np.isfinite(slopes).all() and np.isfinite(rates).all()) or np.linalg.matrix_rank(slopes) < len(y):
                return None
            step = np.linalg.solve(slopes, rates)
            y = y - step
            if np.max(np.abs(step)) < CLOSE * (1.0 + np.max(np.abs(y))):
                return y
    return None


def noise_steps(t, seed):
    """Increments (m,) of Brownian motion, root of ms, in the steps that begin at t (m,), ms, evenly apart.

    They are sums over parts of steps, as many as a power of two: halving the step leaves the path as it was.
    """
    dt = float(t[1] - t[0])
    parts = 2 ** max(0, round(np.log2(dt / FINEST)))
    return np.sqrt(dt / parts) * normal_sums(seed, 0, len(t), parts)


def late(run):
    """Return the run after its start, as an index: at most the first quarter is left out."""
    return slice(int(np.searchsorted(run.t, min(SETTLE, 0.25 * run.t[-1]))), None)


def spectrum_of(run, x):
    """Return frequencies (Hz) and the power density of a signal along a run, without its start."""
    f, power = power_spectrum(x[late(run)], float(run.t[1] - run.t[0]), SEGMENT)
    return f[1:], power[1:]


def theory_of(run, rhs, p, source, output):
    """Return what linear theory expects of the same spectrum; None where nothing stable is near the run's mean.

    `source` (n,) is how strongly noise moves each state in a root of ms, `output` (n,) the weights of the signal.
    """
    rest = rest_near(rhs, run.y[:, late(run)].mean(axis=1), p)
    slopes = None if rest is None else jacobian(rhs, rest, p)
    size = segment_size(len(run.t[late(run)]), float(run.t[1] - run.t[0]), SEGMENT)
    if slopes is None or not size or np.linalg.eigvals(slopes).real.max() >= 0.0 or not np.any(source):
        return None
    f, power = expected_spectrum(slopes, source, output, float(run.t[1] - run.t[0]), size)
    return f[1:], power[1:]


def rhythm(run, x):
    """Return the frequency (Hz) of the highest peak of a spectrum; NaN for a run that stands still."""
    f, power = spectrum_of(run, x)
    if len(f) < 3 or np.var(x[late(run)]) <= LOUD * np.mean(x[late(run)] ** 2):
        return float("nan")
    k = int(np.argmax(power))
    if not 0 < k < len(f) - 1:
        return float(f[k])
    low, middle, high = np.log(np.maximum(power[k - 1:k + 2], 1e-300))  # a parabola through the three highest
    shift = 0.5 * (low - high) / (low - 2.0 * middle + high) if low + high < 2.0 * middle else 0.0
    return float(f[k] + shift * (f[1] - f[0]))
