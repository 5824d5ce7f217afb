export function render({model}) {
  model.on('change:seq', () => {
    const n = model.seq
    requestAnimationFrame(() => setTimeout(() => { if (model.ack < n) model.ack = n }, 0))
  })
  return document.createElement('span')
}
