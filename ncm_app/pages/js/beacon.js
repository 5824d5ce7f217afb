// Bokeh asks the style sheets anew for every colour and font of every axis, legend and
// glyph whenever it paints (custom properties named --bk-...), which forces the browser
// to restyle the page: half of the time of a frame. No page of ours sets such properties.
const visuals = Bokeh.require('core/visuals/visual')
if (visuals.VisualProperties.prototype._get_css_value) {
  visuals.VisualProperties.prototype._get_css_value = () => ''
}

// Bokeh sorts all points of a line into a search tree whenever its data change, for pointers
// that look for the nearest one. No line of ours is looked for: a raster of 20,000 spikes is one.
const {SpatialIndex} = Bokeh.require('core/util/spatial')
const lines = Bokeh.require('models/glyphs/line').LineView.prototype
if (lines.index_data) lines.index_data = function () { this._index = new SpatialIndex(0) }

export function render({model}) {
  model.on('change:seq', () => {
    const n = model.seq
    requestAnimationFrame(() => setTimeout(() => { if (model.ack < n) model.ack = n }, 0))
  })
  return document.createElement('span')
}
