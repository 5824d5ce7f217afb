export function render({model}) {
  let entry = model.entry
  const write = () => {
    const url = window.location.pathname + (model.query ? '?' + model.query : '')
    if (url === window.location.pathname + window.location.search) return
    if (model.entry > entry) { window.history.pushState({}, '', url) }
    else { window.history.replaceState({}, '', url) }
    entry = model.entry
  }
  model.on('change:query', write)
  // Everything is sized in rem, so the root's font size scales the page for a projector.
  const scale = () => { document.documentElement.style.fontSize = model.large ? '135%' : '' }
  model.on('change:large', scale)
  scale()
  // On a phone the controls are a drawer that begins closed.
  if (window.matchMedia('(max-width: 699px)').matches) {
    for (const root of Bokeh.documents.flatMap(doc => doc.roots())) {
      if (root.data && 'sidebar_open' in root.data.attributes) { root.data.sidebar_open = false }
    }
  }
  const pop = () => { model.popped = window.location.search.slice(1); model.pops += 1 }
  window.addEventListener('popstate', pop)
  model.on('remove', () => window.removeEventListener('popstate', pop))
  return document.createElement('span')
}
