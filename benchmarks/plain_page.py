"""The barest Panel page: a column with one small Bokeh figure without data, no template."""

import panel as pn
from bokeh.plotting import figure

pn.extension()
pn.Column(pn.pane.Bokeh(figure(width=300, height=200))).servable()
