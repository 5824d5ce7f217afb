"""Links restore what they say, and name what they cannot restore."""

from __future__ import annotations

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.core.share import encode, pack
from ncm_app.session.view_choices import ViewChoices
from tests.support.session import EI, served


def test_restored_link_sets_everything_it_says():
    frozen = EI(tau_i=20.0).snapshot()
    snapshot = EI(**{**EI.preset_values("Fig 3.4 C,D"), "tau_i": 27.5, "dt": 0.05}).snapshot()
    link = encode(snapshot, "Fig 3.4 C,D", {"frozen": frozen.values_by_name, "starts": ((0.004, 0.002),),
                                            "view": {"explore": "X_e", "text": "large"}})

    async def act(session):
        page = session.page
        page.restore(link)
        await session.settled()
        assert page.bench.model.snapshot() == snapshot
        assert page.bench.controls.values == snapshot.values_by_name
        assert (page.bench.state.preset, page.toolbar.presets.value) == ("Fig 3.4 C,D", "Fig 3.4 C,D")
        assert page.bench.state.frozen == frozen
        assert page.bench.state.choices == ViewChoices("X_e", ((0.004, 0.002),), ())
        assert page.browser.large
        assert page.bench.explorer.explore.value == "X_e"
        assert not page.bench.messages.notice.text
        assert session.figures()["diagram"].xaxis[0].axis_label == "Xₑ (mV)"
        assert np.any(np.isfinite(session.source("trace", "ghost r_e")["trace_y"]))
        assert page.query() == link
        page.restore("model=ei_rate_network&preset=Fig+3.4+A,B")
        await session.settled()
        assert not page.browser.large
        assert page.bench.state.choices == ViewChoices("tau_i")
        assert page.bench.state.frozen is None
        assert np.all(np.isnan(session.source("trace", "ghost r_e")["trace_y"]))
        assert session.figures()["diagram"].xaxis[0].axis_label == "τᵢ (ms)"

    served(EI, act)


def test_seed_and_overlays_are_restored():
    leaky = find("leaky_integrator")

    async def act(session):
        page = session.page
        page.restore("model=leaky_integrator&v=1&preset=Noise&seed=7&view.overlays=exact,convolution")
        await session.settled()
        assert (page.bench.model.seed, page.bench.model.input) == (7, "noise")
        assert page.bench.options.overlays.value == ["exact", "convolution"]
        assert np.all(np.isfinite(session.source("trace", "exact V")["trace_y"]))

    served(leaky, act)


DAMAGED = {
    "X_e=nan": "X_e", "X_e=1e99": "X_e", "X_e=-3": "X_e", "X_e=hello": "X_e", "w_xx=1": "w_xx",
    "preset=Fig+9": "Fig 9", "view.explore=V": "'V'", "view.colour=red": "view.colour",
    "view.overlays=exact": "overlay", "frozen=zzzz": "frozen", "starts=0000": "starts",
    f"starts={pack([[1e9, 0]])}": "starts", "t_end=1e9": "t_end",
    "v=2": "version", "method=Magic": "method", "dt=1e-9": "dt",
}
"""Bad field of a link -> a word of the complaint."""


def test_damaged_link_keeps_the_good_fields_and_names_the_bad():
    async def act(session):
        page = session.page
        for i, (bad, named) in enumerate(DAMAGED.items()):
            page.restore(f"model=ei_rate_network&tau_i={20 + i}.5&{bad}")
            await session.settled()
            assert page.bench.model.tau_i == 20.5 + i
            assert named in page.bench.messages.notice.text
            assert (page.bench.model.X_e, page.bench.model.t_end, page.bench.model.dt) == (25.0, 200.0, 0.1)
            page.bench.controls.move("tau_i", 19.0)
            await session.settled()
            assert not page.bench.messages.notice.text

    served(EI, act)


def test_address_of_a_fresh_page_names_model_and_preset_only():
    async def act(session):
        assert session.page.query() == "model=ei_rate_network&v=1&preset=Fig+3.4+A,B"

    served(EI, act)
