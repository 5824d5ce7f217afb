// How a raster is painted: Bokeh strokes its markers one by one, which takes seconds for 20,000.
// Here each tick fills whole pixels of a picture of the frame, at any zoom. Where pixels hold
// several ticks on average, those with more are darker.
const TICK = 0.42, LEAST = 1.13  // half the height of a tick, in rows, and in pixels at least
const {Indices} = part('core/types')
const MARKERS = Indices && SpatialIndex && part('models/glyphs/scatter').ScatterView
const inRaster = (view, ours) => function (...args) {
  return (this.model.tags.includes('raster') ? ours : view).apply(this, args)
}
replace(MARKERS, 'index_data', theirs => inRaster(theirs, function () { this._index = new SpatialIndex(0) }))
replace(MARKERS, '_mask_data', theirs => inRaster(theirs, function () { return Indices.all_set(this.data_size) }))
replace(MARKERS, '_paint', theirs => inRaster(theirs, function (ctx) {
  const {yscale} = this.renderer, {canvas, pixel_ratio: ratio} = ctx.layer
  const half = Math.max(LEAST, TICK * Math.abs(yscale.compute(1) - yscale.compute(0)))
  this.visuals.line.set_vectorize(ctx, 0)
  if (!(canvas instanceof HTMLCanvasElement)) {
    stroked(ctx, this, half)
    return
  }
  const {left, top, width, height} = this.renderer.plot_view.frame.bbox.scale(ratio)
  const sheet = this._sheet = sheetOf(this._sheet, Math.ceil(width), Math.ceil(height)), {pen} = sheet
  count(this, sheet, left, top, ratio, half * ratio, Math.max(1, Math.round(ctx.lineWidth * ratio)))
  shade(sheet)
  pen.putImageData(sheet.image, 0, 0)
  pen.globalCompositeOperation = 'source-in'
  pen.fillStyle = ctx.strokeStyle
  pen.fillRect(0, 0, sheet.width, sheet.height)
  ctx.layer.undo_transform(() => ctx.drawImage(pen.canvas, Math.round(left), Math.round(top)))
}))

// Ticks as lines, for pictures that are not made of pixels (SVG).
function stroked(ctx, {sx, sy}, half) {
  ctx.beginPath()
  for (let i = 0; i < sx.length; i++) {
    if (!isFinite(sx[i] + sy[i])) continue
    ctx.moveTo(sx[i], sy[i] - half)
    ctx.lineTo(sx[i], sy[i] + half)
  }
  ctx.stroke()
}

// What a raster is painted with, kept as long as its size: new ones for each picture are much to clear away.
function sheetOf(kept, width, height) {
  if (kept?.width === width && kept.height === height) return kept
  const pen = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true})
  const image = new ImageData(width, height)
  return {width, height, pen, image, ink: new Uint32Array(image.data.buffer), counts: new Uint16Array(width * height)}
}

// Write down the number of ticks in each pixel.
function count({sx, sy}, {width, height, counts}, left, top, ratio, half, thick) {
  counts.fill(0)
  for (let i = 0; i < sx.length; i++) {
    const place = sx[i] * ratio - left, y = sy[i] * ratio - top
    // A spike at the very end of the run stands on the frame's edge, and belongs to the picture.
    const x = Math.min(Math.round(place - thick / 2), place < width + 0.5 ? width - thick : Infinity)
    const from = Math.max(0, Math.round(y - half)) * width, to = Math.min(height, Math.round(y + half)) * width
    for (let column = Math.max(0, x); column < Math.min(width, x + thick); column++) {
      for (let k = from + column; k < to; k += width) counts[k]++
    }
  }
}

// Make a picture of the counts that is solid where a pixel holds twice the mean number of ticks or more: the mean
// over the lines of pixels that hold any.
function shade({width, height, counts, ink}) {
  let total = 0, held = 0
  for (let y = 0; y < height; y++) {
    const before = total
    for (let k = y * width; k < (y + 1) * width; k++) total += counts[k]
    if (total > before) held += width
  }
  const full = Math.max(1, 2 * total / Math.max(1, held))
  for (let k = 0; k < counts.length; k++) {
    ink[k] = counts[k] && Math.round(255 * Math.min(1, counts[k] / full)) << 24
  }
}

// Plots painted before this was loaded.
for (const {_all_models: models} of Bokeh.documents) {
  for (const model of models.values()) if (model.type === 'Figure') Bokeh.index.find_one(model)?.request_paint()
}

