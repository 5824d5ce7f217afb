"""The page of the Poisson process: its figures and exercises, its sentences, the ends of its sliders."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.quantity import UNITS
from ncm_app.models.trains.poisson_process import WAYS, PoissonProcess, cycle, pieces, rate
from ncm_app.numerics.results.base import Status
from ncm_app.numerics.spikes.poisson import TIMES
from ncm_app.numerics.system import SILENT
from ncm_app.studies.plots import describe, drawn_columns, measures, run_or_perform, told
from ncm_app.studies.regime import regime
from tests.models.asking import snapshot_of

BOOK = {"Fig 2.4 B": (14.85, 0.36, 1.01, 0.15), "Fig 2.4 C,D": (20.26, 0.48, 0.96, 0.17)}
"""Rate and Fano factor with their SD over a few runs of the book's own code."""


def asked(preset="Fig 2.4 B", **changes):
    return snapshot_of(PoissonProcess, preset, **changes)


def read(preset="Fig 2.4 B", **changes):
    return {m.name: m for m in measures(asked(preset, **changes))}


def drawn(name, preset="Fig 2.4 B", **changes):
    index = [p.name for p in PoissonProcess.plots].index(name)
    return drawn_columns(asked(preset, **changes), index)


def test_texts_and_controls_are_complete():
    model = PoissonProcess
    assert model.sentence().endswith(".") and model.look_for.endswith(".") and model.book_note.endswith(".")
    assert 2 <= len(model.try_this) <= 4 and all(text.endswith(".") for text in model.try_this)
    for control in model.controls().values():
        assert control.doc and control.group and control.unit in UNITS


@pytest.mark.parametrize("preset", BOOK)
@pytest.mark.parametrize("algorithm", WAYS)
def test_figures_agree_with_the_books_own_runs(preset, algorithm):
    book_rate, spread, fano, scatter = BOOK[preset]
    found = [read(preset, algorithm=algorithm, seed=seed) for seed in range(20)]
    rates, fanos = ([f[name].value for f in found] for name in ("rate", "Fano factor"))
    assert np.mean(rates) == pytest.approx(book_rate, abs=2 * spread)
    assert np.std(rates) == pytest.approx(found[0]["rate"].spread, rel=0.5)
    assert np.mean(fanos) == pytest.approx(fano, abs=scatter)


@pytest.mark.parametrize("changes", [{}, {"T_r": 370.0}, {"r_0": 5.0}, {"t_end": 130.0}])
def test_theory_of_the_rate_is_the_mean_of_the_rate(changes):
    """Also where the window holds no whole periods, or the sine is cut off at zero."""
    snapshot = asked("Fig 2.4 C,D", **changes)
    t = np.linspace(0, snapshot.p.t_end, 200_001)
    expected = 1000 * np.trapezoid(rate(t, snapshot.p), t) / snapshot.p.t_end
    assert read("Fig 2.4 C,D", **changes)["rate"].theory == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("algorithm", WAYS)
def test_drawn_rate_is_the_rate(algorithm):
    p = asked("Fig 2.4 C,D", algorithm=algorithm).p
    held = pieces(p)
    middle = (held.edges[1:] + held.edges[:-1]) / 2
    np.testing.assert_allclose(held.values, rate(middle, p), atol=0.0006)
    assert held.duration == pytest.approx(p.t_end)
    assert cycle(p)[0][[0, -1]] == pytest.approx(0.02)


@pytest.mark.parametrize("preset", PoissonProcess.presets)
def test_every_panel_draws_all_its_marks(preset):
    for stated in PoissonProcess.plots:
        columns = drawn(stated.name, preset)
        assert set(columns) == {mark.name for mark in stated.marks}
        for name, arrays in columns.items():
            finite = all(np.isfinite(array).all() for array in arrays)
            alone = stated.name == "fanos" and asked(preset).p.trials == 1  # one trial has no Fano factor
            assert finite or name == "mean" or (alone and name in ("now", "repeats")), (preset, stated.name, name)


def test_raster_numbers_its_trials_from_one():
    times, rows = drawn("raster")["spikes"]
    assert (rows.min(), rows.max()) == (1, 100)
    assert 0 <= times.min() < times.max() < 1000


@pytest.mark.parametrize(("preset", "width"), [("Ex 2.2.1, 5 s", 0.134), ("Ex 2.2.1, 20 s", 0.070),
                                               ("Ex 2.2.1, 100 s", 0.0316)])
def test_repeats_of_the_first_exercise_scatter_as_the_band_is_wide(preset, width):
    columns = drawn("variations", preset)
    x, low, high = columns["band"]
    place, value = (column[0] for column in columns["now"])
    assert place == asked(preset).p.t_end / 1000
    assert (np.interp(place, x, high) - np.interp(place, x, low)) / 2 == pytest.approx(width, rel=0.03)
    scattered = np.concatenate([drawn("variations", preset, seed=seed)["repeats"][1] for seed in range(8)])
    assert scattered.std() == pytest.approx(width, rel=0.2)
    assert abs(value - 1) < 4 * width


@pytest.mark.parametrize(("preset", "width"), [("Ex 2.2.2, 10 trials", 0.422), ("Ex 2.2.2, 100 trials", 0.141)])
def test_repeats_of_the_second_exercise_scatter_as_the_band_is_wide(preset, width):
    assert read(preset)["Fano factor"].spread == pytest.approx(width, rel=0.01)
    scattered = np.concatenate([drawn("fanos", preset, seed=seed)["repeats"][1] for seed in range(8)])
    assert scattered.std() == pytest.approx(width, rel=0.2)


