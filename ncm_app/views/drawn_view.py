"""A view as one session sees it: a figure, and a glyph for each layer that holds something.

HoloViews renders the frame of a kind of view (axes, ticks, grid, tools) once per process; each
session gets a copy of its Bokeh models, which costs a tenth. What has no state of its own
(scales, rules of labels, selections that nobody makes) is one model for all figures of a session.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

import holoviews as hv
from bokeh.core.validation import silence
from bokeh.core.validation.warnings import MISSING_RENDERERS
from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import (
    AllIndices,
    AllLabels,
    BasicTicker,
    BasicTickFormatter,
    BoxInteractionHandles,
    CDSView,
    ColumnDataSource,
    GlyphRenderer,
    HoverTool,
    LinearScale,
    LogScale,
    Selection,
    UnionRenderers,
)
from bokeh.models.annotations.geometry import AreaVisuals
from bokeh.plotting import figure as Figure

from ncm_app.views.aspect import keep_equal
from ncm_app.views.columns import holds_something
from ncm_app.views.heat_map import colour_bar, show_with
from ncm_app.views.legends import Legends
from ncm_app.views.mark_kinds import MARK_KINDS

if TYPE_CHECKING:
    from ncm_app.views.columns import Columns, Limits
    from ncm_app.views.layer import Layer
    from ncm_app.views.view import View

STATELESS = (AllLabels, LinearScale, LogScale, BoxInteractionHandles, AreaVisuals)
"""Models of a frame that several figures of a page may share."""
SCALES = ("x_scale", "y_scale")
"""What a figure makes itself, whatever it is given."""
PLAIN = 3
"""Powers of ten up to this one are written out on logarithmic axes: 0.1, 1, 10."""

_rendering = threading.Lock()

silence(MISSING_RENDERERS)  # a view may hold nothing yet
hv.extension("bokeh")
# Without a graphics rule WebGL is several times slower than the canvas (measured).
hv.renderer("bokeh").webgl = False
# It would become that of whoever opens a page first, whose titles a dark page could then not turn white.
hv.renderer("bokeh").theme = None


class Shared:
    """The models without a state of their own that the figures of one session have in common."""

    def __init__(self) -> None:
        self.selection, self.policy, self.all_indices = Selection(), UnionRenderers(), AllIndices()
        self._kept: dict[Hashable, Model] = {}

    def model(self, kind: type[Model], properties: dict[str, Any]) -> Model:
        """Return a model with these properties, for a stateless kind always the same one."""
        if kind is Figure:
            # Without axes and tools of its own it makes nothing that is thrown away.
            made = kind(x_axis_type=None, y_axis_type=None, tools=[], active_drag=None,
                        **{name: value for name, value in properties.items() if name not in SCALES})
            made.update(**{name: properties[name] for name in SCALES})
            return made
        if kind not in STATELESS:
            return kind(**properties)
        key = kind, *((name, getattr(value, "id", repr(value))) for name, value in properties.items())
        if key not in self._kept:
            self._kept[key] = kind(**properties)
        return self._kept[key]

    def renderer(self, layer: Layer, columns: tuple[Any, ...], prefix: str) -> GlyphRenderer:
        """Return the renderer of a layer in the view `prefix`, with its first columns.

        One glyph serves all states: the copies that Bokeh would make cost page load.
        """
        source = ColumnDataSource(layer.named(prefix, columns), selected=self.selection, selection_policy=self.policy)
        return GlyphRenderer(data_source=source, glyph=layer.glyph(prefix), view=CDSView(filter=self.all_indices),
                             name=layer.name, nonselection_glyph=None, selection_glyph=None, muted_glyph=None,
                             hover_glyph=None)


Recipe = list[tuple[str, type[Model], dict[str, Any]]]
"""Of each model of a graph its id, class and properties, after those that it refers to."""


def recipe_of(root: Model) -> Recipe:
    """Return how a graph of models is made again; it has no circles."""
    found: Recipe = []
    seen: set[str] = set()

    def visit(model: Model) -> None:
        if model.id in seen:
            return
        seen.add(model.id)
        properties = {}
        plain = model.properties_with_values(include_defaults=False)
        for name, value in model.properties_with_values().items():
            inner = list(models_in(value))
            if name in plain or inner:
                properties[name] = value
            for child in inner:
                visit(child)
        found.append((model.id, type(model), properties))

    visit(root)
    return found


def models_in(value: Any) -> list[Model]:
    """Return the models in a property's value."""
    if isinstance(value, Model):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [model for item in inner for model in models_in(item)]


def made_again(recipe: Recipe, shared: Shared) -> Any:
    """Return a new graph of models; the root is the last one."""
    made: dict[str, Model] = {}

    def anew(value: Any) -> Any:
        if isinstance(value, Model):
            return made[value.id]
        if isinstance(value, dict):
            return {key: anew(item) for key, item in value.items()}
        return [anew(item) for item in value] if isinstance(value, list) else value

    for name, kind, properties in recipe:
        made[name] = shared.model(kind, {key: anew(value) for key, value in properties.items()})
    return made[recipe[-1][0]]


