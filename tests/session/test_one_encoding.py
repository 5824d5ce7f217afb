"""A hue and a marker mean one thing: all layers of all plots of all models, beside the table of styles."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ncm_app.core.catalogue import models
from ncm_app.numerics.codes import ROWS
from ncm_app.session.plot_rules import CHART, rules_for
from ncm_app.views import style
from ncm_app.views.plots import PlotView

HUES = {style.CYCLE_HUE: "limit cycle", style.CLICKED_HUE: "run from a click", style.SPECIAL_HUE: "special point"}
"""Hues that are kept for one thing."""

CODES = {code for _, code in ROWS}


def drawn(model):
    """Yield (view, layer) of all that a model's page can draw by hue or by marker."""
    views = [view for _, view in rules_for(model)] + ([CHART.view(model)] if model.explore else [])
    yield from ((view, layer) for view in views for layer in view.layers() if layer.kind not in ("labels", "probes"))


def meaning(view, layer):
    """Return what a layer stands for, from its name and its plot."""
    name = layer.name.removeprefix("cycle ")
    if name in CODES and layer.kind == "points":
        return "special point"
    if "cycle" in layer.name or (view.name == "frequency" and name in ("stable", "unstable")):
        return "limit cycle"
    return "run from a click" if layer.name.startswith(("clicked", "starts")) else layer.name


def shape(view, layer):
    """Return what a marker stands for: a code, or the one thing for which its shape is kept."""
    name = layer.name.removeprefix("cycle ")
    if name in CODES:
        return name
    marker = layer.look.get("marker", "circle")
    kept = {"circle": "a value or a fixed point", "dash": "spikes in rows"}
    words = {"starts": "where a run starts", "saddle point": "saddle", "saddle point elsewhere": "saddle"}
    if view.name == "trace" and name == "spikes":
        return "a spike"
    return words.get(name) or ("a way" if "angle" in layer.look and marker == "triangle" else kept.get(marker))


@pytest.fixture(scope="module")
def everything():
    return [(slug, view, layer) for slug, model in models().items() for view, layer in drawn(model)]


def test_kept_hues_are_used_for_their_one_thing_and_for_all_of_it(everything):
    wrong = []
    for slug, view, layer in everything:
        hue, what = layer.look.get("color", style.INK), meaning(view, layer)
        area = layer.kind == "area" and what.startswith("basin")  # areas are tinted to be told apart, and hatched
        if not area and ((hue in HUES and HUES[hue] != what) or (what in HUES.values() and HUES.get(hue) != what)):
            wrong.append((slug, view.name, layer.name, hue))
    assert wrong == []


def test_a_marker_has_one_shape_and_a_shape_one_meaning(everything):
    found = defaultdict(set)
    for _, view, layer in everything:
        if layer.kind in ("points", "ticks"):
            marker = layer.look.get("marker", "circle")
            found[marker if "angle" not in layer.look else f"{marker}, turned"].add(shape(view, layer))
    assert {marker: what for marker, what in found.items() if len(what) > 1 or None in what} == {}
    codes = [what for (what,) in found.values() if what in CODES]
    assert sorted(codes) == sorted(CODES)  # each code is drawn, and by one marker


def test_no_two_things_of_one_plot_look_alike(everything):
    """Curves of one plot differ in hue or in dash, unless they are one thing for several variables."""
    looks = defaultdict(set)
    for slug, view, layer in everything:
        if layer.kind == "curve" and layer.label and not isinstance(view, PlotView):
            look = layer.look.get("color", style.INK), layer.look.get("line_dash", "solid")
            looks[slug, view.name, look].add(layer.label)
    assert {key: names for key, names in looks.items() if len(names) > 1} == {}


def test_a_variable_has_one_hue_in_its_traces_and_its_nullclines():
    for model in models().values():
        hues = defaultdict(set)
        for view, layer in drawn(model):
            for i, state in enumerate(model.states):
                if layer.name == state.name and not isinstance(view, PlotView):
                    hues[i].add(layer.look["color"])
                if layer.name.endswith("nullcline") and layer.label == f"d{state.name}/dt = 0":
                    hues[i].add(layer.look["color"])
        assert {i: found for i, found in hues.items() if len(found) > 1} == {}, model


def test_hues_are_those_of_okabe_and_ito():
    """Okabe & Ito (2008), Color Universal Design, in RGB."""
    table = {(230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167)}
    ours = (style.ORANGE, style.SKY, style.GREEN, style.YELLOW, style.BLUE, style.VERMILION, style.PURPLE)
    assert {tuple(bytes.fromhex(hue[1:])) for hue in ours} == table
    assert not set(style.FREE_HUES) & set(HUES)
