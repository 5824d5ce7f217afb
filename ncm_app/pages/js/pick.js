export function render({model}) {
  const row = document.createElement('div'); row.className = model.bar ? 'row bar' : 'row pick'
  row.innerHTML = `<label>${model.label}</label><select></select>`
  const [label, select] = row.children
  followIdle(model, row, [label, select])
  select.setAttribute('aria-label', model.plain + ': ' + model.help)
  const fill = () => { select.replaceChildren(...model.options.map((o, i) => new Option(model.labels[i] ?? o, o))); select.value = model.value }
  select.addEventListener('change', () => { model.value = select.value })
  model.on('change:value', () => { select.value = model.value })
  model.on('change:options', fill)
  model.on('change:labels', fill)
  model.on('change:label', () => { label.innerHTML = model.label })
  fill()
  return row
}
