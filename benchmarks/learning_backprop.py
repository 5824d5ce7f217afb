"""A network with a hidden layer beside a plain loop over examples: `python -m benchmarks.learning_backprop`."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.learning import Row, show
from benchmarks.networks import alone
from benchmarks.threads import processor_time
from ncm_app.core.snapshot import Snapshot
from ncm_app.models.learning import _hidden_layer as layer
from ncm_app.models.learning._examples import examples_of
from ncm_app.models.learning.backprop import TASKS, Backprop
from ncm_app.numerics.learning.hidden_layer import Rule, backward_weights, descend, start_weights
from ncm_app.numerics.system import SILENT

CASES = ("Two moons", "Spirals, many units", "Digits", "Digits, feedback alignment")
"""Presets of the page."""

TARGET, RATIO = 300.0, 5.0
"""Milliseconds in which a preset has to be learned, and how many times faster than the loop."""

SHARE, REPEATED = 0.05, 3
"""Part of the steps that the loop makes, and its runs."""


def snapshot(preset: str) -> Snapshot:
    """Return the page under a preset."""
    return Backprop(**Backprop.preset_values(preset)).snapshot()


def ours(preset: str) -> float:
    """Learn as the page does with nothing remembered, records, curvature and gradient check included."""
    return float(Backprop.perform(snapshot(preset).p, SILENT).now["loss"])


def steps(preset: str) -> int:
    """Make the steps of a preset, and nothing besides."""
    p = snapshot(preset).p
    examples = examples_of(p, TASKS[p.task], None)
    shape = layer.shape_of(p, examples)
    rule = Rule(p.eps, p.credit, layer.batch_of(p, examples), p.seed)
    return descend(shape, start_weights(shape, p.sigma_W, p.seed), backward_weights(shape, p.seed), examples.x,
                   examples.labels, rule, 0, p.n_steps, np.inf)[1]


def plain_loop(preset: str, share: float = SHARE) -> float:
    """Make a share of the steps, one example after the other, and no more than that; return the mean loss of the last.

    The loop is that of cross-entropy with tanh units; it has the start and the rate of the preset.
    """
    p = snapshot(preset).p
    examples = examples_of(p, TASKS[p.task], None)
    shape, rng, loss = layer.shape_of(p, examples), np.random.default_rng(1), 0.0
    W1, b1, W2, b2 = (part.copy() for part in shape.parts(start_weights(shape, p.sigma_W, p.seed)))
    batch = layer.batch_of(p, examples)
    for _ in range(round(share * p.n_steps)):
        rows = range(len(examples.x)) if batch == len(examples.x) else rng.integers(len(examples.x), size=batch)
        updates: list[Any] = [np.zeros_like(part) for part in (W1, b1, W2, b2)]
        loss = 0.0
        for s in rows:
            x, label = examples.x[s], examples.labels[s]
            v = np.tanh(x @ W1 + b1)
            z = v @ W2 + b2
            chances = np.exp(z - z.max())
            chances /= chances.sum()
            loss -= np.log(chances[label]) / batch
            chances[label] -= 1.0
            delta = (W2 @ chances) * (1.0 - v * v)
            for k, part in enumerate((np.outer(x, delta), delta, np.outer(v, chances), chances)):
                updates[k] += part
        for k, part in enumerate((W1, b1, W2, b2)):
            part[...] -= p.eps / batch * updates[k]
    return float(loss)


def loop_time(preset: str) -> float:
    """Return how long the plain loop takes for all steps, ms, from a share of them."""
    return 1000.0 * processor_time(lambda: plain_loop(preset), REPEATED) / SHARE


def rows() -> list[Row]:
    """Time each preset and the loop in turn."""
    found = []
    for preset in CASES:
        ours(preset)
        page, alike = (1000.0 * processor_time(lambda: work(preset), 2 * REPEATED) for work in (ours, steps))  # noqa: B023
        loop = alone(f"from benchmarks.learning_backprop import loop_time\nprint(loop_time({preset!r}))")
        found += [Row(f"backprop: {preset}", page, TARGET, None, None),
                  Row("its steps alone", alike, None, loop, RATIO)]
    return found


if __name__ == "__main__":
    show(rows())
