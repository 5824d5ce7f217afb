"""Print expressions of a model's code as TeX, with parentheses where they are needed."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from ncm_app.core.syntax import Context, look_up, parameter, plain, refuse
from ncm_app.language.texwords import (
    ATOM,
    CASES,
    MINUS,
    POWER,
    PRODUCT,
    SLASH,
    SUM,
    Tex,
    guards_overflow,
    guards_rounding,
    helper_name,
    is_library,
    number,
    words,
)

CALLS = {"sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh",
         "arctan": r"\arctan", "atan": r"\arctan", "log": r"\ln", "log10": r"\log_{10}", "maximum": r"\max",
         "minimum": r"\min", "sign": r"\operatorname{sgn}"}
FENCES = {"absolute": ("|", "|"), "fabs": ("|", "|"), "abs": ("|", "|"), "floor": (r"\lfloor", r"\rfloor")}
RELATIONS = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "=", ast.NotEq: r"\ne"}
FLIPPED = {">": "<", r"\ge": r"\le"}


@dataclass
class Printer:
    """Prints the expressions of one function.

    `names` are the TeX of local names, `states` those of the state vector `y`,
    `parameters` the symbols of `p`; `helpers` collects the functions that are called.
    """

    context: Context
    names: Mapping[str, Tex]
    parameters: Mapping[str, str]
    states: tuple[str, ...] = ()
    helpers: dict[str, FunctionType] = field(default_factory=dict)
    inline: bool = False

    def text(self, node: ast.expr) -> str:
        """Return the TeX of an expression."""
        return self.tex(node).text

    def at(self, node: ast.expr, level: int) -> str:
        """Return the TeX, in parentheses if it holds together less than `level`."""
        text, own = self.tex(node)
        return text if own >= level else rf"\left({text}\right)"

    def tex(self, node: ast.expr) -> Tex:
        """Return the TeX of an expression and how tightly it holds together."""
        printers: dict[type[ast.expr], Callable[[Any], Tex]] = {
            ast.Constant: self._constant, ast.Name: self._name, ast.Attribute: self._name, ast.UnaryOp: self._unary,
            ast.BinOp: self._binary, ast.Compare: self._indicator, ast.BoolOp: self._indicator, ast.IfExp: self._cases,
            ast.Call: self._call, ast.Subscript: self._subscript, ast.Tuple: self._tuple}
        if type(node) not in printers:
            raise refuse(node)
        return printers[type(node)](node)

    @contextmanager
    def _inlined(self) -> Iterator[None]:
        before, self.inline = self.inline, True
        yield
        self.inline = before

    def _constant(self, node: ast.Constant) -> Tex:
        if not isinstance(node.value, int | float):
            raise refuse(node)
        return number(node.value)

    def _name(self, node: ast.Name | ast.Attribute) -> Tex:
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names[node.id]
        if parameter(node) in self.parameters:
            symbol = self.parameters[parameter(node)]
            return Tex(symbol, POWER if "^" in symbol else ATOM)
        value = look_up(node, self.context.globals)
        if isinstance(value, int | float):
            return Tex(r"\pi", ATOM) if value == math.pi else number(value)
        raise refuse(node, "has no value or symbol in the model")

    def _subscript(self, node: ast.Subscript) -> Tex:
        place = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(node.value, ast.Name) and node.value.id == "y" and place in range(len(self.states)):
            return Tex(self.states[int(place)], ATOM)  # type: ignore[arg-type]
        raise refuse(node)

    def _tuple(self, node: ast.Tuple) -> Tex:
        return Tex(rf"\left({self._list(node.elts)}\right)", ATOM)

    def _list(self, nodes: list[ast.expr]) -> str:
        return r",\; ".join(self.text(node) for node in nodes)

    def _unary(self, node: ast.UnaryOp) -> Tex:
        match node.op:
            case ast.USub():
                return Tex(f"-{self.at(node.operand, SLASH)}", MINUS)
            case ast.UAdd():
                return self.tex(node.operand)
        return self._indicator(node)

    def _binary(self, node: ast.BinOp) -> Tex:
        match node.op:
            case ast.Add() if guards_rounding(look_up(node.right, self.context.globals)):
                return self.tex(node.left)
            case ast.Add():
                left, right = self.at(node.left, SUM), self.at(node.right, SUM)
                return Tex(f"{left} - {right[1:]}" if right.startswith("-") else f"{left} + {right}", SUM)
            case ast.Sub():
                return Tex(f"{self.at(node.left, SUM)} - {self.at(node.right, SLASH)}", SUM)
            case ast.Mult():
                return self._product(_factors(node))
            case ast.Div():
                return self._fraction(node)
            case ast.Pow():
                base = self.at(node.left, ATOM)
                with self._inlined():
                    return Tex(f"{base}^{{{self.text(node.right)}}}", POWER)
            case ast.Mod():
                return Tex(rf"{self.at(node.left, PRODUCT)} \bmod {self.at(node.right, POWER)}", CASES)
            case ast.FloorDiv():
                quotient = self._fraction(ast.BinOp(node.left, ast.Div(), node.right)).text
                return Tex(rf"\left\lfloor {quotient} \right\rfloor", ATOM)
            case ast.BitAnd() | ast.BitOr():
                return self._indicator(node)
        raise refuse(node)

    def _product(self, factors: list[ast.expr]) -> Tex:
        if len(factors) == 1:
            return self.tex(factors[0])
        texts: list[str] = []
        minus, tests = "", [f for f in factors if isinstance(f, ast.Compare)]
        for factor in factors:
            if factor in tests[1:]:
                continue
            # Tests that multiply each other stand in one indicator, where the first one stood.
            tex = self._indicator(*tests) if tests and factor is tests[0] else self.tex(factor)
            if not texts and tex.level == MINUS:
                minus, tex = "-", self._without_minus(factor, tex)
            text = tex.text if tex.level >= PRODUCT else rf"\left({tex.text}\right)"
            texts += [(r" \cdot " if text[0].isdigit() else r" \, ") if texts else "", text]
        return Tex(minus + "".join(texts), MINUS if minus else PRODUCT)

    def _without_minus(self, node: ast.expr, tex: Tex) -> Tex:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self.tex(node.operand)
        return Tex(tex.text[1:], SLASH if self.inline else PRODUCT)

    def _fraction(self, node: ast.BinOp) -> Tex:
        above: ast.expr = node
        below: list[ast.expr] = []
        negative = False
        while True:
            match above:
                case ast.BinOp(op=ast.Div()):
                    below.insert(0, above.right)
                    above = above.left
                case ast.UnaryOp(op=ast.USub()):
                    above, negative = above.operand, not negative
                case _:
                    break
        top, bottom = self.tex(above), self._product([f for b in below for f in _factors(b)])
        if top.level == MINUS:
            top, negative = Tex(top.text[1:], PRODUCT), not negative
        minus, level = ("-", MINUS) if negative else ("", SLASH if self.inline else PRODUCT)
        if not self.inline:
            return Tex(rf"{minus}\frac{{{top.text}}}{{{bottom.text}}}", level)
        over = top.text if top.level >= PRODUCT else rf"\left({top.text}\right)"
        under = bottom.text if bottom.level >= POWER else rf"\left({bottom.text}\right)"
        return Tex(f"{minus}{over}/{under}", level)

    def _indicator(self, *tests: ast.expr) -> Tex:
        with self._inlined():
            return Tex(rf"\mathbf{{1}}_{{{self.condition(*tests)}}}", ATOM)

    def condition(self, *tests: ast.expr) -> str:
        """Return the TeX of conditions that hold together."""
        parts = [part for test in tests for part in _conjuncts(test)]
        if len(parts) == 1:
            return self._one_condition(parts[0])
        if len(parts) == 2 and all(self._is_simple(part) for part in parts):
            (a, ab, b), (c, cd, d) = (self._upward(part) for part in parts)  # type: ignore[arg-type]
            if b == c:
                return f"{a} {ab} {b} {cd} {d}"
            if d == a:
                return f"{c} {cd} {d} {ab} {b}"
        return r",\; ".join(self._one_condition(part) for part in parts)

    def _is_simple(self, test: ast.expr) -> bool:
        return isinstance(test, ast.Compare) and len(test.ops) == 1 and self.context.chosen(test) is None \
            and isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)

    def _upward(self, test: ast.Compare) -> tuple[str, str, str]:
        left, relation, right = self.text(test.left), RELATIONS[type(test.ops[0])], self.text(test.comparators[0])
        return (right, FLIPPED[relation], left) if relation in FLIPPED else (left, relation, right)

    def _one_condition(self, test: ast.expr) -> str:
        chosen = self.context.chosen(test)
        if chosen is not None:
            order = self.context.options[chosen[0]]
            return words(" or ".join(option for option in order if option in chosen[1]))
        match test:
            case ast.Compare() if all(type(op) in RELATIONS for op in test.ops):
                pairs = zip(test.ops, test.comparators, strict=True)
                return self.text(test.left) + "".join(f" {RELATIONS[type(o)]} {self.text(c)}" for o, c in pairs)
            case ast.BoolOp(op=ast.Or(), values=sides):
                return r" \text{ or } ".join(self.condition(side) for side in sides)
            case ast.BinOp(op=ast.BitOr()):
                return rf"{self.condition(test.left)} \text{{ or }} {self.condition(test.right)}"
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                return rf"\text{{not }}\left({self.condition(operand)}\right)"
        raise refuse(test, "is no condition that can be printed")

    def _cases(self, node: ast.IfExp) -> Tex:
        rows: list[str] = []
        rest: ast.expr = node
        left: dict[str, set[str]] = {}
        while isinstance(rest, ast.IfExp):
            rows.append(f"{self.text(rest.body)} & {self.condition(rest.test)}")
            name, options = self.context.chosen(rest.test) or ("", frozenset())
            left[name] = left.get(name, set(self.context.options.get(name, ()))) - options
            rest = rest.orelse
        otherwise = next(iter(left.values())) if len(left) == 1 and "" not in left else set()
        label = words(otherwise.pop()) if len(otherwise) == 1 else r"\text{otherwise}"
        rows.append(f"{self.text(rest)} & {label}")
        return Tex(r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", CASES)

    def _call(self, node: ast.Call) -> Tex:
        function = plain(look_up(node.func, self.context.globals))
        if function is None and isinstance(node.func, ast.Name) and node.func.id == "abs":
            function = abs
        if function is None or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise refuse(node)
        if not isinstance(function, FunctionType) or is_library(function):
            return self._library_call(getattr(function, "__name__", ""), node)
        self.helpers.setdefault(function.__name__, function)
        shown = [a for a in node.args if not (isinstance(a, ast.Name) and a.id == "p")]
        return Tex(helper_name(function) + (rf"\left({self._list(shown)}\right)" if shown else ""), ATOM)

    def _library_call(self, name: str, node: ast.Call) -> Tex:
        arguments = node.args
        match name, arguments:
            case "exp", [exponent]:
                return self._exponential(exponent)
            case "expm1", [exponent]:
                return Tex(f"{self._exponential(exponent).text} - 1", SUM)
            case "sqrt", [inner]:
                return Tex(rf"\sqrt{{{self.text(inner)}}}", POWER)
            case "maximum", [inner, ast.Constant(value=0)] | [ast.Constant(value=0), inner]:
                return Tex(rf"\left[{self.text(inner)}\right]_+", ATOM)
            case "square", [inner]:
                return self._binary(ast.BinOp(inner, ast.Pow(), ast.Constant(2)))
            case "power", [base, exponent]:
                return self._binary(ast.BinOp(base, ast.Pow(), exponent))
        if name in FENCES and len(arguments) == 1:
            opening, closing = FENCES[name]
            return Tex(rf"\left{opening} {self.text(arguments[0])} \right{closing}", ATOM)
        if name in CALLS and arguments:
            return Tex(rf"{CALLS[name]}\left({self._list(arguments)}\right)", POWER)
        raise refuse(node)

    def _exponential(self, exponent: ast.expr) -> Tex:
        match exponent:
            case ast.Call(func=function, args=[inner, (ast.Constant() | ast.Name()) as cap]) if \
                    getattr(look_up(function, self.context.globals), "__name__", "") == "minimum":
                value = cap.value if isinstance(cap, ast.Constant) else look_up(cap, self.context.globals)
                exponent = inner if guards_overflow(value) else exponent
        with self._inlined():
            short = self.text(exponent)
        if len(re.sub(r"\\(left|right)|[{}\\ ]", "", short)) > 30 or "cases" in short:
            return Tex(rf"\exp\left({self.text(exponent)}\right)", POWER)
        return Tex(f"e^{{{short}}}", POWER)


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _conjuncts(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.BinOp) and isinstance(test.op, ast.BitAnd | ast.Mult):
        return [*_conjuncts(test.left), *_conjuncts(test.right)]
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [part for value in test.values for part in _conjuncts(value)]
    return [test]
