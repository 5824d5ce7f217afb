"""The runs of exported scripts as text: one for each kind of method and of model."""

from __future__ import annotations

STAGES = {
    "Euler": ("k1 = slope(t[i], y[i])", "new = y[i] + DT * k1"),
    "Heun": ("k1 = slope(t[i], y[i])",
             "k2 = slope(t[i] + DT, {0}y[i] + DT * k1{1})", "new = y[i] + DT * (k1 + k2) / 2"),
    "RK4": ("k1 = slope(t[i], y[i])", "k2 = slope(t[i] + DT / 2, {0}y[i] + DT / 2 * k1{1})",
            "k3 = slope(t[i] + DT / 2, {0}y[i] + DT / 2 * k2{1})", "k4 = slope(t[i] + DT, {0}y[i] + DT * k3{1})",
            "new = y[i] + DT * (k1 + 2 * k2 + 2 * k3 + k4) / 6"),
}
"""The lines of one step; in braces goes the cap at the threshold of spiking models."""

FIXED_SLOPE = '''def slope(t, y):
    """Return dy/dt as an array."""
    return np.array(rhs(t, y, p))'''

MOVED_SLOPE = '''def slope(t, y):
    """Return dy/dt as an array; a time that rounding keeps from an edge of the input is at the edge."""
    edge = EDGES[np.abs(EDGES - t) <= 1e-6 * DT]
    return np.array(rhs(max([t, *(edge + 2e-12 * (1 + edge))]), y, p))'''

SPIKING_SLOPE = '''def slope(t, y):
    """Return dy/dt; there is no flow beyond the threshold, and an upstroke is fast enough at 1e7 spans per ms."""
    rise, *others = rhs(t, (min(y[0], threshold(p)), *y[1:]), p)
    return np.array([min(rise, 1e7 * SPAN[0]), *others])'''

BELOW = '''def below(y):
    """Return the state with the first one not above the threshold."""
    return np.array([min(y[0], threshold(p)), *y[1:]])'''

FIRES = '''def fires(t, y):
    """Tell whether a state is beyond the threshold, or at it and goes on: what creeps up to it does not fire."""
    above, near = y[0] - threshold(p), 1e-14 * (1 + abs(threshold(p)))
    return above > near or (above >= 0 and slope(t, y)[0] > near)'''

LOOP = '''def run():
    """Take {method} steps; return times, states (one row per time) and spike times."""
    t, y, spikes = DT * np.arange(STEPS + 1), np.empty((STEPS + 1, len(START))), []
    y[0] = START
    for i in range(STEPS):
{lines}
        if not np.all(np.abs(new) <= LIMIT):
            return t[: i + 1], y[: i + 1], spikes
        y[i + 1] = new
    return t, y, spikes'''

SPIKE = """        if fires(t[i + 1], new):
            spikes.append(t[i + 1])
            new = np.array(reset(new, p))
            every_step = len(spikes) > 1000 and spikes[-1] - spikes[-1001] < 1000.5 * DT
            if new[0] > threshold(p) or every_step:  # spikes have no end from here
                return t[: i + 1], y[: i + 1], spikes"""

LSODA = '''def run():
    """Integrate with adaptive steps; return times, states (one row per time), no spikes."""
    t = DT * np.arange(STEPS + 1)
    solution = solve_ivp(slope, (0.0, t[-1]), START, "LSODA", t, max_step={longest},
                         rtol=1e-8, atol=1e-10 * SPAN)
    return solution.t, solution.y.T, []'''

PIECES = '''def run():
    """Integrate from edge to edge of the input; return times, states (one row per time), no spikes."""
    t, y, begin, state = DT * np.arange(STEPS + 1), np.empty((STEPS + 1, len(START))), 0.0, START
    for end in {ends}:
        def inside(s, y, low=begin + 2e-12 * (1 + begin), high=end - 2e-12 * (1 + end)):
            return slope(min(max(s, min(low, high)), max(low, high)), y)

        now = np.flatnonzero((t >= begin) & (t <= end))
        solution = solve_ivp(inside, (begin, end), state, "LSODA", np.union1d(t[now], [begin, end]),
                             max_step={longest}, rtol=1e-8, atol=1e-10 * SPAN)
        done = now[np.isin(t[now], solution.t)]
        y[done] = solution.y[:, np.isin(solution.t, t[now])].T
        if not solution.success:
            return t[: done[-1] + 1], y[: done[-1] + 1], []
        begin, state = end, solution.y[:, -1]
    return t, y, []'''

SPIKING_LSODA = '''def begin(t, y, low, high):
    """Return a solver that starts at a state, between two edges of the input."""
    first, last = low + 2e-12 * (1 + low), high - 2e-12 * (1 + high)
    return LSODA(lambda s, y: slope(min(max(s, min(first, last)), max(first, last)), y), t, y, high,
                 max_step={longest}, rtol=1e-8, atol=1e-10 * SPAN)


def crossing(path, early, late):
    """Return the time between two steps at which the first state reaches the threshold."""
    if path(early)[0] >= threshold(p) or path(late)[0] <= threshold(p):
        return early if path(early)[0] >= threshold(p) else late
    return brentq(lambda s: path(s)[0] - threshold(p), early, late, xtol=1e-12, rtol=1e-14)


def run():
    """Integrate from spike to spike and edge to edge; return times, states (one row per time) and spike times."""
    t, y, spikes = DT * np.arange(STEPS + 1), np.empty((STEPS + 1, len(START))), []
    ends, piece, done, y[0] = [0.0, *{ends}], 1, 1, START
    solver = begin(0.0, START, 0.0, ends[1])
    for _ in range(1_000_000):  # the run of the page, too, has so many solver steps and 10,000 spikes at most
        if done > STEPS or len(spikes) >= 10_000:
            break
        solver.step()
        if solver.status == "failed":
            break
        path, end, fired = solver.dense_output(), solver.t, solver.y[0] >= threshold(p)
        if fired:
            reached = crossing(path, solver.t_old, end)
            goes_on = slope(reached, path(reached))[0] > 1e-14 * (1 + abs(threshold(p)))
            fired = goes_on or fires(end, np.array([threshold(p), *solver.y[1:]]))
            end = reached if goes_on else end
        ready = (t < end) if fired else (t <= end)
        if solver.status == "finished" and not fired:
            piece += 1
            ready |= piece == len(ends)
        y[done : ready.sum()] = path(t[done : ready.sum()]).T
        done = max(done, ready.sum())
        if fired:
            spikes.append(end)
            after = np.array(reset(path(end), p))
            piece += end >= ends[piece] and piece < len(ends) - 1
            if after[0] > threshold(p) or (len(spikes) > 1000 and end - spikes[-1001] < 0.1):
                break  # spikes have no end from here
            if end < t[-1]:
                solver = begin(end, after, ends[piece - 1], ends[piece])
            else:
                y[done:], done = after, STEPS + 1
        elif solver.status == "finished" and piece < len(ends):
            solver = begin(end, solver.y, ends[piece - 1], ends[piece])
    return t[:done], y[:done], spikes'''
