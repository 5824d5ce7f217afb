"""What pages say of degenerate fixed points is true: names with nouns, algebraic approach, no cycles that are none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import ncm_app as ncm
from ncm_app.numerics.results import Status
from ncm_app.studies.kinds import named, one
from ncm_app.studies.oscillation import DECAYING, limit_cycle
from ncm_app.studies.plane import basins
from ncm_app.studies.regime import regime

pytestmark = pytest.mark.sweep


def sentence(slug: str, parameter: str, **values: object) -> str:
    return regime(ncm.model(slug, **values).snapshot(), parameter).sentence


@pytest.mark.parametrize(("kind", "words"), [
    ("stable", "a stable fixed point"), ("unstable", "an unstable fixed point"),
    ("semi-stable", "a semi-stable fixed point"), ("stable node", "a stable node"), ("saddle", "a saddle"),
    ("unstable (2 directions)", "an unstable fixed point (2 directions)"), ("centre", "a centre"),
    ("unstable spiral (2 directions)", "an unstable spiral (2 directions)"),
    ("stable degenerate node", "a stable degenerate node"), ("weakly stable spiral", "a weakly stable spiral"),
    ("unstable on a kink", "an unstable fixed point on a kink"), ("line of fixed points", "a line of fixed points"),
    ("degenerate (two zero eigenvalues)", "a degenerate fixed point (two zero eigenvalues)"),
    ("on a kink (stability not decided by linearisation)",
     "a fixed point on a kink (stability not decided by linearisation)"),
])
def test_every_kind_has_a_noun(kind: str, words: str) -> None:
    assert one(kind) == words
    assert named(kind) == words.partition(" ")[2]


@pytest.mark.parametrize(("slug", "parameter", "values", "start"), [
    ("phase_line", "a", {"f": "pitchfork", "a": 0.0}, "Stable fixed point, approached only like 1/√t; x = 0;"),
    ("phase_line", "a", {"f": "transcritical", "a": 0.0},
     "Semi-stable fixed point, approached from one side, and there only like 1/t; x = 0;"),
    ("kuramoto", "K", {"K": 0.2, "Delta": 0.1}, "Stable fixed point, approached only like 1/√t; r = 0;"),
    ("kuramoto", "K", {"K": 0.5, "Delta": 0.25}, "Stable fixed point, approached only like 1/√t; r = 0;"),
    ("lorenz", "r", {"r": 1.0}, "Stable fixed point, approached only like 1/√t; x = 0, y = 0, z = 0;"),
    ("lorenz", "r", {"r": 0.5}, "Stable fixed point, approached with time constant 2.10 ms;"),
    ("brusselator", "B", {"A": 1.0, "B": 2.0}, "Weakly stable spiral, 159 Hz damped, only like 1/√t;"),
    ("brusselator", "B", {"A": 1.5, "B": 3.25}, "Weakly stable spiral, 239 Hz damped, only like 1/√t;"),
    ("hopf_system", "c", {"c": 0.0}, "Centre, 159 Hz, neither damped nor growing;"),
    ("phase_oscillators", "D", {"K": 0.0, "D": 0.0}, "Line of fixed points;"),
])
def test_degenerate_values_are_told_as_they_are(slug: str, parameter: str, values: dict[str, object],
                                                start: str) -> None:
    assert sentence(slug, parameter, **values).startswith(start)


@pytest.mark.parametrize(("slug", "values", "power"), [("phase_line", {"f": "pitchfork", "a": 0.0}, 0.5),
                                                       ("kuramoto", {"K": 0.2, "Delta": 0.1}, 0.5),
                                                       ("brusselator", {"A": 1.0, "B": 2.0}, 0.5)])
def test_the_approach_is_as_slow_as_said(slug: str, values: dict[str, object], power: float) -> None:
    """Four times as late the distance is half: by SciPy, late enough for the first power to rule."""
    snapshot = ncm.model(slug, **values).snapshot()
    (point,) = ncm.equilibria(ncm.model(slug, **values))
    rhs, p = snapshot.model.rhs, snapshot.p
    run = solve_ivp(lambda t, y: rhs(t, tuple(y), p), (0.0, 8000.0), point.state + 0.3, rtol=1e-9, atol=1e-12,
                    dense_output=True)
    late = [np.max(np.abs(run.sol(np.linspace(t - 7.0, t, 500)) - point.state[:, None])) for t in (2000.0, 8000.0)]
    assert late[0] / late[1] == pytest.approx(4.0**power, rel=0.03)


def test_rings_that_shrink_are_no_cycle() -> None:
    found = limit_cycle(ncm.model("brusselator", A=1.0, B=2.0).snapshot())
    assert np.isnan(found.period) and found.message == DECAYING
    assert limit_cycle(ncm.model("brusselator", A=1.0, B=2.05).snapshot()).period == pytest.approx(6.3, abs=0.02)


def test_a_triple_root_is_one_point_inside_the_cycle() -> None:
    """With b = 1 and I = a the equation is v^3 = 0; the trace 1 - phi is positive."""
    for a, phi in ((0.7, 0.08), (-0.3, 0.4), (1.2, 0.9)):
        model = ncm.model("fitzhugh_nagumo", b=1.0, a=a, I=a, phi=phi)
        (point,) = ncm.equilibria(model)
        np.testing.assert_allclose(point.state, [0.0, a], atol=1e-8)
        assert (point.kind, point.index, point.stable) == ("unstable node", 1, False)
    assert "around an unstable node" in sentence("fitzhugh_nagumo", "I", b=1.0, a=0.7, I=0.7)


def test_a_cycle_around_a_point_in_space_has_a_noun() -> None:
    """Hodgkin and Huxley's fixed point under a strong input is left in two directions."""
    model = ncm.model("hodgkin_huxley", "classical")
    assert "around an unstable spiral (2 directions)" in regime(model.snapshot(), "I_app").sentence


