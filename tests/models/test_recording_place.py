"""The page that places recordings on the diagram: what it finds, draws and says, and what becomes of files."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.snapshot import Snapshot
from ncm_app.models.masses import _column_diagram as diagram
from ncm_app.models.masses import _place_plots as plots
from ncm_app.models.masses._made_signals import DRIFT, FROM, RATE, SPEED, TO, made_input, made_signal
from ncm_app.models.masses._placing import stuck
from ncm_app.models.masses.recording_place import RecordingPlace
from ncm_app.numerics.inversion.column import Column
from ncm_app.numerics.inversion.library import REGIONS
from ncm_app.readers.signals import Signals, read_signals
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import diagram as branches_of
from ncm_app.studies.plots import idle, measures, run_or_perform, told
from tests.models.asking import snapshot_of

ALPHA = made_signal("alpha", 3)


def asked(preset="Drift through all regions", **changes):
    snapshot = snapshot_of(RecordingPlace, preset, **changes)
    return snapshot.p, run_or_perform(snapshot), told(snapshot)


def opened(signals, preset="Your own recording", **changes):
    values = {**RecordingPlace.preset_values(preset), **changes}
    return Snapshot.of(RecordingPlace, values, signals)


def signals(*channels, fs=RATE, unit="", names=("a", "b", "c")):
    return Signals("mine.csv", np.array(channels, dtype=np.float32), names[: len(channels)], fs, unit)


# What is found ----------------------------------------------------------------------------------

def test_a_drift_is_followed_through_all_regions():
    _, answer, _ = asked()
    found, true = answer.placed, answer.true
    assert set(found.region[found.fits]) == {0, 1, 2, 3}
    cycles_found = found.fits & ((found.region == 1) | (found.region == 2))
    off = np.abs(found.p - true)[cycles_found]
    assert np.median(off) < 5.0  # of a published-like ramp: 1.7 to 11.6 by region
    assert np.mean(np.abs(found.p - true)[found.fits] < 2.0 * found.sd[found.fits] + 3.0) > 0.9
    up = np.arange(len(true)) < (TO - FROM) / SPEED / 8.0
    assert np.all(found.region[up & (true < 90.0) & found.fits] == 0)
    assert np.all(found.region[~up & (true > 0.0) & (true < 80.0) & found.fits] == 3)


def test_input_of_a_made_signal_is_the_one_it_is_made_under():
    t = np.array([0.0, 10.0, (TO - FROM) / SPEED, 2 * (TO - FROM) / SPEED])
    np.testing.assert_allclose(made_input(DRIFT, t), [FROM, FROM + 10.0 * SPEED, TO, FROM])
    assert made_input("white noise", t) is None
    np.testing.assert_array_equal(made_signal("spikes", 4), made_signal("spikes", 4))
    assert not np.array_equal(made_signal("spikes", 4), made_signal("spikes", 5))


@pytest.mark.parametrize("factor", [1e-6, 37.0])
def test_an_unknown_unit_changes_no_place(factor):
    plain = run_or_perform(opened(signals(ALPHA)))
    other = run_or_perform(opened(signals(factor * ALPHA)))
    np.testing.assert_allclose(other.placed.p, plain.placed.p, atol=0.5)
    assert other.factor * factor == pytest.approx(1.0, rel=0.02)


def test_a_known_unit_is_made_mv():
    values = {"scale": "as recorded"}
    plain = run_or_perform(opened(signals(ALPHA, unit="mV"), **values))
    micro = run_or_perform(opened(signals(1e3 * ALPHA, unit="µV"), **values))
    np.testing.assert_allclose(micro.placed.p, plain.placed.p, atol=0.01)
    assert "no unit is named: its numbers are taken for mV" in told(opened(signals(ALPHA), **values))
    assert "taken for mV" not in told(opened(signals(ALPHA, unit="V"), **values))


def test_sampling_faster_changes_nothing():
    fine = np.fft.irfft(10.0 * np.fft.rfft(ALPHA), 10 * len(ALPHA))
    slow, fast = run_or_perform(opened(signals(ALPHA))), run_or_perform(opened(signals(fine, fs=2500.0)))
    assert fast.fs <= 1250.0
    np.testing.assert_allclose(fast.placed.p, slow.placed.p, atol=3.0)


# The diagram ------------------------------------------------------------------------------------

def test_stored_cycles_are_those_of_the_model():
    snapshot = snapshot_of(find("jansen_rit"))
    for branch in cycles(snapshot, "p"):
        p, low, high = branch.parameter, branch.low[0], branch.high[0]
        stored = {True: [diagram.ALPHA], False: [diagram.SPIKES, diagram.UNSTABLE]}[bool(np.all(branch.stable))]
        for table in stored:
            part = branch.stable == (table is not diagram.UNSTABLE)
            order = np.argsort(p[part])
            for values, column in ((low, 1), (high, 2)):
                inner = table[(table[:, 0] > p[part].min()) & (table[:, 0] < p[part].max())]
                reached = np.interp(inner[:, 0], p[part][order], values[part][order])
                np.testing.assert_allclose(reached, inner[:, column], atol=0.06)


def test_fixed_points_are_those_of_the_model():
    rests = diagram.rests()
    special = {round(q.parameters["p"], 3) for q in branches_of(snapshot_of(find("jansen_rit")), "p").points}
    turns = rests.p[1:][np.diff(rests.stable.astype(int)) != 0]
    for p in turns:
        assert min(abs(p - place) for place in special) < 2.5
    p, region = np.array([50.0, 120.0, 200.0, 350.0, np.nan]), np.array([0, 1, 2, 3, -1])
    heights = diagram.height(p, region)
    assert heights[0] == pytest.approx(Column().rests(50.0)[0], abs=1e-3)
    assert heights[3] == pytest.approx(Column().rests(350.0)[-1], abs=1e-3)
    assert heights[1] == pytest.approx(11.17, abs=0.02) and heights[2] == pytest.approx(8.922, abs=0.01)
    assert np.isnan(heights[4])


# What is drawn ----------------------------------------------------------------------------------

def test_probabilities_of_a_window_are_all():
    p, answer, _ = asked("Alpha")
    _, _, values = plots.draw_posterior(answer, p)["chance"]
    np.testing.assert_allclose(np.nansum(np.abs(values), axis=0), 100.0, atol=1.0)
    assert np.nanmin(values) >= 0.2  # all on the upper branch
    _, _, rows = plots.draw_regions(answer, p)["chance"]
    np.testing.assert_allclose(rows.sum(axis=0), 100.0, atol=1e-6)
    assert rows[2].min() > 99.0


def test_window_and_spectrum_are_those_of_the_chosen_time():
    p, answer, sentence = asked("Alpha", at=43.0)
    assert "at 40 s" in sentence
    assert plots.draw_recording(answer, p)["window"][0] == [40.0, 48.0]
    f, power = plots.draw_spectrum(answer, p)["recording"]
    model = np.interp(f, *plots.draw_spectrum(answer, p)["model"])
    assert f[power.argmax()] == pytest.approx(11.0, abs=0.6) and f[model.argmax()] == pytest.approx(11.0, abs=0.6)
    assert power.max() == pytest.approx(model.max(), rel=0.3)
    t, y = plots.draw_window(answer, p)["recording"]
    assert len(t) == 2000 and y.mean() == pytest.approx(0.0, abs=1e-9)
    late, answer, sentence = asked("Alpha", at=9000.0)
    assert "at 72 s" in sentence and plots.draw_recording(answer, late)["window"][0] == [72.0, 80.0]


def test_white_noise_fits_nowhere_and_the_distance_is_told():
    p, answer, sentence = asked("No region fits")
    assert not answer.placed.fits.any()
    assert f"{np.median(answer.placed.distance):.3g} SD from the nearest place" in sentence
    assert "nearest" in plots.draw_spectrum(answer, p) and "model" not in plots.draw_window(answer, p)
    assert np.isnan(plots.draw_path(answer, p)["windows"][1]).all()
    assert plots.draw_posterior(answer, p) == {} == plots.draw_regions(answer, p)


def test_long_recordings_are_drawn_by_their_extremes():
    y = np.tile(ALPHA, 60)
    y[123_457] = 40.0
    answer = run_or_perform(opened(signals(y)))
    t, drawn = plots.draw_recording(answer, opened(signals(y)).p)["y"]
    assert len(t) < 15_000 and np.all(np.diff(t) > 0.0)
    assert drawn.max() == pytest.approx(40.0 * answer.factor, rel=1e-5)


# Files ------------------------------------------------------------------------------------------

def test_a_channel_is_never_chosen_in_silence():
    two = signals(ALPHA, 2.0 * ALPHA, names=("Fz", "Cz"))
    assert told(opened(two)).startswith("file mine.csv, channel 1 of 2 (Fz): ")
    assert "channel 2 of 2 (Cz): " in told(opened(two, channel=2))
    assert "there is no channel 7: the last is shown" in told(opened(two, channel=7))
    assert "channel" not in idle(opened(two)) and "channel" in idle(opened(signals(ALPHA)))


def test_a_rate_that_the_file_does_not_tell_is_asked_for():
    unrated = signals(ALPHA, fs=0.0)
    snapshot = opened(unrated)
    assert "the file tells no sampling rate: set f_s" in told(snapshot)
    assert measures(snapshot) == () and "f_s" not in idle(snapshot)
    answer = run_or_perform(snapshot)
    assert [plot.name for plot in RecordingPlace.plots if plot.draw(answer, snapshot.p)] == ["samples"]
    assert "alpha rhythm 10" in told(opened(unrated, f_s=250.0)) and "f_s" not in idle(opened(unrated, f_s=250.0))
    assert "at least 8 s expected, 0.4 s at 50000 Hz found" in told(opened(unrated, f_s=50_000.0))
    assert "f_s" in idle(opened(signals(ALPHA)))


def test_gaps_cost_their_windows_only():
    y = ALPHA.copy()
    y[2100:2103] = np.nan
    answer = run_or_perform(opened(signals(y)))
    assert np.flatnonzero(~answer.placed.fits).tolist() == [1]
    sentence = told(opened(signals(y), at=8.0))
    assert "3 samples are missing: windows that lack any are left out" in sentence
    assert "the window is not whole" in sentence
    assert "spectrum" not in plots.draw_spectrum(answer, opened(signals(y), at=8.0).p)
    y[::1000] = np.nan
    assert "no window of 8 s is whole" in told(opened(signals(y)))


@pytest.mark.parametrize(("y", "words"), [
    (np.clip(ALPHA, 6.5, 8.3), "stand at the largest or least value, as if clipped"),
    (np.full_like(ALPHA, 3.0), "this channel is constant")])
def test_clipped_and_constant_channels_are_told(y, words):
    assert words in told(opened(signals(y, ALPHA)))


def test_only_what_stays_at_an_extreme_is_stuck():
    assert stuck(ALPHA) == 0.0
    assert stuck(np.array([0.0, 2.0, 2.0, 2.0, 1.0, 2.0, 0.0])) == pytest.approx(3 / 7)


def test_a_file_is_placed_once_while_it_is_open():
    snapshot = opened(signals(ALPHA))
    assert run_or_perform(snapshot) is run_or_perform(snapshot.changed(at=40.0))
    assert run_or_perform(snapshot) is not run_or_perform(snapshot.changed(polarity="turned over"))
    assert not run_or_perform(snapshot).y.flags.writeable


def test_what_is_read_is_placed():
    text = "fs = 250 Hz\nFz (µV)\n" + "\n".join(f"{v:.3f}" for v in 40.0 * ALPHA)
    found = run_or_perform(opened(read_signals("mine.csv", text.encode())))
    assert np.all(found.placed.region == REGIONS.index("alpha"))
    assert RecordingPlace.reads.suits(found) in RecordingPlace.presets


def test_answers_convert_to_tables():
    columns = asked("Alpha")[1].columns()
    assert list(columns) == ["start", "p", "sd", "region", "distance", "fits"]
    assert columns["region"] == ("alpha",) * 10 and columns["start"][-1] == 72.0
