"""Reading functions as syntax trees: locals, branches, refusals."""

from __future__ import annotations

import ast
import math

import numpy as np
import pytest
from numba import njit

from ncm_app.core import syntax
from ncm_app.core.syntax import Context, Unreadable, read

UP, DOWN = 0, 1
OPTIONS = {"kind": ["up", "down", "flat"]}


def context(**active):
    return Context(globals(), OPTIONS, active)


def shown(node):
    return ast.unparse(node)


def test_locals_and_result():
    def f(t, y, p):
        """A docstring is no statement."""
        u, v = y
        total: float = u + v
        return total * t, v

    reading = read(f, context())
    assert reading.arguments == ("t", "y", "p")
    assert {name: shown(node) for name, node in reading.locals.items()} == {"u": "y[0]", "v": "y[1]", "total": "u + v"}
    assert [shown(node) for node in reading.elements()] == ["total * t", "v"]


def test_second_value_contains_the_first():
    def f(x):
        a = x + 1
        a = a * 2
        a -= 3
        return a

    assert shown(read(f, context()).locals["a"]) == "(x + 1) * 2 - 3"


def test_second_value_after_use_is_refused():
    def f(x):
        a = x + 1
        b = a * 2
        a = 5
        return a + b

    with pytest.raises(Unreadable, match="gives a a second value after the first was used"):
        read(f, context())


def test_tuple_of_values_and_swap():
    def f(x, z):
        a, b = x + 1, z + 2
        return a * b

    def swap(x, z):
        x, z = z, x
        return x - z

    assert {n: shown(v) for n, v in read(f, context()).locals.items()} == {"a": "x + 1", "b": "z + 2"}
    with pytest.raises(Unreadable, match="uses the names that it assigns"):
        read(swap, context())


def chain(x, p):
    if p.kind == UP:
        return x
    elif p.kind == DOWN:  # noqa: RET505
        y = 2 * x
        return y  # noqa: RET504
    return 0 * x


def test_open_chain_of_returns():
    reading = read(chain, context())
    assert shown(reading.result) == "x if p.kind == UP else y if p.kind == DOWN else 0 * x"
    assert shown(reading.locals["y"]) == "2 * x"


@pytest.mark.parametrize(("kind", "result"), [("up", "x"), ("down", "y"), ("flat", "0 * x")])
def test_settled_chain_of_returns(kind, result):
    assert shown(read(chain, context(kind=kind)).result) == result


def test_nested_branches():
    def f(x, p):
        scale = 1
        if p.kind == UP:
            scale = 3
            if x > 0:
                scale = 2
        return scale * x

    open_, settled = read(f, context()), read(f, context(kind="flat"))
    assert shown(open_.locals["scale"]) == "(2 if x > 0 else 3) if p.kind == UP else 1"
    assert shown(settled.locals["scale"]) == "1"


def test_branches_with_locals_of_the_same_name_are_refused():
    def f(x, p):
        if p.kind == UP:
            z = x + 1
            return z * z
        z = x + 2
        return z * z

    with pytest.raises(Unreadable, match="gives z another meaning in each branch"):
        read(f, context())
    assert shown(read(f, context(kind="up")).locals["z"]) == "x + 1"


def test_branch_that_returns_only_sometimes_is_refused():
    def f(x, p):
        if p.kind == UP:
            if x > 0:
                return x
            else:  # noqa: RET505
                x = 2
        return x

    with pytest.raises(Unreadable):
        read(f, context())


@pytest.mark.parametrize(("test", "options"), [
    ("p.kind == UP", {"up"}), ("p.kind != UP", {"down", "flat"}), ("p.kind == 2", {"flat"}),
    ("p.kind in (UP, 2)", {"up", "flat"}),
    ("p.kind not in (UP, DOWN)", {"flat"}), ("p.kind == UP or p.kind == DOWN", {"up", "down"})])
def test_tests_on_a_choice(test, options):
    node = ast.parse(test, mode="eval").body
    assert context().chosen(node) == ("kind", frozenset(options))
    assert context(kind="up").decide(node) is ("up" in options)
    assert context().decide(node) is None


@pytest.mark.parametrize("test", ["x > 0", "p.size == 1", "p.kind == UP or x > 0", "x"])
def test_other_tests_are_left_open(test):
    assert context(kind="up").chosen(ast.parse(test, mode="eval").body) is None


@pytest.mark.parametrize("test", ["p.kind == 3", "p.kind == -1", "p.kind == x", "p.kind < UP"])
def test_bad_tests_on_a_choice_are_refused(test):
    with pytest.raises(Unreadable):
        context().chosen(ast.parse(test, mode="eval").body)


@pytest.mark.parametrize(("code", "folded"), [
    ("a * (p.kind == UP)", "a"), ("(p.kind == UP) * a", "a"), ("a * (p.kind == DOWN)", "False"),
    ("a + b * (p.kind == DOWN)", "a"),
    ("b * (p.kind == DOWN) + a", "a"), ("a - (p.kind == DOWN)", "a"), ("(p.kind == DOWN) / a + c", "c"),
    ("0 * a", "0 * a"),
    ("np.where(p.kind == UP, a, b)", "a"), ("np.where(x > 0, a, b)", "a if x > 0 else b"),
    ("a if p.kind == DOWN else b", "b"),
    ("np.logical_and(x > 0, a > 0)", "(x > 0) & (a > 0)"), ("np.logical_or(x > 0, a > 0)", "(x > 0) | (a > 0)"),
    ("(p.kind == DOWN) - a", "-a"), ("(x > 0) & (p.kind == UP)", "x > 0")])
def test_folding(code, folded):
    space = {"np": np}
    exec(f"def f(a, b, c, x, p):\n    return {code}", space)
    tree = ast.parse(f"def f(a, b, c, x, p):\n    return {code}").body[0]
    result = syntax._Run(context(kind="up")).block(tree.body)
    assert shown(result) == folded


@pytest.mark.parametrize("body", ["for i in x: pass", "while x: pass", "x.attribute = 1", "x[0] = 1", "del x",
    "global z",
                                  "with x: pass", "print(x)", "a = b = x", "a, *b = x", "return"])
def test_statements_that_are_no_equations_are_refused(body):
    tree = ast.parse(f"def f(x):\n    {body}\n    return x").body[0]
    with pytest.raises(Unreadable, match="line 2"):
        syntax._Run(context()).block(tree.body)


def test_function_without_a_result_is_refused():
    def f(x):
        y = x
        del y

    def g(x):
        pass

    with pytest.raises(Unreadable, match="Delete"):
        read(f, context())
    with pytest.raises(Unreadable, match="g returns nothing"):
        read(g, context())


def test_source_of_compiled_functions_and_of_none():
    @njit
    def f(x):
        return x + 1

    assert "return x + 1" in syntax.source_of(f)
    assert syntax.parse(f).name == "f"
    with pytest.raises(Unreadable, match="cannot be read"):
        syntax.source_of(math.sin)
    with pytest.raises(Unreadable):
        syntax.parse(lambda_function)


lambda_function = lambda x: x  # noqa: E731


def test_substitution_goes_all_the_way_down_and_leaves_the_original():
    values = {"a": ast.parse("b + 1", mode="eval").body, "b": ast.parse("c * 2", mode="eval").body}
    original = ast.parse("a * b", mode="eval").body
    assert shown(syntax.substitute(original, values)) == "(c * 2 + 1) * (c * 2)"
    assert shown(original) == "a * b"
