"""What integrate-and-fire neurons have in common: controls, input, threshold and reset.

Models of this family differ in how V drifts between reset and threshold, so their
parameters share names, units and bounds, and any two can be put under the same input.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numba.extending import register_jitable

from ncm_app.core.model import Quantity, Spiking, State, Variable

STEEPEST = 300.0  # exponents beyond this would overflow; V has spiked long before
MEMBRANE = State("V", start=-70.0, span=(-80.0, 10.0), box=(-120.0, 20.0), unit="mV",
                 doc="membrane potential")


@register_jitable
def Phi(V: Any, p: Any) -> Any:
    """Sodium current (mV) that starts a spike."""
    return p.D * np.exp(np.minimum((V - p.V_T) / p.D, STEEPEST))


@register_jitable
def I_x(t: Any, p: Any) -> Any:
    """Input (mV): a constant and two pulses."""
    first = p.I_1 * ((t >= p.t_1) * (t < p.t_1 + p.d_1))
    second = p.I_2 * ((t >= p.t_2) * (t < p.t_2 + p.d_2))
    return p.I_0 + first + second


class IntegrateAndFire(Spiking):
    """A membrane with a constant input and two pulses that fires at V_T and is reset."""

    I_0 = Quantity(0.0, bounds=(-10, 50), unit="mV", group="input", doc="constant input")
    I_1 = Quantity(0.0, bounds=(-20, 50), unit="mV", group="input", doc="height of the first pulse")
    I_2 = Quantity(0.0, bounds=(-20, 50), unit="mV", group="input", doc="height of the second pulse")
    t_1 = Quantity(200.0, bounds=(0, 1000), unit="ms", group="pulses", doc="start of the first pulse")
    d_1 = Quantity(200.0, bounds=(0, 1000), unit="ms", group="pulses", doc="length of the first pulse")
    t_2 = Quantity(600.0, bounds=(0, 1000), unit="ms", group="pulses", doc="start of the second pulse")
    d_2 = Quantity(200.0, bounds=(0, 1000), unit="ms", group="pulses", doc="length of the second pulse")
    tau_m = Quantity(15.0, bounds=(1, 50), unit="ms", group="cell", doc="membrane time constant")
    E_L = Quantity(-72.0, bounds=(-90, -60), unit="mV", group="cell", doc="resting potential")
    V_T = Quantity(-55.0, bounds=(-65, -40), unit="mV", group="cell", doc="threshold")
    V_re = Quantity(-75.0, bounds=(-90, -66), unit="mV", group="spike", doc="V after a spike")
    t_end = Quantity(1000.0)

    family = "integrate-and-fire"
    states: ClassVar[tuple[State, ...]] = (MEMBRANE,)
    observed = (Variable("I_x", span=(-1.0, 30.0), unit="mV", role="external", doc="input"),)
    steady = {"I_1": 0.0, "I_2": 0.0}
    explore = "I_0"

    @staticmethod
    def threshold(p: Any) -> Any:
        """Return V_T."""
        return p.V_T

    @staticmethod
    def reset(y: Any, p: Any) -> tuple[Any, ...]:
        """Return V_re."""
        return (p.V_re,)

    @staticmethod
    def idle(answer: Any, p: Any) -> tuple[str, ...]:
        """Return when the pulses come, and how long they last, where they have no height."""
        return ("t_1", "d_1") * (p.I_1 == 0) + ("t_2", "d_2") * (p.I_2 == 0)

    @staticmethod
    def observe(t: Any, y: Any, p: Any) -> tuple[Any, ...]:
        """Return the input."""
        return (I_x(t, p),)


class SoftThreshold(IntegrateAndFire):
    """One of the family whose V runs away by itself above V_T; the spike is counted at V_th."""

    V_T = Quantity(-55.0, doc="soft threshold")
    D = Quantity(2.0, bounds=(0.5, 6), unit="mV", group="cell", doc="softness of the threshold")
    V_th = Quantity(5.0, bounds=(-20, 20), unit="mV", group="spike", doc="V at which a spike counts")

    @staticmethod
    def threshold(p: Any) -> Any:
        """Return V_th."""
        return p.V_th
