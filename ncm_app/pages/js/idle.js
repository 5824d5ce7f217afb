// A control that has no effect at present is dimmed and says so; it can still be moved.
const followIdle = (model, row, titled) => {
  const show = () => {
    row.classList.toggle('idle', model.idle)
    for (const part of titled) part.title = model.help + (model.idle ? ' (has no effect here)' : '')
  }
  model.on('change:idle', show)
  show()
}
