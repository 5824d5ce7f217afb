const RATE = 22050, CLICK = 0.006

// One click: a short, fast decaying knock, as an amplifier makes of a spike.
function knock() {
  const n = Math.round(CLICK * RATE), wave = new Float32Array(n)
  for (let i = 0; i < n; i++) {
    const t = i / RATE
    wave[i] = Math.exp(-t / 0.0009) * Math.sin(2 * Math.PI * 1300 * t)
  }
  return wave
}

function rendered(audio, times, seconds) {
  const buffer = audio.createBuffer(1, Math.ceil((seconds + 0.05) * RATE), RATE), out = buffer.getChannelData(0), wave = knock()
  for (const t of times) {
    const start = Math.round(t / 1000 * RATE)
    for (let i = 0; i < wave.length && start + i < out.length; i++) out[start + i] += 0.5 * wave[i]
  }
  // Clicks that coincide must not be clipped into noise.
  let top = 0
  for (const v of out) top = Math.max(top, Math.abs(v))
  if (top > 0.9) for (let i = 0; i < out.length; i++) out[i] *= 0.9 / top
  return buffer
}

export function render({model}) {
  const button = document.createElement('button')
  let audio = null, source = null, lines = [], frame = 0
  const label = () => { button.textContent = source ? 'Stop' : 'Listen' }
  const stop = () => {
    cancelAnimationFrame(frame)
    for (const line of lines) line.remove()
    lines = []
    if (source) { source.onended = null; try { source.stop() } catch { /* it never began */ } source = null }
    button.dataset.state = 'silent'
    label()
  }
  const follow = (views, began) => {
    const now = (audio.currentTime - began) * 1000
    views.forEach((view, i) => {
      const box = view.el.getBoundingClientRect(), area = view.frame.bbox, x = view.frame.x_scale.compute(now)
      const inside = box.width > 0 && x >= area.left && x <= area.right  // a hidden plot has no width
      Object.assign(lines[i].style, {left: box.left + x + 'px', top: box.top + area.top + 'px', height: area.height + 'px',
                                     display: inside ? 'block' : 'none'})
    })
    frame = requestAnimationFrame(() => follow(views, began))
  }
  const play = () => {
    stop()
    if (!model.times.length) return
    source = audio.createBufferSource()
    source.buffer = rendered(audio, model.times, model.seconds)
    source.connect(audio.destination)
    source.onended = stop
    const views = figures(model.plots, model.prefix), began = audio.currentTime + 0.05
    lines = views.map(() => {
      const line = document.createElement('div')
      line.style.cssText = 'position:fixed;width:2px;background:#D55E00;opacity:.8;pointer-events:none;z-index:4'
      document.body.append(line)
      return line
    })
    source.start(began)
    Object.assign(button.dataset, {state: 'playing', spikes: model.times.length, seconds: model.seconds})
    label()
    follow(views, began)
  }
  button.title = model.help
  button.onclick = () => {
    if (source) { stop(); return }
    // Browsers let a page make sound only in answer to a click: the device is opened here.
    audio = audio || new AudioContext({sampleRate: RATE})
    audio.resume()
    model.asked += 1
  }
  // Times and answer come in one message, in any order: play when all of it has arrived.
  model.on('change:answered', () => setTimeout(play, 0))
  model.on('remove', stop)
  stop()
  return button
}
