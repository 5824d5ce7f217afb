"""What a model can show is asked in one place, and agrees with what theory says of the book's models."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ncm_app.core import capabilities
from ncm_app.core.capabilities import has_measured_rates, has_rate_curve, has_rate_map, has_resets, is_flow, is_smooth
from ncm_app.core.catalogue import find, models

PACKAGE = Path(capabilities.__file__).parents[1]

EVERY = pytest.mark.parametrize("model", models().values(), ids=models())

PREDICATES = {name: f for name, f in vars(capabilities).items() if name.startswith(("is_", "has_", "can_"))}

KNOWN = {
    # One state and a reset: the interval is an integral (Eq. 1.21 ff.), and there is neither plane nor smooth cycle.
    "lif": {"is_flow", "has_resets", "has_line", "has_diagram", "has_rate_curve", "has_rate_map", "is_audible",
            "is_self_contained"},
    # Adaptation remembers the spikes before: the rate must be measured; resets tear the plane.
    "adex": {"is_flow", "has_resets", "has_plane", "has_diagram", "has_measured_rates", "is_audible", "has_measures",
             "is_self_contained"},
    # Two smooth states: cycles and basins, but no chaos (Poincaré and Bendixson).
    "fitzhugh_nagumo": {"is_flow", "is_smooth", "can_cycle", "has_plane", "has_smooth_plane", "has_eigenvalues",
                        "has_diagram", "has_frequency_curve", "has_rate_map", "is_self_contained"},
    # Lorenz 1963: three states are enough for chaos, and the plane is a slice.
    "lorenz": {"is_flow", "is_smooth", "can_cycle", "can_be_chaotic", "has_space", "has_plane", "has_eigenvalues",
               "has_diagram", "has_frequency_curve", "has_rate_map", "is_self_contained"},
    # A smooth line never cycles.
    "phase_line": {"is_flow", "is_smooth", "has_line", "has_diagram", "is_self_contained"},
    # Computed as a whole: no state to draw, yet spikes to hear and numbers to read.
    "poisson_process": {"is_audible", "has_measures"},
}


@pytest.mark.parametrize("slug", KNOWN)
def test_what_a_model_can_show_is_what_theory_says(slug):
    assert {name for name, holds in PREDICATES.items() if holds(find(slug))} == KNOWN[slug]


def test_every_predicate_tells_some_model_from_another():
    for name, holds in PREDICATES.items():
        assert {holds(model) for model in models().values()} == {True, False}, name


@EVERY
def test_what_is_computed_as_a_whole_has_no_plot_of_flows(model):
    shown = {name for name, holds in PREDICATES.items() if holds(model)}
    assert is_flow(model) or shown <= {"is_audible", "has_measures", "is_network", "is_learner", "is_inversion"}
    assert is_flow(model) == (is_smooth(model) or has_resets(model))


@EVERY
def test_a_rate_comes_in_one_way_only(model):
    assert not (has_rate_curve(model) and has_measured_rates(model))
    assert not (has_rate_map(model) and has_measured_rates(model))


# Nobody asks in another way --------------------------------------------------------------

KINDS = {"Flow", "Spiking", "Experiment"}


def names_in(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def asked_otherwise(text):
    """Yield the lines on which a program looks at the kind of a model, or at whether it states a function."""
    for node in ast.walk(ast.parse(text)):
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if called == "issubclass" or (called == "isinstance" and names_in(node.args[1]) & KINDS):
            yield node.lineno
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot):
            one = node.comparators[0]
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in {*KINDS, "Model"}:
                yield node.lineno


@pytest.mark.parametrize("folder", ["views", "studies", "session", "pages"])
def test_nobody_else_looks_at_the_kind_of_a_model(folder):
    files = sorted((PACKAGE / folder).rglob("*.py"))
    assert len(files) > 10
    found = {f"{path.relative_to(PACKAGE)}:{line}" for path in files
             for line in asked_otherwise(path.read_text(encoding="utf-8"))}
    assert found == set()


def test_the_search_finds_every_way_of_asking():
    text = ("issubclass(model, Flow)\nisinstance(model, (int, Spiking))\nmodel.sound is not Model.sound\n"
            "isinstance(model, Model)\nmodel.sound is None\n")
    assert sorted(asked_otherwise(text)) == [1, 2, 3]