def test_sentences_name_what_is_seen():
    assert told(asked()).startswith("14.8 Hz: 1479 spikes in 100 trials, as irregular as a Poisson process should be")
    assert "17 spikes in 1 trial," in told(asked("Fig 2.4 A"))
    swinging = told(asked("Fig 2.4 C,D"))
    assert "from 4 to 36 Hz" in swinging and "super-Poisson (CV 1.10" in swinging
    wide = told(asked("Bins too wide"))
    assert "the CV lies" in wide and "sub-Poisson" in wide and "by chance" not in wide
    assert "0 spikes in 1 trial, too few to judge" in told(asked("Fig 2.4 A", r_0=1.0, t_end=100.0))
    stray = [told(asked(seed=seed)) for seed in range(60)]
    assert any("by chance" in text and "super-Poisson" in text for text in stray)
    assert 1 <= sum("by chance" in text for text in stray) <= 15  # one in ten is beyond two SD in one or the other


def test_rate_is_said_as_it_swings_within_a_trial():
    half = told(asked("Fig 2.4 C,D", T_r=1000.0, t_end=500.0))
    assert "from 20 to 36 Hz" in half and "super-Poisson" not in half and "CV is 0.98 in theory, not above 1" in half
    quarter = told(asked("Fig 2.4 C,D", r_0=40.0, T_r=1000.0, t_end=200.0))
    assert f"from 40 to {40 + 16 * np.sin(2 * np.pi * 0.2):.3g} Hz" in quarter
    assert "too few spikes to tell" in told(asked("Fig 2.4 C,D", t_end=100.0, trials=1))


def test_nothing_is_judged_by_estimates_that_stray_by_half_their_size():
    pair = asked(trials=2, t_end=300.0)
    assert told(pair).endswith("11 spikes in 2 trials, too few to judge how irregular they are")
    assert {m.name: m.value for m in measures(pair)}["Fano factor"] < 0.1
    rare = told(asked(r_0=1.0))
    assert "(Fano factor within two SD of theory); too few spikes in a trial to judge the CV" in rare
    both = told(asked(trials=2))
    assert "(CV within two SD of theory); too few trials to judge the Fano factor" in both
    assert "(CV and Fano factor within" in told(asked("Ex 2.2.2, 10 trials"))


def test_too_few_spikes_are_said_and_have_no_theory():
    single = read("Fig 2.4 A")
    assert set(single) == {"rate", "CV"}
    assert describe(read("Fig 2.4 A", r_0=1.0, t_end=100.0)["CV"]) == "CV: too few to tell"
    assert single["CV"].theory is not None
    assert read("Fig 2.4 A", t_end=300.0)["CV"].theory is None


def test_long_runs_end_at_a_bound_and_say_so():
    snapshot = asked(r_0=80.0, t_end=100_000.0, trials=500)
    answer = run_or_perform(snapshot)
    assert (answer.status, answer.trains.count) == (Status.STEP_LIMIT, 125)
    assert answer.trains.times.nbytes < 10e6
    assert any("125 of 500 trials" in text for text in regime(snapshot, "").warnings)
    assert drawn("fanos", r_0=80.0, t_end=100_000.0, trials=500)["now"][0][0] == 125


def test_both_ends_of_every_slider_are_answered():
    for preset in ("Fig 2.4 A", "Fig 2.4 C,D", "Bins too wide"):
        for name, control in PoissonProcess.controls().items():
            for end in getattr(control, "objects", None) or control.bounds:
                p = asked(preset, **{name: end}).p
                answer = PoissonProcess.perform(p, SILENT)
                assert PoissonProcess.tell(answer, p)
                assert np.isfinite(answer.trains.times).all()
                assert np.isfinite(PoissonProcess.measure(answer, p)[0].value)


def test_what_to_try_is_so():
    old, new = (set(drawn("raster", r_0=r)["spikes"][0]) for r in (15.0, 30.0))
    assert old < new
    narrow, wide = (read(preset)["CV"].spread for preset in ("Ex 2.2.1, 100 s", "Ex 2.2.1, 5 s"))
    assert wide / narrow == pytest.approx(4, rel=0.1)
    for change, cv, fano in (({}, 1.10, 1.0), ({"T_r": 1000.0}, 1.37, 1.0)):
        found = read("Fig 2.4 C,D", **change)
        assert (found["CV"].value, found["Fano factor"].value) == pytest.approx((cv, fano), abs=0.006)
    for algorithm, cv, fano in ((WAYS[1], 0.89, 0.77), (WAYS[2], 0.98, 1.02)):
        found = read("Bins too wide", algorithm=algorithm)
        assert (found["CV"].value, found["Fano factor"].value) == pytest.approx((cv, fano), abs=0.006)


def test_what_the_book_note_says_is_so():
    bins = np.arange(10_000)
    early = bins[(bins * 0.1 / 0.1).astype(int) != bins]
    assert (len(early), early[0]) == (404, 43)
    np.testing.assert_array_equal(np.rint(bins * 0.1 / 0.1).astype(int), bins)
    assert read()["CV"].theory == pytest.approx(0.993, abs=6e-4)


def test_algorithms_are_in_the_order_of_their_names():
    assert TIMES == 0 and asked(algorithm=WAYS[0]).p.algorithm == TIMES
    assert run_or_perform(asked()).message == ""
    assert "r dt reaches 0.2" in run_or_perform(asked("Bins too wide")).message
