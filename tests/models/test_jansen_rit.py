"""The Jansen-Rit model against tables of it that were made by other methods, and against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from ncm_app.models.masses.jansen_rit import JansenRit, kick
from ncm_app.numerics.results import Status
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.plots import drawn_columns
from ncm_app.studies.simulate import simulate, simulate_whole
from ncm_app.studies.stability import equilibria
from ncm_app.studies.two_parameter import two_parameter
from tests.models.asking import snapshot_of

PER_S = 1000.0


def firing(v, slope=False):
    """Rate (1/s) at a potential and its derivative (1/(s mV)), with the constants of 1995."""
    s = 1.0 / (1.0 + np.exp(0.56 * (6.0 - v)))
    return 5.0 * 0.56 * s * (1.0 - s) if slope else 5.0 * s


def input_at(y, B=22.0, C=135.0):
    """Input (1/s) under which the fixed point lies at y: the equations solved for p."""
    x = 3.25 / 100.0 * firing(y)
    return 100.0 / 3.25 * (y + B / 50.0 * 0.25 * C * firing(0.25 * C * x)) - 0.8 * C * firing(C * x)


def polynomial(y, B=22.0, C=135.0):
    """Characteristic polynomial (rates in 1/s) at a fixed point, from the equations by hand."""
    x = 3.25 / 100.0 * firing(y)
    fast, slow = np.poly1d([1.0, 100.0]), np.poly1d([1.0, 50.0])
    gain = 325.0 * firing(y, slope=True)
    loop = (325.0 * C * 0.8 * C * firing(C * x, slope=True) * slow**2
            - B * 50.0 * (0.25 * C) ** 2 * firing(0.25 * C * x, slope=True) * fast**2)
    return fast**4 * slow**2 - gain * loop


def leading(point):
    values = point.eigenvalues[np.argsort(-point.eigenvalues.real)] * PER_S
    return complex(values[0].real, abs(values[0].imag))


@pytest.mark.parametrize(("p", "table"), [
    (0.0, ((-1.90380153, -41.238985 + 17.082907j), (4.56871293, 49.360986), (6.06499359, -0.472676 + 50.01593j))),
    (100.0, ((1.56031836, -21.868786 + 18.566111j), (3.32732322, 27.732906), (6.80455824, 0.137386 + 65.992271j))),
    (200.0, ((7.40431701, 0.852063 + 69.975495j),)), (320.0, ((8.10480881, -0.065905 + 70.093274j),))])
def test_fixed_points_and_leading_eigenvalues(p, table):
    found = equilibria(snapshot_of(JansenRit, p=p)).points
    assert [point.state[0] for point in found] == pytest.approx([y for y, _ in table], abs=1e-8)
    assert [leading(point) for point in found] == pytest.approx([value for _, value in table], abs=1e-5)


@pytest.mark.parametrize("changes", [{}, {"B": 17.6}, {"B": 40.0, "p": 260.0}, {"C": 68.0, "p": 160.0}, {"C": 300.0}])
def test_fixed_points_lie_on_the_curve_that_is_explicit_in_y(changes):
    snapshot = snapshot_of(JansenRit, **changes)
    others = {name: changes[name] for name in ("B", "C") if name in changes}
    y = np.linspace(-20.0, 60.0, 40_001)
    excess = input_at(y, **others) - snapshot.p.p
    roots = [brentq(lambda y: input_at(y, **others) - snapshot.p.p, y[k], y[k + 1], xtol=1e-13)
             for k in np.flatnonzero(excess[1:] * excess[:-1] < 0.0)]
    found = equilibria(snapshot).points
    assert [point.state[0] for point in found] == pytest.approx(roots, abs=1e-8)
    for point, root in zip(found, roots, strict=True):
        expected = np.sort_complex(polynomial(root, **others).roots)
        assert np.sort_complex(point.eigenvalues * PER_S) == pytest.approx(expected, abs=2e-5)


def test_special_points_of_the_diagram():
    found = {code: [q for q in diagram(snapshot_of(JansenRit), "p").points if q.code == code] for code in ("LP", "H")}
    assert sorted(q.parameters["p"] for q in found["LP"]) == pytest.approx([-41.301410, 113.586273], abs=1e-5)
    hopfs = sorted(found["H"], key=lambda q: q.parameters["p"])
    assert [q.parameters["p"] for q in hopfs] == pytest.approx([-12.147492, 89.829108, 315.696428], abs=1e-5)
    assert [q.state[0] for q in hopfs] == pytest.approx([5.940456, 6.739567, 8.079144], abs=2e-6)
    assert [2.0 * np.pi / q.period * PER_S for q in hopfs] == pytest.approx([45.487007, 65.200982, 70.142784], abs=1e-5)
    assert [np.sign(q.lyapunov) for q in hopfs] == [1.0, -1.0, -1.0]


def test_branches_of_cycles():
    alpha, spikes = sorted(cycles(snapshot_of(JansenRit), "p"), key=lambda branch: -branch.parameter.max())
    assert set(alpha.ends) == {Status.HOPF} and set(spikes.ends) == {Status.HOPF, Status.SNIC}
    assert sorted((alpha.parameter[0], alpha.parameter[-1])) == pytest.approx([89.829108, 315.696428], abs=1e-5)
    (fold,) = [q for q in spikes.points if q.code == "LPC"]
    assert fold.parameters["p"] == pytest.approx(137.379267, rel=1e-7)
    assert fold.period == pytest.approx(211.973, abs=5e-4)
    (end,) = [q for q in spikes.points if q.code == "SNIC"]
    assert end.parameters["p"] == pytest.approx(113.586273, abs=1e-5)
    assert (alpha.period > 0).all()


LOW = {"y_0": 1.6, "x_0_0": 0.013, "x_2_0": 3.1}


@pytest.mark.parametrize(("changes", "period", "lowest", "highest"), [
    ({"p": 120.0}, 95.526790, 5.890387, 7.955603), ({"p": 200.0}, 92.059941, 5.949032, 8.922147),
    ({"p": 300.0}, 89.788198, 7.243139, 8.772242), ({"p": 120.0, **LOW}, 419.363485, 1.22607, 11.16978),
    ({"p": 130.0, **LOW}, 315.418852, 1.94248, 11.46324)])
def test_cycles_have_the_periods_of_the_table(changes, period, lowest, highest):
    found = limit_cycle(snapshot_of(JansenRit, **changes))
    assert found.period == pytest.approx(period, rel=1e-6)
    assert (found.low[0], found.high[0]) == pytest.approx((lowest, highest), abs=2e-4)


def test_multipliers_of_alpha():
    alpha = max(cycles(snapshot_of(JansenRit), "p"), key=lambda branch: branch.parameter.max())
    order = np.argsort(alpha.parameter)
    second = np.sort(np.abs(alpha.multipliers), axis=0)[-2]
    for p, expected in ((120.0, 0.935998), (200.0, 0.860120), (300.0, 0.961447)):
        assert np.interp(p, alpha.parameter[order], second[order]) == pytest.approx(expected, abs=0.01)


def test_period_of_spikes_grows_as_at_a_saddle_node_on_the_cycle():
    spikes = min(cycles(snapshot_of(JansenRit), "p"), key=lambda branch: branch.parameter.max())
    near = (spikes.period > 1300.0) & np.isfinite(spikes.period)
    expected = np.pi / np.sqrt(27.721831) / np.sqrt(spikes.parameter[near] - 113.586273) + 0.09  # s, normal form
    assert near.sum() > 2
    assert spikes.period[near] / PER_S == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("second", "corners"), [("C", {"CP": 1, "BT": 1, "GH": 1}), ("B", {"BT": 1, "GH": 1})])
def test_chart_meets_the_closed_forms(second, corners):
    found = two_parameter(snapshot_of(JansenRit), "p", second)
    assert {code: sum(q.code == code for q in found.points) for code in corners} == corners
    for locus in found.loci:
        for p, value, y in zip(locus.first, locus.second, locus.states[0], strict=True):
            assert input_at(y, **{second: value}) == pytest.approx(p, abs=1e-4)
            values = polynomial(y, **{second: value}).roots
            critical = np.abs(values).min() if locus.code == "LP" else np.abs(values.real).min()
            assert critical < 1e-2
    (corner,) = [q for q in found.points if q.code == "BT"]
    values = polynomial(corner.state[0], **{second: corner.parameters[second]}).roots
    assert np.sort(np.abs(values))[:2] == pytest.approx([0.0, 0.0], abs=0.05)


def test_steps_of_the_noise_have_its_strength():
    snapshot = snapshot_of(JansenRit, sigma=3.0)
    t = 0.5 * np.arange(100_001)
    kicks = JansenRit.impulses(t, snapshot.p)
    assert kicks[4].std() == pytest.approx(3.25 * 0.1 * 3.0 * np.sqrt(0.5 / PER_S), rel=0.01)
    assert not kicks[[0, 1, 2, 3, 5]].any()
    assert kick(snapshot.p) == pytest.approx(3.25 * 100.0 * 3.0 / PER_S * np.sqrt(1.0 / PER_S))
    assert np.array_equal(kicks, JansenRit.impulses(t, snapshot.changed(C=100.0).p))


def test_noise_at_the_low_rest_has_the_spectrum_of_linear_theory():
    snapshot = snapshot_of(JansenRit, **LOW, p=20.0, sigma=0.3, t_end=100_000.0)
    power, expected = (np.array(drawn_columns(snapshot, 0)[name][1])[1:80] for name in ("run", "theory"))
    assert np.mean(np.log(power / expected)) == pytest.approx(0.0, abs=0.05)
    assert np.std(np.log(power / expected)) == pytest.approx(1.0 / np.sqrt(94.0), rel=0.5)


def test_runs_with_noise_repeat_and_differ_with_the_seed():
    turns = [snapshot_of(JansenRit, "Rhythm and spikes by turns", seed=seed, t_end=500.0) for seed in (3, 3, 4)]
    one, again, other = (simulate_whole(snapshot).y[0] for snapshot in turns)
    assert np.array_equal(one, again) and np.abs(one - other).max() > 0.1


def test_spikes_and_alpha_take_turns():
    y = simulate(snapshot_of(JansenRit, "Rhythm and spikes by turns")).y[0].reshape(-1)[:40_000].reshape(20, -1)
    spiking = y.max(axis=1) > 10.0
    assert 2 <= spiking.sum() <= 18
