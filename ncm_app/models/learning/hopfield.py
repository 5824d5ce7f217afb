"""Hopfield network: memories as lasting states (section B.10)."""

from ncm_app.core.drawing import Grid
from ncm_app.core.learner import Learner
from ncm_app.core.model import Choice, Count, Mark, Plot, Preset, Quantity, Variable
from ncm_app.models.learning import _hopfield_plots as drawn
from ncm_app.models.learning._hopfield_patterns import DRAWN_SIDE, letter
from ncm_app.models.learning._hopfield_states import Answer, cued_of, measured, start_of, stored_of, told
from ncm_app.numerics.learning import recall

COLUMN, ROW, VALUE = Variable("column", (0.0, 10.0)), Variable("row", (0.0, 10.0)), Variable("S", (-1.4, 1.4))


def grid(default: tuple[int, ...], doc: str, symbol: str = "") -> Grid:
    """Return a control for a picture that is drawn."""
    return Grid(DRAWN_SIDE, DRAWN_SIDE, 2, toggles=True, default=default, symbol=symbol, group="drawn", rare=True,
                doc=doc)


def canvas(name: str, control: str, title: str) -> Plot:
    """Return the plot in which one of them is drawn."""
    return Plot(name, title, COLUMN, ROW, (Mark("ink", "heatmap"),), drawn.canvas(control), colours=VALUE, centre=0.0,
                aspect="pixels", clicks=(control,), on_choice=True)


