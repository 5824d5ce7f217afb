"""What the page of placed recordings draws, measures and says."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from ncm_app.core.model import Measure
from ncm_app.models.masses import _column_diagram as diagram
from ncm_app.models.masses._placing import (
    SECONDS,
    Answer,
    chosen,
    model_run,
    model_spectrum,
    outline,
    spectrum_of,
    window_of,
)
from ncm_app.numerics.inversion.library import REGIONS, UPPER

CELLS = np.arange(-60.0, 401.0, 10.0)
"""Edges of the cells, Hz, in which the probability of the input is drawn."""
LEAST = 0.002
"""Probability of a cell below which it is not drawn."""
NEAR = 0.1
"""Share of windows that fit below which a recording is said to fit nowhere."""
NAMES, NOWHERE = tuple("alpha rhythm" if name == "alpha" else name for name in REGIONS), len(REGIONS)
Marks = dict[str, tuple[Any, ...]]


def draw_recording(answer: Answer, p: Any) -> Marks:
    """The signal over time, with the chosen window shaded."""
    if not answer.fs:
        return {}
    t, y = outline(answer)
    drawn: Marks = {"y": (t, y)}
    if answer.count and np.isfinite(y).any():
        start = SECONDS * chosen(answer, p.at)
        drawn["window"] = ([start, start + SECONDS], [np.nanmin(y)] * 2, [np.nanmax(y)] * 2)
    return drawn


def draw_samples(answer: Answer, p: Any) -> Marks:
    """The signal over the number of the sample, while nobody has said how many make a second."""
    if answer.fs:
        return {}
    return {"y": outline(answer)}


def draw_window(answer: Answer, p: Any) -> Marks:
    """The chosen window, and a run of the model at its place, each about its mean."""
    if answer.placed is None:
        return {}
    k = chosen(answer, p.at)
    y = window_of(answer, k) * answer.factor
    drawn: Marks = {"recording": (np.arange(len(y)) / answer.fs, y - np.nanmean(y))} if np.isfinite(y).any() else {}
    if answer.placed.fits[k]:
        model = model_run(answer.library.column, float(round(float(answer.placed.p[k]))),  # type: ignore[union-attr]
                          int(answer.placed.branch[k]))[0]
        drawn["model"] = (np.arange(len(model)) * 0.004, model - model.mean())
    return drawn


def draw_spectrum(answer: Answer, p: Any) -> Marks:
    """Spectrum of the chosen window, and the model's at its place, or at the nearest one."""
    if answer.placed is None:
        return {}
    k = chosen(answer, p.at)
    if not math.isfinite(answer.placed.distance[k]):
        return {}
    name = "model" if answer.placed.fits[k] else "nearest"
    return {"recording": spectrum_of(answer, k), name: model_spectrum(answer, k)}


def edges(answer: Answer) -> Any:
    """Return where windows begin and end, s."""
    return SECONDS * np.arange(answer.count + 1)


