// What Bokeh does at every paint though nothing of it has changed, and how it draws rasters.
// Where another version of Bokeh has no such method, its own way stays, which is slower.
const replace = (prototype, name, wrap) => {
  if (prototype[name]) prototype[name] = wrap(prototype[name])
}
const {require: part} = Bokeh

// It asks the style sheets anew for every colour and font of every axis, legend and glyph
// (custom properties named --bk-...), which forces the browser to restyle the page: half of
// the time of a frame. No page of ours sets such properties.
replace(part('core/visuals/visual').VisualProperties.prototype, '_get_css_value', () => () => '')

// It writes the places of axes, legends and glyphs into style sheets and reads sizes after each
// plot, which restyles the page as often. Most stay where they are; those of glyphs are not used.
replace(part('core/dom').InlineStyleSheet.prototype, '_update', write => function (css) {
  if (css !== this.css) write.call(this, css)
})
replace(part('models/renderers/glyph_renderer').GlyphRendererView.prototype, 'update_position', () => () => {})

// It builds a legend anew, canvases and all, when any data of the curves in it change.
replace(part('models/annotations/legend').LegendView.prototype, '_render_items', build => function () {
  const {ncols, nrows, orientation} = this.model
  const built = JSON.stringify([ncols, nrows, orientation, this.labels.map(({item, label}) => [item.id, item.visible, label])])
  if (built !== this._built) build.call(this)
  this._built = built
})

// It sorts all points of a line into a search tree when its data change, for pointers that
// look for the nearest one. No line of ours is looked for: a raster of 20,000 spikes is one.
const {SpatialIndex} = part('core/util/spatial')
const lines = part('models/glyphs/line').LineView.prototype
replace(lines, 'index_data', () => function () { this._index = new SpatialIndex(0) })

// It strokes a raster as one path, which takes 40 ms for 20,000 ticks. Here each tick fills
// whole pixels of a picture. Where most hold several ticks, more of them make darker pixels.
replace(lines, '_paint', stroke => function (ctx, indices, data) {
  const {canvas, pixel_ratio: ratio} = ctx.layer
  if (!this.model.tags.includes('ticks') || !(canvas instanceof HTMLCanvasElement)) {
    stroke.call(this, ctx, indices, data)
    return
  }
  const {left, top, width, height} = this.renderer.plot_view.frame.bbox.scale(ratio)
  const picture = new OffscreenCanvas(Math.ceil(width), Math.ceil(height)), pen = picture.getContext('2d')
  this.visuals.line.set_value(ctx)
  pen.putImageData(shaded(counted(this, picture, left, top, ratio, ctx.lineWidth), picture), 0, 0)
  pen.globalCompositeOperation = 'source-in'
  pen.fillStyle = ctx.strokeStyle
  pen.fillRect(0, 0, picture.width, picture.height)
  ctx.layer.undo_transform(() => ctx.drawImage(picture, Math.round(left), Math.round(top)))
})

// The number of ticks in each pixel of a picture; ticks are points in pairs, with a NaN after each.
function counted({sx, sy}, {width, height}, left, top, ratio, thick) {
  const counts = new Uint16Array(width * height), wide = Math.max(1, Math.round(thick * ratio))
  for (let i = 0; i + 1 < sx.length; i += 3) {
    const x = Math.round(sx[i] * ratio - left - wide / 2)
    const from = Math.max(0, Math.round(Math.min(sy[i], sy[i + 1]) * ratio - top))
    const to = Math.min(height, Math.max(from + 1, Math.round(Math.max(sy[i], sy[i + 1]) * ratio - top)))
    for (let column = Math.max(0, x); column < Math.min(width, x + wide); column++) {
      for (let k = from * width + column; k < to * width; k += width) counts[k]++
    }
  }
  return counts
}

// A picture that is solid where a pixel holds twice as many ticks as the mean, or more.
function shaded(counts, {width, height}) {
  const image = new ImageData(width, height), ink = new Uint32Array(image.data.buffer)
  let total = 0
  for (const count of counts) total += count
  const full = Math.max(1, 2 * total / counts.length)
  for (let k = 0; k < counts.length; k++) {
    if (counts[k]) ink[k] = Math.round(255 * Math.min(1, counts[k] / full)) << 24
  }
  return image
}

// Plots painted before this was loaded.
for (const {_all_models: models} of Bokeh.documents) {
  for (const model of models.values()) if (model.type === 'Figure') Bokeh.index.find_one(model)?.request_paint()
}

