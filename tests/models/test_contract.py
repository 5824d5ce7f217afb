"""The contract that every model of the catalogue keeps, so that generic code can rely on it."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ncm_app.core.catalogue import flows, models
from ncm_app.core.model import METHODS, STEPPED, Experiment, Quantity, Spiking
from ncm_app.core.quantity import UNITS, Choice, Count
from ncm_app.core.written import Written
from ncm_app.studies.plots import measures, run_or_perform, told
from tests.support.catalogue import every_preset
from tests.support.written import two_values, values_of

FLOWS = [pytest.param(model, id=slug) for slug, model in flows().items()]
EXPLORED = [pytest.param(model, id=slug) for slug, model in flows().items() if model.explore]
SPIKING = [pytest.param(model, id=slug) for slug, model in models().items() if issubclass(model, Spiking)]
SOLVED = every_preset(model for model in models().values() if getattr(model, "solutions", None))
every_model = pytest.mark.parametrize("model", models().values(), ids=models())
every_flow = pytest.mark.parametrize("model", FLOWS)
every_explored = pytest.mark.parametrize("model", EXPLORED)
COMPILED: dict[type, object] = {}


def drawn(data, model):
    """Return a snapshot of random values within the bounds, and a generator for states."""
    choices = {}
    for name, control in model.controls().items():
        if isinstance(control, Quantity):
            choices[name] = st.floats(*map(float, control.bounds))
        elif isinstance(control, Count):
            choices[name] = st.integers(*control.bounds)
        elif isinstance(control, Written):
            choices[name] = values_of(control)
        else:
            choices[name] = st.sampled_from(control.objects)
    values = data.draw(st.fixed_dictionaries(choices), label="values")
    return model(**values).snapshot(), np.random.default_rng(data.draw(st.integers(0, 2**32), label="rng"))


def ends_of(control):
    """Return the values at the ends of a control: all options, nothing and much of what is written."""
    if isinstance(control, Written):
        return two_values(control)
    return control.objects if isinstance(control, Choice) else control.bounds


def random_states(model, rng, *shape):
    """Return states (n, *shape) inside the model's limits."""
    return np.stack([rng.uniform(*state.limits, shape) for state in model.states])


def evaluate(model, t, y, p):
    """Call the right-hand side as the numerics do: overflow is no concern of a model."""
    with np.errstate(over="ignore"):
        return model.rhs(t, y, p)


def compiled(model):
    if model not in COMPILED:
        COMPILED[model] = numba.njit(error_model="numpy")(model.rhs)
    return COMPILED[model]


@every_model
def test_texts_are_present(model):
    assert model.chapter
    assert model.title
    assert model.look_for
    assert model.presets
    assert model.sentence().endswith(".")
    assert 2 <= len(model.try_this) <= 4
    assert all(text.endswith(".") for text in (model.look_for, *model.try_this))
    assert not model.book_note or model.book_note.endswith(".")


@every_model
def test_controls_have_unit_symbol_group_and_doc(model):
    for name, control in model.controls().items():
        assert control.unit in UNITS, name
        assert control.doc, name
        assert control.group, name
        if isinstance(control, Quantity):
            assert control.html_name and control.shown_name, name
            low, high = control.bounds
            assert low <= control.default <= high
            assert low < high


@every_flow
def test_variables_have_unit_span_and_doc(model):
    for variable in (*model.states, *model.observed):
        assert variable.unit in UNITS
        assert (variable.shown or variable.unit) in UNITS
        assert variable.doc
        assert variable.span[0] < variable.span[1]
        assert np.isfinite(variable.drawn_span).all()
    for state in model.states:
        assert state.limits[0] <= state.span[0] + 1e-12 or state.box is None
        assert state.limits[0] <= state.start <= state.limits[1]
    names = [v.name for v in (*model.states, *model.observed)]
    assert len(set(names)) == len(names)
    assert not set(names) & set(model.controls())


@every_explored
def test_explored_and_steady_names_are_controls(model):
    assert isinstance(model.control(model.explore), Quantity)
    assert model.explore not in model.steady
    for name, value in model.steady.items():
        options = [*value, *value.values()] if isinstance(value, dict) else [value]
        assert all(model.clean({name: option}) == {name: option} for option in options)


