"""Runs of networks: rates of the book, parts on the way, sizes and probabilities at their ends, running away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ncm_app.numerics.networks.run import run_network
from ncm_app.numerics.networks.spec import Network, Plasticity, Projection, RunSettings, Source
from ncm_app.numerics.results.base import Status
from ncm_app.numerics.system import Cancelled, Partial, Progress
from tests.support.networks import DRAFT, LATER, TAUS, feedforward, later, population, recurrent


def test_feedforward_cells_fire_as_in_fig_3_1() -> None:
    run = run_network(feedforward())
    assert run.status is Status.OK and run.sentence == ""
    assert abs(run.rate("post") - 13.5) < 3.0
    assert np.all(np.diff(run.times) >= 0) and run.times[-1] <= 1000.0
    assert abs(len(run.input_times) - 23_500) < 5 * np.sqrt(23_500)
    assert np.isclose(np.mean(run.rates[0]), run.rate("post"))


class Kept(Progress):
    """Keeps what is reported, and cancels at a fraction."""

    def __init__(self, cancel_at: float = 2.0) -> None:
        self.fractions: list[float] = []
        self.parts: list[Partial] = []
        self.cancel_at = cancel_at

    @property
    def wants_partial(self) -> bool:
        return True

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        self.fractions.append(fraction)
        if partial is not None:
            self.parts.append(partial)
        if fraction >= self.cancel_at:
            raise Cancelled


def test_the_first_200_ms_come_at_once_and_are_those_of_the_whole() -> None:
    progress, settings = Kept(), RunSettings(t_end=300.0, recorded=(("post", 3),))
    run = run_network(feedforward(), settings, progress)
    part = progress.parts[0].answer
    assert progress.parts[0].words == "the first 200 ms" and part.t_end == 200.0
    early = run.times <= 200.0 + 1e-9
    assert np.array_equal(part.times, run.times[early]) and np.array_equal(part.cells, run.cells[early])
    assert np.array_equal(part.recorded[0].y, run.recorded[0].y[:, :2001])
    assert progress.fractions == sorted(progress.fractions) and progress.fractions[-1] == 1.0


def test_a_cancelled_run_ends() -> None:
    progress = Kept(cancel_at=0.3)
    with pytest.raises(Cancelled):
        run_network(later(), RunSettings(t_end=3000.0), progress)
    assert 0.3 <= progress.fractions[-1] < 1.0


@pytest.mark.parametrize("size", [0, 1])
@pytest.mark.parametrize("name", ["e", "i", "x"])
def test_parts_of_no_and_of_one_cell(name: str, size: int) -> None:
    run = run_network(recurrent({"e": 80, "i": 20, "x": 80} | {name: size}, 0.2, LATER), RunSettings(t_end=50.0))
    assert run.status is Status.OK and run.t_end == 50.0 and np.all(np.isfinite(run.rates))
    assert size or name == "x" or run.rate(name) == 0.0


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_no_and_all_synapses(probability: float) -> None:
    weights = {pair: weight / 20.0 for pair, weight in DRAFT.items()}
    run = run_network(recurrent({"e": 80, "i": 20, "x": 80}, probability, weights), RunSettings(t_end=50.0))
    assert run.status is Status.OK and run.t_end == 50.0


def test_a_run_of_no_length_has_no_spikes() -> None:
    run = run_network(later(), RunSettings(t_end=0.0, recorded=(("e", 0),)))
    assert len(run.times) == len(run.t) == 0 and run.rate("e") == 0.0 and run.recorded[0].y.shape == (1, 1)


def test_running_away_stops_the_run_and_says_which_weight() -> None:
    network = recurrent({"e": 400, "i": 100, "x": 400}, 0.2, LATER | {"ee": 600.0})
    run = run_network(network, RunSettings(t_end=200.0))
    assert run.status is Status.RUNAWAY and run.t_end < 200.0 and run.times[-1] <= run.t_end + 1e-9
    assert "from e to e" in run.sentence and f"{run.t_end:.0f} ms" in run.sentence


def test_a_drive_that_is_too_strong_is_named() -> None:
    network = Network((population("e", 20, I_0=500.0),))
    assert "its own constant input" in run_network(network, RunSettings(t_end=50.0)).sentence


def test_what_is_recorded_of_a_cell_obeys_its_equation() -> None:
    settings = RunSettings(t_end=30.0, precision="float64", recorded=(("i", 7),))
    kept = run_network(recurrent({"e": 80, "i": 20, "x": 80}, 0.2, LATER), settings).recorded[0]
    V, current = kept.y[0], kept.I.sum(axis=0)
    assert kept.currents == ("x", "e", "i") and kept.names == ("V",) and len(kept.t) == 301
    expected = V[:-1] + 0.1 * (-72.0 - V[:-1] + 2.0 * np.exp((V[:-1] + 55.0) / 2.0) + current[:-1]) / 10.0
    reset = expected >= 0.0
    assert np.allclose(V[1:], np.where(reset, -72.0, expected), atol=1e-9)
    decayed = kept.I[:, :-1] * (1.0 - 0.1 / np.array([[8.0], [6.0], [4.0]]))
    jumps = (kept.I[:, 1:] - decayed) * np.array([[TAUS["x"]], [TAUS["e"]], [TAUS["i"]]])
    arrived = jumps / np.array([[20.0], [35.0], [-70.0]])
    assert np.allclose(arrived, np.round(arrived)) and arrived.max() > 0.5


@pytest.mark.parametrize("cell", [("e", 800), ("e", -1), ("x", 0)])
def test_a_cell_that_is_not_there_is_not_recorded(cell: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match=f"no cell {cell[1]} of {cell[0]} to record"):
        run_network(later(), RunSettings(t_end=1.0, recorded=(cell,)))


def test_an_input_step_begins_when_it_is_said_to() -> None:
    cells = population("e", 10)
    silent = Network((cells,), (Source("x", 100, 0.0, ((20.0, 50.0), (40.0, 0.0))),),
                     (Projection("x", "e", 1.0, 0.5, 5.0),))
    times = run_network(silent, RunSettings(t_end=60.0)).input_times
    assert len(times) > 60 and times[0] >= 20.0 and times[-1] < 40.0


def test_weights_and_rates_leave_the_other_draws_as_they_are() -> None:
    few, more = (run_network(later(r_x=rate), RunSettings(t_end=20.0)) for rate in (5.0, 6.0))
    assert set(zip(few.input_times, few.input_cells, strict=True)) < set(
        zip(more.input_times, more.input_cells, strict=True))
    changed = replace(later(), projections=later().projections[:2])
    assert np.array_equal(run_network(changed, RunSettings(t_end=20.0)).input_times, few.input_times)


def test_plastic_weights_are_kept_over_time() -> None:
    network = later(plasticity=Plasticity(150.0, 50.0, 5.0), r_x=10.0)
    history = run_network(network, RunSettings(t_end=50.0, kept_weights=100, weight_ms=10.0)).weights[0]
    assert (history.source, history.target) == ("i", "e") and history.weights.shape == (6, 100)
    assert np.allclose(history.t, 10.0 * np.arange(6)) and np.all(history.weights <= 0.0)
    assert history.mean[0] == -45.0 and history.mean[-1] != -45.0 and history.pairs.shape == (100, 2)
