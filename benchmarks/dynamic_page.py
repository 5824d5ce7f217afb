"""The page of the rate network as it is usually written: one DynamicMap per plot.

Same plots, same data, same studies and cache; sliders are Panel's own, bound with
`pn.bind`, with Panel's default debounce. WebGL is off here too, which helps this page.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import holoviews as hv
import panel as pn
import panel_material_ui as pmui

from ncm_app.core import catalogue
from ncm_app.core.quantity import Choice, nice_step
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT
from ncm_app.session.plot_rules import ViewChoices, rules_for
from ncm_app.studies.regime import regime
from ncm_app.views import style

hv.extension("bokeh")
hv.renderer("bokeh").webgl = False
pn.extension("mathjax", design=pmui.theme.MaterialDesign)

MODEL: Any = catalogue.find("ei_rate_network")
SETTINGS = ViewChoices(explore=MODEL.explore)


def slider(name: str, value: Any) -> Any:
    """Return Panel's own widget for a control."""
    control = MODEL.control(name)
    if isinstance(control, Choice):
        return pn.widgets.Select(name=name, value=value, options=list(control.objects))
    start, end = control.softbounds or control.bounds
    return pn.widgets.FloatSlider(name=name, value=value, start=start, end=end,
                                  step=control.step or nice_step(start, end))


def element(view: Any, layer: Any, columns: tuple[Any, ...]) -> hv.Element:
    """Return one layer as a HoloViews element with the same look."""
    named = layer.named(view.name, columns)
    x, y, *text = named
    look = {"color": style.INK, **layer.look}
    if layer.kind == "labels":
        made = hv.Labels((*list(named.values())[:2], list(named[text[0]])), [x, y], text[0])
        look["text_color"] = look.pop("color")
    else:
        made = (hv.Curve if layer.kind == "curve" else hv.Scatter)(columns, x, y, label=layer.label)
    known = hv.Store.registry["bokeh"][type(made)].style_opts
    return made.opts(**{key: value for key, value in look.items() if key in known})


def plot(card: Any, view: Any, limits: Any, **values: Any) -> hv.Overlay:
    """Compute and build one plot anew from the sliders; ghosts and what is drawn late are left out."""
    result = card.study(Snapshot.of(MODEL, values), SETTINGS, SILENT)
    columns = {**view.backdrop(limits), **view.columns(result)}
    elements = [element(view, layer, columns[layer.name]) for layer in view.layers()
                if layer.name in columns and layer.kind != "probes"]
    return hv.Overlay(elements).opts(
        xlim=limits[0], ylim=limits[1], xlabel=view.x_label, ylabel=view.y_label, title=view.title,
        responsive=True, min_height=style.HEIGHTS[view.shape], show_legend=view.legend,
        legend_position="top_right", toolbar="above", show_grid=True, shared_axes=False)


def sentence(**values: Any) -> str:
    """Say what the model does."""
    return regime(Snapshot.of(MODEL, values), SETTINGS.explore).sentence


def page() -> pmui.Page:
    """Return the page with the plots in the same order and size."""
    values = MODEL(**MODEL.preset_values(MODEL.first_preset())).values()
    widgets = {name: slider(name, value) for name, value in values.items()}
    first, panes, shapes = Snapshot.of(MODEL, values), {}, {}
    for card, view in rules_for(MODEL):
        shapes[view.name] = view.shape
        limits = view.limits(card.study(first, SETTINGS, SILENT))
        panes[view.name] = pn.pane.HoloViews(
            hv.DynamicMap(pn.bind(partial(plot, card, view, limits), **widgets)), linked_axes=False,
            sizing_mode="stretch_width", height=style.HEIGHTS[view.shape])
    squares = [pn.Column(p, styles={"flex": "1 1 300px"}) for n, p in panes.items() if shapes[n] == "square"]
    others = [p for n, p in panes.items() if shapes[n] != "square"]
    main = pn.Column(pn.pane.Markdown(pn.bind(sentence, **widgets)), others[0],
                     pn.FlexBox(*squares, sizing_mode="stretch_width"), *others[1:], sizing_mode="stretch_width")
    return pmui.Page(title="one DynamicMap per plot", sidebar=list(widgets.values()), main=[main], sidebar_width=310)


page().servable()
