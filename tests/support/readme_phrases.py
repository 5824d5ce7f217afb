"""What the table of models in the README says, phrase by phrase, and whether it is so."""

from __future__ import annotations

import ncm_app as ncm
from ncm_app.core.capabilities import has_rate_curve
from ncm_app.core.catalogue import models
from ncm_app.core.model import Spiking
from ncm_app.studies.expectations import check_preset


def has(slug, *names):
    """Tell whether all are names of controls, presets, options, plots, solutions or states of a model, or in them."""
    model = models()[slug]
    options = [o for c in model.controls().values() for o in getattr(c, "objects", ())]
    plots = [panel.title for panel in model.plots] + [curves.title for curves in getattr(model, "curves", ())]
    known = " | ".join([model.title, *model.controls(), *model.presets, *options, *plots,
                        *getattr(model, "solutions", {}),
                        *(v.name for v in model.states), *(p.sentence for p in model.presets.values()),
                        model.look_for, *model.try_this, model.__doc__ or ""]).lower()
    return [name for name in names if name.lower() not in known] == []


def codes(slug, preset, parameter=None):
    model = ncm.model(slug, preset)
    return {q.code for q in ncm.bifurcation_diagram(model, parameter or model.explore, cycles=False).points}


def onsets(start):
    """Return the codes on the diagram of the Morris-Lecar preset whose name begins so, those of cycles included."""
    preset = next(name for name in models()["morris_lecar"].presets if name.startswith(start))
    return {q.code for q in ncm.bifurcation_diagram(ncm.model("morris_lecar", preset), "I").points}


