"""A job reports, shows what there is, gives way to frames within bounds, and ends when cancelled."""

from __future__ import annotations

import threading
import time

import pytest

from ncm_app.numerics.system import Cancelled, Partial
from ncm_app.studies import jobs
from ncm_app.studies.jobs import Job, Traffic


def drawn_by(job, reports, fraction=0.1):
    """Report a partial answer after each pause (s)."""
    for k, pause in enumerate(reports):
        job.started -= pause  # so much later
        job._next -= pause
        job.report(fraction, Partial(k))


def test_a_job_reports_and_learns_of_a_cancel():
    job = Job("q")
    job.report(0.25, Partial("half a picture"))
    assert (job.fraction, job.wants_partial) == (0.25, False)  # nobody draws
    job.cancelled = True
    with pytest.raises(Cancelled):
        job.report(0.5)
    assert job.fraction == 0.5


def test_pictures_come_at_most_five_times_a_second():
    shown = []
    job = Job("q", lambda partial: partial.answer, shown.append)
    drawn_by(job, [0.01, 0.05, 0.1, 0.11, 0.05, 0.2])
    assert shown == [1, 3, 5]


def test_a_picture_that_takes_long_is_drawn_seldom():
    shown = []
    job = Job("q", lambda partial: time.sleep(0.1) or partial.answer, shown.append)
    drawn_by(job, [0.05, 0.25, 0.1, 0.2])
    assert shown == [0, 3]  # four times as long as the drawing took


def test_what_is_nearly_done_is_not_drawn():
    shown = []
    job = Job("q", lambda partial: partial.answer, shown.append)
    drawn_by(job, [0.5], fraction=0.95)
    assert shown == []
    drawn_by(job, [0.5], fraction=0.5)
    assert shown == [0]


def test_drawing_the_whole_counts_where_the_last_answer_took_longer_than_its_fraction_tells():
    for expected, drawn in ((0.5, []), (0.7, [0])):
        shown = []
        drawn_by(Job("q", lambda partial: partial.answer, shown.append, expected=expected), [0.5], fraction=0.95)
        assert shown == drawn


def test_nothing_is_drawn_twice_or_while_the_browser_paints_or_within_a_drawing():
    shown, ready = [], [False]
    job = Job("q", lambda partial: job.report(0.9, Partial("inside")) or partial.answer, shown.append,
              lambda: ready[0])
    partial = Partial("outside")
    job._next = 0.0
    job.report(0.0, partial)
    assert shown == []
    ready[0] = True
    job.report(0.0, partial)
    job._next = 0.0
    job.report(0.0, partial)
    assert (shown, job.fraction) == (["outside"], 0.0)


def test_a_mishap_in_a_drawing_is_one_of_the_job():
    job = Job("q", lambda partial: 1 / 0, print)
    job._next = 0.0
    with pytest.raises(ZeroDivisionError):
        job.report(0.0, Partial(1))


@pytest.fixture
def traffic(monkeypatch):
    monkeypatch.setattr(jobs, "TRAFFIC", Traffic())
    return jobs.TRAFFIC




def test_work_in_the_background_waits_for_a_frame_and_frames_do_not(traffic):
    job, frame = Job("late", in_background=True), Job("frame")
    job.started -= 1000.0  # it has worked much, and may be held back for long
    ended = []
    traffic.begin()
    frame.report(0.5)
    waiting = threading.Thread(target=lambda: (job.report(0.5), ended.append(traffic.busy)))
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    traffic.end()
    waiting.join(20)
    assert ended == [False]


def test_work_in_the_background_has_its_share_under_frames_without_end(traffic):
    job = Job("late", in_background=True)
    job.started -= 0.1
    with traffic.frame():
        job.report(0.1)
    assert job._paused == pytest.approx((1.0 - jobs.SHARE) * job.age, rel=0.2)


def test_work_that_a_frame_waits_for_does_not_give_way(traffic):
    job = Job("late", in_background=True)
    job.started -= 1000.0
    job.hurry()
    with traffic.frame():
        job.report(0.1)
    assert job._paused < jobs.HURRY


def test_work_that_gives_way_is_cancelled_at_once(traffic):
    job, ended = Job("late", in_background=True), []
    job.started -= 1000.0

    def work():
        with pytest.raises(Cancelled):
            job.report(0.1)
        ended.append(True)

    with traffic.frame():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
        job.cancelled = True
        thread.join(20)
    assert ended == [True]


def test_a_job_whose_session_has_ended_keeps_none_of_it():
    job = Job("q", lambda partial: partial, print)
    job.give_up()
    assert (job.cancelled, job.wants_partial, job._draw, job._show) == (True, False, None, None)
