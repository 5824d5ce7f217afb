"""The equations of a model in TeX, derived from the code that runs."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NamedTuple

from ncm_app.core.capabilities import has_resets
from ncm_app.core.model import Flow, Spiking
from ncm_app.core.quantity import Choice, Quantity
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.symbols import tex_name
from ncm_app.core.syntax import Context, Reading, Unreadable, names_in, plain, read, refuse, substitute
from ncm_app.core.written import Written
from ncm_app.language.texprint import Printer
from ncm_app.language.texwords import ATOM, PRODUCT, Tex, helper_name, is_building_block, number, words

SHORT_NAMES = {"current": "I", "voltage": "V", "rate": "r", "time": "t"}
"""Arguments of helper functions whose names are words in code and letters in print."""


class Row(NamedTuple):
    """One line of the table of symbols."""

    symbol: str
    name: str
    value: str
    doc: str


def equations(model: type[Flow], choices: Mapping[str, str] | Snapshot | None = None) -> list[str]:
    """Return the equations of a model, one TeX string each, without dollar signs.

    First the differential equations, then the rule of the reset, then what they use.
    With `choices` (or a snapshot) a branch on a Choice shows the chosen option only.
    """
    given = choices.values_by_name if isinstance(choices, Snapshot) else model.clean(choices or {})
    return _Equations(model, given).all()


def symbol_table(model: type[Flow], values: Mapping[str, Any] | Snapshot | None = None) -> list[Row]:
    """Return symbol, name, value with unit and meaning of every parameter.

    Shows the defaults, except where `values` (or a snapshot) say otherwise.
    """
    given = values.values_by_name if isinstance(values, Snapshot) else values or {}
    rows = []
    for name, control in model.controls().items():
        if name in model.Parameters._fields:
            value = given.get(name, control.default)
            if isinstance(control, Written):
                shown = words(control.told(value))
            else:
                shown = words(str(value)) if isinstance(control, Choice) else number(value).text
            unit = "" if control.unit == "1" else rf"\;{words(control.unit)}"
            rows.append(Row(control.tex, name, shown + unit, control.doc or ""))
    return rows


class _Equations:
    """Collects the equations of one model and the helper functions that they call."""

    def __init__(self, model: type[Flow], choices: Mapping[str, Any]) -> None:
        controls = model.controls()
        self.model = model
        self.options = {n: list(c.objects) for n, c in controls.items() if isinstance(c, Choice)}
        self.active = {n: choices[n] for n in self.options if n in choices}
        self.symbols = {n: c.tex for n, c in controls.items()}
        self.divisors = {n for n, c in controls.items() if isinstance(c, Quantity)}
        self.states = tuple(s.tex for s in model.states)
        self.helpers: dict[str, FunctionType] = {}

    def all(self) -> list[str]:
        lines = self.derivatives()
        if has_resets(self.model):
            lines.insert(len(self.states), self.spike_rule(self.model))
        printed: set[str] = set()
        while waiting := [f for name, f in self.helpers.items() if name not in printed]:
            printed.add(waiting[0].__name__)
            lines += self.helper(waiting[0])
        return lines

    def context(self, function: Callable[..., Any]) -> Context:
        return Context(plain(function).__globals__, self.options, self.active)

    def printer(self, context: Context, names: Mapping[str, Tex]) -> Printer:
        return Printer(context, names, self.symbols, self.states, self.helpers)

    def derivatives(self) -> list[str]:
        context = self.context(self.model.rhs)
        reading = read(self.model.rhs, context)
        returned = reading.elements()
        if len(returned) != len(self.states):
            raise refuse(reading.result, f"is not one derivative for each of {len(self.states)} states")
        rates = {node.id: Tex(rf"\frac{{d{state}}}{{dt}}", PRODUCT)
                 for node, state in zip(returned, self.states, strict=True)
                 if isinstance(node, ast.Name) and not _is_simple(reading.locals.get(node.id, node))}
        names, inlined = self.share_out(reading, rates, {"t": Tex("t", ATOM), "y": Tex(r"\mathbf{y}", ATOM)})
        printer, lines = self.printer(context, {**names, **rates}), []
        for node, state in zip(returned, self.states, strict=True):
            value = reading.locals.get(node.id, node) if isinstance(node, ast.Name) else node
            lines.append(self.differential(printer, substitute(value, inlined), state))
        return lines + self.where(printer, reading, names, inlined)

    def differential(self, printer: Printer, value: ast.expr, state: str) -> str:
        left = rf"\frac{{d{state}}}{{dt}}"
        match value:
            case ast.BinOp(left=body, op=ast.Div(), right=ast.Attribute(value=ast.Name(id="p"), attr=name)) if \
                    name in self.divisors:
                return rf"{self.symbols[name]} {left} = {printer.text(body)}"
        return f"{left} = {printer.text(value)}"

    def spike_rule(self, model: type[Spiking]) -> str:
        threshold = self.expression(model.threshold)[0]
        reset = self.expression(model.reset)
        if len(reset) != len(self.states):
            raise Unreadable(f"reset of {model.__name__} must return {len(self.states)} states")
        changes = [rf"{state} \leftarrow {new}" for state, new in zip(self.states, reset, strict=True) if new != state]
        return rf"{self.states[0]} \ge {threshold} \Rightarrow " + r",\; ".join(changes)

    def expression(self, function: Callable[..., Any]) -> list[str]:
        context = self.context(function)
        reading = read(function, context)
        printer = self.printer(context, {"y": Tex(r"\mathbf{y}", ATOM)})
        is_tuple = isinstance(reading.result, ast.Tuple)
        nodes = reading.elements() if is_tuple else [reading.result]
        return [printer.text(substitute(node, reading.locals)) for node in nodes]

    def helper(self, function: FunctionType) -> list[str]:
        context = self.context(function)
        if is_building_block(function):
            first = (function.__doc__ or "").strip().split("\n", 1)[0].removeprefix("Return ").rstrip(".")
            return [f"{helper_name(function)}: {words(first)}"]
        reading = read(function, context)
        arguments = {name: self.argument(name) for name in reading.arguments}
        names, inlined = self.share_out(reading, {}, arguments)
        printer = self.printer(context, names)
        shown = r",\; ".join(arguments[name].text for name in reading.arguments if name != "p")
        head = helper_name(function) + (rf"\left({shown}\right)" if shown else "")
        line = f"{head} = {printer.text(substitute(reading.result, inlined))}"
        return [line, *self.where(printer, reading, names, inlined)]

    def argument(self, name: str) -> Tex:
        if name in ("t", "y"):
            return Tex("t" if name == "t" else r"\mathbf{y}", ATOM)
        taken = {*self.symbols.values()}
        short = SHORT_NAMES.get(name, "")
        symbol = short if short and short not in taken else tex_name(name)
        # A prime tells an argument from a parameter of the same name.
        return Tex(f"{symbol}'" if symbol in taken else symbol, ATOM)

    def share_out(self, reading: Reading, rates: Mapping[str, Tex],
                  known: Mapping[str, Tex]) -> tuple[dict[str, Tex], dict[str, ast.expr]]:
        """Return the names that are printed, and the locals that are written out in place.

        Names that are used once, that only rename something, or whose symbol is taken
        are written out: a reader needs no further symbol for them.
        """
        count = _uses(reading)
        taken = {*self.symbols.values(), *self.states, *(tex.text for tex in known.values())}
        names, inlined = dict(known), {}
        for name, value in reading.locals.items():
            symbol = tex_name(name)
            if name in rates:
                continue
            if _is_simple(value) or count[name] <= 1 or symbol in taken:
                inlined[name] = value
            else:
                names[name] = Tex(symbol, ATOM)
                taken.add(symbol)
        return names, inlined

    def where(self, printer: Printer, reading: Reading, names: Mapping[str, Tex],
              inlined: Mapping[str, ast.expr]) -> list[str]:
        return [f"{names[name].text} = {printer.text(substitute(value, inlined))}"
                for name, value in reading.locals.items() if name in names]


def _is_simple(value: ast.expr) -> bool:
    """Tell whether a local only renames something: a state, a parameter, a number."""
    return isinstance(value, ast.Name | ast.Attribute | ast.Constant | ast.Subscript)


def _uses(reading: Reading) -> Counter[str]:
    """Count the uses of each local in what the result needs."""
    live, queue = {""}, [reading.result]
    count: Counter[str] = Counter()
    while queue:
        for name in names_in([queue.pop()]):
            count[name] += 1
            if name in reading.locals and name not in live:
                live.add(name)
                queue.append(reading.locals[name])
    return count
