"""Codes of special points: one row each, which every search, text, plot and expectation reads.

A new code is one row here, one marker in `views/style.py` (all codes share a hue), and what finds such points:
a test function in `branches/special_points.py` for fixed points, in `cycles/points.py` for cycles, in
`branches/codimension_two.py` over two parameters. The names are those of
Kuznetsov (2004), Elements of Applied Bifurcation Theory, and of AUTO and MatCont.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

POINTS, CYCLES, LOCI = "points", "cycles", "loci"
"""What a code is of: a branch of fixed points, one of cycles, or a curve over two parameters."""

ALWAYS, IF_STABILITY_CHANGES, NEVER = "always", "if stability changes", "never"
"""When such a point counts as the next change of what the model does."""


@dataclass(frozen=True)
class Code:
    """What is known of one kind of special point.

    `name` is short, `words` what the texts say of it (the name where that is enough);
    `states` is the least number of states of a model that can have one, `resets` says
    whether models with resets (True), without (False) or both (None) can; `critical` is the
    number of eigenvalues on the imaginary axis, or of multipliers on the unit circle beside
    the trivial one. Where they apply: `expectation` is its name in what a preset expects,
    `onset` the kind of onset of an oscillation that begins there, `ending` how a sentence
    says that a branch of cycles ends there, `locus` the code of the curve over two
    parameters that passes through it.
    """

    code: str
    of: str
    name: str
    words: str = ""
    states: int = 1
    resets: bool | None = None
    eventful: str = ALWAYS
    critical: int = 0
    expectation: str = ""
    onset: str = ""
    ending: str = ""
    locus: str = ""

    def __post_init__(self) -> None:
        if not self.words:
            object.__setattr__(self, "words", self.name)

    def possible(self, states: int, resets: bool) -> bool:
        """Tell whether a model with so many states, and resets or none, can have such a point."""
        return states >= self.states and self.resets in (None, resets)


ROWS: dict[tuple[str, str], Code] = {(row.of, row.code): row for row in (
    Code("LP", POINTS, "saddle-node", critical=1, expectation="fold", locus="LP"),
    Code("H", POINTS, "Hopf", "Hopf point", states=2, critical=2, expectation="hopf", onset="supercritical Hopf",
         ending="the Hopf point", locus="H"),
    # Where a family has a branch point at all values of one parameter, others may unfold it into folds.
    Code("BP", POINTS, "branch point", critical=1, expectation="branch", locus="LP"),
    Code("KINK", POINTS, "kink", "change of stability at the kink of f", eventful=IF_STABILITY_CHANGES),
    Code("NS", POINTS, "neutral saddle", "neutral saddle (no bifurcation)", states=2, eventful=NEVER),
    Code("TH", POINTS, "threshold", "spikes begin (the fixed point reaches the threshold)", resets=True,
         expectation="threshold"),
    Code("LPC", CYCLES, "fold of cycles", states=2, resets=False, critical=1, onset="cycle fold"),
    Code("PD", CYCLES, "period doubling", states=3, resets=False, critical=1, onset="period doubling",
         ending="the period doubling"),
    Code("TR", CYCLES, "torus bifurcation", states=3, resets=False, critical=2, onset="torus bifurcation"),
    Code("HC", CYCLES, "homoclinic orbit", states=2, resets=False, onset="homoclinic", ending="a homoclinic orbit"),
    Code("SNIC", CYCLES, "SNIC", states=2, resets=False, onset="SNIC", ending="a saddle-node on the cycle (SNIC)"),
    Code("BP", CYCLES, "branch point of cycles", states=2, resets=False, critical=1),
    Code("CP", LOCI, "cusp", critical=1),
    Code("BT", LOCI, "Bogdanov-Takens", states=2, critical=2),
    Code("GH", LOCI, "Bautin", states=2, critical=2),
    Code("ZH", LOCI, "fold-Hopf", states=3, critical=3),
    Code("HH", LOCI, "double Hopf", states=4, critical=4),
)}
"""(what it is of, code) -> row, in the order in which plots and texts name them."""


def rows_of(of: str) -> Iterator[Code]:
    """Yield the rows of points, of cycles or of loci."""
    return (row for row in list(ROWS.values()) if row.of == of)


def codes_of(of: str) -> tuple[str, ...]:
    """Return the codes of points, of cycles or of loci."""
    return tuple(row.code for row in rows_of(of))


def row(of: str, code: str) -> Code:
    """Return the row of a code, or raise a KeyError."""
    return ROWS[of, code]


def critical(of: str, code: str) -> int:
    """Return the number of critical eigenvalues or multipliers, 0 for a code that is none of these."""
    return ROWS[of, code].critical if (of, code) in ROWS else 0


def onset_at(code: str) -> str:
    """Return the kind of onset of an oscillation that begins at a point with this code, "" if none does."""
    return next((row.onset for row in ROWS.values() if row.code == code and row.onset), "")


def ending_at(code: str) -> str:
    """Return how a sentence says that a branch of cycles ends at such a point, or raise a KeyError."""
    for row in ROWS.values():
        if row.code == code and row.ending:
            return row.ending
    raise KeyError(code)
