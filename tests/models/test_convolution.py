"""Convolution is linear, commutes, moves with the signal, and is what NumPy and integrals say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ncm_app.core.kernels import climb, convolved, response, sampled_kernel
from ncm_app.models.mathematics.convolution import LEVELS, Convolution, here, noiseless, without_edges
from ncm_app.studies.plots import drawn_columns, measures, perform, told
from ncm_app.views.plots import Drawn, PlotView
from tests.models.asking import snapshot_of

KERNELS = Convolution.param.kernel.objects
rows = st.lists(st.floats(-5, 5), min_size=5, max_size=60).map(np.array)
odd = st.lists(st.floats(-5, 5), min_size=1, max_size=20).map(lambda values: np.array([*values, 1.0, *values[::-1]]))


def found(preset=None, **changes):
    snapshot = snapshot_of(Convolution, preset, **changes)
    return perform(snapshot), snapshot.p


def measured(preset=None, **changes):
    return {m.name: m for m in measures(snapshot_of(Convolution, preset, **changes))}


@given(x=rows, z=rows, k=odd, a=st.floats(-3, 3))
def test_convolution_is_linear_and_commutes(x, z, k, a):
    n = min(len(x), len(z))
    x, z = x[:n], z[:n]
    assert convolved(a * x + z, k) == pytest.approx(a * convolved(x, k) + convolved(z, k), abs=1e-9)
    assert np.convolve(x, k) == pytest.approx(np.convolve(k, x), abs=1e-9)


@given(x=rows, k=odd, by=st.integers(1, 30))
def test_moved_signal_gives_the_moved_result(x, k, by):
    room = np.zeros(len(k) + by)
    one, moved = np.concatenate([room, x, room]), np.concatenate([np.zeros(by), room, x, room[by:]])
    assert convolved(moved, k)[by:] == pytest.approx(convolved(one, k)[:-by], abs=1e-9)


@given(x=rows, k=odd)
def test_same_is_numpy_s_where_the_kernel_is_the_shorter(x, k):
    assert len(convolved(x, k)) == len(x)
    if len(k) <= len(x):
        assert convolved(x, k) == pytest.approx(np.convolve(x, k, "same"), abs=1e-9)


def test_even_kernel_of_the_book_comes_one_step_late():
    s = np.arange(-6.0, 6.0, 0.1)
    impulse = np.zeros(500)
    impulse[250] = 1.0
    assert len(s) == 120
    assert int(np.argmax(np.convolve(impulse, np.exp(-(s**2) / 3.0), "same"))) == 251
    assert len(np.convolve(np.ones(50), np.ones(120), "same")) == 120


def test_book_s_kernel_has_the_width_of_the_preset():
    variance = quad(lambda s: s**2 * np.exp(-(s**2) / 3.0), -6, 6)[0] / quad(lambda s: np.exp(-(s**2) / 3.0), -6, 6)[0]
    assert np.sqrt(variance) == pytest.approx(1.2247, abs=1e-3)
    answer, _p = found("Fig A.3")
    inside = np.abs(answer.s) < 4
    assert answer.k[inside] == pytest.approx(np.exp(-(answer.s[inside] ** 2) / 3.0) / np.sqrt(3.0 * np.pi), rel=1e-3)


@pytest.mark.parametrize("shape", KERNELS)
@pytest.mark.parametrize("sigma", [0.2, 1.0, 3.3])
def test_kernel_has_its_integral_and_its_width(shape, sigma):
    answer, p = found(kernel=shape, sigma=sigma)
    whole = np.sum(answer.k) * p.dt
    if shape == "difference":
        assert whole == pytest.approx(0.0, abs=1e-12)
        return
    assert whole == pytest.approx(1.0)
    mean = np.sum(answer.s * answer.k) * p.dt
    assert mean == pytest.approx(sigma * (shape == "exponential"), abs=0.05 * sigma)
    assert np.sqrt(np.sum((answer.s - mean) ** 2 * answer.k) * p.dt) == pytest.approx(sigma, rel=0.03)


@given(shape=st.integers(0, 3), sigma=st.floats(0.5, 4), w=st.floats(0.05, 1.5),
       s=st.floats(-6, 6).filter(lambda s: abs(s) > 0.05))
@settings(max_examples=30, deadline=None)
def test_response_and_climb_are_integrals_of_the_kernel(shape, sigma, w, s):
    grid, k = sampled_kernel(shape, sigma, 0.02)
    assert response(shape, sigma, w) == pytest.approx(np.sum(k * np.exp(-1j * w * grid)) * 0.02, abs=2e-3)
    near = 0.02 * np.rint(s / 0.02)
    there = np.sum(k[np.abs(grid - near) < 0.01]) / 2
    summed = (np.sum(k[grid < near - 0.01]) + there) * 0.02
    assert float(climb(shape, sigma, np.array([near]))[0]) == pytest.approx(summed, abs=5e-3)


@pytest.mark.parametrize("shape", KERNELS)
@pytest.mark.parametrize("signal", ["sine", "step", "pulse"])
def test_sum_agrees_with_the_integral_away_from_the_edges(shape, signal):
    answer, p = found(kernel=shape, signal=signal, sigma=1.0, c=0.7, sigma_x=0.0)
    away = np.abs(answer.y - without_edges(answer.t, p))[answer.inner]
    assert len(away) > 200
    assert np.max(away) < 3e-3


@pytest.mark.parametrize(("shape", "left", "right"), [("Gaussian", 10.0, 40.0), ("exponential", 16.0, 50.0)])
def test_edges_spoil_only_their_zones(shape, left, right):
    answer, p = found(kernel=shape, sigma=2.0, c=3.0, sigma_x=0.0)
    assert answer.edges(p) == pytest.approx((left, right), abs=0.2)
    gap = np.abs(answer.y - without_edges(answer.t, p))
    assert gap[0] > 1.0
    assert (gap[-1] > 1.0) == (shape == "Gaussian")


def test_attenuation_of_the_book_s_kernel():
    quiet = measured("Fig A.3", sigma_x=0.0)["gain"]
    assert [quiet.value, quiet.theory] == pytest.approx([0.9287, 0.9287], abs=5e-5)
    assert measured("Fig A.3", sigma=4.0)["gain"].theory == pytest.approx(0.45, abs=0.005)


def test_noise_is_averaged_as_theory_says():
    seeds = [measured("Fig A.3", seed=seed) for seed in range(40)]
    before, after = (np.mean([m[name].value for m in seeds]) for name in ("noise before", "noise after"))
    theory = 0.25 * np.sqrt(0.1 / (2 * np.sqrt(np.pi) * 1.2247))
    assert before == pytest.approx(0.25, abs=0.005)
    assert seeds[0]["noise after"].theory == pytest.approx(theory, rel=1e-3)
    assert after == pytest.approx(theory, rel=0.06)


def test_smoothed_sine_is_as_far_from_the_sine_as_in_the_book():
    gaps = []
    for seed in range(20):
        answer, p = found("Fig A.3", seed=seed)
        gaps.append(np.sqrt(np.mean((answer.y - noiseless(answer.t, p))[answer.inner] ** 2)))
    assert np.mean(gaps) == pytest.approx(0.069, abs=0.019)


@given(t_0=st.floats(0, 49.9), shape=st.sampled_from(KERNELS))
@settings(max_examples=25, deadline=None)
def test_area_of_the_product_is_the_result(t_0, shape):
    snapshot = snapshot_of(Convolution, t_0=t_0, kernel=shape)
    answer, drawn = perform(snapshot), drawn_columns(snapshot, 1)
    assert np.sum(drawn["area"][1]) * 0.1 == pytest.approx(answer.y[here(answer, snapshot.p)], abs=1e-12)
    assert drawn_columns(snapshot, 2)["now"][1] == pytest.approx([answer.y[here(answer, snapshot.p)]])


def test_causal_kernel_knows_the_past_only():
    early, late = (found(kernel="exponential", signal="step", t_1=t, sigma_x=0.0)[0] for t in (20.0, 30.0))
    before = early.t < 19.95
    assert np.all(early.y[before] == late.y[before])
    assert "only looks back" in told(snapshot_of(Convolution, kernel="exponential"))
    assert "looks both ways" in told(snapshot_of(Convolution, kernel="box"))


def test_valid_gives_nothing_at_the_edges():
    snapshot = snapshot_of(Convolution, "Ex A.4.1", mode="valid")
    drawn = drawn_columns(snapshot, 2)
    assert "now" not in drawn
    assert drawn["y"][0][[0, -1]] == pytest.approx([10.0, 39.9])
    assert "y(t_0)" not in {m.name for m in measures(snapshot)}
    assert told(snapshot).endswith("'valid' defines no y")
    assert "area" not in drawn_columns(snapshot, 1)
    assert drawn_columns(snapshot, 1)["words"][2] == ["no y: over the edge"]
    inside = snapshot_of(Convolution, "Ex A.4.1", mode="valid", t_0=20.0)
    assert drawn_columns(inside, 1)["words"][2][0].startswith("area")


def axis_of_the_result(preset, **changes):
    snapshot = snapshot_of(Convolution, preset, **changes)
    shown = Drawn(drawn_columns(snapshot, 2), snapshot.values_by_name["t_end"])
    return PlotView(Convolution.plots[2]).limits(shown)[1], shown.columns["y"][1]


@pytest.mark.parametrize(("preset", "changes"), [
    ("Ex A.4.1", {}), ("Ex A.4.1", {"c": -3.0}), ("Ex A.4.1, causal", {"c": 5.0})])
def test_crests_have_room_in_the_frame(preset, changes):
    (low, high), y = axis_of_the_result(preset, **changes)
    assert low + 0.03 * (high - low) < y.min() < y.max() < high - 0.03 * (high - low)


def test_pulse_of_area_one_shows_the_kernel_as_large_as_it_can_be_seen():
    (low, high), y = axis_of_the_result("Fig A.3", signal="pulse", A=2.0, d=0.5, sigma_x=0.0)
    answer, p = found("Fig A.3", signal="pulse", A=2.0, d=0.5, sigma_x=0.0)
    middle = answer.t - p.t_1 - p.d / 2.0 + p.dt / 2.0  # a sample stands for the step around it
    assert y == pytest.approx(np.exp(-(middle**2) / 3.0) / np.sqrt(3.0 * np.pi), abs=0.003)
    assert y.max() == pytest.approx(0.32, abs=0.005)
    assert y.max() > (high - low) / 3


def test_weak_sine_keeps_the_axis_of_the_signal():
    (low, high), y = axis_of_the_result("Fig A.3", sigma=4.0, T_x=10.0, sigma_x=0.0)
    assert np.ptp(y) < 0.5
    assert (low, high) == pytest.approx(LEVELS)


def test_kernel_longer_than_the_signal_is_answered():
    answer, _p = found(kernel="difference", sigma=4.0, mode="valid")
    assert len(answer.k) > len(answer.t) == len(answer.y)
    drawn = drawn_columns(snapshot_of(Convolution, kernel="difference", sigma=4.0, mode="valid"), 2)
    assert len(drawn["y"][0]) == 0
    assert np.isnan(measured(kernel="difference", sigma=4.0)["noise after"].value)


def test_short_pulse_gives_the_kernel():
    answer, _p = found(signal="pulse", d=0.1, t_1=20.0, sigma_x=0.0, kernel="exponential")
    reach = (len(answer.k) - 1) // 2
    assert answer.y[200:280] == pytest.approx(answer.k[reach:reach + 80] * 0.1)


def test_slider_changes_the_signal_but_not_the_noise():
    one, other = (found(c=c, sigma=s)[0] for c, s in ((0.0, 1.0), (2.0, 3.0)))
    assert np.all(one.noise == other.noise)
    assert other.x - one.x == pytest.approx(2.0)
