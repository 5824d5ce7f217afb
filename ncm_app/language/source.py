"""The text of a model's functions with all that they use, able to run without ncm_app."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ncm_app.core.capabilities import has_resets
from ncm_app.core.model import Flow
from ncm_app.core.quantity import Choice
from ncm_app.core.syntax import Context, Unreadable, parse, plain, source_of

LIBRARIES = ("numpy", "scipy", "math")
"""Packages that an exported script may import."""

Kept = Mapping[str, Collection[str]]
"""Options of a Choice that stay possible; `if` branches of others are left out."""


@dataclass
class Program:
    """Imports, constants and functions, each by the name under which they are used."""

    options: Mapping[str, list[str]] = field(default_factory=dict)
    kept: Kept = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """Constants and functions as text."""
        constants = "\n".join(f"{name} = {value}" for name, value in self.constants.items())
        return "\n\n\n".join(part for part in (constants, *self.functions.values()) if part)

    def import_text(self, *more: str) -> str:
        """Return the import lines, with further ones, in the usual order."""
        lines = sorted({*self.imports.values(), *more}, key=_import_order)
        standard = [line for line in lines if _package(line) not in ("numpy", "scipy")]
        return "\n\n".join("\n".join(group) for group in (standard, lines[len(standard):]) if group)

    def add(self, name: str, value: Any, owner: str) -> None:
        """Add what a name stands for, and what that uses in turn."""
        value = plain(value)
        if name in self.meanings:
            known = self.meanings[name]
            if known is not value and repr(known) != repr(value):
                raise Unreadable(f"{name} means two different things in the functions of one model (see {owner})")
            return
        self.meanings[name] = value
        module = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None) or ""
        if module.partition(".")[0] in LIBRARIES and not isinstance(value, np.ndarray | np.generic):
            self.imports[name] = _import_line(name, value, module)
        elif isinstance(value, FunctionType):
            self.add_function(name, value)
        else:
            self.constants[name] = self.literal(name, value, owner)

    def add_function(self, name: str, function: FunctionType) -> None:
        """Add a function under a name, after the helpers that it uses."""
        self.meanings[name] = function
        if function.__closure__:
            raise Unreadable(f"{name} uses variables of the function around it: {function.__code__.co_freevars}")
        tree = parse(function)
        unused = self.unused_branches(tree, function)
        for used in _global_names(tree, unused):
            if used in function.__globals__:
                self.add(used, function.__globals__[used], name)
            elif not hasattr(builtins, used):
                raise Unreadable(f"{name} uses {used}, which is defined nowhere")
        self.functions[name] = function_text(function, name, unused)

    def unused_branches(self, tree: ast.FunctionDef, function: FunctionType) -> list[ast.If]:
        """Return the `if` statements on options that are never chosen."""
        context = Context(function.__globals__, self.options)
        found = []
        for node in tree.body:
            chosen = context.chosen(node.test) if isinstance(node, ast.If) and not node.orelse else None
            if chosen is not None and chosen[0] in self.kept and not chosen[1] & set(self.kept[chosen[0]]):
                found.append(node)
        return found  # type: ignore[return-value]

    def literal(self, name: str, value: Any, owner: str) -> str:
        """Return a constant as Python text."""
        if isinstance(value, np.ndarray):
            self.add("np", np, owner)
            return f"np.array({value.tolist()!r})"
        if isinstance(value, np.generic):
            self.add("np", np, owner)
            return f"np.{type(value).__name__}({value.item()!r})"
        if isinstance(value, int | float | str | tuple):
            return repr(value)
        raise Unreadable(f"{owner} uses {name} ({type(value).__name__}), which cannot be written into a script")


def program(model: type[Flow], kept: Kept | None = None) -> Program:
    """Collect the functions of a model with everything that they use."""
    parts: dict[str, Any] = {"rhs": model.rhs}
    if has_resets(model):
        parts |= {"threshold": model.threshold, "reset": model.reset}
    if model.observe is not Flow.observe:
        parts["observe"] = model.observe
    options = {n: list(c.objects) for n, c in model.controls().items() if isinstance(c, Choice)}
    collected = Program(options, kept or {})
    for name, function in parts.items():
        collected.add_function(name, plain(function))
    return collected


def program_text(model: type[Flow], kept: Kept | None = None) -> str:
    """Return a Python text that defines the model's functions and runs with NumPy."""
    collected = program(model, kept)
    return "\n\n".join(part for part in (collected.import_text(), collected.body) if part) + "\n"


def function_text(function: FunctionType, name: str, unused: Collection[ast.stmt] = ()) -> str:
    """Return the source of a function without decorators, annotations and unused branches."""
    tree = parse(function)
    lines = source_of(function).encode().split(b"\n")
    for start, end in sorted(_annotations(tree, lines), reverse=True):
        line = lines[start[0] - 1]
        if start[0] != end[0]:
            raise Unreadable(f"an annotation of {function.__name__} runs over two lines")
        lines[start[0] - 1] = line[: start[1]] + line[end[1]:]
    dropped = {n for node in unused for n in range(node.lineno, (node.end_lineno or 0) + 1)}
    kept = [line for n, line in enumerate(lines, 1) if n >= tree.lineno and n not in dropped]
    text = REMARKS.sub("", b"\n".join(kept).decode()).rstrip()
    return re.sub(rf"^def {function.__name__}\b", f"def {name}", text)


Place = tuple[int, int]
REMARKS = re.compile(r"  # (type: ignore|noqa)[^\n]*")


def _annotations(tree: ast.FunctionDef, lines: list[bytes]) -> Iterator[tuple[Place, Place]]:
    """Yield where the annotations are, with their colon or arrow."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield (node.lineno, node.col_offset + len(node.arg.encode())), _end(node.annotation)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield _end(node.target), _end(node.annotation)
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            arrow = lines[node.returns.lineno - 1].rfind(b"->", 0, node.returns.col_offset)
            start = len(lines[node.returns.lineno - 1][:arrow].rstrip())
            yield (node.returns.lineno, start), _end(node.returns)


def _end(node: ast.expr) -> Place:
    return int(node.end_lineno or 0), int(node.end_col_offset or 0)


def _global_names(tree: ast.FunctionDef, unused: Collection[ast.stmt]) -> list[str]:
    """Return the names that a function takes from its module, in the order of the text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    body = [part for part in tree.body if part not in unused]
    nodes = [node for part in (*body, *tree.args.defaults) for node in ast.walk(part)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    local = {n.id for n in names if not isinstance(n.ctx, ast.Load)}
    local |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    names.sort(key=lambda n: (n.lineno, n.col_offset))
    return [name for name in dict.fromkeys(n.id for n in names) if name not in local]


def _import_line(name: str, value: Any, module: str) -> str:
    if isinstance(value, ModuleType):
        return f"import {module}" if name == module else f"import {module} as {name}"
    own = getattr(value, "__name__", name)
    return f"from {module} import {own}" + (f" as {name}" if own != name else "")


def _package(line: str) -> str:
    return line.split()[1].partition(".")[0]


def _import_order(line: str) -> tuple[bool, bool, str]:
    return _package(line) in ("numpy", "scipy"), line.startswith("from"), line
