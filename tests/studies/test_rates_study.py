"""Firing rates over a constant input, against an independent integral."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ncm_app.core.capabilities import has_rate_curve
from ncm_app.models.cells.adex import AdEx
from ncm_app.models.cells.channelrhodopsin_eif import ChannelrhodopsinEIF
from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.leaky_integrator import LeakyIntegrator
from ncm_app.models.cells.lif import LIF
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.studies.diagram import diagram
from ncm_app.studies.rates import CURRENTS, MEASURED, measured_rates, rate_at, rate_curve, warm_rates


def interval(I_0, D=2.0):
    """Return the time from reset to spike, ms."""
    def inverse(V):
        return 15.0 / (-(V + 72.0) + D * np.exp((V + 55.0) / D) + I_0)

    near = -55.0 + np.array([-6.0, -1.0, 0.0, 1.0, 6.0])
    edges = [-75.0, *near, 5.0]
    return sum(quad(inverse, a, b, epsabs=1e-10, epsrel=1e-10, limit=200)[0] for a, b in pairwise(edges))


@settings(max_examples=20, deadline=None)
@given(I_0=st.floats(15.2, 50))
def test_rate_is_one_over_the_integral(I_0):
    assert rate_at(EIF().snapshot(I_0=I_0)).exact == pytest.approx([1000.0 / interval(I_0)], rel=1e-6)


@pytest.mark.parametrize("I_0", [-10.0, 0.0, 14.9])
def test_no_rate_below_the_saddle_node(I_0):
    found = rate_at(EIF().snapshot(I_0=I_0))
    assert (found.exact[0], found.stepped[0]) == (0.0, 0.0)


def test_curve_covers_the_slider_and_rises():
    curve = rate_curve(EIF().snapshot())
    assert (curve.values[0], curve.values[-1]) == (-10.0, 50.0)
    assert set(np.linspace(-10.0, 50.0, CURRENTS)) < set(curve.values)
    assert np.all(curve.exact[curve.values < 15] == 0)
    assert np.all(np.diff(curve.exact[curve.values > 15]) > 0)
    silent, firing = curve.stepped[curve.values < 15], curve.stepped[curve.values > 15.5]
    assert np.all(silent[np.isfinite(silent)] == 0)
    assert np.all(firing[np.isfinite(firing)] > 0)


@pytest.mark.parametrize(("cell", "onset"), [(EIF, 15.0), (LIF, 17.0)])
def test_the_line_rises_where_firing_begins_and_nowhere_before(cell, onset):
    """The onset of theory: V_T - E_L - Delta_T at a saddle-node, V_th - E_L at a threshold."""
    snapshot = cell().snapshot()
    curve = rate_curve(snapshot)
    first = int(np.argmax(curve.exact > 0))
    assert curve.values[first - 1] == pytest.approx(onset, abs=1e-5)
    assert curve.values[first] - curve.values[first - 1] < 2e-3
    between = onset + np.geomspace(2e-3, 1.5, 40)
    true = rate_curve(snapshot, tuple(map(float, between))).exact
    np.testing.assert_allclose(np.interp(between, curve.values, curve.exact), true, rtol=0.05, atol=0.1)
    added = ~np.isin(curve.values, np.linspace(*cell.control("I_0").bounds, CURRENTS))
    soon = added & np.isfinite(curve.stepped)
    assert np.count_nonzero(soon) >= 2
    assert np.all(curve.exact[soon] >= 2.0)
    np.testing.assert_allclose(curve.stepped[soon], curve.exact[soon], rtol=0.02)
    assert np.all(np.isfinite(curve.stepped[~added]))


@pytest.mark.parametrize(("cell", "preset"), [(ChannelrhodopsinEIF, "Ex B.1.1"), (AdEx, "Fig B.4")])
def test_measured_rates_begin_at_the_saddle_node(cell, preset, compiled):
    """In runs of 4 s a cell cannot be seen to fire more slowly than about once a second."""
    model = cell()
    model.set_preset(preset)
    snapshot, field = model.snapshot(), cell.explore
    warm_rates(cell, snapshot.method)
    curve, (low, high) = measured_rates(snapshot), cell.control(field).bounds
    node, = (q.parameters[field] for branch in diagram(snapshot, field).branches for q in branch.points
             if q.code == "LP")
    first = int(np.argmax(curve.lasting > 0))
    assert np.all(np.diff(curve.values) > 0) and len(curve.values) > MEASURED
    assert curve.values[first] - curve.values[first - 1] < 1e-3 * (high - low)
    assert node < curve.values[first] < node + 2e-3 * (high - low)
    assert 0.5 < curve.lasting[first] < 2.5
    assert np.interp(node - 1e-3 * (high - low), curve.values, curve.lasting) == 0.0


def test_rate_of_a_burster_begins_with_rare_bursts_not_with_the_rate_inside_one(compiled):
    """Just above the onset one burst falls into the second half of a run: its spikes alone fire at 120 Hz."""
    model = AdEx()
    model.set_preset("Bursting")
    model.E_L = -71.922
    snapshot = model.snapshot()
    warm_rates(AdEx, snapshot.method)
    curve = measured_rates(snapshot)
    near = (curve.lasting > 0) & (curve.values < 17.0)
    assert np.count_nonzero(near) >= 3
    assert curve.lasting[near].max() < 10.0


def test_euler_is_late_and_half_the_step_halves_the_delay():
    late = [1000.0 / float(rate_at(EIF().snapshot(I_0=20.0, dt=dt)).stepped[0]) - interval(20.0) for dt in (0.2, 0.1)]
    assert late[0] > late[1] > 0
    assert late[0] / late[1] == pytest.approx(2.0, rel=0.35)


def test_pulses_do_not_count():
    with_pulses, without = (rate_at(EIF().snapshot(I_0=18.0, I_1=height)).exact[0] for height in (20.0, 0.0))
    assert with_pulses == without


def test_only_spiking_cells_with_one_state_have_a_curve():
    assert [has_rate_curve(m) for m in (EIF, EIRateNetwork, LeakyIntegrator)] == [True, False, False]
