"""Pages of spiking cells offer a script for Brian 2, which names the spikes of the page."""

from __future__ import annotations

import ast
import re

import pytest

from ncm_app.core.capabilities import is_network
from ncm_app.core.catalogue import find, models
from ncm_app.pages.export import brian_of
from ncm_app.studies.simulate import simulate
from tests.support.peers import PEER, run_there
from tests.support.session import served


@pytest.mark.parametrize(("slug", "offered"), [("eif", True), ("eif_poisson", True), ("ei_rate_network", False),
                                                ("recurrent_network", True)])
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


NETWORKS = [(model, preset) for model in models().values() if is_network(model) for preset in list(model.presets)[:1]]


@pytest.mark.parametrize(("model", "preset"), NETWORKS, ids=[model.slug() for model, _ in NETWORKS])
def test_rates_of_every_network_agree_with_brian_2(model, preset, tmp_path):
    """Where Brian 2 is not at hand, the script is Python that names the rates of the page."""
    text = brian_of(model(**model.preset_values(preset)).snapshot(), preset, "")
    ast.parse(text)
    assert "Hz, on the page " in text
    if not PEER:
        return
    ran = run_there(tmp_path, text)
    assert ran.returncode == 0, ran.stderr[-2000:]
    pairs = re.findall(r"(\w+): ([\d.]+) Hz, on the page ([\d.]+) Hz", ran.stdout)
    assert pairs
    # Two networks of a kind differ by some tenths of a Hz in 200 ms: see the kind's own standard errors.
    assert all(float(there) == pytest.approx(float(here), rel=0.25, abs=0.5) for _, there, here in pairs), pairs
