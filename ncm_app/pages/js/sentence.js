export function render({model, el}) {
  const p = document.createElement('p')
  p.setAttribute('role', 'status')
  p.setAttribute('aria-live', 'polite')
  p.className = 'ncm-sentence ncm-' + model.tone  // the hook stands where the text is
  const show = () => { p.textContent = model.text; p.hidden = !model.text }
  model.on('change:text', show)
  show()
  return p
}