PHRASES = {
    "leaky_integrator": {
        "constant, square, sine and noisy input": lambda: has("leaky_integrator", "constant", "square wave", "sine",
            "noise"),
        "exact, convolution and stepped": lambda: has("leaky_integrator", "exact", "convolution", "Euler")},
    "eif": {
        "pulses": lambda: has("eif", "I_1", "I_2"),
        "phase line": lambda: len(models()["eif"].states) == 1,
        "saddle-node": lambda: codes("eif", "Fig 1.2") == {"LP"},
        "f-I curve exact and stepped": lambda: has_rate_curve(models()["eif"])},
    "synapses": {
        "spikes typed or clicked": lambda: has("synapses", "s_e", "s_i"),
        "exponential and difference-of-exponentials kernels": lambda: has("synapses", "exponential",
            "difference of exponentials"),
        "summation": lambda: has("synapses", "Temporal summation")},
    "spike_trains": {
        "analysis of recordings, made by the app or opened from": lambda: models()["spike_trains"].reads is not None,
        ".npz, .csv, .tsv, .txt": lambda: {".npz", ".csv", ".tsv", ".txt"} <= set(
            models()["spike_trains"].reads.endings)},
    "poisson_process": {
        "raster, counts, intervals": lambda: has("poisson_process", "Spikes", "Counts", "Intervals") or
            has("poisson_process", "counts", "intervals"),
        "how CV and Fano factor scatter": lambda: has("poisson_process", "CV", "Fano factor")},
    "eif_poisson": {
        "regimes": lambda: has("eif_poisson", "Fluctuation-driven", "Drift-driven"),
        "f-I curve with fit": lambda: has("eif_poisson", "f-I curve", "fit"),
        "CV": lambda: "CV" in ncm.measure(ncm.model("eif_poisson")),
        "Monte-Carlo means": lambda: has("eif_poisson", "trial")},
    "feedforward_network": {
        "quenched against temporal variability": lambda: has("feedforward_network", "quenched", "lasting SD"),
        "mean field": lambda: has("feedforward_network", "mean field")},
    "recurrent_network": {
        "up to 20,000 cells": lambda: sum(models()["recurrent_network"].control(name).bounds[1]
                                          for name in ("N_e", "N_i")) == 20_000,
        "its rate network beside it": lambda: models()["recurrent_network"].companion.slug == "ei_rate_network",
        "mean field, balance": lambda: has("recurrent_network", "mean field", "balance"),
        "eigenvalues, rhythms": lambda: has("recurrent_network", "eigenvalues", "rhythm")},
    "ei_rate_network": {
        "the linked quartet": None,
        "any diagram over any parameter": lambda: codes("ei_rate_network", "Sigmoid: memory", "X_e") >= {"LP", "H"}},
    "stdp_pair": {
        "pairs, repeated or lone, and Poisson trains": lambda: has("stdp_pair", "pairs", "Poisson trains", "period")},
    "plastic_network": {
        "inhibition that learns a target rate": lambda: has("plastic_network", "target rate", "Inhibition learns"),
        "weights over time": lambda: has("plastic_network", "Weights from i to e"),
        "Ex 4.1.1": lambda: has("plastic_network", "Ex 4.1.1")},
    "plastic_rates": {
        "homeostasis": lambda: len({p.state[0] for X in (20.0, 30.0) for p in ncm.equilibria(
            ncm.model("plastic_rates", X_e=X))}) == 1,
        "its Hopf point": lambda: codes("plastic_rates", "Fig 4.1 F") == {"H"},
        "and steps of input as in Ex 4.1.1": lambda: has("plastic_rates", "step_e", "Ex 4.1.1")},
    "rnn_readout": {
        "LMS and RLS": lambda: has("rnn_readout", "LMS", "RLS"),
        "drawn target": lambda: has("rnn_readout", "drawn", "Your own target"),
        "eigenvalues": lambda: has("rnn_readout", "Eigenvalues"),
        "transition at rho = 1": lambda: has("rnn_readout", "Transition at rho = 1", "Largest Lyapunov exponent")},
    "perceptron": {
        "delta rule and cross-entropy": lambda: has("perceptron", "Ex 4.3.2", "cross-entropy"),
        "on digits or a file": lambda: models()["perceptron"].reads is not None,
        "weight pictures, confusion, a drawn digit": lambda: has("perceptron", "Weights onto each class", "Confusion",
            "Draw a digit")},
    "exponential_decay": {},
    "lorenz": {
        "the butterfly in space": lambda: len(models()["lorenz"].states) == 3,
        "why no step follows a chaotic run": None},
    "phase_line": {
        "fold": lambda: codes("phase_line", "Fig A.6") == {"LP"},
        "transcritical": lambda: codes("phase_line", "Transcritical") == {"BP"},
        "pitchfork": lambda: codes("phase_line", "Pitchfork") == {"BP"},
        "the cubic of Ex A.7.3": lambda: has("phase_line", "Ex A.7.3", "cubic")},
    "linear_system": {
        "by entries, by eigenvalues, or dragged through the trace-determinant plane": lambda: has("linear_system",
            "entries", "real eigenvalues", "complex eigenvalues", "trace and determinant"),
        "as a check": lambda: all(outcome.met for outcome in check_preset(models()["brusselator"], "Cycle")),
        "of Ex A.9.3 and A.9.4": lambda: has("hopf_system", "Ex A.9.3", "Ex A.9.4")},
    "lif": {
        "leaky": lambda: has("lif", "leaky"),
        "quadratic": lambda: has("qif", "quadratic"),
        "adaptive": lambda: has("adex", "w", "tires"),
        "driven by light": lambda: has("channelrhodopsin_eif", "light"),
        "any two compared on one page": lambda: len({models()[s].family for s in ("lif", "qif", "adex",
            "channelrhodopsin_eif", "eif")}) == 1,
        "Integrate-and-fire cells": lambda: all(issubclass(models()[s], Spiking) for s in ("lif", "qif", "adex"))},
    "hodgkin_huxley": {
        "Fig B.1 and B.2": lambda: has("hodgkin_huxley", "Fig B.2") and bool(models()["hodgkin_huxley"].curves),
        "threshold": lambda: has("hodgkin_huxley", "Threshold"),
        "refractory period": lambda: has("hodgkin_huxley", "Refractory period"),
        "all or none": lambda: has("hodgkin_huxley", "All or none"),
        "book and classical": lambda: has("hodgkin_huxley", "book", "classical")},
    "phase_oscillators": {
        "phase response": lambda: has("phase_oscillators", "response of a QIF neuron"),
        "locking": lambda: has("three_oscillators", "locked"),
        "onset of synchrony": lambda: codes("kuramoto", None) == {"BP"}},
    "binary_network": {
        "units in random order": lambda: has("binary_network", "units", "tau"),
        "mean field": lambda: has("binary_network", "mean field"),
        "saddle-nodes over the input": lambda: has("binary_network", "saddle-nodes over mu_X")},
    "fitzhugh_nagumo": {
        "Hopf": lambda: "H" in codes("fitzhugh_nagumo", "Rhythm"),
        "SNIC": lambda: "SNIC" in onsets("SN"),
        "homoclinic onset": lambda: "HC" in onsets("homoclinic")},
    "conductance_synapses": {
        "driving force": lambda: has("conductance_synapses", "Driving force"),
        "high-conductance state": lambda: has("conductance_synapses", "High-conductance state")},
    "decoding": {
        "orientation by one layer": lambda: has("decoding", "orientation", "layer"),
        "accuracy over neurons": lambda: has("decoding", "neurons"),
        "Fisher's line, or a file": lambda: has("decoding", "Fisher") and models()["decoding"].reads is not None},
    "wilson_cowan": {
        "four published parameter sets": lambda: len({tuple(v for k, v in ncm.model("wilson_cowan",
            name).values().items() if k[:2] in ("w_", "a_")) for name in models()["wilson_cowan"].presets}) == 4},
    "rate_formulations": {
        "rates that relax beside inputs that relax": lambda: has("rate_formulations", "I_e", "r_e", "f(I + X)")},
    "inhibition_stabilized": {
        "paradoxical effect": lambda: has("inhibition_stabilized", "Paradoxical effect"),
        "response matrix": lambda: has("inhibition_stabilized", "Response to a mV more"),
        "balance": lambda: has("inhibition_stabilized", "Balance")},
    "surround_suppression": {
        "classic, inhibition-stabilised, winner takes all": lambda: has("surround_suppression", "Classic",
            "Inhibition-stabilised", "Winner takes all")},
    "hopfield": {
        "digits, random or drawn memories": lambda: has("hopfield", "digits", "random", "drawn"),
        "capacity, basins, mixtures": lambda: has("hopfield", "Capacity", "Basin", "Mixture of three")},
    "backprop": {
        "one hidden layer on points, digits or a file": lambda: has("backprop", "hidden layer", "digits") and
            models()["backprop"].reads is not None,
        "gradient check": lambda: "digits of the gradient confirmed" in ncm.measure(ncm.model("backprop")),
        "feedback alignment": lambda: has("backprop", "feedback alignment"),
        "bound of the rate": lambda: has("backprop", "lambda_max")},
    "jansen_rit": {
        "rest, alpha and spikes over the input": lambda: codes("jansen_rit", "Alpha") >= {"LP", "H"},
        "spectrum beside linear theory": lambda: has("jansen_rit", "Spectrum of y", "linear theory"),
        "noise": lambda: has("jansen_rit", "sigma", "seed")},
    "canonical_microcircuit": {
        "loops through their Hopf points": lambda: codes("canonical_microcircuit", "Standard") == {"H"},
        "tones on the spectrum": lambda: has("canonical_microcircuit", "Spectrum of the LFP", "tone"),
        "circuit drawing": lambda: has("canonical_microcircuit", "Circuit: gains"),
        "delay": lambda: has("canonical_microcircuit", "Hopf point over the delay"),
        "variants of SPM": lambda: has("canonical_microcircuit", "SPM 2014", "SPM tfm")},
    "perturbation": {
        "cycles near Hopf points to order 2, 4, 6": lambda: has("perturbation", "Hopf point", "order 2", "order 4",
                                                                "order 6"),
        "beside harmonic balance": lambda: has("perturbation", "First harmonic"),
        "error over distance": lambda: has("perturbation", "Error over distance"),
        "averaging": lambda: has("perturbation", "Averaged amplitude")},
    "semi_stable_states": {
        "rest and rhythm as wells of a potential": lambda: has("semi_stable_states", "Potential", "rest and rhythm"),
        "dwell times": lambda: has("semi_stable_states", "Dwell times over noise")},
    "slow_drift": {
        "a ramp over the diagram": lambda: has("slow_drift", "Run over the diagram", "input, up and down"),
        "its hysteresis": lambda: has("slow_drift", "No hysteresis", "back by another way"),
        "lag over the rate": lambda: has("slow_drift", "Lag over the rate"),
        "noise-driven switching": lambda: has("slow_drift", "noise alone switches"),
        "bursts by slow feedback": lambda: has("slow_drift", "gain, by slow feedback", "Bursts by themselves")},
    "inversion": {
        "parameters of dwell times": lambda: has("inversion", "Dwell times over noise", "dwell times: K"),
        "a rhythm by harmonic balance": lambda: has("inversion", "Harmonics", "EEG rhythm", "deep loop"),
        "of spectra, envelopes and windows of a ramp": lambda: has(
            "inversion", "Spectrum", "Envelope of the rhythm", "Input of each window"),
        "with their posterior": lambda: has("inversion", "Posterior"),
        "what cannot be told apart": lambda: has("inversion", "Information"),
        "data made or your own": lambda: models()["inversion"].reads is not None},
    "recording_place": {
        "an EEG or LFP, opened or made by the app": lambda: ".edf" in models()["recording_place"].reads.endings and
            has("recording_place", "drift up and down"),
        "window by window on the diagram of the Jansen-Rit model": lambda: has("recording_place",
                                                                               "path over the diagram",
            "window by window")},
}
"""Phrase of a row of the table -> whether it is so; None: it cannot be checked by a program that reads no page."""
