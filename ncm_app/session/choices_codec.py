"""How the choices of a page are written into its link, and read back one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ncm_app.core.capabilities import has_smooth_plane, is_flow
from ncm_app.core.model import Flow, Model, unknown
from ncm_app.core.snapshot import Snapshot
from ncm_app.session.view_choices import BASINS, SEEN, ViewChoices
from ncm_app.studies.diagram import explorable
from ncm_app.studies.family import relatives

LOUDEST = 1.0
"""Highest noise of a sweep, in parts of each state's range."""


class Written(NamedTuple):
    """One choice in a link: `write` returns its text, "" where it is as usual; `read` its value.

    `read` raises ValueError with a sentence on what cannot be, PartlyRead where the rest can.
    """

    write: Callable[[ViewChoices], str]
    read: Callable[[str, Snapshot], Any]


class PartlyRead(ValueError):
    """What a text says wrongly, and the `value` that the rest of it says."""

    def __init__(self, sentence: str, value: Any) -> None:
        super().__init__(sentence)
        self.value = value


def _one_of(kind: str, text: str, known: Any, model: type[Flow]) -> str:
    if text not in known:
        raise ValueError(unknown(kind, text, known, model.slug()))
    return text


def _numbers(text: str, count: int, what: str) -> tuple[float, ...]:
    parts = text.split(",")
    try:
        numbers = tuple(map(float, parts))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not np.all(np.isfinite(numbers)):
        raise ValueError(f"{what}: {count} number{'s' * (count > 1)} with commas between, not {text[:40]}")
    return numbers


def _read_axes(text: str, snapshot: Snapshot) -> tuple[int, int]:
    names, chosen = [s.name for s in snapshot.model.states], text.split(",")
    if len(chosen) != 2 or len(set(chosen)) != 2:
        raise ValueError(f"axes: two different states with a comma between, not {text[:40]}")
    first, second = (names.index(_one_of("state", name, names, snapshot.model)) for name in chosen)
    return first, second


def _read_held(text: str, snapshot: Snapshot) -> tuple[float, ...]:
    states = snapshot.model.states
    values = _numbers(text, len(states), "held")
    return tuple(min(max(v, s.limits[0]), s.limits[1]) for v, s in zip(values, states, strict=True))


def overlays_of(model: type[Flow]) -> list[str]:
    """Return what may be drawn on choice: over the plots of a model, and plots of its own."""
    over = [*model.solutions, *([BASINS] if has_smooth_plane(model) else [])] if is_flow(model) else []
    return [*over, *(plot.name for plot in model.plots if plot.on_choice)]


def _read_overlays(text: str, snapshot: Snapshot) -> tuple[str, ...]:
    model = snapshot.model
    names = text.split(",") if text != "none" else []
    return tuple(_one_of("overlay", name, overlays_of(model), model) for name in names if name)


def _read_noise(text: str, snapshot: Snapshot) -> float:
    (noise,) = _numbers(text, 1, "noise")
    if not 0.0 <= noise <= LOUDEST:
        raise ValueError(f"noise takes a number from 0 to {LOUDEST:g}, not {text[:40]}")
    return noise


def _read_compare(text: str, snapshot: Snapshot) -> str:
    return "" if text == "none" else _one_of("model to compare with", text, relatives(snapshot.model), snapshot.model)


def _read_hide(text: str, snapshot: Snapshot) -> tuple[str, ...]:
    known, wanted = snapshot.model.controls(), [name for name in text.split(",") if name]
    found = tuple(name for name in known if name in wanted)
    if wrong := [name for name in wanted if name not in known]:
        told = "; ".join(unknown("control to hide", name, known, snapshot.model.slug()) for name in wrong[:3])
        raise PartlyRead(told, found)
    return found


def _axes_text(choices: ViewChoices) -> str:
    return "" if choices.axes == (0, 1) else ",".join(map(str, choices.axes))


def _read_seen(text: str, snapshot: Snapshot) -> tuple[float, float]:
    azimuth, elevation = _numbers(text, 2, "seen")
    return azimuth % 360.0, min(max(elevation, -90.0), 90.0)


def _parameter(kind: str) -> Callable[[str, Snapshot], str]:
    return lambda text, snapshot: _one_of(kind, text, explorable(snapshot), snapshot.model)


CHOICES: dict[str, Written] = {
    "explore": Written(lambda s: s.explore, _parameter("explored parameter")),
    "against": Written(lambda s: s.against,
                       lambda text, snapshot: _one_of("state", text, [s.name for s in snapshot.model.states],
                                                      snapshot.model)),
    "second": Written(lambda s: s.second, _parameter("second parameter")),
    "sweep": Written(lambda s: "on" * s.sweep, lambda text, snapshot: text == "on"),
    "noise": Written(lambda s: f"{s.noise:.12g}" if s.noise else "", _read_noise),
    "axes": Written(_axes_text, _read_axes),
    "held": Written(lambda s: ",".join(f"{v:.12g}" for v in s.held), _read_held),
    "seen": Written(lambda s: "" if s.seen == SEEN else ",".join(f"{v:.4g}" for v in s.seen), _read_seen),
    "compare": Written(lambda s: s.compare or "none", _read_compare),
    "overlays": Written(lambda s: ",".join(s.overlays) or "none", _read_overlays),
    "hide": Written(lambda s: ",".join(s.hide), _read_hide),
}


def compared_in(model: type[Model], preset: str) -> str:
    """Return the slug of the model that a preset compares with, "" for none."""
    return str(model.presets[preset].compare) if preset in model.presets else ""


def shown_in(model: type[Model], preset: str) -> tuple[str, ...]:
    """Return the names of the plots on choice that a preset opens."""
    return tuple(model.presets[preset].shows) if preset in model.presets else ()


def write_choices(choices: ViewChoices, model: type[Flow], preset: str = "") -> dict[str, str]:
    """Return the choices of a page that are not as usual under its preset, as texts."""
    usual = {"explore": model.explore, "against": next((s.name for s in model.states), ""),
             "compare": compared_in(model, preset) or "none",
             "overlays": ",".join(shown_in(model, preset)) or "none"}
    texts = {name: choice.write(choices) for name, choice in CHOICES.items()}
    if texts["axes"]:
        texts["axes"] = ",".join(model.states[k].name for k in choices.axes)
    return {name: text for name, text in texts.items() if text and text != usual.get(name)}


def read_choices(texts: dict[str, str], snapshot: Snapshot) -> tuple[dict[str, Any], list[str]]:
    """Return the choices that texts ask for, and a sentence for each that cannot be, or not wholly."""
    found: dict[str, Any] = {}
    wrong = []
    for name, text in texts.items():
        if name not in CHOICES:
            wrong.append(f"view.{name}: this page has no such choice")
            continue
        try:
            found[name] = CHOICES[name].read(text, snapshot)
        except PartlyRead as error:
            found[name] = error.value
            wrong.append(str(error))
        except ValueError as error:
            wrong.append(str(error))
    return found, wrong
