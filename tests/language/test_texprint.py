"""Printed expressions mean what the code means: by hand, and by reading the TeX back."""

from __future__ import annotations

import ast
import math
import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncm_app.core.syntax import Context, Unreadable
from ncm_app.language.texprint import Printer
from ncm_app.language.texwords import ATOM, Tex, number, words

NAMES = {name: Tex(name, ATOM) for name in "abcdxyz"}
CONTEXT = Context({"np": np, "math": math, "CAP": 300.0, "GUARD": 1e-6, "LIMIT": 2.5, "E_REST": -72.0, "FLAGS": {}},
                  {"kind": ["up", "down", "flat"]})


def printed(code, inline=False):
    printer = Printer(CONTEXT, NAMES, {"tau": r"\tau", "star": "g^*"}, ("V", "w"), inline=inline)
    return printer.text(ast.parse(code, mode="eval").body)


# Numbers and names ----------------------------------------------------------------

@pytest.mark.parametrize(("value", "tex"), [
    (72.0, "72"), (0, "0"), (0.0, "0"), (1.0, "1"), (10, "10"), (1000.0, "1000"), (0.5, "0.5"), (0.1, "0.1"),
    (0.01, "0.01"),
    (1e-3, "10^{-3}"), (0.003575, "0.003575"), (0.002, "0.002"), (5e-4, r"5 \cdot 10^{-4}"),
    (2.5e-7, r"2.5 \cdot 10^{-7}"),
    (1e5, "10^{5}"), (12345.0, "12345"), (123456789, r"1.23456789 \cdot 10^{8}"), (-72.0, "-72"), (-1e-3, "-10^{-3}"),
    (math.inf, r"\infty"), (-math.inf, r"-\infty"), (np.float64(0.25), "0.25"), (np.float64(-3.0), "-3"), (True, "1")])
def test_number(value, tex):
    assert number(value).text == tex


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_keeps_every_digit(value):
    text = number(value).text.replace(r" \cdot 10^{", "e")
    text = re.sub(r"^(-?)10\^{", r"\g<1>1e", text).rstrip("}")
    assert float(text) == value


def test_words_escape_what_tex_would_read():
    assert words("50 % of a_b & {c}") == r"\text{50 \% of a\_b \& \{c\}}"


# Precedence, by hand ----------------------------------------------------------------

