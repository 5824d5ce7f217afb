"""Questions as text, and the same diagram from a real scheduler with two worker processes."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ncm_app.core.catalogue import find
from ncm_app.core.snapshot import Snapshot
from ncm_app.studies import cluster
from ncm_app.studies.cluster import question_text, read_question

ROOT = Path(__file__).parents[2]
SCRIPT = '''
import os, pickle, sys, time
from ncm_app.core.catalogue import find
from ncm_app.numerics.system import Cancelled, Progress
from ncm_app.studies import cluster, memo
from ncm_app.studies.cycles import cycles
from ncm_app.studies.diagram import diagram

class Impatient(Progress):
    seen = 0
    def report(self, fraction, partial=None):
        self.seen += 1
        if self.seen == 20:
            raise Cancelled

if __name__ == "__main__":
    snapshot = find("morris_lecar")().snapshot()
    here = diagram(snapshot, "I")
    memo.MEMORY.forget()
    os.environ["NCM_APP_DASK"] = sys.argv[1]
    there = diagram(snapshot, "I")
    client, _ = cluster._client(sys.argv[1])
    kept = client.run(lambda: len(__import__("ncm_app.studies.memo").studies.memo.MEMORY))
    try:
        cycles(snapshot, "I", progress=Impatient())
        cancelled = False
    except Cancelled:
        cancelled = True
    until = time.monotonic() + 60
    while any(client.processing().values()) and time.monotonic() < until:
        time.sleep(0.05)
    print(pickle.dumps(here) == pickle.dumps(there), len(there.points) > 0, len(kept), max(kept.values()) > 0,
          cancelled, any(client.processing().values()))
    client.close()
'''


@pytest.mark.parametrize("slug", ["eif_poisson", "morris_lecar", "poisson_process", "spike_trains", "synapses"])
def test_a_question_is_read_back_from_its_text(slug):
    model = find(slug)
    for preset in model.presets:
        asked = model(**model.preset_values(preset)).snapshot(), "I", ((0.1 + 0.2, (1e-300, -3.0)),), True
        assert read_question(question_text("m:s", asked)) == ("m:s", asked)


def test_what_another_process_does_not_know_is_no_text(monkeypatch):
    snapshot = find("poisson_process")().snapshot()
    for strange in (Snapshot(snapshot.model, snapshot.values, opened="a file"), object()):
        with pytest.raises(TypeError, match="cannot be written as text"):
            question_text("m:s", (strange,))


def test_studies_stay_here_without_a_scheduler_and_in_a_worker(monkeypatch):
    monkeypatch.delenv(cluster.VARIABLE, raising=False)
    assert not cluster.is_used()
    monkeypatch.setenv(cluster.VARIABLE, "tcp://localhost:1")
    assert cluster.is_used()
    monkeypatch.setattr(cluster._here, "answers", True)
    assert not cluster.is_used()


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="distributed is not installed")
def test_two_worker_processes_give_the_same_diagram_and_end_when_cancelled(tmp_path):
    file, script = tmp_path / "scheduler.json", tmp_path / "asks.py"
    script.write_text(SCRIPT)
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop(cluster.VARIABLE, None)

    def start(part, *options):
        return subprocess.Popen([sys.executable, "-m", f"distributed.cli.{part}", *common, *options], cwd=tmp_path,
                                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    processes = [start("dask_scheduler", "--port", "0", "--host", "127.0.0.1")]
    try:
        until = time.monotonic() + 60
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        processes += [start("dask_worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1") for _ in range(2)]
        address = json.loads(file.read_text())["address"]
        asked = subprocess.run([sys.executable, str(script), address], cwd=tmp_path, env=environment, check=False,
                               capture_output=True, text=True, timeout=200)
        assert asked.stdout.split() == ["True", "True", "2", "True", "True", "False"], asked.stderr[-2000:]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(20)
