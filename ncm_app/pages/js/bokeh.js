// What Bokeh does at every paint though nothing of it has changed.
// Where another version of Bokeh has no such module or method, or was not tried, its own way stays, which is slower.
// pages/upstream.py lists what is replaced, and what happens without it.
const part = path => {
  try { return Bokeh.require(path) } catch { return {} }
}
// Only for versions on which every replacement was tried: a name that binds may have changed its meaning.
// `ncmSlow` leaves out what is there for speed alone, for tests that compare the pictures.
const TRIED = /^3\.(9|10)\./
const upstream = window.ncmUpstream = {tried: TRIED.test(Bokeh.version), bound: []}
const replace = (type, name, wrap, speed = true) => {
  if (!upstream.tried || (speed && window.ncmSlow) || !type?.prototype[name]) return
  type.prototype[name] = wrap(type.prototype[name])
  upstream.bound.push(name)
}

// It asks the style sheets anew for every colour and font of every axis, legend and glyph
// (custom properties named --bk-...), which forces the browser to restyle the page: half of
// the time of a frame. No page of ours sets such properties.
replace(part('core/visuals/visual').VisualProperties, '_get_css_value', () => () => '')

// It writes the places of axes, legends and glyphs into style sheets and reads sizes after each
// plot, which restyles the page as often. Most stay where they are; those of glyphs are not used.
replace(part('core/dom').InlineStyleSheet, '_update', write => function (css) {
  if (css !== this.css) write.call(this, css)
})
replace(part('models/renderers/glyph_renderer').GlyphRendererView, 'update_position', () => () => {})

// It builds a legend anew, canvases and all, when any data of the curves in it change.
replace(part('models/annotations/legend').LegendView, '_render_items', build => function () {
  const {ncols, nrows, orientation} = this.model
  const built = JSON.stringify([ncols, nrows, orientation, this.labels.map(({item, label}) => [item.id, item.visible, label])])
  if (built !== this._built) build.call(this)
  this._built = built
})

// In pictures it pastes the strokes of a legend in as they are on the screen: tiny beside words three times as large.
// Here they are drawn as large as the words, and in pictures that are not made of pixels as strokes.
replace(part('models/annotations/legend').LegendView, '_draw_legend_items', () => function (ctx) {
  const page = this.plot_view.canvas.el.getBoundingClientRect()
  for (const {el, glyph, label_el, item, label} of this.entries.filter(entry => entry.item.visible)) {
    const strokes = glyph.canvas.getBoundingClientRect(), words = label_el.getBoundingClientRect(), look = getComputedStyle(label_el)
    ctx.save()
    ctx.globalAlpha = getComputedStyle(el).opacity
    ctx.font = `${look.fontSize} ${look.fontFamily}`
    ctx.fillStyle = look.color
    ctx.textBaseline = 'middle'
    ctx.fillText(label, words.left - page.left, words.top - page.top + words.height / 2)
    ctx.translate(strokes.left - page.left, strokes.top - page.top)
    for (const renderer of item.renderers) {
      const drawn = this.plot_view.views.find_one(renderer)
      drawn?.draw_legend(ctx, 0, strokes.width, 0, strokes.height, item.get_field_from_label_prop(), label, item.index)
    }
    ctx.restore()
  }
}, false)

// It sorts all points of a line into a search tree when its data change, for pointers that
// look for the nearest one. No line of ours is looked for.
const {SpatialIndex} = part('core/util/spatial')
replace(SpatialIndex && part('models/glyphs/line').LineView, 'index_data', () => function () { this._index = new SpatialIndex(0) })

// The theme gives axes, titles and legends sizes of its own whenever it is switched: what the
// page has asked for in points, as for the last row of a lecture hall, stays.
const SIZES = ['text_font_size', 'axis_label_text_font_size', 'major_label_text_font_size', 'label_text_font_size']
replace(part('core/has_props').HasProps, 'setv', set => function (changes, options) {
  const kept = SIZES.filter(name => name in changes && String(changes[name]).endsWith('em') && String(this.attributes[name]).endsWith('pt'))
  return set.call(this, kept.length ? Object.fromEntries(Object.entries(changes).filter(([name]) => !kept.includes(name))) : changes, options)
}, false)

// It takes models that the server has just sent for its own, and sends them back whole when its next message names one,
// as a click on a button that was added does: the guard would close the page.
replace(part('document/document').Document, 'apply_json_patch', apply => function (...given) {
  apply.apply(this, given)
  this._new_models?.clear()
}, false)
