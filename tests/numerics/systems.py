"""Small systems with known answers, for the tests of the numerics."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ncm_app.numerics.system import System

Pair = tuple[float, float]


def make_system(rhs: Callable[..., Any], spans: Sequence[Pair], box: Sequence[Pair] | None = None) -> System:
    """Return a System with states y0, y1, ..."""
    return System(rhs, tuple(f"y{i}" for i in range(len(spans))), tuple(spans), tuple(box or spans))


def record(**values: Any) -> Any:
    """Return parameters as a namedtuple."""
    return namedtuple("Parameters", values)(**values)  # type: ignore[misc]


def scalar(f: Callable[[Any, Any], Any], span: Pair = (-2.0, 2.0)) -> System:
    """Return the one-state system x' = f(x, p)."""
    return make_system(lambda t, y, p: (f(y[0], p),), [span])


FOLD = scalar(lambda x, p: p.a + x * x)
TRANSCRITICAL = scalar(lambda x, p: p.a * x - x * x)
PITCHFORK = scalar(lambda x, p: p.a * x - x**3)
CUSP = scalar(lambda x, p: p.a + p.b * x - x**3)
ISOLA = scalar(lambda x, p: 1.0 - x * x - p.a * p.a)


EIF = scalar(lambda v, p: (-(v - p.E_L) + p.D * np.exp((v - p.V_T) / p.D) + p.I_0) / p.tau, (-80.0, 5.0))
EIF_VALUES = record(E_L=-72.0, D=2.0, V_T=-55.0, tau=15.0, I_0=0.0)


def _ei_rates(t: Any, y: Any, p: Any) -> Any:
    e, i = y
    d_e = (-e + p.g * np.maximum(p.w_ee * e + p.w_ei * i + p.X_e - p.theta, 0.0)) / p.tau_e
    d_i = (-i + p.g * np.maximum(p.w_ie * e + p.w_ii * i + p.X_i - p.theta, 0.0)) / p.tau_i
    return d_e, d_i


EI = make_system(_ei_rates, [(0.0, 0.02), (0.0, 0.03)], [(0.0, 0.5), (0.0, 0.5)])
EI_VALUES = record(tau_e=30.0, tau_i=15.0, w_ee=2000.0, w_ei=-2000.0, w_ie=6000.0, w_ii=-3000.0,
                   X_e=25.0, X_i=17.0, theta=9.639161, g=0.003575)


def _brusselator(t: Any, y: Any, p: Any) -> Any:
    u, v = y
    return p.A + u * u * v - (p.B + 1.0) * u, p.B * u - u * u * v


BRUSSELATOR = make_system(_brusselator, [(0.0, 5.0), (0.0, 5.0)])


def _fitzhugh_nagumo(t: Any, y: Any, p: Any) -> Any:
    v, w = y
    return v - v**3 / 3.0 - w + p.I, 0.08 * (v + 0.7 - 0.8 * w)


FITZHUGH_NAGUMO = make_system(_fitzhugh_nagumo, [(-2.5, 2.5), (-1.0, 2.5)], [(-4.0, 4.0), (-5.0, 5.0)])


def _morris_lecar(t: Any, y: Any, p: Any) -> Any:
    v, w = y
    m = 0.5 * (1.0 + np.tanh((v + 1.2) / 18.0))
    s = 0.5 * (1.0 + np.tanh((v - p.V_3) / p.V_4))
    current = p.I - 2.0 * (v + 60.0) - 8.0 * w * (v + 84.0) - p.g_Ca * m * (v - 120.0)
    return current / 20.0, p.phi * np.cosh((v - p.V_3) / (2.0 * p.V_4)) * (s - w)


MORRIS_LECAR = make_system(_morris_lecar, [(-75.0, 50.0), (0.0, 1.0)])
ML_HOPF = record(I=0.0, g_Ca=4.4, V_3=2.0, V_4=30.0, phi=0.04)
ML_SNLC = record(I=0.0, g_Ca=4.0, V_3=12.0, V_4=17.4, phi=0.067)
ML_HOMOCLINIC = ML_SNLC._replace(phi=0.23)


def _lorenz(t: Any, y: Any, p: Any) -> Any:
    a, b, c = y
    return 10.0 * (b - a), a * (p.r - c) - b, a * b - 8.0 / 3.0 * c


LORENZ = make_system(_lorenz, [(-20.0, 20.0), (-20.0, 20.0), (0.0, 40.0)], [(-50.0, 50.0), (-50.0, 50.0), (-1.0, 60.0)])


