"""A model with one thing of each kind that is drawn with the pointer; no part of the catalogue."""

from __future__ import annotations

import numpy as np

from ncm_app.core.drawing import Grid, Points, Sketch
from ncm_app.core.model import Choice, Count, Experiment, Mark, Measure, Plot, Preset, Variable

TIME, LEVEL = Variable("t", (0.0, 2000.0), "ms", "s"), Variable("z", (-2.0, 2.0))


def side(name, end):
    return Variable(name, (0.0, end))


def columns_of(picture, rows):
    """Return the columns of a heat map whose first row is at the top."""
    seen = picture if len(picture) else np.zeros((rows, picture.shape[1]))
    return np.arange(picture.shape[1] + 1.0), np.arange(rows + 1.0), seen[::-1]


def heat_map(name, rows, levels):
    axes = side("column", float(rows)), side("row", float(rows))
    return Plot(name, name.capitalize(), *axes, (Mark(name, "heatmap"),), lambda answer, p: {
        name: columns_of(getattr(p, name), rows)}, clicks=(name,), colours=Variable("ink", (0.0, levels - 1.0)))


def drawn_points(answer, p):
    return {kind: (p.places[p.places[:, 2] == k, 0], p.places[p.places[:, 2] == k, 1])
            for k, kind in enumerate(("white", "black"))}


class Blackboard(Experiment):
    """What is drawn on it, and how much of it there is."""

    chapter, title = "A.1", "Blackboard"
    target = Sketch(64, (-1.5, 1.5), group="drawn", doc="function to follow")
    pattern = Grid(28, 28, 2, toggles=True, group="drawn", doc="pattern to store")
    digit = Grid(8, 8, 17, group="drawn", doc="digit to read")
    places = Points(20, labels="colour", bounds=(-2.0, 2.0), group="drawn", doc="points of two classes")
    colour = Choice("white", objects=["white", "black"], doc="class of new points")
    followed = Choice("nothing", objects=["nothing", "target"], doc="what is followed")
    n = Count(3, bounds=(0, 9), doc="a number")
    plots = (
        Plot("target", "Target", TIME, LEVEL, (Mark("target"),),
             lambda answer, p: {"target": (np.linspace(0.0, 2.0, 64), p.target if len(p.target) else np.zeros(64))},
             shape="wide", clicks=("target",)),
        heat_map("pattern", 28, 2), heat_map("digit", 8, 17),
        Plot("places", "Places", Variable("x", (-2.0, 2.0)), Variable("y", (-2.0, 2.0)),
             (Mark("white", "points"), Mark("black", "points")), drawn_points, clicks=("places",)))
    idle_unless = {"followed": {"target": ("target",)}}
    presets = (Preset("Empty", "Nothing is drawn.", {}),
               Preset("Full", "A ramp, and ink everywhere.", {
                   "target": np.linspace(-1.5, 1.5, 64), "pattern": np.ones((28, 28)), "n": 5}))

    @staticmethod
    def perform(p, progress):
        return {name: float(np.sum(getattr(p, name))) for name in ("target", "pattern", "digit", "places")}

    @staticmethod
    def measure(answer, p):
        return tuple(Measure(f"sum of {name}", value) for name, value in answer.items())

    @staticmethod
    def tell(answer, p):
        return f"the pattern has {answer['pattern']:.0f} pixels of ink"
