"""Feedforward network: cells that share Poisson sources and do not reach each other (section 3.1)."""

from ncm_app.core.model import Count, Mark, Measure, Plot, Preset, Quantity, Variable
from ncm_app.models.networks import _feedforward_plots as averaged
from ncm_app.models.networks._cells import population
from ncm_app.models.networks._network import Network
from ncm_app.models.networks._plots import Group, network_plots
from ncm_app.numerics.networks.spec import Network as Circuit
from ncm_app.numerics.networks.spec import Projection, Source

SOURCES = Group("e", "excitatory"), Group("i", "inhibitory")


class FeedforwardNetwork(Network):
    """A layer of cells under common sources: some fire more, by their connections, all at odd times (Eq. 3.1)."""

    chapter, title = "3.1", "Feedforward spiking network"

    N = Count(100, bounds=(0, 4000), softbounds=(0, 1000), group="sizes", doc="cells of the layer")
    N_e = Count(2000, bounds=(0, 10_000), softbounds=(0, 4000), group="sizes", doc="excitatory sources")
    N_i = Count(500, bounds=(0, 4000), softbounds=(0, 1000), group="sizes", doc="inhibitory sources")
    p_e = Quantity(0.1, bounds=(0, 1), step=0.005, group="sizes", doc="probability of a connection from e")
    p_i = Quantity(0.1, bounds=(0, 1), step=0.005, group="sizes", doc="probability of a connection from i")
    r_e = Quantity(8.0, bounds=(0, 30), step=0.1, unit="Hz", group="input", doc="rate of an excitatory source")
    r_i = Quantity(15.0, bounds=(0, 40), step=0.1, unit="Hz", group="input", doc="rate of an inhibitory source")
    j_e = Quantity(16.0, bounds=(0, 60), unit="mV ms", group="weights", doc="excitatory weight")
    j_i = Quantity(-16.0, bounds=(-60, 0), unit="mV ms", group="weights", doc="inhibitory weight")
    tau_e = Quantity(5.0, bounds=(1, 50), unit="ms", group="time constants", doc="excitatory decay")
    tau_i = Quantity(5.0, bounds=(1, 50), unit="ms", group="time constants", doc="inhibitory decay")
    t_end = Quantity(1000.0)
    sigma = Quantity(10.0)
    V_th = Quantity(5.0)
    V_re = Quantity(-75.0)

    plots = (
        *network_plots((Group("post", "now"),), SOURCES, opens=("rates_of_cells", "rates_over_inputs"),
                       recurrent=False),
        Plot("estimates", "Mean of I_e, estimated", Variable("simulated time", (20.0, 1000.0), unit="ms"),
             Variable("mean", (20.0, 32.0), unit="mV"),
             (Mark("band_one", "band", "theory", "± SD"), Mark("band_all", "band", "theory"),
              Mark("one", label="one cell"), Mark("all", label="all cells"), Mark("mean", role="theory")),
             averaged.estimates, log="x", fits="xy"),
    )
    presets = (
        Preset("Fig 3.1", "A hundred cells share 2,500 sources: some always fire more than others, all at odd times.",
               expect={"measured": {"rate post": (11.0, 16.0), "CV post": (0.55, 0.8), "mean I_e": (24.6, 26.6),
                                    "lasting SD of rates": (5.0, 10.0)}}),
        Preset("Ex 3.1.1, one cell", "However long the run: one cell's mean ends where its synapses put it.",
               values={"N": 1, "t_end": 10_000.0}, expect={"measured": {"mean I_e": (20.4, 30.8)}}),
        Preset("Ex 3.1.1, many cells", "Averaged over 1,000 cells and 2 s: the mean is right within a per cent or two.",
               values={"N": 1000, "t_end": 2000.0}, expect={"measured": {"mean I_e": (25.1, 26.1)}}),
        Preset("All connected", "All cells get the same input: none fires more for good, but all fire together.",
               values={"p_e": 1.0, "p_i": 1.0, "j_e": 1.6, "j_i": -1.6}, shows=("correlations",),
               expect={"measured": {"mean I_e": (24.8, 26.4), "correlation post": (0.5, 1.0)}}),
    )
    look_for = ("Two kinds of chance: connections are drawn once, so that a cell with more excitatory synapses fires "
                "more for good (quenched); spikes come anew all the time, so that each cell fires at odd times. "
                "Averaging over time removes the second, averaging over cells the first.")
    try_this = ("In Fig 3.1, raise r_e from 8 to 9 Hz: the mean field rises from 14.2 to 25.6 Hz, and the cells too.",
                "In Fig 3.1, raise T from 1000 to 10,000 ms: points close in on a curve, and the lasting SD stays.",
                "In Ex 3.1.1, many cells, lower N from 1000 to 10: theory lets the mean stray by 0.58 mV instead "
                "of 0.15 mV.",
                "In Fig 3.1, lower p_e and p_i from 0.1 to 0.05 and double both weights: the mean stays, and cells "
                "differ more.")
    book_note = ("The book's own run gives 12.85 Hz beside the 14.16 Hz of the mean field; over seeds it is 13.48 with "
                 "an SD of 0.99 Hz. Eq. 3.3 comes after \"one presynaptic population and two postsynaptic\": it is two "
                 "onto one. In Exercise 3.1.1 N_a p_a j_a r_e mixes indices, it means N_e p_e j_e r_e. However many "
                 "cells: they share sources, so that their average strays by p j (N_e r_e / T)^(1/2) in a time T.")
    equations = (r"w_a = N_a\, p_a\, j_a, \quad r \approx f(w_e r_e + w_i r_i)",
                 r"\lim_{T, N \to \infty} \frac{1}{N} \sum_j \frac{1}{T} \int_0^T I^e_j\,dt = N_e p_e j_e r_e")

    @staticmethod
    def circuit(p):
        return Circuit((population("post", p.N, p),), (Source("e", p.N_e, p.r_e), Source("i", p.N_i, p.r_i)),
                       (Projection("e", "post", p.j_e, p.p_e, p.tau_e), Projection("i", "post", p.j_i, p.p_i, p.tau_i)))

    @staticmethod
    def measure(answer, p):
        found, size, end = Network.measure(answer, p), answer.size_of("post"), answer.run.t_end
        if not found:
            return ()
        lasting = averaged.lasting_deviation(answer)
        differ = (Measure("lasting SD of rates", lasting.value, "Hz", averaged.expected_deviation(answer, p),
                          error=lasting.error, theory_name="by the numbers of synapses"),)
        return (*found, *differ * (lasting.value > 0.0),
                Measure("mean I_e", float(averaged.averages(answer, end)[1]), "mV", averaged.mean_excitation(answer),
                        float(averaged.deviation_of_mean(answer, size, end))))
