"""Controls of which a model says that they have no effect at present: moving them changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.core.model import Flow, Model, Spiking
from ncm_app.core.quantity import Choice
from ncm_app.models.trains._synthetic_recordings import tuning_recording
from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.readers.labelled import read_labelled
from ncm_app.studies.plots import drawn_columns, idle, measures, run_or_perform
from ncm_app.studies.simulate import simulate
from tests.models.asking import snapshot_of
from tests.models.test_contract import ends_of

TELLING = {slug: model for slug, model in models().items() if model.idle is not Model.idle or model.idle_unless}
TURNED = {"canonical_microcircuit": {"sigma": 0.0},
          "poisson_process": {"r_1": 10.0}, "lif": {"I_1": 5.0}, "eif": {"I_1": 0.0},
          "hodgkin_huxley": {"I_2": 3.0, "I_s": 1.0},
          "conductance_synapses": {"r_e": 5.0}, "convolution": {"sigma_x": 0.0}}
"""Values beside the first preset's under which other controls are idle."""
OPENED = {"decoding": read_labelled("a.csv", "\n".join(
    ["a,b,label", *(f"{k % 7},{k % 5},{k // 8}" for k in range(24))]).encode())}
"""Files that are open in place of what a model makes, which idles the controls of that."""


def situations(model):
    """The first preset, each option of each choice, and values named above."""
    first = snapshot_of(model, model.first_preset())
    options = [first.changed(**{name: option}) for name, control in model.controls().items()
               if isinstance(control, Choice) and name in model.Parameters._fields for option in control.objects]
    opened = [replace(first, opened=OPENED[model.slug()])] if model.slug() in OPENED else []
    return [first, *options, *opened, *([first.changed(**TURNED[model.slug()])] if model.slug() in TURNED else [])]


def everything(snapshot):
    """All numbers that a model gives: right-hand side, jumps, solutions, plots of its own, what is read off."""
    model, p, found = snapshot.model, snapshot.p, []
    if issubclass(model, Flow):
        low, high = np.array([state.limits for state in model.states]).T
        y = low[:, None] + (high - low)[:, None] * np.random.default_rng(1).random((len(low), 40))
        t = np.linspace(0.0, 300.0, 601)
        with np.errstate(over="ignore"):
            found += [np.array([np.broadcast_to(d, 40) for d in model.rhs(when, y, p)]) for when in t[::50]]
        found += [np.array(solution(t, p)) for solution in model.solutions.values()]
        found += [model.impulses(t, p)] if model.driven else []
        found += [model.threshold(p)] if issubclass(model, Spiking) else []
    if model.plots:
        drawn = [drawn_columns(snapshot, index) for index in range(len(model.plots))]
        found += [column for marks in drawn for columns in marks.values() for column in columns
                  if not isinstance(column, list)]
        found += [[measure.value for measure in measures(snapshot)]]
    return found


@pytest.mark.parametrize("model", TELLING.values(), ids=TELLING)
def test_an_idle_control_changes_nothing(model):
    told = set()
    for snapshot in situations(model):
        names = idle(snapshot)
        told |= names
        assert names <= set(model.controls())
        for end in (0, -1):
            ends = {name: getattr(model.control(name), "softbounds", None) or ends_of(model.control(name))
                    for name in names}
            ends = {name: pair[end] for name, pair in ends.items()}
            pairs = zip(everything(snapshot), everything(snapshot.changed(**ends)), strict=True)
            for before, after in pairs:
                np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-12, err_msg=f"{ends}")
    assert told  # otherwise the model need not state the fact


@pytest.mark.parametrize("model", TELLING.values(), ids=TELLING)
def test_what_is_idle_unless_an_option_is_chosen_exists(model):
    for choice, used in model.idle_unless.items():
        assert set(used) <= set(model.control(choice).objects)
        assert {name for names in used.values() for name in names} <= set(model.controls()) - {choice}


def test_a_control_has_an_effect_under_each_option_that_uses_it():
    model = find("leaky_integrator")
    found = {option: idle(snapshot_of(model).changed(input=option)) for option in model.control("input").objects}
    everything = {"I_1", "t_1", "t_2", "T_x", "f_x", "sigma_x", "h_x", "seed"}
    assert found == {"constant": everything, "square wave": {"f_x", "sigma_x", "h_x", "seed"},
                     "sine": everything - {"I_1", "f_x"}, "noise": {"I_1", "t_1", "t_2", "T_x", "f_x"}}


def test_flows_run_alike_whatever_an_idle_control_says():
    snapshot = snapshot_of(find("forced_linear"), "Fig A.4 A,B")
    assert idle(snapshot) == {"A_1", "T_1", "A_2", "T_2"}
    np.testing.assert_array_equal(simulate(snapshot.changed(A_1=3.0)).y, simulate(snapshot).y)


def test_what_is_idle_depends_on_the_recording_that_is_shown():
    model = find("spike_trains")
    assert idle(snapshot_of(model, "Fig 2.1, Ex 2.1.1")) == {"theta_1", "theta_2", "neuron", "unit"}
    assert idle(snapshot_of(model, "Fig 2.3")) == {"width", "sigma", "neuron", "unit"}
    counts = tuning_recording(1)
    several = replace(counts, counts=np.repeat(counts.counts, 2, axis=0), source="several.npz")
    opened = type(snapshot_of(model)).of(model, model.preset_values("Fig 2.3"), several)
    assert run_or_perform(opened) is several
    assert idle(opened) == {"width", "sigma", "unit", "seed"}
    times = read_recording("a.txt", b"1 20 30")
    assert idle(type(opened).of(model, model.preset_values(None), times)) == {"theta_1", "theta_2", "neuron", "seed"}


@pytest.mark.parametrize("slug", ["kuramoto", "lorenz", "eif_poisson"])
def test_a_model_that_tells_nothing_has_no_idle_control(slug):
    assert idle(snapshot_of(find(slug))) == frozenset()
