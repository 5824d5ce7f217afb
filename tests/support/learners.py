"""A learner of a few lines: a weight that follows noisy targets, by a rule that diverges where its rate is too high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ncm_app.core.learner import Learner
from ncm_app.core.model import Count, Mark, Measure, Plot, Preset, Quantity, Upload, Variable
from ncm_app.numerics.noise import hash_uniform

LIMIT = 1e6
"""Weights beyond this have diverged."""


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets (m,) that are visited in turn, and the file that they are from."""

    values: np.ndarray
    source: str = "made"
    reading: str = "One number a line."


@dataclass(frozen=True, eq=False)
class WeightState:
    """The weight after each step (step + 1,)."""

    step: int
    weights: np.ndarray
    failed: str = ""


@dataclass(frozen=True, eq=False)
class WeightAnswer:
    """What is drawn of a state."""

    step: int
    weights: np.ndarray
    failed: str
    duration: float


def read_targets(name, data, check=lambda: None):
    try:
        return Targets(np.array([float(line) for line in data.decode().split()]), name)
    except ValueError:
        raise ValueError("A file of numbers, one a line, expected.") from None


class Follower(Learner):
    """A weight follows its targets by the delta rule."""

    chapter, title = "4.9", "Follower"
    mean = Quantity(1.0, bounds=(-5, 5), group="task", doc="mean of the targets")
    seed = Count(1, bounds=(0, 99), group="task", doc="seed of the targets")
    n_steps = Count(200, bounds=(10, 2000), group="task", doc="length of the run")
    eps = Quantity(0.1, bounds=(0, 3), group="rule", doc="learning rate")
    noise = Quantity(0.0, bounds=(0, 1), group="rule", doc="noise of the weight")
    lift = Quantity(0.0, bounds=(0, 1), group="view", doc="what is drawn above")
    rule, only_drawn, counted = ("eps", "noise"), ("lift",), "updates"
    reads = Upload(read_targets, lambda data: "Slow", "", (".csv",), 10_000, "Numbers.", data=True)
    plots = (Plot("weight", "Weight", Variable("step", (0.0, 200.0)), Variable("w", (-1.0, 2.0)), (Mark("w"),),
                  lambda answer, p: {"w": (np.arange(answer.step + 1.0), answer.weights + p.lift)}, over_time=True),)
    presets = (Preset("Slow", "It follows.", expect={"measured": {"w": (0.8, 1.2)}}),
               Preset("Too fast", "It diverges.", {"eps": 2.5}, expect={}))

    @staticmethod
    def own_data(p):
        return Targets(p.mean + hash_uniform(p.seed, 0, np.arange(64)) - 0.5)

    @staticmethod
    def last_step(p):
        return p.n_steps

    @staticmethod
    def begin(p, data):
        return WeightState(0, np.zeros(1))

    @staticmethod
    def advance(state, p, data, n):
        weights = list(state.weights)
        for step in range(state.step, state.step + n):
            noise = p.noise * (hash_uniform(p.seed, 1, np.array([step]))[0] - 0.5)
            weights.append(weights[-1] + p.eps * (data.values[step % len(data.values)] - weights[-1]) + noise)
            if abs(weights[-1]) > LIMIT:
                return WeightState(step + 1, np.array(weights), f"eps = {p.eps:g} is above 2")
        return WeightState(state.step + n, np.array(weights))

    @staticmethod
    def look(state, p, data):
        return WeightAnswer(state.step, state.weights, state.failed, float(p.n_steps))

    @staticmethod
    def measure(answer, p):
        return (Measure("w", float(answer.weights[-1])),)

    @staticmethod
    def tell(answer, p):
        return answer.failed or f"the weight is {answer.weights[-1]:.3g}"
