"""How often a signal was sampled: what a header, the name of a number or a column of times tells."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from ncm_app.readers.cells import Array
from ncm_app.readers.words import PER_MS, shown

LEAST_RATE, MOST_RATE = 100.0, 50_000.0
"""Bounds of a sampling rate, Hz."""

_ALIKE = 0.01
"""Part by which two ways to tell one rate may differ."""

_SAMPLING = r"(?:sampl\w*|abtast\w*|\w*chantillon\w*|muestreo|campionamento|amostragem|bemonster\w*)"
_SHORT = r"\b(?:fs|f_s|sfreq|srate|sr|samplerate|samplingrate|samplefreq)\b"
_WORDS = rf"(?:{_SHORT}|{_SAMPLING}[\s_-]*(?:rate|freq\w*)\b|\bfreq\w*[\s_]+(?:d\w*[\s_'’]+)?{_SAMPLING}|" \
         rf"abtast(?:rate|frequenz)\b|ta(?:xa|ux)\s+d\w*['’\s]+{_SAMPLING})"
_STEPS = rf"(?:\bdt\b|{_SAMPLING}[\s_-]*(?:interval\w*|period\w*|time|step)\b|abtastintervall\b)"
_NUMBER = r"(?P<number>\d[\d.,]*(?:[eE][+-]?\d+)?)\s*(?P<unit>[^\W\d_]+(?:/s)?)?"
_RATE = re.compile(rf"{_WORDS}\W*?(?:[\[(]\s*(?P<named>\w+)\s*[\])])?\W*?(?:\b(?:is|was|of|at)\s+)?{_NUMBER}",
                   re.IGNORECASE)
_STEP = re.compile(rf"{_STEPS}\W*?(?:[\[(]\s*(?P<named>\w+)\s*[\])])?\W*?{_NUMBER}", re.IGNORECASE)

HERTZ = {"": 1.0, "hz": 1.0, "hertz": 1.0, "s/s": 1.0, "sps": 1.0, "samples/s": 1.0, "khz": 1000.0}
"""Units of rates."""
PER_SECOND = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e3, "msec": 1e3, "us": 1e6, "µs": 1e6, "μs": 1e6}
"""How many of a unit of intervals make a second."""


def tells_rate(text: str) -> bool:
    """Tell whether a line of a file is one that tells a rate of sampling, or the time between samples."""
    return bool(_RATE.search(text) or _STEP.search(text))


def checked_rate(fs: float, told: str = "") -> float:
    """Return a sampling rate, Hz, or raise a ValueError where no recording has it."""
    if not LEAST_RATE <= fs <= MOST_RATE:
        source = f" in {shown(told)}" if told else ""
        raise ValueError(f"a sampling rate from {LEAST_RATE:g} to {MOST_RATE:,.0f} Hz expected, {fs:,.6g} Hz{source} "
                         f"found")
    return fs


def rate_in(texts: Iterable[str]) -> tuple[float, str]:
    """Return the sampling rate, Hz, that comments and titles tell, and the one that does; (0, "") where none does.

    Raises ValueError for two different ones, and for a number or a unit that cannot be read.
    """
    found: list[tuple[float, str]] = []
    for text in texts:
        step = _STEP.search(text)
        match = step or _RATE.search(text)
        if match is None:
            continue
        number = _number(match["number"].rstrip(".,"), text)
        unit = (match["named"] or match["unit"] or "").lower()
        known = PER_SECOND if step else HERTZ
        if unit not in known:
            wanted = "s, ms or µs" if step else "Hz or kHz"
            raise ValueError(f"{'a time between samples' if step else 'a sampling rate'} in {wanted} expected, "
                             f"{shown(text)} found")
        rate = known[unit] / number if step else known[unit] * number
        found.append((checked_rate(rate, text), text.strip()))
    if found and any(abs(rate / found[0][0] - 1.0) > _ALIKE for rate, _ in found):
        raise ValueError(f"one sampling rate expected, {shown(found[0][1])} and {shown(found[-1][1])} found")
    return found[0] if found else (0.0, "")


def _number(text: str, line: str) -> float:
    """Return a positive number, with a decimal point or comma that parts no thousands."""
    plain = text.replace(",", ".")
    if plain.count(".") > 1 or re.search(r"[1-9]\d*,\d{3}$", text) or not float(plain) > 0.0:
        raise ValueError(f"a sampling rate as a number such as 256 or 512.5 expected, {shown(line)} found")
    return float(plain)


def rate_of_times(t: Array, unit: str) -> tuple[float, str]:
    """Return the rate, Hz, of times (n,) in a unit, or 0 and both readings where that is ""; ValueError if uneven."""
    if not np.all(np.isfinite(t)):
        raise ValueError("a time for each sample expected, some missing found")
    steps = np.diff(t)
    if not len(t) > 1 or not t[-1] > t[0]:
        raise ValueError("times that rise expected, others found")
    step = float(t[-1] - t[0]) / (len(t) - 1)
    _check_even(t, steps, step)
    if not unit:
        both = f"{1 / step:.4g} Hz if that is s, {1e3 / step:.4g} Hz if ms"
        return 0.0, f"times in steps of {step:.4g} without a unit: {both}"
    return checked_rate(1000.0 * PER_MS[unit] / step), ""


def _check_even(t: Array, steps: Array, step: float) -> None:
    """Raise a ValueError where times, which may be rounded, do not rise evenly."""
    back = np.flatnonzero(steps <= 0.0)
    if len(back):
        k = int(back[0])
        raise ValueError(f"times that rise from line to line expected, {t[k + 1]:.10g} after {t[k]:.10g} found, in "
                         f"line {k + 2} of the numbers")
    half = len(t) // 2
    first, last = float(np.median(steps[:half])), float(np.median(steps[half:]))
    if abs(np.mean(steps[:half]) / np.mean(steps[half:]) - 1.0) > 0.1 and abs(first / last - 1.0) > 0.1:
        raise ValueError(f"one sampling rate expected, steps of {first:.4g} and later of {last:.4g} between times "
                         "found")
    usual = float(np.median(steps))
    wide = int(steps.argmax())
    coarse = steps.max() - steps.min()  # of rounded times, about their last digit
    if steps[wide] > 1.75 * usual and not coarse <= 1.2 * steps.min():
        raise ValueError(f"evenly spaced times expected, a step of {steps[wide]:.4g} after {t[wide]:.10g} found, where "
                         f"others are {usual:.4g}: write NaN for samples that are missing")
    off = np.abs(t - t[0] - step * np.arange(len(t)))
    if off.max() > max(step, coarse):
        raise ValueError(f"evenly spaced times expected, one that is {off.max():.4g} away from where even steps of "
                         f"{step:.4g} lead found")


def same_rate(one: float, other: float) -> bool:
    """Tell whether two rates are one, as far as files tell them."""
    return abs(one / other - 1.0) <= _ALIKE
