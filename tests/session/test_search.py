"""What people type, and which page must come first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncm_app.core.catalogue import models
from ncm_app.session.search import plain, search
from ncm_app.session.topics import ALIASES, TOPICS

FIRST = {
    "f-I curve": ("eif", "Ex 1.2.2"), "fI curve": "eif", "F–I curves": "eif", "rheobase": "eif", "HH": "hodgkin_huxley",
    "hodgkin huxley": "hodgkin_huxley", "hodgkn huxly": "hodgkin_huxley",
    "FHN": "fitzhugh_nagumo", "ML": "morris_lecar",
    "moris lecar": "morris_lecar", "WC": "wilson_cowan", "SNIC": ("morris_lecar", "SNIC"), "E-I": "ei_rate_network",
    "ei network": "ei_rate_network", "E/I network": "ei_rate_network", "CV": "spike_trains",
    "nullclines": "fitzhugh_nagumo", "nullcline": "fitzhugh_nagumo", "gamma": ("recurrent_network", "Ex 3.3.1"),
    "Hopf": "hopf_system", "Hopf bifurcations": "hopf_system", "saddle-node": "eif", "saddle node": "eif",
    "limit cycles": ("brusselator", "Cycle"), "noise": "eif_poisson", "spike train": "spike_trains",
    "phase plane": "fitzhugh_nagumo", "bistability": "wilson_cowan", "synchrony": "kuramoto",
    "synchronization": "kuramoto", "coupled oscillators": "kuramoto", "Fig 3.4": "ei_rate_network",
    "Fig. 3.4": ("ei_rate_network", "Fig 3.4 A,B"), "figure 3.4 c": ("ei_rate_network", "Fig 3.4 C,D"),
    "FIGURE 3.4C,D": ("ei_rate_network", "Fig 3.4 C,D"), "fig3.4": "ei_rate_network", "Ex 1.2.2": ("eif", "Ex 1.2.2"),
    "exercise 1.2.2": ("eif", "Ex 1.2.2"), "Exercises  1.2.2": ("eif", "Ex 1.2.2"),
    "ex. A.9.4": ("hopf_system", "Ex A.9.4, c < 0"), "a9.4": "hopf_system", "A.7.3": ("phase_line", "Ex A.7.3"),
    "Fig 1.3B": ("eif", "Fig 1.3 B"), "fig a.8 saddle": ("linear_system", "Fig A.8 saddle"),
    "upload my data": "spike_trains",
    "recording": "recording_place", "tuning curve": "spike_trains", "raster": "spike_trains",
    "fano factor": "spike_trains",
    "poisson": "poisson_process", "chaos": "lorenz", "butterfly": "lorenz", "bursting": ("adex", "Bursting"),
    "adaptation": "adex", "EPSP": "synapses", "synapse": "synapses", "eigenvalues": "linear_system",
    "trace determinant": ("linear_system", "Trace and determinant"), "euler": "euler_method",
    "runge-kutta": "euler_method", "smoothing": "convolution", "optogenetics": "channelrhodopsin_eif",
    "STDP": "stdp_pair", "plasticity": "plastic_network", "balanced network": "recurrent_network",
    "mean field": "recurrent_network", "paradoxical effect": "inhibition_stabilized", "memory": "hopfield",
    "winner takes all": "surround_suppression", "action potential": "hodgkin_huxley", "sodium": "hodgkin_huxley",
    "refractory": ("hodgkin_huxley", "Refractory period"), "theta neuron": "qif",
    "pitchfork": ("phase_line", "Pitchfork"), "3.3": "ei_rate_network", "section 3.1": "feedforward_network",
    "what is a bifurcation": "phase_line", "kuramoto": "kuramoto", "ising": "binary_network",
    "I_th": "eif", "gₙₐ": "hodgkin_huxley", "driving force": "conductance_synapses",
    "network that learns digits": "perceptron", "MNIST": "perceptron", "backprop": "backprop", "RLS": "rnn_readout",
    "FORCE learning": "rnn_readout", "associative memory": "hopfield", "Fisher discriminant": "decoding",
    "EEG": "recording_place", "open my EEG": "recording_place", "LFP": "recording_place", "edf": "recording_place",
    "alpha rhythm EEG": "jansen_rit", "neural mass": "jansen_rit", "Fig 4.2": ("rnn_readout", "Fig 4.2"),
}


@pytest.mark.parametrize("typed", FIRST, ids=lambda typed: plain(typed).replace(" ", "-") + f"-{len(typed)}")
def test_page_that_must_come_first(typed):
    hit = search(typed)[0]
    wanted = FIRST[typed]
    assert (hit.model.slug() if isinstance(wanted, str) else (hit.model.slug(), hit.preset)) == wanted


def test_queries_are_many():
    assert len(FIRST) >= 60


@pytest.mark.parametrize("spelling", ["tau_e", "τ_e", "τₑ", "TAU_E"])
def test_symbols_are_found_in_any_spelling(spelling):
    found = {hit.model.slug() for hit in search(spelling)}
    having = {slug for slug, model in models().items() if "tau_e" in model.controls()}
    assert having <= found


@pytest.mark.parametrize("typed", ["", "  ", "the of"])
def test_nothing_asked_finds_all_or_nothing_wrong(typed):
    assert [hit.model for hit in search(typed)] == list(models().values()) or typed.strip()


@pytest.mark.parametrize(("typed", "first"), [("chapter 2", "2"), ("Appendix A", "A"), ("ch. 3", "3")])
def test_chapter_is_found_whole(typed, first):
    assert [hit.model.slug() for hit in search(typed)] == [
        slug for slug, model in models().items() if model.chapter.split(".")[0] == first]


def test_what_no_page_has_finds_nothing():
    assert search("zzzz") == []
    assert search("qqqq zzzz") == []


def test_page_with_most_of_the_words_is_shown_where_none_has_all():
    assert search("hopf zzzz")[0].model.slug() == "hopf_system"


@given(st.text(max_size=60))
def test_anything_may_be_typed(typed):
    for hit in search(typed):
        assert hit.preset in ("", *hit.model.presets)


def test_topics_and_aliases_name_pages_that_are_there():
    for topic in TOPICS:
        for slug, preset in topic.pages:
            assert preset in ("", *models()[slug].presets), (topic.name, slug, preset)
    assert set(ALIASES) <= set(models())


def test_page_that_lacks_one_of_many_words_comes_after_those_that_have_all():
    found = [hit.model.slug() for hit in search("a network that learns digits")]
    assert found[:2] == ["perceptron", "backprop"]
