"""From a signal to windows with a place each on the diagram of the Jansen-Rit column."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ncm_app.models.masses import _made_signals as made
from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.inversion.features import WINDOW, windows_of
from ncm_app.numerics.inversion.library import LOWER, STEP, Library, branches_of, library
from ncm_app.numerics.inversion.ramp import Placed, place
from ncm_app.numerics.results.base import Array, Result
from ncm_app.numerics.spectra import power_spectrum
from ncm_app.numerics.system import Partial, Progress
from ncm_app.readers.sampling import LEAST_RATE, MOST_RATE
from ncm_app.readers.signal_names import IN_MILLIVOLTS
from ncm_app.readers.signals import Signals, check_length

MS = 1000.0
SECONDS = WINDOW / MS
FINEST = 1000.0
"""Highest sampling rate, Hz, that is kept: nothing above 40 Hz is looked at, so that faster ones are averaged."""
MOST_POINTS = 6000
"""Pairs of least and largest values by which a long signal is drawn."""
STUCK, RUN = 0.002, 3
"""Share of samples that stand at the largest or least value, so many in a row, of what is said to be clipped."""
STRETCH, HIGHEST = 2000.0, 45.0
"""Stretches whose spectra are averaged, ms, and the highest frequency that is drawn, Hz."""
MODEL_WINDOWS = 6
"""Windows of the model whose spectra are averaged."""
AS_RECORDED, ANY = range(2)


@dataclass(frozen=True, eq=False)
class Answer(Result):
    """A signal `y` (n,) at `fs` Hz, in mV or in its own unit, and the places of its windows.

    `placed` and `library` are None while that is not known, or where `problem` says why it cannot be. `label` tells
    the channel, `unit` what y is in, `notes` what is worth knowing; `own` says that the app has made it, `rated` that
    its sampling rate is told. `true` (w,) are the inputs, Hz, under which the app's own were made.
    """

    source: str
    y: Array
    fs: float
    unit: str
    label: str = ""
    own: bool = False
    rated: bool = True
    true: Array | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""
    placed: Placed | None = None
    library: Library | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r}, {len(self.y)} samples, {self.fs:g} Hz)"

    @property
    def duration(self) -> float:
        """How long the axes over time are, s."""
        return len(self.y) / self.fs if self.fs else 1.0

    @property
    def count(self) -> int:
        """Number of whole windows."""
        return len(self.y) // self.size if self.fs else 0

    @property
    def size(self) -> int:
        """Samples in a window."""
        return round(SECONDS * self.fs)

    @property
    def factor(self) -> float:
        """By what y is multiplied to be mV of the model."""
        return math.exp(self.placed.log_unit) if self.placed is not None else 1.0

    def columns(self) -> dict[str, Any]:
        """Return a row for each window: when it begins (s), and its place."""
        if self.placed is None:
            return {"y": self.y}
        found = self.placed
        return {"start": SECONDS * np.arange(len(found.p)), "p": found.p, "sd": found.sd, "region": found.regions(),
                "distance": found.distance, "fits": found.fits}


def place_made(p: Any, progress: Progress) -> Answer:
    """Return a signal that the app makes, with its places."""
    kind = made.KINDS[p.recording]
    answer = Answer("made by the app", _turned(made.made_signal(kind, p.seed), p), made.RATE,
                    "mV" if kind != made.OTHER else "", own=True)
    answer = replace(answer, true=made.made_input(kind, np.arange(0.5, answer.count) * SECONDS))
    return _placed(answer, p, progress)


def place_opened(signals: Signals, p: Any, progress: Progress) -> Answer:
    """Return the chosen channel of a file, with its places."""
    channels = len(signals.values)
    k = min(int(p.channel), channels) - 1
    name = f" ({signals.names[k]})" if signals.names[k] != str(k + 1) else ""
    label = f"channel {k + 1} of {channels}{name}" if channels > 1 else name.strip(" ()")
    fs = signals.fs or float(p.f_s)
    y = np.asarray(signals.values[k], dtype=float)
    known = IN_MILLIVOLTS.get(signals.unit, 0.0)
    answer = Answer(signals.source, _turned(y * (known or 1.0), p), fs, "mV" if known else "", label,
                    rated=signals.fs > 0.0, notes=_notes(signals, y, p, channels))
    if not LEAST_RATE <= fs <= MOST_RATE:
        wanted = (f"set f_s, how many samples there are in a second, from {LEAST_RATE:g} to {MOST_RATE:,.0f} Hz")
        return replace(answer, fs=0.0, problem=f"the file tells no sampling rate: {wanted}")
    try:
        check_length(len(y), fs)
    except ValueError as error:
        return replace(answer, fs=0.0, problem=str(error))
    if not np.nanmax(y) > np.nanmin(y):
        return replace(answer, problem="this channel is constant, or holds no number: choose another")
    return _placed(_thinned(answer), p, progress)


def _turned(y: Array, p: Any) -> Array:
    return -y if p.polarity else y


def _notes(signals: Signals, y: Array, p: Any, channels: int) -> tuple[str, ...]:
    """Return what is worth knowing of a channel: gaps, clipping, an unknown unit."""
    found = []
    if p.channel > channels:
        found.append(f"there is no channel {p.channel}: the last is shown")
    gaps = int(np.count_nonzero(np.isnan(y)))
    if gaps:
        found.append(f"{gaps:,} samples are missing: windows that lack any are left out")
    share = stuck(y)
    if share > STUCK:
        found.append(f"{100.0 * share:.2g} % of the samples stand at the largest or least value, as if clipped")
    if p.scale == AS_RECORDED and not signals.unit:
        found.append("no unit is named: its numbers are taken for mV")
    return tuple(found)


def stuck(y: Array) -> float:
    """Return the share of samples (n,) at the largest or least value, those counted that are three or more in a row."""
    if not np.isfinite(y).any():
        return 0.0
    count = 0
    for end in (np.nanmax(y), np.nanmin(y)):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], y == end, [False]]).astype(np.int8)))
        lengths = edges[1::2] - edges[::2]
        count += int(lengths[lengths >= RUN].sum())
    return count / len(y)


def _thinned(answer: Answer) -> Answer:
    """Return a signal that was sampled very fast as means of neighbours."""
    many = int(answer.fs // FINEST)
    if many < 2:
        return answer
    whole = len(answer.y) // many * many
    return replace(answer, y=answer.y[:whole].reshape(-1, many).mean(axis=1), fs=answer.fs / many)


def _placed(answer: Answer, p: Any, progress: Progress) -> Answer:
    """Return an answer with the places of its windows; the signal alone is shown while those are computed."""
    progress.report(0.05, Partial(answer, "the library of the model is made") if progress.wants_partial else None)

    def check() -> None:
        progress.report(0.5)
    held = library(Column(sigma=p.sigma), check)
    windows = windows_of(answer.y, MS / answer.fs)
    if not np.isfinite(windows).any():
        return replace(answer, problem="no window of 8 s is whole: samples are missing in each, or they are constant")
    return replace(answer, placed=place(windows, held, p.scale == AS_RECORDED, check), library=held)


def warm() -> None:
    """Compile what placing needs, and make the library of the page's own presets."""
    library(Column())


