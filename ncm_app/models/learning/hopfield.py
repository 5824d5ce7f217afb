"""Hopfield network: memories as lasting states (section B.10)."""

from ncm_app.core.learner import Learner
from ncm_app.core.model import Choice, Count, Mark, Plot, Preset, Quantity, Variable
from ncm_app.models.learning import _hopfield_plots as drawn
from ncm_app.models.learning._hopfield_states import Answer, cued_of, measured, start_of, stored_of, told
from ncm_app.numerics.learning import recall


class Hopfield(Learner):
    """A network stores patterns in its weights, and recalls the one that is most like its start (section B.10)."""

    chapter, title = "B.10", "Hopfield network"

    patterns = Choice("digits", objects=["digits", "random"], group="memories", doc="what is stored")
    P = Count(1, bounds=(1, 300), group="memories", doc="number of memories")
    digit = Count(3, bounds=(0, 9), group="memories", doc="digit of the first memory; the others follow in turn")
    side = Count(28, bounds=(8, 40), group="memories", doc="pixels along a side: N is its square")
    weights = Choice("Hebb", objects=["Hebb", "projection"], group="memories",
                     doc="how weights follow from the memories; the projection rule takes out what they share")
    self_weights = Choice("none", objects=["none", "kept", "as in the notebook"], group="memories",
                          doc="weights of units onto themselves")
    seed = Count(1, bounds=(0, 9999), group="memories", doc="seed of patterns, flips and order")
    start = Choice("a memory", objects=["a memory", "a mixture of three", "random"], group="recall",
                   doc="from where the recall starts")
    cued = Count(1, bounds=(1, 300), group="recall", doc="memory from which it starts, and the overlap with which is told")
    flips = Quantity(0.1, bounds=(0, 1), step=0.01, group="recall", doc="share of the units that are flipped at first")
    order = Choice("random", objects=["random", "sequential", "synchronous"], group="recall",
                   doc="which unit is updated next: any, the next one, or all at once after N updates")
    updates = Count(5500, bounds=(100, 40_000), group="recall", doc="length of the recall")

    rule, counted, stride = ("order",), "updates", 1
    idle_unless = {"patterns": {"digits": ("digit",)},
                   "start": {"a memory": ("flips",), "a mixture of three": ("flips",)}}
    pictured = "state"
    updated, overlap = Variable("updates", (0.0, 5500.0)), Variable("overlap m", (-0.2, 1.05))
    column, row, value = Variable("column", (0.0, 28.0)), Variable("row", (0.0, 28.0)), Variable("S", (-1.0, 1.0))
    points = (Mark("errors", role="now"), Mark("measured", "points", "now", "measured"))
    plots = (
        Plot("memories", "Memories", Variable("memory", (0.5, 10.5)), Variable("row", (0.0, 1.2)),
             (Mark("memories", "heatmap"), Mark("cued", "points", "now")), drawn.memories, shape="wide", fits="x",
             colours=value, centre=0.0, clicks=("cued",)),
        Plot("energy", "Energy", updated, Variable("E / N", (-0.5, 0.0)),
             (Mark("memory", role="theory", label="in the memory"), Mark("E", role="now", label="E / N", ghost=True)),
             drawn.energy, shape="strip", over_time=True, fits="y", tight="y"),
        Plot("paths", "Overlaps", updated, overlap,
             (Mark("others", role="external", label="others"),
              Mark("cued", role="excitatory", label="cued memory", ghost=True)), drawn.paths, shape="strip",
             over_time=True, fits="y", legend="bottom_right"),
        Plot("start", "Start", column, row, (Mark("start", "heatmap"),), drawn.start, colours=value, centre=0.0,
             tight="xy"),
        Plot("state", "State now", column, row, (Mark("state", "heatmap"), Mark("wrong", "points", "now")), drawn.state,
             colours=value, centre=0.0, tight="xy"),
        Plot("overlaps", "Overlap with each memory", Variable("memory", (0.5, 10.5)), overlap,
             (Mark("now", "bars", "excitatory", "now", ghost=True), Mark("start", "points", "external", "start"),
              Mark("cued", "points", "now", "cued")),
             drawn.overlaps, fits="xy", clicks=("cued",)),
        Plot("capacity", "Capacity: what is left of a memory", Variable("load P / N", (0.0, 0.22)), overlap,
             (Mark("theory", role="theory", label="many units"), *points, Mark("now", "points", "excitatory", "here")),
             drawn.here, fixed=drawn.measured_capacity, on_choice=True),
        Plot("basin", "Basin: recalled after flips", Variable("flips", (0.0, 0.5)), Variable("share recalled", (0.0, 1.05)),
             (Mark("now", role="excitatory", label="here"), *points), drawn.flips_now, fixed=drawn.measured_basin,
             clicks=("flips",), on_choice=True),
        Plot("crosstalk", "Inputs in the memories", Variable("input times S", (-0.5, 2.5)),
             Variable("density", (0.0, 1.0)),
             (Mark("units", "bars", label="units of all memories"), Mark("turns", role="external", label="turn"),
              Mark("theory", role="theory", label="random patterns")), drawn.crosstalk, fits="xy", tight="xy",
             on_choice=True),
    )
    presets = (
        Preset("Later Fig B.14", "A 3 is recalled after a tenth of its pixels was flipped.", values={"flips": 0.0982},
               expect={"measured": {"overlap": 1.0}}),
    )
    look_for = "tba."
    try_this = ("In Later Fig B.14, raise flips from 0.1 to 0.6: the inverse is recalled.", "b.")
    book_note = "tba."
    equations = (r"S_j \leftarrow \mathrm{sgn}\!\left(\sum_k W_{jk} S_k\right)",
                 r"W_{jk} = \frac{1}{N} \sum_{\mu=1}^P \xi_j^\mu \xi_k^\mu, \quad W_{jj} = 0",
                 r"E = -\frac{1}{2} \sum_{jk} W_{jk} S_j S_k, \quad m_\mu = \frac{1}{N} \sum_j \xi_j^\mu S_j",
                 r"P_\mathrm{wrong} = \frac{1}{2}\,\mathrm{erfc}\sqrt{N / 2P}")

    @staticmethod
    def own_data(p):
        return stored_of(p)

    @staticmethod
    def last_step(p):
        return p.updates

    @staticmethod
    def begin(p, data):
        return recall.begin(start_of(p, data), data.memories)

    @staticmethod
    def advance(state, p, data, n):
        return recall.advance(state, data.memories, p.order, p.seed, n)

    @staticmethod
    def look(state, p, data):
        return Answer(state.step, float(p.updates), data, state, cued_of(p, data))

    @staticmethod
    def measure(answer, p):
        return measured(answer, p)

    @staticmethod
    def tell(answer, p):
        return told(answer, p)
