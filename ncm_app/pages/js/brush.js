// What is drawn with the pointer shows at once, on a sheet over the plot, until the plot shows it itself. The server is
// told the places on the way, and tells up to which of them its plots show what was drawn.
const EVERY = 40  // the least time between two messages of a stroke, ms

const stored = (renderer, field) => {
  const {data} = renderer.data_source
  return data instanceof Map ? data.get(field) : data[field]
}

// A painter is told each piece of a stroke, in the units of the axes; the first one begins and ends at one place.
const PAINTERS = {
  sketch(pen, at, {mark}) {
    pen.strokeStyle = mark?.glyph.line_color.value ?? '#000'
    Object.assign(pen, {lineWidth: 3, lineCap: 'round', lineJoin: 'round'})
    return (from, to) => {
      pen.beginPath()
      pen.moveTo(...at(from))
      pen.lineTo(...at(to))
      pen.stroke()
    }
  },
  points(pen, at) {
    pen.strokeStyle = '#888'
    pen.lineWidth = 2
    return (from, to) => {
      if (from !== to) return
      pen.beginPath()
      pen.arc(...at(to), 7, 0, 2 * Math.PI)
      pen.stroke()
    }
  },
  // The same ink on the same pixels as in core/drawing.py.
  grid(pen, at, {facts, mark}) {
    const {rows, columns, x, y} = facts
    const image = mark && stored(mark, mark.glyph.image.field)?.[0], mapper = mark?.glyph.color_mapper
    const palette = mapper ? [...mapper.palette] : ['#fff', '#000']
    const there = (i, j) => {
      const value = image?.length === rows * columns ? image[(rows - 1 - i) * columns + j] : NaN
      return Number.isFinite(value) ? (value - mapper.low) / (mapper.high - mapper.low) : 0
    }
    const pixel = ([across, up]) => [rows * (y[1] - up) / (y[1] - y[0]), columns * (across - x[0]) / (x[1] - x[0])]
    const corner = (i, j) => at([x[0] + j * (x[1] - x[0]) / columns, y[1] - i * (y[1] - y[0]) / rows]).map(Math.round)
    const laid = new Float32Array(rows * columns)
    let wipes = null
    const lay = (i, j, ink) => {
      const k = i * columns + j
      if (i < 0 || j < 0 || i >= rows || j >= columns || ink <= laid[k]) return
      laid[k] = ink
      const level = wipes ? Math.min(there(i, j), 1 - ink) : Math.max(there(i, j), ink)
      const [left, top] = corner(i, j), [right, bottom] = corner(i + 1, j + 1)
      const colour = palette[Math.round(Math.min(1, Math.max(0, level)) * (palette.length - 1))]
      pen.fillStyle = typeof colour === 'number' ? '#' + (colour >>> 8).toString(16).padStart(6, '0') : colour
      pen.fillRect(left, top, right - left, bottom - top)
    }
    return (from, to) => {
      const [a, b] = [pixel(from), pixel(to)], way = [b[0] - a[0], b[1] - a[1]]
      wipes ??= facts.toggles && there(Math.floor(a[0]), Math.floor(a[1])) > 0
      if (!facts.soft) {
        const steps = 1 + Math.floor(10 * Math.max(Math.abs(way[0]), Math.abs(way[1])))
        for (let k = 0; k <= steps; k++) lay(Math.floor(a[0] + way[0] * k / steps), Math.floor(a[1] + way[1] * k / steps), 1)
        return
      }
      const [reach, full] = facts.soft, square = Math.max(way[0] ** 2 + way[1] ** 2, 1e-12)
      for (let k = 0; k < laid.length; k++) {
        const i = Math.floor(k / columns), j = k % columns, c = [i + 0.5 - a[0], j + 0.5 - a[1]]
        const share = Math.min(1, Math.max(0, (c[0] * way[0] + c[1] * way[1]) / square))
        const away = Math.hypot(c[0] - share * way[0], c[1] - share * way[1])
        lay(i, j, Math.min(1, (reach - away) / (reach - full)))
      }
    }
  },
}

