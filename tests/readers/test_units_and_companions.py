"""Units and quantities that are not read are refused, and arrays beside spike times are used or refused."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.spikes.reading import read_recording
from tests.numerics import files

BODY = "\n12\n41\n77\n"


@pytest.mark.parametrize("name", ["time (ns)", "time [ns]", "time_ns", "t in ns", "# unit: ns\ntime", "Zeit/nsec",
                                  "# times in nanoseconds\ntime", "# spike times, Nanosekunden"])
def test_nanoseconds_are_converted(name):
    found = read_recording("a.csv", (name + "\n12500000\n40250000\n77750000\n").encode())
    assert found.trains.times.tolist() == [12.5, 40.25, 77.75]
    assert (found.unit, "in ns;" in found.reading) == ("ns", True)


UNKNOWN = ["time (cs)", "time_cs", "t [ds]", "time (days)", "Zeit (Tage)", "time in weeks", "time (d)", "time/m", "t_m",
           "time (%)", "time (hh:mm)", "spike times (cs)", "spikes (cs)", "trial 1 (cs)", "firing (cs)",
           "temps (jours)", "time (a.u.)", "# times in minutes", "# time (cs)\ntime", "# unit: days\ntime",
           "# unit = fortnight\ntime", "# spike times, hours", "# timestamps in furlongs", "# Einheit: Minuten\nZeit",
           "# minutes\ntime", "spike_times_A"]
COUNTED = ["time (steps)", "time_step", "timestep", "time index", "time bin", "Time (bins)", "# unit: frames\ntime",
           "# times in samples\ntime", "# times are sample numbers\ntime", "# sampling rate 30 kHz\ntime",
           "# sampled at 20000 Hz", "# Fs = 24414 Hz\ntimes", "# Abtastrate: 25 kHz\nZeit", "# fs = 30000\ntime",
           "# samples", "# frames\ntime", "# times in units of dt\ntime"]
QUANTITIES = ["time since last spike (ms)", "interspike time (ms)", "time constant", "time constant (ms)", "log time",
              "Zeitkonstante (ms)", "relative time", "response time", "stimulus time", "Intervalle (ms)",
              "time to first spike", "refractory time (ms)", "# ISIs", "# intervals in ms", "# latency (ms)"]


@pytest.mark.parametrize("name", UNKNOWN + COUNTED + QUANTITIES)
def test_other_units_sample_numbers_and_other_quantities_are_refused(name):
    with pytest.raises(ValueError, match=r"expected, .* found"):
        read_recording("a.csv", (name + BODY).encode())


@pytest.mark.parametrize("name", ["time (cs)", "time_days", "log time", "stimulus time", "time step",
                                  "interspike time"])
@pytest.mark.parametrize("trial", ["trial", "neuron"])
def test_so_are_they_beside_numbers_of_trials(name, trial):
    with pytest.raises(ValueError, match=r"expected, .* found"):
        read_recording("a.csv", f"{name},{trial}\n1.5,0\n5.25,1\n".encode())


@pytest.mark.parametrize("name", [
    "time", "Temps écoulé (ms)", "Zeit der Spikes", "# recorded in Berlin\ntime", "time of spike", "spike_times_cell1",
    "# 10 minutes of recording", "# sampling rate 30 kHz\ntime (ms)", "# times in ms, sampled at 30 kHz\ntime",
    "# cell 5; 20 kHz", "# time of recording: 12:30", "firing times", "# made in 3 days", "Recording 12",
    "time (spikes)"])
def test_names_and_comments_that_name_no_other_unit_are_read(name):
    assert read_recording("a.csv", (name + BODY).encode()).trains.times.tolist() == [12.0, 41.0, 77.0]


@pytest.mark.parametrize("text", ["time,trial\ncs,\n12,0\n41,1\n", "trial 1 cs,trial 2 cs\n1.5,2\n3.5,4\n",
                                  "t1 (cs),t2 (cs)\n1.5,2\n3.5,4\n", "time_1_cs,time_2_cs\n1.5,2\n3.5,4\n"])
def test_units_below_names_and_behind_numbers_are_not_passed_over(text):
    with pytest.raises(ValueError, match=r"expected, .* found"):
        read_recording("a.csv", text.encode())
    if "trial 1 cs" not in text:  # "1 ns" may be a step
        assert read_recording("a.csv", text.replace("cs", "ns").encode()).unit == "ns"


def test_times_with_fractions_are_no_numbers_of_samples():
    text = b"# sampling rate 30 kHz\ntime\n12.5\n41.25\n"
    assert read_recording("a.csv", text).trains.times.tolist() == [12.5, 41.25]


TIMES = np.array([10.5, 20.0, 30.25])


@pytest.mark.parametrize("name", ["spike_clusters", "unit_ids", "Neurons", "neuron_ids", "senders"])
@pytest.mark.parametrize("times", ["SpikeTimes", "spike_times"])
def test_numbers_of_cells_of_the_same_length_part_spike_times(name, times):
    found = read_recording("a.npz", files.npz(**{times: TIMES, name: np.array([7, 3, 7])}))
    trains = found.trains
    assert [trains.times[trains.trials == k].tolist() for k in (0, 1)] == [[20.0], [10.5, 30.25]]
    assert f"trains from {name}" in found.reading


def test_one_cell_or_one_trial_does_not_part_the_others():
    numbers = {"TrialNumbers": np.array([0, 1, 0]), "neuron_ids": np.array([3, 3, 3])}
    assert read_recording("a.npz", files.npz(SpikeTimes=TIMES, **numbers)).trains.trials.tolist() == [0, 0, 1]
    numbers = {"TrialNumbers": np.array([1, 1, 1]), "neuron_ids": np.array([0, 1, 0])}
    assert read_recording("a.npz", files.npz(SpikeTimes=TIMES, **numbers)).trains.trials.tolist() == [0, 0, 1]
    assert read_recording("a.npz", files.npz(SpikeTimes=TIMES, neuron_ids=4)).trains.count == 1


@pytest.mark.parametrize(("beside", "found"), [
    ({"unit_ids": [1, 2]}, "3 spikes expected in unit_ids, 2 found"),
    ({"Neurons": [0, 1, 1], "TrialNumbers": [0, 0, 1]}, "TrialNumbers and Neurons found"),
    ({"fs": 30000.0}, "'fs' beside them found"), ({"sampling_rate": 3e4}, "'sampling_rate' beside them found"),
    ({"samplerate": 3e4}, "make them numbers of samples"), ({"units": "s"}, "'units' beside them found"),
    ({"unit": "s"}, "name their unit"), ({"time_unit": "s"}, "name their unit"), ({"Trials": [0, 1, 1]}, "part them"),
    ({"sweep_ids": [0, 1, 1]}, "part them"), ({"n_trials": 5}, "part them"), ({"cluster": [0, 1, 1]}, "part them"),
    ({"spike_times": [1.0]}, "one of SpikeTimes and spike_times expected, both found"),
    ({"spiketimes": [1.0]}, "hold others"), ({"times_s": [1.0]}, "another unit"),
    ({"neurons": ["a", "b", "c"]}, "real numbers expected in neurons")])
def test_arrays_that_may_change_the_meaning_are_named(beside, found):
    with pytest.raises(ValueError, match=found):
        read_recording("a.npz", files.npz(SpikeTimes=TIMES, **beside))


def test_other_arrays_beside_are_left_alone():
    beside = {"theta": 30.0, "firing_rate": 3.0, "h": np.ones(4), "tau_s": 5.0, "cell_type": "RS", "tone_freq": 440.0}
    assert read_recording("a.npz", files.npz(SpikeTimes=TIMES, **beside)).trains.times.tolist() == TIMES.tolist()
    counts = {"SpikeCounts": np.ones((4, 2)), "AllOrientations": [0.0, 90.0], "neurons": ["a"], "unit": "s"}
    assert read_recording("a.npz", files.npz(**counts)).counts.shape == (1, 8)


@pytest.mark.parametrize("rows", [
    [[10.0, 20.0, 30.0], [0, 1, 1]], [[1, 1, 2, 2], [10.5, 20.5, 5.5, 7.5]], [[10.5, 20.5, 30.5, 40.5], [0, 0, 1, 1]],
    [[10.5, 20.5, 30.5], [0, 1, 1], [1, 1, 2]]])
def test_columns_of_times_and_trial_numbers_have_two_readings(rows):
    for matrix, word in ((np.array(rows), "rows"), (np.array(rows).T, "columns")):
        with pytest.raises(ValueError, match=f"{word} may be trials, or times and the trial number of each"):
            read_recording("a.npz", files.npz(SpikeTimes=matrix))
