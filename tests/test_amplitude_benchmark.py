"""The noisy oscillator and the loop beside which it is timed do the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks import amplitude


def test_noisy_oscillator_and_its_loop_do_the_same():
    out = np.empty((4, amplitude.STEPS))
    amplitude.compiled(out)
    turns = amplitude.STEPS * amplitude.TURN / (2 * math.pi)
    assert turns == pytest.approx(100.0)  # 10 s at 10 Hz
    assert out[0].mean() == pytest.approx(amplitude.loop(), rel=0.4)  # other draws of the same noise
    assert np.std(np.diff(out[0])) > 0.0 and np.all(out[0] < 6.0)
