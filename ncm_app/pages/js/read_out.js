// Numbers are read off plots in the browser alone: a crosshair follows the pointer through all plots over time, a place
// that is clicked in any plot says where it is, and two cursors tell what lies between them.
const POINT = {mouse: 10, touch: 24}  // px within which a cursor is taken hold of
const STILL = 4  // px that a click may move
const INK = 'var(--mui-palette-text-primary, #222)', PAPER = 'var(--mui-palette-background-paper, #fff)'

const digits = (value, of = 4) => {
  if (!Number.isFinite(value)) return '–'
  const short = Number(value.toPrecision(of))
  const plain = short !== 0 && Math.abs(short) < 1e-4 ? short.toExponential() : String(short)
  return plain.replaceAll('-', '−')
}
const part = (style, words = '') => {
  const made = document.createElement('div')
  made.style.cssText = style
  made.textContent = words
  return made
}
// An axis is labelled "name (unit)", in two lines where the plot is low.
const labelOf = axis => {
  const [, name, unit] = /^(.*?)\s*(?:\(([^()]*)\))?$/s.exec((axis?.axis_label ?? '').replaceAll('\n', ' '))
  return {name, unit: unit ?? ''}
}
const withUnit = (words, unit) => words + (unit ? ' ' + unit : '')

// The value of a line at a place, on the straight line between two of its points; NaN beyond its ends and in its gaps.
const valueAt = (renderer, place) => {
  const {data} = renderer.data_source, {x, y} = renderer.glyph
  const column = field => data instanceof Map ? data.get(field) : data[field]
  const xs = column(x.field), ys = column(y.field)
  for (let i = 0; i + 1 < xs.length; i++) {
    if (!(xs[i] <= place && place <= xs[i + 1])) continue
    return xs[i + 1] > xs[i] ? ys[i] + (ys[i + 1] - ys[i]) * (place - xs[i]) / (xs[i + 1] - xs[i]) : ys[i]
  }
  return NaN
}

