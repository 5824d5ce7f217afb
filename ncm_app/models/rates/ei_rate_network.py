"""Excitatory-inhibitory rate network (section 3.3)."""

from ncm_app.core.model import Preset
from ncm_app.models.rates._ei_populations import EIPopulations
from ncm_app.models.rates._f_i_curve import f


class EIRateNetwork(EIPopulations):
    """Two populations excite and inhibit each other: rest, ringing, rhythm (Eq. 3.13)."""

    chapter, title = "3.3", "Excitatory-inhibitory rate network"

    explore = "tau_i"
    presets = (
        Preset("Fig 3.4 A,B", "Fast inhibition: the rates overshoot once and settle.",
               expect={"fixed_points": ((5.60833, 12.50437),), "kinds": ("stable spiral",),
                       "eigenvalues": (-0.288333 - 0.312152j, -0.288333 + 0.312152j), "hopf": {"tau_i": 57.1951}}),
        Preset("Fig 3.4 C,D", "Slow inhibition: the fixed point is unstable and the rates cycle.",
               values={"tau_e": 15.0, "tau_i": 30.0},
               expect={"fixed_points": ((5.60833, 12.50437),), "kinds": ("unstable spiral",),
                       "eigenvalues": (0.00958333 - 0.424833j, 0.00958333 + 0.424833j),
                       "hopf": {"tau_i": 28.5976}, "period": 22.644, "cycle": ((3.321, 9.774), (7.958, 15.454))}),
        Preset("Ex 3.3.1", "The time constants of the spiking exercise: here the rates ring, but they settle.",
               values={"tau_e": 4.0, "tau_i": 6.0, "t_end": 50.0, "dt": 0.01},
               expect={"fixed_points": ((5.60833, 12.50437),), "kinds": ("stable spiral",),
                       "eigenvalues": (-0.208333 - 1.828217j, -0.208333 + 1.828217j), "hopf": {"tau_i": 7.62602}}),
        Preset("Sigmoid: memory", "Weak inhibition and rates that saturate: a silent state, an active one, a saddle.",
               values={"curve": "sigmoid", "r_max": 0.02, "s": 3.0, "theta": 20.0, "w_ei": -1500.0, "w_ie": 1000.0,
                       "w_ii": 0.0, "X_e": 8.0, "X_i": 5.0, "t_end": 600.0},
               expect={"fixed_points": ((0.44623, 0.15516), (4.69678, 0.62475), (14.77012, 9.61706)),
                       "kinds": ("stable node", "saddle", "stable spiral"),
                       "fold": {"X_e": (4.75946, 9.82427)}, "hopf": {"X_e": 6.18431}}),
        Preset("Power law: soft Hopf", "A smooth f-I curve: the cycle grows from nothing as tau_i passes 34 ms.",
               values={"curve": "rectified power", "k": 5e-5, "theta": 5.0, "X_e": 20.0, "X_i": 10.0,
                       "w_ie": 4000.0, "w_ii": -1000.0, "tau_e": 10.0, "tau_i": 40.0, "t_end": 600.0},
               expect={"fixed_points": ((3.34468, 6.75526),), "kinds": ("unstable spiral",),
                       "hopf": {"tau_i": 34.0114}, "period": 55.12, "cycle": ((1.139, 5.068), (5.947, 9.294))}),
    )
    look_for = ("Excitation feeds itself (g w_ee = 7.15 > 1), so only inhibition keeps the rates in check. The fixed "
                "point does not depend on tau_e or tau_i, but its stability does: when inhibition is too slow, the "
                "trace turns positive and a rhythm begins.")
    try_this = ("In Fig 3.4 C,D, lower tau_i from 30 to 24 ms: the trace turns negative and the ringing dies out.",
                "In Fig 3.4 C,D, set dt to 0.01 ms: the period falls from 24.7 to 22.9 ms, so Euler's step mattered.",
                "In Sigmoid: memory, start at r_e(0) = 0.005 kHz: it stays active. Then lower X_e to 4 mV.",
                "In Power law: soft Hopf, lower tau_i from 40 to 35 ms and compare the size of the cycle.")
    book_note = ("Stability needs a positive determinant (0.1806 in Fig 3.4 A,B); the text asks for a negative one. "
                 "Eq. 3.12, on which the text says it focuses, should be Eq. 3.11; Exercise 3.3.1 means the spiking "
                 "network of Fig 3.3, not Fig 3.4. With Euler steps of 0.1 ms the fixed point of Fig 3.4 C,D already "
                 "loses stability at tau_i = 27.28 ms instead of 28.60, and the cycle lasts 24.7 ms instead of 22.64.")

    @staticmethod
    def rhs(t, y, p):
        r_e, r_i = y
        dr_e = (-r_e + f(p.w_ee * r_e + p.w_ei * r_i + p.X_e, p)) / p.tau_e
        dr_i = (-r_i + f(p.w_ie * r_e + p.w_ii * r_i + p.X_i, p)) / p.tau_i
        return dr_e, dr_i
