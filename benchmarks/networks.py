"""Networks of spiking cells beside plain loops and Brian2: `python -m benchmarks.networks [--peers]`.

Everything runs on one thread, warm, and the least processor time of several runs is given: what else the machine
does only adds to it. Trust the ratios. Plain loops run in a process of their own. `--peers` makes an environment with
Brian2 in the user's cache folder (once) and runs its C++ standalone loop, which takes a minute to compile; its time is
the least by Brian2's own clock. Two runs at once are timed by the clock on the wall, which takes two free cores.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from benchmarks import book_loops
from benchmarks.table import digits, median, table, verdict
from benchmarks.threads import held, processor_time
from ncm_app.machine_code.cache import cache_folder
from ncm_app.numerics.networks import topology
from ncm_app.numerics.networks.cell_code import compiled_step
from ncm_app.numerics.networks.layout import STRIDE, address_of, call_step
from ncm_app.numerics.networks.run import run_network
from ncm_app.numerics.networks.spec import Network, Plasticity, RunSettings
from ncm_app.numerics.system import Cancelled, Partial, Progress
from tests.support.networks import DRAFT, LATER, TAUS, cell_values, draft, feedforward, later, recurrent

SECOND, RULE, CELL = RunSettings(1000.0), Plasticity(150.0, 50.0, 5.0), cell_values()


def least(work: Callable[[], Any], repeats: int) -> float:
    """Return the least processor time of several runs, in ms, after one that is not counted."""
    work()
    return 1000.0 * processor_time(work, repeats)


def anew(network: Network, settings: RunSettings) -> float:
    """Return the time of a run that draws its synapses anew, ms."""
    def work() -> None:
        topology.MEMORY.kept.clear()
        run_network(network, settings)
    return least(work, 5)


def loop_time(name: str) -> float:
    """Return how long one of the book's loops takes here, with the spikes and synapses that it draws, ms."""
    rng, sizes = np.random.default_rng(1), {"x": 800, "e": 800, "i": 200}
    post, inputs = CELL._replace(V_re=-75.0, V_th=5.0), ((2000, 8.0, 16.0, 5.0), (500, 15.0, -16.0, 5.0))
    loops: dict[str, Callable[[], object]] = {
        "recurrent": lambda: book_loops.recurrent_network(
            CELL, {"x": 2000, "e": 2000, "i": 500}, 0.1, DRAFT, TAUS, 5.0, 1000.0, 0.1, rng),
        "feedforward": lambda: book_loops.feedforward_network(post, 100, inputs, 0.1, 1000.0, 0.1, rng),
        "plastic": lambda: book_loops.plastic_network(CELL, sizes, 0.2, LATER, TAUS, RULE, 10.0, 2000.0, 0.1, rng)}
    return 1000.0 * processor_time(loops[name], 1)


