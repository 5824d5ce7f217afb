"""Scripts for Brian 2: run there, they find the spikes of the page again."""

from __future__ import annotations

import ast

import pytest

from ncm_app.core.capabilities import has_resets
from ncm_app.core.catalogue import find, models
from ncm_app.core.snapshot import Snapshot
from ncm_app.language.brian import brian_script
from ncm_app.studies.simulate import simulate
from tests.support.peers import PEER, run_there

needs_brian = pytest.mark.skipif(not PEER, reason="NCM_APP_BRIAN2 names no Python that has Brian 2")
CASES = [pytest.param(slug, preset, method, id=f"{slug}-{preset}-{method}")
         for slug, model in models().items() if has_resets(model) for k, preset in enumerate(list(model.presets)[:4])
         for method in ("Euler", "RK4", "Heun", "adaptive")[:4 if k == 0 and not model.driven else 1]]


def script_for(slug, preset, **changes):
    model = find(slug)
    snapshot = Snapshot.of(model, {**model.preset_values(preset), **changes})
    return brian_script(snapshot, simulate(snapshot).spikes.tolist(), preset)


@needs_brian
@pytest.mark.slow
@pytest.mark.parametrize(("slug", "preset", "method"), CASES)
def test_script_runs_as_it_is_and_finds_the_spikes_of_the_page(slug, preset, method, tmp_path):
    ran = run_there(tmp_path, script_for(slug, preset, method=method))
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "WARNING" not in ran.stderr


@needs_brian
def test_script_stops_where_a_spike_differs(tmp_path):
    text = script_for("eif", "Fig 1.2")
    first = text.split("expected = [")[1].split(",")[0]
    ran = run_there(tmp_path, text.replace(f"expected = [{first}", f"expected = [{float(first) + 0.1}"))
    assert ran.returncode != 0
    assert "AssertionError" in ran.stderr


@pytest.mark.parametrize(("slug", "preset", "method"), CASES)
def test_script_is_python_and_says_what_it_is(slug, preset, method):
    text = script_for(slug, preset, method=method)
    said = ast.get_docstring(ast.parse(text))
    assert find(slug).title in said
    assert f"model={slug}" in said
    assert ("assert" in text) == (method != "adaptive")


def test_link_cannot_end_the_docstring():
    model = find("eif")
    text = brian_script(model().snapshot(), None, "", '"""; import os #')
    assert "import os" not in text.split('"""', 2)[2]


def test_run_that_was_stopped_is_not_compared():
    text = brian_script(find("eif")().snapshot(), None)
    assert "assert" not in text
    assert "It prints the spikes of the run." in text
