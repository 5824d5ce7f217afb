"""The loop over the steps of a network: cells, then currents, then plastic weights.

Everything comes by address, so the loop is compiled once, whatever a network is made of. Tables (int64) have a row
for each thing; parts are counted from the populations on to the Poisson sources:

    cells      block, number of cells, parameters, decay factors of its currents, compiled step
    inputs     first, cells (as in Arrivals)
    synapses   source part, row of the current, first, targets (as in Targets), whether wide, plastic weights or 0
    rules      number of the synapses, target part, traces of source and target, first, places and sources of the
               synapses of each target cell, number of synapses, places of those to keep, their number, samples, means
    records    first state of a cell, rows of its block, where its history begins
"""

from __future__ import annotations

import numpy as np
from numba import carray

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.networks.layout import (
    FLAGS,
    STRIDE,
    call_step,
    doubles_at,
    fetch,
    floats_at,
    ints_at,
    longs_at,
    reals_at,
    shorts_at,
    words_at,
)

_MANY = 1 << 62
_TINY = 1e-200
_LINE = 64
_ONE, _TWO, _THREE, _FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)


@kernel(error_model="numpy", fastmath=FLAGS, forceinline=True)
def _jump(row, cells, begin, end, jump):  # type: ignore[no-untyped-def]
    """Let the current of the targets from `begin` to `end` jump by the same: four at once, as no two are the same."""
    k, end = np.uint64(begin), np.uint64(end)
    for _ in range((end - k) // _FOUR):
        a, b, c, d = (np.uint64(cells[k]), np.uint64(cells[k + _ONE]), np.uint64(cells[k + _TWO]),
                      np.uint64(cells[k + _THREE]))
        row[a], row[b], row[c], row[d] = row[a] + jump, row[b] + jump, row[c] + jump, row[d] + jump
        k += _FOUR
    while k < end:
        row[np.uint64(cells[k])] += jump
        k += _ONE


@kernel(error_model="numpy", fastmath=FLAGS, forceinline=True)
def _jump_plastic(row, cells, begin, end, jump, weights):  # type: ignore[no-untyped-def]
    """Let the current of the targets jump by the weight of each synapse, times `jump`."""
    k, end = np.uint64(begin), np.uint64(end)
    for _ in range((end - k) // _FOUR):
        a, b, c, d = (np.uint64(cells[k]), np.uint64(cells[k + _ONE]), np.uint64(cells[k + _TWO]),
                      np.uint64(cells[k + _THREE]))
        row[a], row[b], row[c], row[d] = (
            row[a] + jump * weights[k], row[b] + jump * weights[k + _ONE], row[c] + jump * weights[k + _TWO],
            row[d] + jump * weights[k + _THREE])
        k += _FOUR
    while k < end:
        row[np.uint64(cells[k])] += jump * weights[k]
        k += _ONE


@kernel(error_model="numpy", fastmath=FLAGS)
def _fetch_targets(synapses, part, fired_at, fired):  # type: ignore[no-untyped-def]
    """Ask for the lists of targets of the cells of a part that spike, before they are needed."""
    cells = carray(ints_at(fired_at), _MANY)
    for s in range(len(synapses)):
        if synapses[s, 0] == part:
            first, targets = carray(longs_at(synapses[s, 2]), _MANY), synapses[s, 3]
            bytes_each = 4 if synapses[s, 4] else 2
            for k in range(np.uint64(fired)):
                cell = np.uint64(cells[k])
                end = targets + bytes_each * first[cell + _ONE]
                for at in range(targets + bytes_each * first[cell], end, _LINE):
                    fetch(at)


@kernel(error_model="numpy", fastmath=FLAGS)
def _transmit(synapses, jumps, fired_at, fired):  # type: ignore[no-untyped-def]
    """Let the currents jump for the spikes of each part, `fired[part]` cells from the address `fired_at[part]` on."""
    for s in range(len(synapses)):
        part, row_at, first_at, targets, wide, weights_at = synapses[s]
        count, jump = fired[part], jumps[s]
        if count == 0 or jump == 0.0:
            continue
        row, first = carray(reals_at(row_at, jumps), STRIDE), carray(longs_at(first_at), _MANY)
        cells, weights = carray(ints_at(fired_at[part]), _MANY), carray(reals_at(weights_at, jumps), _MANY)
        near, far = carray(shorts_at(targets), _MANY), carray(words_at(targets), _MANY)
        for k in range(np.uint64(count)):
            cell = np.uint64(cells[k])
            begin, end = first[cell], first[cell + _ONE]
            if weights_at and wide:
                _jump_plastic(row, far, begin, end, jump, weights)
            elif weights_at:
                _jump_plastic(row, near, begin, end, jump, weights)
            elif wide:
                _jump(row, far, begin, end, jump)
            else:
                _jump(row, near, begin, end, jump)


@kernel(error_model="numpy", fastmath=FLAGS)
def _after_target(weights, places, sources, begin, end, y, factor):  # type: ignore[no-untyped-def]
    """Change the weights of the synapses onto a cell that has spiked."""
    for k in range(np.uint64(begin), np.uint64(end)):
        weights[np.uint64(places[k])] -= factor * y[np.uint64(sources[k])]


@kernel(error_model="numpy", fastmath=FLAGS)
def _after_source(weights, targets, wide, begin, end, y, factor, shift, highest):  # type: ignore[no-untyped-def]
    """Change the weights of the synapses of a cell that has spiked; they stay below the highest."""
    cells, narrow = carray(words_at(targets), _MANY), carray(shorts_at(targets), _MANY)
    for k in range(np.uint64(begin), np.uint64(end)):
        cell = np.uint64(cells[k]) if wide else np.uint64(narrow[k])
        weight = weights[k] - (factor * y[cell] - shift)
        weights[k] = weight if weight < highest else highest


@kernel(error_model="numpy", fastmath=FLAGS)
def _learn(rule, values, scale, synapses, like, fired_at, fired, parts):  # type: ignore[no-untyped-def]
    """Change the weights of a rule after the spikes of a step; return the scale of its traces.

    Traces are kept divided by a scale that decays, so that none of them has to.
    """
    number, target, y_source_at, y_target_at, first_at, places_at, sources_at = rule[:7]
    source, _, own_first_at, targets, wide, weights_at = synapses[number]
    eps, tau, keep, twice_r_0, highest, clips = values
    y_source, y_target = carray(doubles_at(y_source_at), _MANY), carray(doubles_at(y_target_at), _MANY)
    weights = carray(reals_at(weights_at, like), _MANY)
    own_first, first = carray(longs_at(own_first_at), _MANY), carray(longs_at(first_at), _MANY)
    places, sources = carray(ints_at(places_at), _MANY), carray(ints_at(sources_at), _MANY)
    scale *= keep
    if scale < _TINY:
        for k in range(parts[source]):
            y_source[k] *= scale
        if target != source:
            for k in range(parts[target]):
                y_target[k] *= scale
        scale = 1.0
    after, before = carray(ints_at(fired_at[target]), _MANY), carray(ints_at(fired_at[source]), _MANY)
    for k in range(fired[target]):
        cell = after[k]
        _after_target(weights, places, sources, first[cell], first[cell + 1], y_source, eps * scale)
    for k in range(fired[target]):
        y_target[after[k]] += 1.0 / (tau * scale)
    for k in range(fired[source]):
        cell = before[k]
        _after_source(weights, targets, wide, own_first[cell], own_first[cell + 1], y_target, eps * scale,
                      eps * twice_r_0, highest)
    if target != source:
        for k in range(fired[source]):
            y_source[before[k]] += 1.0 / (tau * scale)
    for k in range(fired[target] if clips else 0):
        cell = after[k]
        for j in range(first[cell], first[cell + 1]):
            place = places[j]
            weights[place] = min(weights[place], highest)
    return scale


@kernel(error_model="numpy", fastmath=FLAGS)
def _keep_weights(rule, synapses, like, sample):  # type: ignore[no-untyped-def]
    """Keep the weights of some synapses and the mean of all."""
    total, picked, count, samples_at, means_at = rule[7:12]
    weights, places = carray(reals_at(synapses[rule[0], 5], like), _MANY), carray(longs_at(picked), count)
    samples, means = carray(floats_at(samples_at), _MANY), carray(doubles_at(means_at), _MANY)
    for k in range(count):
        samples[sample * count + k] = weights[places[k]]
    whole = 0.0
    for k in range(np.uint64(total)):
        whole += weights[k]
    means[sample] = whole / total


@kernel(error_model="numpy", fastmath=FLAGS)
def _keep_states(records, like, history, step):  # type: ignore[no-untyped-def]
    """Keep states and currents of the recorded cells."""
    for r in range(len(records)):
        state_at, rows, begin = records[r]
        state = carray(reals_at(state_at, like), _MANY)
        for k in range(rows):
            history[begin + step * rows + k] = state[k * STRIDE]


@kernel(error_model="numpy", fastmath=FLAGS)
def run_steps(first, last, dt, cells, inputs, synapses, jumps,  # type: ignore[no-untyped-def]
              rules, rule_values, scales, every, records, history, parts, found, counts):
    """Take the steps from `first` to before `last`; return the next step, the number of spikes, what is lost.

    `found` takes the numbers of the cells that spike, population by population, and `counts` (steps, populations) how
    many they are. It ends early where there might be no more room, or where a state is no number any more: the
    population and the number of that cell are lost (-1, -1 else).
    """
    populations = len(cells)
    fired_at, fired = np.zeros(len(parts), np.int64), np.zeros(len(parts), np.int64)
    room, count, begin = len(found), 0, found.ctypes.data
    most = 0
    for a in range(populations):
        most += parts[a]
    for i in range(first, last):
        if count + most > room:
            return i, count, -1, -1
        for a in range(populations):
            block, size, values, keeps, step = cells[a]
            fired_at[a] = begin + 4 * count
            fired[a] = call_step(step, block, size, values, keeps, i * dt, dt, fired_at[a])
            if fired[a] < 0:
                return i, count, a, -1 - fired[a]
            _fetch_targets(synapses, a, fired_at[a], fired[a])
            counts[i - first, a] = fired[a]
            count += fired[a]
        for s in range(len(inputs)):
            starts = carray(longs_at(inputs[s, 0]), _MANY)
            fired_at[populations + s] = inputs[s, 1] + 4 * starts[i]
            fired[populations + s] = starts[i + 1] - starts[i]
            if i + 1 < last:
                coming = starts[i + 2] - starts[i + 1]
                _fetch_targets(synapses, populations + s, inputs[s, 1] + 4 * starts[i + 1], coming)
        _transmit(synapses, jumps, fired_at, fired)
        for r in range(len(rules)):
            scales[r] = _learn(rules[r], rule_values[r], scales[r], synapses, jumps, fired_at, fired, parts)
            if (i + 1) % every == 0:
                _keep_weights(rules[r], synapses, jumps, (i + 1) // every)
        _keep_states(records, jumps, history, i + 1)
    return last, count, -1, -1