@every_model
def test_presets_fit_the_bounds(model):
    for name, preset in model.presets.items():
        snapshot = model(**model.preset_values(name)).snapshot()
        assert {k: snapshot.values_by_name[k] for k in preset.values} == dict(preset.values)


@every_flow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_arrays_give_what_single_numbers_give(model, data):
    snapshot, rng = drawn(data, model)
    n = len(model.states)
    for shape in ((7,), (3, 5)):
        y, t = random_states(model, rng, *shape), rng.uniform(0.0, 1000.0, shape)
        field = evaluate(model, t, y, snapshot.p)
        assert isinstance(field, tuple)
        assert len(field) == n
        for index in np.ndindex(*shape):
            one = evaluate(model, float(t[index]), tuple(map(float, y[(slice(None), *index)])), snapshot.p)
            together = [np.broadcast_to(f, shape)[index] for f in field]
            np.testing.assert_allclose(together, one, rtol=1e-12, atol=1e-12)


@every_explored
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_parameter_may_be_an_array(model, data):
    snapshot, rng = drawn(data, model)
    y = random_states(model, rng, 7)
    values = rng.uniform(*model.control(model.explore).bounds, 7)
    field = evaluate(model, 3.0, y, snapshot.p._replace(**{model.explore: values}))
    for k, value in enumerate(values):
        one = evaluate(model, 3.0, tuple(y[:, k]), snapshot.p._replace(**{model.explore: float(value)}))
        np.testing.assert_allclose([np.broadcast_to(f, 7)[k] for f in field], one, rtol=1e-12, atol=1e-12)


@every_flow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_compiled_text_equals_numpy(model, data):
    snapshot, rng = drawn(data, model)
    y, t = tuple(map(float, random_states(model, rng))), float(rng.uniform(0.0, 1000.0))
    np.testing.assert_allclose(compiled(model)(t, y, snapshot.p), evaluate(model, t, np.array(y), snapshot.p),
                               rtol=1e-12, atol=1e-12)


@every_flow
def test_field_is_finite_at_both_ends_of_every_slider(model):
    corners = np.stack(np.meshgrid(*([low, (low + high) / 2.0, high] for low, high in (s.limits for s in model.states)),
                                   indexing="ij")).reshape(len(model.states), -1)
    for preset in model.presets:
        start = model(**model.preset_values(preset)).snapshot()
        for name, control in model.controls().items():
            for end in ends_of(control):
                field = evaluate(model, start.t_end / 2.0, corners, start.changed(**{name: end}).p)
                assert all(np.isfinite(f).all() for f in field), (preset, name, end)


@every_flow
def test_observed_variables_have_the_shape_of_time(model):
    rng = np.random.default_rng(1)
    for preset in model.presets:
        snapshot = model(**model.preset_values(preset)).snapshot()
        values = model.observe(np.linspace(0.0, snapshot.t_end, 11), random_states(model, rng, 11), snapshot.p)
        assert len(values) == len(model.observed)
        assert all(np.broadcast_shapes(np.shape(v), (11,)) == (11,) and np.isfinite(v).all() for v in values)


@every_flow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_steady_values_remove_time(model, data):
    snapshot, rng = drawn(data, model)
    y, p = random_states(model, rng, 5), snapshot.steady.p
    for t in rng.uniform(0.0, snapshot.t_end, 6):
        np.testing.assert_array_equal(evaluate(model, t, y, p), evaluate(model, 0.0, y, p))


@pytest.mark.parametrize("model", SPIKING)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_reset_lies_below_threshold(model, data):
    snapshot, rng = drawn(data, model)
    after = model.reset(tuple(random_states(model, rng)), snapshot.p)
    assert isinstance(after, tuple)
    assert len(after) == len(model.states)
    assert after[0] < model.threshold(snapshot.p)


def kicks_of(snapshot, t):
    return snapshot.model.impulses(t, snapshot.p) if snapshot.model.driven else np.zeros((len(snapshot.start), len(t)))


