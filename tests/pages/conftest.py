"""A shared tab for the tests in a browser."""

from __future__ import annotations

import pytest

from tests.pages.tabs import tab_in


@pytest.fixture(scope="module")
def shared(browser, patient_server):
    with tab_in(browser, patient_server) as tab:
        yield tab.open("model=ei_rate_network")


@pytest.fixture
def tab(shared):
    return shared.fresh()


@pytest.fixture(scope="session", autouse=True)
def warm(compiled):
    """Pages are tested with compiled steppers, as they are served: interpreted ones would take most of the time."""
