"""An empty Panel page in the same shell: one small Bokeh figure without data."""

import panel as pn
import panel_material_ui as pmui
from bokeh.plotting import figure

pn.extension(design=pmui.theme.MaterialDesign)
pmui.Page(title="empty", main=[pn.pane.Bokeh(figure(width=300, height=200))]).servable()
