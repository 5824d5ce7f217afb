// Watches the plots of a Panel page: when their data change, when they are painted.
// A picture is complete when every plot whose data changed has been painted; its time
// is that of the next animation frame. The slider's value is read off the drawn data:
// the vertical line of the diagram stands at the present value of tau_i.
(() => {
  const probe = window.ncmProbe = {
    figures: new Map(), dirty: new Set(), pictures: [], samples: [], events: [], firstPaint: null, firstPicture: null,
    paints: {}, paintTime: {}, received: 0, sent: 0, shown: null, ready: false,
  }
  const sizeOf = data => data.byteLength ?? data.size ?? data.length
  const Socket = window.WebSocket
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args)
      this.addEventListener('message', event => { probe.received += sizeOf(event.data) })
    }
    send(data) {
      probe.sent += sizeOf(data)
      // Panel's server holds a session for connected from this message on.
      if (typeof data === 'string' && data.includes('"document_ready"')) probe.ready = true
      super.send(data)
    }
  }

  const column = (source, name) => {
    const data = source.data
    return data instanceof Map ? data.get(name) : data[name]
  }
  const names = source => source.data instanceof Map ? [...source.data.keys()] : Object.keys(source.data)
  const sourcesOf = figure => figure.renderers.map(r => r.data_source).filter(s => s != null)
  const present = figure => {
    for (const source of sourcesOf(figure)) {
      const x = column(source, 'diagram_x'), y = column(source, 'diagram_y')
      if (x != null && x.length === 2 && Math.abs(y[0]) === 1e6) return x[0]
    }
    return null
  }
  // The columns of a plot are named after its view: trace_x, phase_plane_y.
  const nameOf = figure => {
    for (const source of sourcesOf(figure)) {
      const found = names(source).find(n => n.endsWith('_x'))
      if (found) return found.slice(0, -2)
    }
    return figure.id
  }
  const watch = figure => {
    probe.figures.set(figure, nameOf(figure))
    for (const source of sourcesOf(figure)) {
      const mark = () => probe.dirty.add(figure)
      for (const signal of [source.properties.data.change, source.streaming, source.patching]) signal.connect(mark)
    }
  }
  const finished = figure => {
    const now = performance.now()
    if (probe.firstPaint === null) probe.firstPaint = now
    const first = probe.firstPicture === null && probe.expected && probe.figures.size >= probe.expected
    if (probe.dirty.has(figure)) {
      probe.dirty.delete(figure)
      if (probe.figures.get(figure) === 'diagram') probe.shown = present(figure)
      if (probe.dirty.size === 0) {
        const picture = {at: now, value: probe.shown}
        probe.pictures.push(picture)
        requestAnimationFrame(() => { picture.at = performance.now() })
      }
    }
    if (first) requestAnimationFrame(() => { probe.firstPicture ??= performance.now() })
  }
  const patch = Bokeh => {
    let proto = Bokeh.Models.Figure.prototype.default_view.prototype
    while (!Object.hasOwn(proto, '_actual_paint')) proto = Object.getPrototypeOf(proto)
    const paint = proto._actual_paint
    proto._actual_paint = function (...args) {
      const start = performance.now(), figure = this.model
      const answer = paint.apply(this, args)
      if (!probe.figures.has(figure)) watch(figure)
      const name = probe.figures.get(figure)
      probe.paints[name] = (probe.paints[name] ?? 0) + 1
      probe.paintTime[name] = (probe.paintTime[name] ?? 0) + performance.now() - start
      finished(figure)
      return answer
    }
  }
  let bokeh
  Object.defineProperty(window, 'Bokeh', {
    configurable: true, get: () => bokeh, set: value => { bokeh = value; if (value?.Models) patch(value) },
  })

  const deep = (root, selector) => {
    const found = root.querySelector(selector)
    if (found) return found
    for (const el of root.querySelectorAll('*')) {
      const inner = el.shadowRoot && deep(el.shadowRoot, selector)
      if (inner) return inner
    }
    return null
  }
  const setters = {}
  // A slider of the application is moved as a hand moves it: its native input gets the
  // value and the `input` event. Bokeh's own slider sets the value of its model.
  const setterOf = name => {
    const host = deep(document, `.ncm-${name}`)
    const input = host && (host.shadowRoot ? deep(host.shadowRoot, 'input[type=range]') : deep(host, 'input[type=range]'))
    if (input) {
      return value => {
        input.value = value
        input.dispatchEvent(new Event('input', {bubbles: true}))
        return Number(input.value)
      }
    }
    const models = [...window.Bokeh.documents].flatMap(d => [...d._all_models.values()])
    const model = models.find(m => m.type.endsWith('Slider') && m.title === name)
    if (!model) throw new Error(`no slider ${name}`)
    return value => { model.value = value; return model.value }
  }
  probe.set = (name, value) => (setters[name] ??= setterOf(name))(value)
  const PATIENCE = 15000
  const sleep = ms => new Promise(done => setTimeout(done, ms))

  // Wait until no picture has come for `quiet` ms.
  probe.settle = async (quiet, since = performance.now()) => {
    const last = () => Math.max(since, probe.pictures.at(-1)?.at ?? 0)
    while (performance.now() - last() < quiet || probe.dirty.size > 0) await sleep(20)
  }
  // Move a slider through values, one after the other has been painted.
  probe.steps = async (name, values, quiet) => {
    const times = []
    for (const value of values) {
      const count = probe.pictures.length, start = performance.now()
      probe.set(name, value)
      while (probe.pictures.length === count && performance.now() - start < PATIENCE) await sleep(5)
      await probe.settle(quiet, start)
      times.push(probe.pictures.length > count ? probe.pictures.at(-1).at - start : null)
    }
    return times
  }
  // Click a link; return when every plot of the page behind it was painted first, and its controls stood there, ms.
  probe.travel = async (link, quiet) => {
    const known = new Set(probe.figures.keys()), start = performance.now()
    let last = start, controls = null
    deep(document, link).click()
    while (performance.now() - Math.max(last, controls ?? start) < quiet || controls === null || known.size === 0) {
      await new Promise(requestAnimationFrame)
      for (const figure of probe.figures.keys()) {
        if (!known.has(figure)) { known.add(figure); last = performance.now() }
      }
      const there = deep(document, '.ncm-do-share button') && deep(document, '.group')
      if (there) controls ??= performance.now()
      if (performance.now() - start > PATIENCE) return null
    }
    return Math.max(last, controls) - start
  }
  // Move a slider once; return when each picture of the growing answer was painted.
  probe.growth = async (name, value, quiet) => {
    const from = probe.pictures.length, start = performance.now()
    probe.set(name, value)
    while (probe.pictures.length === from && performance.now() - start < PATIENCE) await sleep(5)
    await probe.settle(quiet, start)
    return probe.pictures.slice(from).map(picture => picture.at - start)
  }
  // Drag a slider through values at `rate` events a second; the hand waits for nothing.
  probe.drag = async (name, values, rate, quiet) => {
    probe.events = []; probe.samples = []
    const paints = {...probe.paints}, paintTime = {...probe.paintTime}
    const from = probe.pictures.length, start = performance.now()
    let dragging = true
    const sample = () => {
      if (!dragging) return
      probe.samples.push({at: performance.now(), value: probe.shown})
      requestAnimationFrame(sample)
    }
    requestAnimationFrame(sample)
    let index = -1
    await new Promise(done => {
      const timer = setInterval(() => {
        const due = Math.floor((performance.now() - start) * rate / 1000)
        if (due === index) return
        index = due
        if (index >= values.length) { clearInterval(timer); done(); return }
        probe.events.push({at: performance.now(), value: probe.set(name, values[index])})
      }, 1000 / rate / 2)
    })
    dragging = false
    const last = probe.events.at(-1)
    while (Math.abs(probe.shown - last.value) > 1e-4 && performance.now() - last.at < PATIENCE) await sleep(5)
    await probe.settle(quiet)
    const less = (now, then) => Object.fromEntries(Object.keys(now).map(k => [k, now[k] - (then[k] ?? 0)]))
    return {events: probe.events, samples: probe.samples, pictures: probe.pictures.slice(from),
            paints: less(probe.paints, paints), paintTime: less(probe.paintTime, paintTime)}
  }
})()
