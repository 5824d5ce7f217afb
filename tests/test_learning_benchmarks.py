"""The table of models that learn: its rows, and that what is timed is what the page does."""

import numpy as np
import pytest

from benchmarks import learning_rnn
from benchmarks.learning import HEAD, Row, cells, show
from ncm_app.models.learning.rnn_readout import RNNReadout
from ncm_app.studies.plots import run_or_perform
from tests.models.asking import snapshot_of


def test_a_row_says_by_how_much_the_loop_is_slower():
    assert cells(Row("readout", 20.0, 25.0, 145.0, 6.0)) == ["readout", "20", "25", "yes", "145", "7.25", "6", "yes"]
    assert cells(Row("readout", 30.0, 25.0, 90.0, 6.0))[3:] == ["**no**", "90", "3", "6", "**no**"]
    assert cells(Row("readout", 30.0, None, None, None)) == ["readout", "30", "", "", "", "", "", ""]


def test_the_table_has_a_line_for_each_row(capsys):
    show([Row("one", 1.0, 2.0, 3.0, 4.0), Row("other", 1.0, None, None, None)])
    lines = capsys.readouterr().out.strip().split("\n")
    assert len(lines) == 4
    assert all(line.count("|") == len(HEAD) + 1 for line in lines)


@pytest.mark.parametrize("name", ["LMS", "RLS"])
def test_what_is_timed_is_what_the_page_does(name):
    page = run_or_perform(snapshot_of(RNNReadout, "Fig 4.2", learning=name))
    np.testing.assert_array_equal(learning_rnn.run(name, 0.5).history[0].astype(float), page.z)
    assert {rule for rule, *_ in learning_rnn.CASES} == set(learning_rnn.RULES)
