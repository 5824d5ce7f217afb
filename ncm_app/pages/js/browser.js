// Where Ctrl+Z belongs to the browser: in fields that somebody types into.
const TYPED = 'textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button])'

export function render({model}) {
  // The steps of this page that the browser's own history holds, and which of them is shown. Entries of
  // other visits carry another stamp, or none.
  const page = Math.random().toString(36).slice(2)
  let steps = [model.entry], at = 0, going = null, adopt = false, planned = false
  const url = () => window.location.pathname + (model.query ? '?' + model.query : '')
  // While another page is on its way, or after the browser went back to one, the address is not this page's.
  const own = () => new URLSearchParams(window.location.search).get('model') === model.page
  const replace = address => { window.history.replaceState({page, entry: steps[at]}, '', address) }
  const write = () => {
    planned = false
    if (going !== null || !model.query || !own()) return
    const entry = model.entry, known = steps.indexOf(entry)
    if (adopt) { adopt = false; steps = [entry]; at = 0; replace(url()) }
    else if (known === at) { if (url() !== window.location.pathname + window.location.search) replace(url()) }
    else if (known >= 0) { going = entry; window.history.go(known - at); at = known }
    else if (entry > steps[at]) {
      steps = [...steps.slice(0, at + 1), entry]
      at += 1
      window.history.pushState({page, entry}, '', url())
    } else { steps[at] = entry; replace(url()) }  // a step that passed too quickly to be written
  }
  // Both come in one message, in any order.
  const plan = () => { if (!planned) { planned = true; setTimeout(write, 0) } }
  model.on('change:query', plan)
  model.on('change:entry', plan)
  replace(window.location.href)
  const pop = event => {
    if (!own()) return
    const mine = event.state?.page === page, entry = mine ? event.state.entry : -1, expected = mine && entry === going
    going = null
    if (expected) { write(); return }
    if (!mine) { adopt = true }
    else if (steps.includes(entry)) { at = steps.indexOf(entry) }
    else { steps = [entry]; at = 0 }
    model.popped_entry = entry
    model.popped = window.location.search.slice(1)
    model.pops += 1
  }
  const press = event => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z') return
    if (event.composedPath()[0].matches?.(TYPED)) return
    event.preventDefault()
    if (event.shiftKey) { model.redos += 1 } else { model.undos += 1 }
  }
  window.addEventListener('popstate', pop)
  window.addEventListener('keydown', press)
  // Everything is sized in rem, so the root's font size scales the page for a projector.
  const scale = () => { document.documentElement.style.fontSize = model.large ? '135%' : '' }
  model.on('change:large', () => {
    scale()
    document.cookie = `ncm_text=${model.large ? 'large' : 'plain'}; path=/; max-age=31536000; SameSite=Lax`
  })
  scale()
  // On a phone the controls are a drawer that begins closed.
  if (window.matchMedia('(max-width: 699px)').matches) {
    for (const root of Bokeh.documents.flatMap(doc => doc.roots())) {
      if (root.data && 'sidebar_open' in root.data.attributes) { root.data.sidebar_open = false }
    }
  }
  model.on('remove', () => {
    window.removeEventListener('popstate', pop)
    window.removeEventListener('keydown', press)
  })
  return document.createElement('span')
}