@pytest.mark.parametrize(("code", "tex"), [
    ("a - (b - c)", r"a - \left(b - c\right)"), ("a - b - c", "a - b - c"), ("a + (b - c)", "a + b - c"),
    ("a - (b + c)", r"a - \left(b + c\right)"), ("(a - b) + c", "a - b + c"), ("a + -b", "a - b"),
    ("a - -b", r"a - \left(-b\right)"), ("(a + GUARD) / b", r"\frac{a}{b}"), ("a + LIMIT", "a + 2.5"),
    ("a + 0.000001", r"a + 10^{-6}"),
    ("a + (-b + c)", "a - b + c"), ("-(a + b)", r"-\left(a + b\right)"), ("-a + b", "-a + b"),
    ("- -a", r"-\left(-a\right)"), ("+a", "a"),
    ("-(a * b)", r"-a \, b"), ("-a * b", r"-a \, b"), ("a * -b", r"a \, \left(-b\right)"),
    ("-(a / b)", r"-\frac{a}{b}"),
    ("-a / b", r"-\frac{a}{b}"), ("-(a - b) / c", r"-\frac{a - b}{c}"), ("a / -b", r"\frac{a}{-b}"),
    ("a * (b + c)", r"a \, \left(b + c\right)"), ("(a + b) * c", r"\left(a + b\right) \, c"),
    ("a * (b * c)", r"a \, b \, c"),
    ("a / (b * c)", r"\frac{a}{b \, c}"), ("a / b / c", r"\frac{a}{b \, c}"), ("a / (b / c)", r"\frac{a}{\frac{b}{c}}"),
    ("a / b * c", r"\frac{a}{b} \, c"), ("a * (b / c)", r"a \, \frac{b}{c}"), ("a * b / c", r"\frac{a \, b}{c}"),
    ("(a + b) / c", r"\frac{a + b}{c}"), ("a - b / c", r"a - \frac{b}{c}"),
    ("a - -b / c", r"a - \left(-\frac{b}{c}\right)"),
    ("-x**2", "-x^{2}"), ("(-x)**2", r"\left(-x\right)^{2}"), ("(a + b)**2", r"\left(a + b\right)^{2}"),
    ("(a * b)**2", r"\left(a \, b\right)^{2}"), ("a * b**2", r"a \, b^{2}"),
    ("(a / b)**2", r"\left(\frac{a}{b}\right)^{2}"),
    ("a**b**c", "a^{b^{c}}"), ("(a**b)**c", r"\left(a^{b}\right)^{c}"), ("a**(b + c)", "a^{b + c}"),
    ("a**-1", "a^{-1}"),
    ("a**(b / c)", "a^{b/c}"), ("a**((b - c) / d)", r"a^{\left(b - c\right)/d}"),
    ("a**(b / (c * d))", r"a^{b/\left(c \, d\right)}"),
    ("a**(b / c * d)", r"a^{\left(b/c\right) \, d}"), ("a**(-(b / c) / d)", r"a^{-b/\left(c \, d\right)}"),
    ("2 * 3", r"2 \cdot 3"), ("a * 2", r"a \cdot 2"), ("2 * a", r"2 \, a"), ("2 * 1e-3", r"2 \cdot 10^{-3}"),
    ("1e-3**a", r"\left(10^{-3}\right)^{a}"),
    ("a - LIMIT", "a - 2.5"), ("a - E_REST", r"a - \left(-72\right)"), ("a + E_REST", "a - 72"),
    ("a * E_REST", r"a \, \left(-72\right)"),
    ("E_REST**2", r"\left(-72\right)^{2}"), ("p.star**2", r"\left(g^*\right)^{2}"), ("p.tau * a", r"\tau \, a"),
    ("y[0] - y[1]", "V - w"),
    ("2 * np.pi * a", r"2 \, \pi \, a"), ("math.pi", r"\pi"), ("(a, b)", r"\left(a,\; b\right)")])
def test_precedence(code, tex):
    assert printed(code) == tex


# Precedence, by reading the TeX back --------------------------------------------------

class Reader:
    """Evaluates the TeX of arithmetic: sums, products, fractions, powers, parentheses."""

    TOKEN = re.compile(r"\s*(\\frac|\\left\(|\\right\)|\\,|\\cdot|\d+(?:\.\d+)?|[a-z]|[-+^{}/])")

    def __init__(self, tex, values):
        self.tokens, self.values = self.TOKEN.findall(tex), values
        assert "".join(self.tokens) == tex.replace(" ", ""), tex

    def take(self, *wanted):
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in wanted else ""

    def need(self, token):
        assert self.take(token), (token, self.tokens)

    def sum(self):
        total = -self.product() if self.take("-") else self.product()
        while sign := self.take("+", "-"):
            total += self.product() if sign == "+" else -self.product()
        return total

    def product(self):
        value = self.power()
        while self.tokens and self.tokens[0] in (r"\,", r"\cdot", "/"):
            value = value / self.power() if self.tokens.pop(0) == "/" else value * self.power()
        return value

    def power(self):
        base = self.atom()
        if self.take("^"):
            self.need("{")
            base = base ** self.sum()
            self.need("}")
        return base

    def group(self):
        self.need("{")
        value = self.sum()
        self.need("}")
        return value

    def atom(self):
        if self.take(r"\frac"):
            return self.group() / self.group()
        if self.take(r"\left("):
            value = self.sum()
            self.need(r"\right)")
            return value
        token = self.tokens.pop(0)
        return self.values[token] if token in self.values else float(token)


VALUES = {"a": 1.7 + 0.4j, "b": -2.3 + 1.1j, "c": 0.6 - 0.9j, "d": 3.1 + 0.2j, "x": -1.3 + 0.7j}
LEAF = st.sampled_from(["a", "b", "c", "d", "x", "2", "0.5"])
EXPRESSION = st.recursive(LEAF, lambda inner: st.one_of(
    st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
    st.tuples(inner, st.sampled_from(["2", "3", "-1"])).map(lambda t: f"({t[0]})**({t[1]})"),
    inner.map(lambda e: f"-({e})")), max_leaves=8)


