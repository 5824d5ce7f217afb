"""A network with a hidden layer that learns: resumed exactly, stopped with its bound, clicked into, read from files."""

from __future__ import annotations

import gc
import math
import weakref

import numpy as np
import pytest

from ncm_app.models.learning import _backprop_plots as plots
from ncm_app.models.learning import _hidden_layer as layer
from ncm_app.models.learning._examples import examples_of, of_digits, of_file
from ncm_app.models.learning.backprop import TASKS, Backprop, suits
from ncm_app.numerics.learning.hidden_layer import backward_weights, gradient, loss_and_accuracy, outputs
from ncm_app.readers.labelled import read_labelled
from ncm_app.studies.learning import learn
from ncm_app.studies.plots import drawn_columns, measures, told
from tests.models.asking import snapshot_of

PRESETS = [*Backprop.presets]
CLICKED = ((0.0, 0.0, 0), (1.5, 1.0, 1), (-1.0, 1.5, 2), (1.0, -1.0, 1))
TABLE = "\n".join(["length,width,label", *(f"{k % 7 + 20 * (k % 2)},{1000 + k % 5},{'ab'[k % 2]}" for k in range(40))])


def asked(preset="Two moons", **changes):
    return snapshot_of(Backprop, preset, **changes)


def measured(preset="Two moons", **changes):
    return {one.name: one for one in measures(asked(preset, **changes))}


def stepped(p, *parts):
    state = Backprop.begin(p, None)
    for n in parts:
        state = Backprop.advance(state, p, None, n)
    return state


@pytest.mark.parametrize("preset", PRESETS)
def test_learning_in_parts_is_exactly_learning_at_once(preset):
    p = asked(preset, n_steps=200).p
    whole, parts = stepped(p, 97), stepped(p, 1, 30, 7, 59)
    assert whole.step == parts.step
    assert whole.failed == parts.failed
    for one in ("weights", "course", "recorded"):
        np.testing.assert_array_equal(getattr(whole, one), getattr(parts, one))


def test_a_state_stays_as_it_is_while_learning_goes_on():
    p = asked().p
    state = stepped(p, 10)
    weights, course = state.weights.copy(), state.course.copy()
    Backprop.advance(state, p, None, 50)
    np.testing.assert_array_equal(state.weights, weights)
    np.testing.assert_array_equal(state.course, course)


def test_a_rule_acts_from_the_next_step_on():
    usual, slow = asked().p, asked(eps=0.0).p
    halted = Backprop.advance(stepped(usual, 20), slow, None, 100)
    np.testing.assert_array_equal(halted.weights, stepped(usual, 20).weights)
    held = learn(asked(past="20:eps=0.5", eps=0.0, steps=120))
    np.testing.assert_array_equal(held.weights, halted.weights)


def test_records_are_what_the_network_does():
    snapshot = asked("Digits", n_steps=60, steps=60)
    answer, p = learn(snapshot), snapshot.p
    examples = examples_of(p, "digits", None)
    assert answer.over_steps("loss")[0].tolist() == list(range(61))
    loss, right = loss_and_accuracy(answer.shape, answer.weights, examples.x_test, examples.labels_test)
    assert answer.course[-1, layer.COURSE.index("loss on test")] == loss
    assert answer.now["accuracy on test"] == 100.0 * right
    assert answer.over_steps("bound")[0].tolist() == list(range(0, 61, layer.CURVED))


def test_feedback_alignment_comes_to_follow_the_gradient():
    """As Lillicrap et al. found: from about 90 degrees, where random weights tell nothing, to well below."""
    first, last, weights = [], [], []
    for seed in range(1, 7):
        answer = learn(asked("Digits, feedback alignment", seed=seed))
        _, angle = answer.over_steps("angle")
        first.append(angle[0])
        last.append(angle[-1])
        weights.append(answer.over_steps("angle of weights")[1])
    assert abs(np.mean(first) - 90.0) < 8.0
    assert max(last) < 62.0
    assert all(course[0] > 80.0 > 55.0 > course[-1] for course in weights)


def test_the_angle_is_that_between_update_and_gradient():
    answer = learn(asked("Digits, feedback alignment", steps=100))
    p, examples = asked("Digits, feedback alignment").p, of_digits(600)
    parts = [gradient(answer.shape, answer.weights, examples.x, examples.labels, back)[1][:answer.shape.first]
             for back in (None, backward_weights(answer.shape, p.seed))]
    cosine = parts[0] @ parts[1] / np.linalg.norm(parts[0]) / np.linalg.norm(parts[1])
    assert answer.now["angle"] == pytest.approx(math.degrees(math.acos(cosine)), abs=1e-9)
    assert math.isnan(layer.angle(np.zeros(2), np.ones(2)))


