// How the codes of special points are painted: where label_places.js puts them, given the frame as it is now.
const MOST_SEGMENTS = 300
const layersOf = (plot, kind, tag) => plot.model.renderers.map(one => plot.views.find_one(one))
  .filter(view => view?.model.visible && view.glyph.model.type === kind && (!tag || view.glyph.model.tags.includes(tag)))
const arrays = views => views.flatMap(({glyph}) => [glyph.x, glyph.y])

// Return the points of layers in pixels of the frame, each with its layer and its place in that.
function pointsOf(views, {frame}) {
  return views.flatMap(({glyph}) => Array.from(glyph.x, (x, i) => ({
    glyph, i, x: frame.x_scale.compute(x) - frame.bbox.left, y: frame.y_scale.compute(glyph.y[i]) - frame.bbox.top,
  })))
}

// Return the curves in pixels of the frame, in few pieces; lines straight up, which mark the present value, move.
function segmentsOf(views, {frame}) {
  return views.flatMap(({glyph: {x, y}}) => {
    if (x.length < 3) return []
    const stride = Math.ceil(x.length / MOST_SEGMENTS), found = []
    for (let i = 0; i + 1 < x.length; i += stride) {
      const j = Math.min(i + stride, x.length - 1)
      const ends = [frame.x_scale.compute(x[i]) - frame.bbox.left, frame.y_scale.compute(y[i]) - frame.bbox.top,
                    frame.x_scale.compute(x[j]) - frame.bbox.left, frame.y_scale.compute(y[j]) - frame.bbox.top]
      if (ends.every(isFinite)) found.push(ends)
    }
    return found
  })
}

// Return the boxes of all codes of a plot, found anew when anything has changed that they depend on.
function codesOf(plot) {
  const codes = layersOf(plot, 'Text', 'codes'), special = layersOf(plot, 'Scatter', 'special'), lines = layersOf(plot, 'Line')
  const {x_range: across, y_range: up, bbox: {width, height}} = plot.frame
  const fixed = lines.filter(({glyph}) => glyph.x.length > 2)
  const now = [across.start, across.end, up.start, up.end, width, height, ...codes.map(({glyph}) => glyph.swidth),
               ...arrays(codes), ...arrays(special), ...arrays(fixed)]
  const kept = plot._codes
  if (kept && kept.now.length === now.length && kept.now.every((one, k) => one === now[k])) return kept.found
  const markers = pointsOf(special, plot).filter(({x, y}) => isFinite(x + y))
    .map(({glyph, x, y}) => ({x, y, radius: (glyph.model.size.value ?? 11) / 2}))
  const labels = pointsOf(codes, plot).map(({glyph, i, x, y}) => ({
    glyph, i, x, y, text: glyph.labels[i]?.text, width: glyph.swidth[i], height: glyph.sheight[i], radius: 6,
  }))
  const before = kept?.found.length === labels.length ? kept.found.map(({box}) => box) : []
  const boxes = placed(labels, markers, segmentsOf(fixed, plot), {width, height}, before)
  plot._codes = {now, found: labels.map(({glyph, i}, k) => ({glyph, i, box: boxes[k]}))}
  return plot._codes.found
}

replace(part('models/glyphs/text').TextView, '_paint', theirs => function (ctx, indices, data) {
  if (!this.model.tags.includes('codes')) return theirs.call(this, ctx, indices, data)
  const plot = this.renderer.plot_view, {left, top} = plot.frame.bbox
  for (const {glyph, i, box} of codesOf(plot)) {
    if (glyph !== this || !box) continue
    const label = this.labels[i]
    if (!label) continue
    ctx.save()
    ctx.translate(left, top)
    label.visuals = this.visuals.text.values(i)
    if (box.leader) {
      const [x0, y0, x1, y1] = box.leader
      ctx.strokeStyle = label.color ?? ctx.strokeStyle
      ctx.lineWidth = 0.8
      ctx.beginPath()
      ctx.moveTo(x0, y0)
      ctx.lineTo(x1, y1)
      ctx.stroke()
    }
    ctx.translate(box.x, box.y)
    label.paint(ctx)
    ctx.restore()
  }
}, false)
