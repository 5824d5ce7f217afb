"""Steppers: the plain and the compiled text agree, blow-ups stop, disk code is found again."""

import importlib
import logging
import os
import subprocess
import sys
import threading
from collections import namedtuple

import numba
import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.core.model import Flow, Spiking
from ncm_app.machine_code import cache
from ncm_app.numerics import noise, step_cache
from ncm_app.numerics.runs import compiled
from ncm_app.numerics.runs.compiled import STAGES, is_warm, limits_of, step_text, stepper, warm
from ncm_app.numerics.system import System

Pair = namedtuple("Pair", "a b")
Whole = namedtuple("Whole", "a kind")


def rotate(t, y, p):
    u, v = y
    return p.a * u - p.b * v, p.b * u + p.a * v


def charge(t, y, p):
    (v,) = y
    return (p.a - p.b * v,)


def system(rhs=rotate, names=("u", "v"), **more):
    spans = tuple((-1.0, 1.0) for _ in names)
    return System(rhs, names, spans, spans, **more)


def firing():
    return system(charge, ("v",), threshold=lambda p: 1.0, reset=lambda y, p: (0.0,))


def run(advance, start, p, steps, dt=0.1, **more):
    y = np.full((len(start), steps + 1), np.nan)
    y[:, 0] = start
    return y, *advance(y, 0, steps, p, dt=dt, **more)


def flows():
    return [pytest.param(model, id=slug) for slug, model in models().items() if issubclass(model, Flow)]


def system_of(model):
    spiking = issubclass(model, Spiking)
    return System(model.rhs, tuple(s.name for s in model.states), tuple(s.span for s in model.states),
                  tuple(s.limits for s in model.states), model.threshold if spiking else None,
                  model.reset if spiking else None, owner=f"{model.__module__}:{model.__qualname__}")


@pytest.mark.parametrize("method", STAGES)
def test_compiled_text_gives_the_same_bits_on_a_linear_system(method):
    rotation, p = system(), Pair(-0.1, 0.7)
    plain = run(stepper(rotation, method), (1.0, 0.0), p, 200)
    assert not is_warm(rotation, method)
    warm(rotation, method, p)
    assert is_warm(rotation, method)
    fast = run(stepper(rotation, method), (1.0, 0.0), p, 200)
    assert plain[1:] == fast[1:] == (200, 0)
    np.testing.assert_array_equal(plain[0], fast[0])


@pytest.mark.parametrize("model", flows())
def test_compiled_text_agrees_for_every_model(model):
    one, method = system_of(model), "Heun"
    snapshot = model().snapshot()
    draw = np.random.default_rng(3)
    starts = [tuple(draw.uniform(low, high) for low, high in one.box) for _ in range(30)]
    compiled._KERNELS.pop((one, method), None)
    plain = [run(stepper(one, method), start, snapshot.p, 1)[0][:, 1] for start in starts]
    warm(one, method, snapshot.p)
    assert is_warm(one, method)
    fast = [run(stepper(one, method), start, snapshot.p, 1)[0][:, 1] for start in starts]
    widths = [high - low for low, high in one.spans]
    np.testing.assert_array_less(np.abs(np.subtract(plain, fast)), 1e-13 * (np.abs(plain) + widths))


def test_euler_text_repeats_the_loop_of_the_book():
    p, v, t, expected = Pair(2.0, 1.5), 0.25, 0.0, []
    for _ in range(20):
        v += 0.1 * (np.sin(t) * p.a - p.b * v)
        t += 0.1
        expected.append(v)
    forced = system(lambda t, y, p: (np.sin(t) * p.a - p.b * y[0],), ("v",))
    y, *_ = run(stepper(forced, "Euler"), (0.25,), p, 20)
    np.testing.assert_allclose(y[0, 1:], expected, rtol=1e-14)


@pytest.mark.parametrize("text", ["plain", "compiled"])
@pytest.mark.parametrize("method", STAGES)
def test_spikes_come_at_the_period_of_an_integrator(method, text):
    """dv/dt = 1/8 reaches 1 after 8 ms; all numbers are exact in binary."""
    cell, p = firing(), Pair(0.125, 0.0)
    if text == "compiled":
        warm(cell, method, p)
    spikes = np.empty(3)
    y, done, count = run(stepper(cell, method), (0.0,), p, 200, dt=0.25, spikes=spikes)
    assert (done, count) == (200, 6)  # more than there is room for are counted, not stored
    np.testing.assert_array_equal(spikes, [8.0, 16.0, 24.0])
    assert y[0, 32] == 0.0 and y[0, 31] == 0.96875


