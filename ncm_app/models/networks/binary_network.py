"""Network of binary units that are updated in random order (section B.3.5)."""

import numpy as np

from ncm_app.core.model import Choice, Count, Experiment, Mark, Plot, Preset, Quantity, Variable
from ncm_app.models.networks._binary_updates import (
    fixed_points,
    followed,
    measured,
    share_on,
    simulate,
    spread,
    transition,
)

AGREES = 3.0  # standard errors between a number and its theory


def over_time(run, p):
    """Activity, and the mean field from the same start."""
    return {"units": (run.t, run.r), "mean field": (run.t, followed(run.t, p))}


def curve(run, p):
    """F(r), the diagonal, and where they meet; the present activity on the diagonal."""
    r = np.linspace(0.0, 1.0, 201)
    meet = np.array(fixed_points(p))
    drawn = {"F": (r, share_on(r, p)), "diagonal": ([0.0, 1.0], [0.0, 1.0]), "fixed points": (meet, meet)}
    now = float(np.nanmean(run.on)) if np.isfinite(run.on).any() else float(run.r[-1])
    return drawn | {"now": ([now], [now])}


def diagram(run, p):
    """Fixed points of the mean field over mu_X, and the present activity."""
    mu, r, stable = transition(p)
    now = float(np.mean(run.on)) if np.isfinite(run.on).all() else float(run.r[-1])
    return {"stable": (np.where(stable, mu, np.nan), r), "unstable": (np.where(stable, np.nan, mu), r),
            "now": ([p.mu_X], [now])}


def inputs(run, p):
    """Density of the total inputs of all units at the end, and the normal one of the mean field."""
    r = float(np.mean(run.on)) if np.isfinite(run.on).all() else float(run.r[-1])
    mean, sd = p.mu_X + p.mu_W * r, max(float(spread(r, p)), 1e-6)
    x = np.linspace(mean - 4.0 * sd, mean + 4.0 * sd, 161)
    counts, edges = np.histogram(run.inputs, 40, (x[0], x[-1]))
    density = counts / len(run.inputs) / (edges[1] - edges[0])
    top = 1.1 * max(density.max(), 0.4 / sd)
    return {"units": (edges, density), "theta": ([p.theta, p.theta], [0.0, top]),
            "mean field": (x, np.exp(-(((x - mean) / sd) ** 2) / 2.0) / (sd * np.sqrt(2.0 * np.pi)))}


