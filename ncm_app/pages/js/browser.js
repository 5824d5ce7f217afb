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
  // A page whose server is gone must say so: its sliders would move and nothing else.
  for (const doc of Bokeh.documents) {
    doc.on_event('connection_lost', () => {
      if (document.querySelector('.ncm-lost')) return
      const banner = document.createElement('div')
      banner.className = 'ncm-lost'
      banner.setAttribute('role', 'alert')
      banner.textContent = 'The connection to the server is lost. Reload the page to go on: its address holds its state.'
      banner.style.cssText = 'position:fixed;bottom:0;left:0;right:0;z-index:9999;padding:12px 16px;color:#fff;' +
        'background:#B34700;font:500 1rem Roboto,sans-serif;text-align:center'
      document.body.append(banner)
    })
  }
  const pop = () => { model.popped = window.location.search.slice(1); model.pops += 1 }
  window.addEventListener('popstate', pop)
  model.on('remove', () => window.removeEventListener('popstate', pop))
  return document.createElement('span')
}
