"""Small browser-side parts: the live sentence and the address bar."""

from __future__ import annotations

import param
from panel.custom import JSComponent


class Sentence(JSComponent):
    """A sentence that screen readers announce when it changes (aria-live)."""

    text = param.String(default="")
    tone = param.Selector(default="regime", objects=["regime", "check", "notice"])
    _esm = """
    export function render({model, el}) {
      const p = document.createElement('p')
      p.setAttribute('role', 'status')
      p.setAttribute('aria-live', 'polite')
      p.className = 'ncm-sentence ncm-' + model.tone  // the hook stands where the text is
      const show = () => { p.textContent = model.text; p.hidden = !model.text }
      model.on('change:text', show)
      show()
      return p
    }"""
    _stylesheets = ["""
    .ncm-sentence { margin: 0; font-family: var(--mui-font-family, Roboto, sans-serif); line-height: 1.35 }
    .ncm-regime { font-size: 1.08rem; font-weight: 500; color: var(--mui-palette-text-primary) }
    .ncm-check { font-size: .85rem; color: var(--mui-palette-text-secondary) }
    .ncm-notice { font-size: .92rem; font-weight: 500; color: #b34700; padding: 2px 0 }
    """]


class Browser(JSComponent):
    """Keeps the browser's address and text size in step with the page's state.

    `query` is written into the address (a new history entry when `entry` has grown);
    `popped` is the address after the user went back or forward.
    """

    query = param.String(default="")
    entry = param.Integer(default=0)
    popped = param.String(default="")
    pops = param.Integer(default=0)
    large = param.Boolean(default=False)
    _debounce = 0
    _esm = """
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
      const pop = () => { model.popped = window.location.search.slice(1); model.pops += 1 }
      window.addEventListener('popstate', pop)
      model.on('remove', () => window.removeEventListener('popstate', pop))
      return document.createElement('span')
    }"""
