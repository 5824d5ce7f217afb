"""Inhibition-stabilised network: paradoxical effect and balance (section B.8)."""

from ncm_app.core.model import Mark, Plot, Preset, Quantity, Variable
from ncm_app.models.rates._ei_populations import EIPopulations, SteppedInputs, X_e, X_i
from ncm_app.models.rates._f_i_curve import f
from ncm_app.models.rates._inhibition_stabilized_plots import NAMES, draw_matrix, draw_own, draw_strength, measured

SUPRALINEAR = {"curve": "rectified power", "k": 4e-5, "n": 2.0, "theta": 0.0, "w_ee": 1250.0, "w_ei": -650.0,
               "w_ie": 1200.0, "w_ii": -500.0, "tau_e": 20.0, "tau_i": 10.0, "step_i": 0.1, "t_1": 600.0,
               "t_end": 1200.0}


class InhibitionStabilized(SteppedInputs, EIPopulations):
    """Excitation that would run away is held by inhibition: more input to i can lower its rate (section B.8)."""

    chapter, title = "B.8", "Inhibition-stabilised network"

    c = Quantity(1.0, bounds=(0.2, 30), softbounds=(0.2, 10), step=0.1, group="weights",
                 doc="strength: factor of all weights and inputs")
    step_i = Quantity(3.0)
    t_1 = Quantity(100.0)

    explore = "X_i"
    plots = (
        Plot("matrix", "Response to a mV more", Variable("response", (-0.5, 1.0), unit="Hz/mV"),
             Variable("rate by input", (-0.5, 3.5)),
             (Mark("none", role="external"), Mark("linear", "points", "theory", "from gains", ghost=True),
              Mark("moved", "points", "now", "moved")), draw_matrix, rows=NAMES, fits="x"),
        Plot("own", "Response of i to its own input", Variable("g_e w_ee", (0.0, 2.0)),
             Variable("response", (-0.6, 0.2), unit="Hz/mV"),
             (Mark("none", role="external"), Mark("theory", role="theory", label="theory", ghost=True),
              Mark("now", "points", "now")), draw_own, fits="y", tight="x"),
        Plot("strength", "Rates over strength", Variable("c", (0.2, 30.0)), Variable("rate", (0.0, 30.0), unit="Hz"),
             (Mark("r_e", role="excitatory", label="r_e", ghost=True),
              Mark("r_i", role="inhibitory", label="r_i", ghost=True),
              Mark("balance", role="theory", label="balance"), Mark("now", "points", "now")), draw_strength,
             log="x", fits="y", clicks=("c",)),
    )
    presets = (
        Preset("Paradoxical effect", "3 mV more for i: r_i rises by 0.58 Hz within 2 ms, and ends 0.81 Hz lower.",
               expect={"fixed_points": ((5.60833, 12.50437),), "kinds": ("stable spiral",),
                       "measured": {"change of r_e": -0.943698, "change of r_i": -0.811713}}),
        Preset("Weak excitation", "e needs no inhibition to be stable: the same step raises r_i for good, by 0.28 Hz.",
               values={"w_ee": 200.0, "w_ei": -500.0, "w_ie": 1500.0, "w_ii": -1000.0, "X_e": 15.0},
               expect={"kinds": ("stable node",), "measured": {"change of r_e": -1.7605, "change of r_i": 0.2807}}),
        Preset("Balance", "Weights and inputs ten times as strong: inhibition cancels 97 % of the excitation of e.",
               values={"c": 10.0, "step_i": 0.0, "dt": 0.01},
               expect={"kinds": ("stable spiral",),
                       "fixed_points": ((6.75238, 18.67598),), "measured": {"r_e in the end": 6.7524}}),
        Preset("Supralinear, weak input", "Gains grow with rates, and at low rates e needs no inhibition: r_i rises.",
               values={**SUPRALINEAR, "X_e": 4.0, "X_i": 4.0},
               expect={"kinds": ("stable node",),
                       "fixed_points": ((0.79464, 0.82488),), "measured": {"change of r_i": 0.027}}),
        Preset("Supralinear, strong input", "The same weights, stronger inputs and so higher gains: now r_i falls.",
               values={**SUPRALINEAR, "X_e": 10.0, "X_i": 10.0},
               expect={"kinds": ("stable node",),
                       "fixed_points": ((7.81707, 8.9105),), "measured": {"change of r_i": -0.112}}),
    )
    look_for = ("r_i answers its own input by g_i (1 - g_e w_ee) / D, where D = det(I - G W) > 0: the sign turns where "
                "e alone would lose stability, at g_e w_ee = 1. Inhibition falls because it loses more excitation than "
                "it was given.")
    try_this = ("In Paradoxical effect, lower w_ee from 2000 to 280 mV/kHz: g_e w_ee is 1, and r_i hardly answers.",
                "In Weak excitation, raise w_ee from 200 to 500 mV/kHz: the step now lowers r_i, by 1.38 Hz.",
                "In Balance, set step_i from 0 to 5 mV: e and i both lose 1.6 Hz, as they must to cancel again.",
                "In Supralinear, weak input, raise X_e from 4 to 7 mV: g_e w_ee grows from 0.45 to 1.20, r_i falls.")
    book_note = ("The draft has only the heading. The response matrix (I - G W)^-1 G follows from Eq. 3.13; the "
                 "paradoxical effect is that of Tsodyks et al. (1997), the growth of gains that of Rubin et al. "
                 "(2015), balance that of van Vreeswijk and Sompolinsky (1998): as weights and inputs grow, rates go "
                 "to -W^-1 X.")
    equations = (r"\frac{\partial r}{\partial X} = (I - c\,G\,W)^{-1} c\,G, \quad G = \mathrm{diag}(g_e, g_i)",
                 r"r \to -W^{-1} X \quad (c \to \infty)")

    @staticmethod
    def rhs(t, y, p):
        r_e, r_i = y
        dr_e = (-r_e + f(p.c * (p.w_ee * r_e + p.w_ei * r_i + X_e(t, p)), p)) / p.tau_e
        dr_i = (-r_i + f(p.c * (p.w_ie * r_e + p.w_ii * r_i + X_i(t, p)), p)) / p.tau_i
        return dr_e, dr_i

    @staticmethod
    def measure(answer, p):
        return measured(answer, p)
