"""Where a run is stopped: at the same time however it is cut, and with the right one named."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.networks.engine import Taken
from ncm_app.numerics.networks.run import run_network
from ncm_app.numerics.networks.runaway import runaway
from ncm_app.numerics.networks.spec import Network, RunSettings, Source
from ncm_app.numerics.results.base import Status
from tests.support.networks import LATER, later, population, recurrent

SETTINGS = RunSettings(t_end=100.0, cap_hz=100.0)


def taken(done: int) -> Taken:
    return Taken(done, np.empty(0, np.int32), np.empty(0, np.int32), (-1, -1))


@pytest.mark.parametrize("chunk", [7, 100, 130, 1000])
def test_a_run_stops_at_the_end_of_the_first_window_above_the_cap(chunk: int) -> None:
    network = Network((population("e", 100), population("i", 10)), (Source("x", 5, 1.0),))
    counts = np.zeros((1000, 2), dtype=np.int32)
    counts[:, 0] = 1  # 100 Hz, not above the cap
    counts[430:450, 1] = 1  # 200 Hz over 10 ms
    first = 0
    while first < 1000:
        stop = runaway(network, SETTINGS, counts, first, taken(min(first + chunk, 1000)))
        if stop is not None:
            break
        first += chunk
    assert stop is not None and stop.step == 500 and stop.status is Status.RUNAWAY
    assert "stopped at 50 ms: i fires at 200 Hz" in stop.sentence


def test_what_drives_it_most_is_named_with_its_strength() -> None:
    network = recurrent({"e": 100, "i": 10, "x": 100}, 0.2, LATER)
    counts = np.zeros((1000, 2), dtype=np.int32)
    counts[:100, 0] = 2
    stop = runaway(network, SETTINGS, counts, 0, taken(100))
    assert stop is not None and "from e to e drives it most, with 48 mV" in stop.sentence


def test_a_potential_that_is_no_number_ends_the_run() -> None:
    lost = Network((population("e", 5), population("i", 7, I_0=float("nan"))))
    run = run_network(lost, RunSettings(t_end=10.0))
    assert run.status is Status.DIVERGED and run.t_end == 0.0 and "V of cell 0 of i left every bound" in run.sentence


def test_a_population_that_fires_below_the_cap_goes_on() -> None:
    assert run_network(later(), RunSettings(t_end=60.0)).status is Status.OK
