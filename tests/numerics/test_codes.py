"""The table of special points: every row whole, every code that is used a row."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ncm_app.numerics import codes
from ncm_app.numerics.codes import CYCLES, LOCI, POINTS, ROWS, codes_of, critical, ending_at, onset_at, row
from ncm_app.views import style

NUMERICS = Path(codes.__file__).parent
MAKERS = {"make_point", "SpecialPoint", "_name", "Found", "locate", "_refine"}
"""Functions that are told the code of a point."""


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: f"{row.of}-{row.code}")
def test_a_row_has_all_its_parts(row):
    assert row.code == row.code.upper()
    assert row.name
    assert row.words
    assert row.states >= 1
    assert row.of in (POINTS, CYCLES, LOCI)
    assert row.eventful in (codes.ALWAYS, codes.IF_STABILITY_CHANGES, codes.NEVER)
    assert style.special_look(row.code)["marker"] == style.CODE_MARKERS[row.code]
    assert row.critical or row.code in ("KINK", "NS", "TH", "HC", "SNIC")  # at these nothing is critical
    assert row.ending or row.of != CYCLES or row.critical  # a branch ends at a labelled point, or passes it


def test_no_marker_is_without_a_row_and_none_serves_two():
    assert set(style.CODE_MARKERS) == {row.code for row in ROWS.values()}
    assert len(set(style.CODE_MARKERS.values())) == len(style.CODE_MARKERS)


def test_least_states_follow_from_the_critical_eigenvalues():
    """So many critical ones need as many states, and a cycle has one multiplier more: the trivial one."""
    for one in ROWS.values():
        assert one.states >= one.critical + (one.of == CYCLES), one
    # A period doubling reverses a ring around the cycle: in a plane, which has two sides, none can.
    assert row_states(CYCLES) == {"LPC": 2, "PD": 3, "TR": 3, "HC": 2, "SNIC": 2, "BP": 2}
    assert row_states(LOCI) == {"CP": 1, "BT": 2, "GH": 2, "ZH": 3, "HH": 4}


def row_states(of):
    return {code: row(of, code).states for code in codes_of(of)}


def spoken_codes():
    """Yield (place, code) of every code that the numerics give to a point or ask of one."""
    for path in NUMERICS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                found = node.args
            if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith("code"):
                found = [one for other in node.comparators for one in getattr(other, "elts", [other])]
            yield from ((f"{path.name}:{node.lineno}", one.value) for one in found
                        if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_code_that_the_numerics_speak_of_has_a_row():
    spoken = list(spoken_codes())
    assert {"LP", "H", "BP", "KINK", "NS", "TH", "HC", "SNIC", "CP", "BT", "GH", "ZH", "HH"} <= {c for _, c in spoken}
    known = {row.code for row in ROWS.values()} | {"", "bound"}
    assert [(place, code) for place, code in spoken if code not in known] == []


def test_every_row_is_found_by_something():
    """A code that the numerics never speak of is one that no search ever gives to a point."""
    assert {row.code for row in ROWS.values()} - {code for _, code in spoken_codes()} == set()


def test_look_ups():
    assert (critical(POINTS, "H"), critical(CYCLES, "TR"), critical(LOCI, "HH")) == (2, 2, 4)
    assert critical(CYCLES, "H") == 0  # the first row of a branch of cycles is no labelled cycle
    assert (onset_at("H"), onset_at("SNIC"), onset_at("bound")) == ("supercritical Hopf", "SNIC", "")
    assert ending_at("HC") == "a homoclinic orbit"
    with pytest.raises(KeyError):
        ending_at("LPC")
