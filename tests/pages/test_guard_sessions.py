"""Sessions that are opened and closed over the protocol leave no document, and the memory as it was."""

from __future__ import annotations

import pytest

from benchmarks import visitors
from ncm_app.core.catalogue import models
from tests.support.serving import ROOT


@pytest.mark.slow
def test_closed_sessions_leave_no_document_and_no_memory():
    rows = visitors.sessions(24, ["model=lif"])
    assert [left for *_, left in rows] == [0]
    assert all(last < 1.1 * first for _, first, last, _ in rows), rows


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_links_at_the_bounds_are_links_that_can_be_read(model):
    found = visitors.links(model)
    assert {"longest run", "all at the top"} <= found.keys()
    for query in found.values():
        assert query.startswith(f"model={model.slug()}")


def test_addresses_of_websockets_are_not_open_to_everybody_in_the_image():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--allow-websocket-origin" not in text
    assert "ENV BOKEH_ALLOW_WS_ORIGIN=localhost:5006" in text
