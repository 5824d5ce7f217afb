"""Another model of the family under the same input: drawn in grey, moved by the sliders, kept in the link."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import find, models
from ncm_app.studies import warm
from ncm_app.studies.family import compare, counterpart, relatives
from ncm_app.studies.rates import rate_curve
from ncm_app.studies.simulate import simulate
from ncm_app.views.columns import lean
from ncm_app.views.traces import with_peaks
from tests.support.session import EI, served, use

pytestmark = pytest.mark.sweep  # a page is built for each test

EIF, LIF, QIF, ADEX = (find(slug) for slug in ("eif", "lif", "qif", "adex"))


def drawn(session, view, layer):
    x, y = (session.source(view, layer)[f"{view}_{axis}"] for axis in "xy")
    return np.array(x), np.array(y)


def trace_of(snapshot):
    run = simulate(snapshot)
    return lean(run.t, with_peaks(run, snapshot.model.threshold(snapshot.p)))


def is_empty(session, view, layer):
    return bool(np.all(np.isnan(drawn(session, view, layer)[1])))


def test_the_other_model_is_drawn_and_moves_with_the_sliders():
    async def act(session):
        page = session.page
        page.bench.choose("Fig B.3")
        await session.settled()
        for name, value in (("I_0", 19.0), ("I_0", 24.0), ("tau_m", 10.0)):
            page.bench.controls.move(name, value)
            await session.settled()
            other = LIF(**{n: v for n, v in page.bench.model.values().items() if n in LIF.controls()}).snapshot()
            for found, expected in zip(drawn(session, "trace", "ghost V"), trace_of(other), strict=True):
                np.testing.assert_array_equal(found, expected)
            curve = rate_curve(other)
            np.testing.assert_array_equal(drawn(session, "rate_curve", "ghost rate")[1], curve.exact.astype(np.float32))
            x, slope = drawn(session, "phase_line", "ghost rate")
            assert x.max() == pytest.approx(-55.0)
            inner = x > -70.0  # further left the view cuts what is far from zero
            expected = (-(x[inner] + 72.0) + page.bench.model.I_0) / page.bench.model.tau_m
            np.testing.assert_allclose(slope[inner], expected, atol=1e-4)
        assert "LIF (grey)" in page.bench.messages.numbers.text

    served(EIF, act)


def test_the_other_model_is_compiled_once_it_is_chosen(monkeypatch):
    waiting = warm.Waiting()
    monkeypatch.setattr(warm, "WAITING", waiting)

    async def act(session):
        session.page.bench.on_view_choice(compare="qif")
        await session.settled()
        assert waiting.next(0.0) is QIF

    served(EIF, act)


def test_rates_of_the_book_are_in_the_sentence():
    eif = EIF(**EIF.preset_values("Fig B.3")).snapshot()
    said = {slug: compare(eif, counterpart(eif, slug, "Fig B.3")) for slug in ("lif", "qif")}
    assert "EIF 22.1 Hz, 6 spikes" in said["lif"]
    assert "LIF (grey) 27.9 Hz, 8 spikes" in said["lif"]
    assert "QIF (grey; counted = at V_T) 48.8 Hz, 14 spikes" in said["qif"]


def test_what_the_other_cell_has_of_its_own_is_told():
    """A cell under light fires more than its current explains; an adapting one is not the same cell."""
    lif = LIF(**LIF.preset_values("Fig B.3")).snapshot()
    said = compare(lif, counterpart(lif, "channelrhodopsin_eif", "Fig B.3"))
    assert said.startswith("Under the same current I_x")
    assert "light = on, g_ChR = 0.17, tau_ChR = 2 ms" in said
    eif = EIF(**EIF.preset_values("Fig 1.2")).snapshot()
    assert "a = 0.1, b = 0.75 mV, tau_w = 400 ms" in compare(eif, counterpart(eif, "adex", "Fig 1.2"))


def test_reset_keeps_the_comparison_that_was_chosen():
    async def act(session):
        page = await session.settled()
        usual = page.bench.state.choices.compare
        page.bench.on_view_choice(compare="qif")
        await session.settled()
        page.bench.choose(page.bench.state.preset)
        assert usual != page.bench.state.choices.compare == "qif"

    served(LIF, act)


def test_only_members_of_a_family_can_be_compared():
    assert set(relatives(EIF)) == {"lif", "qif", "adex", "channelrhodopsin_eif"}
    for slug in ("hodgkin_huxley", "morris_lecar", "fitzhugh_nagumo", "ei_rate_network"):
        assert not relatives(models()[slug])

    async def act(session):
        assert session.page.bench.options.in_toolbar == []

    served(EI, act)


def test_shared_values_are_taken_over_as_far_as_the_bounds_go():
    adex = ADEX(**{**ADEX.preset_values("Bursting"), "tau_m": 12.0}).snapshot()
    eif = counterpart(adex, "eif")
    assert (eif.values_by_name["tau_m"], eif.values_by_name["I_0"], eif.values_by_name["V_re"]) == (12.0, 20.0, -66.0)
    assert "V_re" not in compare(EIF().snapshot(), LIF().snapshot())
    assert "its V_re = -66 mV: its slider ends there" in compare(adex, eif)
    assert counterpart(eif, "qif", "Fig B.3").values_by_name["counted"] == "at V_T"
    assert counterpart(eif, "qif", "Fig 1.2").values_by_name["counted"] == "at V_th"


def test_comparison_replaces_the_frozen_run_while_it_is_chosen():
    async def act(session):
        page = session.page
        page.bench.choose("Fig 1.3 B")
        page.bench.freeze()
        await session.settled()
        frozen = drawn(session, "trace", "ghost V")[1]
        np.testing.assert_array_equal(frozen, trace_of(page.bench.state.frozen)[1])
        use(page.bench.options.compare, "LIF")
        await session.settled()
        assert not np.array_equal(drawn(session, "trace", "ghost V")[1], frozen)
        assert page.bench.state.frozen is not None
        use(page.bench.options.compare, "none")
        await session.settled()
        np.testing.assert_array_equal(drawn(session, "trace", "ghost V")[1], frozen)
        assert "grey" not in page.bench.messages.numbers.text
        page.bench.clear()
        await session.settled()
        assert is_empty(session, "trace", "ghost V")

    served(EIF, act)


def test_link_keeps_the_comparison_and_a_preset_brings_its_own():
    async def act(session):
        page = session.page
        assert "view.compare" not in page.query()
        use(page.bench.options.compare, "QIF")
        await session.settled()
        assert "view.compare=qif" in page.query()
        link = page.query()
        page.bench.choose("Fig B.3")
        await session.settled()
        assert (page.bench.state.choices.compare, page.bench.options.compare.value) == ("lif", "LIF")
        assert "view.compare" not in page.query()
        use(page.bench.options.compare, "none")
        await session.settled()
        assert "view.compare=none" in page.query()
        without = page.query()
        for query, slug in ((link, "qif"), ("model=eif&preset=Fig+B.3", "lif"), (without, ""), ("model=eif", "")):
            page.restore(query)
            await session.settled()
            assert page.bench.state.choices.compare == slug
            assert not page.bench.messages.notice.text
            assert is_empty(session, "trace", "ghost V") == (not slug)

    served(EIF, act)


@pytest.mark.parametrize("text", ["hodgkin_huxley", "eif", "nonsense"])
def test_bad_comparison_in_a_link_is_named(text):
    async def act(session):
        page = session.page
        page.restore(f"model=eif&I_0=18&view.compare={text}")
        await session.settled()
        assert f"no model to compare with named '{text}'" in page.bench.messages.notice.text
        assert (page.bench.state.choices.compare, page.bench.model.I_0) == ("", 18.0)

    served(EIF, act)


def test_cell_with_two_states_takes_its_rates_as_soon_as_they_are_compiled():
    async def act(session):
        page = session.page
        page.bench.choose("Tonic")
        await session.settled()
        for _ in range(3000):
            await session.settled()
            if page.bench.background.idle and not is_empty(session, "rate_curve", "rate"):
                break
            await session.pause()
        x, rate = drawn(session, "rate_curve", "rate")
        np.testing.assert_array_equal(rate[x < 15.0], 0.0)
        eif = rate_curve(EIF().snapshot(), tuple(map(float, x[x > 16.0]))).stepped
        np.testing.assert_allclose(rate[x > 16.0], eif, rtol=0.01)
        assert not is_empty(session, "rate_curve", "ghost rate")
        assert is_empty(session, "phase_plane", "ghost run")
        top = session.figures()["rate_curve"].y_range.end
        assert rate.max() < top < 3.0 * rate.max()

    served(ADEX, act)


def test_run_in_the_plane_has_gaps_for_its_jumps_and_rises_to_the_threshold():
    async def act(session):
        x, y = drawn(session, "phase_plane", "run")
        assert np.count_nonzero(np.isnan(x)) >= 10
        gaps = np.flatnonzero(np.isnan(x))[:10]
        assert x[gaps - 1] == pytest.approx(5.0)
        assert x[gaps + 1] == pytest.approx(-75.0)
        np.testing.assert_allclose(y[gaps + 1] - y[gaps - 1], 0.75, atol=0.01)
        for layer in ("stable manifold", "unstable manifold", "stable cycle"):
            assert is_empty(session, "phase_plane", layer)

    served(ADEX, act)
