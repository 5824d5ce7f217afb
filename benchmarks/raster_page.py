"""A raster as it is usually written: one circle per spike, in one DynamicMap."""

from __future__ import annotations

from typing import Any

import holoviews as hv
import panel as pn

from ncm_app.core import catalogue
from ncm_app.studies.plots import run_or_perform

hv.extension("bokeh")
pn.extension()
hv.renderer("bokeh").webgl = False

MODEL: Any = catalogue.find("poisson_process")


def raster(r_0: float) -> hv.Scatter:
    """Return the spikes as circles."""
    values = {**MODEL.preset_values(""), "r_0": r_0, "trials": 500, "t_end": 1000.0}
    trains = run_or_perform(MODEL(**values).snapshot()).trains
    return hv.Scatter((trains.times, trains.trials), "raster_x", "raster_y").opts(
        size=2, responsive=True, height=300, xlim=(0, 1000), ylim=(-1, 500))


slider = pn.widgets.FloatSlider(name="r_0", value=40.0, start=1.0, end=80.0, step=0.5)
pn.Column(slider, pn.pane.HoloViews(hv.DynamicMap(pn.bind(raster, slider)), sizing_mode="stretch_width")).servable()
