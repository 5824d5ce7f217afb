"""What the page of spike trains says of recordings that are known, and of the ones that the app makes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ncm_app as ncm
from ncm_app.core.catalogue import find
from ncm_app.language.calling import calling_script
from ncm_app.models.trains import _synthetic_recordings as recordings
from ncm_app.models.trains._recording_plots import count_bars, interval_bars, smooth
from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.numerics.spikes.trains import fano_factor, firing_rate, intervals, spike_counts, variation
from ncm_app.numerics.spikes.tuning import best_threshold, poisson_chances, tuning_curve
from ncm_app.studies.plots import drawn_columns, measures, run_or_perform, told
from tests.numerics import files

MODEL = find("spike_trains")
FIRST, SECOND, THIRD = MODEL.presets
PLOTS = {stated.name: index for index, stated in enumerate(MODEL.plots)}


def snapshot(preset=FIRST, opened=None, **changes):
    model = ncm.model("spike_trains", preset, **changes)
    model.opened = opened
    return model.snapshot()


def drawn(name, asked):
    return drawn_columns(asked, PLOTS[name])


def measured(asked):
    return {found.name: found.value for found in measures(asked)}


def names_shown(asked):
    return {name for name in PLOTS if drawn(name, asked)}


@pytest.mark.parametrize(("preset", "data", "shown"), [
    (FIRST, files.membrane(), {"potential", "rate", "intervals"}),
    (SECOND, files.trials(silent=False), {"raster", "rate", "intervals", "successive", "counts"}),
    (THIRD, files.counts(), {"tuning", "told_apart"}), (THIRD, files.decoding(), {"tuning", "told_apart"})])
def test_panels_that_apply_are_drawn_and_no_others(preset, data, shown):
    opened = read_recording("a.npz", data)
    assert names_shown(snapshot(preset, opened)) == names_shown(snapshot(preset)) == shown
    assert MODEL.reads.suits(opened) == preset


@pytest.mark.parametrize(("name", "data"), [("a.txt", b"100 450 950 990 1000"), ("a.csv", b"100\n450\n950\n"),
                                            ("a.npz", files.npz(SpikeTimes=np.array([100.0, 450.0, 990.0])))])
def test_spikes_of_a_plain_list_are_seen_in_one_row(name, data):
    opened = read_recording(name, data)
    assert names_shown(snapshot(FIRST, opened)) == {"train", "rate", "intervals"}
    times, rows = drawn("train", snapshot(FIRST, opened))["spikes"]
    np.testing.assert_array_equal(times, opened.trains.times)
    assert set(rows) == {0}


def test_sentence_bars_and_smoothed_rate_agree_and_the_unit_is_the_users():
    """100 Hz for 2 s, in seconds: read as ms all say 100 000 Hz, and that this looks wrong; then all say 100."""
    text = " ".join(f"{0.005 + 0.01 * k:.3f}" for k in range(200))
    opened = read_recording("a.txt", text.encode())
    for unit, rate, words in (("ms", 1e5, "200 spikes in 0.002 s, 100000 Hz"),
                              ("s", 100.0, "200 spikes in 2 s, 100 Hz")):
        asked = snapshot(FIRST, opened, unit=unit)
        found, marks = measured(asked), drawn("rate", asked)
        assert words in told(asked)
        assert found["rate"] == pytest.approx(rate)
        np.testing.assert_allclose(marks["counted"][1], rate)
        np.testing.assert_allclose(marks["smoothed"][1], rate, rtol=0.03)
        assert marks["smoothed"][0][-1] > 0.99 * run_or_perform(asked).duration  # up to the end
        assert ("set unit to s" in run_or_perform(asked).message) == (unit == "ms")


def test_an_orientation_is_not_compared_with_itself():
    near = snapshot(THIRD, theta_2=125.0)
    assert "theta_2 = 125 deg was not recorded, the nearest, 120 deg, counts; theta_1 and theta_2 are the same" in (
        told(near))
    assert "told apart" not in measured(near) and "threshold" not in drawn("told_apart", near)
    beside = snapshot(THIRD, theta_2=140.0)
    assert "theta_2 = 140 deg was not recorded, the nearest, 150 deg, counts" in told(beside)
    assert measured(beside) == measured(snapshot(THIRD))
    assert "was not recorded" not in told(snapshot(THIRD, theta_2=360.0))  # 0 deg


def test_numbers_of_a_known_cell():
    found = measured(snapshot(opened=read_recording("a.npz", files.membrane())))
    assert found["rate"] == pytest.approx(4.0)
    assert found["CV"] == pytest.approx(np.std([100, 300, 200]) / 200)
    assert "Fano factor" not in found


def test_numbers_of_known_trials():
    found = measured(snapshot(SECOND, read_recording("a.npz", files.trials(silent=False))))
    counts = 2 * (np.arange(200) % 10) + 2
    assert found["rate"] == pytest.approx(11.0)
    assert found["Fano factor"] == pytest.approx(counts.var() / counts.mean())


def test_numbers_of_known_counts_and_their_error_bars():
    asked = snapshot(THIRD, read_recording("a.npz", files.counts()))
    assert measured(asked) == {"rate at theta_1": 15.0, "rate at theta_2": 5.0, "told apart": 75.0, "threshold": 1}
    marks = drawn("tuning", asked)
    assert marks["theta_2"][0].tolist() == [150.0] and marks["theta_2"][1].tolist() == [5.0]
    x, y = (np.reshape(column, (12, 3)) for column in marks["error"])
    assert np.all(np.isnan(y[:, 2])) and np.all(x == np.arange(12)[:, None] * 30.0)
    assert (y[4, 1] - y[4, 0]) / 2 == pytest.approx(5.0 / np.sqrt(99))


def test_first_trial_is_what_one_hears():
    for data, heard in ((files.membrane(), [100, 200, 500, 700]), (files.trials(silent=False), [10, 990]),
                        (files.counts(), [])):
        opened = read_recording("a.npz", data)
        times, duration = MODEL.sound(opened, snapshot().p)
        assert (list(times), duration) == (heard, 1000.0)


def test_nearest_orientation_counts_and_the_circle_is_closed():
    opened = read_recording("a.npz", files.counts())
    assert measured(snapshot(THIRD, opened, theta_1=110.0))["rate at theta_1"] == 15.0
    assert drawn("tuning", snapshot(THIRD, opened, theta_1=355.0))["theta_1"][0].tolist() == [0.0]


def test_slider_chooses_the_neuron_and_the_last_one_stands_for_those_beyond():
    opened = read_recording("a.npz", files.decoding())
    for neuron, cell in ((1, 0), (41, 40), (112, 111), (500, 111)):
        rates = drawn("tuning", snapshot(THIRD, opened, neuron=neuron))["rate"][1]
        assert rates[cell % 12] == pytest.approx(2.0 * cell)
        assert rates.sum() == pytest.approx(2.0 * cell)


def test_windows_count_every_spike_and_the_smoothed_rate_keeps_them():
    asked = snapshot(SECOND, read_recording("a.npz", files.trials(silent=False)), width=100.0, sigma=3.0)
    edges, heights = drawn("rate", asked)["counted"]
    assert np.sum(heights * np.diff(edges)) / 1000.0 == pytest.approx(11.0)  # spikes in a trial
    t, smoothed = drawn("rate", asked)["smoothed"]
    assert smoothed.sum() * (t[1] - t[0]) / 1000.0 == pytest.approx(11.0, rel=3e-3)  # divided at both ends


def test_poisson_beside_a_histogram_has_its_area_and_mean():
    assert poisson_chances(3.0, 60) @ np.arange(61) == pytest.approx(3.0)
    assert poisson_chances(0.0, 3).tolist() == [1.0, 0.0, 0.0, 0.0]
    marks = drawn("counts", snapshot(SECOND, read_recording("a.npz", files.trials(silent=False))))
    assert marks["recorded"][1].sum() == 200
    assert marks["Poisson"][1].sum() == pytest.approx(200, rel=0.03)
    edges, heights = count_bars(np.arange(500), 499)
    assert set(heights[:-1]) == {9} and heights.sum() == 500 and len(edges) <= 61


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=20), st.lists(st.integers(0, 12), min_size=1, max_size=20))
def test_no_threshold_is_better_than_the_best(first, second):
    found = best_threshold(np.array(first), np.array(second))
    shares = [0.5 * (np.mean(np.array(a) >= c) + np.mean(np.array(b) < c))
              for a, b in ((first, second), (second, first)) for c in range(15)]
    assert found.correct == pytest.approx(max(shares))
    a, b = (first, second) if found.first else (second, first)
    assert 0.5 * (np.mean(np.array(a) >= found.least) + np.mean(np.array(b) < found.least)) == pytest.approx(
        found.correct)


@pytest.mark.parametrize("seed", range(6))
def test_recordings_made_by_the_app_are_what_they_say(seed):
    """Rates and Fano factors of theory, within five standard errors."""
    cell, many, tuned = (make(seed) for make in (
        recordings.membrane_recording, recordings.trial_recording, recordings.tuning_recording))
    assert 3 <= len(cell.trains.times) <= 30 and variation(intervals(cell.trains)) > 0.4
    np.testing.assert_array_equal(np.flatnonzero(cell.V == recordings.TOP) * cell.dt, cell.trains.times)
    spread = np.exp(recordings.EXCITABILITY**2) - 1.0  # variance of a trial's excitability
    assert firing_rate(many.trains) == pytest.approx(15.0, abs=5.0 * np.sqrt((15.0 + 225.0 * spread) / 200))
    fano = 1.0 + 15.0 * spread
    assert fano_factor(spike_counts(many.trains)) == pytest.approx(fano, rel=5.0 * np.sqrt(3.0 / 200))
    _, rate = smooth(many.trains, 10.0)
    power = np.abs(np.fft.rfft(rate - rate.mean()))
    assert power.argmax() == 6  # in one second
    curve = tuning_curve(tuned.counts[0], tuned.stimuli, 1000.0)
    expected = recordings.tuned_rate(curve.stimuli)
    error = np.sqrt((expected + expected**2 * spread) / 100)
    assert np.all(np.abs(curve.rates - expected) < 5.0 * error)


def test_seed_decides_the_recordings_that_the_app_makes():
    for preset in MODEL.presets:
        one, again, other = (measured(snapshot(preset, seed=seed)) for seed in (3, 3, 4))
        assert one == again != other


@pytest.mark.parametrize(("preset", "changes", "name", "value"), [
    (SECOND, {}, "highest smoothed rate", 28.5), (SECOND, {"sigma": 100.0}, "highest smoothed rate", 16.3),
    (THIRD, {"theta_2": 300.0}, "told apart", 53.0), (THIRD, {"theta_2": 180.0}, "told apart", 99.0)])
def test_what_to_try_gives_the_numbers_that_are_promised(preset, changes, name, value):
    assert measured(snapshot(preset, **changes))[name] == pytest.approx(value, abs=0.06)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_recording_is_answered_in_full(data):
    """One spike, spikes at one moment, one trial of one stimulus: drawn or left out, never an error or NaN in words."""
    times = np.array(data.draw(st.lists(st.floats(0, 3e4), min_size=1, max_size=8)))
    numbers = np.array(data.draw(st.lists(st.integers(0, 300), min_size=len(times), max_size=len(times))))
    numbers[0] = 0
    table = np.array(data.draw(st.lists(st.lists(st.integers(0, 90_000), min_size=2, max_size=2), min_size=1,
                                        max_size=3)))
    for arrays in ({"SpikeTimes": np.sort(times)}, {"SpikeTimes": times, "TrialNumbers": numbers},
                   {"SpikeCounts": table, "AllOrientations": np.array([0.0, 10.0])}):
        opened = read_recording("a.npz", files.npz(**arrays))
        asked = snapshot(MODEL.reads.suits(opened), opened, sigma=data.draw(st.sampled_from([2.0, 1000.0])),
                         width=data.draw(st.sampled_from([5.0, 2000.0])))
        assert names_shown(asked)
        sentence = MODEL.tell(opened, asked.p)
        assert sentence.startswith("file a.npz: ") and "nan" not in sentence
        assert len(measures(asked)) >= 2


def test_intervals_that_are_all_but_zero_are_drawn():
    opened = read_recording("a.csv", b"time\n0\n5e-324\n1e-323\n")
    heights = interval_bars(opened)["recorded"][1]
    assert heights.sum() == 2


def test_python_answers_from_a_file_and_so_does_the_exported_script(tmp_path, capsys, monkeypatch):
    path = tmp_path / "cell.npz"
    path.write_bytes(files.membrane())
    model = ncm.model("spike_trains")
    ncm.open_file(model, path)
    assert ncm.measure(model)["rate"] == pytest.approx(4.0)
    assert ncm.simulate(model).source == "cell.npz"
    monkeypatch.chdir(tmp_path)
    text = calling_script(model.snapshot(), ncm.measure(model))
    exec(compile(text, "exported", "exec"), {})
    assert "rate: 4" in capsys.readouterr().out
    with pytest.raises(ValueError, match="reads no files"):
        ncm.open_file(ncm.model("eif"), path)
    path.write_bytes(files.membrane()[:100])
    with pytest.raises(ValueError, match="cut off"):
        ncm.open_file(model, path)
