// From page to page without a reload: links of this site are asked of the server, which sends what the next page shows.
export function render({model}) {
  const shown = address => new URLSearchParams(address.search).get('model') ?? ''
  const go = address => {
    document.documentElement.classList.add('ncm-travelling')
    model.to = address.search.slice(1)
    model.trips += 1
  }
  const linked = event => {
    const link = event.composedPath().find(part => part.tagName === 'A' && part.href)
    if (!link || link.target || link.hasAttribute('download')) return null
    const address = new URL(link.href)
    const here = address.origin === window.location.origin && address.pathname === window.location.pathname
    return here && !address.hash ? address : null
  }
  const click = event => {
    if (!model.live || event.defaultPrevented || event.button) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const address = linked(event)
    if (!address) return
    event.preventDefault()
    window.history.pushState({}, '', address)
    go(address)
  }
  // Back and forward within a page are its own matter.
  const pop = () => { if (shown(window.location) !== model.page) go(window.location) }
  const near = event => {
    const address = linked(event)
    if (model.live && address && shown(address) !== model.near) model.near = shown(address)
  }
  const arrive = () => {
    document.documentElement.classList.remove('ncm-travelling')
    document.title = model.title
    window.scrollTo(0, 0)
    document.querySelectorAll('main').forEach(part => { part.scrollTop = 0 })
    // Bokeh forgets the models of the page that was left half a minute later: meanwhile two plots would have one name.
    for (const page of Bokeh.documents) page._recompute_all_models?.()
    name_for_a_while()
  }
  watch_connection()
  model.on('change:arrivals', () => setTimeout(arrive, 0))
  window.addEventListener('click', click)
  window.addEventListener('pointerover', near)
  window.addEventListener('focusin', near)
  window.addEventListener('popstate', pop)
  return document.createElement('span')
}
