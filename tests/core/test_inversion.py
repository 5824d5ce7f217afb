"""The kind that goes from data back to parameters: made data and files, words, idle controls, partial answers."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.capabilities import is_inversion, is_learner
from ncm_app.core.inversion import deviation
from ncm_app.core.inversion_plots import draw_parameters, draw_posterior
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.system import SILENT, Cancelled, Partial, Progress
from ncm_app.studies.inverting import invert
from ncm_app.studies.plots import drawn_columns, idle, measures, run_or_perform, told
from tests.support.inversions import SD, Line, LineData, T


def snapshot(opened=None, **values):
    return Snapshot.of(Line, Line.preset_values("Line") | Line.clean(values), opened)


class Watched(Progress):
    """Notes what is reported; cancels after so many reports."""

    def __init__(self, most=10**6):
        self.seen, self.most = [], most

    wants_partial = True

    def report(self, fraction, partial=None):
        self.seen.append((fraction, partial))
        if len(self.seen) > self.most:
            raise Cancelled


def test_truth_is_found_within_its_errors_and_the_least_squares_solution_met():
    answer = run_or_perform(snapshot())
    X = np.vstack([np.ones(20), T]).T / SD
    C = np.linalg.inv(X.T @ X + np.eye(2) / 4.0)
    assert answer.fitted.estimate == pytest.approx(C @ X.T @ answer.data.values / SD, abs=1e-6)
    assert answer.fitted.covariance == pytest.approx(C, rel=1e-5)
    found = {m.name: m for m in measures(snapshot())}
    assert found["u"].theory == 1.0 and found["v"].theory == 2.0 and found["u"].unit == "mV"
    assert abs(found["u"].value - 1.0) < 3.0 * found["u"].error
    assert found["chi2"].theory == 18.0 and found["information 1"].value > found["information 2"].value > 1.0
    assert "mV (truth 1), v = " in told(snapshot()) and "the model fits" in told(snapshot())


def test_only_the_sum_is_told_of_a_level():
    said = told(snapshot(case="level"))
    assert said.startswith("u + v = ") and "the data tell u and v only together" in said and "smaller" in said
    assert {m.name: m.theory for m in measures(snapshot(case="level"))}["u + v"] == 3.0


def test_steps_are_streamed_and_a_cancel_ends_them():
    watched = Watched()
    answer = invert(snapshot(begin=1.0), watched)
    partial = [one for _, one in watched.seen if isinstance(one, Partial)]
    assert len(partial) == len(answer.path) - 1 and partial[0].words == "1 step of the search"
    assert np.array_equal(partial[-1].answer.path, answer.path) and partial[0].answer.fitted is None
    assert {"line"} <= set(partial[0].answer.explained) and Line.measure(partial[0].answer, snapshot().p) == ()
    assert Line.tell(partial[0].answer, snapshot().p) == "one step of the search"
    assert draw_posterior(partial[0].answer, None) == {} and "estimate" in draw_parameters(partial[0].answer, None)
    fractions = [fraction for fraction, _ in watched.seen]
    assert fractions == sorted(fractions) and fractions[-1] < 1.0
    with pytest.raises(Cancelled):
        invert(snapshot(begin=1.0), Watched(4))
    assert np.array_equal(Line.perform(snapshot(begin=1.0).p, SILENT).path, answer.path)


def test_a_file_has_no_truth_and_is_remembered_with_itself():
    data = LineData(3.0 + 0.5 * T, "mine.csv")
    opened = snapshot(data)
    answer = run_or_perform(opened)
    assert run_or_perform(opened) is answer and np.isnan(answer.truth).all()
    assert answer.fitted.estimate == pytest.approx((3.0, 0.5), abs=0.02)
    assert {m.theory for m in measures(opened) if m.name in "uv"} == {None} and "truth" not in told(opened)
    assert {"u", "v", "seed", "spare", "pair"} == idle(opened)
    assert "truth" not in drawn_columns(opened, 1) and "truth" not in drawn_columns(opened, 2)


def test_what_cannot_be_is_said():
    assert told(snapshot(u=4.5)) == "no data with this hidden truth: u is above 4"
    assert told(snapshot(begin=3.0)) == "nothing found from where the search began: u is above 4"
    for asked in (snapshot(u=4.5), snapshot(begin=3.0)):
        assert measures(asked) == () and [drawn_columns(asked, i) for i in (2, 3, 4)] == [{}, {}, {}]
    assert idle(snapshot()) == {"spare", "pair"} and idle(snapshot(case="level")) == {"pair"}


def test_a_wrong_model_is_rejected():
    bent = LineData(10.0 * T**2, "bent.csv")
    assert "no parameters of this model make these data" in told(snapshot(bent))


@pytest.mark.parametrize(("dof", "chi2", "sds"), [(1, 9.0, 3.0), (5, 20.515, 3.09), (50, 50.0, 0.0)])
def test_deviation_of_chi2_is_that_of_its_tail(dof, chi2, sds):
    assert deviation(chi2, dof) == pytest.approx(sds, abs=0.25)


def test_plots_show_truth_estimate_and_the_highest_density_there():
    p, answer = snapshot().p, run_or_perform(snapshot())
    drawn = draw_posterior(answer, p)
    x, y, density = drawn["density"]
    row, column = np.unravel_index(np.nanargmax(density), density.shape)
    assert x[column] == pytest.approx(drawn["estimate"][0][0], abs=x[1] - x[0])
    assert y[row] == pytest.approx(drawn["estimate"][1][0], abs=y[1] - y[0])
    assert drawn["truth"] == ([1.0], [2.0]) and np.nanmax(density) == 1.0 and np.isnan(density[0, 0])
    rows = draw_parameters(answer, p)
    assert rows["truth"][0] == pytest.approx([0.5, 1.0]) and rows["names"][2] == ["u", "v"]
    assert rows["sd"][0][1] - rows["sd"][0][0] == pytest.approx(2.0 * answer.fitted.sd[0] / 2.0)


def test_what_is_inverted_comes_before_how_it_is_searched():
    assert list(Line.controls()) == ["case", "u", "v", "seed", "spare", "begin", "pair"]


def test_a_case_may_answer_without_a_search():
    found = run_or_perform(snapshot(case="mean"))
    assert told(snapshot(case="mean")) == "the mean is 2.03" and found.fitted is None
    assert [(m.name, round(m.value, 1)) for m in measures(snapshot(case="mean"))] == [("mean", 2.0)]
    assert {"begin", "pair"} <= idle(snapshot(case="mean")) and drawn_columns(snapshot(case="mean"), 1) == {}


def test_kind_is_told_from_others():
    assert is_inversion(Line) and not is_learner(Line)