def test_the_hidden_layer_matters_for_what_the_output_layer_reads():
    by_rule = {rule: measured("Digits", credit=rule)["accuracy on test"].value
               for rule in ("gradient", "feedback alignment", "output layer only")}
    assert min(by_rule["gradient"], by_rule["feedback alignment"]) > by_rule["output layer only"] + 5.0


@pytest.mark.parametrize("seed", range(1, 6))
def test_it_stops_where_the_loss_runs_away_and_names_both_numbers(seed):
    answer = learn(asked("A rate too high", seed=seed))
    well = learn(asked("A rate too high", seed=seed, steps=answer.step - 1))
    assert answer.step < 10
    assert np.isfinite(answer.weights).all()
    assert well.now["loss"] <= layer.RUNAWAY * math.log(2.0) < answer.now["loss"]
    assert not well.failed
    bound = well.now["bound"]
    assert answer.failed.endswith(f"at step {well.step} eps = 20 is above 2 / lambda_max = {bound:.3g}")
    assert f"at step {answer.step}," in answer.failed
    assert answer.now["bound"] == bound
    assert told(asked("A rate too high", seed=seed)) == told(asked("A rate too high", seed=seed, steps=answer.step))


@pytest.mark.parametrize(("descent", "n_steps"), [("full batch", 50), ("full batch", 5000), ("stochastic", 5000)])
def test_where_it_stops_the_last_record_is_the_first_that_ran_away(descent, n_steps):
    answer = learn(asked("A rate too high", descent=descent, n_steps=n_steps))
    loss = answer.course[:, layer.COURSE.index("loss")]
    assert answer.failed
    assert (np.diff(answer.course[:, 0]) > 0.0).all()
    assert loss[:-1].max() <= layer.RUNAWAY * math.log(2.0) < loss[-1] < np.inf


def test_a_rate_above_its_bound_is_told_before_the_first_step():
    said = told(asked("A rate too high", steps=0))
    assert "above 2 / λₘₐₓ = 1.35" in said or "above 2 / lambda_max = 1.35" in said
    assert "above" not in told(asked("Two moons", steps=0))


def test_a_rate_that_was_below_its_bound_is_told_too():
    course = [np.array([10.0, 0.5]), np.array([12.0, 80.0])]
    p = asked(eps=1e-3).p
    shape = layer.shape_of(p, examples_of(p, "two moons", None))
    said = layer.runaway(course, p, examples_of(p, "two moons", None), shape, stepped(p, 1).weights)
    assert "80 at step 12" in said
    assert "at step 10 eps = 0.001 was below" in said


def test_points_that_are_clicked_are_learned_beside_those_of_the_task():
    p = asked(m=10, points=CLICKED).p
    examples = examples_of(p, "two moons", None)
    assert len(examples.x) == 14
    assert examples.classes == ("0", "1", "2")
    np.testing.assert_allclose(examples.x[1], (1.5, 1.0), atol=1e-3)
    np.testing.assert_array_equal(examples.labels[:4], (0, 1, 2, 1))


def test_points_alone_are_learned_and_without_any_it_says_so():
    found = measured(task="clicked points", points=CLICKED)
    assert found["accuracy"].value == 100.0
    assert "accuracy on test" not in found
    empty = asked(task="clicked points")
    assert told(empty) == layer.NOTHING
    assert learn(empty).step == 0
    assert measures(empty) == ()
    assert set(drawn_columns(empty, 0)) == {"own", "others"}


