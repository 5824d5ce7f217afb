"""The pages that benchmarks compare with can still be built."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from benchmarks import learning_backprop, learning_hopfield, learning_perceptron, people_dragging, streaming
from benchmarks.frame_cost import HEAD, places, slider_of
from benchmarks.streaming import Growth
from benchmarks.threads import Clocks, held, plain_loop, released_work
from ncm_app.core.catalogue import models
from ncm_app.models.learning.backprop import Backprop
from ncm_app.numerics.learning.perceptron import Samples
from ncm_app.numerics.system import SILENT

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.parametrize(("module", "built"), [
    ("dynamic_page", "page().get_root()"), ("raster_page", "raster(40.0)"), ("empty_page", ""), ("plain_page", "")])
def test_page_beside_which_ours_is_measured_is_built(module, built):
    """In a Python of its own: these pages set up Panel in their own way."""
    code = f"from benchmarks.{module} import *\n{built}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr


def test_processor_time_is_told_apart_by_what_threads_do():
    clocks, own = Clocks(), threading.current_thread()
    before = clocks.read()
    with ThreadPoolExecutor(1, "ncm-late") as late, ThreadPoolExecutor(1, "ncm") as pool:
        late.submit(plain_loop, 100_000).result()
        pool.submit(int).result()
        during = clocks.read()
    after = clocks.read()
    used = {role: during[role] - before.get(role, 0.0) for role in during}
    assert used["late"] > 10 * used["pool"] > 0
    assert after["late"] == pytest.approx(during["late"])  # what an ended thread has used is kept
    assert own is threading.main_thread() and used["loop"] < used["late"]


def test_share_under_the_lock_is_that_of_plain_python():
    released_work(1)
    without, under = held(lambda: released_work(2_000_000), 0.3), held(lambda: plain_loop(10_000), 0.3)
    assert 0.0 <= without < 0.5 * under <= 0.5  # what others do on the machine meanwhile lowers both


@pytest.mark.parametrize("model", models().values(), ids=models())
def test_every_page_has_a_slider_whose_cost_is_measured(model):
    name = slider_of(model)
    low, high = model.control(name).bounds
    values = places(model, name, 10)
    assert len(set(values)) == 10 and all(low <= value <= high for value in values)


@pytest.mark.slow
def test_cost_of_an_update_is_measured_without_a_browser():
    done = subprocess.run([sys.executable, "-m", "benchmarks.frame_cost", "--page", "convolution", "--updates", "1"],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cells = done.stdout.splitlines()[-1].strip("| ").split(" | ")
    found = dict(zip(HEAD, cells, strict=True))
    assert found["page"] == "convolution, t_0" and "drawn_columns" in found["studies, ms"]
    assert float(found["update, ms"]) > 0 and int(found["models"]) > 33


def test_growth_tells_the_rate_of_pictures_before_the_last_one():
    seen = Growth([[40.0, 250.0, 500.0, 510.0], [60.0, 300.0]])
    assert (seen.firsts(), seen.whole(), seen.rate()) == ([40.0, 60.0], 405.0, 1000.0 / 210.0)
    assert math.isnan(Growth([[1.0, 2.0]]).rate())
    few = Growth([[20.0], [30.0]])
    row = dict(zip(streaming.HEAD, streaming.growth_row("page", seen, few), strict=True))
    assert (row["first picture, median"], row["least"], row["met"]) == ("50 ms", "40 ms", "yes")
    assert (row["first / that"], row["pictures in a second, most"]) == ("2", "4.76 (<= 5: yes)")


def test_loop_beside_the_hopfield_network_ends_in_the_same_memory():
    W = np.outer(pattern := np.array([1, -1, 1, 1, -1, -1, 1]), pattern) / 7.0 - np.eye(7) / 7.0
    S, E = learning_hopfield.plain_loop(W, pattern * [1, 1, 1, 1, 1, -1, -1], 200)
    assert (pattern == S).all() and (np.diff(E) <= 1e-12).all()
    assert "memory 1 (a 3)" in learning_hopfield.ours(0)


def test_loop_beside_the_network_with_a_hidden_layer_makes_the_same_steps():
    answer = learning_backprop.plain_loop("Two moons", share=61 / 600)
    p = learning_backprop.snapshot("Two moons").changed(steps=60).p
    assert answer == pytest.approx(Backprop.perform(p, SILENT).now["loss"], rel=1e-9)


@pytest.mark.slow
def test_growing_answers_are_measured_in_the_server():
    done = subprocess.run([sys.executable, "-m", "benchmarks.streaming", "--page", "eif_poisson", "--changes", "2"],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *_, last = (line.strip("| ").split(" | ") for line in done.stdout.splitlines())
    assert last[0] == "eif_poisson" and last[-1] == "0"  # no partial answer is remembered


def test_people_drag_until_the_median_has_doubled():
    assert people_dragging.until_doubled([1, 4, 8], [10.0, 15.0, 25.0]) == 6.0
    assert people_dragging.until_doubled([1, 4], [10.0, 19.0]) == 4.0
    values = list(itertools.islice(people_dragging.way(0.0), 900))
    assert len(set(values)) == 900
    assert min(values) >= people_dragging.LOW and max(values) <= people_dragging.HIGH


def test_event_that_a_picture_shows_is_read_off_the_diagram():
    line = {"kind": "ColumnDataChanged", "data": {"entries": [["diagram_y", [1.0]], ["diagram_x", [30.0, 30.0]]]}}
    marker = {"kind": "ColumnDataChanged", "data": {"entries": [["diagram_x", [29.0]]]}}
    other = {"kind": "ModelChanged", "attr": "seq", "new": 3}
    assert people_dragging.shown_value({"events": [other, marker, line]}, [29.0, 30.0, 31.0]) == 1
    assert people_dragging.shown_value({"events": [other, marker]}, [29.0, 30.0]) is None
    assert people_dragging.shown_value({"events": [line]}, [29.0]) is None


@pytest.mark.slow
def test_people_who_drag_together_are_measured():
    done = subprocess.run([sys.executable, "-m", "benchmarks.people_dragging", "--people", "1", "2", "--seconds", "1",
                           "--rounds", "1"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    assert [row[0] for row in rows[2:4]] == ["1", "2"] and rows[2][3] == "1"
    assert all(float(row[4].split()[0]) > 0 for row in rows[2:4])


def test_every_benchmark_finds_what_it_imports():
    modules = [path.stem for path in sorted((ROOT / "benchmarks").glob("*.py")) if not path.stem.endswith("_page")]
    assert {"latency", "frame_cost", "visitors"} <= set(modules)
    code = "\n".join(f"import benchmarks.{module}" for module in modules)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_plain_loop_of_a_perceptron_learns_what_the_compiled_one_does():
    samples = learning_perceptron.pictures()
    few = Samples(samples.X[:40], samples.labels[:40], samples.X_test[:20], samples.labels_test[:20], samples.k)
    told, plain = learning_perceptron.compiled(few), learning_perceptron.loop(few)
    np.testing.assert_allclose(told[[0, 2]], plain[[0, 2]], atol=1e-4)
    assert told.shape == (4, learning_perceptron.UPDATES) and told[0, -1] < 0.5 * told[0, 0]
