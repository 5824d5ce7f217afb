"""What a delay of every synapse does to a linear circuit: its Hopf points, its stability, its transfer of waves.

A circuit is (T, K): time constants (n,), ms, of the kernels (T d/dt + 1)^-2, and the loop gains K (n, n) between their
potentials, pure numbers. A root s of det[(1 + s T)^2 - K exp(-s d)] = 0 with a positive real part grows.
"""

import numpy as np

HIGHEST, LINES, HALVINGS = 400.0, 1600, 40  # Hz and number of frequencies at which loops are looked at; of a refinement


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
