// What the shell and MathJax leave without a name or role for screen readers gets one, as soon as it is there.
function* everywhere(root, selector) {
  yield* root.querySelectorAll(selector)
  for (const part of root.querySelectorAll('*')) if (part.shadowRoot) yield* everywhere(part.shadowRoot, selector)
}
const NAMES = [
  ['header .MuiTypography-root', part => { if (part.textContent.trim()) { part.role = 'heading'; part.ariaLevel = '1' } }],
  ['h5.MuiTypography-h5', part => { if (!part.textContent.trim()) part.ariaHidden = 'true' }],
  ['h3.MuiTypography-h3', part => { if (!part.closest('header')) part.ariaLevel = '2' }],
  ['.MuiLinearProgress-root', part => { part.ariaLabel = 'how busy the page is' }],
  ['[aria-label="Resize sidebar"]', part => { part.role = 'separator'; part.ariaOrientation = 'vertical' }],
  ['.ncm-equations', part => { part.role = 'region'; part.ariaLabel = 'equations'; part.tabIndex = 0; watched(part.shadowRoot ?? part) }],
  ['[data-tex] svg', part => { part.setAttribute('aria-label', part.closest('[data-tex]').dataset.tex) }],
]
const seen = new WeakSet()
function watched(root) {
  if (seen.has(root)) return
  seen.add(root)
  new MutationObserver(name_parts).observe(root, {childList: true, subtree: true})
}
function name_parts() {
  for (const [selector, give] of NAMES) for (const part of everywhere(document, selector)) give(part)
  for (const figure of Bokeh.documents.flatMap(page => [...page._all_models.values()]).filter(one => one.type === 'Figure')) {
    const part = Bokeh.index.find_one(figure)?.el, axes = [figure.below[0], figure.left[0]].map(axis => axis?.axis_label)
    if (part) Object.assign(part, {role: 'img', ariaLabel: `${figure.title?.text ?? 'plot'}: ${axes.filter(Boolean).reverse().join(' over ')}`})
  }
}
function name_for_a_while() {
  for (const second of [0, 0.5, 1, 2, 4, 8, 16]) setTimeout(name_parts, 1000 * second)
}
