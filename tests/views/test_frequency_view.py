"""The f-I curve of smooth cells as columns: lines, labelled points, onset, window."""

from __future__ import annotations

import holoviews as hv
import numpy as np
import pytest
from bokeh.document import Document

from ncm_app.models.fitzhugh_nagumo import FitzHughNagumo
from ncm_app.models.linear_system import LinearSystem
from ncm_app.models.morris_lecar import SNLC, MorrisLecar
from ncm_app.studies.frequency import frequency_curve
from ncm_app.studies.onset import onset
from ncm_app.views.frequency import CYCLE_CODES, Frequencies, FrequencyView
from tests.views.answers import is_absent

hv.extension("bokeh")


def answer(model, named=True, **values):
    snapshot, field = model(**values).snapshot(), model.explore
    return Frequencies(frequency_curve(snapshot, field), onset(snapshot, field) if named else None,
                       float(snapshot.named[field]), model.control(field).bounds, f"{field} (now)")


@pytest.fixture(scope="module")
def snlc():
    return answer(MorrisLecar, **SNLC)


def test_columns_are_lean_and_always_the_same_layers(snlc):
    view = FrequencyView(MorrisLecar)
    for result in (snlc, answer(MorrisLecar), answer(LinearSystem), answer(MorrisLecar, named=False)):
        columns = view.columns(result)
        assert set(columns) == {layer.name for layer in view.layers()}
        for x, y, *texts in columns.values():
            assert x.dtype == y.dtype == np.float32
            assert len(x) == len(y) > 0 and all(len(text) == len(x) for text in texts)


def test_special_cycles_stand_on_the_curve_and_a_snic_at_zero(snlc):
    columns = FrequencyView(MorrisLecar).columns(snlc)
    np.testing.assert_allclose(columns["LPC"], [[115.948721], [1000 / 37.03585]], rtol=1e-5)
    np.testing.assert_allclose(columns["SNIC"], [[39.963153], [0.0]], rtol=1e-6)
    assert columns["codes"][2] == ["  SNIC", "  LPC"]
    assert all(is_absent(columns[code]) for code in set(CYCLE_CODES) - {"LPC", "SNIC"})


def test_onset_is_named_in_the_picture_when_it_is_known(snlc):
    view = FrequencyView(MorrisLecar)
    assert view.columns(snlc)["onset"][2] == ["SNIC, class 1"]
    unnamed = view.columns(answer(MorrisLecar, named=False))
    assert is_absent(unnamed["onset"]) and unnamed["onset"][2] == [""]


def test_present_value_stands_as_a_line(snlc):
    x, y = FrequencyView(MorrisLecar).columns(snlc)["present"]
    assert x[0] == x[1] == 100.0 and y[0] < 0.0 < y[1]


def test_window_holds_all_frequencies_from_zero_over_the_bounds(snlc):
    view = FrequencyView(MorrisLecar)
    bounds, (low, high) = view.limits(snlc)
    assert bounds == (-50, 300)
    assert low < 0.0 < np.nanmax(snlc.curve.unstable[1]) < high
    assert view.limits(answer(LinearSystem)) == ((-12, 12), (pytest.approx(-0.04), 1.0))


def test_axes_name_the_parameter_that_is_explored(snlc):
    view = FrequencyView(FitzHughNagumo)
    assert (view.x_label, view.y_label) == ("I", "frequency (Hz)")
    view.columns(snlc)
    assert view.x_label == "I (now)"


def test_it_is_really_drawn_with_one_source_per_layer(snlc):
    view, kept = FrequencyView(MorrisLecar), []
    hv.renderer("bokeh").get_plot(view.draw(snlc, lambda *what: kept.append(what)), doc=Document())
    ((name, figure, renderers),) = kept
    assert name == "frequency"
    assert list(renderers) == [layer.name for layer in view.all_layers()]
    np.testing.assert_array_equal(renderers["stable"].data_source.data["frequency_y"], view.columns(snlc)["stable"][1])
    assert figure.yaxis[0].axis_label == "frequency (Hz)"
