"""Equations of whole models: derivatives, where-lines, helpers, branches, resets."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from numba import njit

from ncm_app.core.catalogue import find, flows
from ncm_app.core.model import Choice, Flow, Preset, Quantity, Spiking, State
from ncm_app.core.symbols import tex_name
from ncm_app.core.syntax import Unreadable
from ncm_app.language.tex import equations, symbol_table
from ncm_app.numerics.noise import held_noise

RAMP, BUMP = range(2)
REST = -65.0


@njit
def squash(x, p):
    scaled = (x - p.b) / p.a
    return scaled / (1.0 + scaled**2)


def shape(t, k, p):
    if p.kind == RAMP:
        return k * t
    elif p.kind == BUMP:  # noqa: RET505
        return squash(k, p)
    else:
        return 0.0


class Pulsed(Flow):
    """Two pulses drive two states."""

    tau = Quantity(10.0, bounds=(1, 100), unit="ms", symbol=r"\tau")
    a = Quantity(1.0, bounds=(0, 2), symbol="a")
    b = Quantity(0.5, bounds=(0, 2))
    k = Quantity(2.0, bounds=(0, 9), symbol="k")
    t_1 = Quantity(5.0, bounds=(0, 10), unit="ms", symbol="t_1")
    d_1 = Quantity(5.0, bounds=(0, 10), unit="ms", symbol="d_1")
    kind = Choice("ramp", objects=["ramp", "bump", "none at all"])
    states = (State("x", span=(0, 1), symbol="x"), State("y_slow", span=(0, 1)))
    presets = (Preset("only", "A preset."),)

    @staticmethod
    def rhs(t, y, p):
        x, slow = y
        pulse = p.a * (t >= p.t_1) * (t < p.t_1 + p.d_1)
        drive = pulse + shape(t, 2.0 * slow, p)
        dx = (-x + drive) / p.tau
        return dx, p.b * (x - slow) - drive * dx


class Adaptive(Spiking):
    """Two states, of which the second jumps at a spike."""

    V_th = Quantity(5.0, bounds=(-20, 20), unit="mV", symbol="V_{th}")
    V_re = Quantity(-75.0, bounds=(-90, -60), unit="mV", symbol="V_{re}")
    C = Quantity(1.0, bounds=(0.1, 9), unit="µF/cm²", symbol="C_m")
    jump = Quantity(0.75, bounds=(0, 2), unit="mV", symbol="b")
    states = (State("V", start=-70, span=(-80, 10), symbol="V"), State("w", span=(0, 5), symbol="w"),
              State("n", span=(0, 1), symbol="n"))

    @staticmethod
    def rhs(t, y, p):
        V, w, n = y
        return (-(V - REST) - w * n) / p.C, -w, 1.0 - n

    @staticmethod
    def threshold(p):
        return p.V_th

    @staticmethod
    def reset(y, p):
        _V, w, n = y
        return p.V_re, w + p.jump, n


def flow(rhs, names="xy"):
    """Return a model with this right-hand side and a few parameters."""
    body = {"rhs": staticmethod(rhs), "states": tuple(State(n, span=(0, 1), symbol=n) for n in names),
            "a": Quantity(1.0, bounds=(0, 2), symbol="a"), "b": Quantity(1.0, bounds=(0, 2), symbol="b"),
            "tau": Quantity(1.0, bounds=(0.1, 2), symbol=r"\tau"), "__module__": __name__,
            "kind": Choice("up", objects=["up", "down"])}
    return type("Small", (Flow,), body)


# The catalogue ------------------------------------------------------------------------

@pytest.mark.parametrize("model", flows().values(), ids=flows())
def test_every_model_prints(model):
    lines = equations(model)
    assert len(lines) >= len(model.states)
    for line, state in zip(lines, model.states, strict=False):
        assert rf"\frac{{d{state.symbol or tex_name(state.name)}}}{{dt}} = " in line
    for line in lines:
        assert line.count("{") == line.count("}") and "$" not in line
        assert len(re.findall(r"\\left(?!arrow)", line)) == line.count(r"\right")


@pytest.mark.parametrize("model", flows().values(), ids=flows())
def test_every_option_of_every_model_prints(model):
    choices = {n: c.objects for n, c in model.controls().items() if isinstance(c, Choice) and n != "method"}
    for options in product(*choices.values()):
        lines = equations(model, dict(zip(choices, options, strict=True)))
        assert len(lines) >= len(model.states)
        # With every choice settled, none is named any more.
        assert not any(rf"\text{{{option}}}" in line for option in options for line in lines)


def test_rate_network():
    assert equations(find("ei_rate_network"), {"curve": "threshold-linear"}) == [
        r"\tau_e \frac{dr_e}{dt} = -r_e + f\left(w_{ee} \, r_e + w_{ei} \, r_i + X_e\right)",
        r"\tau_i \frac{dr_i}{dt} = -r_i + f\left(w_{ie} \, r_e + w_{ii} \, r_i + X_i\right)",
        r"f\left(I\right) = g \, \left[I - \theta\right]_+"]


def test_rate_network_with_all_its_curves():
    assert equations(find("ei_rate_network"))[2] == (
        r"f\left(I\right) = \begin{cases} g \, \left[I - \theta\right]_+ & \text{threshold-linear} \\ "
        r"\frac{r_{\mathrm{max}}}{1 + e^{-\left(I - \theta\right)/s}} & \text{sigmoid} \\ "
        r"k \, \left[I - \theta\right]_+^{n} & \text{rectified power} \end{cases}")


def test_snapshot_chooses_the_branch():
    snapshot = find("ei_rate_network")(curve="sigmoid").snapshot()
    assert equations(snapshot.model, snapshot)[2] == (
        r"f\left(I\right) = \frac{r_{\mathrm{max}}}{1 + e^{-\left(I - \theta\right)/s}}")


def test_exponential_integrate_and_fire_neuron():
    assert equations(find("eif")) == [
        r"\tau_m \frac{dV}{dt} = -\left(V - E_L\right) + \Phi\left(V\right) + I_x\left(t\right)",
        r"V \ge V_{th} \Rightarrow V \leftarrow V_{re}",
        r"\Phi\left(V\right) = D \, e^{\left(V - V_T\right)/D}",
        r"I_x\left(t\right) = I_0 + I_1 \, \mathbf{1}_{t_1 \le t < t_1 + d_1} "
        r"+ I_2 \, \mathbf{1}_{t_2 \le t < t_2 + d_2}"]


def test_building_block_is_described_in_words():
    lines = equations(find("leaky_integrator"), {"input": "noise"})
    assert r"\text{held noise}\left(t,\; h_x" in lines[1]
    assert lines[2].startswith(r"\text{held noise}: \text{standard normal noise at time t (ms)")
    assert (held_noise.__doc__ or "").startswith("Return standard normal noise")


# Small models -------------------------------------------------------------------------

def test_where_lines_helpers_and_cases():
    assert equations(Pulsed) == [
        r"\tau \frac{dx}{dt} = -x + \mathrm{drive}",
        r"\frac{dy_{\mathrm{slow}}}{dt} = b \, \left(x - y_{\mathrm{slow}}\right) - \mathrm{drive} \, \frac{dx}{dt}",
        r"\mathrm{drive} = a \, \mathbf{1}_{t_1 \le t < t_1 + d_1} "
        r"+ \mathrm{shape}\left(t,\; 2 \, y_{\mathrm{slow}}\right)",
        r"\mathrm{shape}\left(t,\; k'\right) = \begin{cases} k' \, t & \text{ramp} \\ "
        r"\mathrm{squash}\left(k'\right) & \text{bump} \\ 0 & \text{none at all} \end{cases}",
        r"\mathrm{squash}\left(x\right) = \frac{\mathrm{scaled}}{1 + \mathrm{scaled}^{2}}",
        r"\mathrm{scaled} = \frac{x - b}{a}"]


@pytest.mark.parametrize(("kind", "last"), [
    ("ramp", r"\mathrm{shape}\left(t,\; k'\right) = k' \, t"),
    ("none at all", r"\mathrm{shape}\left(t,\; k'\right) = 0")])
def test_chosen_branch_leaves_out_what_it_does_not_need(kind, last):
    assert equations(Pulsed, {"kind": kind})[-1] == last


def test_reset_names_only_what_changes():
    assert equations(Adaptive)[3] == r"V \ge V_{th} \Rightarrow V \leftarrow V_{re},\; w \leftarrow w + b"


def test_any_parameter_that_divides_moves_to_the_left():
    assert equations(Adaptive)[:3] == [
        r"C_m \frac{dV}{dt} = -\left(V - \left(-65\right)\right) - w \, n", r"\frac{dw}{dt} = -w",
                                     r"\frac{dn}{dt} = 1 - n"]


def test_unknown_option_is_refused():
    with pytest.raises(ValueError, match="curve must be one of"):
        equations(find("ei_rate_network"), {"curve": "sigmoidal"})


def test_local_with_the_symbol_of_a_parameter_is_written_out():
    def rhs(t, y, p):
        b = y[0] + y[1]
        return b * b, -b

    assert equations(flow(rhs)) == [r"\frac{dx}{dt} = \left(x + y\right) \, \left(x + y\right)",
                                    r"\frac{dy}{dt} = -\left(x + y\right)"]


def test_local_that_renames_is_written_out():
    def rhs(t, y, p):
        u, v = y
        s = p.a
        return s * u + s, s * v

    assert equations(flow(rhs)) == [r"\frac{dx}{dt} = a \, x + a", r"\frac{dy}{dt} = a \, y"]


def test_value_may_be_built_up_in_steps():
    def rhs(t, y, p):
        u, v = y
        total = p.a * u
        total += v
        total = total / p.b
        return total, -v

    assert equations(flow(rhs))[0] == r"b \frac{dx}{dt} = a \, x + y"


def test_state_that_is_the_rate_of_another_keeps_its_name():
    def rhs(t, y, p):
        u, v = y
        return v, -u - p.a * v

    assert equations(flow(rhs)) == [r"\frac{dx}{dt} = y", r"\frac{dy}{dt} = -x - a \, y"]


def test_branches_that_assign():
    def rhs(t, y, p):
        (u,) = y
        drive = p.b * t
        if p.kind == 0:
            drive = p.a
        return ((-u + drive) / p.tau,)

    model = flow(rhs, "u")
    assert equations(model) == [
        r"\tau \frac{du}{dt} = -u + \left(\begin{cases} a & \text{up} \\ b \, t & \text{down} \end{cases}\right)"]
    assert equations(model, {"kind": "down"}) == [r"\tau \frac{du}{dt} = -u + b \, t"]


def test_branches_that_return_tuples():
    def rhs(t, y, p):
        u, v = y
        if p.kind == 0:
            return u, v
        return -u, v

    assert equations(flow(rhs)) == [r"\frac{dx}{dt} = \begin{cases} x & \text{up} \\ -x & \text{down} \end{cases}",
                                    r"\frac{dy}{dt} = \begin{cases} y & \text{up} \\ y & \text{down} \end{cases}"]


def test_terms_of_other_options_vanish():
    def rhs(t, y, p):
        (u,) = y
        return (p.a * (p.kind == 0) * u - (p.kind == 1) * p.b + np.where(p.kind == 0, u, -u),)

    model = flow(rhs, "u")
    assert equations(model, {"kind": "up"}) == [r"\frac{du}{dt} = a \, u + u"]
    assert equations(model, {"kind": "down"}) == [r"\frac{du}{dt} = -b - u"]


def test_where_prints_as_cases():
    def rhs(t, y, p):
        (u,) = y
        return (np.where(np.logical_and(u > p.a, u < p.b), u, 0.0),)

    assert equations(flow(rhs, "u")) == [
        r"\frac{du}{dt} = \begin{cases} u & a < u < b \\ 0 & \text{otherwise} \end{cases}"]


def test_wrong_number_of_derivatives_is_refused():
    with pytest.raises(Unreadable, match="one derivative for each of 3 states"):
        equations(flow(Pulsed.rhs, "uvw"))


def test_error_names_the_node():
    def rhs(t, y, p):
        u, v = y
        return [u, v][0], v

    with pytest.raises(Unreadable, match=r"Subscript \(line 3\) `\[y\[0\], y\[1\]\]\[0\]`"):
        equations(flow(rhs))


# The table of symbols --------------------------------------------------------------------

def test_symbol_table():
    rows = {row.name: row for row in symbol_table(Pulsed, {"a": 1e-3, "kind": "bump"})}
    assert rows["tau"] == (r"\tau", "tau", r"10\;\text{ms}", "")
    assert rows["a"].value == "10^{-3}"
    assert rows["b"].symbol == "b"
    assert rows["kind"].value == r"\text{bump}"
    assert not {"t_end", "dt", "method"} & set(rows)


@pytest.mark.parametrize("model", flows().values(), ids=flows())
def test_symbol_table_of_every_model(model):
    snapshot = model(**model.preset_values(model.first_preset())).snapshot()
    rows = symbol_table(model, snapshot)
    assert [row.name for row in rows] == list(model.Parameters._fields)
    assert all(row.symbol and row.value and row.doc for row in rows)
