"""Files with recordings, in the layouts of the book's, made of numbers that one can check by hand."""

from __future__ import annotations

import io
import zipfile

import numpy as np


def npz(**arrays):
    """Return the bytes of a .npz file."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def membrane():
    """Return a membrane potential of 1 s with four spikes; dt and T are arrays of one, as in the book's file."""
    time = np.arange(10_001) * 0.1
    return npz(V=-70.0 + np.sin(time), time=time, SpikeTimes=np.array([100.0, 200.0, 500.0, 700.0]),
               dt=np.array([0.1]), T=np.array([1000], dtype=np.uint16))


def trials(first=0, dtype=np.int64, count=200, silent=True):
    """Return spikes of trials, 0, 2, 4, ... of them; the first is silent or not."""
    rows = [np.linspace(10.0, 990.0, 2 * (k % 10) + 2 * (not silent)) for k in range(count)]
    numbers = np.concatenate([np.full(len(row), k + first) for k, row in enumerate(rows)])
    return npz(SpikeTimes=np.concatenate(rows), TrialNumbers=numbers.astype(dtype), T=np.array(1000.0),
               theta=np.array(300.0), allow_pickle=np.array(True))


def counts():
    """Return counts of 100 trials x 12 orientations: 10 or 20 at 120 deg, 0 or 10 at 150 deg, else 1."""
    table = np.ones((100, 12), dtype=np.uint8)
    table[:, 4], table[:, 5] = np.tile([10, 20], 50), np.tile([0, 10], 50)
    return npz(SpikeCounts=table, AllOrientations=np.arange(12) * 30.0, T=np.array(1000.0))


def decoding(cells=112, n=120):
    """Return decoding data: cell c fires c spikes at stimulus c % 12, else none."""
    stimulus = np.arange(n) % 12
    x = np.where(np.arange(cells)[:, None] % 12 == stimulus, np.arange(cells)[:, None], 0).astype(float)
    return npz(x=x, y=(np.arange(12)[:, None] == stimulus).astype(float), xTest=x[:, :5], yTest=np.eye(12),
               AllOrientations=np.arange(12) * 30.0, T=np.array(500.0))


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    """Return a zip archive of raw entries."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return stream.getvalue()


def array_bytes(array, **options):
    """Return one array as it stands inside a .npz file."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array), **options)
    return stream.getvalue()