def assert_same_value(code, tex):
    try:
        wanted = eval(code, dict(VALUES))
    except (ZeroDivisionError, OverflowError):
        return
    reader = Reader(tex, VALUES)
    assert reader.sum() == pytest.approx(wanted, rel=1e-9), (code, tex)
    assert not reader.tokens


@given(EXPRESSION, st.booleans())
@settings(max_examples=400, deadline=None)
def test_tex_means_what_the_code_means(code, inline):
    assert_same_value(code, printed(code, inline))


@pytest.mark.parametrize("inline", [False, True])
def test_every_pair_of_operators(inline):
    pairs = 0
    for outer, inner in product(["+", "-", "*", "/", "**"], repeat=2):
        for code in (f"a {outer} (b {inner} c)", f"(a {inner} b) {outer} c", f"-(a {outer} b) {inner} c",
                     f"a {outer} -(b {inner} c)"):
            assert_same_value(code, printed(code, inline))
            pairs += 1
    assert pairs == 100


# Functions ------------------------------------------------------------------------------

@pytest.mark.parametrize(("code", "tex"), [
    ("np.exp(-a)", "e^{-a}"), ("np.exp((a - b) / c)", r"e^{\left(a - b\right)/c}"), ("math.exp(a)", "e^{a}"),
    ("np.exp(a)**2", r"\left(e^{a}\right)^{2}"),
    ("d / (1 + np.exp(-(a - b) / c))", r"\frac{d}{1 + e^{-\left(a - b\right)/c}}"),
    ("np.exp(-((a - b)**2 + (c - d)**2 + (x - y)**2) / (2 * a * b * c * d * x))",
     r"\exp\left(-\frac{\left(a - b\right)^{2} + \left(c - d\right)^{2} "
     r"+ \left(x - y\right)^{2}}{2 \, a \, b \, c \, d \, x}\right)"),
    ("np.exp(np.minimum(a / b, CAP))", "e^{a/b}"), ("np.exp(np.minimum(a, 500.0))", "e^{a}"),
    ("np.exp(np.minimum(a, 2.0))", r"e^{\min\left(a,\; 2\right)}"), ("np.expm1(a)", "e^{a} - 1"),
    ("a * np.expm1(b)", r"a \, \left(e^{b} - 1\right)"),
    ("np.maximum(a - b, 0.0)", r"\left[a - b\right]_+"), ("np.maximum(0, a)", r"\left[a\right]_+"),
    ("np.maximum(a, 0.0)**p.tau", r"\left[a\right]_+^{\tau}"),
    ("np.maximum(a, b)", r"\max\left(a,\; b\right)"), ("np.maximum(a, 1.0)", r"\max\left(a,\; 1\right)"),
    ("np.minimum(a, b)", r"\min\left(a,\; b\right)"),
    ("np.sqrt(a + b)", r"\sqrt{a + b}"), ("np.sqrt(a)**3", r"\left(\sqrt{a}\right)^{3}"),
    ("np.tanh(a)", r"\tanh\left(a\right)"),
    ("np.tanh(a)**2", r"\left(\tanh\left(a\right)\right)^{2}"),
    ("np.sin(2 * a) * b", r"\sin\left(2 \, a\right) \, b"), ("np.cos(a)", r"\cos\left(a\right)"),
    ("np.log(a)", r"\ln\left(a\right)"), ("np.abs(a - b)", r"\left| a - b \right|"), ("abs(a)", r"\left| a \right|"),
    ("np.floor(a / b)", r"\left\lfloor \frac{a}{b} \right\rfloor"),
    ("a // b", r"\left\lfloor \frac{a}{b} \right\rfloor"),
    ("np.square(a + b)", r"\left(a + b\right)^{2}"), ("np.power(a, b)", "a^{b}"),
    ("(a - b) % c", r"\left(a - b\right) \bmod c"),
    ("a % (b * c)", r"a \bmod \left(b \, c\right)"), ("a * (b % c)", r"a \, \left(b \bmod c\right)")])
