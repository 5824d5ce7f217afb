"""Neural masses beside plain SciPy and NumPy loops: `python -m benchmarks.masses`.

Least processor time of several runs of one thread, warm if not said otherwise; BLAS had better have one thread
(`OPENBLAS_NUM_THREADS=1`). Trust the ratios. A loop over NumPy arrays makes the same steps from the same noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.learning import Row, cells
from benchmarks.masses_plainly import equilibria_at, oscillator_run, run_of, spectrum_of, sweep
from benchmarks.networks import alone
from benchmarks.table import table
from benchmarks.threads import processor_time
from ncm_app.core.catalogue import find
from ncm_app.models.masses import _microcircuit_plots
from ncm_app.models.masses._hopf_points import PLACES, field_of
from ncm_app.models.masses.canonical_microcircuit import CanonicalMicrocircuit
from ncm_app.models.masses.jansen_rit import JansenRit
from ncm_app.numerics.amplitude.feedback import Sigmoid
from ncm_app.numerics.amplitude.noisy import oscillator_steps
from ncm_app.numerics.perturbation.hopf import find_hopf_point
from ncm_app.numerics.perturbation.lindstedt import expand
from ncm_app.numerics.system import SILENT
from ncm_app.studies.cycles import cycles
from ncm_app.studies.memo import MEMORY
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria
from ncm_app.studies.warm import warm_model

HEAD = ("processor time, ms", "ncm_app", "target", "met", "beside it", "times faster", "at least", "met",
        "what is beside")
FEEDBACK = Sigmoid(12.2, 1.5)
STEPS = 20_000
FRESH = """import time
import ncm_app as ncm
assert len(ncm.bifurcation_diagram(ncm.model("jansen_rit"), "p").cycles) == 2
print(1000.0 * time.process_time())"""


def snapshot(model: Any, **values: float) -> Any:
    """Return a model at rest or run under some values, its first preset otherwise."""
    return model(**{**model.preset_values(model.first_preset()), **values}).snapshot()


def least(work: Any, repeats: int) -> float:
    """Return the least processor time of some repeats, ms, with an empty memory of studies before each."""
    def anew() -> None:
        MEMORY.forget()
        work()

    anew()
    return 1000.0 * processor_time(anew, repeats)


def diagram_rows() -> list[tuple[Row, str]]:
    """Diagram and fixed points of the Jansen-Rit model beside brentq and eigvals."""
    here, beside = snapshot(JansenRit), "2,000 values: brentq, eigvals; no cycles"
    plain = 1000.0 * processor_time(lambda: sweep(here.p), 2)
    fresh = min(alone(FRESH) for _ in range(2))
    warm = least(lambda: cycles(here, "p"), 3)
    few = snapshot(JansenRit, p=100.0)
    return [(Row("Jansen-Rit diagram with all cycles, from the start of Python", fresh, 3000.0, plain, 1 / 30), beside),
            (Row("the same, warm", warm, 3000.0, plain, 1 / 30), beside),
            (Row("its fixed points and eigenvalues", least(lambda: equilibria(few), 20), 30.0,
                 1000.0 * processor_time(lambda: equilibria_at(few.p), 20), None),
             "brentq between 800 values, eigvals")]


def run_rows() -> list[tuple[Row, str]]:
    """Ten seconds of noise."""
    out = np.empty((4, STEPS))
    ours = least(lambda: oscillator(out), 20)
    rows = [(Row("10 s of the noisy oscillator, 0.5 ms", ours, 50.0, 1000.0 * processor_time(oscillator_run, 2), 100.0),
             "NumPy loop")]
    for model, values in ((JansenRit, {"sigma": 2.0}), (CanonicalMicrocircuit, {"dt": 0.5})):
        here = snapshot(model, t_end=10_000.0, **values)
        rows.append((Row(f"10 s of {model.title}, RK4, 0.5 ms", least(lambda: simulate(here), 5), 50.0,  # noqa: B023
                         1000.0 * processor_time(lambda: run_of(here), 1), 100.0), "NumPy loop"))  # noqa: B023
    return rows


def oscillator(out: Any) -> None:
    """Run ten seconds of the noisy oscillator by the kernel; `out` (4, m) is what it fills."""
    oscillator_steps(np.array([3.0, 0.0]), FEEDBACK.code, FEEDBACK.numbers, 0.05, 0.5, 2.0 * np.pi / 200.0, 1, 0, *out)


def series_rows() -> list[tuple[Row, str]]:
    """Lindstedt series about Hopf points, and the answers of the two pages."""
    rows = []
    for name, place in list(PLACES.items())[:4]:
        point = find_hopf_point(field_of(place, 1.0, 2.0, 0.05), place.p, np.array(place.x))
        rows.append(Row(f"series to order 6: {name}", least(lambda: expand(point), 20), 5.0, None, None))  # noqa: B023
    for slug in ("perturbation", "semi_stable_states"):
        model: Any = find(slug)
        p = snapshot(model).p
        rows.append(Row(f"answer of {slug}", least(lambda: model.perform(p, SILENT), 3), None, None, None))  # noqa: B023
    return [(row, "") for row in rows]


def spectrum_rows() -> list[tuple[Row, str]]:
    """The spectrum of a run of the microcircuit, and linear theory's."""
    here = snapshot(CanonicalMicrocircuit, d=1.0)
    run = simulate(here)
    return [(Row("spectrum of the microcircuit: run, theory, theory with the delay",
                 least(lambda: _microcircuit_plots.spectrum(run, here.p), 20), 15.0,
                 1000.0 * processor_time(lambda: spectrum_of(run, here.p), 5), None),
             "SciPy's welch, a NumPy loop over frequencies")]


def main() -> None:
    """Time everything and print the table."""
    for model in (JansenRit, CanonicalMicrocircuit):
        warm_model(model)
    rows = [*diagram_rows(), *run_rows(), *series_rows(), *spectrum_rows()]
    print(table(HEAD, [[*cells(row), beside] for row, beside in rows]))


if __name__ == "__main__":
    main()
