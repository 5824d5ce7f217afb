"""Read the functions of a model as syntax trees: locals, branches, result."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

Function = Callable[..., Any]
Options = Mapping[str, list[str]]


class Unreadable(ValueError):
    """Code of a model that the printers of equations and scripts do not understand."""


def refuse(node: ast.AST, why: str = "is not understood by the equation printer") -> Unreadable:
    """Return the error that names a node of the tree and quotes it."""
    line = f" (line {node.lineno})" if hasattr(node, "lineno") else ""
    return Unreadable(f"{type(node).__name__}{line} `{ast.unparse(node)}` {why}")


def plain(function: Any) -> Any:
    """Return the Python function under a compiled one."""
    return getattr(function, "py_func", function)


def source_of(function: Any) -> str:
    """Return the dedented source text of a function."""
    try:
        return textwrap.dedent(inspect.getsource(plain(function)))
    except (OSError, TypeError) as error:
        raise Unreadable(f"the source of {function!r} cannot be read: {error}") from error


def parse(function: Any) -> ast.FunctionDef:
    """Return the syntax tree of a function written with `def`."""
    node = ast.parse(source_of(function)).body[0]
    if not isinstance(node, ast.FunctionDef):
        raise refuse(node, "is not a plain function")
    return node


def look_up(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the object that a name or a module's attribute stands for, or None."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = names.get(node.value.id)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


def parameter(node: ast.AST) -> str:
    """Return the name in `p.name`, or ""."""
    is_parameter = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "p"
    return node.attr if is_parameter and isinstance(node, ast.Attribute) else ""


def names_in(nodes: Iterable[ast.AST]) -> list[str]:
    """Return every name that is read, once per place."""
    return [n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]


class _Substitution(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self.values.get(node.id)
        return node if value is None else self.visit(copy.deepcopy(value))


def substitute(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """Return the expression with names replaced by their values, all the way down."""
    return _Substitution(values).visit(copy.deepcopy(node))


@dataclass(frozen=True)
class Context:
    """What is known while a function is read: its globals and the model's choices.

    `options` lists the options of every Choice; `active` holds those that are set.
    """

    globals: Mapping[str, Any]
    options: Options = field(default_factory=dict)
    active: Mapping[str, str] = field(default_factory=dict)

    def chosen(self, test: ast.expr) -> tuple[str, frozenset[str]] | None:
        """Return the Choice and its options under which a test on it is true."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
            parts = [self.chosen(value) for value in test.values]
            known = [part for part in parts if part is not None]
            if len(known) == len(parts) and len({name for name, _ in known}) == 1:
                return known[0][0], frozenset().union(*(options for _, options in known))
            return None
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or parameter(test.left) not in self.options:
            return None
        name = parameter(test.left)
        given = frozenset(self._options(name, test.comparators[0]))
        if isinstance(test.ops[0], ast.Eq | ast.In):
            return name, given
        if isinstance(test.ops[0], ast.NotEq | ast.NotIn):
            return name, frozenset(self.options[name]) - given
        raise refuse(test, "must compare an option with == or !=")

    def _options(self, name: str, node: ast.expr) -> list[str]:
        nodes = node.elts if isinstance(node, ast.Tuple) else [node]
        places = [n.value if isinstance(n, ast.Constant) else look_up(n, self.globals) for n in nodes]
        options = self.options[name]
        if not all(isinstance(i, int) and 0 <= i < len(options) for i in places):
            raise refuse(node, f"is no option of {name}")
        return [options[int(i)] for i in places]  # type: ignore[arg-type]

    def decide(self, test: ast.expr) -> bool | None:
        """Return whether a test on a Choice holds, or None if that is open."""
        if isinstance(test, ast.Constant) and isinstance(test.value, bool):
            return test.value
        chosen = self.chosen(test)
        if chosen is None or chosen[0] not in self.active:
            return None
        return self.active[chosen[0]] in chosen[1]


