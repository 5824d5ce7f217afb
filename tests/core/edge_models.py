"""Small models with inputs as somebody may state them."""

import numpy as np

from ncm_app.core.model import Flow, Quantity, State


class _Leak(Flow):
    states = (State("x", span=(-1.0, 1.0)),)
    t_end = Quantity(100.0)

    @staticmethod
    def rhs(t, y, p):
        return (-y[0],)


class Pulsed(_Leak):
    """A pulse of 0.4 ms."""

    t_1 = Quantity(3.0, bounds=(0, 1000), unit="ms", doc="start")

    @staticmethod
    def rhs(t, y, p):
        return (-y[0] + (t >= p.t_1) * (t < p.t_1 + 0.4),)


class Branching(_Leak):
    """An input that the text tells apart by `if`."""

    @staticmethod
    def rhs(t, y, p):
        if t < 10.0:
            return (-y[0],)
        drive = 1.0 if t < 12.0 else 0.5
        return (drive - y[0] + 0.2 * (t > 50.0),)


class Nested(_Leak):
    """A square wave that is on for a fifth of its period."""

    period = Quantity(0.5, bounds=(1e-4, 100), unit="ms", doc="period")

    @staticmethod
    def rhs(t, y, p):
        return (np.where(t / p.period % 1.0 < 0.2, 1.0, 0.0) - y[0],)


class Triangle(_Leak):
    """A kink instead of a jump."""

    @staticmethod
    def rhs(t, y, p):
        return (np.abs(t - 30.0) / 100.0 - y[0],)
