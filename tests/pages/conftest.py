"""A shared tab for the tests in a browser."""

from __future__ import annotations

import pytest

from tests.support.tabs import tab_in


@pytest.fixture(scope="module")
def shared(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        yield tab.open("model=ei_rate_network")


@pytest.fixture
def tab(shared):
    return shared.fresh()