def _wilson_cowan(t: Any, y: Any, p: Any) -> Any:
    e, i = y
    return (-e + 1.0 / (1.0 + np.exp(-(p.w_ee * e - p.w_ei * i + p.P))),
            (-i + 1.0 / (1.0 + np.exp(-(p.w_ie * e - p.w_ii * i + p.Q)))) / p.tau)


WILSON_COWAN = make_system(_wilson_cowan, [(0.0, 1.0), (0.0, 1.0)])


def _wilson_cowan_1972(t: Any, y: Any, p: Any) -> Any:
    e, i = y

    def s(x: Any, a: float, theta: float) -> Any:
        return 1.0 / (1.0 + np.exp(-a * (x - theta))) - 1.0 / (1.0 + np.exp(a * theta))

    return (-e + (1.0 - p.r * e) * s(p.w_ee * e - p.w_ei * i + p.P, p.a_e, p.theta_e),
            (-i + (1.0 - p.r * i) * s(p.w_ie * e - p.w_ii * i, p.a_i, p.theta_i)) / p.tau_i)


WILSON_COWAN_1972 = make_system(_wilson_cowan_1972, [(0.0, 1.0), (0.0, 1.0)], [(-0.2, 1.2), (-0.2, 1.2)])
WC_FIG_11 = record(w_ee=16.0, w_ei=12.0, w_ie=15.0, w_ii=3.0, a_e=1.3, theta_e=4.0, a_i=2.0, theta_i=3.7,
                   r=1.0, tau_i=1.0, P=0.0)
WC_NEUROMATCH = record(w_ee=9.0, w_ei=4.0, w_ie=13.0, w_ii=11.0, a_e=1.2, theta_e=2.8, a_i=1.0, theta_i=4.0,
                       r=0.0, tau_i=2.0, P=0.0)


def _hodgkin_huxley(t: Any, y: Any, p: Any) -> Any:
    v, n, m, h = y
    x, w = v + 55.0, v + 40.0
    a_n = 0.01 * x / (1.0 - np.exp(-x / 10.0))
    a_m = 0.1 * w / (1.0 - np.exp(-w / 10.0))
    b_n, b_m = 0.125 * np.exp(-(v + 65.0) / 80.0), 4.0 * np.exp(-p.k_m * (v + 65.0))
    a_h, b_h = 0.07 * np.exp(-(v + 65.0) / 20.0), 1.0 / (1.0 + np.exp(-(v + 35.0) / 10.0))
    current = p.I - 36.0 * n**4 * (v + 77.0) - 120.0 * m**3 * h * (v - 50.0) - 0.3 * (v + 54.387)
    return current, a_n * (1.0 - n) - b_n * n, a_m * (1.0 - m) - b_m * m, a_h * (1.0 - h) - b_h * h


HODGKIN_HUXLEY = make_system(_hodgkin_huxley, [(-80.0, 50.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)])


def _jansen_rit(t: Any, y: Any, p: Any) -> Any:
    def s(v: Any) -> Any:
        return 5.0 / (1.0 + np.exp(0.56 * (6.0 - v)))

    y0, y1, y2, y3, y4, y5 = y
    return (y3, y4, y5, 325.0 * s(y1 - y2) - 200.0 * y3 - 1e4 * y0,
            325.0 * (p.p + 108.0 * s(135.0 * y0)) - 200.0 * y4 - 1e4 * y1,
            1100.0 * 33.75 * s(33.75 * y0) - 100.0 * y5 - 2500.0 * y2)


_SLOPES = [(-5.0, 5.0), (-500.0, 500.0), (-500.0, 500.0)]
JANSEN_RIT = make_system(_jansen_rit, [(0.0, 0.2), (-5.0, 40.0), (-5.0, 30.0), *_SLOPES],
                         [(-0.1, 0.3), (-20.0, 60.0), (-5.0, 80.0), *_SLOPES])

# r' = -r + [w r + X]+ with w > 1: the silent state and the unstable active one meet, and end, in a kink at X = 0.
KINKED_FOLD = scalar(lambda r, p: -r + np.maximum(p.w * r + p.X, 0.0), (-0.5, 1.5))
# The same with w < 1: one stable branch, bent at X = 0.
BENT_LINE = scalar(lambda r, p: -r + np.maximum(p.w * r + p.X, 0.0), (-0.5, 4.0))


def _bogdanov_takens(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    return z, p.a + p.b * z + x * x + x * z


BOGDANOV_TAKENS = make_system(_bogdanov_takens, [(-2.0, 2.0), (-2.0, 2.0)])


def _book_hopf(t: Any, y: Any, p: Any) -> Any:
    x, z = y
    return -p.c * (1.0 - z * z) * x - z, x


BOOK_HOPF = make_system(_book_hopf, [(-3.0, 3.0), (-3.0, 3.0)])
