"""Scripts of runs that end early, because a cell fires without end or too often, end where the page does."""

from __future__ import annotations

import pytest

from ncm_app.core.catalogue import find
from ncm_app.language.script import script
from ncm_app.numerics.results import Status
from ncm_app.numerics.runs import adaptive
from ncm_app.numerics.runs.integrate import METHODS, integrate
from ncm_app.studies.systems import system_of
from tests.support.scripts import run_here


def script_and_run(snapshot):
    run = integrate(system_of(snapshot.model), snapshot.start, snapshot.p, t_end=snapshot.t_end, dt=snapshot.dt,
                    method=snapshot.method)
    return script(snapshot, {"samples": len(run.t), "final": run.y[:, -1], "spikes": run.spikes}), run


@pytest.mark.parametrize("method", METHODS)
def test_the_script_of_a_cell_that_fires_at_every_step_ends_where_the_page_does(method):
    model = find("adex")(V_re=-45.0, V_T=-65.0, D=0.5, I_0=50.0, b=0.0, a=0.0, t_end=200.0, method=method)
    snapshot = model.snapshot()
    text, run = script_and_run(snapshot)
    assert run.status is Status.STORM and len(run.spikes) == 1001 and run.t[-1] < 110.0
    done = run_here(text)
    assert done.returncode == 0, done.stderr


def test_the_script_of_an_adaptive_run_has_as_many_spikes_at_most(monkeypatch):
    monkeypatch.setattr(adaptive, "MAX_SPIKES", 20)
    text, run = script_and_run(find("lif")(I_0=50.0, t_end=900.0, method="adaptive").snapshot())
    assert run.status is Status.STEP_LIMIT and len(run.spikes) == 20
    assert text.count("10_000") == 1
    done = run_here(text.replace("10_000", "20"))
    assert done.returncode == 0, done.stderr
