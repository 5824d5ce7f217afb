"""Fixed points, portraits and curves by kernels are those that NumPy finds, on every model of the catalogue."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.model import Flow
from ncm_app.core.quantity import Quantity
from ncm_app.numerics import jacobian, newton
from ncm_app.numerics.compiled_flow import any_flow, compiled_flow, warm_flow
from ncm_app.numerics.fixed_points.equilibria import find_along, find_equilibria
from ncm_app.numerics.jacobian import evaluate_field, widths
from ncm_app.numerics.kernels.grids import fill_field
from ncm_app.numerics.plane import tracing
from ncm_app.numerics.plane.portrait import phase_portrait
from ncm_app.studies.systems import flow_of, system_of
from tests.numerics.systems import make_system, record

FLOWS = {slug: model for slug, model in models().items() if issubclass(model, Flow)}
DRAWS, SHARE = 5, 0.15


def drawn(model, count=DRAWS):
    """Return the parameters of presets with some of them moved at random, always the same."""
    rng = np.random.default_rng(sum(map(ord, model.slug())))
    for k in range(count):
        values = dict(model.preset_values(list(model.presets)[k % len(model.presets)]))
        for name, control in model.controls().items():
            if type(control) is Quantity and control.group not in ("run", "start") and rng.random() < 0.5:
                low, high = control.bounds
                values[name] = float(np.clip(values[name] + SHARE * (high - low) * (rng.random() - 0.5), low, high))
        yield flow_of(model(**model.clean(values)).snapshot()).p


@pytest.fixture
def by_numpy(monkeypatch):
    """Return a function that computes without compiled flows."""
    def compute(work, *given):
        with monkeypatch.context() as patch:
            for module in (newton, jacobian):
                patch.setattr(module, "compiled_flow", lambda system, p: None)
            return work(*given)

    return compute


@pytest.mark.parametrize("slug", FLOWS)
def test_fixed_points_are_those_of_the_search_by_numpy(slug, by_numpy):
    system = system_of(FLOWS[slug])
    for p in drawn(FLOWS[slug]):
        warm_flow(system, p)
        found, other = find_equilibria(system, p), by_numpy(find_equilibria, system, p)
        assert [q.kind for q in found] == [q.kind for q in other]
        assert (found.index_sum, found.expected_index, found.message) == (
            other.index_sum, other.expected_index, other.message)
        for q, r in zip(found, other, strict=True):
            np.testing.assert_allclose(q.state / widths(system.spans), r.state / widths(system.spans), atol=1e-8)
            size = np.max(np.abs(r.eigenvalues)) or 1.0
            values, others = (one[np.lexsort((one.imag, np.round(one.real / size, 5)))]
                              for one in (q.eigenvalues, r.eigenvalues))
            np.testing.assert_allclose(values, others, atol=1e-5 * size)


@pytest.mark.parametrize("slug", [slug for slug, model in FLOWS.items() if model.explore and len(model.states) > 1])
def test_fixed_points_along_a_parameter_are_those_of_the_search_by_numpy(slug, by_numpy):
    model = FLOWS[slug]
    system, (p,) = system_of(model), drawn(model, 1)
    warm_flow(system, p)
    values = np.linspace(*model.control(model.explore).bounds, 7)[1:-1]
    for found, other in zip(find_along(system, p, model.explore, values),
                            by_numpy(find_along, system, p, model.explore, values), strict=True):
        states, others = (np.array([q.state for q in points]).reshape(-1, system.size) for points in (found, other))
        np.testing.assert_allclose(states / widths(system.spans), others / widths(system.spans), atol=1e-7)


@pytest.mark.parametrize("slug", FLOWS)
def test_compiled_field_is_the_right_hand_side(slug, by_numpy):
    system, (p,) = system_of(FLOWS[slug]), drawn(FLOWS[slug], 1)
    warm_flow(system, p)
    low, high = np.array(system.spans).T[:, :, None]
    states = low + (high - low) * np.random.default_rng(0).random((system.size, 300))
    expected = by_numpy(evaluate_field, system, states, p)
    np.testing.assert_allclose(evaluate_field(system, states, p), expected, rtol=1e-9, atol=1e-12 * np.ptp(expected))
    some, field = np.ascontiguousarray(states[:, :3]), np.empty((system.size, 3))
    fill_field(*any_flow(system, p), some, field)
    np.testing.assert_allclose(field, expected[:, :3], rtol=1e-9, atol=1e-12 * np.ptp(expected))


def test_records_with_lists_or_arrays_are_left_to_numpy():
    system = make_system(lambda t, y, p: (p.a - y[0],), ((0.0, 1.0),))
    p = record(a=0.5)
    warm_flow(system, p)
    assert compiled_flow(system, p) is not None
    assert compiled_flow(system, p._replace(a=np.ones(3))) is None
    assert compiled_flow(system, record(a=0.5, b=1.0)) is None


def test_a_flow_that_cannot_be_compiled_goes_on_in_python(caplog):
    table = {"slope": 2.0}
    system = make_system(lambda t, y, p: (table["slope"] * y[0] - y[1], -y[1] + y[0] * p.a), ((-1.0, 1.0),) * 2)
    warm_flow(system, record(a=0.0))
    assert "could not be compiled" in caplog.text
    assert compiled_flow(system, record(a=0.0)) is None
    out = np.empty((2, 1))
    flow = any_flow(system, record(a=0.5))
    fill_field(*flow, np.array([[1.0], [2.0]]), out)
    np.testing.assert_array_equal(out[:, 0], [0.0, -1.5])


def test_nullclines_lie_where_a_component_is_zero_though_the_field_has_a_kink():
    def rhs(t, y, p):
        gap = y[0] - 0.513
        return np.minimum(gap, 0.0) + 40.0 * np.maximum(gap, 0.0) + 0.0 * y[1], y[1] - 0.2

    x, _ = phase_portrait(make_system(rhs, ((0.0, 1.0),) * 2), record(), fine=21).x_nullcline
    assert len(x) > 20
    np.testing.assert_allclose(x[np.isfinite(x)], 0.513, atol=1e-9)


def test_curve_is_that_of_a_linear_flow():
    system = make_system(lambda t, y, p: (-y[0], -2.0 * y[1]), ((-1.0, 1.0),) * 2)
    tracer = tracing.Tracer(system, record(), np.array([[-2.0, 2.0]] * 2))
    curve = tracer.follow(np.array([1.0, 1.0]), True, np.zeros((2, 1)))
    assert curve.target == 0 and np.all(curve.states[:, -1] == 0.0)
    inner = slice(0, -1)
    np.testing.assert_allclose(curve.states[0, inner], np.exp(-curve.times[inner]), atol=1e-6)
    np.testing.assert_allclose(curve.states[1, inner], np.exp(-2.0 * curve.times[inner]), atol=1e-6)