@pytest.mark.parametrize("method", STAGES)
def test_an_upstroke_beyond_the_threshold_does_not_overflow(method):
    steep = system(lambda t, y, p: (np.exp(500.0 * y[0]),), ("v",), threshold=lambda p: 1.0,
                   reset=lambda y, p: (0.0,))
    y, done, count = run(stepper(steep, method), (0.0,), Pair(0.0, 0.0), 50, dt=0.01)
    assert done == 50 and count >= 24
    assert np.all(np.isfinite(y))


@pytest.mark.parametrize("text", ["plain", "compiled"])
def test_a_blow_up_stops_at_the_last_valid_state(text):
    growth, p = system(lambda t, y, p: (p.a * y[0],), ("u",)), Pair(10.0, 0.0)
    if text == "compiled":
        warm(growth, "Euler", p)
    y, done, _ = run(stepper(growth, "Euler"), (1.0,), p, 100)
    assert limits_of(growth) == (2e6,)
    assert done == 20 and y[0, done] == 2.0**20 and y[0, done + 1] == 2.0**21  # doubles each step


@pytest.mark.parametrize("rhs", [lambda t, y, p: (1.0 / (t - 0.5),), lambda t, y, p: ((y[0] - 0.5) ** 0.5 - 1.0,),
                                 lambda t, y, p: ((1e200 * y[0]) ** 2,)], ids=["1/0", "root", "overflow"])
def test_plain_numbers_that_python_refuses_end_a_run_like_compiled_ones(rhs):
    rough, p = system(rhs, ("u",)), Pair(0.0, 0.0)
    plain = run(stepper(rough, "Euler"), (0.9,), p, 20)
    warm(rough, "Euler", p)
    fast = run(stepper(rough, "Euler"), (0.9,), p, 20)
    assert plain[1] == fast[1] < 20
    np.testing.assert_allclose(plain[0][:, :plain[1] + 1], fast[0][:, :fast[1] + 1], rtol=1e-14)


def test_a_record_with_other_number_types_never_meets_the_compiler():
    rotation = system()
    warm(rotation, "Euler", Pair(0.5, 1.0))
    advance = stepper(rotation, "Euler")
    for p in (Pair(0.5, 1), Pair(np.float64(0.5), np.int64(1)), Pair(0.5, 1.0)):
        assert advance.compiled_for(p)
        np.testing.assert_array_equal(run(advance, (1.0, 0.0), p, 5)[0], run(advance, (1.0, 0.0), Pair(0.5, 1.0), 5)[0])
    other = system(lambda t, y, p: ((p.a if p.kind == 1 else -p.a), y[0]))
    warm(other, "Euler", Whole(0.5, 1))
    assert not stepper(other, "Euler").compiled_for(Whole(0.5, 1.0))
    assert run(stepper(other, "Euler"), (0.0, 0.0), Whole(0.5, 1.0), 2)[1] == 2
    assert len(stepper(other, "Euler").kernel.fast.signatures) == 1


def test_a_failed_compilation_is_logged_once_and_the_plain_text_serves(caplog):
    table = {"rate": -1.0}
    odd = system(lambda t, y, p: (table.setdefault("rate", object()) * y[0],), ("u",))
    with caplog.at_level(logging.ERROR):
        warm(odd, "Euler", Pair(0.0, 0.0))
        warm(odd, "Euler", Pair(0.0, 0.0))
    assert [r.levelname for r in caplog.records] == ["ERROR"] and not is_warm(odd, "Euler")
    assert run(stepper(odd, "Euler"), (1.0,), Pair(0.0, 0.0), 1)[0][0, 1] == pytest.approx(0.9)


