"""An inversion of a few lines: a straight line u + v t, and what only its sum tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.core.inversion import Case, Inversion, Inverted, Problem
from ncm_app.core.inversion_plots import PLOTS
from ncm_app.core.model import Choice, Count, Mark, Measure, Plot, Preset, Quantity, Upload, Variable
from ncm_app.numerics.inversion.fitted import fit, posterior
from ncm_app.numerics.inversion.identified import cannot_be_told_apart
from ncm_app.numerics.noise import hash_normal

T = np.linspace(0.0, 1.0, 20)
SD = 0.1


@dataclass(frozen=True, eq=False)
class LineData:
    """Values (m,) at the times T, and the file that they are from."""

    values: np.ndarray
    source: str = ""
    reading: str = "One number a line."


def read_line(name, data, check=lambda: None):
    return LineData(np.array([float(line) for line in data.decode().split()]), name)


def made(p):
    if p.u > 4.0:
        raise ArithmeticError("u is above 4")
    return LineData(p.u + p.v * T + SD * hash_normal(p.seed, 0, np.arange(len(T))))


def problem(times, p, data):
    """What is asked of data; where all times are one, only u + v t there is told."""
    def residuals(theta):
        if theta[0] > 4.0:
            raise ArithmeticError("u is above 4")
        return (data.values - theta[0] - theta[1] * times) / SD

    mean, sd, names = np.zeros(2), np.full(2, 2.0), ("u", "v")
    return Problem(names, ("mV", "1"), mean, sd,
                   lambda check, tell: fit(residuals, mean + p.begin * sd, mean, sd, names, None, check, tell),
                   lambda found, first, second, check: posterior(residuals, found, first, second, check=check),
                   lambda theta: {"line": (T, theta[0] + theta[1] * times)}, cannot_be_told_apart, (p.u, p.v),
                   lambda found: (("u + v", float(found.estimate.sum()), 0.1, p.u + p.v),) if p.case else ())


def mean(p, data, check):
    """An answer that needs no search."""
    none, value = np.empty(0), float(data.values.mean())
    return Inverted("mean", data, (), (), none, none, none, (0, 0), np.empty((0, 0)), none,
                    words=f"the mean is {value:.2f}", numbers=(Measure("mean", value),))


class Line(Inversion):
    """A line through noisy values."""

    chapter, title = "G.9", "Line"
    case = Choice("line", objects=["line", "level", "mean"], group="what is inverted", doc="times of the values")
    u = Quantity(1.0, bounds=(-5, 5), group="truth", unit="mV", doc="level")
    v = Quantity(2.0, bounds=(-5, 5), group="truth", doc="slope")
    seed = Count(1, bounds=(0, 9999), group="data", doc="seed of the noise")
    spare = Quantity(1.0, bounds=(0, 2), group="data", doc="of the level alone")

    cases = (Case("line", LineData, made, lambda p, data: problem(T, p, data), ("u", "v", "seed")),
             Case("level", LineData, lambda p: made(p._replace(v=0.0, u=p.u + p.v)),
                  lambda p, data: problem(1.0, p, data), ("u", "v", "seed"), ("spare",)),
             Case("mean", LineData, made, None, ("u", "v", "seed"), (), mean))
    reads = Upload(read_line, lambda data: "Line", "case", (".csv",), 10_000, "Numbers.", data=True)
    plots = (Plot("line", "Line", Variable("t", (0.0, 1.0)), Variable("y", (-5.0, 5.0)),
                  (Mark("data", "points", "now"), Mark("line")),
                  lambda answer, p: {} if answer.data is None else {"data": (T, answer.data.values)}
                  | dict(answer.explained)), *PLOTS)
    presets = (Preset("Line", "It is found.", expect={"measured": {"u": (0.8, 1.2)}}),
               Preset("Level", "A sum is found.", {"case": "level"}, expect={}))
