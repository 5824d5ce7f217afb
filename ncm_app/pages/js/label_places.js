// Where labels stand beside their points, in pixels: never on each other nor on a marker, inside the frame; the nearest
// free place, with a line to the point where that is not next to it. One that finds no place is left out.
const RINGS = [0, 9, 18, 28, 40, 54, 70, 90], CLEAR = 1, GAP = 1  // pixels from a marker, and around a label
const WAYS = [[1, -1], [1, 1], [-1, -1], [-1, 1], [1, 0], [-1, 0], [0, -1], [0, 1],  // right above is preferred
              [1, -0.5], [1, 0.5], [-1, -0.5], [-1, 0.5], [0.5, -1], [0.5, 1], [-0.5, -1], [-0.5, 1]]
const apart = (a, b, gap) => a.x >= b.x + b.width + gap || b.x >= a.x + a.width + gap ||
  a.y >= b.y + b.height + gap || b.y >= a.y + a.height + gap
const around = ({x, y, radius}) => ({x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius})

// Tell whether a segment from (x0, y0) to (x1, y1) enters a box.
function enters([x0, y0, x1, y1], {x, y, width, height}) {
  let from = 0, to = 1
  for (const [start, step, low, high] of [[x0, x1 - x0, x, x + width], [y0, y1 - y0, y, y + height]]) {
    if (step === 0) {
      if (start <= low || start >= high) return false
      continue
    }
    const [first, last] = [(low - start) / step, (high - start) / step].sort((a, b) => a - b)
    from = Math.max(from, first)
    to = Math.min(to, last)
  }
  return from < to
}

// Return the box of a label at a way and a distance from its point, with the line that leads there: one that is not
// next to its point is moved into the frame.
function boxAt({x, y, width, height, radius}, ring, way, frame) {
  const [across, up] = WAYS[way], far = radius + CLEAR + ring / Math.hypot(across, up)
  const within = (low, size, most) => ring > 0 ? Math.min(Math.max(low, 0), most - size) : low
  const left = within(x + across * far - width * (1 - across) / 2, width, frame.width)
  const top = within(y + up * far - height * (1 - up) / 2, height, frame.height)
  const box = {x: left, y: top, width, height, ring, way}
  const near = [Math.min(Math.max(x, left), left + width), Math.min(Math.max(y, top), top + height)]
  const [dx, dy] = [near[0] - x, near[1] - y], length = Math.hypot(dx, dy)
  return {...box, leader: ring > 0 && length > radius ? [x + radius * dx / length, y + radius * dy / length, ...near] : null}
}

// Return for each label ({text, x, y, width, height, radius}) its box, or null. `markers` ({x, y, radius}) are what
// labels keep clear of, `curves` ([x0, y0, x1, y1]) what they avoid where it costs little; `frame` has width and height.
// A label stays at the way and the distance that it had `before`, unless there is clearly a better place by now.
function placed(labels, markers, curves, frame, before = []) {
  const inside = box => box.x >= 0 && box.y >= 0 && box.x + box.width <= frame.width && box.y + box.height <= frame.height
  const kept = markers.map(around), boxes = []
  const free = box => inside(box) && kept.every(marker => apart(box, marker, 0)) &&
    boxes.every(other => !other || (apart(box, other, GAP) && !(box.leader && enters(box.leader, other)) &&
                                    !(other.leader && enters(other.leader, box))))
  const crossed = box => curves.some(curve => enters(curve, box))
  labels.forEach((label, k) => {
    const said = labels.slice(0, k).some((other, j) => boxes[j] && other.text === label.text &&
      Math.hypot(other.x - label.x, other.y - label.y) < 3 * label.radius)
    if (said || !isFinite(label.x + label.y) || !inside({...label, width: 0, height: 0})) return boxes.push(null)
    let best = null
    for (const [level, ring] of RINGS.entries()) {
      for (const way of WAYS.keys()) {
        const box = boxAt(label, ring, way, frame)
        if (!free(box)) continue
        const found = {...box, level, crossed: crossed(box)}
        if (!best || (best.crossed && !found.crossed)) best = found
        if (!best.crossed) break
      }
      if (best && (!best.crossed || level >= 2)) break
    }
    const last = before[k] && boxAt(label, before[k].ring, before[k].way, frame)
    const stays = best && last && before[k].level <= best.level + 1 && free(last) && (best.crossed || !crossed(last))
    boxes.push(stays ? {...last, level: before[k].level, crossed: best.crossed} : best)
  })
  return boxes
}
