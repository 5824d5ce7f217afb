"""The plastic network beside the rate network of Eq. 4.3: fixed point, course, weights, steps of input."""

from __future__ import annotations

import numpy as np
import pytest

import ncm_app as ncm
from ncm_app.core.catalogue import find
from ncm_app.models.networks import _plastic_plots as learned
from ncm_app.studies.plots import drawn_columns, measures, run_or_perform, told

MODEL = find("plastic_network")


def snapshot(**values):
    return MODEL(**values).snapshot()


def drawn(asked, name):
    return drawn_columns(asked, [plot.name for plot in MODEL.plots].index(name))


def test_rate_network_is_that_of_the_book():
    p = learned.as_rates(snapshot().p)
    own = find("plastic_rates")().snapshot().p
    assert p == own._replace(g=p.g, theta=p.theta)
    assert (p.g, p.theta) == (own.g, own.theta)


def test_fixed_point_is_that_of_the_rate_network():
    (point,) = ncm.equilibria(ncm.model("plastic_rates"))
    r_i, weight = learned.fixed_point(snapshot().p)
    assert r_i == pytest.approx(1000.0 * point.state[1], rel=1e-6)
    assert weight * 50.0 == pytest.approx(point.state[2], rel=1e-6)


@pytest.mark.parametrize("values", [{"N_i": 0}, {"p": 0.0}, {"g": 0.0}, {"j_ix": 0.0, "r_0": 0.0}])
def test_target_that_cannot_be_has_no_fixed_point(values):
    assert np.isnan(learned.fixed_point(snapshot(**values).p)).all()


@pytest.mark.parametrize(("eps", "rates"), [(80.0, (7.28, 6.27, 5.55, 5.03)), (800.0, (5.32, 4.27, 4.06, 4.01))])
def test_rate_network_takes_the_course_of_the_book(eps, rates):
    t, (r_e, _, w_ei) = learned.rate_model(snapshot(eps=eps).p)
    for (low, high), rate in zip(((0, 500), (500, 1000), (1000, 2000), (2000, 3000)), rates, strict=True):
        assert 1000.0 * r_e[(t >= low) & (t < high)].mean() == pytest.approx(rate, abs=0.025)
    if eps == 800.0:
        assert w_ei[-1] == pytest.approx(-2848.26, abs=0.5)


def test_spikes_follow_the_rates_of_the_book():
    answer = run_or_perform(snapshot())
    times, _ = answer.run.spikes_of("e")
    for low, high, rate, error in ((0, 500, 8.57, 0.4), (500, 1000, 6.33, 0.6), (1000, 2000, 5.35, 0.4),
                                   (2000, 3000, 4.83, 0.2)):
        found = np.count_nonzero((times > low) & (times <= high)) / (2.0 * (high - low))
        assert found == pytest.approx(rate, abs=error)


def test_histogram_of_weights_holds_all_and_begins_with_one_weight():
    (t, edges, shares), (times, mean) = drawn(snapshot(), "learning")["share"], drawn(snapshot(), "learning")["mean"]
    np.testing.assert_allclose(np.nansum(shares, axis=0), 100.0)
    assert np.count_nonzero(np.isfinite(shares[:, 0])) == 1
    assert shares.shape == (len(edges) - 1, len(t) - 1)
    middles = (edges[1:] + edges[:-1]) / 2.0
    of_shares = np.nansum(shares * middles[:, None], axis=0) / 100.0
    np.testing.assert_allclose(of_shares, np.interp(t[:-1], times, mean), atol=2.0)


def test_without_learning_weights_stay_and_it_is_said():
    still = snapshot(eps=0.0, t_end=600.0)
    assert np.all(run_or_perform(still).run.weights[0].weights == -40.0)
    assert "learning has not brought it nearer" in told(still)
    shares = drawn(still, "learning")["share"][2]
    assert np.nanmin(shares) == np.nanmax(shares) == 100.0


def test_step_of_input_comes_at_its_time():
    at = snapshot(eps=800.0, step_x=2.0, t_end=1600.0, t_1=1000.0)
    times = run_or_perform(at).run.input_times
    before, after = np.count_nonzero(times < 1000.0) / 1000.0, np.count_nonzero(times >= 1000.0) / 600.0
    assert (before, after) == (pytest.approx(10.0, rel=0.05), pytest.approx(14.0, rel=0.05))
    t, (r_e, _, _) = learned.rate_model(at.p)
    assert r_e[(t > 1000.0) & (t < 1200.0)].max() > 1.3 * r_e[t < 1000.0][-1]
    assert MODEL.idle(run_or_perform(at), at.p) == ()
    assert MODEL.idle(run_or_perform(snapshot()), snapshot().p) == ("t_1",)


def test_source_that_would_step_below_zero_is_silent():
    assert learned.input_after(snapshot(step_x=-20.0).p) == 0.0


@pytest.mark.parametrize("values", [{"N_e": 0}, {"N_i": 0}, {"N_i": 1}, {"p": 0.0}, {"r_x": 0.0}, {"t_end": 10.0}])
def test_extremes_are_told(values):
    asked = snapshot(**{"t_end": 300.0, **values})
    assert told(asked) and "nan" not in told(asked)
    assert all(np.isfinite(measure.value) for measure in measures(asked))
