export function render({model}) {
  const row = document.createElement('div'); row.className = 'row'
  const unit = model.unit ? `<small>${model.unit}</small>` : ''
  row.innerHTML = `<label>${model.label}${unit}</label><input type="range"><input type="number">`
  const [label, slider, field] = row.children
  const name = model.plain + (model.unit ? ', ' + model.unit : '') + ': ' + model.help
  const shown = model.shown || model.plain
  followIdle(model, row, [label, slider])
  slider.setAttribute('aria-label', name); field.setAttribute('aria-label', 'exact ' + name)
  slider.step = field.step = model.step
  field.min = model.low; field.max = model.high
  const span = () => {
    slider.min = Math.min(model.start, model.value); slider.max = Math.max(model.end, model.value)
    slider.value = model.value
  }
  const show = () => { span(); if (row.getRootNode().activeElement !== field || Number(field.value) !== model.value) field.value = model.value }
  slider.addEventListener('input', () => { field.value = slider.value; model.value = Number(slider.value) })
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
    const ok = !dropped && Number.isFinite(v) && v >= model.low && v <= model.high && (!model.whole || Number.isInteger(v))
    if (ok) { model.complaint = ''; model.value = v }
    else {
      const kind = model.whole ? 'a whole number' : 'a number'
      const u = model.unit ? ' ' + model.unit : ''
      const mark = dropped ? ', with a decimal point instead of a comma' : ''
      model.complaint = `${shown} takes ${kind} from ${model.low} to ${model.high}${u}${mark}; it stays at ${model.value}${u}. #${Date.now()}`
      field.value = model.value
    }
  })
  model.on('change:value', show)
  show()
  return row
}
