"""The canonical microcircuit against tables of it that were made by other methods."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ncm_app.models.masses import _delay
from ncm_app.models.masses._microcircuit import gains, jacobian, kick, loop_gains, mixture, response, rest_near, taus
from ncm_app.models.masses._microcircuit_plots import circuit, spectrum
from ncm_app.models.masses.canonical_microcircuit import SPM_2014, SPM_TFM, CanonicalMicrocircuit
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.plots import drawn_columns
from ncm_app.studies.regime import regime
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from tests.models.asking import snapshot_of

PER_S = 1000.0
NOTHING = np.zeros(4)


def values_at_rest(**changes):
    (point,) = equilibria(snapshot_of(CanonicalMicrocircuit, **changes)).points
    assert np.abs(point.state).max() < 1e-8
    return np.sort_complex(point.eigenvalues[point.eigenvalues.imag < 0.0] * PER_S)


@pytest.mark.parametrize(("changes", "expected"), [
    ({}, [-618.669221 - 285.657571j, -387.156032 - 282.695042j, -58.599378 - 106.26802j, -33.789654 - 45.637509j]),
    (SPM_2014, [-52.2860 - 142.2393j, -34.4582 - 69.5577j]),
    (SPM_TFM, [-26.3143 - 99.8262j, -20.0293 - 61.8528j])])
def test_eigenvalues_of_the_rest(changes, expected):
    digits = 1e-5 if not changes else 1e-4
    assert values_at_rest(**changes)[-len(expected):] == pytest.approx(expected, abs=digits)


def test_eigenvalues_are_roots_of_the_determinant():
    p = snapshot_of(CanonicalMicrocircuit, g_deep=2.0, g_granular=1.7, g_superficial=0.6, rho=1.3, G_11=0.3, G_12=0.2).p
    for value in equilibria(snapshot_of(CanonicalMicrocircuit, **p._asdict())).points[0].eigenvalues:
        matrix = np.diag((1.0 + value * taus(p)) ** 2) - loop_gains(NOTHING, p)
        assert np.linalg.svd(matrix, compute_uv=False)[-1] < 1e-8


@pytest.mark.parametrize(("loop", "critical", "frequency"), [
    ("g_deep", 3.1949730172, 13.726538), ("g_granular", 3.77319382, 34.907062),
    ("g_superficial", 8.41169395, 89.314670), ("rho", 16.26306579, 174.009625)])
def test_loops_lose_the_rest_where_the_table_says(loop, critical, frequency):
    (point,) = [q for q in diagram(snapshot_of(CanonicalMicrocircuit), loop).points if q.code == "H"]
    assert point.parameters[loop] == pytest.approx(critical, abs=1e-5)
    assert PER_S / point.period == pytest.approx(frequency, rel=1e-6)
    assert point.lyapunov < 0.0  # supercritical
    (branch,) = cycles(snapshot_of(CanonicalMicrocircuit), loop)
    assert all(stable for stable, _ in branch.stretches())


def test_deep_loop_without_self_inhibition_and_quenched_by_input():
    (point,) = [q for q in diagram(snapshot_of(CanonicalMicrocircuit, G_4=0.0, G_10=0.0), "g_deep").points
                if q.code == "H"]
    assert (point.parameters["g_deep"], PER_S / point.period) == pytest.approx((1.94424605, 9.474045), rel=1e-6)
    found = [q for q in diagram(snapshot_of(CanonicalMicrocircuit, g_deep=4.0), "U_ii").points if q.code == "H"]
    assert sorted(q.parameters["U_ii"] for q in found) == pytest.approx([-0.6060476, 0.6060476], abs=1e-7)
    assert [PER_S / q.period for q in found] == pytest.approx([13.3535] * 2, abs=1e-4)


@pytest.mark.parametrize(("g", "frequency", "harmonics"), [
    (3.2, 13.70822999, (0.14424, 0.02994, 0.36144, 0.34731)), (4.0, 11.88650583, (1.27040, 0.25475, 4.79724, 4.67839))])
def test_cycles_of_the_deep_loop(g, frequency, harmonics):
    snapshot = snapshot_of(CanonicalMicrocircuit, g_deep=g, sigma=0.0)
    found = limit_cycle(snapshot)
    assert PER_S / found.period == pytest.approx(frequency, rel=1e-6)
    long = simulate(snapshot.changed(V_dp_0=0.34 if g < 3.5 else 4.6, t_end=80_000.0))
    tail = long.t > long.t[-1] - 40.0 * found.period
    waves = np.exp(-2j * np.pi * long.t[tail] / found.period)
    size = 2.0 * np.abs((long.y[:4, tail] * waves).mean(axis=1))
    assert size == pytest.approx(harmonics, rel=2e-3)


@pytest.mark.parametrize(("U", "V", "leading"), [
    (0.5, (0.62998541, 0.13073015, 0.31921008, -0.30756298), -33.732718 + 45.484387j),
    (2.0, (2.71820895, 0.45498484, 1.15223656, -1.08239848), -32.779514 + 43.970378j)])
def test_driven_fixed_points(U, V, leading):
    snapshot = snapshot_of(CanonicalMicrocircuit, U=U)
    (point,) = equilibria(snapshot).points
    assert point.state[:4] == pytest.approx(V, abs=1e-8)
    value = max(point.eigenvalues, key=lambda z: (round(z.real, 9), z.imag))
    assert value * PER_S == pytest.approx(leading, abs=2e-5)
    assert rest_near(NOTHING, snapshot.p) == pytest.approx(V, abs=1e-8)
    assert np.sort_complex(np.linalg.eigvals(jacobian(point.state[:4], snapshot.p))) == pytest.approx(
        np.sort_complex(point.eigenvalues), abs=1e-9)


@pytest.mark.parametrize(("delay", "critical", "frequency"), [
    (0.0, 16.26306579, 174.009625), (1.0, 4.905738, 43.9442), (2.0, 2.865324, 30.7869)])
def test_delay_brings_the_hopf_point_nearer(delay, critical, frequency):
    p = snapshot_of(CanonicalMicrocircuit).p
    T, K = taus(p), loop_gains(NOTHING, p)
    assert _delay.hopf(T, K, delay) == pytest.approx((critical, frequency), rel=1e-5)
    assert _delay.is_stable(T, 0.99 * critical * K, delay) and not _delay.is_stable(T, 1.01 * critical * K, delay)
    wave = np.exp(-2j * np.pi * frequency / PER_S * delay) * critical * K
    matrix = np.diag((1.0 + 2j * np.pi * frequency / PER_S * T) ** 2) - wave
    assert np.linalg.svd(matrix, compute_uv=False)[-1] < 1e-3


def test_no_gain_has_no_hopf_point():
    assert np.isnan(_delay.hopf(np.ones(2), np.zeros((2, 2)), 1.0)).all()


def test_lfp_of_the_run_has_the_spectrum_of_linear_theory():
    snapshot = snapshot_of(CanonicalMicrocircuit, sigma=0.02, l_ss=0.3, l_dp=-0.4, t_end=60_000.0)
    power, theory = (np.array(drawn_columns(snapshot, 0)[name][1])[1:160] for name in ("run", "theory"))
    assert np.mean(np.log(power / theory)) == pytest.approx(0.0, abs=0.05)


def test_delayed_theory_without_a_delay_is_the_undelayed_one():
    snapshot = snapshot_of(CanonicalMicrocircuit, d=1e-9)
    drawn = spectrum(simulate(snapshot), snapshot.p)
    inner = slice(8, 150)
    assert drawn["theory"][1][inner] == pytest.approx(drawn["undelayed"][1][inner], rel=0.02)
    unstable = snapshot_of(CanonicalMicrocircuit, rho=4.95, d=1.0)
    assert "theory" not in spectrum(simulate(unstable), unstable.p)


@pytest.mark.parametrize(("rho", "delay"), [(1.0, 3.0), (3.0, 1.0), (4.7, 1.0)])
def test_delayed_run_has_the_spectrum_of_the_delayed_theory(rho, delay):
    snapshot = snapshot_of(CanonicalMicrocircuit, sigma=0.002, rho=rho, d=delay, dt=0.1, t_end=40_000.0)
    drawn = drawn_columns(snapshot, 0)
    power, theory = (np.array(drawn[name][1])[1:200] for name in ("run", "theory"))
    ratio = np.log(power / theory)
    assert ratio.mean() == pytest.approx(0.0, abs=0.06) and np.abs(ratio).max() < 1.2
    assert np.abs(np.log(power / np.array(drawn["undelayed"][1])[1:200])).mean() > 2.0 * np.abs(ratio).mean()


@pytest.mark.parametrize(("delay", "critical", "frequency"), [(1.0, 4.905738, 43.9442), (2.0, 2.865324, 30.7869)])
def test_delayed_run_begins_to_oscillate_at_the_hopf_point(delay, critical, frequency):
    for factor in (0.995, 1.005):
        snapshot = snapshot_of(CanonicalMicrocircuit, rho=factor * critical, d=delay, sigma=0.0, dt=0.1, t_end=6000.0)
        run = simulate(snapshot)
        size = [np.abs(part).max() for part in np.array_split(run.y[1], 6)]
        assert (np.diff(size[1:]) > 0.0).all() if factor > 1.0 else (np.diff(size[1:]) < 0.0).all()
        rises = run.t[1:][(run.y[1, 1:] > 0.0) & (run.y[1, :-1] <= 0.0)]
        assert PER_S / np.diff(rises[-20:]).mean() == pytest.approx(frequency, rel=0.005)


def test_delayed_run_is_that_of_scipy_from_delay_to_delay():
    snapshot = snapshot_of(CanonicalMicrocircuit, rho=6.0, d=2.0, sigma=0.0, U=0.3, dt=0.01, t_end=30.0)
    p, T = snapshot.p, taus(snapshot.p)
    past, y = lambda t: np.array(snapshot.start), np.array(snapshot.start)

    def slopes(t, y, before):
        V = before(t - p.d)[:4]
        rates = 1.0 / (1.0 + np.exp(-p.R * V)) - 0.5
        drive = gains(p) @ rates + [p.U, 0.0, 0.0, 0.0]
        return np.concatenate([y[4:], (drive - 2.0 * y[4:] - y[:4] / T) / T])

    for k in range(15):
        found = solve_ivp(slopes, (2.0 * k, 2.0 * k + 2.0), y, method="DOP853", rtol=1e-10, atol=1e-12, args=(past,),
                          dense_output=True)
        past, y = found.sol, found.y[:, -1]
    for method, dt, close in (("Heun", 0.01, 2e-5), ("RK4", 0.01, 2e-5), ("Heun", 0.02, 8e-5)):
        run = simulate(snapshot.changed(method=method, dt=dt))
        assert run.y[:, -1] == pytest.approx(y, abs=close)


def test_roots_with_a_delay_meet_the_axis_at_the_hopf_point():
    p = snapshot_of(CanonicalMicrocircuit, rho=4.905738).p
    K, values = loop_gains(NOTHING, p), np.linalg.eigvals(jacobian(NOTHING, p))
    roots = _delay.roots_near(values[values.imag > 0.0], taus(p), K, 1.0)
    for s in roots:
        matrix = np.diag((1.0 + s * taus(p)) ** 2) - np.exp(-s) * K
        assert np.linalg.svd(matrix, compute_uv=False)[-1] < 1e-8
    nearest = roots[np.argmin(np.abs(roots.real))]
    assert nearest.real == pytest.approx(0.0, abs=1e-6)
    assert abs(nearest.imag) * PER_S / (2.0 * np.pi) == pytest.approx(43.9442, abs=1e-4)


def test_sentence_says_what_the_delay_does():
    def sentence(**changes):
        return regime(snapshot_of(CanonicalMicrocircuit, sigma=0.0, **changes), "g_deep").sentence

    assert sentence(rho=4.5, d=1.0).startswith("With all synapses 1 ms late the rest is stable; it would be lost at "
                                               "rho = 4.91, near 43.9 Hz; without the delay, ")
    assert "the rest is unstable; it is lost at rho = 2.87, near 30.8 Hz" in sentence(rho=3.0, d=2.0)
    assert "Hz; without" not in sentence(rho=3.0, d=2.0, U=0.5) and "late" not in sentence(rho=3.0)


def test_spectrum_without_noise_or_rest_has_no_theory():
    for preset in ("Deep loop", "Two rhythms at once"):
        snapshot = snapshot_of(CanonicalMicrocircuit, preset)
        assert set(spectrum(simulate(snapshot), snapshot.p)) == {"run"}


def test_circuit_shows_each_gain_that_is_there():
    snapshot = snapshot_of(CanonicalMicrocircuit, g_deep=2.0)
    drawn = circuit(None, snapshot.p)
    assert sorted(drawn["gains"][2]) == sorted(f"{abs(one):.3g}" for one in gains(snapshot.p).ravel() if one)
    assert drawn["gains"][2].count("0.8") == 8 and len(drawn["gains"][2]) == 10
    more = circuit(None, snapshot.p._replace(G_11=0.4, G_12=0.8, G_6=-0.5))
    assert len(more["gains"][2]) == 12
    assert np.isnan(more["inhibition"][0]).sum() == np.isnan(drawn["inhibition"][0]).sum() + 2 * 2


def test_noise_enters_at_the_spiny_stellate_cells():
    p = snapshot_of(CanonicalMicrocircuit, sigma=2.0).p
    kicks = CanonicalMicrocircuit.impulses(0.25 * np.arange(50_001), p)
    assert kicks[4].std() == pytest.approx(2.0 / 2.0 * 0.5, rel=0.02) and kick(p) == 1.0
    assert not kicks[[0, 1, 2, 3, 5, 6, 7]].any()
    assert mixture(p._replace(l_ss=0.2)) == pytest.approx([0.2, 1.0, 0.0, 0.0])


def test_noise_is_the_same_path_at_half_the_step():
    p = snapshot_of(CanonicalMicrocircuit).p
    whole, half = (CanonicalMicrocircuit.impulses(dt * np.arange(round(200.0 / dt)), p)[4] for dt in (0.4, 0.2))
    assert half.reshape(-1, 2).sum(axis=1) == pytest.approx(whole)


def test_two_rhythms_share_the_circuit():
    snapshot = snapshot_of(CanonicalMicrocircuit, "Two rhythms at once", t_end=20_000.0)
    run = simulate(snapshot)
    late = run.t > 12_000.0
    power = np.abs(np.fft.rfft((run.y[:4, late] - run.y[:4, late].mean(axis=1)[:, None]) * np.hanning(late.sum())))
    f = np.fft.rfftfreq(late.sum(), 0.25 / PER_S)
    slow, fast = (f > 8.0) & (f < 20.0), (f > 75.0) & (f < 100.0)
    assert power[3, slow].max() > 30.0 * np.median(power[3]) and power[1, fast].max() > 30.0 * np.median(power[1])


def test_ends_of_sliders_overflow_nowhere():
    extreme = {"g_granular": 8.0, "U": 4.0, "U_ii": -4.0, "B": -3.0, "T_ss": 79.25766891370745,
               "T_sp": 35.689976882487045, "T_ii": 100.0, "T_dp": 100.0, "G_1": 2.5486376939734208, "G_2": 8.0,
               "G_9": 1.9556832796977002, "G_10": 8.0}
    snapshot = snapshot_of(CanonicalMicrocircuit, **extreme)
    drawn = drawn_columns(snapshot, 0)
    assert np.isfinite(drawn["run"][1]).all()
    rates, slopes = response(np.array([-1e4, 1e4, 0.0, 600.0]), snapshot.p._replace(R=3.0))
    off = 1.0 / (1.0 + np.exp(-3.0))
    assert rates == pytest.approx([-off, 1.0 - off, 0.0, 1.0 - off]) and slopes[[0, 1, 3]] == pytest.approx(0.0)