class BinaryNetwork(Experiment):
    """Many threshold units that are on or off, beside the mean field of their activity (section B.3.5)."""

    chapter, title = "B.3.5", "Binary network"

    N = Count(200, bounds=(10, 3000), group="network", doc="number of units")
    mu_W = Quantity(0.0, bounds=(-10, 10), step=0.1, group="network",
                    doc="mean of the N weights of a unit, summed up")
    sigma_W = Quantity(0.5, bounds=(0, 5), step=0.05, group="network", doc="SD of a weight, times the root of N")
    theta = Quantity(1.0, bounds=(-5, 5), step=0.05, group="network", doc="threshold")
    mu_X = Quantity(0.2, bounds=(-5, 5), step=0.05, group="input", doc="mean external input")
    sigma_X = Quantity(0.5, bounds=(0.05, 3), step=0.05, group="input", doc="SD of the external input")
    noise = Choice("drawn at each update", objects=["held for each unit", "drawn at each update"], group="input",
                   doc="whether a unit keeps its external input or draws a new one at each update")
    tau = Quantity(10.0, bounds=(1, 100), unit="ms", group="run", doc="mean time between two updates of a unit")
    T = Quantity(1000.0, bounds=(100, 20_000), softbounds=(100, 5000), step=100, unit="ms", group="run",
                 doc="duration of the run")
    r_0 = Quantity(0.0, bounds=(0, 1), step=0.05, symbol="r(0)", group="run", doc="share of units that are on at first")
    seed = Count(1, bounds=(0, 9999), group="run", doc="seed of weights, inputs and order")

    share = Variable("activity r", (0.0, 1.0))
    plots = (
        Plot("activity", "Activity", Variable("time", (0.0, 1000.0), unit="ms"), Variable("activity r", (0.0, 0.1)),
             (Mark("units", role="now", label="units", ghost=True),
              Mark("mean field", role="theory", label="mean field")),
             over_time, shape="wide", over_time=True, fits="y", tight="y"),
        Plot("curve", "Share on, given r", share, Variable("F(r)", (0.0, 1.0)),
             (Mark("diagonal", role="external"), Mark("F", role="theory", label="F(r)", ghost=True),
              Mark("fixed points", "points"), Mark("now", "points", "now", "units")), curve),
        Plot("transition", "Activity over input", Variable("mu_X", (-2.0, 4.0)), share,
             (Mark("stable", role="now", label="stable"), Mark("unstable", role="theory", label="unstable"),
              Mark("now", "points", "now", "units")), diagram, clicks=("mu_X",)),
        Plot("inputs", "Total inputs at the end", Variable("input", (-3.0, 3.0)), Variable("density", (0.0, 1.0)),
             (Mark("units", "bars", label="units"), Mark("theta", role="external", label="threshold"),
              Mark("mean field", role="theory", label="mean field", ghost=True)), inputs, fits="xy", tight="xy"),
    )
    presets = (
        Preset("Later Fig B.8", "No mean weight: activity strays about 0.06, few of 200 inputs lie above threshold.",
               expect={"measured": {"activity": (0.046, 0.075), "variance of inputs": (0.17, 0.37)}}),
        Preset("Many units", "Of 2000 units the activity strays less, and the mean field is met more closely.",
               values={"N": 2000}, expect={"measured": {"activity": (0.0553, 0.0649)}}),
        Preset("Two states", "Strong mean weights: units stay silent, though a second, active state is there.",
               values={"N": 1000, "mu_W": 2.0, "mu_X": 0.0, "sigma_X": 0.4, "sigma_W": 0.4},
               expect={"measured": {"activity": (0.0045, 0.0115)}}),
        Preset("Inhibition", "Units that inhibit each other: much input raises the activity by little.",
               values={"N": 1000, "mu_W": -5.0, "mu_X": 2.0}, expect={"measured": {"activity": (0.262, 0.276)}}),
        Preset("Held inputs", "Each unit keeps its input, and some are on for good: seeds differ more than before.",
               values={"noise": "held for each unit", "N": 1000, "mu_X": 0.8},
               expect={"measured": {"activity": (0.29, 0.45)}}),
    )
    look_for = ("Inputs are nearly Gaussian, with mean mu_X + mu_W r and variance sigma_X² + sigma_W² r, so that the "
                "share F(r) of them is above threshold. Where F meets the diagonal activity stays, if F is less steep "
                "there; such states are born and die in saddle-nodes over mu_X.")
    try_this = ("In Later Fig B.8, raise N from 200 to 3000: the standard error falls to a quarter.",
                "In Two states, raise r(0) from 0 to 0.6: the units stay active, at 0.95.",
                "In Two states, raise mu_X from 0 to 0.3: the silent state has met its saddle-node at 0.263.",
                "In Inhibition, raise mu_X from 2 to 3: the activity rises from 0.27 to 0.42, not to 0.97 as it would "
                "without mu_W.")
    book_note = ("The draft has only the heading. Later versions simulate 200 units and find 0.0591 ± 0.0028 over "
                 "seeds. Their theory leaves sigma_W out of the variance, which gives 0.0548; with it the mean field "
                 "is 0.0601.")
    equations = (r"S_j \leftarrow H\!\left(\sum_k W_{jk} S_k + X_j - \theta\right)",
                 r"W_{jk} \sim \mathcal{N}(\mu_W / N, \sigma_W^2 / N), \quad X_j \sim \mathcal{N}(\mu_X, \sigma_X^2)",
                 r"\tau \frac{dr}{dt} = -r + F(r), \quad F(r) = \frac{1}{2}\,\mathrm{erfc}\!\left(\frac{\theta - \mu_X "
                 r"- \mu_W r}{\sqrt{2\,(\sigma_X^2 + \sigma_W^2 r)}}\right)")

    @staticmethod
    def perform(p, progress):
        return simulate(p, progress)

    @staticmethod
    def measure(answer, p):
        return measured(answer, p)

    @staticmethod
    def tell(answer, p):
        found = {m.name: m for m in measured(answer, p)}
        if not found:
            return f"activity {answer.r[-1]:.3g} so far"
        activity, number = found["activity"], len(fixed_points(p))
        off = abs(activity.value - activity.theory) / max(activity.error, 1e-12)
        told = f"activity {activity.value:.3g} beside {activity.theory:.3g} of the mean field"
        if off > AGREES:
            why = ("few units, which can leave one of its states for another" if number > 1 else
                   "it takes inputs to be Gaussian and units to be independent")
            told += f", {off:.0f} standard errors away: {why}"
        return told + (f"; {number} fixed points" if number > 1 else "")
