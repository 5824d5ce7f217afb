async function save(name, type, stem, prefix) {
  for (const doc of Bokeh.documents) {
    const figure = doc.get_model_by_name('ncm-' + prefix + name)
    const view = figure && Bokeh.index.find_one(figure)
    if (!view) continue
    // Pictures for slides: three pixels where the screen has one.
    const ratio = Object.getOwnPropertyDescriptor(window, 'devicePixelRatio')
    Object.defineProperty(window, 'devicePixelRatio', {value: 3, configurable: true})
    let blob
    try { blob = await view.export(type, true).to_blob() }
    finally { if (ratio) { Object.defineProperty(window, 'devicePixelRatio', ratio) } else { delete window.devicePixelRatio } }
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${stem}_${name}.${type}`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
    return
  }
}
export function render({model}) {
  const table = document.createElement('table')
  for (const name of model.plots) {
    const row = table.insertRow()
    row.insertCell().textContent = name.replaceAll('_', ' ')
    for (const type of ['png', 'svg']) {
      const button = document.createElement('button')
      button.textContent = type.toUpperCase()
      button.className = `ncm-do-${type}-${name}`
      button.setAttribute('aria-label', `save ${name.replaceAll('_', ' ')} as ${type.toUpperCase()}`)
      button.onclick = () => save(name, type, model.stem, model.prefix)
      row.insertCell().append(button)
    }
  }
  return table
}
