"""Program texts run with NumPy alone and give the same digits as the models."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.extending import overload, register_jitable

from ncm_app.core.catalogue import flows
from ncm_app.core.model import Choice, Flow, Quantity, Spiking, State
from ncm_app.core.syntax import Unreadable
from ncm_app.language.source import function_text, program, program_text

LOW, HIGH = 0, 1
TABLE = np.array([1.0, 2.5])
OFFSET = np.float64(0.25)
LABELS = ("a", "b")
OPEN = object()


def gain(x: Any, scale: float = OFFSET) -> float:
    """A helper with annotations and a default."""
    total: float = x * scale  # type: ignore[assignment]
    return math.sqrt(total) + µ(total)


def µ(x: float, *, power: int = 2) -> float:  # noqa: PLC2401  (offsets in bytes and characters differ)
    return x ** power


@overload(gain)
def _compile_gain(x, scale):
    return lambda x, scale: x


@register_jitable
def pick(x, p):
    if p.kind == LOW:
        return TABLE[0] * x
    if p.kind == HIGH:
        return gain(x)
    return fast(x) + sum(TABLE) + len(LABELS)


@njit
def fast(x):
    return x + 1.0 if x < 3.0 else fast(x - 1.0)


class Helped(Flow):
    """A model that leans on helpers of every sort."""

    tau = Quantity(10.0, bounds=(1, 100), unit="ms")
    kind = Choice("low", objects=["low", "high", "other"])
    states = (State("x", start=0.5, span=(0, 1)),)

    @staticmethod
    def rhs(t, y, p):
        # A comment that explains why.
        (x,) = y
        return (-pick(x, p) / p.tau,)


def flow(rhs):
    """Return a model with this right-hand side."""
    return type("Small", (Flow,),
    {"rhs": staticmethod(rhs), "states": (State("x", span=(0, 1)),), "__module__": __name__})


def define(model, kept=None):
    """Run the text of a model in an empty space."""
    space: dict[str, Any] = {}
    exec(compile(program_text(model, kept), "<text>", "exec"), space)
    return space


EVERY = pytest.mark.parametrize("model", flows().values(), ids=flows())


@EVERY
def test_text_needs_no_ncm_app(model):
    tree = ast.parse(program_text(model))
    imported = {getattr(n, "module", None) or n.names[0].name for n in ast.walk(tree)
                if isinstance(n, ast.Import | ast.ImportFrom)}
    assert imported <= {"numpy", "math", "scipy"}
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and (n.decorator_list or n.returns)]
    names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    assert "rhs" in names and len(names) == len(set(names))
    assert ({"threshold", "reset"} <= set(names)) == issubclass(model, Spiking)
    assert ("observe" in names) == (model.observe is not Flow.observe)


@EVERY
def test_text_gives_the_same_digits(model):
    space, rng = define(model), np.random.default_rng(3)
    choices = {n: c.objects for n, c in model.controls().items() if isinstance(c, Choice) and n != "method"}
    cases = [{}] + [{name: option} for name, options in choices.items() for option in options]
    compared = 0
    for case in cases:
        p = model(**case).snapshot().p
        for t in rng.uniform(0.0, 900.0, 20):
            y = tuple(float(rng.uniform(*state.span)) for state in model.states)
            assert space["rhs"](float(t), y, p) == model.rhs(float(t), y, p)
            compared += 1
    assert compared == 20 * len(cases)


@EVERY
def test_text_broadcasts(model):
    space, p = define(model), model().snapshot().p
    y = tuple(np.linspace(*state.span, 7) for state in model.states)
    for ours, theirs in zip(space["rhs"](0.0, y, p), model.rhs(0.0, y, p), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@EVERY
def test_text_without_unused_options_gives_the_same_digits(model):
    for name, control in model.controls().items():
        if isinstance(control, Choice) and name != "method":
            for option in control.objects:
                p = model(**{name: option}).snapshot().p
                y = tuple(float(np.mean(state.span)) for state in model.states)
                rhs = define(model, {name: {option}})["rhs"]
                assert [rhs(t, y, p) for t in (0.0, 33.3)] == [model.rhs(t, y, p) for t in (0.0, 33.3)]


def test_helpers_constants_and_order():
    text = program_text(Helped)
    assert text.startswith("import math\n\nimport numpy as np\n\n")
    assert "TABLE = np.array([1.0, 2.5])\n" in text
    assert "OFFSET = np.float64(0.25)\n" in text
    assert "LABELS = ('a', 'b')\n" in text
    order = [text.index(f"def {name}(") for name in ("µ", "gain", "fast", "pick", "rhs")]
    assert order == sorted(order)
    assert "_compile_gain" not in text and "@" not in text and "type: ignore" not in text
    assert "    # A comment that explains why.\n" in text


@pytest.mark.parametrize("kind", ["low", "high", "other"])
def test_helped_model_runs_from_its_text(kind):
    p = Helped(kind=kind).snapshot().p
    for kept in (None, {"kind": {kind}}):
        assert define(Helped, kept)["rhs"](0.0, (0.5,), p) == Helped.rhs(0.0, (0.5,), p)


def test_unused_option_takes_its_helpers_along():
    text = program_text(Helped, {"kind": {"low", "other"}})
    assert "def gain" not in text and "import math" not in text and "HIGH" not in text
    assert "def fast" in text and "if p.kind == LOW" in text


def test_annotations_are_cut_and_nothing_else():
    assert function_text(gain, "gain") == (
        'def gain(x, scale = OFFSET):\n    """A helper with annotations and a default."""\n'
        "    total = x * scale\n    return math.sqrt(total) + µ(total)")
    assert function_text(µ, "µ").startswith("def µ(x, *, power = 2):\n")


def test_function_takes_the_name_under_which_it_is_used():
    def decay(t, y, p):
        return (-y[0],)

    assert program_text(flow(decay)) == "def rhs(t, y, p):\n    return (-y[0],)\n"


def test_lines_are_collected_once():
    collected = program(Helped)
    assert list(collected.imports) == ["np", "math"] or set(collected.imports) == {"np", "math"}
    assert collected.import_text("import numpy as np") == collected.import_text()
    assert collected.import_text("from scipy.optimize import root").endswith("\nfrom scipy.optimize import root")
    assert list(collected.functions)[-1] == "rhs"


def test_variable_of_an_enclosing_function_is_refused():
    factor = 2.0

    def rhs(t, y, p):
        return (factor * y[0],)

    with pytest.raises(Unreadable, match=r"variables of the function around it: \('factor',\)"):
        program_text(flow(rhs))


def test_object_that_is_no_constant_is_refused():
    def rhs(t, y, p):
        return (OPEN,)

    with pytest.raises(Unreadable, match=r"uses OPEN \(object\), which cannot be written"):
        program_text(flow(rhs))


def test_name_that_is_defined_nowhere_is_refused():
    def rhs(t, y, p):
        return (nowhere(y),)  # noqa: F821

    with pytest.raises(Unreadable, match="uses nowhere, which is defined nowhere"):
        program_text(flow(rhs))


def test_one_name_with_two_meanings_is_refused():
    collected = program(Helped)
    with pytest.raises(Unreadable, match="TABLE means two different things"):
        collected.add("TABLE", np.array([0.0]), "another helper")
    collected.add("LOW", 0, "another helper")
    assert collected.constants["LOW"] == "0"
