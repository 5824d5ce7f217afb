"""Noisy oscillators beside a NumPy loop, and series about Hopf points: `python -m benchmarks.amplitude`.

Ten seconds at 10 Hz in steps of 0.5 ms are 20,000 steps: the same equation, step and kind of noise in both. Least
processor time of several runs on one thread; trust the ratios.
"""

from __future__ import annotations

import math

import numpy as np

from benchmarks.table import table
from benchmarks.threads import processor_time
from ncm_app.core.catalogue import find
from ncm_app.models.masses._hopf_points import PLACES, field_of
from ncm_app.numerics.amplitude.feedback import Sigmoid, logistic
from ncm_app.numerics.amplitude.noisy import oscillator_steps
from ncm_app.numerics.perturbation.hopf import find_hopf_point
from ncm_app.numerics.perturbation.lindstedt import expand
from ncm_app.numerics.system import SILENT

STEPS, TURN, EPS, NOISE = 20_000, 2.0 * math.pi / 200.0, 0.05, 0.5
FEEDBACK = Sigmoid(12.2, 1.5)


def compiled(out: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    """Run ten seconds of the oscillator by the kernel."""
    R, variance, X, Y = out
    oscillator_steps(np.array([3.0, 0.0]), FEEDBACK.code, FEEDBACK.numbers, EPS, NOISE, TURN, 1, 0, R, variance, X, Y)


def loop() -> float:
    """Run the same steps by a loop over NumPy arrays."""
    rng, z, path = np.random.default_rng(1), np.array([3.0, 0.0]), np.empty((STEPS, 2))
    half = np.array([[math.cos(TURN / 2), math.sin(TURN / 2)], [-math.sin(TURN / 2), math.cos(TURN / 2)]])
    root, rest = NOISE * math.sqrt(2.0 * EPS * TURN), FEEDBACK.numbers[3]
    for n in range(STEPS):
        z = half @ z
        f = -2.0 * z[1] + FEEDBACK.G * (logistic(FEEDBACK.rho * (z[1] - FEEDBACK.th)) - rest)
        z[1] += EPS * TURN * f + root * rng.standard_normal()
        z = half @ z
        path[n] = z
    return float(np.hypot(*path.T).mean())


def rows() -> list[list[str]]:
    """Time each case, in ms, beside what is asked of it."""
    out = np.empty((4, STEPS))
    compiled(out)
    fast, slow = 1000.0 * processor_time(lambda: compiled(out), 20), 1000.0 * processor_time(loop, 2)
    found = [["10 s of the oscillator, 0.5 ms", f"{fast:.2f}", "50", f"{slow / fast:.0f} times a NumPy loop (100)"]]
    for name, place in list(PLACES.items())[:3]:
        point = find_hopf_point(field_of(place, 1.0, 2.0, 0.05), place.p, np.array(place.x))
        found.append([f"order 6, {name}", f"{1000.0 * processor_time(lambda at=point: expand(at), 20):.2f}", "5", ""])
    for slug in ("semi_stable_states", "perturbation"):
        model = find(slug)
        p = model(**model.preset_values(model.first_preset())).snapshot().p
        perform = model.perform  # type: ignore[attr-defined]
        found.append([f"answer of {slug}", f"{1000.0 * processor_time(lambda p=p, f=perform: f(p, SILENT), 3):.0f}", "",
                      ""])
    return found


if __name__ == "__main__":
    print(table(["work", "ms", "at most", "ratio"], rows()))