def draw_posterior(answer: Answer, p: Any) -> Marks:
    """Probability of each input over time: above 0 on the upper branch, below on the lower; and the true input."""
    if answer.placed is None or answer.library is None or not answer.placed.fits.any():
        return {}
    found = answer.placed
    place = np.clip((answer.library.p - CELLS[0]) // (CELLS[1] - CELLS[0]), 0, len(CELLS) - 2).astype(int)
    values = np.zeros((len(CELLS) - 1, answer.count))
    signs = np.where(answer.library.branch == UPPER, 1.0, -1.0)
    np.add.at(values, place, (signs * found.posterior).T)
    values[:, ~found.fits] = np.nan
    values[np.abs(values) < LEAST] = np.nan  # see-through, on paper of any colour
    middle = 0.5 * (edges(answer)[1:] + edges(answer)[:-1])
    drawn: Marks = {"chance": (edges(answer), CELLS, 100.0 * values),
                    "now": ([middle[chosen(answer, p.at)]] * 2, [CELLS[0], CELLS[-1]])}
    return drawn | ({"true": (middle, answer.true)} if answer.true is not None else {})


def draw_regions(answer: Answer, p: Any) -> Marks:
    """Probability of each region over time, in rows; nothing where none fits."""
    if answer.placed is None or answer.library is None or not answer.placed.fits.any():
        return {}
    found = answer.placed
    values = np.array([np.sum(found.posterior[:, answer.library.region == k], axis=1) for k in range(len(REGIONS))])
    values[:, ~found.fits] = np.nan
    return {"chance": (edges(answer), np.arange(len(REGIONS) + 1) - 0.5, 100.0 * values)}


def draw_distance(answer: Answer, p: Any) -> Marks:
    """Distance from the nearest place, and the limit beyond which no region fits."""
    if answer.placed is None or answer.library is None:
        return {}
    t = edges(answer)
    far = np.where(np.isfinite(answer.placed.distance), answer.placed.distance, np.nan)
    return {"windows": (t, far), "limit": ([0.0, t[-1]], [answer.library.limit] * 2)}


def draw_path(answer: Answer, p: Any) -> Marks:
    """The path of the windows that fit, and the chosen one."""
    if answer.placed is None:
        return {}
    found = answer.placed
    y = np.where(found.fits, diagram.height(found.p, found.region), np.nan)
    k = chosen(answer, p.at)
    ends = np.clip(found.p[k] + found.sd[k] * np.array([-1.0, 1.0]), diagram.FIRST, diagram.LAST)
    return {"way": (found.p, y), "windows": (found.p, y), "sd": (ends, [y[k]] * 2), "now": ([found.p[k]], [y[k]])}


def fixed_diagram(p: Any) -> Marks:
    """Fixed points and cycles of the model."""
    return diagram.lines()


# Numbers ----------------------------------------------------------------------------------------

def measured(answer: Answer, p: Any) -> tuple[Measure, ...]:
    """Place of the chosen window, how far it is from the model, and how many windows fit."""
    if answer.placed is None or answer.library is None:
        return ()
    found, k = answer.placed, chosen(answer, p.at)
    told = [Measure("windows that fit", 100.0 * float(found.fits.mean()), "%")]
    shares = [float(np.mean(found.fits & (found.region == r))) for r in range(len(REGIONS))]
    told += [Measure(name, 100.0 * share, "%") for name, share in zip(NAMES, shares, strict=True) if share]
    if math.isfinite(found.distance[k]):
        told.append(Measure("distance", float(found.distance[k]), theory=answer.library.limit, theory_name="limit"))
    if found.fits[k]:
        told.append(Measure("p here", float(found.p[k]), "Hz", error=float(found.sd[k]),
                            theory=None if answer.true is None else float(answer.true[k]), theory_name="true"))
    if found.log_unit_sd > 0.0:
        told.append(Measure("mV of the model per " + (answer.unit or "unit"), answer.factor,
                            error=answer.factor * found.log_unit_sd))
    return tuple(told)


def sentence(answer: Answer, p: Any) -> str:
    """Whose signal it is, in which regions its windows are, and where the chosen one lies."""
    whose = "made by the app" if answer.own else f"file {answer.source}"
    head = f"{whose}{', ' * bool(answer.label)}{answer.label}: "
    notes = "".join(f"; {note}" for note in answer.notes)
    if answer.problem:
        return f"{head}{answer.problem}{notes}"
    if answer.placed is None or answer.library is None:
        return f"{head}it is being placed{notes}"
    found, k = answer.placed, chosen(answer, p.at)
    few = np.mean(found.fits) < NEAR
    if few:
        far = float(np.median(found.distance[np.isfinite(found.distance)]))
        return (f"{head}no region of the model fits: its windows are {far:.3g} SD from the nearest place, where those "
                f"of the model are within {answer.library.limit:.2g}{notes}")
    counts = Counter(r if fits else NOWHERE for r, fits in zip(found.region.tolist(), found.fits, strict=True))
    which = ", ".join(f"{name} {counts[r]}" for r, name in enumerate((*NAMES, "none that fits")) if counts[r])
    here = (f"{NAMES[found.region[k]]}, p = {found.p[k]:.0f} ± {found.sd[k]:.0f} Hz" if found.fits[k] else
            f"no region fits, {found.distance[k]:.3g} SD away" if math.isfinite(found.distance[k]) else
            "the window is not whole")
    return f"{head}{len(found.p)} windows: {which}; at {SECONDS * k:.0f} s {here}{notes}"
