"""The two ways in which tests run exported scripts agree."""

from __future__ import annotations

import pytest

from tests.support.scripts import run_apart, run_here


@pytest.mark.parametrize(("text", "alone", "ends", "says"), [
    ("print(1 + 1)", True, True, "2"),
    ("import numpy as np\nprint(np.ones(2).sum())", True, True, "2.0"),
    ("import ncm_app.core.catalogue", True, False, "ncm_app"),
    ("from ncm_app.core.catalogue import find\nprint(find('eif').slug())", False, True, "eif"),
    ("assert 1 == 2, 'the page has 2'", True, False, "AssertionError: the page has 2"),
    ("import warnings\nwarnings.warn('odd')", True, False, "odd"),
    ("raise SystemExit('a number is wrong')", True, False, "a number is wrong"),
    ("def f():\n    return g()\ndef g():\n    return __name__\nprint(f())", True, True, "__main__"),
])
def test_a_script_ends_alike_apart_and_here(text, alone, ends, says, tmp_path):
    for done in (run_apart(text, tmp_path, alone), run_here(text, alone)):
        assert (done.returncode == 0) is ends
        assert says in (done.stdout if ends else done.stderr)
