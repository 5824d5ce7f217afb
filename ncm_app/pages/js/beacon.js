// Bokeh asks the style sheets anew for every colour and font of every axis, legend and
// glyph whenever it paints (custom properties named --bk-...), which forces the browser
// to restyle the page: half of the time of a frame. No page of ours sets such properties.
const visuals = Bokeh.require('core/visuals/visual')
if (visuals.VisualProperties.prototype._get_css_value) {
  visuals.VisualProperties.prototype._get_css_value = () => ''
}

export function render({model}) {
  model.on('change:seq', () => {
    const n = model.seq
    requestAnimationFrame(() => setTimeout(() => { if (model.ack < n) model.ack = n }, 0))
  })
  return document.createElement('span')
}
