"""Recall in a Hopfield network beside the loop of a textbook: `python -m benchmarks.learning_hopfield`."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.learning import Row, show
from benchmarks.networks import alone
from benchmarks.threads import processor_time
from ncm_app.core.snapshot import Snapshot
from ncm_app.models.learning._hopfield_plots import LOADS, NETWORKS
from ncm_app.models.learning.hopfield import Hopfield
from ncm_app.numerics.learning import capacity, recall
from ncm_app.numerics.learning.memories import store
from ncm_app.studies.plots import told

CASES = ({"flips": 0.0982}, {"P": 10, "digit": 0, "cued": 4}, {"patterns": "random", "P": 100, "flips": 0.2})
"""Values of the page: that of Fig B.14, ten digits, and many random patterns."""

TARGET, RATIO = 60.0, 300.0
"""Milliseconds that 5,500 updates of 784 units may take, and how many times faster than the loop they have to be."""

REPEATED = 5
"""Runs of the loop's first part, which is timed for all."""


def snapshot(case: int) -> Snapshot:
    """Return the page under one of the cases."""
    return Hopfield(**CASES[case]).snapshot()


def ours(case: int) -> str:
    """Store the patterns, recall, and say where it ends, as the page does with nothing remembered."""
    asked = snapshot(case)
    p = asked.p
    memories = store(Hopfield.own_data(p).memories.xi.T, p.weights, p.self_weights)
    data = Hopfield.own_data(p)
    end = recall.advance(recall.begin(Hopfield.begin(p, data).start, memories), memories, p.order, p.seed, p.updates)
    return str(Hopfield.tell(Hopfield.look(end, p, data), p))


def plain_loop(W: Any, S: Any, updates: int) -> Any:
    """Update as a textbook does: two products with all weights a step, for the input and for the energy."""
    S, rng, E = S.astype(float), np.random.default_rng(7), np.zeros(updates)
    for k in range(updates):
        j = rng.integers(len(S))
        S[j] = 2.0 * ((W @ S)[j] > 0.0) - 1.0
        E[k] = -0.5 * S @ W @ S
    return S, E


def loop_time(case: int, share: float = 0.1) -> float:
    """Return how long the plain loop takes for all updates, ms, from a share of them."""
    p = snapshot(case).p
    data = Hopfield.own_data(p)
    W, start, updates = data.memories.matrix(), Hopfield.begin(p, data).start, round(share * p.updates)
    return 1000.0 * processor_time(lambda: plain_loop(W, start, updates), REPEATED) / share


def rows() -> list[Row]:
    """Return the recall in each case, and the measured capacity of the page."""
    found = []
    for case, values in enumerate(CASES):
        told(snapshot(case))
        time = 1000.0 * processor_time(lambda: ours(case), 25)  # noqa: B023
        loop = alone(f"from benchmarks.learning_hopfield import loop_time\nprint(loop_time({case}))")
        name = f"{values.get('P', 1)} {values.get('patterns', 'digits')}"
        found.append(Row(f"Hopfield network, 784 units, {name}, 5,500 updates", time, TARGET, loop, RATIO))

    def curve() -> Any:
        capacity.capacity_curve.cache_clear()
        return capacity.capacity_curve(784, LOADS, NETWORKS, 1)

    curve()
    found.append(Row(f"its capacity at {len(LOADS)} loads, {NETWORKS} networks", 1000.0 * processor_time(curve, 3),
                     None, None, None))
    return found


if __name__ == "__main__":
    show(rows())
