"""One thing has one name in all texts of the models, and names are those of what there is."""

from __future__ import annotations

import re

import pytest

from ncm_app.core.catalogue import models
from ncm_app.numerics.codes import CYCLES, LOCI, POINTS, ROWS, row
from ncm_app.numerics.results import Status

OTHERS = {
    r"equilibri(um|a)|steady states?|stationary": "fixed point", r"action potentials?": "spike",
    r"voltages?": "potential",
    r"(?<!homoclinic )orbits?": "cycle", r"(?<!-)\bfolds?\b(?! of cycles)": "saddle-node",
    r"limit points?|tangent bifurcation": "saddle-node", r"standard deviation (?!sqrt)": "SD",
    r"step size": "dt or time step",
    r"trajector(y|ies)": "run", r"centers?": "centre", r"focus|foci": "spiral", r"rheobase": "I_th",
    r"bifurcation value": "the point's name", r"spike rate": "rate", r"behaviou?r": "what it does"}
"""What a text does not say, and what it says instead."""

SYMBOLS = {"I_th", "I_x", "V_lin", "x_j", "r_N", "dx_dt", "V_e", "V_c", "omega_j", "theta_j", "g_e", "g_i",
           "tau_eff", "lambda_max", "W_2"}
"""Names of what is drawn or explained, without a control, state or observed variable of this name."""


def texts(model):
    """Return every text of a model that a reader sees."""
    own = [model.look_for, *model.try_this, model.book_note, model.sentence(), model.title]
    own += [preset.sentence for preset in model.presets.values()]
    own += [control.doc or "" for control in model.controls().values()]
    return [*own, *(state.doc for state in model.states)]


@pytest.mark.parametrize("slug", models())
def test_texts_use_one_name_for_one_thing(slug):
    found = [(name, text) for text in texts(models()[slug]) for name in OTHERS
             if re.search(rf"\b(?:{name})\b", text, re.IGNORECASE)]
    assert found == []


@pytest.mark.parametrize("slug", models())
def test_names_in_texts_are_those_of_the_model(slug):
    model = models()[slug]
    known = {*model.controls(), *(state.name for state in model.states), *SYMBOLS,
             *(variable.name for variable in getattr(model, "observed", ())),
             *(word for name in (*model.presets, model.slug()) for word in name.split())}
    for text in (model.look_for, *model.try_this, *(preset.sentence for preset in model.presets.values())):
        starts = [f"{name}_0" for name in re.findall(r"(\b[A-Za-z]\w*)\(0\)", text) if name not in ("g", "k")]
        names = re.findall(r"\b[A-Za-z]+_[A-Za-z0-9]+\b", text) + starts
        assert [name for name in names if name not in known] == []


@pytest.mark.parametrize("slug", models())
def test_texts_are_sentences(slug):
    model = models()[slug]
    for text in (model.look_for, *model.try_this, model.book_note, *(p.sentence for p in model.presets.values())):
        assert not text or (text.endswith(".") and "  " not in text and " ," not in text)
        assert text.count("(") == text.count(")")


def test_what_happens_is_named_alike_everywhere():
    named = [*(row.words for row in ROWS.values() if row.of != LOCI), *(status.value for status in Status)]
    assert [(name, text) for text in named for name in OTHERS if re.search(rf"\b(?:{name})\b", text)] == []
    assert row(POINTS, "LP").words == "saddle-node" and row(CYCLES, "LPC").words == "fold of cycles"