export function render({model}) {
  const plots = JSON.parse(model.plots), timed = Object.keys(plots).filter(name => plots[name].lines)
  const panel = document.createElement('div'), sheets = new Map(), cursors = [NaN, NaN]
  panel.className = 'cursors'
  panel.hidden = true
  panel.setAttribute('role', 'group')
  panel.setAttribute('aria-label', 'two cursors')
  let measuring = false, held = null, shown = null, waiting = false, timer

  // --- what is known of a plot ---
  const viewOf = name => figures([name], model.prefix)[0]
  const under = (event, {clientX, clientY} = event) => {
    if (!panel.isConnected) return null
    for (const el of event.composedPath()) {
      const hook = [...el.classList ?? []].find(name => name.startsWith('ncm-view-' + model.prefix))
      const name = hook?.slice(('ncm-view-' + model.prefix).length)
      if (!(name in plots)) continue
      const view = viewOf(name)
      if (!view) return null
      const box = view.el.getBoundingClientRect(), x = clientX - box.left, y = clientY - box.top
      return view.frame.bbox.contains(x, y) ? {name, view, x, y} : null
    }
    return null
  }
  const told = (name, view, place) => {
    const axis = labelOf(view.model.left[0])
    return Object.entries(plots[name].lines).flatMap(([layer, label]) => {
      const renderer = view.model.renderers.find(one => one.name === layer && one.visible)
      const value = renderer ? valueAt(renderer, place) : NaN
      return Number.isFinite(value) ? [{label, value, unit: axis.unit}] : []
    })
  }
  const range = () => {
    const view = timed.map(viewOf).find(Boolean)
    return view ? [view.model.x_range.start, view.model.x_range.end] : [0, 1]
  }
  const time = () => labelOf(timed.map(viewOf).find(Boolean)?.model.below[0]).unit

  // --- what lies over a plot ---
  const sheetOver = (name, view) => {
    let sheet = sheets.get(name)
    if (!sheet?.isConnected) {
      sheet = part('')
      sheet.className = 'ncm-reading'
      sheet.setAttribute('aria-hidden', 'true')
      sheets.set(name, sheet)
    }
    const root = view.el.shadowRoot ?? view.el, {left, top, width, height} = view.frame.bbox
    if (sheet.parentNode !== root) root.append(sheet)
    sheet.style.cssText = `position:absolute;left:${left}px;top:${top}px;width:${width}px;height:${height}px;` +
      'pointer-events:none;overflow:hidden;z-index:3;font:12px Roboto,sans-serif'
    sheet.replaceChildren()
    return sheet
  }
  const upright = (view, place, dash = 'solid') => part(
    `position:absolute;top:0;bottom:0;width:0;border-left:1px ${dash} ${INK};opacity:.75;` +
    `left:${view.frame.x_scale.compute(place) - view.frame.bbox.left}px`)
  const note = (view, x, y, lines) => {
    const {width, height} = view.frame.bbox
    const box = part(`position:absolute;${x > width / 2 ? `right:${width - x + 8}px` : `left:${x + 8}px`};` +
      `${y > height / 2 ? `bottom:${Math.max(height - y + 6, 2)}px` : `top:${Math.max(y + 6, 2)}px`};` +
      `padding:2px 6px;border-radius:3px;background:${PAPER};color:${INK};border:1px solid #8888;` +
      'white-space:nowrap;font-variant-numeric:tabular-nums;line-height:1.3')
    box.append(...lines.map(words => part('', words)))
    return box
  }
  const wipe = () => { for (const sheet of sheets.values()) sheet.replaceChildren() }

  const dot = (x, y) => part('position:absolute;box-sizing:border-box;width:9px;height:9px;border-radius:50%;' +
    `border:1.5px solid ${INK};background:${PAPER};left:${x - 4}px;top:${y - 4}px`)
  // Where the states are at this time in a plane of two of them, or on the line of one.
  const follow = place => {
    const states = new Map()
    for (const name of timed) {
      const view = viewOf(name)
      for (const {label, value} of view ? told(name, view, place) : []) states.set(label, value)
    }
    for (const name of Object.keys(plots).filter(one => !timed.includes(one))) {
      const view = viewOf(name), across = view && labelOf(view.model.below[0]).name, up = view && labelOf(view.model.left[0]).name
      const y = states.get(up) ?? (up === `d${across}/dt` ? 0 : undefined)
      if (!states.has(across) || y === undefined) continue
      const {bbox, x_scale, y_scale} = view.frame
      sheetOver(name, view).append(dot(x_scale.compute(states.get(across)) - bbox.left, y_scale.compute(y) - bbox.top))
    }
  }

  const draw = () => {
    waiting = false
    wipe()
    // A page that was left goes a moment later.
    if (!panel.isConnected) { clearInterval(timer); return }
    for (const name of timed) {
      const view = viewOf(name)
      if (!view) continue
      const here = shown?.name === name, place = shown && plots[shown.name].lines ? shown.place[0] : NaN
      if (!measuring && !Number.isFinite(place)) continue
      const sheet = sheetOver(name, view), {bbox, x_scale, y_scale} = view.frame
      if (measuring) cursors.forEach((at, k) => {
        const x = x_scale.compute(at) - bbox.left
        sheet.append(upright(view, at, k ? 'dashed' : 'solid'),
                     part(`position:absolute;top:0;left:${x + 3}px;color:${INK};font-weight:700`, String(k + 1)))
      })
      else {
        const x = x_scale.compute(place) - bbox.left, lines = told(name, view, place)
        sheet.append(upright(view, place))
        for (const {value} of lines) sheet.append(dot(x, y_scale.compute(value) - bbox.top))
        // In a low plot the lines stand in one.
        const words = lines.map(({label, value, unit}) => `${label} = ${withUnit(digits(value), unit)}`)
        if (here) words.unshift(`t = ${withUnit(digits(place), time())}`)
        if (words.length) sheet.append(note(view, x, here ? shown.y - bbox.top : 0, 18 * words.length + 12 > bbox.height ? [words.join(' · ')] : words))
      }
    }
    if (!measuring && shown && plots[shown.name].lines) follow(shown.place[0])
    if (shown && !plots[shown.name].lines) {
      const view = viewOf(shown.name)
      if (!view) return
      const across = labelOf(view.model.below[0]), up = labelOf(view.model.left[0]), {bbox} = view.frame
      sheetOver(shown.name, view).append(note(view, shown.x - bbox.left, shown.y - bbox.top, [[across, 0], [up, 1]].map(
        ([{name, unit}, k]) => `${name.split(',')[0]} = ${withUnit(digits(shown.place[k]), unit)}`)))
    }
    if (measuring) compare()
  }
  const later = () => {
    if (!waiting) requestAnimationFrame(draw)
    waiting = true
    // Answers that come meanwhile are read anew.
    clearInterval(timer)
    if (shown || measuring) timer = setInterval(draw, 200)
  }
  const show = found => {
    if (!found && !shown) return
    shown = found && {...found, place: [found.view.frame.x_scale.invert(found.x), found.view.frame.y_scale.invert(found.y)]}
    later()
  }

  // --- two cursors ---
  const sliders = [0, 1].map(k => {
    const label = document.createElement('label'), slider = document.createElement('input')
    Object.assign(slider, {type: 'range', oninput: () => { cursors[k] = Number(slider.value); later() }})
    label.append(`cursor ${k + 1}`, slider)
    panel.append(label)
    return slider
  })
  const output = document.createElement('p')
  panel.append(output)
  const compare = () => {
    const [low, high] = range(), unit = time(), [from, to] = cursors, gap = to - from
    sliders.forEach((slider, k) => {
      Object.assign(slider, {min: low, max: high, step: (high - low) / 1000})
      if (!slider.matches(':active')) slider.value = cursors[k]
      slider.setAttribute('aria-valuetext', withUnit(digits(cursors[k]), unit))
    })
    const hertz = unit === 'ms' && gap !== 0 ? `, 1/Δt = ${digits(1000 / Math.abs(gap))} Hz` : ''
    const words = [`t: ${digits(from)} → ${withUnit(digits(to), unit)}, Δt = ${withUnit(digits(gap), unit)}${hertz}`]
    for (const name of timed) {
      const view = viewOf(name)
      if (!view) continue
      const ends = told(name, view, to)
      for (const {label, value, unit: own} of told(name, view, from)) {
        const end = ends.find(one => one.label === label)
        if (end) words.push(`${label}: ${digits(value)} → ${withUnit(digits(end.value), own)}, Δ = ${withUnit(digits(end.value - value), own)}`)
      }
    }
    output.replaceChildren(...words.map(one => Object.assign(document.createElement('span'), {textContent: one})))
  }
  const turn = event => {
    if (event.detail.prefix !== model.prefix) return
    measuring = event.detail.on
    panel.hidden = !measuring
    shown = null
    const [low, high] = range()
    if (!cursors.every(at => at >= low && at <= high)) cursors.splice(0, 2, low + (high - low) / 3, low + 2 * (high - low) / 3)
    later()
  }

  // --- the pointer ---
  const take = event => { event.stopPropagation(); event.preventDefault() }
  const down = event => {
    if (event.button !== 0 || !event.isPrimary) return
    const found = under(event)
    if (!measuring || !found || !plots[found.name].lines) {
      held = found && {...found, still: true}
      if (event.pointerType !== 'mouse') show(found)
      return
    }
    take(event)
    event.composedPath()[0].setPointerCapture?.(event.pointerId)
    const {x_scale} = found.view.frame, gaps = cursors.map(at => Math.abs(x_scale.compute(at) - found.x))
    const near = gaps[0] <= gaps[1] ? 0 : 1, hold = gaps[near] <= (POINT[event.pointerType] ?? POINT.mouse)
    // A press beside both sets the nearer one; a drag from there goes on with the other.
    if (!hold) cursors[near] = x_scale.invert(found.x)
    held = {...found, id: event.pointerId, cursor: hold ? near : 1 - near, hold}
    later()
  }
  const moved = event => {
    if (measuring) {
      if (event.pointerId !== held?.id) return
      take(event)
      const box = held.view.el.getBoundingClientRect(), {bbox, x_scale} = held.view.frame
      const x = Math.min(Math.max(event.clientX - box.left, bbox.left), bbox.right)
      if (!held.hold && Math.abs(x - held.x) <= STILL) return
      held.hold = true
      cursors[held.cursor] = x_scale.invert(x)
      later()
      return
    }
    if (event.pointerType !== 'mouse' && !event.buttons) return
    const found = under(event)
    if (held && (!found || Math.hypot(found.x - held.x, found.y - held.y) > STILL)) held.still = false
    const stays = shown && found?.name === shown.name && Math.hypot(found.x - shown.x, found.y - shown.y) <= 3 * STILL
    if (found && plots[found.name].lines) show(found)
    else if (!stays) show(null)
  }
  const up = event => {
    if (measuring && event.pointerId === held?.id) take(event)
    else if (held?.still && !measuring) show(under(event))
    held = null
  }
  const touched = event => { if (measuring && event.touches.length === 1 && plots[under(event, event.touches[0])?.name]?.lines) event.preventDefault() }
  const listeners = {pointerdown: down, pointermove: moved, pointerup: up, pointercancel: up, touchstart: touched}
  for (const [type, act] of Object.entries(listeners)) document.addEventListener(type, act, {capture: true, passive: false})
  document.addEventListener('ncm-measure', turn)
  model.on('remove', () => {
    for (const [type, act] of Object.entries(listeners)) document.removeEventListener(type, act, {capture: true})
    document.removeEventListener('ncm-measure', turn)
    clearInterval(timer)
  })
  return panel
}
