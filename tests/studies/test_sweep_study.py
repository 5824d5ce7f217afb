"""Sweeps of models: asked once whatever the slider says, at the time scale of the model."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.morris_lecar import MorrisLecar
from ncm_app.models.mathematics.linear_system import LinearSystem
from ncm_app.models.mathematics.phase_line import PhaseLine
from ncm_app.numerics.results import Status
from ncm_app.numerics.runs.sweep import STEPS
from ncm_app.numerics.system import Cancelled, Progress
from ncm_app.studies import memo
from ncm_app.studies.diagram import diagram
from ncm_app.studies.memo import Memory
from ncm_app.studies.rates import rate_curve
from ncm_app.studies.sweep import evolve

pytestmark = pytest.mark.sweep


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", Memory(2**26))


def of_preset(model, name, **changes):
    return model(**{**model.preset_values(name), **changes}).snapshot()


def test_moving_the_swept_parameter_asks_nothing_new_but_noise_and_seed_do():
    first = evolve(of_preset(PhaseLine, "Pitchfork"), "a")
    for change in ({"a": 2.0}, {"x_0": -1.0}, {"dt": 0.5}, {"t_end": 9.0}):
        assert evolve(of_preset(PhaseLine, "Pitchfork", **change), "a") is first
    noisy = evolve(of_preset(PhaseLine, "Pitchfork"), "a", 0.1)
    assert noisy is not first and noisy.noise == 0.1
    assert evolve(of_preset(PhaseLine, "Pitchfork"), "a", 0.1) is noisy
    assert not np.array_equal(evolve(of_preset(PhaseLine, "Pitchfork"), "a", 0.1, 1).up.end, noisy.up.end)


def test_ways_span_the_bounds_of_the_slider():
    found = evolve(of_preset(PhaseLine, "Pitchfork"), "a")
    for part in (found.up, found.down):
        assert len(part.parameter) == STEPS
        assert sorted(part.parameter[[0, -1]]) == [-3.0, 3.0]


def test_hysteresis_of_the_phase_line_ends_at_its_folds():
    snapshot = of_preset(PhaseLine, "Ex A.7.3")
    folds = sorted(q.parameters["a"] for q in diagram(snapshot, "a").points if q.code == "LP")
    ((low, high),) = evolve(snapshot, "a").hysteresis
    step = 6.0 / (STEPS - 1)
    assert folds[0] <= low < folds[0] + 2 * step and folds[-1] - 2 * step < high <= folds[-1]


@pytest.mark.parametrize(("preset", "up", "down"), [("Hopf", 93.857618, 88.293251), ("SNIC", 39.963153, 39.963153),
                                                    ("homoclinic", 39.963153, 35.006734)])
def test_morris_lecar_fires_from_the_end_of_rest_to_the_end_of_the_cycle(preset, up, down):
    """Rest ends at the Hopf point or the saddle-node, the cycle at its fold, the saddle-node or the saddle."""
    found = evolve(of_preset(MorrisLecar, preset), "I")
    step = 370.0 / (STEPS - 1)
    first, last = (part.parameter[np.ptp([part.low[0], part.high[0]], axis=0) > 20.0].min()
                   for part in (found.up, found.down))
    assert up < first < up + 2 * step
    assert down < last < down + 2 * step


def test_a_spiking_cell_fires_along_its_rate_curve():
    found = evolve(EIF().snapshot(), "I_0")
    # Both are stepped with Euler's method, which is 3% slow.
    rates = rate_curve(EIF().snapshot(), tuple(found.up.parameter)).stepped
    fires = rates > 12.0  # slower ones fire fewer than two times while a value is held
    np.testing.assert_allclose(found.up.rate[fires], rates[fires], rtol=1e-3)
    assert np.all(found.up.rate[found.up.parameter < 15.0] == 0.0)
    assert np.all(found.up.high[0, fires] == EIF.V_th)
    assert found.hysteresis == ()


def test_a_model_that_blows_up_says_so():
    found = evolve(of_preset(LinearSystem, "Fig A.8 stable node"), "a")
    assert found.status is Status.DIVERGED
    assert "On the way up the state left every bound at a = " in found.message


def test_a_cancel_stops_and_leaves_nothing_behind():
    class Impatient(Progress):
        def report(self, fraction, partial=None):
            if fraction > 0.3:
                raise Cancelled

    with pytest.raises(Cancelled):
        evolve(MorrisLecar().snapshot(), "I", progress=Impatient())
    assert evolve(MorrisLecar().snapshot(), "I").status is Status.OK
