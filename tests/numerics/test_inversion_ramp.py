"""Places of windows on the diagram: ramps up and down, foreign signals, unknown units, and false alarms as stated."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.inversion.column import Column, run_column
from ncm_app.numerics.inversion.features import WINDOW, windows_of
from ncm_app.numerics.inversion.library import (
    FALSE_ALARM,
    LOWER,
    REGIONS,
    UPPER,
    branches_of,
    library,
    nearest,
    region_of,
    simulate_windows,
)
from ncm_app.numerics.inversion.ramp import place

COLUMN = Column(sigma=0.5)
SPLIT = 0.5 * sum(COLUMN.folds())
RATE = 1.0  # Hz per s


@pytest.fixture(scope="module")
def made():
    return library(COLUMN)


def ramps(count):
    """Windows' features, inputs and branches on ramps from -40 to 345 Hz and back: two lists, up and down."""
    n = round(385.0 / RATE * 1000.0)
    up = -40.0 + np.arange(n) * RATE / 1000.0
    start = COLUMN.rest(COLUMN.rests(-40.0)[0])
    found = ([], [])
    for seed in range(count):
        y, _ = run_column(COLUMN, np.concatenate([up, up[::-1]]), start, 1.0, 5, 100 + seed)
        for way, part, p in ((0, y[:n // 5], up), (1, y[n // 5:], up[::-1])):
            windows = windows_of(part, 5.0)
            size = round(WINDOW)
            inputs = p[:len(windows) * size].reshape(-1, size).mean(axis=1)
            found[way].append((windows, inputs, branches_of(part, 5.0, SPLIT)))
    return [tuple(np.concatenate(x) for x in zip(*runs, strict=True)) for runs in found]


@pytest.fixture(scope="module")
def both_ways():
    return ramps(5)


@pytest.mark.parametrize(("way", "median"), [(0, 9.0), (1, 4.5)], ids=["up", "down"])
def test_windows_along_a_ramp_are_placed(made, both_ways, way, median):
    windows, inputs, branch = both_ways[way]
    found, pure = place(windows, made), branch >= 0
    off = np.abs(found.p - inputs)[pure]
    assert np.median(off) < median
    assert np.mean(off <= 2.0 * found.sd[pure] + 3.0) > 0.93
    assert np.mean(found.branch[pure] == branch[pure]) >= 0.99
    assert np.mean(found.fits) > 0.93
    region = np.array([region_of(COLUMN, p, b) for p, b in zip(inputs[pure], branch[pure], strict=True)])
    assert np.mean(found.region[pure] == region) > 0.93
    medians = {REGIONS[r]: np.median(off[region == r]) for r in np.unique(region)}
    assert medians["alpha"] < 6.0
    assert medians.get("spikes", 0.0) < 2.0
    assert medians["low rest"] < np.median(found.sd[pure][region == 0])


def test_a_rest_at_low_input_is_known_by_its_wide_sd(made):
    y, _ = run_column(COLUMN, np.full(64_000, 20.0), COLUMN.rest(COLUMN.rests(20.0)[0]), 1.0, 5, 8)
    found = place(windows_of(y, 5.0), made)
    assert (found.region == 0).all()
    assert found.sd.min() > 20.0


def test_false_alarms_are_as_rare_as_stated(made):
    fresh = simulate_windows(COLUMN, seed=77)
    assert 0.2 * FALSE_ALARM < np.mean(nearest(made, fresh.features) > made.limit) < 2.5 * FALSE_ALARM


def test_regions_end_where_the_diagram_says(made):
    def ends(branch, region):
        p = made.p[(made.branch == branch) & (made.region == region)]
        return p.min(), p.max()
    assert ends(LOWER, 0) == (-60.0, 112.5)
    assert ends(LOWER, 1)[0] == 115.0
    assert ends(LOWER, 1)[1] < 137.38  # noise ends spikes before the fold of cycles does
    assert ends(UPPER, 2) == (90.0, 315.0)
    assert ends(UPPER, 3)[1] == 400.0
    assert made.p[(made.branch == UPPER) & (made.region == 3) & (made.p > 200.0)].min() == 317.5
    assert [REGIONS[region_of(COLUMN, p, b)] for p, b in ((50.0, LOWER), (50.0, UPPER), (120.0, LOWER), (120.0, UPPER),
                                                          (330.0, UPPER))] == [
        "low rest", "high rest", "spikes", "alpha", "high rest"]


def foreign():
    """Signals (1600,) at 200 Hz that no region of the model makes."""
    t, rng = np.arange(1600) * 0.005, np.random.default_rng(5)
    return {"white": rng.normal(size=1600), "walk": np.cumsum(rng.normal(size=1600)),
            "beta": np.sin(2.0 * np.pi * 20.0 * t), "alpha without noise": np.sin(2.0 * np.pi * 10.0 * t),
            "slow": np.sin(2.0 * np.pi * 2.0 * t) + 0.1 * rng.normal(size=1600),
            "pulse": np.exp(-(((t % 0.8) - 0.4) / 0.02) ** 2) + 0.02 * rng.normal(size=1600)}


@pytest.mark.parametrize("name", sorted(foreign()))
@pytest.mark.parametrize("unit_known", [True, False], ids=["mV", "free"])
def test_no_region_fits_what_the_model_cannot_make(made, name, unit_known):
    found = place(windows_of(foreign()[name], 5.0), made, unit_known)
    assert found.distance[0] > made.limit
    assert found.regions() == ("none",)


def test_windows_without_features_have_no_place(made, both_ways):
    windows = both_ways[0][0][20:24].copy()
    windows[1] = np.nan
    found = place(windows, made)
    assert (found.region[1], found.branch[1], found.distance[1], found.fits[1]) == (-1, -1, np.inf, False)
    assert np.isnan(found.p[1])
    assert np.isfinite(found.p[[0, 2, 3]]).all()
    assert np.allclose(np.nansum(found.posterior, axis=1), [1.0, 0.0, 1.0, 1.0])
    nothing = place(windows[1:2], made, unit_known=False)
    assert nothing.regions() == ("none",)
    assert len(place(np.empty((0, 6)), made).p) == 0


@pytest.mark.parametrize("way", [0, 1], ids=["up", "down"])
def test_an_unknown_unit_is_found_with_the_places(made, both_ways, way):
    windows, inputs, branch = (x[:len(x) // 5] for x in both_ways[way])
    assert not place(windows + np.eye(6)[0] * np.log(1000.0), made).fits.any()
    found = place(windows + np.eye(6)[0] * np.log(1000.0), made, unit_known=False)
    assert np.exp(found.log_unit) * 1000.0 == pytest.approx(1.0, abs=0.03)
    assert 0.0 < found.log_unit_sd < 0.02
    assert found.fits.mean() > 0.9
    pure = branch >= 0
    assert np.mean(found.branch[pure] == branch[pure]) >= 0.97
    assert np.mean((np.abs(found.p - inputs) <= 2.0 * found.sd + 3.0)[pure]) > 0.9


def test_evidence_prefers_the_library_of_the_true_noise(made, both_ways):
    windows = both_ways[0][0][:48]
    louder = library(Column(sigma=1.0))
    assert place(windows, made).evidence > place(windows, louder).evidence + 20.0
    assert place(windows, made, False).evidence > place(windows, louder, False).evidence + 20.0


class Stop(Exception):
    """What a check raises."""


def test_a_library_is_made_once_and_can_be_stopped(made):
    assert library(Column(sigma=0.5)) is made

    def stop():
        raise Stop

    with pytest.raises(Stop):
        library(Column(sigma=0.77), stop)
    with pytest.raises(Stop):
        place(np.zeros((3, 6)), made, False, stop)


def test_a_column_without_folds_has_one_branch():
    plain = library(Column(C=40.0, sigma=1.0))
    assert set(plain.branch) == {UPPER}
    assert {REGIONS[r] for r in plain.region} == {"high rest"}