class Frame(NamedTuple):
    """What a frame is like: its logarithmic axes, names at 0, 1, ... on the y axis.

    A `bare` one has no axes; `ticks` are wished for along x, 0 leaves it to Bokeh; `whole` steps are those of rows.
    """

    log: str = ""
    rows: tuple[str, ...] = ()
    bare: bool = False
    ticks: int = 0
    whole: bool = False

    def element(self) -> hv.Curve:
        """Return the HoloViews element that has this frame; it holds no data."""
        return hv.Curve([]).opts(
            xlim=(0.1, 1.0), ylim=(0.1, 1.0), logx="x" in self.log, logy="y" in self.log, responsive=True,
            show_grid=True, shared_axes=False,
            **({"yticks": list(enumerate(self.rows))} if self.rows else {}),
            toolbar="above", active_tools=[], default_tools=["pan", "wheel_zoom", "box_zoom", "reset"])

    def finish(self, figure: Any) -> None:
        """Set what no element can be asked for: long numbers written out, whole steps."""
        if self.bare:
            figure.axis.visible = figure.grid.visible = False
        figure.title.text_font_style = "normal"
        across, up = figure.xaxis[0], figure.yaxis[0]
        if self.ticks and "x" not in self.log:
            across.formatter = BasicTickFormatter(power_limit_high=7)  # 100 s are 100000 ms, not 1e5
            across.ticker = figure.xgrid[0].ticker = BasicTicker(desired_num_ticks=self.ticks)
        for axis, way in ((across, "x"), (up, "y")):
            if self.ticks and way in self.log:
                axis.formatter.min_exponent = PLAIN
        if self.whole:
            up.ticker = figure.ygrid[0].ticker = BasicTicker(min_interval=1, desired_num_ticks=5)


@functools.lru_cache(maxsize=128)
def recipe_of_frame(frame: Frame) -> Recipe:
    """Return how a frame is made again after HoloViews has rendered it once."""
    with _rendering:  # pages may be built in several threads at once
        figure = hv.renderer("bokeh").get_plot(frame.element(), doc=Document()).state
        frame.finish(figure)
        figure.renderers = []  # layers draw, the element has no data
        return recipe_of(figure)


class DrawnView:
    """A view's figure and the renderers of its layers by name, from back to front."""

    def __init__(self, view: View, result: Any, shared: Shared) -> None:
        self.view, self._shared = view, shared
        limits = view.limits(result)
        self.figure = made_again(recipe_of_frame(view.frame()), shared)
        self.figure.update(min_height=view.height, height=view.height, sizing_mode="stretch_width")
        for axis, (low, high) in zip((self.figure.x_range, self.figure.y_range), limits, strict=False):
            axis.update(start=low, end=high, reset_start=low, reset_end=high)
        if view.equal:
            keep_equal(self.figure)
        self.renderers: dict[str, GlyphRenderer] = {}
        self._legend = None
        if view.legend and view.labelled():
            free = 1 if view.shape in ("strip", "wide") else 2  # what stands side by side stays as high
            self._legend = Legends(self.figure, view.symbols, view.labelled(), free)
        self.add({**view.empty(), **view.backdrop(limits), **view.columns(result)})
        self._explain_colours(limits)
        view.relabel(self.figure)

    def add(self, columns: Columns) -> list[Layer]:
        """Make the layers that are to hold something for the first time, and return them."""
        # Those that are explained at all times are made with the figure.
        made = self.renderers
        wanted = {name for name in columns.keys() - made if not made or holds_something(columns[name])}
        every = self.view.all_layers() if wanted else []
        if not (new := [layer for layer in every if layer.name in wanted and self._is_due(layer, columns)]):
            return []
        for layer in new:
            self.renderers[layer.name] = self._shared.renderer(layer, columns[layer.name], self.view.stem)
        order = [layer.name for layer in self.view.all_layers()]
        self.renderers = dict(sorted(self.renderers.items(), key=lambda pair: order.index(pair[0])))
        self.figure.renderers = list(self.renderers.values())
        if self._legend is not None:
            self._legend.explain(new, self.renderers)
        self._tell_pointer(new)
        return new

    def _is_due(self, layer: Layer, columns: Columns) -> bool:
        """Tell whether a layer is seen: it holds something, or is explained at all times."""
        named = self._legend is not None and bool(layer.label) and not layer.fleeting
        return named or layer.row.has_colours or holds_something(columns[layer.name])

    def _tell_pointer(self, new: list[Layer]) -> None:
        """Let layers of the kinds that can say what is there to a pointer that comes near."""
        view = self.view
        for kind in {layer.kind: None for layer in new} if view.tells_pointer else ():
            layers = [layer for layer in new if layer.kind == kind]
            if (hover := MARK_KINDS[kind].hover) is not None:
                labels = tuple(map(view.symbols.text, (view.x_label, view.y_label, view.colour_label)))
                told = hover(layers[0].names(view.stem), labels)
                renderers = [self.renderers[layer.name] for layer in layers]
                self.figure.add_tools(HoverTool(renderers=renderers, visible=False, **told))

    def _explain_colours(self, limits: Limits) -> None:
        """Put a bar of the colours and what they mean at the right of the frame."""
        for k, layer in enumerate(self.view.coloured()):
            mapper = self.renderers[layer.name].glyph.color_mapper
            mapper.update(low=limits[2][0], high=limits[2][1])
            for part in colour_bar(mapper, self.view.symbols.text(self.view.colour_label)) if k == 0 else ():
                self.figure.add_layout(part, "right")
                if layer.fleeting:
                    show_with(part, self.renderers[layer.name])