def test_a_table_of_two_columns_is_learned_in_its_own_units():
    data = read_labelled("flowers.csv", TABLE.encode())
    examples = of_file(data)
    assert suits(data) == "Two moons"
    assert (len(examples.x), len(examples.x_test)) == (30, 10)
    np.testing.assert_allclose(examples.x.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(examples.x.std(axis=0), 1.0)
    kept = np.arange(40) % 4 != 3
    np.testing.assert_allclose(examples.places, data.X[kept], atol=1e-9)
    model = Backprop(**Backprop.preset_values(suits(data)))
    model.opened = data
    answer = learn(model.snapshot())
    assert answer.source == "flowers.csv"
    assert answer.now["accuracy on test"] == 100.0
    drawn = plots.plane(answer, model.snapshot().p)
    assert drawn["chance"][1][-1] > 1000.0


def test_a_file_is_forgotten_with_its_examples():
    data = read_labelled("a.csv", b"a,b,label\n" + b"1,2,x\n3,5,y\n" * 6)
    examples, opened = weakref.ref(of_file(data)), weakref.ref(data)
    assert of_file(data) is examples()
    del data
    gc.collect()
    assert (opened(), examples()) == (None, None)


def test_places_of_the_plane_have_the_inputs_that_are_drawn_there():
    examples = of_digits(200)
    at = np.array([[0.0, 0.0], [2.0, -1.0]])
    again = (examples.inputs_at(at) - examples.plane[0]) @ examples.plane[1].T
    np.testing.assert_allclose(again, at, atol=1e-9)
    spread = examples.places.var(axis=0)
    largest = np.linalg.eigvalsh(np.cov(examples.x.T, bias=True))[-2:][::-1]
    np.testing.assert_allclose(spread, largest, rtol=1e-6)


@pytest.mark.parametrize("changes", [{}, {"N_1": 0}, {"task": "two moons"}])
def test_a_place_drives_the_network_as_its_inputs_do(changes):
    answer = learn(asked("Digits", n_steps=10, **changes))
    places = np.array([[0.0, 0.0], [1.5, -0.5], [-7.0, 3.0]])
    shape, weights = plots.in_the_plane(answer)
    np.testing.assert_allclose(outputs(shape, weights, places),
                               outputs(answer.shape, answer.weights, answer.examples.inputs_at(places)), atol=1e-12)


def test_lines_of_hidden_units_and_of_the_guess_are_where_they_should_be():
    snapshot = asked()
    answer = learn(snapshot)
    drawn = plots.plane(answer, snapshot.p)
    W1, b1, _, _ = answer.shape.parts(answer.weights)
    x, y = (np.asarray(one) for one in drawn["units"])
    held = np.isfinite(x)
    assert held.sum() <= 20
    assert max(np.abs(x[held]).max(), np.abs(y[held]).max()) <= 3.0 + 1e-9
    nearest = np.abs(np.stack([x[held], y[held]], axis=1) @ W1 + b1).min(axis=1)
    np.testing.assert_allclose(nearest, 0.0, atol=1e-9)
    edge = np.stack(drawn["boundary"], axis=1)
    edge = edge[np.isfinite(edge[:, 0])]
    chance = plots.probabilities(answer.shape, plots.outputs(answer.shape, answer.weights, edge))
    assert np.abs(chance[:, 0] - 0.5).max() < 0.2
    assert np.asarray(drawn["chance"][2]).shape == (plots.CELLS, plots.CELLS)


@pytest.mark.parametrize(("slope", "start", "ends"), [
    ((1.0, 0.0), 0.5, [(-0.5, -1.0), (-0.5, 1.0)]), ((0.0, 2.0), 1.0, [(-1.0, -0.5), (1.0, -0.5)]),
    ((1.0, 1.0), 0.0, [(-1.0, 1.0), (1.0, -1.0)]), ((1.0, 0.0), 3.0, []), ((1.0, 1.0), 5.0, []),
    ((0.0, 0.0), 1.0, [])])
def test_a_line_ends_at_the_edge(slope, start, ends):
    found = plots.clipped(np.array(slope), start, ((-1.0, 1.0), (-1.0, 1.0)))
    np.testing.assert_allclose(sorted(found.tolist()), sorted(map(list, ends)))


def test_the_check_shows_what_goes_back_beside_differences():
    exact = learn(asked("Two moons", steps=20)).check
    np.testing.assert_allclose(exact.update, exact.difference, atol=1e-6)
    assert exact.error < 1e-6
    other = learn(asked("Two moons", credit="feedback alignment", steps=20)).check
    np.testing.assert_allclose(other.update[~other.hidden], other.difference[~other.hidden], atol=1e-6)
    assert np.abs(other.update - other.difference)[other.hidden].max() > 1e-3
    assert other.error < 1e-6


def test_weights_are_pictures_where_inputs_are():
    snapshot = asked("Digits", steps=5)
    answer = learn(snapshot)
    (columns, rows, values) = plots.weights(answer, snapshot.p)["values"]
    assert (len(rows) - 1, len(columns) - 1) == values.shape == (4 * 9 - 1, 6 * 9 - 1)
    W1 = answer.shape.parts(answer.weights)[0]
    np.testing.assert_array_equal(values[::-1][:8, 9:17], W1[:, 1].reshape(8, 8))
    assert plots.weights(learn(asked(steps=5)), asked().p) == {}


def test_controls_without_effect_are_dimmed():
    def idle(**changes):
        snapshot = asked(**changes)
        return set(Backprop.idle(learn(snapshot.changed(steps=0)), snapshot.p))

    assert idle() == set()
    assert idle(task="digits") == {"sigma_x", "seed_x", "points"}
    assert idle(task="clicked points") == {"m", "sigma_x", "seed_x"}
    assert idle(N_1=0) == {"f", "credit"}
    assert {*TASKS} >= {"XOR", "digits"}


def test_one_layer_cannot_do_xor_whatever_its_start_and_four_units_mostly_can():
    one = [measured("XOR, one layer", seed=seed)["loss"].value for seed in range(1, 6)]
    np.testing.assert_allclose(one, math.log(2.0), atol=1e-4)
    four = [measured("XOR, hidden layer", seed=seed)["accuracy"].value for seed in range(1, 6)]
    assert sum(right == 100.0 for right in four) >= 3
