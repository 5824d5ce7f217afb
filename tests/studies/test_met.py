"""Fixed points that a page has met are seeds of its diagram."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import ncm_app as ncm
from ncm_app.models.oscillators.hopf_system import HopfSystem
from ncm_app.models.rates.ei_rate_network import EIRateNetwork
from ncm_app.numerics.results import Diagram, Status
from ncm_app.numerics.system import SILENT
from ncm_app.studies import diagram as module
from ncm_app.studies import memo, stability
from ncm_app.studies import met as module_met
from ncm_app.studies.diagram import diagram, starts_of, whole_range
from ncm_app.studies.memo import Memory
from ncm_app.studies.met import MOST, Met, end_of_run, missing_from, points_here
from ncm_app.studies.regime import regime

ISLAND = {"tau_e": 45.825921478327395, "tau_i": 44.8458777262143, "w_ee": 1797.2125125760926,
          "w_ei": -3536.0634522354803, "w_ie": 782.1139133594111, "w_ii": -1400.0, "X_e": 33.13238880314917,
          "X_i": 5.538770573277077, "theta": -13.985724994289338, "k": 0.0004501307352575935, "n": 2.640679645067932,
          "curve": "rectified power"}


@pytest.fixture
def empty(monkeypatch):
    """An empty memory, and no fixed point met so far."""
    monkeypatch.setattr(memo, "MEMORY", Memory(2**26))
    monkeypatch.setattr(module, "MET", Met())


@pytest.fixture
def blind(empty, monkeypatch):
    """Diagrams that find no branch but from starts that they are told."""
    compute, asked = module.bifurcation_diagram, []

    def seeing(system, p, parameter, low, high, progress=SILENT, starts=()):
        asked.append(tuple(value for value, _ in starts))
        return compute(system, p, parameter, low, high, progress, starts=starts) if starts else Diagram(parameter, ())

    monkeypatch.setattr(module, "bifurcation_diagram", seeing)
    return asked


def test_the_present_fixed_point_is_a_seed_and_stays_one(blind):
    found = diagram(HopfSystem().snapshot(c=0.7), "c")
    assert blind == [(), (0.7,)] and len(found.branches) == 1
    # Elsewhere on the same branch, or back, nothing new is asked.
    for c in (-0.4, 0.2, 0.7):
        assert diagram(HopfSystem().snapshot(c=c), "c") is found
    assert blind == [(), (0.7,)]
    assert starts_of(HopfSystem().snapshot(c=0.1), "c") == ((0.7, (pytest.approx(0.0), pytest.approx(0.0))),)


def test_a_diagram_that_holds_the_present_points_is_not_searched_again(empty):
    snapshot = EIRateNetwork().snapshot(tau_i=31.0)
    assert missing_from(diagram(snapshot, "tau_i"), snapshot, SILENT) == ()
    assert starts_of(snapshot, "tau_i") == ()
    alone = missing_from(Diagram("tau_i", ()), snapshot, SILENT)
    assert [value for value, _ in alone] == [31.0] * len(points_here(snapshot)) and alone


def test_the_end_of_a_run_at_rest_counts_too(empty, monkeypatch):
    rested = EIRateNetwork().snapshot(tau_i=10.0, t_end=2000.0)
    (still,) = points_here(rested)
    np.testing.assert_allclose(end_of_run(rested), still, rtol=1e-9)
    nothing = replace(stability.equilibria(rested), points=())
    monkeypatch.setattr(module_met, "equilibria", lambda snapshot, progress: nothing)
    (reached,) = points_here(rested)  # where the search finds nothing, the run still does
    np.testing.assert_allclose(reached, still, rtol=1e-9)
    assert points_here(EIRateNetwork().snapshot(tau_i=90.0, t_end=3000.0)) == []  # it turns for ever


def test_what_was_met_is_bounded():
    met = Met(questions=2)
    for k in range(10):
        met.add("one", ((float(k), (0.0,)),))
    assert [value for value, _ in met.of("one")] == [float(k) for k in range(10 - MOST, 10)]
    assert met.add("one", ((9.0, (0.0,)),)) == met.of("one")  # none twice
    met.add("two", ())
    met.add("three", ())
    assert met.of("one") == () and met.of("unknown") == ()


@pytest.mark.parametrize("w_ii", [-1400.0, -1100.0, -300.0])
def test_an_island_of_the_rate_network_is_found_from_every_value_on_it(empty, w_ii):
    values = {**ISLAND, "w_ii": w_ii}
    (point,) = [q for q in ncm.bifurcation_diagram(ncm.model("ei_rate_network", **values), "w_ii", cycles=False).points
                if q.code == "H"]
    assert point.parameters["w_ii"] == pytest.approx(-1366.1624, abs=1e-3)
    here = ncm.equilibria(ncm.model("ei_rate_network", **{**values, "w_ii": point.parameters["w_ii"]}))[0]
    assert np.max(np.abs(here.eigenvalues.real)) < 1e-7
    assert "Hopf point at w_ii = −1366" in regime(EIRateNetwork(**values).snapshot(), "w_ii").sentence


def test_ranges_of_ones_own_start_from_the_present_value_too():
    model = ncm.model("ei_rate_network", **ISLAND)
    (point,) = ncm.bifurcation_diagram(model, "w_ii", (-7990.0, -10.0), cycles=False).points
    assert (point.code, point.parameters["w_ii"]) == ("H", pytest.approx(-1366.1624, abs=1e-3))


def test_a_doubt_of_the_diagram_is_told_on_the_page(empty, monkeypatch):
    doubtful = Diagram("tau_i", (), Status.NOT_CONVERGED, "some branches may be missing or cut short")
    monkeypatch.setattr(module, "bifurcation_diagram", lambda *args, **kwargs: doubtful)
    warnings = regime(EIRateNetwork().snapshot(), "tau_i").warnings
    assert "In the diagram over tau_i, some branches may be missing or cut short." in warnings
    assert whole_range(EIRateNetwork().snapshot(tau_i=3.0), "tau_i") == whole_range(EIRateNetwork().snapshot(), "tau_i")
