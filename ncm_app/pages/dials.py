"""A compact row per control: symbol, slider, exact field; native inputs, so keys work."""

from __future__ import annotations

import param
from panel.custom import JSComponent

STYLE = """
.row { display: grid; grid-template-columns: minmax(74px, max-content) 1fr 78px; column-gap: 8px; align-items: center;
       min-height: 32px; font-family: Roboto, sans-serif; font-size: .92rem; color: var(--mui-palette-text-primary) }
.row.pick { grid-template-columns: minmax(74px, max-content) 1fr }
.row.bar { grid-template-columns: max-content 1fr }
button { font: 500 .85rem Roboto, sans-serif; padding: 5px 10px; min-height: 32px; min-width: 44px; cursor: pointer;
       color: var(--mui-palette-primary-main, #00527F); background: transparent; border: 1px solid currentColor; border-radius: 4px }
button:hover { background: var(--mui-palette-action-hover, #8882) }
button:focus-visible { outline: 2px solid #E69F00; outline-offset: 1px }
label { white-space: nowrap } label i { font-family: "STIX Two Text", "Cambria Math", Georgia, serif; font-size: 1.08em }
label small { color: var(--mui-palette-text-secondary); font-size: .78em; margin-left: 3px }
input[type=range] { width: 100%; height: 24px; margin: 0; accent-color: #0072B2; cursor: pointer }
input[type=number], select { font: inherit; width: 100%; box-sizing: border-box; padding: 3px 4px; text-align: right;
       color: inherit; background: transparent; border: 1px solid var(--mui-palette-divider, #8888); border-radius: 4px }
select { text-align: left; background: var(--mui-palette-background-paper) }
input:focus-visible, select:focus-visible { outline: 2px solid #E69F00; outline-offset: 1px }
"""


class Dial(JSComponent):
    """A number: the slider spans `start` to `end`, the field takes `low` to `high`.

    A typed value beyond the bounds changes nothing and is told in `complaint`.
    """

    value = param.Number(default=0.0)
    start = param.Number(default=0.0)
    end = param.Number(default=1.0)
    low = param.Number(default=0.0)
    high = param.Number(default=1.0)
    step = param.Number(default=0.01)
    label = param.String(default="")
    plain = param.String(default="")
    unit = param.String(default="")
    help = param.String(default="")
    whole = param.Boolean(default=False)
    complaint = param.String(default="")
    _debounce = 0
    _stylesheets = [STYLE]
    _esm = """
    export function render({model}) {
      const row = document.createElement('div'); row.className = 'row'
      const unit = model.unit ? `<small>${model.unit}</small>` : ''
      row.innerHTML = `<label>${model.label}${unit}</label><input type="range"><input type="number">`
      const [label, slider, field] = row.children
      const name = model.plain + (model.unit ? ', ' + model.unit : '') + ': ' + model.help
      label.title = slider.title = model.help
      slider.setAttribute('aria-label', name); field.setAttribute('aria-label', 'exact ' + name)
      slider.step = field.step = model.step
      field.min = model.low; field.max = model.high
      const span = () => {
        slider.min = Math.min(model.start, model.value); slider.max = Math.max(model.end, model.value)
        slider.value = model.value
      }
      const show = () => { span(); if (row.getRootNode().activeElement !== field || Number(field.value) !== model.value) field.value = model.value }
      slider.addEventListener('input', () => { field.value = slider.value; model.value = Number(slider.value) })
      field.addEventListener('change', () => {
        const v = field.value.trim() === '' ? NaN : Number(field.value)
        const ok = Number.isFinite(v) && v >= model.low && v <= model.high && (!model.whole || Number.isInteger(v))
        if (ok) { model.complaint = ''; model.value = v }
        else {
          const kind = model.whole ? 'a whole number' : 'a number'
          const u = model.unit ? ' ' + model.unit : ''
          model.complaint = `${model.plain} takes ${kind} from ${model.low} to ${model.high}${u}; it stays at ${model.value}${u}. #${Date.now()}`
          field.value = model.value
        }
      })
      model.on('change:value', show)
      show()
      return row
    }"""


class Pick(JSComponent):
    """One of a few options."""

    value = param.String(default="")
    options = param.List(default=[])
    label = param.String(default="")
    plain = param.String(default="")
    help = param.String(default="")
    bar = param.Boolean(default=False)
    _debounce = 0
    _stylesheets = [STYLE]
    _esm = """
    export function render({model}) {
      const row = document.createElement('div'); row.className = model.bar ? 'row bar' : 'row pick'
      row.innerHTML = `<label>${model.label}</label><select></select>`
      const [label, select] = row.children
      label.title = select.title = model.help
      select.setAttribute('aria-label', model.plain + ': ' + model.help)
      const fill = () => { select.replaceChildren(...model.options.map(o => new Option(o, o))); select.value = model.value }
      select.addEventListener('change', () => { model.value = select.value })
      model.on('change:value', () => { select.value = model.value })
      model.on('change:options', fill)
      fill()
      return row
    }"""


class Action(JSComponent):
    """A button; `copies` makes it copy the page's address before it reports the click."""

    label = param.String(default="")
    help = param.String(default="")
    copies = param.Boolean(default=False)
    clicks = param.Integer(default=0)
    _debounce = 0
    _stylesheets = [STYLE]
    _esm = """
    function copied(button, label) {
      button.textContent = 'Link copied'
      setTimeout(() => { button.textContent = label }, 1600)
    }
    function copy_by_hand(text) {
      const area = document.createElement('textarea')
      area.value = text
      document.body.append(area)
      area.select()
      document.execCommand('copy')
      area.remove()
    }
    export function render({model}) {
      const button = document.createElement('button')
      button.textContent = model.label
      button.title = model.help
      button.onclick = async () => {
        model.clicks += 1
        if (!model.copies) return
        // The address is written a moment after the last change: wait for it.
        await new Promise(done => setTimeout(done, 350))
        const link = window.location.href
        try { await navigator.clipboard.writeText(link) } catch { copy_by_hand(link) }
        copied(button, model.label)
      }
      return button
    }"""
