// The least time between two moves of a slider that are sent, ms: a hand that drags makes sixty in a second, each costs
// the server as much as a third of a picture, and no page shows so many. The first is sent at once, the last always.
const EVERY = 40
const KINDS = {number: numberRow, list: listRow, text: textRow, drawing: drawingRow}

export function render({model}) {
  const panel = document.createElement('div')
  const rows = [], names = [], shown = [], own = []
  let count = model.moved[0] ?? 0
  let waiting = null, sent = -Infinity, timer
  const send = () => {
    clearTimeout(timer)
    sent = performance.now()
    model.moved = waiting
    waiting = null
  }
  const move = (i, value) => {
    count += 1
    own[i] = {count, value}
    model.shown[i + 1] = value  // for a panel that is drawn anew
    if (waiting !== null && waiting[1] !== names[i]) send()
    const later = waiting !== null
    waiting = [count, names[i], value]
    const pause = sent + EVERY - performance.now()
    if (pause <= 0) send()
    else if (!later) timer = setTimeout(send, pause)
  }
  // What is pressed next, such as undo, must not overtake a move that waits.
  const overtaken = event => { if (waiting !== null && (event.type === 'pointerdown' || event.ctrlKey || event.metaKey)) send() }
  for (const press of ['pointerdown', 'keydown']) document.addEventListener(press, overtaken, true)
  const complain = sentence => { model.complaint = sentence }
  // What a user has set since the server last looked is newer than what it says.
  const show = () => {
    const [seen, ...values] = model.shown
    values.forEach((value, i) => {
      if (own[i]?.count > seen) { model.shown[i + 1] = own[i].value; return }
      if (own[i] || shown[i] !== value) rows[i].show(value)
      own[i] = undefined
      shown[i] = value
    })
  }
  const dim = () => { rows.forEach((row, i) => row.dim(model.idle.includes(names[i]))) }
  const groups = []
  const hide = () => {
    rows.forEach((row, i) => { row.el.hidden = model.hidden.includes(names[i]) })
    for (const {group, members} of groups) group.hidden = members.every(({plain}) => model.hidden.includes(plain))
  }
  for (const [title, open, members] of JSON.parse(model.groups)) {
    const group = document.createElement('div'), head = document.createElement('button'), body = document.createElement('div')
    head.className = 'group'; head.textContent = title
    const fold = closed => { body.hidden = closed; head.setAttribute('aria-expanded', String(!closed)) }
    head.addEventListener('click', () => { fold(!body.hidden) })
    fold(!open)
    for (const facts of members) {
      const i = rows.length, row = KINDS[facts.kind](facts, value => move(i, value), complain)
      row.el.classList.add(facts.hook)
      rows.push(row); names.push(facts.plain)
      body.append(row.el)
    }
    group.append(head, body)
    groups.push({group, members})
    panel.append(group)
  }
  // What is to be moved is seen: its group opens, and its row is marked for a while.
  const call = () => {
    for (const name of model.called.slice(1)) {
      const row = rows[names.indexOf(name)]
      if (!row || row.el.hidden) continue
      if (row.el.parentElement.hidden) row.el.parentElement.previousElementSibling.click()
      row.el.scrollIntoView({block: 'nearest'})
      row.el.classList.add('called')
      setTimeout(() => row.el.classList.remove('called'), 2500)
    }
  }
  model.on('change:called', call)
  model.on('change:shown', show)
  model.on('change:idle', dim)
  model.on('change:hidden', hide)
  show(); dim(); hide()
  return panel
}
