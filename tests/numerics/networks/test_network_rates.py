"""Rates of networks against those of the book's own loops, over many seeds, in single precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ncm_app.numerics.networks.run import run_network
from ncm_app.numerics.networks.spec import Network, Plasticity, RunSettings
from tests.support.networks import DRAFT, draft, feedforward, later, recurrent


def rates(network: Network, name: str, seeds: Sequence[int], t_end: float, start: float = 0.0,
          precision: str = "float32") -> np.ndarray:
    return np.array([run_network(network, RunSettings(t_end, seed=seed, precision=precision)).rate(name, start)
                     for seed in seeds])


def agree(found: np.ndarray, mean: float, error: float) -> bool:
    return bool(abs(found.mean() - mean) < 4.0 * np.hypot(found.std() / np.sqrt(len(found)), error))


@pytest.mark.parametrize(("name", "mean", "error"), [("e", 7.454, 0.074), ("i", 18.90, 0.14)])
def test_recurrent_rates_over_100_seeds_are_those_of_the_dense_loop(name: str, mean: float, error: float) -> None:
    """Of 40 runs of 200 ms of a loop over dense matrices, and their standard errors."""
    assert agree(rates(later(), name, range(100), 200.0), mean, error)


def test_feedforward_rates_over_100_seeds_are_those_of_the_dense_loop() -> None:
    assert agree(rates(feedforward(), "post", range(100), 1000.0), 13.62, 0.15)


def test_draft_network_fires_as_in_the_book() -> None:
    """Section 3.2, after 100 ms: five runs of the book's loop, mean and spread over runs."""
    assert agree(rates(draft(), "e", range(8), 1000.0, 100.0), 6.50, 0.11 / np.sqrt(5))
    assert agree(rates(draft(), "i", range(8), 1000.0, 100.0), 16.96, 0.17 / np.sqrt(5))


def test_single_and_double_precision_have_the_same_law() -> None:
    for name in "ei":
        single, double = (rates(later(), name, range(100), 150.0, precision=real) for real in ("float32", "float64"))
        assert agree(single - double, 0.0, 0.0)
        assert abs(single.mean() / double.mean() - 1.0) < 0.03


def test_plastic_network_comes_to_its_target_as_in_fig_4_1() -> None:
    """The draft network of section 4.1 with the learning rate that its code amounts to, five runs of its loop."""
    network = recurrent({"x": 2000, "e": 2000, "i": 500}, 0.1, DRAFT | {"ex": 30.0}, 5.0, Plasticity(150.0, 80.0, 4.0))
    found = [run_network(network, RunSettings(3000.0, seed=seed)) for seed in range(3)]
    for (start, end), mean, spread in (((0, 500), 8.57, 0.1), ((500, 1000), 6.33, 0.2), ((1000, 2000), 5.35, 0.1),
                                       ((2000, 3000), 4.83, 0.06)):
        windows = [np.mean(run.rates[0][(run.t > start) & (run.t < end)]) for run in found]
        assert abs(np.mean(windows) - mean) < 4.0 * spread
    assert np.allclose([run.weights[0].mean[-1] for run in found], -50.2, atol=1.0)


def test_synchrony_comes_with_slow_inhibition() -> None:
    """Exercise 3.3.1: with tau_e = 4 and tau_i = 6 ms the population oscillates; 8.05 to 8.3 and 22.9 Hz."""
    taus = {"x": 8.0, "e": 4.0, "i": 6.0}
    slow = replace(draft(), projections=tuple(replace(p, tau=taus[p.source]) for p in draft().projections))
    run, calm = (run_network(network, RunSettings(600.0)) for network in (slow, draft()))
    assert 7.5 < run.rate("e", 100.0) < 8.9 and 21.5 < run.rate("i", 100.0) < 24.3
    after = run.t > 100.0
    smooth = [np.convolve(one.rates[0][after], np.full(4, 0.25), "valid") for one in (run, calm)]
    assert np.std(smooth[0]) > 4.0 * np.std(smooth[1])