def runge_kutta(snapshot, t, early=False):
    """Integrate in classical Runge-Kutta steps, without any code of the package but the model's.

    What kicks the states in a step is felt at its end, or at its start if `early`.
    """
    y, h, rows = np.array(snapshot.start), t[1] - t[0], [snapshot.start]
    for now, kick in zip(t[:-1], kicks_of(snapshot, t).T, strict=False):
        y = y + kick * early
        k1 = np.array(snapshot.model.rhs(now, y, snapshot.p))
        k2 = np.array(snapshot.model.rhs(now + h / 2, y + h / 2 * k1, snapshot.p))
        k3 = np.array(snapshot.model.rhs(now + h / 2, y + h / 2 * k2, snapshot.p))
        k4 = np.array(snapshot.model.rhs(now + h, y + h * k3, snapshot.p))
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4) + kick * (not early)
        rows.append(tuple(y))
    return np.array(rows).T


@pytest.mark.parametrize(("model", "preset"), SOLVED)
def test_other_solutions_solve_the_equation(model, preset):
    """The bound is 1/1000 of the span; a step in the input may cost Runge-Kutta half a step's worth of it.

    Kicks act somewhere in their steps: the solution lies between the runs that feel them early and late.
    """
    snapshot = model(**model.preset_values(preset)).snapshot()
    t = np.linspace(0.0, snapshot.t_end, 6001)
    late, early = runge_kutta(snapshot, t), runge_kutta(snapshot, t, early=True)
    runs = np.stack([late, early, early + kicks_of(snapshot, t)])
    speeds = np.array([f + 0.0 * t for f in model.rhs(t, late, snapshot.p)])
    jumps = (not model.driven) * np.max(np.abs(np.diff(speeds)), axis=1) * (t[1] - t[0]) / 2
    for name, solve in model.solutions.items():
        solution = solve(t, snapshot.p)
        assert len(solution) == len(model.states)
        for state, found, low, high, jump in zip(model.states, solution, runs.min(0), runs.max(0), jumps, strict=True):
            assert found.shape == t.shape, name
            margin = max(1e-3 * (state.span[1] - state.span[0]), jump)
            assert np.max(np.maximum(low - found, found - high)) <= margin, name


@every_flow
def test_methods_are_offered_by_every_flow(model):
    assert model.control("method").objects == (STEPPED if model.driven else METHODS)


@pytest.mark.parametrize("model", [pytest.param(m, id=slug) for slug, m in flows().items() if m.driven])
def test_impulses_are_one_jump_a_state_and_step(model):
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    t = np.arange(0.0, 50.0, 0.1)
    kicks = np.asarray(model.impulses(t, snapshot.p))
    assert kicks.shape == (len(model.states), len(t))
    assert np.isfinite(kicks).all()
    np.testing.assert_array_equal(model.impulses(t, snapshot.p), kicks)


@every_model
def test_panels_say_what_they_draw(model):
    for panel in model.plots:
        assert panel.title
        assert panel.x.name and panel.y.name
        assert {panel.x.unit, panel.y.unit} <= UNITS
        assert panel.marks
        assert set(panel.clicks) <= set(model.controls())
        assert set(panel.fits) <= set("xyc") and set(panel.log) <= set("xy")
        assert "c" not in panel.fits or panel.colours is not None
        assert panel.name not in {mark.name for mark in panel.marks}  # tests find a layer by its name
    names = [panel.name for panel in model.plots]
    assert len(set(names)) == len(names)


@every_model
def test_panels_draw_their_marks_and_measures_are_numbers(model):
    for preset in model.presets:
        snapshot = model(**model.preset_values(preset)).snapshot()
        for panel, drawn in ((panel, panel.draw(run_or_perform(snapshot), snapshot.p)) for panel in model.plots):
            assert set(drawn) <= {mark.name for mark in panel.marks}, panel.name
        for measure in measures(snapshot):
            assert measure.name and measure.unit in UNITS
            assert np.isfinite(measure.value), (preset, measure.name)
            assert measure.spread is None or measure.spread >= 0
        if issubclass(model, Experiment):
            assert told(snapshot)
            assert model.plots
