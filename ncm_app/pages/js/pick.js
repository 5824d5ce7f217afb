export function render({model}) {
  const row = listRow(model, value => { model.value = value })
  const show = () => { row.show(model.value) }
  const fill = () => { row.fill(); show() }
  model.on('change:value', show)
  model.on('change:options', fill)
  model.on('change:labels', fill)
  model.on('change:label', () => { row.label.innerHTML = model.label })
  show()
  return row.el
}
