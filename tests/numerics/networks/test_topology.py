"""Who is connected to whom: the law of degrees, independence, and what the lists depend on."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats

from ncm_app.numerics.networks import topology
from ncm_app.numerics.networks.topology import Targets, by_target, draw_targets, stream_of, targets_of, weight_matrix
from tests.support.networks import draft, later


def matrix(targets: Targets, size: int) -> Any:
    return weight_matrix(targets, size, 1.0)


@pytest.mark.parametrize("p", [0.0125, 0.1, 0.5, 0.97])
def test_degrees_are_binomial(p: float) -> None:
    drawn = draw_targets(600, 500, p, seed=3, stream=1)
    for degrees, trials in ((np.bincount(drawn.cells, minlength=500), 600), (np.diff(drawn.first), 500)):
        ranks = stats.binom(trials, p).ppf(np.linspace(0.1, 0.9, 5))
        edges = np.unique(np.concatenate(([-1.0], ranks, [trials])))
        expected = np.diff(stats.binom(trials, p).cdf(edges)) * len(degrees)
        found = np.histogram(degrees, edges + 0.5)[0]
        assert stats.chisquare(found[expected > 0], expected[expected > 0]).pvalue > 1e-3


@pytest.mark.parametrize("p", [0.0125, 0.3])
def test_gaps_between_targets_are_geometric(p: float) -> None:
    drawn = draw_targets(20_000, 400, p, seed=5, stream=2)
    leading = drawn.cells[drawn.first[:-1][np.diff(drawn.first) > 0]]
    for k in (0, 1, 7, 60):
        share, expected = np.sum(leading == k) / 20_000, p * (1 - p) ** k
        assert abs(share - expected) < 4.0 * np.sqrt(max(expected, 1e-4) / 20_000)


def test_targets_are_sorted_without_repeats_and_include_the_cell_itself() -> None:
    drawn = draw_targets(300, 300, 0.2, seed=1, stream=1)
    rows = [drawn.cells[a:b] for a, b in pairwise(drawn.first)]
    assert all(np.all(np.diff(row.astype(int)) > 0) for row in rows)
    assert 30 < sum(k in row for k, row in enumerate(rows)) < 90


@pytest.mark.parametrize(("sources", "targets", "p", "count"), [
    (5, 7, 0.0, 0), (5, 7, 1.0, 35), (0, 7, 0.5, 0), (5, 0, 0.5, 0), (1, 1, 1.0, 1), (2, 70_000, 1.0, 140_000)])
def test_ends_of_size_and_probability(sources: int, targets: int, p: float, count: int) -> None:
    drawn = draw_targets(sources, targets, p, seed=1, stream=1)
    assert len(drawn.cells) == count and len(drawn.first) == sources + 1 and drawn.first[-1] == count
    assert drawn.cells.dtype == (np.uint32 if targets > 65_536 else np.uint16)


def test_a_row_depends_on_its_cell_alone() -> None:
    few, many = (draw_targets(size, 200, 0.1, seed=4, stream=9) for size in (10, 50))
    assert np.array_equal(few.cells, many.cells[:few.first[-1]])
    assert not np.array_equal(few.cells, draw_targets(10, 200, 0.1, seed=5, stream=9).cells)


def test_projections_are_independent_over_200_seeds() -> None:
    """Overlaps of two matrices, of matrices of neighbouring seeds, and of rows that follow each other."""
    size, p = 40, 0.2
    drawn = [[matrix(draw_targets(size, size, p, seed, stream), size) for stream in (1, 2)] for seed in range(201)]
    overlaps = {"streams": [np.sum(a * b) for a, b in drawn[:200]],
                "seeds": [np.sum(a[0] * b[0]) for a, b in pairwise(drawn)],
                "rows": [np.sum(a[:, 1:] * a[:, :-1]) * size / (size - 1) for a, _ in drawn[:200]]}
    for name, found in overlaps.items():
        error = np.std(found) / np.sqrt(len(found))
        assert abs(np.mean(found) - (size * p) ** 2) < 4.0 * error, name
        # Overlaps of rows that follow each other vary more, since each row is in two of them.
        assert name == "rows" or abs(np.var(found) / (size**2 * p**2 * (1 - p**2)) - 1.0) < 0.4, name


def test_synapses_by_target_are_the_same_ones() -> None:
    drawn = draw_targets(30, 20, 0.3, seed=2, stream=2)
    first, places, sources = by_target(drawn, 20)
    for cell in range(20):
        row = slice(first[cell], first[cell + 1])
        assert np.all(drawn.cells[places[row]] == cell) and np.array_equal(drawn.sources[places[row]], sources[row])
    assert sorted(places) == list(range(len(drawn.cells)))


def test_lists_are_kept_while_weights_and_rates_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topology, "MEMORY", topology._Memory())
    first = targets_of(draft(), draft().projections[0], seed=1)
    moved = draft(r_x=9.0)
    assert targets_of(moved, moved.projections[0], seed=1) is first
    assert targets_of(later(), later().projections[0], seed=1) is not first
    assert targets_of(draft(), draft().projections[0], seed=2) is not first


def test_kept_lists_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = topology._Memory()
    monkeypatch.setattr(topology, "BOUND", 100_000)
    for seed in range(5):
        memory.targets((100, 200, 0.5, seed, 1))
    assert memory.bytes <= 100_000 and list(memory.kept)[-1] == (100, 200, 0.5, 4, 1)
    memory.targets((100, 2000, 0.5, 1, 1))
    assert len(memory.kept) == 1  # one that is larger than the bound is kept alone


def test_streams_belong_to_names() -> None:
    names = [("synapses", "e", "i"), ("synapses", "i", "e"), ("synapses", "e", "e"), ("arrivals", "e"),
             ("start", "e", "V")]
    assert len({stream_of(*name) for name in names}) == len(names)
