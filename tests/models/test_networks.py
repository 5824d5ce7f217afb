"""What all spiking networks inherit: runs, plots, numbers and sentences, checked against the facts of their models."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.models.networks import _matrix_plots as matrices
from ncm_app.models.networks import _spike_plots as spikes
from ncm_app.models.networks._network import Network
from ncm_app.models.networks._theory import linearised, mean_inputs, mean_weights
from ncm_app.numerics.networks.effective import part_of
from ncm_app.numerics.networks.spec import MOST_CELLS
from ncm_app.numerics.networks.topology import targets_of, weight_matrix
from ncm_app.numerics.results import Status
from ncm_app.numerics.system import SILENT, Partial, Progress
from ncm_app.studies.plots import drawn_columns, measures, numbers, perform, performed, run_or_perform, told

NETWORKS = [slug for slug, model in models().items() if issubclass(model, Network)]
SMALL = {"N_e": 80, "N_i": 20, "N_x": 200, "r_x": 10.0, "p": 0.5, "t_end": 200.0}


def small(slug="recurrent_network", **values):
    model = find(slug)
    usual = {name: value for name, value in SMALL.items() if name in model.controls()}
    return model(**{**usual, **values}).snapshot()


def drawn(snapshot, name):
    index = [plot.name for plot in snapshot.model.plots].index(name)
    return drawn_columns(snapshot, index)


class Gathered(Progress):
    """Keeps all partial answers."""

    def __init__(self):
        self.partials = []

    @property
    def wants_partial(self):
        return True

    def report(self, fraction, partial=None):
        self.partials += [partial] if partial else []


class Spy:
    """Parameters that remember which were read."""

    def __init__(self, p):
        self._given, self.read = p, set()

    def __getattr__(self, name):
        self.read.add(name)
        return getattr(self._given, name)


@pytest.mark.parametrize("slug", NETWORKS)
def test_run_reads_no_control_that_is_only_drawn_and_all_others(slug):
    model = find(slug)
    spy = Spy(small(slug).p)
    model.perform(spy, SILENT)
    assert spy.read == set(model.controls()) - set(model.only_drawn)


@pytest.mark.parametrize("slug", NETWORKS)
def test_view_asks_for_no_new_run(slug):
    usual = small(slug)
    changed = usual.changed(order="by rate", sigma=20.0, g=0.005, theta=5.0, heard="50 cells")
    assert perform.key(performed(usual)) == perform.key(performed(changed))


def test_first_part_is_shown_and_is_exact():
    seen = Gathered()
    snapshot = small(t_end=600.0)
    whole = snapshot.model.perform(snapshot.p, seen)
    first = next(one for one in seen.partials if one.answer.run.t_end == 200.0)
    assert isinstance(first, Partial) and first.words == "the first 200 ms"
    inside = whole.run.times <= 200.0
    np.testing.assert_array_equal(first.answer.run.times, whole.run.times[inside])
    np.testing.assert_array_equal(first.answer.run.cells, whole.run.cells[inside])
    assert first.answer.start == 100.0 == whole.start


def test_weights_move_the_run_and_neither_connections_nor_input():
    one, other = (run_or_perform(small(j_ei=weight)) for weight in (-40.0, -50.0))
    assert len(one.run.times) != len(other.run.times)
    np.testing.assert_array_equal(one.run.input_times, other.run.input_times)
    lists = [targets_of(answer.network, answer.network.projections[3], answer.seed).cells for answer in (one, other)]
    np.testing.assert_array_equal(*lists)


def test_theory_is_made_of_the_facts_of_the_network():
    snapshot = small()
    p, circuit = snapshot.p, snapshot.model.circuit(snapshot.p)
    np.testing.assert_allclose(mean_weights(circuit), [[80 * 0.5 * p.j_ee, 20 * 0.5 * p.j_ei],
                                                       [80 * 0.5 * p.j_ie, 20 * 0.5 * p.j_ii]])
    np.testing.assert_allclose(mean_inputs(circuit), [200 * 0.5 * p.j_ex * 0.01, 200 * 0.5 * p.j_ix * 0.01])
    np.testing.assert_allclose(linearised(circuit, p).taus, [p.tau_e, p.tau_i])


def test_own_inputs_are_those_of_the_matrix_of_weights():
    answer = run_or_perform(small(N_e=30, N_i=10))
    rates = np.repeat([answer.rates["e"].value, answer.rates["i"].value], (30, 10)) / 1000.0
    part = np.array([30, 10])
    weights, _ = matrices.submatrix(answer.network, answer.seed, part)
    for name, rows in (("e", slice(0, 30)), ("i", slice(30, 40))):
        outer = next(one for one in answer.network.projections if (one.source, one.target) == ("x", name))
        external = weight_matrix(targets_of(answer.network, outer, answer.seed), answer.size_of(name), outer.weight)
        expected = weights[rows] @ rates + external.sum(axis=1) * 0.01
        np.testing.assert_allclose(answer.own_inputs[name], expected)


def test_submatrix_is_a_part_of_the_whole():
    answer = run_or_perform(small())
    whole, _ = matrices.submatrix(answer.network, answer.seed, np.array([80, 20]))
    part, present = matrices.submatrix(answer.network, answer.seed, np.array([7, 3]))
    kept = [*range(7), 80, 81, 82]
    np.testing.assert_array_equal(part, whole[np.ix_(kept, kept)])
    np.testing.assert_array_equal(present, part != 0.0)


def test_raster_of_many_spikes_draws_whole_cells_and_says_so():
    snapshot = find("recurrent_network")(t_end=1500.0).snapshot()
    answer, found = run_or_perform(snapshot), drawn(snapshot, "raster")
    assert len(answer.run.times) > spikes.MOST_DRAWN
    (words,) = found["note"][2]
    every = int(words.split()[3])
    kept = np.concatenate([found["e"][1], found["i"][1]])
    assert len(kept) <= 1.2 * spikes.MOST_DRAWN
    rows = answer.run.cells + 1
    for row in np.unique(kept)[::50]:
        assert np.count_nonzero(kept == row) == np.count_nonzero(rows == row)
    assert len(np.unique(kept)) == pytest.approx(len(np.unique(rows)) / every, rel=0.1)
    assert sum(rate.value * answer.size_of(name) for name, rate in answer.rates.items()) == pytest.approx(
        1000.0 * np.count_nonzero(answer.run.times >= 100.0) / 1400.0, rel=1e-3)  # statistics use all


def test_few_spikes_are_all_drawn_without_a_word():
    found = drawn(small(), "raster")
    assert "note" not in found
    assert len(found["e"][0]) + len(found["i"][0]) == len(run_or_perform(small()).run.times)


def test_raster_by_rate_puts_the_busiest_cell_on_top():
    _, rows = drawn(small(order="by rate"), "raster")["e"]
    counts = np.bincount(rows.astype(int), minlength=81)[1:]
    assert np.all(np.diff(counts) >= 0)
    assert sorted(counts) == sorted(np.bincount(run_or_perform(small()).run.spikes_of("e")[1], minlength=80))


def test_histograms_hold_all_cells():
    for slug in NETWORKS:
        found = drawn(small(slug), "rates_of_cells")
        for name in run_or_perform(small(slug)).run.names:
            assert found[name][1].sum() == pytest.approx(100.0)
            assert found[f"theory_{name}"][1].sum() <= 100.0 + 1e-9


def test_currents_of_a_cell_add_up():
    snapshot = small(watched=85)
    cell, found = run_or_perform(snapshot).watched, drawn(snapshot, "currents")
    assert (cell.population, cell.cell) == ("i", 4)
    np.testing.assert_allclose(found["total"][1], cell.I.sum(axis=0), atol=1e-5)
    np.testing.assert_allclose(found["excitation"][1] + found["inhibition"][1], found["total"][1], atol=1e-5)
    assert found["excitation"][1].min() >= 0.0 and found["inhibition"][1].max() < 1e-20


def test_eigenvalues_of_a_small_network_are_all_its_own():
    snapshot = small()
    circuit = snapshot.model.circuit(snapshot.p)
    blocks = linearised(circuit, snapshot.p)
    weights, _ = matrices.submatrix(circuit, 1, part_of(blocks, 300))
    owner = np.repeat([0, 1], (80, 20))
    jacobian = (blocks.gains[owner][:, None] * weights - np.eye(100)) / blocks.taus[owner][:, None]
    real, imaginary = drawn(snapshot, "eigenvalues")["cells"]
    expected = np.linalg.eigvals(jacobian)
    np.testing.assert_allclose(np.sort(real), np.sort(expected.real), atol=1e-9)
    np.testing.assert_allclose(np.sort(imaginary), np.sort(expected.imag), atol=1e-9)


@pytest.mark.parametrize(("values", "words"), [
    ({"j_ei": 0.0, "j_ii": 0.0, "j_ee": 40.0, "r_x": 20.0}, "the weight from"), ({"r_x": 0.0}, "no cell fires"),
    ({"N_e": 0, "N_i": 0}, "this network has no cells"), ({"t_end": 10.0, "r_x": 20.0, "j_ex": 100.0}, "too short"),
    ({"j_ee": 40.0, "j_ei": 0.0, "r_x": 0.0}, "no cell fires")])
def test_sentence_says_what_goes_on(values, words):
    assert words in told(small(**values))


def test_runaway_is_drawn_up_to_where_it_stops():
    snapshot = find("recurrent_network")(j_ei=-10.0).snapshot()
    answer = run_or_perform(snapshot)
    assert answer.status is Status.RUNAWAY
    assert 0.0 < answer.run.t_end < 200.0
    assert drawn(snapshot, "raster")["e"][0].max() <= answer.run.t_end
    assert measures(snapshot) == ()


def test_network_of_too_many_synapses_is_refused_with_a_sentence():
    snapshot = find("recurrent_network")(N_e=16_000, p=1.0).snapshot()
    answer = run_or_perform(snapshot)
    assert answer.status is Status.STEP_LIMIT
    assert "million synapses" in told(snapshot) and "choose fewer cells or a lower p" in told(snapshot)
    assert len(drawn(snapshot, "raster")["e"][0]) == 0


EXTREMES = [{"N_e": 0}, {"N_e": 1}, {"N_i": 0}, {"N_i": 1}, {"N_x": 0}, {"N": 0}, {"N": 1}, {"p": 0.0}, {"p": 1.0},
            {"p_e": 0.0}, {"p_i": 1.0}, {"t_end": 10.0}, {"watched": 20_000}, {"cell": "LIF"}, {"cell": "QIF"},
            {"cell": "AdEx"}]


@pytest.mark.parametrize(("slug", "values"), [
    pytest.param(slug, values, id="-".join([slug, *(f"{k}-{v}" for k, v in values.items())]))
    for slug in NETWORKS for values in EXTREMES if set(values) <= set(find(slug).controls())])
def test_extremes_are_drawn_measured_and_told(slug, values):
    snapshot = small(slug, **values)
    assert told(snapshot)
    for measure in measures(snapshot):
        assert np.isfinite(measure.value)
    for index, _ in enumerate(snapshot.model.plots):
        for columns in drawn_columns(snapshot, index).values():
            assert len({np.shape(column) for column in columns[:1]}) == 1
    assert "nan" not in told(snapshot) + numbers(snapshot)


def test_far_theory_is_said_to_be_far_and_why():
    far, near = (find("recurrent_network")(t_end=t).snapshot() for t in (1000.0, 200.0))
    assert "errors away, which is expected" in told(far)
    assert "is met within 3 errors, which are wide, as the run is short" in told(near)


def test_sound_is_that_of_the_cell_or_of_many():
    one, many = small(watched=3), small(watched=3, heard="50 cells")
    times, cells = run_or_perform(one).run.spikes_of("e")
    np.testing.assert_array_equal(one.model.sound(run_or_perform(one), one.p)[0], times[cells == 2])
    np.testing.assert_array_equal(many.model.sound(run_or_perform(many), many.p)[0], times[cells < 50])


@pytest.mark.parametrize("slug", NETWORKS)
def test_sizes_stay_within_what_numerics_hold(slug):
    bounds = [control.bounds[1] for name, control in find(slug).controls().items() if name.startswith("N")]
    assert bounds and max(bounds) <= MOST_CELLS


def test_volleys_without_a_rhythm_are_told():
    model = find("recurrent_network")
    snapshot = model(**{**model.preset_values("Fig 3.3"), "tau_i": 12.0}).snapshot()
    sentence = told(snapshot)
    assert "in volleys of all together (correlation 0." in sentence or "in a rhythm of" in sentence
    assert "volleys" not in told(model(**model.preset_values("Fig 3.3")).snapshot())
