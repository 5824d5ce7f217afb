"""Where legends stand: above the frame, never over what is drawn; frames above each other begin alike."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.session.plot_rules import rules_for
from ncm_app.views import style
from tests.support.catalogue import one_of_each_kind
from tests.views.answers import asked


def figures(model):
    """Every view of a model that has a legend or stands over time, with the figure that is drawn of it."""
    found = []
    for index in range(len(rules_for(model))):
        view, result = asked(model, model.first_preset(), index)
        found.append((view, view.draw(result).figure))
    return found


@pytest.mark.parametrize("slug", ["synapses", "euler_method", "eif_poisson", "hodgkin_huxley", "adex", "perturbation"])
def test_legends_stand_above_the_frame_in_one_line_at_first(slug):
    found = 0
    for view, figure in figures(find(slug)):
        for legend in figure.legend:
            found += 1
            assert legend in figure.above
            assert (legend.orientation, legend.nrows, legend.padding) == ("horizontal", 1, 0)
            assert view.height == style.HEIGHTS[view.shape] + style.LINE * view.lines
    assert found


def test_the_first_state_lies_over_the_others_and_is_named_first():
    view, figure = next((v, f) for v, f in figures(find("conductance_synapses")) if v.name == "trace")
    assert [item.label.value for item in figure.legend[0].items] == ["V", "Vc"]
    assert [layer.name for layer in view.layers() if layer.name in ("V", "V_c")] == ["V_c", "V"]


@pytest.mark.parametrize("model", one_of_each_kind(models().values()))
def test_titles_fit_a_phone_and_strips_have_one_only_to_say_that_they_can_be_clicked(model):
    for _, view in rules_for(model):
        assert len(view.title) <= 44, view.title
        if view.shape == "strip":
            assert bool(view.title) == view.clickable == ("click" in view.title)
        assert "(click" not in view.y_label


def test_logarithmic_axes_of_panels_have_plain_numbers():
    gain = next(figure for view, figure in figures(find("forced_linear")) if view.name == "gain")
    assert gain.xaxis[0].formatter.min_exponent == gain.yaxis[0].formatter.min_exponent == 3


def test_a_label_that_a_strip_is_too_low_for_has_its_unit_in_a_second_line():
    view, result = asked(find("hodgkin_huxley"), "Fig B.2 A-D", 0)
    assert (view.name, view.y_label) == ("input", "I_in (µA/cm²)")
    for stacked in (True, False):  # the axis below the other takes what it is higher
        view.stacked = stacked
        for given, label in (("I_in (mV)", "Iᵢₙ (mV)"), ("I_in, I_s (µA/cm²)", "Iᵢₙ, Iₛ\n(µA/cm²)"),
                             ("X_c(t), X_s(t), X_i(t) (mV)", "Xc(t), …\n(mV)")):
            view.y_label = given
            assert view.draw(result).figure.yaxis[0].axis_label == label
