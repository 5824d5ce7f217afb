export function render({model}) {
  const row = document.createElement('div'); row.className = 'row field'
  const unit = model.unit ? `<small>${model.unit}</small>` : ''
  row.innerHTML = `<label>${model.label}${unit}</label><input type="text" spellcheck="false" autocomplete="off">`
  const [label, field] = row.children
  followIdle(model, row, [label, field])
  field.setAttribute('aria-label', model.plain + (model.unit ? ', ' + model.unit : '') + ': ' + model.help)
  // What was refused goes at once, what is being typed stays.
  const show = () => { if (!model.typed || row.getRootNode().activeElement !== field) field.value = model.value }
  field.addEventListener('change', () => { model.typed = `${field.value} #${Date.now()}` })
  model.on('change:value', () => { field.value = model.value })
  model.on('change:typed', show)
  show()
  return row
}
