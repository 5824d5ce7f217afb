"""Rates over two parameters: against closed forms, branches of cycles and rates of cells, from coarse to fine."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.capabilities import has_rate_map
from ncm_app.core.catalogue import find
from ncm_app.numerics.system import Cancelled, Partial, Progress
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import whole_range
from ncm_app.studies.memo import MEMORY
from ncm_app.studies.rate_map import FINE, GRIDS, rate_map
from ncm_app.studies.rates import rate_curve


class Watched(Progress):
    """Keeps the partial answers, and cancels after a number of them."""

    def __init__(self, most=99):
        self.partials, self.most = [], most

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        assert 0.0 <= fraction <= 1.0
        if partial is not None:
            self.partials.append(partial.answer)
        if len(self.partials) >= self.most:
            raise Cancelled


def snapshot_of(slug, **values):
    model = find(slug)
    return model(**{**model.preset_values(model.first_preset()), **values}).snapshot()


@pytest.mark.parametrize(("slug", "first", "second"), [("eif", "I_0", "tau_m"), ("lif", "I_0", "tau_m")])
def test_rates_of_cells_are_those_of_the_curve_over_one_parameter(slug, first, second):
    snapshot = snapshot_of(slug)
    found = rate_map(snapshot, first, second)
    assert found.rate.shape == (FINE, FINE)
    for j in (0, FINE // 2, FINE - 1):
        here = whole_range(snapshot, first, second).changed(**{second: float(found.second[j])})
        exact = rate_curve(here, tuple(map(float, found.first)), first).exact
        np.testing.assert_allclose(found.rate[j], np.where(exact > 0, exact, np.nan), rtol=1e-9)
    assert np.isnan(found.rate[:, 0]).all() and np.isfinite(found.rate[:, -1]).all()  # silent without input


def test_frequencies_of_a_smooth_cell_are_those_of_its_branch_of_cycles_from_coarse_to_fine():
    MEMORY.forget()
    watched, snapshot = Watched(), snapshot_of("morris_lecar")
    found = rate_map(snapshot, "I", "g_Ca", progress=watched)
    maps = [answer for answer in watched.partials if getattr(answer, "fields", ()) == ("I", "g_Ca")]
    assert [part.rate.shape for part in maps] == [(grid, grid) for grid in GRIDS]
    for part in maps:
        step = (GRIDS[-1] - 1) // (len(part.first) - 1)
        np.testing.assert_array_equal(part.rate, found.rate[::step, ::step])
        np.testing.assert_array_equal(part.first, found.first[::step])
    row = int(np.isfinite(found.rate).sum(axis=1).argmax())
    here = whole_range(snapshot, "I", "g_Ca").changed(g_Ca=float(found.second[row]))
    branches = [branch for branch in cycles(here, "I") if branch.parameter.size]
    compared = 0
    for column in np.flatnonzero(np.isfinite(found.rate[row])):
        value, periods = found.first[column], []
        for branch in branches:
            for k in np.flatnonzero(np.diff(np.sign(branch.parameter - value))):
                ends = branch.parameter[k:k + 2]
                share = (value - ends[0]) / (ends[1] - ends[0])
                periods.append(branch.period[k] + share * (branch.period[k + 1] - branch.period[k]))
        gaps = np.abs(np.array(periods) * found.rate[row, column] / 1000.0 - 1.0)
        assert gaps.min() < 0.02, (value, periods)
        compared += 1
    assert compared >= 3


def test_a_map_nobody_waits_for_is_given_up_and_computed_when_asked_again():
    MEMORY.forget()
    snapshot, watched = snapshot_of("ei_rate_network"), Watched(most=1)
    with pytest.raises(Cancelled):
        rate_map(snapshot, "tau_e", "tau_i", progress=watched)
    assert len(watched.partials) == 1


def test_models_without_a_rate_are_refused():
    assert not has_rate_map(find("phase_line"))
    with pytest.raises(ValueError, match="no rate"):
        rate_map(snapshot_of("phase_line"), "a", "b")
