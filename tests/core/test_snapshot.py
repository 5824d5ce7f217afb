"""Snapshots are values: equal, hashable, complete, and never changed."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

from ncm_app.core.catalogue import find, flows, models
from ncm_app.core.model import Model
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.written import Written
from tests.support.written import two_values

EVERY = pytest.mark.parametrize("model", models().values(), ids=models())
FLOWS = pytest.mark.parametrize("model", flows().values(), ids=flows())


@EVERY
def test_equal_questions_are_equal(model):
    one, other = model().snapshot(), model().snapshot()
    assert one == other and hash(one) == hash(other)
    assert {one: "answer"}[other] == "answer"


@EVERY
def test_every_control_is_part_of_the_question(model):
    snapshot = model().snapshot()
    assert snapshot.values_by_name == model().values()
    for name, control in model.controls().items():
        if isinstance(control, Written):
            others = two_values(control)
            assert snapshot.changed(**{name: others[snapshot.values_by_name[name] == ()]}) != snapshot
            continue
        others = [v for v in getattr(control, "objects", None) or control.bounds if v != snapshot.values_by_name[name]]
        assert snapshot.changed(**{name: others[0]}) != snapshot


@FLOWS
def test_record_leaves_out_the_settings_of_the_run(model):
    snapshot = model().snapshot()
    assert not {"t_end", "dt", "method"} & set(snapshot.p._fields)
    moved = snapshot.changed(t_end=123.0, dt=0.5, method="RK4").p
    assert all(np.array_equal(old, new) for old, new in zip(snapshot.p, moved, strict=True))
    assert all(type(value) in (int, float, np.ndarray) for value in snapshot.p)


@EVERY
def test_record_of_an_experiment_holds_every_control(model):
    held = set(model.Parameters._fields)
    assert (held == set(model.controls())) is (model not in flows().values())


@FLOWS
def test_reduced_question_is_made_once_and_holds_defaults(model):
    snapshot = model().snapshot().changed(t_end=123.0)
    reduced = snapshot.without(run=True, parameters=(name for name in ("t_end",)))
    assert reduced is snapshot.without(run=True, parameters=["t_end"])
    assert reduced.t_end == model.control("t_end").default and snapshot.t_end == 123.0
    assert reduced.start == snapshot.start and pickle.loads(pickle.dumps(snapshot)) == snapshot
    assert snapshot.without(parameters=("t_end",)) is not reduced


@FLOWS
def test_start_follows_the_start_values(model):
    snapshot = model().snapshot()
    assert snapshot.start == tuple(float(state.start) for state in model.states)
    moved = snapshot.changed(**{state.start_control: state.limits[0] for state in model.states})
    assert moved.start == tuple(float(state.limits[0]) for state in model.states)


@FLOWS
def test_steady_snapshot_does_not_depend_on_time(model):
    steady = model().snapshot().steady
    assert steady.steady == steady
    y = steady.start
    rates = {tuple(map(float, model.rhs(t, y, steady.p))) for t in (0.0, 210.0, 333.3, 650.0, 999.9)}
    assert len(rates) == 1


def test_steady_changes_only_what_the_model_says():
    snapshot = find("eif")(I_0=7.0).snapshot()
    assert snapshot.steady == snapshot.changed(I_1=0.0, I_2=0.0)
    network = find("ei_rate_network")().snapshot()
    assert network.steady is network


def test_snapshot_without_steady_values():
    class Bare(Model):
        """A model of no kind."""

    snapshot = Bare().snapshot()
    assert snapshot.steady is snapshot
    assert snapshot.start == ()


def test_run_settings():
    snapshot = find("eif")(t_end=50, dt=0.2, method="Heun").snapshot()
    assert (snapshot.t_end, snapshot.dt, snapshot.method) == (50.0, 0.2, "Heun")
    assert type(snapshot.t_end) is float


def test_changed_checks_names_and_bounds_and_leaves_the_original():
    snapshot = find("eif")().snapshot()
    changed = snapshot.changed(I_0="12", tau_m=10)
    assert (changed.values_by_name["I_0"], changed.values_by_name["tau_m"]) == (12.0, 10.0)
    assert snapshot.values_by_name["I_0"] == 0.0
    with pytest.raises(ValueError, match="I_0 must lie between"):
        snapshot.changed(I_0=1e6)
    with pytest.raises(ValueError, match="no parameter named 'I0'; did you mean I_0"):
        snapshot.changed(I0=1.0)


def test_snapshot_cannot_be_changed():
    snapshot = find("eif")().snapshot()
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.values = ()


def test_incomplete_values_are_refused():
    with pytest.raises(KeyError):
        Snapshot.of(find("eif"), {"I_0": 1.0})


def test_snapshot_survives_pickling():
    snapshot = find("eif")(I_0=3.0).snapshot()
    assert snapshot.p is not None
    assert pickle.loads(pickle.dumps(snapshot)) == snapshot
