"""What models of an excitatory and an inhibitory population have in common: controls, f-I curve, steps of input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from numba.extending import register_jitable

from ncm_app.core.model import Choice, Flow, Quantity, State
from ncm_app.models.rates._f_i_curve import GAIN, THETA

R_E = State("r_e", start=0.0, span=(0.0, 0.02), box=(0.0, 0.5), unit="kHz", shown="Hz", role="excitatory",
            doc="rate of the excitatory population")
R_I = State("r_i", start=0.0, span=(0.0, 0.03), box=(0.0, 0.5), unit="kHz", shown="Hz", role="inhibitory",
            doc="rate of the inhibitory population")


@register_jitable
def X_e(t: Any, p: Any) -> Any:
    """External input to e (mV): constant, and a step that stays."""
    return p.X_e + p.step_e * (t >= p.t_1)


@register_jitable
def X_i(t: Any, p: Any) -> Any:
    """External input to i (mV): constant, and a step that stays."""
    return p.X_i + p.step_i * (t >= p.t_1)


class Excitation(Flow):
    """Time constants, and what excites the excitatory population."""

    tau_e = Quantity(30.0, bounds=(1, 100), unit="ms", group="time constants",
                     doc="time constant of the excitatory population")
    tau_i = Quantity(15.0, bounds=(1, 100), unit="ms", group="time constants",
                     doc="time constant of the inhibitory population")
    w_ee = Quantity(2000.0, bounds=(0, 6000), unit="mV/kHz", group="weights", doc="e to e")


class FixedInhibition(Excitation):
    """A weight from i to e that stays as it is."""

    w_ei = Quantity(-2000.0, bounds=(-8000, 0), unit="mV/kHz", group="weights", doc="i to e")


class Populations(Excitation):
    """Two populations whose weight from i to e is left open, their inputs, and one f-I curve."""

    w_ie = Quantity(6000.0, bounds=(0, 12000), unit="mV/kHz", group="weights", doc="e to i")
    w_ii = Quantity(-3000.0, bounds=(-8000, 0), unit="mV/kHz", group="weights", doc="i to i")
    X_e = Quantity(25.0, bounds=(0, 60), unit="mV", group="input", doc="external input to e")
    X_i = Quantity(17.0, bounds=(0, 60), unit="mV", group="input", doc="external input to i")
    curve = Choice("threshold-linear", objects=["threshold-linear", "sigmoid", "rectified power"],
                   symbol="f", group="f-I curve", rare=True, doc="shape of the f-I curve")
    theta = Quantity(THETA, bounds=(-20, 40), unit="mV", group="f-I curve", rare=True,
                     doc="threshold (for the sigmoid: the input at half the maximal rate)")
    g = Quantity(GAIN, bounds=(0.0, 0.01), unit="kHz/mV", group="f-I curve", rare=True,
                 doc="gain of the threshold-linear curve")
    r_max = Quantity(0.1, bounds=(0.005, 0.2), unit="kHz", group="f-I curve", rare=True,
                     doc="maximal rate of the sigmoid")
    s = Quantity(5.0, bounds=(0.5, 20), unit="mV", group="f-I curve", rare=True,
                 doc="width of the sigmoid")
    k = Quantity(0.0005, bounds=(0.0, 0.001), unit="kHz/mVⁿ", group="f-I curve", rare=True,
                 doc="gain of the rectified power")
    n = Quantity(2.0, bounds=(1, 3), group="f-I curve", rare=True, doc="exponent of the rectified power")

    states: ClassVar[tuple[State, ...]] = (R_E, R_I)
    idle_unless: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
        "curve": {"threshold-linear": ("g",), "sigmoid": ("r_max", "s"), "rectified power": ("k", "n")}}


class EIPopulations(Populations, FixedInhibition):
    """Two populations with fixed weights; the order of the classes is that of their sliders."""


class SteppedInputs(Flow):
    """Inputs to two populations that step up or down once."""

    step_e = Quantity(0.0, bounds=(-30, 30), unit="mV", symbol=r"\Delta X_e", group="step of input",
                      doc="what is added to the input to e")
    step_i = Quantity(0.0, bounds=(-30, 30), unit="mV", symbol=r"\Delta X_i", group="step of input",
                      doc="what is added to the input to i")
    t_1 = Quantity(100.0, bounds=(0, 10_000), softbounds=(0, 2000), unit="ms", group="step of input",
                   doc="time of the step")

    steady: ClassVar[Mapping[str, Any]] = {"step_e": 0.0, "step_i": 0.0}

    @staticmethod
    def idle(answer: Any, p: Any) -> tuple[str, ...]:
        """Return the time of the step where there is none."""
        return ("t_1",) * (p.step_e == 0 and p.step_i == 0)
