"""A file that is opened: shown everywhere on its page, kept nowhere else, and gone with it."""

from __future__ import annotations

import gc
import logging
import weakref

import numpy as np
import pytest

from ncm_app.core.catalogue import find
from ncm_app.numerics.spikes.reading import read_recording
from ncm_app.pages.uploads import Parts, Uploads
from ncm_app.session.links import LOST, read_link
from ncm_app.studies.memo import MEMORY
from ncm_app.studies.plots import drawn_columns, measures, perform, run_or_perform
from tests.numerics import files
from tests.support.session import EI, served, use

pytestmark = pytest.mark.sweep  # a page is built for each test

MODEL = find("spike_trains")
FIRST, SECOND, THIRD = MODEL.presets


def parts(name, data, size=1 << 20):
    """Yield what the browser sends of a file."""
    count = max(1, -(-len(data) // size))
    for k in range(count):
        yield {"name": name, "size": len(data), "part": k, "parts": count, "data": data[k * size:(k + 1) * size]}


async def opened(session, name, data, size=1 << 20):
    """Send a file as a browser does, and wait until it is shown or refused."""
    chooser = session.page.bench.uploads.chooser
    before = chooser.answered
    for message in parts(name, data, size):
        session.page.bench.uploads.take(message)
    for _ in range(1000):
        if chooser.answered > before:
            return await session.settled()
        await session.pause()
    raise TimeoutError(name)


def visible(page):
    return set(page.bench.board.shown())


def test_file_is_shown_with_the_preset_that_suits_it():
    async def act(session):
        page = await opened(session, "mine.npz", files.trials(silent=False), size=1000)
        assert page.bench.messages.sentence.text.startswith("File mine.npz: 2200 spikes in 200 trials, 11 Hz")
        assert "rate 11.0 Hz" in page.bench.messages.numbers.text
        assert (page.bench.state.preset, page.toolbar.presets.value, page.bench.model.sigma) == (SECOND, SECOND, 10.0)
        assert page.bench.uploads.chooser.words.startswith("mine.npz is open. ")
        assert page.bench.uploads.back.visible
        assert visible(page) == {"raster", "rate", "intervals", "successive", "counts"}
        assert visible(page) == {name for name, drawn in session.figures().items() if drawn.visible}
        assert session.figures()["raster"].x_range.end == 1000.0
        ticks = np.asarray(session.source("raster", "spikes")["raster_x"], dtype=float)
        assert np.isfinite(ticks).sum() == 2200
        assert page.bench.messages.notice.text == ""

    served(MODEL, act)


def test_sliders_and_export_act_on_the_file_and_reset_keeps_it():
    async def act(session):
        page = await opened(session, "mine.npz", files.counts())
        assert visible(page) == {"tuning", "told_apart"}
        page.bench.controls.move("theta_2", 180.0)
        await session.settled()
        assert "rate at θ₂ 1.00 Hz" in page.bench.messages.numbers.text
        page.bench.choose(page.bench.state.preset)
        await session.settled()
        assert "rate at θ₂ 5.00 Hz" in page.bench.messages.numbers.text
        page.export.show()
        assert page.export.pictures.plots == ["tuning", "told_apart"]
        assert "ncm.open_file(model, 'mine.npz')" in page.export._script()
        assert "'told apart': 75.0" in page.export._script()
        assert "tuning,rate,120,15" in page.export._table()

    served(MODEL, act)


def press_close(page, before):
    page.bench.uploads.back.clicks += 1


def choose_another_recording(page, before):
    page.bench.controls.move("recording", "200 trials")


def choose_another_preset(page, before):
    use(page.toolbar.presets, THIRD)


def go_back(page, before):
    page.restore(before)


def test_ways_back_to_what_the_app_made():
    async def act(session):
        page = await session.settled()
        before = page.query()
        for way in (press_close, choose_another_recording, choose_another_preset, go_back):
            await opened(session, "mine.npz", files.membrane())
            assert "File mine.npz" in page.bench.messages.sentence.text
            kept = weakref.ref(page.bench.model.opened)
            way(page, before)
            await session.settled()
            assert page.bench.messages.sentence.text.startswith("Made by the app: "), way
            assert page.bench.model.opened is None and not page.bench.uploads.back.visible
            assert "is open" not in page.bench.uploads.chooser.words
            assert "file" not in page.query()
            await session.pause()
            gc.collect()
            assert kept() is None, way  # freed while the page lives on

    served(MODEL, act)


BAD = [("cut.npz", files.counts()[:500], "cut off or damaged"), ("photo.npz", b"\x89PNG" + bytes(99), "a PNG picture"),
       ("p.npz", b"\x80\x04\x95", "a Python pickle"), ("empty.csv", b"", "an empty one"),
       ("n.csv", b"-1\n2", "-1 found")]


def test_wrong_file_is_told_in_a_sentence_and_changes_nothing():
    async def act(session):
        page = await session.settled()
        before = page.bench.messages.sentence.text, page.query()
        for name, data, found in BAD:
            await opened(session, name, data)
            assert page.bench.messages.notice.text.startswith(f"{name} was not opened: ")
            assert found in page.bench.messages.notice.text
            assert (page.bench.messages.sentence.text, page.query()) == before
        page.bench.controls.move("sigma", 100.0)
        await session.settled()
        assert page.bench.messages.notice.text == ""
        await opened(session, "good.csv", b"1\n2\n5\n")
        assert page.bench.messages.sentence.text.startswith("File good.csv: 3 spikes")

    served(MODEL, act)


def test_link_does_not_pretend_to_hold_the_file():
    async def act(session):
        page = await opened(session, "secret_name.npz", files.trials(silent=False))
        page.bench.freeze()
        await session.settled()
        link = page.query()
        assert "secret" not in link and "frozen" not in link
        assert LOST in read_link(link, MODEL).complaints
        page.restore(link)  # forward in history: the file is still open
        await session.settled()
        assert "File secret_name.npz" in page.bench.messages.sentence.text and page.bench.messages.notice.text == ""
        return link

    link = served(MODEL, act)

    async def reloaded(session):
        page = await session.settled()
        assert "open the file again" in page.bench.messages.notice.text
        assert page.bench.messages.sentence.text.startswith("Made by the app: ")
        assert page.bench.model.sigma == 10.0

    served(MODEL, reloaded, link)


def test_frozen_run_of_a_file_stays_as_a_ghost_over_what_the_app_made():
    async def act(session):
        page = await opened(session, "mine.npz", files.trials(silent=False))
        page.bench.freeze()
        await session.settled()
        mine = np.array(session.source("rate", "smoothed")["rate_y"], dtype=float)
        page.bench.uploads.back.clicks += 1
        await session.settled()
        ghost, live = (np.array(session.source("rate", name)["rate_y"], dtype=float)
                       for name in ("ghost smoothed", "smoothed"))
        np.testing.assert_array_equal(ghost, mine)
        assert len(live) != len(mine) or not np.array_equal(live, mine)
        page.bench.clear()
        await session.settled()
        assert page.bench.state.frozen is None

    served(MODEL, act)


def test_recording_is_freed_when_its_session_closes():
    kept = []

    async def act(session):
        page = await opened(session, "mine.npz", files.trials())
        page.bench.controls.move("sigma", 33.0)
        await session.settled()
        page.bench.freeze()
        await session.settled()
        kept.append(weakref.ref(page.bench.model.opened))
        assert kept[0]() is not None

    served(MODEL, act)
    gc.collect()
    assert kept[0]() is None


def test_nothing_of_a_file_is_remembered_or_logged(caplog):
    snapshot = MODEL().snapshot()
    asked = type(snapshot)(MODEL, snapshot.values, read_recording("mine.npz", files.membrane()))
    known = len(MEMORY)
    for study in (run_or_perform, measures, lambda s: drawn_columns(s, 0)):
        study(asked)
    assert len(MEMORY) == known
    assert perform.known(asked) is None
    assert run_or_perform(asked) is asked.opened
    assert asked.changed(sigma=20.0).opened is asked.opened
    assert asked != snapshot and hash(asked) != hash(snapshot)
    caplog.set_level(logging.INFO)
    assert "mine" not in repr(asked) and "SpikeTrains" in repr(asked)


def test_of_two_files_the_later_one_is_shown():
    async def act(session):
        page = session.page
        for name, data in (("first.npz", files.trials()), ("second.npz", files.membrane())):
            for message in parts(name, data):
                page.bench.uploads.take(message)
        for _ in range(200):
            await session.pause()
            if page.bench.messages.sentence.text.startswith("File second.npz"):
                break
        await session.settled()
        assert page.bench.messages.sentence.text.startswith("File second.npz")

    served(MODEL, act)


def test_model_that_reads_no_files_has_no_chooser():
    uploads = Uploads(EI.reads, print, print, print, None)
    assert uploads.panel() == []
    uploads.close()


def test_parts_are_joined_in_order():
    whole = bytes(range(256)) * 10
    taken = Parts(5000)
    assert [taken.add(message) for message in parts("a", whole, 1000)] == [None, None, ("a", whole)]


GOOD = {"name": "a", "size": 3, "part": 0, "parts": 2, "data": b"abc"}
WRONG = [None, "text", {}, {**GOOD, "data": 10**12}, {**GOOD, "data": "abc"}, {**GOOD, "size": "3"},
         {**GOOD, "name": 5}, {**GOOD, "part": 7}, {**GOOD, "parts": None}]


@pytest.mark.parametrize("message", WRONG)
def test_parts_that_do_not_fit_are_refused(message):
    taken = Parts(5000)
    with pytest.raises(ValueError, match="did not arrive whole"):
        taken.add(message)
    taken.add(GOOD)
    with pytest.raises(ValueError, match="did not arrive whole"):
        taken.add({**GOOD, "part": 1, "name": "b"})


def test_more_than_was_told_and_more_than_may_be_is_refused_at_once():
    taken = Parts(5000)
    with pytest.raises(ValueError, match=r"at most 0 MB expected, 28\.6 MB found"):
        taken.add({**GOOD, "size": 30_000_000, "data": b"", "parts": 0})
    taken.add({**GOOD, "data": bytes(4000), "parts": 9})
    with pytest.raises(ValueError, match="at most"):
        taken.add({**GOOD, "part": 1, "data": bytes(4000), "parts": 9})
    assert len(taken._data) == 0
