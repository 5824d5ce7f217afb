"""Files of laboratories: off by default, named where their library is missing, and read by it where it is there."""

from __future__ import annotations

import datetime
import importlib
import warnings

import numpy as np
import pytest

from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.readers import laboratory

TRAINS = [np.array([0.0125, 0.25, 1.5]), np.array([]), np.array([0.5, 0.75])]  # s


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.setenv(laboratory.SWITCH, "1")


@pytest.mark.parametrize("ending", laboratory.ENDINGS)
@pytest.mark.parametrize("value", [None, "0", "yes"])
def test_they_are_refused_unless_the_host_says_1(monkeypatch, ending, value):
    monkeypatch.delenv(laboratory.SWITCH, raising=False)
    if value is not None:
        monkeypatch.setenv(laboratory.SWITCH, value)
    with pytest.raises(ValueError, match=rf"{ending} found, which is only read where {laboratory.SWITCH}=1 is set\.$"):
        read_recording(f"cell{ending}", b"\x89HDF\r\n\x1a\n" + bytes(50))


@pytest.mark.parametrize(("ending", "package"), [(".nwb", "pynwb"), (".plx", "neo"), (".mat", "neo")])
def test_the_extra_is_named_where_it_is_not_installed(allowed, monkeypatch, ending, package):
    def missing(name):
        assert name == package
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ValueError, match=r"pip install 'ncm_app\[recordings\]'\.$") as caught:
        read_recording(f"cell{ending}", b"anything")
    assert package in str(caught.value)


def nwb(trains, path):
    """Return the bytes of an NWB file with units."""
    pynwb = pytest.importorskip("pynwb")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = pynwb.NWBFile("made by a test", "cell", datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        for times in trains:
            file.add_unit(spike_times=times)
        with pynwb.NWBHDF5IO(str(path), "w") as writer:
            writer.write(file)
    return path.read_bytes()


def test_units_of_an_nwb_file_are_trains_in_ms(allowed, tmp_path):
    found = read_recording("cell.nwb", nwb(TRAINS, tmp_path / "a.nwb"))
    np.testing.assert_allclose(found.trains.times, [12.5, 250.0, 1500.0, 500.0, 750.0])
    assert (found.trains.trials.tolist(), found.trains.count, found.unit) == ([0, 0, 0, 2, 2], 3, "ms")
    assert "each of 3 cells is shown as a trial" in found.message.lower()
    assert "first times 12.5, 250, 1500 ms" in found.reading


def test_nwb_files_without_spikes_and_damaged_ones_are_refused(allowed, tmp_path):
    whole = nwb(TRAINS, tmp_path / "a.nwb")
    for data, found in ((nwb([], tmp_path / "b.nwb"), "none found"), (whole[:3000], "its library cannot read found"),
                        (b"no file at all", "its library cannot read found")):
        with pytest.raises(ValueError, match="was not opened: ") as caught:
            read_recording("cell.nwb", data)
        assert found in str(caught.value) and str(caught.value).endswith(".")


def matlab(segments, path):
    """Return the bytes of a file of Neo in MATLAB's format; segments hold spike trains (times, start, stop) in s."""
    neo = pytest.importorskip("neo")
    pytest.importorskip("scipy")
    block = neo.Block()
    for trains in segments:
        segment = neo.Segment()
        for times, start, stop in trains:
            segment.spiketrains.append(neo.SpikeTrain(times, units="s", t_start=start, t_stop=stop))
        block.segments.append(segment)
    neo.io.NeoMatlabIO(str(path)).write_block(block)
    return path.read_bytes()


@pytest.mark.parametrize(("segments", "trials", "kind"), [
    ([[(TRAINS[0], 0.0, 2.0), (TRAINS[2], 0.0, 2.0)]], [0, 0, 0, 1, 1], "cell"),
    ([[(TRAINS[0], 0.0, 2.0)], [(TRAINS[2], 0.0, 2.0)]], [0, 0, 0, 1, 1], "trial")])
def test_spike_trains_of_neo_keep_their_length(allowed, tmp_path, segments, trials, kind):
    found = read_recording("cell.mat", matlab(segments, tmp_path / "a.mat"))
    np.testing.assert_allclose(found.trains.times, [12.5, 250.0, 1500.0, 500.0, 750.0])
    assert (found.trains.trials.tolist(), found.duration, found.open_ended) == (trials, 2000.0, False)


def test_neo_times_count_from_the_start_of_the_recording(allowed, tmp_path):
    found = read_recording("cell.mat", matlab([[(TRAINS[0] + 10.0, 10.0, 12.0)]], tmp_path / "a.mat"))
    np.testing.assert_allclose(found.trains.times, [12.5, 250.0, 1500.0])
    assert found.duration == 2000.0 and "from the start of the recording at 10000 ms" in found.message


def test_several_cells_in_several_trials_are_refused(allowed, tmp_path):
    one = (TRAINS[0], 0.0, 2.0)
    data = matlab([[one, one], [one]], tmp_path / "a.mat")
    with pytest.raises(ValueError, match="2 cells in 2 trials found"):
        read_recording("cell.mat", data)
    with pytest.raises(ValueError, match="its library cannot read found"):
        read_recording("cell.mat", data[:200])
    with pytest.raises(ValueError, match="none found"):
        read_recording("cell.mat", matlab([[]], tmp_path / "b.mat"))


def test_no_reader_of_neo_unpickles():
    assert not {"PickleIO", "NestIO"} & set(laboratory.NEO.values())
    assert ".pkl" not in laboratory.ENDINGS
