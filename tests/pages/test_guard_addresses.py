"""Odd addresses, paths, methods and headers: a page or a refusal, and never a traceback."""

from __future__ import annotations

import pytest

from tests.support.catalogue import first_few
from tests.support.visits import ask, lines, status

pytestmark = pytest.mark.sweep  # a page is built for each test

# --- addresses ------------------------------------------------------------------

ODD = ["?model=lif", "&model=lif", "model=lif&model=eif", "model=lif&model=", "model=%00", "model=lif%00", "%00=1",
       "model=%ff%fe", "%ff", "model=lif&I=%f0%28%8c%28", "model=lif?model=eif", "?????", "=", "&&&&", "model[]=lif",
       "model=lif;v=1", "model=" + "x" * 50_000, "model=lif&" + "&".join(f"a{k}={k}" for k in range(900)),
       "model=lif&view.explore=%22%3E%3Cscript%3E", "model=../../etc/passwd", "model=lif%0d%0aX-Evil:1",
       "model=lif&I=nan", "model=lif&I=1e308", "model=lif&I=1" + "0" * 60, "model=lif&t_end=inf", "model=lif&frozen=x",
       "model=lif&starts=" + "A" * 4000, "%", "%zz", "model=lif&http://x", "https,", "model=lif%23x#y"]


@pytest.mark.parametrize("query", first_few({str(k): query for k, query in enumerate(ODD)}, 8))
def test_odd_addresses_give_a_page_and_no_traceback(server, query, caplog):
    answer = ask(server, f"/app?{query}")
    assert answer.code == 200
    assert b"token" in answer.body and b"Traceback" not in answer.body
    assert not any(record.exc_info for record in caplog.records), lines(caplog)


def test_two_question_marks_open_the_model(server):
    assert b"<title>B.3 L" in ask(server, "/app??model=lif").body


def test_an_address_of_100_kb_is_refused_without_a_traceback(server, caplog):
    assert status(server, "/app?model=" + "x" * 100_000) in (0, 400, 414, 431)
    assert status(server, "/app?" + "&".join(f"a{k}={k}" for k in range(5000))) == 400
    assert not any(record.exc_info for record in caplog.records)
    assert sum(map(len, lines(caplog))) < 2000


PATHS = ["/app/%00", "/static/%00", "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/nowhere", "//",
         "/app/x", "/components/antigravity/x/y/z", "/components/this/s/_css/x", "/components//x/y/z",
         "/components/os/environ/css/x", "/components/benchmarks.latency/x/_css/y", "/components/panel/x",
         "/components/panel.config/config/css/x/y"]


@pytest.mark.parametrize("path", PATHS)
def test_odd_paths_are_refused_without_a_traceback(server, path, caplog):
    assert ask(server, path).code in (400, 403, 404)
    assert not any(record.exc_info for record in caplog.records), lines(caplog)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_bodies_are_not_read(server, method, caplog):
    body = None if method == "DELETE" else b"x" * (1 << 20)
    assert status(server, "/app?model=lif", method=method, body=body) in (0, 400, 405, 413)
    assert not any(record.exc_info for record in caplog.records)


# --- headers --------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/app?model=lif", "/app", "/nowhere", "/static/js/bokeh.min.js", "/app/metadata",
                                  "/app/autoload.js?bokeh-autoload-element=1", "/app?bokeh-token=x"])
def test_every_answer_has_the_headers(server, path, monkeypatch):
    headers = ask(server, path, headers={"Origin": "http://elsewhere.example", "Cookie": "ncm_theme=dark"}).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers.get("Access-Control-Allow-Origin", "*") == "*"
    assert "Access-Control-Allow-Credentials" not in headers


def test_a_host_says_who_may_frame_the_pages(server, monkeypatch):
    monkeypatch.setenv("NCM_APP_FRAME_ANCESTORS", "'self' https://school.example")
    headers = ask(server, "/app?model=lif").headers
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self' https://school.example"
    assert "X-Frame-Options" not in headers


