"""Codes of special points; the browser finds the places beside them, in pixels of the frame (js/label_places.js)."""

from __future__ import annotations

from typing import Any

from ncm_app.views import style
from ncm_app.views.columns import NO_LABELS, scattered
from ncm_app.views.layer import Layer

Spot = tuple[str, float, float]


def codes_layer(name: str) -> Layer:
    """Return the layer of the codes of special points, which keep clear of each other and of all such points."""
    return Layer(name, kind="labels", ink=("text_color",), look={**style.LABEL, "text_baseline": "bottom"})


def codes_at(points: list[Spot]) -> tuple[Any, ...]:
    """Return the columns (x, y, text) of the codes of points (code, x, y) in the units of the axes."""
    return (*scattered([(x, y) for _, x, y in points]), [code for code, _, _ in points]) if points else NO_LABELS
