"""A frame of what there is so far: true to the whole, of the right question, and never remembered."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.numerics.system import SILENT, Cancelled, Progress
from ncm_app.session.frames import Question, compute_frame, partial_frame
from ncm_app.session.plot_rules import rules_for
from ncm_app.session.view_choices import ViewChoices
from ncm_app.studies import memo
from ncm_app.studies.memo import Memory
from ncm_app.studies.plots import drawn_columns, is_answered_by, run_or_perform
from ncm_app.studies.simulate import simulate, simulate_from
from ncm_app.studies.systems import system_of


class Collector(Progress):
    """Wants every partial answer."""

    wants_partial = True

    def __init__(self):
        self.partial = []

    def report(self, fraction, partial=None):
        self.partial += [partial] if partial else []


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    monkeypatch.setattr(memo, "MEMORY", Memory(2**26))


@pytest.fixture
def in_chunks(monkeypatch):
    """Runs report often, whatever is compiled."""
    monkeypatch.setattr("ncm_app.numerics.runs.compiled.CHUNKS", {False: 1000, True: 1000})


def grown(snapshot):
    """Return the whole answer and the partial ones."""
    progress = Collector()
    return run_or_perform(snapshot, progress=progress), progress.partial


@pytest.mark.parametrize("values", [{}, {"r_1": 40.0}, {"algorithm": "2: bins, one spike or none", "dt": 1.0}],
                         ids=["constant", "sine", "bins"])
def test_the_first_trials_of_a_poisson_process_are_those_of_the_whole(values):
    whole, parts = grown(find("poisson_process")(r_0=80.0, t_end=2000.0, trials=500, **values).snapshot())
    assert len(parts) >= 2
    for partial in parts:
        part = partial.answer
        own = whole.trains.trials < part.trains.count
        assert np.array_equal(part.trains.times, whole.trains.times[own])
        assert np.array_equal(part.trains.trials, whole.trains.trials[own])
        assert (part.expected, len(part.variations), len(part.fanos)) == (whole.expected, 0, 0)
        assert partial.words == f"the first {part.trains.count} of 500 trials"
    assert [p.answer.trains.count for p in parts] == sorted({p.answer.trains.count for p in parts})


def test_the_beginning_of_a_noisy_run_is_that_of_the_whole(in_chunks):
    snapshot = find("eif_poisson")(r_e=12.0, t_end=500.0).snapshot()
    whole, parts = grown(snapshot)
    assert len(parts) >= 4
    for partial in parts:
        part = partial.answer
        assert np.array_equal(part.t, whole.t[:len(part.t)])
        assert np.array_equal(part.y, whole.y[:, :len(part.t)])
        assert np.array_equal(part.spikes, whole.spikes[whole.spikes <= part.t[-1]])
    assert len(whole.spikes) > len(parts[0].answer.spikes)
    assert system_of(snapshot.model).impulses is not None


def test_a_partial_frame_shows_what_there_is_and_leaves_the_memory_alone(in_chunks):
    model = find("eif_poisson")
    snapshot, rules = model(t_end=500.0).snapshot(), rules_for(model)
    _, parts = grown(snapshot)
    memo.MEMORY.forget()
    question = Question(snapshot, ViewChoices())
    frame = partial_frame(rules, question, parts[0], SILENT)
    end = parts[0].answer.t[-1]
    assert frame.so_far
    assert frame.columns["trace"]["V"][0].max() == pytest.approx(end)
    assert frame.columns["inputs"]["excitatory"][0].max() <= end
    assert f"{end:.0f} of 500 ms" in frame.regime.sentence
    assert simulate.known(snapshot) is simulate_from.known(snapshot, snapshot.start) is None
    assert drawn_columns.known(snapshot, 0) is None
    whole = compute_frame(rules, question, SILENT)
    assert not whole.so_far
    assert whole.columns["trace"]["V"][0].max() == pytest.approx(500.0)


def test_every_own_plot_of_an_experiment_takes_a_partial_answer():
    model = find("poisson_process")
    snapshot, rules = model(r_0=80.0, t_end=2000.0, trials=500).snapshot(), rules_for(model)
    _, parts = grown(snapshot)
    first, last = (partial_frame(rules, Question(snapshot, ViewChoices()), p, SILENT) for p in (parts[0], parts[-1]))
    assert first.columns["raster"]["spikes"][1].max() == parts[0].answer.trains.count
    rates = [frame.columns["rate"]["counted"][1].max() for frame in (first, last)]
    assert rates == pytest.approx([80.0, 80.0], rel=0.5)  # of the trials there are, and not of all
    assert frame_names(first) == frame_names(last)


def frame_names(frame):
    return {name: tuple(layers) for name, layers in frame.columns.items()}


def test_a_partial_answer_to_another_question_is_not_drawn():
    model = find("poisson_process")
    asked, other = model(trials=300, r_0=80.0).snapshot(), model(trials=200, r_0=80.0).snapshot()
    _, parts = grown(other)
    assert is_answered_by(other, parts[0])
    assert not is_answered_by(asked, parts[0])
    assert partial_frame(rules_for(model), Question(asked, ViewChoices()), parts[0], SILENT) is None


def test_a_cancel_is_seen_between_two_plots():
    class Impatient(Progress):
        looks = 0

        def report(self, fraction, partial=None):
            self.looks += fraction == 1.0
            if self.looks == 3:
                raise Cancelled

    model, drawn = find("poisson_process"), []
    rules = [(rule._replace(study=lambda *asked, study=rule.study, name=view.name: drawn.append(name) or study(*asked)),
              view) for rule, view in rules_for(model)]
    progress, question = Impatient(), Question(model().snapshot(), ViewChoices())
    with pytest.raises(Cancelled):
        compute_frame(rules, question, progress)
    assert 0 < len(drawn) <= 3 < len(rules)