export function render({model}) {
  const plots = JSON.parse(model.plots), sheets = new Map()
  let count = model.stroke[0] ?? 0, now = null, waiting = [], begins = true, sent = -Infinity, timer
  const send = () => {
    clearTimeout(timer)
    timer = undefined
    if (!waiting.length) return
    count += 1
    sent = performance.now()
    model.stroke = [count, now.name, begins, waiting]
    now.sheet.count = count
    waiting = []
    begins = false
  }
  const clear = () => {
    const shown = model.shown
    // Columns come in the same message: the plot is painted in the next picture of the browser.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const [name, sheet] of sheets) {
        if (sheet === now?.sheet || sheet.count > shown) continue
        sheet.el.remove()
        sheets.delete(name)
      }
    }))
  }
  const plotUnder = (event, {clientX, clientY} = event) => {
    const path = event.composedPath()
    for (const [name, facts] of Object.entries(plots)) {
      const [view] = figures([name], model.prefix)
      if (!view || !path.includes(view.el)) continue
      const {left, top} = view.el.getBoundingClientRect(), {bbox} = view.frame
      if (bbox.contains(clientX - left, clientY - top)) return {name, facts, view}
    }
    return null
  }
  // A page may move under the hand, as when it tells the progress of an answer: the sheet stays under the pointer.
  const lay = ({el, view}) => {
    const {left, top} = view.el.getBoundingClientRect(), {bbox} = view.frame
    Object.assign(el.style, {left: left + bbox.left + 'px', top: top + bbox.top + 'px'})
    return {left, top}
  }
  const scrolled = () => { if (!now) for (const sheet of sheets.values()) lay(sheet) }
  // What was drawn before and is not shown yet stays on the sheet.
  const sheetOver = (name, view) => {
    const {width, height} = view.frame.bbox, size = `${width} x ${height}`
    let sheet = sheets.get(name)
    if (sheet?.size !== size) {
      sheet?.el.remove()
      const el = document.createElement('canvas'), ratio = window.devicePixelRatio
      Object.assign(el, {width: width * ratio, height: height * ratio, className: 'ncm-sheet-' + model.prefix + name})
      el.style.cssText = `position:fixed;width:${width}px;height:${height}px;pointer-events:none;z-index:4`
      document.body.append(el)
      const pen = el.getContext('2d')
      pen.scale(ratio, ratio)
      sheet = {el, pen, size, view}
      sheets.set(name, sheet)
    }
    sheet.count = Infinity  // until it is told
    return sheet
  }
  const placeOf = event => {
    const {origin: {left, top}, view: {frame}} = now
    return [frame.x_scale.invert(event.clientX - left), frame.y_scale.invert(event.clientY - top)]
  }
  const go = place => {
    now.paint(waiting.length || !begins ? now.last : place, place)
    now.last = place
    waiting.push(place)
    const pause = sent + EVERY - performance.now()
    if (pause <= 0) send()
    else timer ??= setTimeout(send, pause)
  }
  const take = event => { event.stopPropagation(); event.preventDefault() }
  const down = event => {
    if (now || event.button !== 0 || !event.isPrimary) return
    const found = plotUnder(event)
    if (!found) return
    take(event)
    event.composedPath()[0].setPointerCapture?.(event.pointerId)
    const {view, facts, name} = found, {frame} = view, sheet = sheetOver(name, view)
    const at = ([x, y]) => [frame.x_scale.compute(x) - frame.bbox.left, frame.y_scale.compute(y) - frame.bbox.top]
    const mark = view.model.renderers.find(one => one.name === facts.mark)
    now = {...found, sheet, origin: lay(sheet), id: event.pointerId}
    now.paint = PAINTERS[facts.kind](sheet.pen, at, {facts, mark})
    begins = true
    go(placeOf(event))
  }
  const moved = event => {
    if (event.pointerId !== now?.id) return
    take(event)
    for (const one of event.getCoalescedEvents?.() ?? [event]) go(placeOf(one))
  }
  const up = event => {
    if (event.pointerId !== now?.id) return
    take(event)
    if (event.type === 'pointerup') go(placeOf(event))
    send()
    now = null
    clear()
  }
  // A finger that begins in such a plot draws, and does not move the page.
  const touched = event => { if (event.touches.length === 1 && plotUnder(event, event.touches[0])) event.preventDefault() }
  const listeners = {pointerdown: down, pointermove: moved, pointerup: up, pointercancel: up, touchstart: touched, scroll: scrolled}
  for (const [type, act] of Object.entries(listeners)) document.addEventListener(type, act, {capture: true, passive: false})
  model.on('change:shown', clear)
  model.on('remove', () => {
    for (const [type, act] of Object.entries(listeners)) document.removeEventListener(type, act, {capture: true})
    for (const {el} of sheets.values()) el.remove()
  })
  return document.createElement('span')
}
