const plain = held => (held instanceof Map ? Object.fromEntries(held) : held ?? {})
const made = (tag, hook = '', words = '') => {
  const part = document.createElement(tag)
  if (hook) part.className = hook
  if (words) part.textContent = words
  return part
}
function copy_by_hand(text) {
  const area = made('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
async function copy_address(button) {
  // The address is written a moment after the last change: wait for it.
  await new Promise(done => setTimeout(done, 650))
  const link = window.location.href, label = button.textContent
  try { await navigator.clipboard.writeText(link) } catch { copy_by_hand(link) }
  button.textContent = 'Link copied'
  setTimeout(() => { button.textContent = label }, 1600)
}
// Each kind returns its part and how it shows a state. The hook stands around what is focused.
const KINDS = {
  link(item) {
    const link = made('a', 'ncm-do-' + item.name, item.label)
    link.href = item.href
    link.title = item.help
    link.setAttribute('aria-label', item.label.length > 1 ? item.label : item.help)
    return [link, () => {}]
  },
  button(item, send, prefix) {
    const part = made('span', `ncm-do-${prefix}${item.name}`), button = made('button')
    button.title = item.help
    button.onclick = () => { send(null); if (item.copies) copy_address(button) }
    part.append(button)
    return [part, state => {
      if (button.textContent !== 'Link copied') button.textContent = state.label
      part.style.visibility = state.hidden ? 'hidden' : ''
      part.hidden = Boolean(state.gone)
      button.disabled = state.enabled === false
      button.classList.toggle('called', Boolean(state.called))
    }]
  },
  // What it turns on is done in the browser: parts of the same prefix listen.
  toggle(item, send, prefix) {
    const part = made('span', `ncm-do-${prefix}${item.name}`), button = made('button', '', item.label)
    button.title = item.help
    button.setAttribute('aria-pressed', 'false')
    button.onclick = () => {
      const on = button.getAttribute('aria-pressed') !== 'true'
      button.setAttribute('aria-pressed', String(on))
      document.dispatchEvent(new CustomEvent(item.event, {detail: {on, prefix}}))
    }
    part.append(button)
    return [part, () => {}]
  },
  pick(item, send, prefix) {
    const part = made('div', `row bar ncm-${prefix}${item.name}`), label = made('label'), select = made('select')
    label.title = select.title = item.help
    select.setAttribute('aria-label', (item.plain ?? item.name) + ': ' + item.help)
    select.onchange = () => send(select.value)
    part.append(label, select)
    let filled = ''
    return [part, state => {
      const options = state.options.map((option, i) => [state.labels[i] ?? option, option])
      if (JSON.stringify(options) !== filled) select.replaceChildren(...options.map(pair => new Option(...pair)))
      filled = JSON.stringify(options)
      label.textContent = state.label
      select.value = state.value
    }]
  },
  checks(item, send, prefix) {
    const part = made('div', `checks ncm-${prefix}${item.name}`), boxes = item.options.map((option, k) => {
      const label = made('label'), box = made('input')
      Object.assign(box, {type: 'checkbox', value: option, onchange: () => send(boxes.filter(b => b.checked).map(b => b.value))})
      label.append(box, item.labels ? item.labels[k] : option)
      part.append(label)
      return box
    })
    return [part, state => boxes.forEach(box => { box.checked = state.value.includes(box.value) })]
  },
  // A question before something is done; afterwards the right answer is marked, and nothing can be chosen.
  answers(item, send, prefix) {
    const part = made('fieldset', `answers ncm-${prefix}${item.name}`), legend = made('legend')
    let filled = '[]', rows = []
    part.append(legend)
    return [part, state => {
      part.hidden = !state.options.length && !state.pending
      part.classList.toggle('pending', !state.options.length)
      legend.textContent = state.label
      const options = JSON.stringify(state.options)
      if (options !== filled) {
        rows.forEach(({label}) => label.remove())
        rows = state.options.map(value => {
          const label = made('label'), box = made('input'), mark = made('span', 'mark')
          Object.assign(box, {type: 'radio', name: item.name, value, onchange: () => send(value)})
          label.append(box, value, mark)
          part.append(label)
          return {label, box, mark}
        })
      }
      filled = options
      for (const {label, box, mark} of rows) {
        const right = state.right === box.value, wrong = Boolean(state.right) && !right && state.value === box.value
        box.checked = state.value === box.value
        box.disabled = Boolean(state.right)
        label.classList.toggle('right', right)
        label.classList.toggle('wrong', wrong)
        mark.textContent = right ? ' \u2713' : wrong ? ' \u2717' : ''
      }
    }]
  },
  text(item) {
    const part = made('p', `ncm-sentence ncm-${item.name}`)
    part.setAttribute('role', 'status')
    part.setAttribute('aria-live', 'polite')
    return [part, state => { if (part.textContent !== state.text) part.textContent = state.text; part.hidden = !state.text }]
  },
  range(item, send, prefix) {
    const part = made('div', `range ncm-${prefix}${item.name}`), slider = made('input')
    Object.assign(slider, {type: 'range', min: 0, step: 1, title: item.help, oninput: () => send(Number(slider.value))})
    slider.setAttribute('aria-label', item.help)
    part.append(slider)
    return [part, state => {
      part.hidden = Boolean(state.hidden)
      slider.max = state.end
      // The hand that drags knows better than an answer on its way.
      if (!slider.matches(':active')) slider.value = state.value
    }]
  },
  progress(item, send, prefix) {
    const part = made('div', `done ncm-${prefix}${item.name}`), line = made('progress')
    line.max = 100
    part.append(line)
    return [part, state => {
      part.parentElement.hidden = state.value === null
      if (state.value !== null) line.value = state.value
    }]
  },
}
export function render({model}) {
  const bar = made('div', 'bar-items'), parts = {}
  const send = (name, value) => {
    const sent = plain(model.sent), [, count] = sent[name] ?? [null, 0]
    model.sent = {...sent, [name]: [value, count + 1]}
  }
  const add = place => item => {
    if (Array.isArray(item)) {
      const line = made('div', 'line')
      place.append(line)
      item.forEach(add(line))
      return
    }
    const facts = plain(item), [part, show] = KINDS[facts.kind](facts, value => send(facts.name, value), model.prefix)
    place.append(part)
    parts[facts.name] = show
  }
  model.items.forEach(add(bar))
  const show = () => { for (const [name, state] of Object.entries(plain(model.shown))) parts[name](plain(state)) }
  model.on('change:shown', show)
  show()
  return bar
}
