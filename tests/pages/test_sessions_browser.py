"""What a session costs: nothing stays on the server, in the browser, or goes elsewhere."""

from __future__ import annotations

import gc
import weakref

import pytest
from bokeh.document import Document
from bokeh.io import doc
from bokeh.io.state import curstate

from benchmarks import measures
from benchmarks.browser import Watched

QUERY = "model=ei_rate_network"
pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture
def url(server):
    return server.url("app", QUERY)


@pytest.mark.slow
def test_closed_sessions_leave_no_document_behind(browser, server):
    baseline, after = measures.documents_left(browser, server, sessions=8)
    assert after == baseline


def test_an_open_session_is_counted(context, server, url):
    first = Watched(context)  # libraries keep what the first session of a process touched
    first.open(url)
    first.close()
    before = server.settled_documents()
    tab = Watched(context)
    tab.open(url)
    assert server.documents() > before
    tab.close()
    assert server.documents_after(before) == before


def test_no_session_stands_for_the_process_while_a_callback_of_another_waits(context, server, url):
    own, other, tab = curstate().document, Document(), Watched(context)
    with doc.patch_curdoc(other):  # in Bokeh 3.9 all threads of the process see it
        tab.open(url)
        assert curstate().document is own
    [document] = [weakref.ref(thing) for thing in gc.get_objects()
                  if type(thing) is Document and thing.session_context is not None]
    tab.close()
    assert server.frees(document)


@pytest.mark.slow
def test_sixty_changes_grow_the_browser_heap_by_less_than_3_mb(context, url):
    assert measures.heap_growth(context, url, changes=60) < 3.0


@pytest.mark.parametrize("query", ["", QUERY, "model=eif", "model=leaky_integrator"])
def test_no_request_leaves_this_machine(context, patient_server, query):
    tab = Watched(context)
    tab.page.goto(patient_server.url("app", query))
    tab.page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle")
    tab.page.wait_for_load_state("networkidle")
    requests = context.complaints.requests
    assert any(address.startswith("ws://localhost") for address in requests)
    assert any("bokeh.min.js" in address for address in requests)
    assert context.complaints == []


def test_a_slider_that_moves_asks_nobody_else(context, url):
    tab = Watched(context)
    tab.open(url)
    tab.settle()
    known = len(context.complaints.requests)
    tab.steps("tau_i", [20.0, 70.0])
    assert tab.ask("ncmProbe.shown") == pytest.approx(70.0)
    assert context.complaints.requests[known:] == []
