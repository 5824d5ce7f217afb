"""Spikes of a recording whose file holds a membrane potential and no list of times."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.trains._synthetic_recordings import membrane_recording
from ncm_app.numerics.spikes.crossings import upward_crossings
from ncm_app.numerics.spikes.reading import read_recording
from tests.numerics import files


def spiking_potential(times, peak=-5.0, dt=0.1):
    """Return a potential of 1 s about -65 mV, with noise and spikes of 2 ms that peak at times given."""
    t = np.arange(10_001) * dt
    bumps = sum(np.exp(-((t - s) ** 2) / (2 * 0.5**2)) for s in times)
    return -65.0 + (peak + 65.0) * bumps + np.random.default_rng(2).normal(0.0, 1.5, len(t))


def test_spikes_are_read_off_a_potential_whose_file_names_none():
    times = [3.0, 100.0, 450.0, 455.0, 999.0]
    found = read_recording("cell.npz", files.npz(V=spiking_potential(times), dt=np.array([0.1])))
    assert len(found.trains.times) == 5  # noise at their flanks makes no others
    np.testing.assert_allclose(found.trains.times, times, atol=1.0)
    assert found.duration == pytest.approx(1000.0)
    assert found.message.startswith("The file names no spike times: they are where V rises through -3")
    assert "halfway from its median (-64.9 mV) to its peak" in found.message
    rough = np.array([0.0, 9.0, 4.0, 6.0, 0.0, 9.0])  # the second crossing of 5 is none: 4 is not below 2
    assert upward_crossings(np.arange(6.0), rough, 5.0, 2.0).tolist() == pytest.approx([5 / 9, 4 + 5 / 9])


def test_spikes_read_off_are_those_that_the_cell_fired():
    cell = membrane_recording(3)
    found = read_recording("cell.npz", files.npz(V=cell.V, dt=np.array([cell.dt])))
    np.testing.assert_allclose(found.trains.times, cell.trains.times, atol=0.3)


def test_potential_in_volts_is_refused_with_what_was_found():
    with pytest.raises(ValueError, match=r"V from -0\.07.* to -0\.00"):
        read_recording("a.npz", files.npz(V=1e-3 * spiking_potential([9.0]), dt=0.1))
