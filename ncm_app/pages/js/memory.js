const known = name => document.cookie.match(`(?:^|; )${name}=(\\w+)`)?.[1]
const keep = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; SameSite=Lax` }
export function render({model}) {
  // Who has asked the system for dark pages gets them; the server draws them so from then on.
  if (!known('ncm_theme') && window.matchMedia('(prefers-color-scheme: dark)').matches) {
    keep('ncm_theme', 'dark')
    if (known('ncm_theme')) window.location.reload()
  }
  for (const root of Bokeh.documents.flatMap(doc => doc.roots())) {
    const data = root.data
    if (data && 'dark_theme' in data.attributes) {
      data.properties.dark_theme.change.connect(() => keep('ncm_theme', data.dark_theme ? 'dark' : 'light'))
    }
  }
  return document.createElement('span')
}