def test_basins_of_points_without_an_ellipse_are_not_told() -> None:
    for slug, values in (("brusselator", {"B": 2.0}), ("ei_rate_network", {"theta": 10.0, "X_e": 10.0, "X_i": 10.0})):
        found = basins(ncm.model(slug, **values).snapshot())
        assert found is not None and found.basins == ()
        assert found.message == "Basins are not told here: a fixed point is approached too slowly or lies on a kink."


STEEP = {"X_e": 55.458, "X_i": 9.372, "w_ie": 11681.511, "w_ei": -1267.34, "theta": 33.526, "s": 0.689,
         "curve": "sigmoid"}


def test_a_point_beside_a_steep_slope_is_found() -> None:
    """Three states, as SciPy's fsolve finds them from starts nearby."""
    found = ncm.equilibria(ncm.model("ei_rate_network", **STEEP))
    np.testing.assert_allclose([q.state for q in found], [[0.01137634, 0.03637469], [0.05243457, 0.1], [0.1, 0.1]],
                               atol=1e-7)
    assert [q.kind for q in found] == ["stable spiral", "saddle", "stable node"]
    assert found.status is Status.OK and found.message == "" and found.index_sum == found.expected_index == 1


@pytest.mark.parametrize("exponent", range(-9, 0))
def test_pitchforks_and_transcriticals_are_complete(exponent: int) -> None:
    a = 10.0**exponent
    forked = ncm.equilibria(ncm.model("phase_line", f="pitchfork", a=a))
    np.testing.assert_allclose([q.state[0] for q in forked], [-np.sqrt(a), 0.0, np.sqrt(a)], atol=1e-6 * np.sqrt(a))
    assert [q.kind for q in forked] == ["stable", "unstable", "stable"]
    for sign in (1.0, -1.0):
        crossed = ncm.equilibria(ncm.model("phase_line", f="transcritical", a=sign * a))
        np.testing.assert_allclose([q.state[0] for q in crossed], sorted([0.0, sign * a]), atol=1e-4 * a)
        assert [q.kind for q in crossed] == ["unstable", "stable"]
    lorenz = ncm.equilibria(ncm.model("lorenz", r=1.0 + a))
    side = np.sqrt(8.0 / 3.0 * ((1.0 + a) - 1.0))
    np.testing.assert_allclose([q.state[0] for q in lorenz], [-side, 0.0, side], atol=1e-4 * side)
    assert [q.stable for q in lorenz] == [True, False, True]


BESIDE = {"curve": "rectified power", "tau_e": 69.86675706438398, "tau_i": 62.5157054711402, "w_ee": 5386.502246241157,
          "w_ei": -5844.156593798807, "w_ie": 531.7242324441827, "w_ii": -1409.2511209102336,
          "X_i": 20.906593399593557, "theta": 12.869680374158648, "k": 0.0008988202457666706, "n": 1.4597701170971755}


@pytest.mark.parametrize("X_e", [34.9, 35.0, 35.03, 35.05, 35.06, 35.068])
def test_a_silent_state_close_to_a_kink_is_found(X_e: float) -> None:
    """With r_e = 0 the input stays below the threshold, so (0, r_i) with r_i = f(w_ii r_i + X_i) rests."""
    low, high = 0.0, 0.05
    for _ in range(100):
        r_i = (low + high) / 2.0
        above = BESIDE["k"] * max(BESIDE["w_ii"] * r_i + BESIDE["X_i"] - BESIDE["theta"], 0.0) ** BESIDE["n"] > r_i
        low, high = (r_i, high) if above else (low, r_i)
    assert BESIDE["w_ei"] * r_i + X_e < BESIDE["theta"]
    found = ncm.equilibria(ncm.model("ei_rate_network", X_e=X_e, **BESIDE))
    assert [q.kind for q in found] == ["stable node", "saddle"]
    np.testing.assert_allclose(found[0].state, [0.0, r_i], atol=1e-10)


def test_a_network_on_its_threshold_is_unstable_if_runs_leave_it() -> None:
    values = {"theta": 10.0, "X_e": 10.0, "X_i": 10.0, "g": 0.001, "w_ei": 0.0, "w_ie": 0.0, "w_ii": 0.0}
    for w_ee, growth in ((1500.0, 0.5 / 30.0), (3000.0, 2.0 / 30.0)):
        (point,) = ncm.equilibria(ncm.model("ei_rate_network", w_ee=w_ee, **values))
        assert point.kind == "unstable on a kink" and not point.stable
        assert max(point.eigenvalues.real) == pytest.approx(growth, rel=1e-6)
    assert "Unstable fixed point on a kink" in sentence("ei_rate_network", "X_e", w_ee=1500.0, **values)


def test_a_page_says_in_the_same_words_that_points_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import ncm_app.numerics.fixed_points.equilibria as search

    monkeypatch.setattr(search, "seeds_within", lambda system, p, cells: np.empty((2, 0)))
    model = ncm.model("ei_rate_network", **{**STEEP, "X_e": 55.4581})
    found = ncm.equilibria(model)
    assert found.status is Status.NOT_CONVERGED and len(found) == 2
    assert found.message == "some fixed points may be missing: the indices of those found add up to 0, not to 1"
    assert found.message in regime(model.snapshot(), "").warnings


def test_markers_follow_the_weak_kinds() -> None:
    from ncm_app.views.style import stability_of

    marks = {"weakly stable spiral": "stable", "weakly unstable spiral": "unstable", "unstable on a kink": "unstable"}
    assert {kind: stability_of(kind) for kind in marks} == marks
