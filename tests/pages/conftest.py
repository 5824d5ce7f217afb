"""A shared tab for the tests in a browser, and those tests after all others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.tabs import tab_in


def pytest_collection_modifyitems(items):
    """Put this folder's browser tests last: an open browser runs an event loop, which other tests start themselves."""
    here = [i for i, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    last = sorted((items[i] for i in here), key=lambda item: "browser" in item.fixturenames)
    for i, item in zip(here, last, strict=True):
        items[i] = item


@pytest.fixture(scope="module")
def shared(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        yield tab.open("model=ei_rate_network")


@pytest.fixture
def tab(shared):
    return shared.fresh()