def test_threads_that_warm_at_once_compile_once(monkeypatch):
    rotation, calls = system(lambda t, y, p: (p.b * y[1], -p.b * y[0])), []
    original = compiled._Kernel.compile
    monkeypatch.setattr(compiled._Kernel, "compile", lambda kernel: calls.append(1) or original(kernel))
    threads = [threading.Thread(target=warm, args=(rotation, "Euler", Pair(0.0, 1.0))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1] and is_warm(rotation, "Euler")


def test_unknown_method_names_the_known_ones():
    with pytest.raises(ValueError, match=r"'Eular'.*Euler, Heun, RK4"):
        stepper(system(), "Eular")


def test_text_is_plain_python_for_any_number_of_states():
    for size in (1, 2, 7):
        for method in STAGES:
            for spiking in (False, True):
                compile(step_text(size, method, spiking), "text", "exec")


PROCESS = """
import sys
from ncm_app.core.catalogue import models
from ncm_app.models.rates.ei_rate_network import EIRateNetwork as M
from ncm_app.numerics.runs.compiled import stepper, warm
from ncm_app.numerics.system import System
one = System(M.rhs, ("r_e", "r_i"), ((0, 1), (0, 1)), ((0, 1), (0, 1)), owner=M.__module__ + ":" + M.__qualname__)
warm(one, "Euler", M().snapshot().p)
stats = stepper(one, "Euler").kernel.fast.stats
print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


def test_a_second_process_finds_the_compiled_code_on_disk(tmp_path):
    environment = {**os.environ, "NCM_APP_CACHE": str(tmp_path)}

    def hits_and_misses():
        done = subprocess.run([sys.executable, "-W", "error", "-c", PROCESS], env=environment, check=True,
                              capture_output=True, text=True, timeout=120)
        return tuple(map(int, done.stdout.split()))

    assert hits_and_misses() == (0, 1)
    assert hits_and_misses() == (1, 0)
    assert len(list((tmp_path / "steps").glob("*.py"))) == 1


def test_names_on_disk_change_with_the_sources(tmp_path, monkeypatch):
    module = tmp_path / "cell_for_cache_test.py"
    module.write_text("class Cell:\n    @staticmethod\n    def rhs(t, y, p):\n        return (-y[0],)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("NCM_APP_CACHE", str(tmp_path / "cache"))
    cell = importlib.import_module("cell_for_cache_test").Cell
    one = system(cell.rhs, ("u",), owner="cell_for_cache_test:Cell")
    names = []
    for source in (module.read_text(), module.read_text() + "# edited\n"):
        module.write_text(source)
        names.append(step_cache.load_steps(one, "Euler", step_text(1, "Euler", False)).__name__)
    assert len(set(names)) == 2
    monkeypatch.setattr(numba, "__version__", "0.0")
    assert step_cache.load_steps(one, "Euler", step_text(1, "Euler", False)).__name__ not in names


def test_owners_that_cannot_be_imported_stay_in_the_process(tmp_path, monkeypatch):
    monkeypatch.setenv("NCM_APP_CACHE", str(tmp_path))
    for owner in ("", "__main__:Cell", "no.such.module:Cell", "ncm_app.models.cells.eif:EIF"):
        assert step_cache.load_steps(system(owner=owner), "Euler", "") is None
    assert not list(tmp_path.rglob("*.py"))


def test_an_unwritable_cache_falls_back_to_another_folder(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("NCM_APP_CACHE", str(blocked))
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    folder = cache.cache_folder("steps")
    assert folder is not None and folder.is_dir() and blocked not in folder.parents


def test_code_from_disk_gives_the_digits_of_plain_text(tmp_path, monkeypatch):
    monkeypatch.setenv("NCM_APP_CACHE", str(tmp_path))
    model = models()["eif"]
    one, p = system_of(model), model().snapshot().p
    compiled._KERNELS.pop((one, "Euler", False), None)
    texts = [stepper(one, "Euler")]
    plain = run(texts[0], (-70.0,), p, 9000, spikes=np.empty(9))
    assert texts[0].chunk == compiled.CHUNKS[False]
    warm(one, "Euler", p)
    fast = run(texts[0], (-70.0,), p, 9000, spikes=np.empty(9))
    assert texts[0].chunk == compiled.CHUNKS[True] and list(tmp_path.rglob("*.nbc"))
    assert plain[1:] == fast[1:] == (9000, 3)
    np.testing.assert_allclose(fast[0], plain[0], rtol=1e-9)


def test_sources_of_a_model_include_the_modules_whose_names_it_uses():
    found = {module.__name__ for module in cache._sources(sys.modules["ncm_app.models.cells.eif"], noise)}
    assert {"ncm_app.models.cells.eif", "ncm_app.numerics.noise", "ncm_app.core.model", "ncm_app.core.state"} <= found
    assert all(name.startswith("ncm_app.") for name in found)
