"""The choices of a page that are not values of the model."""

from __future__ import annotations

from dataclasses import dataclass

from ncm_app.views.space import AZIMUTH, ELEVATION

MOST_STARTS = 12
"""Clicked starts that a page keeps; the oldest goes first."""

BASINS = "basins of attraction"
"""The overlay that colours the phase plane by where its starts go."""

SEEN = (AZIMUTH, ELEVATION)
"""From where phase space is looked at."""


@dataclass(frozen=True)
class ViewChoices:
    """What a page shows beside the values of the model.

    `explore` is the parameter of the diagram and `against` the state on its vertical
    axis ("" for the first); `second` the other parameter of the two-parameter chart ("" for
    none); `sweep` the number of the sweep asked for (0 for none) and `noise` its strength;
    `starts` the clicked starts; `overlays` the other solutions drawn over the run; `axes` are
    the states of the phase plane and `held` (n,) the values of the others there (none: those
    of a fixed point); `seen` is from where phase space is looked at: azimuth and elevation in degrees;
    `compare` is the slug of a model of the family that is drawn in grey ("" for none); `hide` are the controls
    that have no row on the page.
    """

    explore: str = ""
    starts: tuple[tuple[float, ...], ...] = ()
    overlays: tuple[str, ...] = ()
    against: str = ""
    second: str = ""
    sweep: bool = False
    noise: float = 0.0
    axes: tuple[int, int] = (0, 1)
    held: tuple[float, ...] = ()
    seen: tuple[float, float] = SEEN
    compare: str = ""
    hide: tuple[str, ...] = ()
