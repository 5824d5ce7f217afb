"""Which parameters a function of a model reads."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from ncm_app.core.syntax import Unreadable, look_up, parameter, parse, plain


def parameters_read(function: Any) -> frozenset[str] | None:
    """Return the names that a function reads off `p`, in the helpers that it hands `p` to as well.

    None if it does anything else with `p`, or is no readable `def`, so that one cannot tell.
    """
    try:
        tree = parse(function)
    except Unreadable:
        return None
    if "p" not in [given.arg for given in tree.args.args]:
        return None
    found = {parameter(node) for node in ast.walk(tree)} - {""}
    whole = sum(isinstance(node, ast.Name) and node.id == "p" for node in ast.walk(tree))
    whole -= sum(bool(parameter(node)) for node in ast.walk(tree))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        handed = sum(isinstance(given, ast.Name) and given.id == "p" for given in call.args)
        helper = plain(look_up(call.func, plain(function).__globals__)) if handed else None
        inner = parameters_read(helper) if inspect.isfunction(helper) else None
        if inner is not None:
            found, whole = found | inner, whole - handed
    return frozenset(found) if whole == 0 else None
