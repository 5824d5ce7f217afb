"""Two formulations of a rate network: rates that relax, and inputs that relax (section B.7)."""

from ncm_app.core.model import Mark, Plot, Preset, Quantity, State, Variable
from ncm_app.models.rates._ei_populations import R_E, R_I, EIPopulations, SteppedInputs, X_e, X_i
from ncm_app.models.rates._f_i_curve import f
from ncm_app.models.rates._rate_formulations_plots import (
    draw_eigenvalues,
    draw_plane,
    draw_rates,
    draw_responses,
    measured,
    sine,
)

SETTLED = {"r_e_0": 0.00560833, "r_i_0": 0.01250437, "I_e_0": -13.79207, "I_i_0": -3.86311}


class RateFormulations(SteppedInputs, EIPopulations):
    """Rates that relax beside inputs that relax: the same fixed points, other ways to them (Eq. 3.11 and 3.12)."""

    chapter, title = "B.7", "Two formulations of rate networks"

    step_e = Quantity(10.0)
    A_x = Quantity(0.0, bounds=(0, 20), step=0.1, unit="mV", group="sine", doc="amplitude of a sine into e")
    f_x = Quantity(20.0, bounds=(0.5, 500), softbounds=(0.5, 100), step=0.5, unit="Hz", group="sine",
                   doc="frequency of the sine")
    dt = Quantity(0.05)

    states = (R_E, R_I,
              State("I_e", start=0.0, span=(-40.0, 20.0), box=(-500.0, 500.0), unit="mV", role="excitatory",
                    doc="recurrent input to e"),
              State("I_i", start=0.0, span=(-40.0, 20.0), box=(-500.0, 500.0), unit="mV", role="inhibitory",
                    doc="recurrent input to i"))
    steady = {**SteppedInputs.steady, "A_x": 0.0}
    portrait = False
    rate, both = Variable("rate", (0.0, 30.0), unit="Hz"), ("Eq. 3.11", "Eq. 3.12")
    other = Mark("second", role="now", label=both[1])
    plots = (
        Plot("rates", "Rates of both", Variable("time", (0.0, 200.0), unit="ms"), rate,
             (Mark("f_e", role="now", label="f(I_e + X_e)"), Mark("f_i", role="external", label="f(I_i + X_i)"),
              Mark("r_e", role="excitatory", label="r_e"), Mark("r_i", role="inhibitory", label="r_i")),
             draw_rates, shape="wide", over_time=True, above=True, fits="y"),
        Plot("plane", "Plane of the rates", Variable("of e", (0.0, 20.0), unit="Hz"),
             Variable("of i", (0.0, 30.0), unit="Hz"),
             (Mark("first", role="external", label=both[0]), other,
              Mark("now", "points", "now", "fixed point")), draw_plane, fits="xy"),
        Plot("values", "Eigenvalues of both", Variable("real part", (-0.4, 0.1), unit="1/ms"),
             Variable("imaginary part", (-0.5, 0.5), unit="1/ms"),
             (Mark("zero", role="external"), Mark("first", "points", "now", both[0]),
              Mark("second", "points", "external", both[1])), draw_eigenvalues, fits="xy",
             aspect="equal"),
        Plot("responses", "Swing of r_e for 1 mV of sine input", Variable("frequency", (0.5, 500.0), unit="Hz"),
             Variable("swing", (0.0, 4.0), unit="Hz/mV"),
             (Mark("first", role="excitatory", label=both[0], ghost=True), other,
              Mark("now", "points", "now", "this run")),
             draw_responses, log="x", fits="y", clicks=("f_x",)),
    )
    presets = (
        Preset("Step", "10 mV more for e: the rate of Eq. 3.12 jumps by 36 Hz, r_e takes time; both end alike.",
               values=SETTLED, expect={"kinds": ("stable spiral",),
                       "fixed_points": ((5.60833, 12.50437, -13.79207, -3.86311),),
                                       "measured": {"apart in the end": 0.0000}}),
        Preset("Fig 3.4 C,D", "Slow inhibition: both are unstable, but one cycle lasts 22.6 ms, the other 15.1 ms.",
               values={"tau_e": 15.0, "tau_i": 30.0, "step_e": 0.0, "method": "RK4"},
               expect={"fixed_points": ((5.60833, 12.50437, -13.79207, -3.86311),),
                       "kinds": ("unstable spiral (4 directions)",)}),
        Preset("One time constant", "With one time constant for all, I = W r for ever: one model, read in two ways.",
               values={**SETTLED, "tau_e": 20.0, "tau_i": 20.0}, expect={"kinds": ("stable spiral",),
                       "measured": {"apart in the end": 0.0000}}),
        Preset("Sine", "A sine of 20 Hz into e: the rate of Eq. 3.12 swings 2.7 times as far as r_e.",
               values={**SETTLED, "tau_e": 20.0, "tau_i": 20.0, "step_e": 0.0, "A_x": 1.0, "t_end": 400.0},
               expect={"kinds": ("stable spiral",),
                       "measured": {"swing of r_e, Eq. 3.11": 0.562, "swing of r_e, Eq. 3.12": 1.52}}),
    )
    look_for = ("Fixed points are the same, and so are their eigenvalues, as W G = G^-1 (G W) G: both rest or ring "
                "together, whatever tau_e and tau_i. They differ in the way there: f(I + X) follows X at once, r is "
                "filtered. With one tau for all, f(I + X) = r + tau dr/dt.")
    try_this = ("In Step, lower step_e from 10 to 1 mV: the jump is 3.6 Hz, the gain times the step.",
                "In Fig 3.4 C,D, lower tau_i from 30 to 24 ms: below 28.6 ms both come to rest.",
                "In One time constant, raise I_e(0) from -13.79207 to 0 mV: I is W r once the start is forgotten.",
                "In Sine, raise f_x from 20 to 100 Hz: r_e swings by 0.53 Hz, the rate of Eq. 3.12 by 6.6 Hz.")
    book_note = ("The draft has only the heading of B.7, and Eq. 3.12 in section 3.3. For time constants of the "
                 "presynaptic population, as those of synapses, the two are one model again: the filtered rates obey "
                 "Eq. 3.11. See Miller and Fumarola (2012).")
    equations = (r"f(I + X) = r + \tau \frac{dr}{dt} \quad (\tau_e = \tau_i = \tau,\ I = W r)",)

    @staticmethod
    def rhs(t, y, p):
        r_e, r_i, I_e, I_i = y
        dr_e = (-r_e + f(p.w_ee * r_e + p.w_ei * r_i + X_e(t, p) + sine(t, p), p)) / p.tau_e
        dr_i = (-r_i + f(p.w_ie * r_e + p.w_ii * r_i + X_i(t, p), p)) / p.tau_i
        f_e, f_i = f(I_e + X_e(t, p) + sine(t, p), p), f(I_i + X_i(t, p), p)
        dI_e = (-I_e + p.w_ee * f_e + p.w_ei * f_i) / p.tau_e
        dI_i = (-I_i + p.w_ie * f_e + p.w_ii * f_i) / p.tau_i
        return dr_e, dr_i, dI_e, dI_i

    @staticmethod
    def idle(answer, p):
        return SteppedInputs.idle(answer, p) + ("f_x",) * (p.A_x == 0)

    @staticmethod
    def measure(answer, p):
        return measured(answer, p)
