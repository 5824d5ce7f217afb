"""Basins and cycles in the phase plane: areas, bands, dashes, names; told apart without colour too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bokeh.models import Patch

from ncm_app.models.cells.hodgkin_huxley import HodgkinHuxley
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.oscillators.hopf_system import HopfSystem
from ncm_app.models.oscillators.three_oscillators import ThreeOscillators
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.studies.plane import SHOWN, phase_plane
from ncm_app.views import style
from ncm_app.views.basins_and_separatrices import LABELS, fate_columns, fate_layers
from tests.views.answers import is_absent, view_of


def shown(model, preset, **changes):
    """Return the columns once the slow answers are in, and all answers together."""
    view, result = view_of(model, "phase_plane", preset, **changes)
    slow = phase_plane(snapshot_of(model, preset, changes), show=SHOWN)
    return view.columns(result) | view.late("basins", slow), slow


def snapshot_of(model, preset, changes):
    return model(**{**model.preset_values(preset), **changes}).snapshot()


def area(x, y):
    """Return the area of NaN-separated polygons, holes counted negative."""
    total = 0.0
    for piece in np.split(np.array([x, y], dtype=float), np.flatnonzero(np.isnan(x)), axis=1):
        u, v = piece[:, ~np.isnan(piece[0])]
        total += 0.5 * float(np.sum(u * np.roll(v, -1) - v * np.roll(u, -1)))
    return total


def test_unstable_cycle_is_dashed_around_the_rest_and_the_stable_one_a_band():
    columns, result = shown(MorrisLecar, "Hopf: rest or firing")
    V, w = columns["unstable cycle"]
    rest = result.fixed_points[0].state
    assert np.nanmin(V) < rest[0] < np.nanmax(V)
    assert np.nanmin(w) < rest[1] < np.nanmax(w)
    assert np.ptp(columns["stable cycle"][0][:-1]) > 60 > np.ptp(V[:-1])
    looks = {layer.name: layer for layer in fate_layers()}
    assert looks["unstable cycle"].look["line_dash"] == style.STABILITY_DASHES["unstable"]
    assert looks["unstable cycle"].look["color"] == looks["stable cycle"].look["color"] == style.CYCLE_HUE
    assert looks["stable cycle"].look["line_width"] > 3 * looks["unstable cycle"].look["line_width"]


def test_areas_are_drawn_in_the_units_of_the_axes():
    columns, result = shown(EIRateNetwork, "Sigmoid: memory")
    for basin in result.basins.basins:
        assert area(*columns[f"basin {basin.label}"]) == pytest.approx(basin.share * 20.0 * 30.0, rel=0.02)
    assert is_absent(columns["basin 3"]) and is_absent(columns["no basin"])
    x, y, names = columns["basin names"]
    assert names == ["1 → node", "2 → spiral"]
    assert np.all((x > 0) & (x < 20) & (y > 0) & (y < 30))


def test_starts_that_leave_have_an_area_without_a_number():
    columns, _ = shown(HopfSystem, "Ex A.9.3")
    assert columns["basin names"][2] == ["1 → spiral", "leaves"]
    assert area(*columns["no basin"]) > area(*columns["basin 1"]) > 10
    assert is_absent(columns["stable cycle"])


def test_small_basins_have_room_for_a_number_only():
    columns, result = shown(MorrisLecar, "Hopf: rest or firing")
    assert result.basins.basins[0].share < 0.05
    assert columns["basin names"][2] == ["1", "2 → cycle"]


def test_more_basins_than_hues_begin_anew():
    _, result = shown(ThreeOscillators, "Kuramoto")
    (basin,) = result.basins.basins
    five = replace(result, basins=replace(result.basins, basins=(*[basin] * 5, replace(basin, attractor=None))))
    columns = fate_columns(five, lambda states: (states[0], states[1]))
    each = int(np.count_nonzero(np.isnan(basin.outline[0])))
    assert [int(np.count_nonzero(np.isnan(columns[f"basin {k}"][0]))) for k in (1, 2, 3, 4)] == [2 * each, *[each] * 3]
    assert int(np.count_nonzero(np.isnan(columns["no basin"][0]))) == each


def test_copies_of_a_locked_state_a_turn_apart_have_one_basin():
    """Three coupled oscillators lock in one way: all starts go there, but for the saddle's."""
    columns, result = shown(ThreeOscillators, "Kuramoto")
    assert columns["basin names"][2] == ["1 → node"]
    assert result.basins.basins[0].share > 0.99


def test_basins_are_told_apart_without_colour():
    hatches = [look.get("hatch_pattern") for look in (*style.BASINS, style.GONE)]
    assert len(set(hatches)) == len(hatches)
    assert len({look["color"] for look in (*style.BASINS, style.GONE)}) == len(hatches)
    dashes = {name: (look.get("line_dash"), look.get("line_width")) for name, look in
              {**style.CYCLES, **style.MANIFOLDS}.items()}
    assert len(set(dashes.values())) == len(dashes) == len(LABELS)


def test_areas_are_patches_behind_everything():
    layers = fate_layers()
    assert [layer.kind for layer in layers[:5]] == ["area"] * 5
    glyph = layers[1].glyph("view")
    assert isinstance(glyph, Patch)
    assert (glyph.x, glyph.line_alpha, glyph.hatch_pattern) == ("view_x", 0.0, "/")


def test_cycles_and_basins_come_late_and_can_be_wiped():
    view, result = view_of(MorrisLecar, "phase_plane", "homoclinic")
    assert (len(result.manifolds), result.cycles, result.basins) == (1, (), None)
    late = {"stable cycle", "unstable cycle", "no basin", "basin names", *(f"basin {k}" for k in (1, 2, 3, 4))}
    assert not late & set(view.columns(result))
    wiped = view.late("basins", None)
    assert set(wiped) == late
    assert all(is_absent(pair) for pair in wiped.values())


def test_slices_have_no_fates():
    columns, result = shown(HodgkinHuxley, "book")
    assert (result.manifolds, result.cycles, result.basins) == ((), (), None)
    assert not {layer.name for layer in fate_layers()} & set(columns)
