export function render({model}) {
  const pages = Bokeh.documents.flatMap(doc => doc.roots()).map(root => root.data)
    .filter(data => data && 'dark_theme' in data.attributes)
  for (const page of pages) {
    page.properties.dark_theme.change.connect(() => {
      document.cookie = `ncm_theme=${page.dark_theme ? 'dark' : 'light'}; path=/; max-age=31536000; SameSite=Lax`
    })
  }
  name_for_a_while()
  // Who has asked the system for dark pages gets them at the first visit, once the server listens.
  model.on('change:live', () => {
    const known = /(^|; )ncm_theme=/.test(document.cookie)
    if (!known && window.matchMedia('(prefers-color-scheme: dark)').matches) pages.forEach(page => { page.dark_theme = true })
  })
  return document.createElement('span')
}
