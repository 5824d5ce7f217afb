"""Recurrent network whose readout learns a target over time (section 4.2)."""

import math

from ncm_app.core.drawing import Sketch
from ncm_app.core.learner import Learner
from ncm_app.core.model import Choice, Count, Preset, Quantity, Upload
from ncm_app.core.packing import quantised
from ncm_app.models.learning import _rnn_readout_plots as plotted
from ncm_app.models.learning import _rnn_readout_state as taught
from ncm_app.readers.archives import MOST_BYTES
from ncm_app.readers.curves import ENDINGS, read_curve

SKETCH = quantised([0.6 * math.sin(0.2 * k) + 0.4 * math.sin(0.5 * k) * (k < 32) for k in range(64)], -1.5, 1.5)
LONG = {"t_end": 10_000.0, "t_off": 7500.0}
ALONE = {"learning": "none", "feedback": "off", "t_end": 2000.0}


class RNNReadout(Learner):
    """A random recurrent network is chaotic; a readout that is fed back learns to make it produce a target."""

    chapter, title = "4.2", "Recurrent network with a readout"

    N = Count(200, bounds=(10, 500), softbounds=(50, 400), group="network", doc="number of cells")
    rho = Quantity(1.5, bounds=(0, 3), step=0.05, group="network", doc="spread of the weights, rho / sqrt(N)")
    gain = Quantity(1.0, bounds=(0, 3), step=0.05, symbol="g", group="network", doc="slope of tanh(g x) at rest")
    tau = Quantity(20.0, bounds=(5, 200), softbounds=(5, 100), step=1, unit="ms", group="network", doc="time constant")
    seed = Count(6, bounds=(0, 9999), group="network", doc="seed of weights and start")
    target = Choice("sine", objects=taught.TARGETS, group="target", doc="what the readout learns")
    period = Quantity(500.0, bounds=(50, 5000), softbounds=(100, 1500), step=10, unit="ms", group="target",
                      doc="period of the target")
    amplitude = Quantity(1.0, bounds=(0.1, 3), softbounds=(0.1, 2), step=0.1, symbol="A", group="target",
                         doc="size of the target")
    drawn = Sketch(64, (-1.5, 1.5), group="target", doc="one period of the target, drawn in its plot")
    learning = Choice("LMS", objects=taught.RULES, group="learning", doc="rule by which R changes")
    eps = Quantity(0.005, bounds=(0, 0.2), softbounds=(0, 0.05), step=0.001, group="learning", symbol=r"\epsilon",
                   doc="learning rate of LMS, for each step")
    eps_R = Quantity(1.0, bounds=(0, 3), step=0.05, group="learning", symbol=r"\epsilon_R", rare=True,
                     doc="learning rate of RLS")
    eps_P = Quantity(1.0, bounds=(0, 1), step=0.05, group="learning", symbol=r"\epsilon_P", rare=True,
                     doc="rate at which P learns")
    c = Quantity(1.0, bounds=(0.001, 10), softbounds=(0.01, 2), step=0.01, group="learning",
                 doc="P is c times the identity at first")
    each = Count(1, bounds=(1, 50), group="learning", rare=True, symbol="k", doc="it learns at every k-th step")
    t_on = Quantity(2500.0, bounds=(0, 30_000), softbounds=(0, 10_000), step=100, unit="ms", group="learning",
                    symbol=r"t_\mathrm{on}", doc="learning begins")
    t_off = Quantity(30_000.0, bounds=(0, 30_000), softbounds=(0, 10_000), step=100, unit="ms", group="learning",
                     symbol=r"t_\mathrm{off}", doc="learning ends, and R is held")
    feedback = Choice("from t_on on", objects=taught.FEEDBACKS, group="feedback", doc="when the readout is fed back")
    q = Quantity(1.0, bounds=(0, 3), step=0.1, group="feedback", doc="strength of the feedback, a factor of Q")
    t_end = Quantity(5000.0, bounds=(100, 30_000), softbounds=(1000, 15_000), step=500, unit="ms", symbol="T",
                     group="run", doc="duration of the run")
    dt = Quantity(0.5, bounds=(0.05, 2), step=0.05, unit="ms", symbol=r"\Delta t", group="run", doc="time step")

    rule, counted, stride = ("learning", "eps", "eps_R", "eps_P", "each", "t_on", "t_off", "feedback", "q"), "ms", 40
    idle_unless = {"target": {"drawn": ("drawn",)}, "learning": {"LMS": ("eps",), "RLS": ("eps_R", "eps_P", "c")}}
    reads = Upload(read_curve, lambda curve: "Your own target", "target", ENDINGS, MOST_BYTES,
                   "Your own target: .csv, .tsv or .txt with one column y, spread over one period, or with columns t "
                   "(ms) or t (s), and y. It stays in this page and is forgotten when you close it.", data=True)
    plots, pictured = plotted.PLOTS, "readout"
    presets = (
        Preset("Fig 4.2", "Chaotic rates until learning and feedback begin: then the readout follows a sine.",
               expect={"measured": {"RMS error while it learns": (0.0005, 0.03), "spectral radius": (1.35, 1.65)}}),
        Preset("Fig 4.2, dt = 0.1", "The book's time step: five times as many small steps of learning.",
               values={"dt": 0.1}, expect={"measured": {"RMS error while it learns": (0.0005, 0.0065)}}),
        Preset("Ex 4.2.2", "R is held from 5,000 ms on: with LMS the readout only followed, and loses the target.",
               values={"t_end": 7500.0, "t_off": 5000.0},
               expect={"measured": {"RMS error once R is held": (0.3, 2.5)}, "told": "lost the target"}),
        Preset("Ex 4.2.3", "RLS, or FORCE: R is held from 7,500 ms on, and the network goes on with the target.",
               values={"learning": "RLS", **LONG},
               expect={"measured": {"RMS error once R is held": (0.0005, 0.05)}, "told": "kept the target"}),
        Preset("Sum of sines", "Four sines at once, learned by RLS and kept.",
               values={"learning": "RLS", "target": "sum of sines", **LONG},
               expect={"measured": {"RMS error once R is held": (0.0005, 0.1)}, "told": "kept the target"}),
        Preset("Your own target", "RLS learns what you draw in the plot of the target, or open from a file.",
               values={"learning": "RLS", "target": "drawn", "drawn": SKETCH, **LONG},
               expect={"told": "kept the target"}),
        Preset("Transition at rho = 1", "Nothing is learned: below rho = 1 the rates die out, well above they are "
                                        "chaotic.",
               values={**ALONE, "N": 400, "rho": 2.0}, shows=("exponents",),
               expect={"measured": {"Lyapunov exponent times tau": (0.01, 0.15), "spectral radius": (1.9, 2.15)}}),
        Preset("LMS diverges", "Too high a rate: each step overshoots by more than it mends, and the run stops.",
               values={"eps": 0.05}, shows=("overshoot",), expect={"told": "above 2"}),
    )
    look_for = ("The readout is a weighted sum of chaotic rates. Once it learns and is fed back, its error falls a "
                "hundredfold, and the rates take on the period of the target. Whether it has learned shows only when "
                "R is held: LMS follows the target, RLS makes the network produce it.")
    try_this = ("In Fig 4.2, raise eps from 0.005 to 0.02: the readout follows more closely. At 0.05 each step "
                "overshoots, and the run stops.",
                "In Fig 4.2, drag the bar back to 4,000 ms, set learning to none and press Learn: the readout drifts "
                "away from the target.",
                "In Ex 4.2.2, set learning to RLS: R is held from 5,000 ms on as before, and the target is kept.",
                "In Ex 4.2.3, set feedback to off: nothing tells the cells where in the period they are, and the "
                "target is lost.")
    book_note = ("The published notebooks feed back z one step ahead, where it is still 0: their feedback is zero "
                 "throughout, and their rates stay aperiodic. Here, as in the text, z of the present step is fed "
                 "back. The variance of the weights is rho²/N, not rho/N; rates lie between -1 and 1; R is the "
                 "readout matrix. In Eq. 4.8, P is the inverse of the sum of r rᵀ and I/c, so a larger c learns "
                 "faster, not a smaller one; and R changes by the new P: by the old one the first step would take "
                 "away 50 times the error. eps is a rate for each step: dt = 0.1 ms learns five times as often as 0.5 "
                 "ms.")
    equations = (r"\tau \frac{dr}{dt} = -r + \tanh(g (W r + q Q z))", "z = R r",
                 r"\mathrm{LMS:} \quad \Delta R = -\epsilon (z - y) r^T",
                 r"\mathrm{RLS:} \quad \Delta P = -\epsilon_P \frac{P r r^T P}{1 + r^T P r}",
                 r"\quad \Delta R = -\epsilon_R (z - y) r^T P")

    @staticmethod
    def last_step(p):
        return round(p.t_end / p.dt)

    @staticmethod
    def begin(p, data):
        return taught.begin(p)

    @staticmethod
    def advance(state, p, data, n):
        return taught.advance(state, p, data, n)

    @staticmethod
    def look(state, p, data):
        return taught.look(state, p, data)

    @staticmethod
    def progress_words(step, p):
        return f"{step * p.dt:.0f}"

    @staticmethod
    def measure(answer, p):
        return plotted.measures(answer, p)

    @staticmethod
    def tell(answer, p):
        return plotted.told(answer, p)

    @staticmethod
    def idle(answer, p):
        still = () if p.learning else ("each", "t_off", *(() if p.feedback == 0 else ("t_on",)))
        return (*still, *(("q",) if p.feedback == 2 else ()),
                *(("period",) if answer.curve is not None and answer.curve.t is not None else ()),
                *(("drawn",) if answer.curve is not None else ()),
                *(("amplitude",) if answer.curve is not None or (p.target == taught.DRAWN and len(p.drawn)) else ()))