class Hopfield(Learner):
    """A network stores patterns in its weights, and recalls the one that is most like its start (section B.10)."""

    chapter, title = "B.10", "Hopfield network"

    patterns = Choice("digits", objects=["digits", "random", "drawn"], group="memories", doc="what is stored")
    P = Count(1, bounds=(1, 300), group="memories", doc="number of memories")
    digit = Count(3, bounds=(0, 9), group="memories", doc="digit of the first memory; the others follow in turn")
    side = Count(28, bounds=(8, 40), group="memories", doc="pixels along a side: N is its square")
    weights = Choice("Hebb", objects=["Hebb", "projection"], group="memories",
                     doc="how weights follow from memories: the projection rule leaves out what these have in common")
    self_weights = Choice("none", objects=["none", "kept", "as in the notebook"], symbol="W_{jj}", group="memories",
                          doc="weights of units onto themselves")
    seed = Count(1, bounds=(0, 9999), group="memories", doc="seed of patterns, flips and order")
    start = Choice("a memory", objects=["a memory", "a mixture of three", "random", "drawn"], group="recall",
                   doc="from where the recall starts")
    cued = Count(1, bounds=(1, 300), group="recall", doc="memory from which it starts, with which overlaps are told")
    flips = Quantity(0.1, bounds=(0, 1), step=0.01, group="recall", doc="share of the units that are flipped at first")
    order = Choice("random", objects=["random", "sequential", "synchronous"], group="recall",
                   doc="which unit is updated next: any, the next one, or all at once after N updates")
    updates = Count(5500, bounds=(100, 40_000), group="recall", doc="length of the recall")
    xi_1, xi_2, xi_3 = (grid(letter(k), "drawn memory, 10 x 10 pixels") for k in range(3))
    S_0 = grid((), "drawn start, 10 x 10 pixels", r"S(0)")

    rule, counted, verb = ("order",), "updates", "Recall"
    idle_unless = {"patterns": {"digits": ("P", "digit"), "random": ("P",), "drawn": ("xi_1", "xi_2", "xi_3")},
                   "start": {"a memory": ("flips",), "a mixture of three": ("flips",), "drawn": ("S_0",)}}
    pictured = "state"
    updated, overlap = Variable("updates", (0.0, 5500.0)), Variable("overlap m", (-0.2, 1.05))
    points = (Mark("errors", role="inhibitory"), Mark("measured", "points", "inhibitory", "measured"))
    plots = (
        Plot("memories", "Memories", Variable("memory", (0.5, 10.5)), Variable("pattern", (0.0, 1.2)),
             (Mark("patterns", "heatmap"), Mark("cued", "points", "now")), drawn.memories, shape="wide", fits="x",
             colours=VALUE, centre=0.0, clicks=("cued",), rows=("",)),
        Plot("energy", "Energy", updated, Variable("E / N", (-0.5, 0.0)),
             (Mark("memory", role="theory", label="in the memory"), Mark("E", role="now", label="E / N", ghost=True)),
             drawn.energy, shape="strip", over_time=True, fits="y", tight="y"),
        Plot("paths", "Overlaps", updated, overlap,
             (Mark("others", role="external", label="others"),
              Mark("cued", role="excitatory", label="cued memory", ghost=True)), drawn.paths, shape="strip",
             over_time=True, fits="y"),
        Plot("start", "Start", COLUMN, ROW, (Mark("S", "heatmap"),), drawn.start, colours=VALUE, centre=0.0,
             tight="xy", aspect="pixels"),
        Plot("state", "State now", COLUMN, ROW, (Mark("S", "heatmap"), Mark("wrong", "points", "theory")),
             drawn.state, colours=VALUE, centre=0.0, tight="xy", aspect="pixels"),
        Plot("overlaps", "Overlaps now", Variable("memory", (0.5, 10.5)),
             Variable("overlap m", (-0.2, 1.25)),
             (Mark("now", "bars", "excitatory", ghost=True), Mark("start", "points", "external", "start"),
              Mark("cued", "points", "now")), drawn.overlaps, fits="xy", clicks=("cued",)),
        Plot("capacity", "Capacity", Variable("load P / N", (0.0, 0.22)),
             Variable("overlap m", (-0.2, 1.3)),
             (Mark("theory", role="theory", label="many units"), *points, Mark("now", "points", "excitatory", "here"),
              Mark("size", "labels")), drawn.here, fixed=drawn.measured_capacity, on_choice=True, fits="x"),
        Plot("basin", "Basin", Variable("flips", (0.0, 0.5)),
             Variable("share recalled", (0.0, 1.05)),
             (Mark("now", role="excitatory", label="here"), *points), drawn.flips_now, fixed=drawn.measured_basin,
             clicks=("flips",), on_choice=True),
        Plot("crosstalk", "Inputs in the memories", Variable("input times S", (-0.5, 2.5)),
             Variable("density", (0.0, 1.0)),
             (Mark("units", "bars", label="units"), Mark("turns", role="external"),
              Mark("theory", role="theory", label="theory")),
             drawn.crosstalk, fits="xy", tight="xy", on_choice=True),
        *(canvas(f"drawn_{k}", f"xi_{k}", f"Memory {k}") for k in (1, 2, 3)),
        canvas("drawn_start", "S_0", "Drawn start"),
    )
    presets = (
        Preset("Later Fig B.14", "A 3 comes back after a tenth of its 784 pixels was flipped.",
               values={"flips": 0.0982},
               expect={"measured": {"overlap": 1.0, "energy per unit": -0.499362}}),
        Preset("Ten digits", "Digits are too much alike: by Hebb's rule none of ten is stable, and a blend comes out.",
               values={"P": 10, "digit": 0, "cued": 4, "updates": 10_000}, shows=("crosstalk",),
               expect={"measured": {"overlap": (0.7, 0.8), "wrong bits of memories": 11.8}}),
        Preset("Ten digits, projection", "The projection rule leaves out what digits share: each of the ten is stable.",
               values={"P": 10, "digit": 0, "cued": 4, "weights": "projection"},
               expect={"measured": {"overlap": 1.0, "wrong bits of memories": 0.0}}),
        Preset("Capacity", "100 random patterns among 784 units, below 0.138 N: still recalled, with a few wrong bits.",
               values={"patterns": "random", "P": 100, "updates": 20_000, "flips": 0.0}, shows=("capacity",),
               expect={"measured": {"overlap": (0.96, 1.0), "wrong bits of memories": (0.2, 0.3)}}),
        Preset("Too many memories",
               "200 of them are far too many: the state leaves even the memory from which it starts.",
               values={"patterns": "random", "P": 200, "updates": 40_000, "flips": 0.0}, shows=("capacity",),
               expect={"measured": {"overlap": (0.2, 0.6)}}),
        Preset("Basin", "With 40 memories one is recalled from a quarter of flips, and no longer from two fifths.",
               values={"patterns": "random", "P": 40, "updates": 20_000, "flips": 0.25}, shows=("basin",),
               expect={"measured": {"overlap": (0.99, 1.0)}}),
        Preset("Mixture of three", "The sign of the sum of three memories lasts too, with overlaps of about a half.",
               values={"patterns": "random", "P": 5, "start": "a mixture of three", "flips": 0.05},
               expect={"told": "memories 1, 2 and 3", "measured": {"overlap": (0.4, 0.6)}}),
        Preset("All at once", "Synchronous updates from half of flips: all 784 units turn, at every sweep, for ever.",
               values={"flips": 0.5, "order": "synchronous"}, expect={"told": "784 units"}),
        Preset("Letters", "Three letters, drawn: draw your own, or a start, and see which memory is recalled.",
               values={"patterns": "drawn", "side": 10, "flips": 0.3, "updates": 1500},
               shows=("drawn_1", "drawn_2", "drawn_3", "drawn_start"),
               expect={"measured": {"overlap": 1.0}}),
    )
    look_for = ("Each update lowers the energy or leaves it, so the state ends in a minimum: a memory, its inverse, a "
                "mixture, or none that has a name. Other memories act on a unit like noise of variance P / N; up to "
                "about 0.138 N of them what is left of a memory is nearly all, above it falls at once.")
    try_this = ("In Later Fig B.14, raise flips from 0.1 to 0.6: the inverse is recalled, which is as low in energy.",
                "In Capacity, raise P from 100 to 160: less than half of the overlap is left.",
                "In All at once, set order to random: the state settles, in the memory or its inverse.",
                "In Letters, set start to drawn, and draw an upright bar at either side: the N is recalled.")
    book_note = ("The draft has only the heading. Later versions store a 3 of 28 x 28 pixels, flip 77 of them, and end "
                 "at an overlap of 0.997, as one wrong pixel is never chosen in 5,500 updates. Their energy has no "
                 "factor 1/2. They take diag(S) off the weights in place of the identity: pixels at -1 keep "
                 "self-weights of 2 / N, which lowers the energy a little and recalls the same.")
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
