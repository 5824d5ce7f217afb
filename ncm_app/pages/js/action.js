function copied(button, label) {
  button.textContent = 'Link copied'
  setTimeout(() => { button.textContent = label }, 1600)
}
function copy_by_hand(text) {
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
export function render({model}) {
  const button = document.createElement('button')
  button.textContent = model.label
  model.on('change:label', () => { button.textContent = model.label })
  const call = () => { button.classList.toggle('called', model.called) }
  model.on('change:called', call)
  call()
  const turn = () => { button.disabled = !model.enabled }
  model.on('change:enabled', turn)
  turn()
  button.title = model.help
  button.onclick = async () => {
    model.clicks += 1
    if (!model.copies) return
    // The address is written a moment after the last change: wait for it.
    await new Promise(done => setTimeout(done, 650))
    const link = window.location.href
    try { await navigator.clipboard.writeText(link) } catch { copy_by_hand(link) }
    copied(button, model.label)
  }
  return button
}
