"""Rate network with homeostatic inhibitory plasticity (section 4.1)."""

from dataclasses import replace

from ncm_app.core.model import Preset, Quantity, State, Variable
from ncm_app.models.rates._ei_populations import R_E, R_I, Populations, SteppedInputs, X_e, X_i
from ncm_app.models.rates._f_i_curve import f


class PlasticRates(SteppedInputs, Populations):
    """Inhibitory synapses that learn hold the excitatory rate at a target (Eq. 4.3)."""

    chapter, title = "4.1", "Plastic rate network"

    eps_r = Quantity(8000.0, bounds=(0, 200_000), step=500, unit="mV ms²", symbol=r"\epsilon_r", group="plasticity",
                     doc="learning rate")
    r_0 = Quantity(0.004, bounds=(0.0005, 0.02), step=0.0005, unit="kHz", group="plasticity", doc="target rate of e")
    X_e = Quantity(30.0)
    t_1 = Quantity(1500.0)
    t_end = Quantity(3000.0)

    states = (R_E, replace(R_I, span=(0.0, 0.04)),
              State("w_ei", start=-2000.0, span=(-4000.0, 0.0), box=(-12_000.0, 2000.0), unit="mV/kHz", fits=True,
                    doc="weight from i to e"))
    observed = (Variable("x_e", span=(0.0, 50.0), unit="mV", symbol="X_e(t)", role="excitatory", fits=True,
                         doc="external input to e"),
                Variable("x_i", span=(0.0, 50.0), unit="mV", symbol="X_i(t)", role="inhibitory", fits=True,
                         doc="external input to i"))
    explore = "X_e"
    presets = (
        Preset("Fig 4.1 F, matched", "Learning as slow as in the spikes of Fig 4.1 D: after 3 s e is still above 4 Hz.",
               expect={"fixed_points": ((4.0, 9.56205, -2848.97),), "kinds": ("stable",), "hopf": {"X_e": 11.7514}}),
        Preset("Fig 4.1 F", "As drawn in the book, ten times as fast: after 1 s e fires at 4.14 Hz, near the target.",
               values={"eps_r": 80_000.0},
               expect={"fixed_points": ((4.0, 9.56205, -2848.97),), "kinds": ("stable",),
                       "at": {3000.0: (4.00195, 9.56563, -2848.26)}}),
        Preset("Ex 4.1.1", "The input to e steps up: e jumps to 7.6 Hz, and inhibition grows until e is back at 4 Hz.",
               values={"eps_r": 80_000.0, "step_e": 10.0},
               expect={"fixed_points": ((4.0, 9.56205, -2848.97),), "kinds": ("stable",)}),
        Preset("Later version", "Weights, inputs and learning of the book's later version: 2 s are too short to learn.",
               values={"w_ee": 1920.0, "w_ie": 5600.0, "w_ii": -2800.0, "X_e": 48.0, "X_i": 32.0, "g": 0.00358,
                       "theta": 9.64, "eps_r": 4000.0, "r_0": 0.005, "w_ei_0": -1800.0, "t_end": 2000.0},
               expect={"at": {2000.0: (6.667, 19.387, -2543.2)}, "fixed_points": ((5.0, 16.3542, -2847.178),),
                       "kinds": ("stable",)}),
        Preset("Too little input", "Learning cannot hold e: it falls silent, learns to be excited, and bursts again.",
               values={"X_e": 11.0, "eps_r": 80_000.0, "t_end": 10_000.0},
               expect={"fixed_points": ((4.0, 9.56205, -861.945),), "kinds": ("unstable spiral (2 directions)",),
                       "hopf": {"X_e": 11.767}}),
    )
    look_for = ("The target is met whatever the input: in the diagram over X_e the branch of r_e is flat, and w_ei "
                "makes up for X_e. Rates follow a step within 20 ms, weights learn within seconds.")
    try_this = ("In Fig 4.1 F, lower X_e from 30 to 25 mV: e still ends at 4 Hz, with w_ei at -2326 mV/kHz.",
                "In Ex 4.1.1, set step_i from 0 to 5 mV as well: i learns to inhibit e more, and e is back at 4 Hz.",
                "In Too little input, raise X_e from 11 to 13 mV: the bursts die out, and e settles at the target.",
                "In Fig 4.1 F, matched, raise tau_i from 15 to 60 ms: e and i ring at 44 Hz, as learning leaves time "
                "constants alone.")
    book_note = ("The book's code multiplies each jump of a weight by dt = 0.1 ms, so the spikes of Fig 4.1 D learn at "
                 "a tenth of the rate of 800 mV ms² that Fig 4.1 F assumes. eps_r = 2 · 80 · 0.1 · 500 = 8000 mV ms² "
                 "makes up for that: r_e is 7.28, 6.27, 5.54 and 5.03 Hz on average up to 0.5, 1, 2 and 3 s, beside "
                 "8.57, 6.33, 5.35 and 4.83 Hz of the spikes; 80,000 gives 5.32, 4.27, 4.06 and 4.01 Hz. In Eq. 4.3 "
                 "the second f_e should be f_i, in Eq. 4.1 and Eq. 4.2 the sign before S_e y_i is wrong.")

    @staticmethod
    def rhs(t, y, p):
        r_e, r_i, w_ei = y
        dr_e = (-r_e + f(p.w_ee * r_e + w_ei * r_i + X_e(t, p), p)) / p.tau_e
        dr_i = (-r_i + f(p.w_ie * r_e + p.w_ii * r_i + X_i(t, p), p)) / p.tau_i
        dw_ei = -p.eps_r * (r_e - p.r_0) * r_i
        return dr_e, dr_i, dw_ei

    @staticmethod
    def observe(t, y, p):
        return X_e(t, p), X_i(t, p)

    @staticmethod
    def levels(p):
        return p.r_0, None, None
