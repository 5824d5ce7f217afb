export function render({model}) {
  const row = numberRow(model, value => { model.value = value }, sentence => { model.complaint = sentence })
  const show = () => { row.show(model.value) }
  model.on('change:value', show)
  show()
  return row.el
}
