"""Which parameters a right-hand side reads, so that the others need not ask for its fixed points anew."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from ncm_app.core.catalogue import find
from ncm_app.core.parameters import parameters_read


def helped(x, p):
    return p.a * x


def other_name(x, q):
    return q.a * x


@pytest.mark.parametrize(("body", "expected"), [
    ("return p.a + p.b * y", {"a", "b"}), ("return y", set()), ("return helped(y, p) + p.b", {"a", "b"}),
    ("return np.exp(compiled_helper(p.b, p))", {"a", "b"}), ("return other_name(y, p)", None), ("return sum(p)", None),
    ("return unknown_helper(y, p)", None), ("return getattr(p, 'a')", None), ("q = p\n    return q.a", None)])
def test_parameters_that_a_function_reads(body, expected, tmp_path):
    path = tmp_path / "text.py"
    path.write_text(f"def f(t, y, p):\n    {body}\n", encoding="utf-8")
    space = {"np": np, "helped": helped, "compiled_helper": njit(helped), "other_name": other_name}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)
    assert parameters_read(space["f"]) == expected


def test_parameters_of_what_does_not_see_them():
    assert parameters_read(lambda t, y: y) is None


def test_parameters_of_models():
    assert parameters_read(find("eif_poisson").rhs) == {"E_L", "V_T", "D", "tau_m", "tau_e", "tau_i"}
    assert parameters_read(find("hopf_system").rhs) == {"c"}
