"""Pages of spiking cells offer a script for Brian 2, which names the spikes of the page."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find
from ncm_app.pages.export import brian_of
from ncm_app.studies.simulate import simulate
from tests.support.session import served


@pytest.mark.parametrize(("slug", "offered"), [("eif", True), ("eif_poisson", True), ("ei_rate_network", False)])
def test_spiking_pages_offer_the_script(slug, offered):
    async def act(session):
        export = session.page.export
        export.show()
        return [one.filename for one in export.dialog.objects if hasattr(one, "filename")]

    assert (f"ncm_{slug}_brian2.py" in served(find(slug), act)) is offered


def test_script_names_the_spikes_of_the_page():
    snapshot = find("eif")(**find("eif").preset_values("Fig 1.2")).snapshot()
    spikes = ", ".join(f"{time:.10g}" for time in simulate(snapshot).spikes)
    assert f"expected = [{spikes}]" in brian_of(snapshot, "Fig 1.2", "")