class _Folding(ast.NodeTransformer):
    """Settles tests on choices that are known, and drops the terms that vanish with them."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        decided = self.context.decide(node)
        return node if decided is None else ast.Constant(decided)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        decided = self.context.decide(node)
        return self.generic_visit(node) if decided is None else ast.Constant(decided)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = getattr(look_up(node.func, self.context.globals), "__name__", "")
        if name == "where" and len(node.args) == 3:
            return self.visit_IfExp(ast.IfExp(*node.args))
        if name in ("logical_and", "logical_or") and len(node.args) == 2:
            operator = ast.BitAnd() if name == "logical_and" else ast.BitOr()
            return ast.BinOp(node.args[0], operator, node.args[1])
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        decided = self.context.decide(node.test)
        if decided is not None:
            return self.visit(node.body if decided else node.orelse)
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = _truth(node.left), _truth(node.right)
        match node.op:
            case ast.Mult() | ast.BitAnd() if left is False or right is False:
                return ast.Constant(False)
            case ast.Mult() | ast.BitAnd() if left is True or right is True:
                return node.right if left else node.left
            case ast.Div() if left is False:
                return ast.Constant(False)
            case ast.Add() if left is False:
                return node.right
            case ast.Sub() if left is False:
                return ast.UnaryOp(ast.USub(), node.right)
            case ast.Add() | ast.Sub() if right is False:
                return node.left
        return node


def _truth(node: ast.expr) -> bool | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None


@dataclass(frozen=True)
class Reading:
    """A function without its control flow: `locals` in order, and what it returns."""

    arguments: tuple[str, ...]
    locals: dict[str, ast.expr]
    result: ast.expr

    def elements(self) -> list[ast.expr]:
        """Return the elements of a returned tuple; branches are taken inside."""
        return _elements(self.result)


def _elements(result: ast.expr) -> list[ast.expr]:
    if isinstance(result, ast.Tuple):
        return result.elts
    if isinstance(result, ast.IfExp):
        pairs = zip(_elements(result.body), _elements(result.orelse), strict=True)
        return [ast.IfExp(result.test, a, b) for a, b in pairs]
    raise refuse(result, "is returned where a tuple is needed")


class _Run:
    """Walks through statements and keeps the expression of every local name."""

    def __init__(self, context: Context, known: Mapping[str, ast.expr] | None = None) -> None:
        self.context = context
        self.locals: dict[str, ast.expr] = dict(known or {})

    def fold(self, node: ast.expr) -> ast.expr:
        return _Folding(self.context).visit(copy.deepcopy(node))

    def block(self, statements: list[ast.stmt]) -> ast.expr | None:
        for place, statement in enumerate(statements):
            match statement:
                case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                    pass
                case ast.Return(value=ast.expr() as value):
                    return self.fold(value)
                case ast.Assign(targets=[target], value=value):
                    self.assign(target, value)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self.assign(target, value)
                case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                    self.assign(statement.target, ast.BinOp(ast.Name(name, ast.Load()), op, value))
                case ast.If():
                    result = self.branch(statement, statements[place + 1:])
                    if result is not None:
                        return result
                case _:
                    raise refuse(statement)
        return None

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Name(id=name), _:
                self.bind(name, self.fold(value))
            case ast.Tuple(elts=names), ast.Name() if all(isinstance(n, ast.Name) for n in names):
                for i, part in enumerate(names):
                    self.assign(part, ast.Subscript(value, ast.Constant(i), ast.Load()))
            case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                if set(names_in(values)) & {n.id for n in names if isinstance(n, ast.Name)}:
                    raise refuse(value, "uses the names that it assigns")
                for part, new in zip(names, values, strict=True):
                    self.assign(part, new)
            case _:
                raise refuse(target, "cannot be assigned in an equation")

    def bind(self, name: str, value: ast.expr) -> None:
        if name in self.locals:
            others = [node for other, node in self.locals.items() if other != name]
            if name in names_in(others):
                raise refuse(value, f"gives {name} a second value after the first was used")
            value = substitute(value, {name: self.locals[name]})
        self.locals[name] = value

    def branch(self, node: ast.If, rest: list[ast.stmt]) -> ast.expr | None:
        decided = self.context.decide(node.test)
        if decided is not None:
            return self.block(node.body if decided else node.orelse)
        returns = isinstance(node.body[-1], ast.Return)
        yes, no = _Run(self.context, self.locals), _Run(self.context, self.locals)
        first = yes.block(node.body)
        second = no.block([*node.orelse, *rest] if returns else node.orelse)
        self.merge(node.test, yes.locals, no.locals, exclusive=returns)
        if first is not None and second is not None:
            return ast.IfExp(node.test, first, second)
        if first is None and second is None:
            return None
        raise refuse(node.test, "returns in one branch only")

    def merge(self, test: ast.expr, yes: dict[str, ast.expr], no: dict[str, ast.expr], exclusive: bool) -> None:
        for name in {**yes, **no}:
            a, b = yes.get(name), no.get(name)
            if a is None or b is None or ast.dump(a) == ast.dump(b):
                self.locals[name] = a or b  # type: ignore[assignment]
            elif exclusive:
                raise refuse(test, f"gives {name} another meaning in each branch")
            else:
                self.locals[name] = ast.IfExp(test, a, b)


def read(function: Any, context: Context) -> Reading:
    """Read a function: its arguments, its locals and the expression it returns."""
    tree, run = parse(function), _Run(context)
    result = run.block(tree.body)
    if result is None:
        raise Unreadable(f"{tree.name} returns nothing")
    return Reading(tuple(a.arg for a in tree.args.args), run.locals, result)
