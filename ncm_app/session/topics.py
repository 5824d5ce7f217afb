"""What people look for, in their words: topics with the pages that show them best, other names of models."""

from __future__ import annotations

from typing import NamedTuple


class Topic(NamedTuple):
    """A subject, other words for it, and the pages that show it: (slug, preset), the best first; "" any preset."""

    name: str
    words: str
    pages: tuple[tuple[str, str], ...]
    chip: bool = False


TOPICS = (
    Topic("f-I curve", "fI curve gain function transfer function input output firing rate over current",
          (("eif", "Ex 1.2.2"), ("eif_poisson", "Fig 2.6 C"), ("lif", ""), ("qif", ""), ("hodgkin_huxley", "")), True),
    Topic("saddle-node", "fold LP limit point tangent bifurcation",
          (("eif", "Fig 1.3 A"), ("phase_line", "Ex A.7.4, a > 0"), ("morris_lecar", "SNIC"),
           ("wilson_cowan", "")), True),
    Topic("Hopf", "Andronov Hopf H supercritical subcritical onset of oscillations ringing",
          (("hopf_system", "Ex A.9.4, c < 0"), ("ei_rate_network", "Fig 3.4 C,D"), ("brusselator", ""),
           ("morris_lecar", "Hopf"), ("fitzhugh_nagumo", "")), True),
    Topic("limit cycle", "periodic orbit oscillation rhythm oscillator",
          (("brusselator", "Cycle"), ("fitzhugh_nagumo", "Rhythm"), ("hopf_system", ""), ("morris_lecar", "")), True),
    Topic("noise", "random stochastic variability irregular fluctuation",
          (("eif_poisson", ""), ("poisson_process", ""), ("leaky_integrator", "Noise")), True),
    Topic("spike trains", "recording data file upload raster ISI interspike intervals CV Fano factor PSTH tuning curve",
          (("spike_trains", ""), ("recording_place", ""), ("poisson_process", "")), True),
    Topic("EEG", "LFP my EEG recording electroencephalogram EDF BDF BrainVision seizure channel electrode",
          (("recording_place", ""), ("jansen_rit", ""), ("canonical_microcircuit", "")), True),
    Topic("phase plane", "nullcline vector field flow portrait isocline separatrix basin",
          (("fitzhugh_nagumo", ""), ("ei_rate_network", ""), ("linear_system", ""), ("morris_lecar", "")), True),
    Topic("bistability", "bistable memory hysteresis two stable states attractor",
          (("wilson_cowan", "1972, two rests"), ("ei_rate_network", "Sigmoid: memory"),
           ("morris_lecar", "Hopf: rest or firing"), ("binary_network", "Two states"),
           ("surround_suppression", "Winner takes all")), True),
    Topic("synchrony", "synchronisation synchronization phase locking entrainment coupling coupled oscillators order",
          (("kuramoto", ""), ("phase_oscillators", ""), ("three_oscillators", "")), True),
    Topic("neural mass", "EEG alpha rhythm epilepsy seizure cortical column Cooray Rosch Friston",
          (("jansen_rit", ""), ("canonical_microcircuit", ""), ("slow_drift", ""), ("recording_place", ""),
           ("wilson_cowan", "")), True),
    Topic("slow drift", "adiabatic quasi-static ramp delayed bifurcation lag slow-fast seizure onset hysteresis loop",
          (("slow_drift", ""), ("semi_stable_states", ""))),
    Topic("inversion", "inference fit fitting estimate parameters posterior prior Bayes Bayesian Laplace Fisher "
          "identifiability identifiable information DCM dynamic causal modelling inverse problem least squares",
          (("inversion", ""), ("inversion", "Four connections")), True),
    Topic("chaos", "strange attractor butterfly Lyapunov exponent sensitive", (("lorenz", ""),), True),
    Topic("action potential", "spike generation ion channels sodium potassium gating",
          (("hodgkin_huxley", ""), ("morris_lecar", ""), ("eif", "")), True),
    Topic("spiking network", "raster population neurons balanced excitation inhibition asynchronous irregular",
          (("recurrent_network", ""), ("feedforward_network", ""), ("plastic_network", "")), True),
    Topic("mean field", "rate theory population rate",
          (("recurrent_network", ""), ("ei_rate_network", ""), ("feedforward_network", ""), ("binary_network", ""))),
    Topic("plasticity", "learning STDP spike timing homeostatic Hebb synaptic weight",
          (("plastic_network", ""), ("stdp_pair", ""), ("plastic_rates", "")), True),
    Topic("learning", "neural network that learns digits machine learning classifier MNIST gradient descent",
          (("perceptron", ""), ("backprop", ""), ("rnn_readout", ""), ("decoding", "")), True),
    Topic("reservoir computing", "RNN recurrent neural network FORCE echo state LMS RLS readout",
          (("rnn_readout", ""),)),
    Topic("associative memory", "content-addressable attractor network recall pattern capacity", (("hopfield", ""),)),
    Topic("decoding", "population code Fisher linear discriminant tuning noise correlations", (("decoding", ""),)),
    Topic("credit assignment", "backprop feedback alignment hidden layer multilayer MLP", (("backprop", ""),)),
    Topic("rheobase", "threshold current onset of firing I_th least current",
          (("eif", "Fig 1.3 A"), ("lif", "Just below"), ("hodgkin_huxley", "Threshold"))),
    Topic("SNIC", "saddle node on invariant circle class 1 type 1 excitability infinite period",
          (("morris_lecar", "SNIC"), ("qif", ""), ("eif", ""))),
    Topic("excitability", "excitable class 2 type 2 all or none refractory",
          (("fitzhugh_nagumo", "Excitable"), ("hodgkin_huxley", "Refractory period"), ("morris_lecar", ""))),
    Topic("adaptation", "spike frequency adaptation slow current burst bursting rebound",
          (("adex", ""),)),
    Topic("synapse", "EPSP IPSP PSC postsynaptic potential current summation conductance reversal",
          (("synapses", ""), ("conductance_synapses", ""), ("eif_poisson", ""))),
    Topic("gamma", "gamma rhythm PING oscillation of networks",
          (("recurrent_network", "Ex 3.3.1"), ("ei_rate_network", "Ex 3.3.1"))),
    Topic("E-I network", "EI excitatory inhibitory",
          (("ei_rate_network", ""), ("wilson_cowan", ""), ("inhibition_stabilized", ""), ("recurrent_network", ""))),
    Topic("eigenvalues", "stability trace determinant spiral node saddle centre center Jacobian linearisation",
          (("linear_system", ""), ("ei_rate_network", ""), ("hopf_system", ""))),
    Topic("bifurcation", "bifurcation diagram continuation branch pitchfork transcritical",
          (("phase_line", ""), ("hopf_system", ""), ("morris_lecar", ""), ("ei_rate_network", ""))),
    Topic("numerical methods", "Euler Heun Runge-Kutta RK4 step size error integration solver",
          (("euler_method", ""),)),
    Topic("filtering", "smoothing kernel convolution low pass Gaussian moving average",
          (("convolution", ""), ("forced_linear", ""), ("dirac_delta", ""))),
    Topic("optogenetics", "light ChR channelrhodopsin photostimulation", (("channelrhodopsin_eif", ""),)),
    Topic("paradoxical effect", "ISN inhibition stabilised stabilized network",
          (("inhibition_stabilized", ""), ("surround_suppression", ""))),
)

ALIASES = {
    "hodgkin_huxley": "HH squid giant axon conductance-based neuron",
    "fitzhugh_nagumo": "FHN Bonhoeffer van der Pol relaxation oscillator",
    "morris_lecar": "ML barnacle muscle calcium", "wilson_cowan": "WC neural field mass",
    "eif": "exponential IF", "lif": "leaky IF integrate and fire", "qif": "theta neuron quadratic IF",
    "adex": "adaptive exponential IF aEIF", "leaky_integrator": "passive membrane RC circuit time constant",
    "lorenz": "weather convection", "phase_line": "one-dimensional flow 1D", "hopf_system": "normal form van der Pol",
    "poisson_process": "point process random spikes", "kuramoto": "mean-field oscillators fireflies",
    "dirac_delta": "impulse pulse kick", "exponential_decay": "half-life time constant first-order linear ODE",
    "binary_network": "Ising McCulloch Pitts", "recurrent_network": "spiking EI network Brunel balanced",
    "surround_suppression": "centre surround receptive field visual cortex contextual",
    "conductance_synapses": "COBA driving force shunting", "synapses": "CUBA current-based synapses",
}
"""Other names of models, by slug."""
