"""Exported scripts run alone, agree with the numerics, and stop at a wrong number."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from ncm_app.core.catalogue import find, flows
from ncm_app.core.model import METHODS, Flow, Quantity, Spiking, State
from ncm_app.core.share import decode
from ncm_app.core.syntax import Unreadable
from ncm_app.language.script import script
from ncm_app.numerics.fixed_points.equilibria import find_equilibria
from ncm_app.numerics.runs.integrate import integrate
from ncm_app.numerics.system import System
from tests.support.catalogue import every_preset, one_of_each_kind
from tests.support.scripts import run_apart, run_here

PRESETS = every_preset(model for model in flows().values() if not model.driven)


class AdaptingCell(Spiking):
    """A steep cell whose second state jumps at each spike and calms it."""

    I_0 = Quantity(20.0, bounds=(0, 50), unit="mV", doc="constant input, with a note that is far too long for one line "
                   "of a script and therefore has to be cut somewhere before the end")
    I_1 = Quantity(5.0, bounds=(0, 50), unit="mV", doc="height of a pulse")
    tau_w = Quantity(100.0, bounds=(1, 500), unit="ms", doc="time constant of the adaptation")
    states = (State("V", start=-70.0, span=(-80.0, 10.0), box=(-90, 0), unit="mV"),
              State("w", span=(0.0, 20.0), unit="mV"))
    steady = {"I_1": 0.0}

    @staticmethod
    def rhs(t, y, p):
        V, w = y
        pulse = p.I_1 * ((t >= 50.0) * (t < 90.0))
        return (-(V + 70.0) + 2.0 * np.exp((V + 55.0) / 2.0) + p.I_0 + pulse - w) / 15.0, -w / p.tau_w

    @staticmethod
    def threshold(p):
        return 5.0

    @staticmethod
    def reset(y, p):
        return -72.0, y[1] + 1.5


class Explosion(Flow):
    """Blows up at t = 1."""

    states = (State("x", start=1.0, span=(0.0, 2.0)),)

    @staticmethod
    def rhs(t, y, p):
        return (y[0] * y[0],)


def system_of(model):
    """Return the numerics' view of a model."""
    spiking = issubclass(model, Spiking)
    return System(model.rhs, tuple(s.name for s in model.states), tuple(s.span for s in model.states),
                  tuple(s.limits for s in model.states), model.threshold if spiking else None,
                  model.reset if spiking else None)


def facts_of(snapshot):
    """Return every fact that a page can give."""
    system = system_of(snapshot.model)
    run = integrate(system, snapshot.start, snapshot.p, t_end=snapshot.t_end, dt=snapshot.dt, method=snapshot.method)
    points = find_equilibria(system, snapshot.steady.p).points
    return {"samples": len(run.t), "final": run.y[:, -1], "spikes": run.spikes,
            "fixed_points": [e.state for e in points], "eigenvalues": [e.eigenvalues for e in points]}


@cache
def rate_network():
    snapshot = find("ei_rate_network")().snapshot()
    return snapshot, facts_of(snapshot)


@cache
def adapting(method="Euler"):
    snapshot = AdaptingCell(t_end=300.0, method=method).snapshot()
    return snapshot, facts_of(snapshot)


@cache
def firing():
    """Return a cell with spikes and fixed points, and its facts."""
    snapshot = adapting()[0].changed(I_0=9.0, I_1=30.0)
    return snapshot, facts_of(snapshot)


def assert_right(text, tmp_path):
    done = run_apart(text, tmp_path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_clean(text, tmp_path):
    path = tmp_path / "exported.py"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length", "120", "--select",
               "E,F,I,W,B,UP,SIM,C4", "--ignore", "E743", path]  # I is the book's name for an input
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# Right numbers ----------------------------------------------------------------------------

@pytest.mark.parametrize(("model", "preset"), PRESETS)
def test_every_preset_reproduces_its_numbers(model, preset):
    snapshot = model(**model.preset_values(preset)).snapshot()
    text = script(snapshot, facts_of(snapshot), preset)
    done = run_here(text)
    assert done.returncode == 0, done.stderr
    assert "final state: [" in done.stdout and "number of samples: " in done.stdout


