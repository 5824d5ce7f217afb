"""Recurrent network of excitatory and inhibitory cells (section 3.2)."""

from ncm_app.core.model import Companion, Pair, Preset
from ncm_app.models.networks._ei import LATER, EIParts, circuit_of, rate_network_of
from ncm_app.models.networks._plots import Group, network_plots

RATES = "rate network"
"""What the companion is called in the list and in legends."""

LARGE = {"N_e": 16_000, "N_i": 4000, "N_x": 16_000, "p": 0.0125}


class RecurrentNetwork(EIParts):
    """Excitatory and inhibitory cells excite and inhibit each other: irregular spikes, steady rates (Eq. 3.4)."""

    chapter, title = "3.2", "Recurrent spiking network"

    plots = network_plots((Group("e", "excitatory"), Group("i", "inhibitory")), (Group("x", "external"),),
                          opens=("rates_of_cells", "spectrum"), companion=RATES)
    presets = (
        Preset("Fig 3.3", "After a volley at the start the rates are steady, though every cell fires at odd times.",
               expect={"measured": {"rate e": (4.4, 8.4), "rate i": (12.5, 21.0), "rate e in balance": (6.83, 6.84),
                                    "rate i in balance": (19.33, 19.34)}}),
        Preset("Fig 3.3, longer", "Long enough to tell: the mean field lies well below both rates, the balance above.",
               values={"t_end": 1000.0}, shows=("CVs", "eigenvalues"),
               expect={"measured": {"rate e": (5.9, 7.1), "rate i": (16.0, 18.0), "CV e": (0.78, 0.88),
                                    "CV i": (0.86, 0.97), "correlation e": (-0.01, 0.02)}}),
        Preset("Fig 3.3, later version", "1,000 cells, twice as densely connected, as the book's later version has it.",
               values={**LATER, "t_end": 1000.0},
               expect={"measured": {"rate e": (6.2, 8.8), "rate i": (16.5, 21.5), "rate e in balance": (8.16, 8.17)}}),
        Preset("Ex 3.3.1", "Excitation faster than inhibition: all cells fire in volleys, some 30 a second.",
               values={"tau_e": 4.0, "tau_i": 6.0, "t_end": 500.0}, shows=("eigenvalues",),
               expect={"measured": {"rate e": (7.0, 10.0), "rate i": (20.0, 28.0), "rhythm": (25.0, 36.0)}}),
        Preset("Beside rates: agreement",
               "Given an f-I curve of these cells, the rate network rests where the spikes are on average.",
               values={"g": 0.01, "theta": 3.4, "t_end": 1000.0, "sigma": 3.0}, shows=("start",), beside={"dt": 0.01},
               expect={"measured": {"rate e": (5.9, 7.1), "rate i": (16.0, 18.0)}}),
        Preset("Beside rates: Ex 3.3.1", "Spikes come in volleys; the rates ring for some ms, and rest.",
               values={"tau_e": 4.0, "tau_i": 6.0, "t_end": 1000.0, "sigma": 2.0}, shows=("start",),
               beside={"dt": 0.01}, expect={"measured": {"rhythm": (25.0, 36.0)}}),
        Preset("Beside rates: Fig 3.4 C,D", "Slow inhibition: 12 volleys a second, while the rates cycle 44 times.",
               values={"tau_e": 15.0, "tau_i": 30.0, "t_end": 1500.0, "sigma": 2.0}, shows=("start",),
               beside={"dt": 0.01}, expect={"measured": {"rhythm": (9.0, 13.0)}}),
        Preset("20,000 cells", "Eight times the cells with as many synapses for each: the same rates, less correlated.",
               values={**LARGE, "t_end": 500.0},
               expect={"measured": {"rate e": (5.6, 7.4), "rate i": (15.5, 18.5), "correlation e": (-0.004, 0.006)}}),
        Preset("Runaway", "Inhibition too weak to hold excitation back: the run stops, and says which weight did it.",
               values={"j_ei": -10.0}, shows=("currents",), expect={"told": "the weight from e to"}),
    )
    look_for = ("Rates are steady while single cells fire at odd times: excitation and inhibition nearly cancel, and "
                "what is left is noise (currents). The mean field, which knows mean inputs only, lies below the rates, "
                "and the balance of strong weights above. Black points are where theory expects the eigenvalues that "
                "stand apart; right of the line a small change would grow. The rate network of section 3.3 can stand "
                "beside it: where that rests is the mean field, and it knows nothing of the start, of the rhythm of "
                "volleys, or of noise.")
    try_this = ("In Beside rates: agreement, raise r_x from 5 to 10 Hz: in balance rates double with the input; those "
                "of the spikes rise to 15.4 and 42.4 Hz, those of the rate network to 13.6 and 36.2 Hz, as its f-I "
                "curve fits one strength of noise.",
                "In Beside rates: Fig 3.4 C,D, lower tau_i from 30 to 20 ms: the rate network comes to rest, and the "
                "cells still fire in volleys.",
                "In Fig 3.3, longer, raise tau_i from 4 to 12 ms: the outliers pass the limit of stability, and all "
                "cells fire in volleys, some 20 a second.",
                "In Runaway, change j_ei from -10 to -40 mV ms, and watch the rates come down.")
    book_note = ("The f-I curve of the mean field was fitted to another cell (V_re = -75, V_th = 5 mV, synapses of "
                 "5 ms), so it need not meet these rates: over seeds the draft's network fires at 6.50 and 16.96 Hz. "
                 "Exercise 3.3.1 asks to repeat Fig 3.4; it means this network, of Fig 3.3. After Eq. 3.8 the text "
                 "says Eq. 3.7 where it means Eq. 3.8. Sparse lists of synapses pay long before the 100,000 neurons of "
                 "the text: here they are all that is stored. Eigenvalues are of cells whose gain is that of the mean "
                 "field and whose synapses are the only delay.")
    companion = Companion("ei_rate_network", RATES, shared=("tau_e", "tau_i", "g", "theta", "t_end"),
                          values=rate_network_of, plots=("rates", "start"), since=EIParts.first_measured,
                          pairs=tuple(Pair(f"r_{n}", f"rate {n}", n, f"model_{n}") for n in "ei"))
    equations = (r"I^{ab} \leftarrow I^{ab} + j_{ab} / \tau_b \text{ at each spike of a cell of } b",
                 r"w_{ab} = N_b\, p\, j_{ab}, \quad \mathbf{r} \approx f(W \mathbf{r} + W_x r_x)",
                 r"\mathbf{r} \approx -W^{-1} W_x r_x \text{ where weights are strong}")

    @staticmethod
    def circuit(p):
        return circuit_of(p)
