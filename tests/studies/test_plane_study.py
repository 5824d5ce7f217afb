"""The phase plane of two states: slices through more, and what asks it anew."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.mathematics.linear_system import LinearSystem
from ncm_app.models.oscillators.lorenz import Lorenz
from ncm_app.studies.plane import SHOWN, basins, default_held, phase_plane, plane_cycles, unstable_cycles
from ncm_app.studies.stability import equilibria, separatrices
from ncm_app.studies.systems import flow_of


def snap(model, preset="", **changes):
    return model(**{**model.preset_values(preset), **changes}).snapshot()


def test_slice_is_held_at_the_first_fixed_point():
    snapshot = snap(HodgkinHuxley, "Fig B.2 A-D")
    (point,) = equilibria(snapshot).points
    plane = phase_plane(snapshot)
    np.testing.assert_allclose(plane.held, point.state)
    # The fixed point lies on both nullclines of a slice that goes through it.
    for line in (plane.portrait.x_nullcline, plane.portrait.y_nullcline):
        gap = (line - point.state[:2, None]) / np.array([[130.0], [1.0]])
        assert np.nanmin(np.hypot(*gap)) < 0.02


def test_slice_of_lorenz_at_given_height():
    """With y held, the nullclines in the plane of x and z are x = y, and z = x y / beta."""
    plane = phase_plane(snap(Lorenz), axes=(0, 2), held=(0.0, 6.0, 0.0))
    np.testing.assert_allclose(plane.portrait.x_nullcline[0], 6.0, atol=1e-6)
    x, z = plane.portrait.y_nullcline
    np.testing.assert_allclose(z, x * 6.0 / (8.0 / 3.0), atol=1e-6)
    assert plane.axes == (0, 2)
    assert plane.run.y.shape[0] == 3


def test_without_a_fixed_point_the_middle_of_the_spans_is_held():
    assert default_held(snap(Lorenz), ()) == (0.0, 0.0, 30.0)


def test_runs_from_other_starts_are_those_of_the_whole_system():
    start = (2.0, 3.0, 20.0)
    plane = phase_plane(snap(Lorenz, t_end=5.0), starts=(start,))
    (run,) = plane.clicked
    assert run.y[:, 0] == pytest.approx(start)
    assert run.y.shape == plane.run.y.shape


def test_neither_start_nor_duration_ask_for_the_plane_anew():
    first = snap(MorrisLecar, "SNIC: below")
    other = first.changed(V_0=-50.0, w_0=0.3, t_end=100.0, dt=0.05, method="Euler")
    assert flow_of(first) == flow_of(other)
    a, b = phase_plane(first), phase_plane(other)
    assert a.portrait is b.portrait
    assert a.fixed_points is b.fixed_points
    assert a.manifolds is b.manifolds
    assert a.run is not b.run
    assert flow_of(first.changed(I=36.0)) != flow_of(first)


def test_separatrices_are_those_of_the_saddle():
    (found,) = separatrices(snap(MorrisLecar, "homoclinic"))
    assert found.saddle.kind == "saddle"
    assert len(found.stable) == len(found.unstable) == 2
    assert separatrices(snap(HodgkinHuxley)) == ()


def test_unstable_cycles_part_rest_from_firing():
    (cycle,) = unstable_cycles(snap(MorrisLecar, "Hopf: rest or firing"))
    assert cycle.multiplier > 1
    assert len(plane_cycles(snap(MorrisLecar, "Hopf: rest or firing"))) == 2
    assert plane_cycles(snap(HodgkinHuxley)) == ()


def test_basins_are_asked_of_planes_only_and_remembered():
    snapshot = snap(LinearSystem, "Fig A.8 stable node")
    found = basins(snapshot)
    assert [basin.share for basin in found.basins] == [1.0]
    assert basins(snapshot.changed(u_1_0=-1.0, t_end=3.0)) is found
    assert basins(snap(HodgkinHuxley)) is None
    assert basins(snap(EIF)) is None


@pytest.mark.parametrize("show", [(), ("manifolds",), ("cycles",), ("basins",)])
def test_plane_computes_what_is_shown(show):
    plane = phase_plane(snap(MorrisLecar, "homoclinic"), show=show)
    assert [bool(plane.manifolds), bool(plane.cycles), plane.basins is not None] == [name in show for name in SHOWN]