def chosen(answer: Answer, at: float) -> int:
    """Return which window holds a time, s; the last one if that is later."""
    return int(min(max(at // SECONDS, 0.0), answer.count - 1))


def window_of(answer: Answer, k: int) -> Array:
    """Return the samples of a window."""
    return answer.y[k * answer.size:(k + 1) * answer.size]


def spectrum_of(answer: Answer, k: int) -> tuple[Array, Array]:
    """Return frequencies, Hz, and the power density of a window, in the model's mV²/Hz."""
    return _drawn(window_of(answer, k) * answer.factor, MS / answer.fs)


def _drawn(y: Array, dt: float) -> tuple[Array, Array]:
    f, power = power_spectrum(y, dt, STRETCH)
    shown = (f > 0.0) & (f <= HIGHEST)
    return f[shown], power[shown]


@functools.lru_cache(maxsize=64)
def model_run(column: Column, p: float, branch: int) -> Array:
    """Return windows (k, n) of the model at an input on a branch, mV, a sample every 4 ms; those alone that stay "
        "there."""
    folds, rests = column.folds(), column.rests(p)
    low = column.rest(rests[0] if rests[0] < folds[0] else folds[0])
    start = low if branch == LOWER else column.rest(rests[-1])
    lasts = made.SETTLE * MS + MODEL_WINDOWS * WINDOW
    y, _ = run_column(column, np.full(round(lasts / STEP), p), start, STEP, made.EVERY, 7)
    y = y[round(made.SETTLE * made.RATE):]
    there = branches_of(y, STEP * made.EVERY, 0.5 * sum(folds)) == branch
    each = y.reshape(MODEL_WINDOWS, -1)
    return each[there] if there.any() else each


def model_spectrum(answer: Answer, k: int) -> tuple[Array, Array]:
    """Return frequencies, Hz, and the mean power density of the model, mV²/Hz, at the place of a window."""
    assert answer.placed is not None and answer.library is not None
    p, branch = round(float(answer.placed.p[k])), int(answer.placed.branch[k])
    spectra = [_drawn(y, made.EVERY * STEP) for y in model_run(answer.library.column, float(p), branch)]
    return spectra[0][0], np.mean([power for _, power in spectra], axis=0)


def outline(answer: Answer) -> tuple[Array, Array]:
    """Return times, s, and y of a signal as it is drawn: of many samples the least and largest of each stretch."""
    n, y = len(answer.y), answer.y * answer.factor
    per = -(-n // MOST_POINTS)
    rate = answer.fs or 1.0
    if per <= 2:
        return np.arange(n) / rate, y
    whole = n // per * per
    parts = y[:whole].reshape(-1, per)
    pairs = np.stack([np.fmin.reduce(parts, axis=1), np.fmax.reduce(parts, axis=1)], axis=1)
    t = np.arange(len(parts)) * per / rate
    return np.stack([t, t + 0.5 * per / rate], axis=1).ravel(), pairs.ravel()