def test_function(code, tex):
    assert printed(code) == tex


# Conditions ------------------------------------------------------------------------------

@pytest.mark.parametrize(("code", "tex"), [
    ("a * (x > b)", r"a \, \mathbf{1}_{x > b}"), ("(x > b) * a", r"\mathbf{1}_{x > b} \, a"),
    ("a + (x == b)", r"a + \mathbf{1}_{x = b}"),
    ("(x >= a) * (x < a + b)", r"\mathbf{1}_{a \le x < a + b}"),
    ("(x < a + b) * (x >= a)", r"\mathbf{1}_{a \le x < a + b}"),
    ("c * (x >= a) * (x < b)", r"c \, \mathbf{1}_{a \le x < b}"),
    ("c * ((x >= a) * (x < b)) * d", r"c \, \mathbf{1}_{a \le x < b} \, d"),
    ("(x >= a) & (x < b)", r"\mathbf{1}_{a \le x < b}"), ("(x >= a) * (c < b)", r"\mathbf{1}_{x \ge a,\; c < b}"),
    ("(x > a) | (x < b)", r"\mathbf{1}_{x > a \text{ or } x < b}"),
    ("~(x > a)", r"\mathbf{1}_{\text{not }\left(x > a\right)}"),
    ("a <= x < b", r"\mathbf{1}_{a \le x < b}"),
    ("(x != a) * (x > b) * (x < c)", r"\mathbf{1}_{x \ne a,\; x > b,\; x < c}"),
    ("a if x > b else c", r"\begin{cases} a & x > b \\ c & \text{otherwise} \end{cases}"),
    ("a if p.kind == 0 else b if p.kind == 1 else c",
     r"\begin{cases} a & \text{up} \\ b & \text{down} \\ c & \text{flat} \end{cases}"),
    ("a if p.kind == 0 else b", r"\begin{cases} a & \text{up} \\ b & \text{otherwise} \end{cases}"),
    ("a if p.kind != 2 else b", r"\begin{cases} a & \text{up or down} \\ b & \text{flat} \end{cases}"),
    ("a if p.kind in (0, 2) else b", r"\begin{cases} a & \text{up or flat} \\ b & \text{down} \end{cases}"),
    ("a if p.kind == 0 or p.kind == 1 else b", r"\begin{cases} a & \text{up or down} \\ b & \text{flat} \end{cases}"),
    ("a * (p.kind == 1)", r"a \, \mathbf{1}_{\text{down}}"),
    ("2 * (a if x > b else c)", r"2 \, \left(\begin{cases} a & x > b \\ c & \text{otherwise} \end{cases}\right)")])
def test_condition(code, tex):
    assert printed(code) == tex


@pytest.mark.parametrize(("code", "named"), [
    ("q + 1", "`q`"), ("p.unknown", "`p.unknown`"), ("FLAGS", "`FLAGS`"), ("np.linalg", "np.linalg"),
    ("'text'", "Constant"), ("1j", "Constant"),
    ("[a, b]", "List"), ("a @ b", "BinOp"), ("a << b", "BinOp"), ("lambda: a", "Lambda"),
    ("[c for c in a]", "ListComp"), ("y[2]", "Subscript"),
    ("y[a]", "Subscript"), ("a[0]", "Subscript"), ("np.fft.fft(a)", "Call"), ("np.cumsum(a)", "np.cumsum"),
    ("missing(a)", "missing"),
    ("np.exp(a, out=b)", "Call"), ("np.exp(*a)", "Call"), ("np.sin()", "Call"), ("a if x else b", "`x`"),
    ("p.kind", "p.kind"),
    ("p.kind > 1", "Compare"), ("p.kind == 7", "no option of kind"), ("a and b", "`a`"), ("(x is a) * b", "Compare")])
def test_what_is_not_understood_is_named(code, named):
    with pytest.raises(Unreadable) as caught:
        printed(code)
    assert named in str(caught.value)
