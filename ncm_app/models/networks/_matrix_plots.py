"""What the synapses of a network show: the currents of one cell, weights, eigenvalues."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.models.networks._answer import NetworkAnswer
from ncm_app.models.networks._theory import linearised, mean_field_rates, mean_inputs, mean_weights
from ncm_app.numerics.networks.effective import bulk_edge, jacobian_of_part, outliers, part_of
from ncm_app.numerics.networks.spec import Network
from ncm_app.numerics.networks.topology import targets_of
from ncm_app.numerics.results.base import Array

Drawing = dict[str, tuple[Any, ...]]

BLOCK, MATRIX = 100, 150
"""Cells of the weights that are drawn, and of those whose eigenvalues are: these are sought anew in every frame."""


def currents(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw excitatory, inhibitory and total input of the chosen cell, and the mean that theory expects."""
    cell = answer.watched
    if cell is None:
        return {}
    weights = {one.current_name: one.weight for one in answer.network.projections if one.target == cell.population}
    inhibits = np.array([weights[name] < 0.0 for name in cell.currents], dtype=bool)
    excitation, inhibition = cell.I[~inhibits].sum(axis=0), cell.I[inhibits].sum(axis=0)
    drawn: Drawing = {"excitation": (cell.t, excitation), "inhibition": (cell.t, inhibition),
                      "total": (cell.t, excitation + inhibition)}
    solved = mean_field_rates(answer.network, p)
    if len(solved.rates) and not answer.is_plastic:
        k = list(answer.network.offsets).index(cell.population)
        mean = mean_weights(answer.network)[k] @ solved.rates[0] + mean_inputs(answer.network)[k]
        drawn["mean"] = [0.0, cell.t[-1]], [mean, mean]
    return drawn


def submatrix(network: Network, seed: int, part: Any) -> tuple[Array, Any]:
    """Return weights (m, m) of some cells of each population onto each other, mV ms, and which synapses exist."""
    names, first = list(network.offsets), np.concatenate([[0], np.cumsum(part)])
    weights, present = np.zeros((first[-1], first[-1])), np.zeros((first[-1], first[-1]), dtype=bool)
    for projection in network.projections:
        if projection.source not in names:
            continue
        a, b = names.index(projection.target), names.index(projection.source)
        found = targets_of(network, projection, seed)
        for k in range(part[b]):
            reached = found.cells[found.first[k]:found.first[k + 1]]
            rows = first[a] + reached[: np.searchsorted(reached, part[a])].astype(np.int64)
            weights[rows, first[b] + k], present[rows, first[b] + k] = projection.weight, True
    return weights, present


def weight_block(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the weights among some cells of each population: from cells along x onto cells along y."""
    sizes = np.array(answer.run.sizes)
    part = part_of(linearised(answer.network, p), BLOCK)
    if not part.sum():
        return {}
    weights, present = submatrix(answer.network, answer.seed, part)
    edges = np.arange(part.sum() + 1) - 0.5
    words = f"{part.sum()} of {sizes.sum():,} cells" if part.sum() < sizes.sum() else ""
    return {"strengths": (edges, edges, np.where(present, weights, np.nan)),
            "note": ([0.25 * part.sum()], [0.96 * part.sum()], [words])}


def eigenvalues(answer: NetworkAnswer, p: Any) -> Drawing:
    """Draw the eigenvalues of the linearised network with their edge and outliers, and the line of stability."""
    blocks = linearised(answer.network, p)
    part = part_of(blocks, MATRIX)
    if not part.sum() or not blocks.weights.any():
        return {}
    _, present = submatrix(answer.network, answer.seed, part)
    found = np.linalg.eigvals(jacobian_of_part(blocks, present, part))
    edge, far = bulk_edge(blocks), outliers(blocks)
    reach = float(np.abs(np.concatenate([found, edge, far]).imag).max())
    theory = max(float(edge.real.max()), float(far.real.max()))
    sample = f", {part.sum()} of {blocks.sizes.sum():,} cells" if part.sum() < blocks.sizes.sum() else ""
    words = f"rightmost {found.real.max():.3f} 1/ms{sample}\ntheory {theory:.3f} 1/ms"
    places = np.concatenate([found.real, edge.real, far.real])
    middle = float(places.min() + places.max()) / 2.0
    return {"cells": (found.real, found.imag), "edge": (edge.real, edge.imag),
            "outliers": (far.real, far.imag), "stability": ([0.0, 0.0], [-1.8 * reach, 2.4 * reach]),
            "values": ([middle], [-1.4 * reach], [words])}