@pytest.mark.parametrize("model", one_of_each_kind(model for model in flows().values() if not model.driven))
def test_every_model_reproduces_its_numbers_elsewhere(model, tmp_path):
    """In a Python of its own; other presets differ in numbers alone."""
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    text = script(snapshot, facts_of(snapshot), model.first_preset())
    assert_right(text, tmp_path)
    assert_clean(text, tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_on_a_spiking_cell(method, tmp_path):
    snapshot, facts = adapting(method)
    assert len(facts["spikes"]) >= 4
    text = script(snapshot, facts)
    assert "spike times: [" in assert_right(text, tmp_path)
    assert_clean(text, tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_on_a_smooth_network(method, tmp_path):
    snapshot = rate_network()[0].changed(method=method)
    text = script(snapshot, facts_of(snapshot))
    assert "its eigenvalues: [" in assert_right(text, tmp_path)
    assert_clean(text, tmp_path)


def test_steady_values_are_used_for_fixed_points(tmp_path):
    snapshot = adapting()[0].changed(I_0=5.0)
    text = script(snapshot, facts_of(snapshot))
    assert 'STEADY = SimpleNamespace(**{**vars(p), "I_1": 0.0})' in text
    assert "fixed point 2: " in assert_right(text, tmp_path)


def test_run_that_blows_up_ends_where_the_page_ends(tmp_path):
    snapshot = Explosion(t_end=3.0, dt=0.01).snapshot()
    facts = facts_of(snapshot)
    assert facts["samples"] < 200
    assert f"number of samples: {facts['samples']}" in assert_right(script(snapshot, facts), tmp_path)


def test_fold_with_a_zero_eigenvalue(tmp_path):
    snapshot = find("eif")(I_0=15.0, I_1=0.0, I_2=0.0, t_end=5.0).snapshot()
    facts = facts_of(snapshot)
    assert abs(facts["eigenvalues"][0][0]) < 1e-9
    assert_right(script(snapshot, facts), tmp_path)


# Wrong numbers -----------------------------------------------------------------------------

@pytest.mark.parametrize(("fact", "change"), [
    ("samples", lambda n: n + 1), ("final", lambda y: [y[0] + 1e-4, y[1]]),
    ("spikes", lambda t: [*t[:-1], t[-1] + 0.1]),
    ("spikes", lambda t: t[:-1]), ("fixed_points", lambda states: [[y[0] + 1.0, y[1]] for y in states]),
    ("eigenvalues", lambda sets: [[1.001 * v for v in values] for values in sets])])
def test_wrong_number_stops_the_script(fact, change):
    snapshot, facts = firing()
    wrong = run_here(script(snapshot, facts | {fact: change(facts[fact])}))
    assert wrong.returncode != 0
    assert "AssertionError" in wrong.stderr and "the page has" in wrong.stderr


def test_the_right_numbers_beside_them_do_not(tmp_path):
    snapshot, facts = firing()
    assert len(facts["spikes"]) and len(facts["fixed_points"])
    assert_right(script(snapshot, facts), tmp_path)
    wrong = run_apart(script(snapshot, facts | {"samples": facts["samples"] + 1}), tmp_path)
    assert wrong.returncode != 0 and "the page has" in wrong.stderr


def test_rounding_errors_are_printed_as_zero(tmp_path):
    decaying = find("exponential_decay")().snapshot()
    facts = facts_of(decaying) | {"fixed_points": [[-3.34e-52, 5.0]]}
    result = run_here(script(decaying, facts))
    assert not result.returncode, result.stderr
    assert "fixed point 1: [0. 5.]\nslope there: [0. 0.]\n" in result.stdout


# What the text holds ---------------------------------------------------------------------------

def test_facts_that_a_page_does_not_have_are_left_out():
    snapshot, facts = rate_network()
    text = script(snapshot, {"final": None, "spikes": None, "fixed_points": []})
    assert "check(" in text and text.count('check("') == 0
    assert "root" not in text and "eigenvalues" not in text and "STEADY" not in text
    assert 'check("final state"' in script(snapshot, {"final": facts["final"]})
    assert 'check("final state"' not in script(snapshot, {"final": [np.nan, 0.0]})


def test_script_is_about_eighty_lines_and_says_what_it_is():
    snapshot, facts = rate_network()
    text = script(snapshot, facts, "Fig 3.4 A,B")
    assert 70 <= len(text.splitlines()) <= 110
    head = text.splitlines()[:6]
    assert head[0] == '"""Excitatory-inhibitory rate network (section 3.3), Fig 3.4 A,B.'
    assert head[2] == "Model: ei_rate_network"
    shared = decode(head[3].removeprefix("Link:  "))
    assert (shared.values, shared.complaints) == (snapshot.values_by_name, ())


def test_parameters_carry_unit_and_meaning():
    snapshot, facts = rate_network()
    text = script(snapshot.changed(curve="sigmoid"), facts)
    assert "    tau_e=30.0,  # ms: time constant of the excitatory population\n" in text
    assert "    curve=1,  # sigmoid: shape of the f-I curve\n" in text
    assert max(map(len, text.splitlines())) <= 120


def test_options_that_are_not_chosen_stay_out():
    snapshot, facts = rate_network()
    assert "RECTIFIED_POWER" not in script(snapshot, facts) and "SIGMOID" not in script(snapshot, facts)
    assert "SIGMOID" in script(snapshot.changed(curve="sigmoid"), facts)


def test_link_cannot_end_the_docstring(tmp_path):
    snapshot, facts = rate_network()
    text = script(snapshot, facts, link='?model=x"""\nraise SystemExit(3)\n"""\\')
    assert "Link:  ?model=xraiseSystemExit3\n" in text
    assert_right(text, tmp_path)


def test_function_with_a_name_of_the_script_is_refused():
    class Clash(Flow):
        """A model with a helper named `check`."""

        states = (State("x", span=(0.0, 1.0)),)

        @staticmethod
        def rhs(t, y, p):
            return (check(y[0]),)

    with pytest.raises(Unreadable, match="check: names that exported scripts need"):
        script(Clash().snapshot(), {})


def check(x):
    return -x
