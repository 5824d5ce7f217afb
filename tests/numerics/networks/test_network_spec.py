"""What a network is made of: what fits together, and the sentence where something does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ncm_app.numerics.networks.spec import Network, Population, Projection, RunSettings, Source
from tests.support.networks import draft, later, population


def test_a_network_is_hashable_and_equal_to_one_of_the_same_facts() -> None:
    assert hash(draft()) == hash(draft()) and draft() == draft() and draft() != draft(r_x=6.0)


def test_cells_are_counted_through_the_populations() -> None:
    network = draft()
    assert network.offsets == {"e": 0, "i": 2000} and network.size == 2500
    assert repr(network) == "Network(e 2000, i 500, x 2000; 6 projections)"


def test_a_current_is_called_after_its_source() -> None:
    assert later().currents("e") == {"x": 8.0, "e": 6.0, "i": 4.0}


def test_projections_of_one_current_share_it() -> None:
    cells = population("e", 3)
    shared = Network((cells,), (Source("x", 2, 1.0), Source("y", 2, 1.0)),
                     (Projection("x", "e", 1.0, 0.5, 5.0, "I_E"), Projection("y", "e", 2.0, 0.5, 5.0, "I_E")))
    assert shared.currents("e") == {"I_E": 5.0}
    with pytest.raises(ValueError, match="two time constants"):
        replace(shared, projections=(shared.projections[0], replace(shared.projections[1], tau=6.0)))


def test_a_rate_goes_in_steps() -> None:
    source = Source("x", 10, 5.0, ((100.0, 8.0), (200.0, 0.0)))
    assert [source.rate_at(t) for t in (0.0, 99.9, 100.0, 199.0, 200.0)] == [5.0, 5.0, 8.0, 8.0, 0.0]


def _with(**changes: Any) -> Network:
    return replace(draft(), **changes)


def _projection(**changes: Any) -> tuple[Projection, ...]:
    return (replace(draft().projections[0], **changes),)


def _cell(**changes: Any) -> tuple[Population, ...]:
    cells = population("e", 3)
    return (replace(cells, cell=replace(cells.cell, **changes)),)


WRONG = {
    "same name": (lambda: _with(sources=(Source("e", 1, 1.0),)), "same name"),
    "no such part": (lambda: _with(projections=_projection(source="z")), "no projection"),
    "onto a source": (lambda: _with(projections=_projection(target="x")), "no projection"),
    "twice": (lambda: _with(projections=draft().projections * 2), "two projections"),
    "probability": (lambda: _with(projections=_projection(probability=1.1)), "probability 1.1"),
    "tau": (lambda: _with(projections=_projection(tau=0.0)), "time constant 0"),
    "size": (lambda: _with(sources=(Source("x", -1, 1.0),)), "x has -1 cells"),
    "no reset": (lambda: Network(_cell(reset=None)), "does not spike"),
    "own input": (lambda: Network(_cell(impulses=len)), "own input"),
    "drive": (lambda: Network((replace(population("e", 3), drive="J"),)), "no parameter J"),
    "start": (lambda: Network((replace(population("e", 3), start=()),)), "1 states, but 0 ranges"),
    "precision": (lambda: RunSettings(precision="float16"), "not in float16"),
    "step": (lambda: RunSettings(dt=0.0), "longer than 0"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_refused_with_a_sentence(case: str) -> None:
    make, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        make()
