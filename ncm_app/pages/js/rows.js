// Rows of controls: symbol, then a slider with an exact field, a list, a text, or for what is drawn in a plot where,
// and a button that clears it; native inputs, so keys work.
// Each row has its element, and shows a value, or that it has no effect at present; `move(value)` is called when a
// user sets one, `complain(sentence)` when somebody types what cannot be.
const rowOf = (kind, facts, inner, idles) => {
  const el = document.createElement('div'); el.className = 'row ' + kind
  const unit = facts.unit ? `<small>${facts.unit}</small>` : ''
  el.innerHTML = `<label>${facts.label}${unit}</label>${inner}`
  const titled = [...el.children].slice(0, idles)
  // One that has no effect is dimmed and says so; it can still be moved.
  const dim = idle => {
    el.classList.toggle('idle', idle)
    for (const part of titled) part.title = facts.help + (idle ? ' (has no effect here)' : '') + (facts.follows ? ' (follows from other sliders)' : '')
  }
  dim(false)
  if (facts.follows) for (const part of [...el.children].slice(1)) part.disabled = true
  return {el, dim, parts: [...el.children]}
}
const nameOf = facts => facts.plain + (facts.unit ? ', ' + facts.unit : '') + ': ' + facts.help

const numberRow = (facts, move, complain) => {
  const {el, dim, parts: [, slider, field]} = rowOf('', facts, '<input type="range"><input type="number">', 2)
  let now = NaN
  slider.setAttribute('aria-label', nameOf(facts)); field.setAttribute('aria-label', 'exact ' + nameOf(facts))
  slider.step = field.step = facts.step
  field.min = facts.low; field.max = facts.high
  const show = value => {
    now = value
    slider.min = Math.min(facts.start, value); slider.max = Math.max(facts.end, value)
    slider.value = value
    if (el.getRootNode().activeElement !== field || Number(field.value) !== value) field.value = value
  }
  slider.addEventListener('input', () => { field.value = slider.value; now = Number(slider.value); move(now) })
  // Where the browser's language writes a decimal point, its number fields drop a comma without a word: 3,5 would be 35.
  let comma = false
  field.addEventListener('focus', () => { comma = false })
  field.addEventListener('beforeinput', e => {
    comma ||= (e.data ?? e.dataTransfer?.getData('text/plain') ?? '').includes(',')
  })
  field.addEventListener('change', () => {
    const v = field.value.trim() === '' ? NaN : Number(field.value)
    const dropped = comma && !field.value.includes('.')
    comma = false
    const ok = !dropped && Number.isFinite(v) && v >= facts.low && v <= facts.high && (!facts.whole || Number.isInteger(v))
    if (ok) { complain(''); show(v); move(v) }
    else {
      const kind = facts.whole ? 'a whole number' : 'a number'
      const u = facts.unit ? ' ' + facts.unit : ''
      const mark = dropped ? ', with a decimal point instead of a comma' : ''
      complain(`${facts.shown || facts.plain} takes ${kind} from ${facts.low} to ${facts.high}${u}${mark}; it stays at ${now}${u}. #${Date.now()}`)
      field.value = now
    }
  })
  return {el, show, dim}
}

const listRow = (facts, move) => {
  const {el, dim, parts: [label, select]} = rowOf(facts.bar ? 'bar' : 'pick', facts, '<select></select>', 2)
  select.setAttribute('aria-label', facts.plain + ': ' + facts.help)
  const show = value => { select.value = value }
  const fill = () => { select.replaceChildren(...facts.options.map((o, i) => new Option(facts.labels[i] ?? o, o))) }
  select.addEventListener('change', () => { move(select.value) })
  fill()
  return {el, show, dim, fill, label}
}

const textRow = (facts, move) => {
  const {el, dim, parts: [, field]} = rowOf('field', facts, '<input type="text" spellcheck="false" autocomplete="off">', 2)
  field.setAttribute('aria-label', nameOf(facts))
  field.addEventListener('change', () => { move(field.value) })
  return {el, dim, show: value => { field.value = value }}
}

const drawingRow = (facts, move) => {
  const {el, dim, parts: [, where, button]} = rowOf('drawing', facts, '<span class="where"></span><button>Clear</button>', 2)
  where.textContent = facts.where
  button.setAttribute('aria-label', 'clear ' + nameOf(facts) + ', ' + facts.where)
  button.addEventListener('click', () => { button.disabled = true; move('') })
  return {el, dim, show: value => { button.disabled = !value }}
}
