"""Arrays of spike times in .npz files: matrices, flags, single precision."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.numerics.spikes.recordings import decimal, rounded_up
from tests.numerics import files

NAN = np.nan


def read(**arrays):
    found = read_recording("a.npz", files.npz(**arrays))
    return [found.trains.times[found.trains.trials == k].tolist() for k in range(found.trains.count)], found


ROWS = {
    "NaN at the ends": ([[1.5, 2.0, NAN], [1.0, 2.25, 3.5]], [[1.5, 2.0], [1.0, 2.25, 3.5]]),
    "zeros at the ends": ([[1.5, 2.0, 0.0], [1.0, 2.25, 3.5]], [[1.5, 2.0], [1.0, 2.25, 3.5]]),
    "a silent row": ([[1.5, 2.0], [NAN, NAN], [1.0, 2.25]], [[1.5, 2.0], [], [1.0, 2.25]]),
    "full": ([[1.5, 2.0, 3.0], [1.25, 2.5, 2.75]], [[1.5, 2.0, 3.0], [1.25, 2.5, 2.75]]),
    "one row": ([[1.5, 2.0, 3.0]], [[1.5, 2.0, 3.0]]), "one column": ([[1.5], [2.0], [3.0]], [[1.5, 2.0, 3.0]]),
}


@pytest.mark.parametrize(("matrix", "trains"), ROWS.values(), ids=ROWS)
def test_rows_or_columns_are_trials_where_only_one_can_be(matrix, trains):
    given = np.array(matrix)
    assert read(SpikeTimes=given)[0] == trains
    if given.shape[0] > 1 and given.shape[1] > 1:
        found, recording = read(SpikeTimes=given.T)
        assert found == trains
        assert f"each of {len(trains)} columns is read as a trial" in recording.message.lower()


def test_trial_numbers_tell_what_a_matrix_means():
    both = np.array([[1.5, 2.0, 3.0], [1.75, 2.5, 3.5]])
    with pytest.raises(ValueError, match="SpikeTimes of 2 x 3 found, in which rows or columns may be trials"):
        read(SpikeTimes=both)
    assert read(SpikeTimes=both, TrialNumbers=[1, 0])[0] == [[1.75, 2.5, 3.5], [1.5, 2.0, 3.0]]
    assert read(SpikeTimes=both, TrialNumbers=[0, 1, 2])[0] == [[1.5, 1.75], [2.0, 2.5], [3.0, 3.5]]
    assert read(SpikeTimes=both, TrialNumbers=[[0, 0, 1], [1, 1, 0]])[0] == [[1.5, 2.0, 3.5], [1.75, 2.5, 3.0]]


@pytest.mark.parametrize(("arrays", "found"), [
    ({"SpikeTimes": [True, False]}, "truth values found"),
    ({"SpikeTimes": [[True, False], [True, True]]}, "truth values found"),
    ({"SpikeTimes": [0, 1, 0, 0, 1]}, "only 0 and 1 found"),
    ({"SpikeTimes": [[0.0, 1.0], [1.0, 1.0]]}, "a matrix of 0 and 1"),
    ({"SpikeTimes": [0, 2, 1, 0]}, "counts in bins, or several trials"), ({"SpikeTimes": [5.5, 3.5]}, "may be several"),
    ({"SpikeTimes": [[1.5, NAN, 2.0], [1.0, 2.0, 3.0]]}, "neither rows nor columns"),
    ({"SpikeTimes": [[1.5, 2.5, 3.5], [0.0, 0.0, 0.0], [1.0, 2.0, 0.0]]}, "silent, or one spike at 0"),
    ({"SpikeTimes": np.ones((2, 2, 2)) * 2.5}, r"shape \(2, 2, 2\)"),
    ({"SpikeTimes": [[1.5, 2.0], [1.0, 3.0]], "TrialNumbers": [0, 1]}, "2 for SpikeTimes of 2 x 2"),
    ({"SpikeTimes": [1.5, 2.0], "TrialNumbers": [50, 51]}, "silent or left out"),
    ({"V": np.zeros((3, 50)), "dt": 0.1}, r"shape \(3, 50\)")])
def test_arrays_that_are_no_times_or_may_be_read_in_two_ways(arrays, found):
    with pytest.raises(ValueError, match=found):
        read(**arrays)


@pytest.mark.parametrize("time", [0.3, 0.7, 1.1, 4.7, 33.0, 120.0, 999.9, 5000.0])
def test_single_precision_does_not_lengthen_a_recording(time):
    single = np.array([0.1 * time, time], dtype=np.float32)
    found = read(SpikeTimes=single)[1]
    assert found.duration == rounded_up(time) == read(SpikeTimes=[0.1 * time, time])[1].duration
    assert found.trains.times.max() <= found.duration
    told = read(SpikeTimes=single, T=max(time, 1.0))[1]
    assert told.duration == max(time, 1.0) and told.trains.times.max() <= told.duration


def test_rounding_of_durations():
    assert decimal(float(np.float32(0.3))) == 0.3
    assert decimal(0.30000001) == 0.30000001
    assert [rounded_up(time) for time in (0.1 + 0.2, 0.31, 1e-9, 99.0, 101.0)] == [0.3, 0.4, 0.1, 99.0, 110.0]
    with pytest.raises(ValueError, match=r"up to 10 ms expected, 10\.001 found"):
        read(SpikeTimes=[1.0, 10.001], T=10.0)
