// A page whose server is gone says so, asks for it again and again, and loads itself once it answers: its address holds
// its state. A whole lecture hall must not ask in one moment.
const PAUSES = [1, 2, 4, 8]
const LOST = 'The connection to the server is lost. This page comes back by itself as soon as the server answers.'

function watch_connection() {
  const asked = document.querySelector('script[src*="bokeh"]')?.src ?? window.location.href
  const answers = () => fetch(asked, {method: 'HEAD', cache: 'no-store'}).then(answer => answer.ok, () => false)
  const come_back = async () => {
    for (let k = 0; ; k++) {
      const pause = PAUSES[Math.min(k, PAUSES.length - 1)]
      await new Promise(done => setTimeout(done, 1000 * pause * (0.5 + Math.random())))
      if (await answers()) { window.location.reload(); return }
    }
  }
  for (const page of Bokeh.documents) {
    page.on_event('connection_lost', () => {
      if (document.querySelector('.ncm-lost')) return
      const banner = document.createElement('div')
      banner.className = 'ncm-lost'
      banner.setAttribute('role', 'alert')
      banner.textContent = LOST
      banner.style.cssText = 'position:fixed;bottom:0;left:0;right:0;z-index:9999;padding:12px 16px;color:#fff;' +
        'background:#B34700;font:500 1rem Roboto,sans-serif;text-align:center'
      document.body.append(banner)
      come_back()
    })
  }
}
