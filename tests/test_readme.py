"""What the README says of Python and of the models is so: its lines are run, its table is read phrase by phrase."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ncm_app as ncm
from ncm_app.core.capabilities import has_rate_curve
from ncm_app.core.catalogue import models
from ncm_app.core.model import Spiking
from ncm_app.studies.expectations import check_preset
from ncm_app.studies.regime import regime

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCK = README.partition("## From Python")[2].partition("\n## ")[0]
LINES = [line.strip() for line in BLOCK.splitlines() if line.startswith("    ")]
TABLE = README.partition("## Models")[2].partition("\n## ")[0]
ROWS = {re.findall(r"`(\w+)`", row)[0]: row for row in TABLE.splitlines()
        if row.startswith("|") and row.rstrip().endswith("| available |")}


# From Python -------------------------------------------------------------------------------------

def near(value, literal):
    """Tell whether a value is what a literal says, to the digits in which that is written."""
    if isinstance(literal, list):
        return len(value) == len(literal) and all(map(near, value, literal))
    if isinstance(literal, float):
        return abs(value - literal) <= 0.5 * 10.0 ** -len(repr(literal).partition(".")[2])
    return value == literal


WORDS = {
    "branches, cycles, labelled points": lambda d: d.branches and d.cycles and d.points,
    "the Hopf point": lambda found: len(found) == 1,
    "branches of limit cycles, with multipliers": lambda c: c and c[0].multipliers.shape == (2, len(c[0].parameter)),
    "cusp and Bautin points": lambda codes: codes == {"CP", "GH"},
    "ms": lambda spikes: spikes.min() > 0 and spikes.max() < 1000.0,
    "rate, CV, Fano factor": lambda found: list(found) == ["rate", "CV", "Fano factor"],
    "columns r_e, r_i over t": lambda t: (list(t.columns), t.index.name) == (["r_e", "r_i"], "t"),
}
"""What the comments of the README's lines say in words -> whether it is so of the value of the line."""


def test_every_line_from_python_is_so():
    pytest.importorskip("pandas", reason="pandas is optional")
    names: dict[str, object] = {}
    said = []
    for line in LINES:
        code, _, comment = line.partition("  #")
        if isinstance(ast.parse(code.strip()).body[0], ast.Expr):
            value = eval(code, names)
            assert comment, f"{code} does not say what it gives"
        else:
            exec(code, names)
            value = names.get(code.partition("=")[0].strip())
        words = comment.strip().removesuffix(" (with pandas)")
        if literal := re.match(r"(\[.*?\]|\{.*?\}|'.*?'|-?\d[\d.]*),? ?", words):
            assert near(value, ast.literal_eval(literal[1])), (line, value)
            words = words[literal.end():]
        if words:
            said.append(words)
            assert WORDS[words](value), (line, value)
    assert sorted(said) == sorted(WORDS)
    assert len(LINES) >= 10


@pytest.mark.parametrize("false", ["[28.1666]", "[28.5977]", "[28.5976, 212.0]", "'stable spiral'"])
def test_a_false_line_would_be_found(false):
    assert not near([28.597561] if false[0] == "[" else "unstable spiral", ast.literal_eval(false))


def test_sentences_below_the_lines():
    after = BLOCK.partition("Nothing of this")[2]
    code = "import sys, ncm_app; assert not {'panel', 'bokeh', 'holoviews', 'pandas'} & set(sys.modules)"
    assert "imports Panel" in after and subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert "ranges that leave a parameter's\nbounds with the bounds" in after
    model = ncm.model("ei_rate_network", preset="Fig 3.4 C,D", tau_i=40)
    with pytest.raises(ValueError, match="tau_i must lie between 1 and 100"):
        ncm.bifurcation_diagram(model, "tau_i", (5, 6000))
    assert "help(ncm)" in after and "ncm.bifurcation_diagram" in (ncm.__doc__ or "")


def test_sentence_quoted_is_the_pages():
    quoted = re.search(r'\("(Limit cycle,.*?)"\)', " ".join(README.split()))[1]
    told = regime(ncm.model("ei_rate_network", preset="Fig 3.4 C,D").snapshot(), "tau_i").sentence
    assert told.replace(" (cycles not yet followed)", "") == quoted or quoted.split(";")[0] in told


# The models --------------------------------------------------------------------------------------

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
}
"""Phrase of a row of the table -> whether it is so; None: it cannot be checked by a program that reads no page."""

FILLING = {"and", "of", "system", "model", "models", "neuron", "cells"}


@pytest.mark.parametrize("slug", ROWS)
def test_row_of_the_table_is_so(slug):
    _, chapters, words, *_ = (part.strip() for part in ROWS[slug].split("|"))
    named = re.findall(r"`(\w+)`", words)
    for name in named:
        chapter, title = models()[name].chapter, models()[name].title
        first, _, last = chapters.split(",")[0].partition("-")
        assert chapter in chapters or first <= chapter <= last, (name, chapter)
        words = re.sub(rf"{re.escape(title)}s?|\(?`{name}`\)?", "", words, flags=re.IGNORECASE)
    for phrase, check in PHRASES[slug].items():
        assert phrase in words, phrase
        assert check is None or check(), phrase
        words = words.replace(phrase, "", 1)
    left = [word for word in re.findall(r"[\w-]+", words.replace("'s", "")) if word not in FILLING]
    titles = " ".join(models()[name].title + " " + (models()[name].__doc__ or "") for name in named).lower()
    assert [word for word in left if word.lower().rstrip("s") not in titles] == []


def test_every_model_stands_in_the_table_once():
    named = [name for row in ROWS.values() for name in re.findall(r"`(\w+)`", row.split("|")[2])]
    assert sorted(named) == sorted(models())
    assert list(ROWS) == list(PHRASES)


def test_statements_that_no_program_checks_are_few():
    assert [phrase for phrases in PHRASES.values() for phrase, check in phrases.items() if check is None] == [
        "the linked quartet", "why no step follows a chaotic run"]
    assert [slug for slug, model in models().items() if model.__module__.rpartition(".")[2] != slug] == []
