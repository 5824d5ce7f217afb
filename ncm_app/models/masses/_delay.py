"""What a delay of every synapse does to a linear circuit: its Hopf points, its stability, its transfer of waves.

A circuit is (T, K): time constants (n,), ms, of the kernels (T d/dt + 1)^-2, and the loop gains K (n, n) between their
potentials, pure numbers. A root s of det[(1 + s T)^2 - K exp(-s d)] = 0 with a positive real part grows.
"""

import numpy as np

HIGHEST, LINES, HALVINGS = 400.0, 1600, 40  # Hz and number of frequencies at which loops are looked at; of a refinement

ROOT_STEPS, ROOT_ROUNDS = 21, 4  # of the way from no delay, and of Newton's steps at each
PARTS, REACH = 4, 4  # parts of a bin at which a spectrum is looked at, and bins to either side from which power leaks


def waves(f):
    """Return i w (m,), 1/ms, at frequencies in Hz."""
    return 2j * np.pi * np.asarray(f, dtype=float) / 1000.0


def loops(f, T, K, delay):
    """Return what comes back of waves (m,) once round the circuit, (m, n, n); `delay` is in ms."""
    s = waves(f)
    return np.exp(-s * delay)[:, None, None] * K / ((1.0 + s[:, None] * T) ** 2)[:, :, None]


def hopf(T, K, delay):
    """Return the least factor on all gains at which the rest loses its stability, and the frequency (Hz) there.

    It is where a loop returns a wave as it was: an eigenvalue of `loops` is real and positive. NaN if none is.
    """
    f = np.linspace(0.25, HIGHEST, LINES)
    values = np.linalg.eigvals(loops(f, T, K, delay))
    nearest = np.argmin(np.abs(values[:-1, :, None] - values[1:, None, :]), axis=2)
    after = np.take_along_axis(values[1:], nearest, axis=1)
    row, column = np.nonzero((values[:-1].imag * after.imag < 0.0) & (values[:-1].real > 0.0))
    if not len(row):
        return np.nan, np.nan
    gain = np.maximum(values[row, column].real, after[row, column].real)
    k = int(np.argmax(gain))
    value, low, high = values[row[k], column[k]], f[row[k]], f[row[k] + 1]
    rising = value.imag < 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        around = np.linalg.eigvals(loops([middle], T, K, delay))[0]
        value = around[np.argmin(np.abs(around - value))]
        low, high = (middle, high) if (value.imag < 0.0) == rising else (low, middle)
    return 1.0 / float(value.real), float(middle)


def is_stable(T, K, delay):
    """Tell by Nyquist's criterion whether the rest is stable: det(1 - loops) winds round zero for each growing root."""
    f = np.concatenate([[0.0], np.geomspace(0.05, 20.0 * HIGHEST, 4 * LINES)])
    around = np.linalg.det(np.eye(len(T)) - loops(f, T, K, delay))
    return abs(float(np.sum(np.angle(around[1:] / around[:-1])))) < np.pi / 2.0


def seen(f, T, K, delay, source, output):
    """Return what a circuit makes of waves (m,) at `source` (n,), mV/ms, seen by `output` (n,), in ms."""
    s = waves(f)
    open_loop = (1.0 + s[:, None] * T) ** 2
    matrix = open_loop[:, :, None] * np.eye(len(T)) - np.exp(-s * delay)[:, None, None] * K
    return np.linalg.solve(matrix, np.broadcast_to((T * source)[:, None], (len(s), len(T), 1)))[:, :, 0] @ output


def roots_near(values, T, K, delay):
    """Return the roots (m,) of the circuit with the delay, 1/ms, that grow out of eigenvalues without one."""
    s = np.array(values, dtype=complex)
    for late in delay * np.linspace(0.0, 1.0, ROOT_STEPS)[1:] if delay > 0.0 else ():
        for _ in range(ROOT_ROUNDS):
            wave = np.exp(-s * late)[:, None, None] * K
            matrix = ((1.0 + s[:, None] * T) ** 2)[:, :, None] * np.eye(len(T)) - wave
            slope = (2.0 * T * (1.0 + s[:, None] * T))[:, :, None] * np.eye(len(T)) + late * wave
            there = np.linalg.matrix_rank(matrix, tol=1e-14) < len(T)  # a root to the last digit: nothing to solve
            matrix[there] = np.eye(len(T))
            with np.errstate(all="ignore"):
                step = 1.0 / np.trace(np.linalg.solve(matrix, slope), axis1=1, axis2=2)
            s = s - np.where(np.isfinite(step) & ~there, step, 0.0)
    return s


def windowed(f, spectrum):
    """Return what segments with Hann windows show on average of a spectrum at their frequencies (m,), Hz, evenly apart.

    `spectrum` maps frequencies to densities (k,). A line narrower than the distance of frequencies is as wide as that.
    """
    apart = (f[1] - f[0]) / PARTS
    fine = f[0] + apart * np.arange(-REACH * PARTS, PARTS * (len(f) - 1) + REACH * PARTS + 1)
    bins = np.arange(-REACH * PARTS, REACH * PARTS + 1) / PARTS
    weights = (np.sinc(bins) + 0.5 * np.sinc(bins - 1.0) + 0.5 * np.sinc(bins + 1.0)) ** 2
    return np.convolve(spectrum(np.abs(fine)), weights / weights.sum(), mode="valid")[::PARTS]
