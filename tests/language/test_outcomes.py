"""What a line to try speaks of is read from its words, in their order, with the way that they say it goes."""

from __future__ import annotations

import pytest

from ncm_app.language.outcomes import topics_of


@pytest.mark.parametrize(("outcome", "measured", "topics"), [
    ("the period grows to 122 ms.", (), [("period", 1)]),
    ("the interval falls to 35 ms, for long steps.", (), [("interval", -1)]),
    ("the CV grows from 1.10 to 1.37, the Fano factor stays.", ("CV", "Fano factor"), [("CV", 1), ("Fano factor", 0)]),
    ("the SD falls to 5.43.", ("mean of I", "SD of I"), [("SD of I", -1)]),
    ("the SD falls to 5.43.", ("SD of V", "SD of I"), []),
    ("the same current, and the neuron rests.", (), [("end", None)]),
    ("it stays active.", (), [("end", None)]),
    ("w does not fall far enough, and there is no spike.", (), [("spikes", None)]),
    ("every spike comes late, so the rate falls.", (), [("spikes", None), ("rate", -1)]),
    ("the ripple shrinks from 2.9 to 1.0 mV.", (), [("swing", -1)]),
    ("V has time to come close to every level.", (), []),
])
def test_topics_are_read_in_order(outcome, measured, topics):
    assert [tuple(topic) for topic in topics_of(outcome, measured)] == topics
