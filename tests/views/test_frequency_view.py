"""The f-I curve of smooth cells as columns: lines, labelled points, onset, window."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.morris_lecar import SNIC, MorrisLecar
from ncm_app.models.mathematics.linear_system import LinearSystem
from ncm_app.numerics.results import Onset
from ncm_app.studies.frequency import frequency_curve
from ncm_app.studies.onset import onset
from ncm_app.views.cycles import cycle_codes
from ncm_app.views.frequency import Frequencies, FrequencyView, Here, onset_words
from ncm_app.views.rates import RateCurveView, wrap
from tests.views.answers import is_absent


def answer(model, **values):
    snapshot, field = model(**values).snapshot(), model.explore
    return Frequencies(onset(snapshot, field), frequency_curve(snapshot, field))


@pytest.fixture(scope="module")
def snlc():
    return answer(MorrisLecar, **SNIC)


def test_columns_are_lean_and_always_the_same_layers(snlc):
    view = FrequencyView(MorrisLecar)
    present = view.columns(Here(100.0, (-50.0, 300.0), "I (µA/cm²)"))
    assert present["present"][0] == pytest.approx([100.0, 100.0])
    assert view.x_label == "I (µA/cm²)"
    for result in (snlc, answer(LinearSystem), None):
        columns = view.late("frequency", result)
        assert set(columns) | set(present) == {layer.name for layer in view.layers()}
        for x, y, *texts in columns.values():
            assert x.dtype == y.dtype == np.float32
            assert len(x) == len(y) > 0
            assert all(len(text) == len(x) for text in texts)
    assert all(is_absent(pair) for pair in columns.values())
    assert view.late("sweep", None) == {}


def test_special_cycles_stand_on_the_curve_and_a_snic_at_zero(snlc):
    columns = FrequencyView(MorrisLecar).late("frequency", snlc)
    np.testing.assert_allclose(columns["LPC"], [[115.948721], [1000 / 37.03585]], rtol=1e-5)
    np.testing.assert_allclose(columns["SNIC"], [[39.963153], [0.0]], rtol=1e-6)
    assert columns["codes"][2] == ["SNIC", "LPC"]
    assert all(is_absent(columns[code]) for code in set(cycle_codes(2)) - {"LPC", "SNIC"})


def test_onset_is_named_in_the_picture(snlc):
    view = FrequencyView(MorrisLecar)
    assert view.late("frequency", snlc)["onset"][2] == ["onset: SNIC, class 1"]
    unknown = snlc._replace(onset=Onset("none", "I"))
    assert onset_words(unknown.onset) == ""
    assert view.late("frequency", unknown)["onset"][2] == [""]
    silent = FrequencyView(LinearSystem).late("frequency", answer(LinearSystem))
    assert silent["onset"][2] == ["no cycle found in this range"]


def test_window_holds_all_frequencies(snlc):
    view = FrequencyView(MorrisLecar)
    view.limits(Here(100.0, (-50.0, 300.0), "I"))
    (left, right), (bottom, top) = view.late_limits("frequency", snlc)
    assert (left, right) == (-50.0, 300.0)
    assert bottom < 0.0 < np.nanmax(snlc.curve.stable[1]) < top
    assert view.late_limits("cycles", snlc) is None


def test_onset_of_a_cell_with_resets_stands_beside_its_exact_curve():
    found = Frequencies(onset(EIF().snapshot(), EIF.explore))
    columns = RateCurveView(EIF).late("frequency", found)
    assert columns["onset"][2] == ["onset: SNIC\nclass 1"]
    assert found.onset.value == pytest.approx(15.0, rel=1e-6)
    assert is_absent(RateCurveView(EIF).late("frequency", None)["onset"])


def test_a_long_onset_is_told_in_short_lines():
    words = wrap("onset: rest reaches the threshold, class 1")
    assert words == "onset: rest reaches\nthe threshold\nclass 1"
    assert wrap("") == ""