def alone(code: str) -> float:
    """Return the number that a program prints, run in a process of its own on one thread."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    return float(done.stdout)


def book_rows() -> list[list[str]]:
    """Our runs beside loops as a textbook writes them."""
    cases = [("recurrent", "2000 + 2000 + 500 cells, 1 s", draft(), SECOND, 20.0, 40.0),
             ("feedforward", "2000 + 500 onto 100 cells, 1 s", feedforward(), SECOND, 3.0, 200.0),
             ("plastic", "800 + 800 + 200 cells, 2 s", later(r_x=10.0, plasticity=RULE), RunSettings(2000.0), 25.0,
              400.0)]
    rows = []
    for name, words, network, settings, target, ratio in cases:
        ours = least(lambda: run_network(network, settings), 15)  # noqa: B023
        book = alone(f"from benchmarks.networks import loop_time\nprint(loop_time('{name}'))")
        rows.append([f"{name}, {words}", digits(ours), digits(target), verdict(ours, target),
                     digits(anew(network, settings)), digits(book), digits(book / ours), digits(ratio),
                     verdict(book / ours, None, ratio)])
    return rows


def scaling_rows() -> list[list[str]]:
    """Runs of 1 s with 200 + 50 recurrent and 200 external synapses onto each cell, from 1,000 to 20,000 cells."""
    rows = []
    for size in (1000, 2500, 5000, 10_000, 20_000):
        network = recurrent({"x": 4 * size // 5, "e": 4 * size // 5, "i": size // 5}, 250 / size, DRAFT)
        ours = least(lambda: run_network(network, SECOND), 5)  # noqa: B023
        run = run_network(network, SECOND)
        rows.append([f"{size:,}", digits(ours), digits(anew(network, SECOND)), digits(1e6 * ours / size / 10_000),
                     f"{run.rate('e', 100.0):.2f}, {run.rate('i', 100.0):.2f}", *(
            ["250", verdict(ours, 250.0)] if size == 20_000 else ["", ""])])
    return rows


@numba.njit(error_model="numpy")
def _scalar_steps(V, currents, keeps, p, dt, steps):  # type: ignore[no-untyped-def]
    """Step cells one by one, each with an exponential of the library and a question whether it spikes."""
    E_L, V_T, D, tau, V_th, V_re = p
    for _ in range(steps):
        for j in range(len(V)):
            drive = currents[0, j] + currents[1, j] + currents[2, j]
            V[j] += dt * (-(V[j] - E_L) + D * math.exp((V[j] - V_T) / D) + drive) / tau
            for c in range(3):
                currents[c, j] *= keeps[c]
            if V[j] >= V_th:
                V[j] = V_re


@numba.njit
def _vector_steps(address, block, size, values, keeps, fired, dt, steps):  # type: ignore[no-untyped-def]
    for k in range(steps):
        call_step(address, block, size, values, keeps, k * dt, dt, fired)


def vector_rows() -> list[list[str]]:
    """The cells alone, 2,560 for 1,000 steps: many in one instruction beside one by one."""
    size, population = 2560, draft().populations[0]
    V, currents = np.full(size, -60.0), np.full((3, size), 4.0)
    facts = (CELL.E_L, CELL.V_T, CELL.D, CELL.tau_m, CELL.V_th, CELL.V_re)
    scalar = least(lambda: _scalar_steps(V, currents, np.ones(3), facts, 0.1, 1000), 7)
    rows = [["one by one, double", digits(scalar), "", ""]]
    for precision in ("float64", "float32"):
        block, keeps = np.zeros((4, STRIDE), precision), np.ones(3, precision)
        block[0], block[1:] = -60.0, 4.0
        values, fired = np.array(population.values, dtype=float), np.zeros(size, np.int32)
        step = compiled_step(population, 3, precision)
        arrays = (address_of(values), address_of(keeps), address_of(fired))
        ours = least(lambda: _vector_steps(step.address, address_of(block), size, *arrays, 0.1, 1000), 15)  # noqa: B023
        rows.append([f"compiled from the cell's equation, {precision}", digits(ours), digits(scalar / ours),
                     verdict(scalar / ours, None, 3.0)])
    return rows


def together() -> float:
    """Return by how much two runs at once slow each other: the same work in two threads, over that of one."""
    def work() -> None:
        for _ in range(10):
            run_network(draft(), SECOND)

    def elapsed(count: int) -> float:
        threads = [threading.Thread(target=work) for _ in range(count)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - begun
    times = [(elapsed(1), elapsed(2)) for _ in range(5)]
    return min(both for _, both in times) / min(one for one, _ in times)


class Cancel(Progress):
    """Cancels from a moment on."""

    def __init__(self, moment: float) -> None:
        self.moment = moment

    def report(self, fraction: float, partial: Partial | None = None) -> None:
        if time.perf_counter() > self.moment:
            raise Cancelled


def cancel_time(network: Network) -> float:
    """Return how long a run goes on after a cancel, the median of 20 moments, ms."""
    waits, rng = [], np.random.default_rng(1)
    for wait in rng.uniform(0.01, 0.2, 20):
        progress = Cancel(time.perf_counter() + wait)
        with contextlib.suppress(Cancelled):
            run_network(network, RunSettings(20_000.0), progress)
        waits.append(1000.0 * (time.perf_counter() - progress.moment))
    return median(waits)


def first_result(before: str = "") -> float:
    """Return how long the first run takes in a new process that finds compiled code on disk, ms."""
    code = ("import time\nfrom tests.support.networks import draft\n"
            "from ncm_app.models.cells.eif import EIF\nfrom ncm_app.studies.warm import warm_model\n"
            f"from ncm_app.numerics.networks.run import run_network\n{before}\n"
            "begun = time.perf_counter()\nrun_network(draft())\nprint(1000 * (time.perf_counter() - begun))")
    return min(alone(code) for _ in range(3))


def brian2() -> dict[str, Any]:
    """Run the recurrent network in Brian2; its environment and its program stay in the cache folder."""
    folder = cache_folder("peers")
    if folder is None:
        raise SystemExit("There is no folder to keep Brian2 in: set NCM_APP_CACHE to one that can be written.")
    python = folder / "brian2" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        venv.create(folder / "brian2", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "numpy<2.4", "brian2"], check=True)
    cell = {name: getattr(CELL, name) for name in ("E_L", "V_T", "D", "tau_m", "V_th", "V_re")}
    spec = {"sizes": {"x": 2000, "e": 2000, "i": 500}, "p": 0.1, "weights": DRAFT, "taus": TAUS, "r_x": 5.0,
            "t_end": 1000.0, "cell": cell}
    script = Path(__file__).with_name("brian2_network.py")
    done = subprocess.run([python, script, folder / "program", json.dumps(spec)], capture_output=True, text=True,
                          check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure all and print the tables."""
    head = ("warm, least of several, ms", "ncm_app", "target", "met", "synapses drawn anew", "plain NumPy loop",
            "times faster", "at least", "met")
    print(table(head, book_rows()))
    print()
    print(table(("cells, 1 s", "ms", "synapses drawn anew", "ns per cell and step", "rates e, i, Hz", "target", "met"),
                scaling_rows()))
    print()
    print(table(("2,560 cells, 1,000 steps", "ms", "times faster", "at least 3"), vector_rows()))
    slower, share = together(), held(lambda: run_network(draft(), SECOND), 0.5)
    print(f"\nTwo runs at once take {slower:.2f} times as long as one (at most 1.3: {verdict(slower, 1.3)}); "
          f"a run holds the interpreter's lock for {100 * share:.0f} % of its time.")
    waited = cancel_time(recurrent({"x": 16_000, "e": 16_000, "i": 4000}, 0.0125, DRAFT))
    print(f"A cancelled run of 20,000 cells ends after {digits(waited)} ms (at most 20: {verdict(waited, 20.0)}).")
    bare, first = first_result(), first_result("warm_model(EIF)")
    print(f"First run of a process that has warmed the cell alone: {digits(first)} ms (at most 100: "
          f"{verdict(first, 100.0)}); of one that has run nothing compiled: {digits(bare)} ms.")
    if "--peers" in sys.argv:
        peer, ours = brian2(), least(lambda: run_network(draft(), SECOND), 15)
        loop = 1000.0 * min(peer["loops"])
        rates = ", ".join(f"{name} {rate:.2f} Hz" for name, rate in peer["rates"].items())
        print(f"Brian2's C++ loop of the recurrent network: {digits(loop)} ms ({rates}; {peer['build']:.0f} s to "
              f"build), ncm_app {digits(ours)} ms: {digits(loop / ours)} times (at least 10: "
              f"{verdict(loop / ours, None, 10.0)}).")


if __name__ == "__main__":
    main()
