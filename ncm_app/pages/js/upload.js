const PART = 1 << 20  // bytes in a message: far below what a websocket takes
export function render({model}) {
  const box = document.createElement('div')
  box.className = 'upload'
  box.innerHTML = '<button type="button"></button><input type="file" hidden><p></p>'
  const [button, chooser, words] = box.children
  button.textContent = 'Open a ' + model.kind
  chooser.accept = model.endings.join(',')
  chooser.setAttribute('aria-label', model.kind)
  const show = () => { words.textContent = model.words }
  let send_next = null
  const send = async file => {
    // What is too large is not even read: the server says so.
    const parts = file.size > model.most ? 0 : Math.max(1, Math.ceil(file.size / PART))
    let part = 0
    send_next = async () => {
      if (part >= parts) { send_next = null; return }
      const k = part++
      if (parts > 1) words.textContent = `sending ${file.name}: ${Math.round(100 * k / parts)} %`
      const data = await file.slice(k * PART, (k + 1) * PART).arrayBuffer()
      model.send_msg({name: file.name, size: file.size, part: k, parts, data})
    }
    if (parts) await send_next()
    else model.send_msg({name: file.name, size: file.size, part: 0, parts: 0, data: new ArrayBuffer(0)})
  }
  model.on('change:taken', () => { if (send_next) send_next() })
  model.on('change:answered', () => { send_next = null; show() })
  model.on('change:words', show)
  button.onclick = () => chooser.click()
  chooser.onchange = () => { if (chooser.files.length) send(chooser.files[0]); chooser.value = '' }
  box.addEventListener('dragover', event => { event.preventDefault(); box.classList.add('over') })
  box.addEventListener('dragleave', () => box.classList.remove('over'))
  box.addEventListener('drop', event => {
    event.preventDefault()
    box.classList.remove('over')
    if (event.dataTransfer.files.length) send(event.dataTransfer.files[0])
  })
  show()
  return box
}
