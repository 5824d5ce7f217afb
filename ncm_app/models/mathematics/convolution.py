"""Convolution: a kernel slides along a signal (section A.4)."""

from dataclasses import dataclass

import numpy as np

from ncm_app.core.kernels import DIFFERENCE, EXPONENTIAL, SHAPES, climb, convolved, response, sampled_kernel
from ncm_app.core.model import Choice, Count, Experiment, Mark, Measure, Plot, Preset, Quantity, Variable
from ncm_app.numerics.noise import hash_normal
from ncm_app.numerics.results.base import Result

SINE, STEP, PULSE = range(3)
SAME, VALID = range(2)


@dataclass(frozen=True)
class Convolved(Result):
    """A signal `x` (n,) at `t`, a kernel `k` (2 m + 1,) at `s`, their convolution `y`, and that of the noise alone.

    `back` and `ahead` say how many steps the kernel reaches into the past and the future.
    """

    t: np.ndarray
    x: np.ndarray
    noise: np.ndarray
    s: np.ndarray
    k: np.ndarray
    y: np.ndarray
    smoothed_noise: np.ndarray
    back: int
    ahead: int

    @property
    def inner(self):
        """Steps at which the kernel lies within the signal, as a slice."""
        return slice(self.back, max(len(self.t) - self.ahead, self.back))

    def edges(self, p):
        """End of the left zone in which the kernel hangs over, and begin of the right one, ms."""
        return min(self.back * p.dt, p.t_end), max(p.t_end - self.ahead * p.dt, 0.0)


def noiseless(t, p):
    """Signal without its noise, as if it had no edges; a step stands between two samples."""
    if p.signal == SINE:
        return p.c + p.A * np.sin(2.0 * np.pi * t / p.T_x)
    up, down = t - p.t_1 > -p.dt / 2.0, t - p.t_1 - p.d > -p.dt / 2.0
    return p.c + p.A * up - (p.A * down if p.signal == PULSE else 0.0)


def without_edges(t, p):
    """Integral A.13 in closed form for a noiseless signal that goes on for ever, at times t."""
    level = p.c * float(p.kernel != DIFFERENCE)
    if p.signal == SINE:
        w = 2.0 * np.pi / p.T_x
        return level + p.A * np.imag(response(p.kernel, p.sigma, w) * np.exp(1j * w * t))
    middle = t + p.dt / 2.0  # a sample stands for the step around it
    down = climb(p.kernel, p.sigma, middle - p.t_1 - p.d) if p.signal == PULSE else 0.0
    return level + p.A * (climb(p.kernel, p.sigma, middle - p.t_1) - down)


def here(found, p):
    """Step of the grid at t_0."""
    return min(max(round(p.t_0 / p.dt), 0), len(found.t) - 1)


def hangs_over(found, p):
    """Tell whether the kernel at t_0 reaches beyond an edge of the signal."""
    i = here(found, p)
    return not found.back <= i < len(found.t) - found.ahead


def slid(found, p):
    """Draw the signal and the flipped kernel at t_0, as high as 1."""
    now = found.t[here(found, p)]
    k = found.k[::-1] / np.max(np.abs(found.k))
    ends = [min(LEVELS[0], *found.x), max(LEVELS[1], *found.x)]
    return {"x": (found.t, found.x), "kernel": (now - found.s[::-1], k), "now": ([now, now], ends)}


def has_result(found, p):
    """Tell whether y is defined at t_0."""
    return p.mode == SAME or not hangs_over(found, p)


def product(found, p):
    """Draw the product of signal and flipped kernel: its area is y(t_0), where y is defined."""
    i, reach = here(found, p), (len(found.k) - 1) // 2
    j = np.arange(max(i - reach, 0), min(i + reach + 1, len(found.t)))
    values = found.x[j] * found.k[i - j + reach]
    place = [p.t_end * (0.78 if p.t_0 < 0.55 * p.t_end else 0.22)], [0.6 * max(np.max(values), 0.3)]
    if not has_result(found, p):
        return {"edge": (found.t[j], values), "words": (*place, ["no y: over the edge"])}
    return {"area": (found.t[j], values), "edge": (found.t[j], values),
            "words": (*place, [f"area = {float(np.sum(values) * p.dt):.4g}"])}


def room(p, *curves):
    """Ends of the axis of y: those of x where y is of its size, less by powers of four where it is small.

    A sine keeps the axis of x, beside which one sees how much of it is left.
    """
    low, high = min(map(np.min, curves)), max(map(np.max, curves))
    reach, scale = 1.05 * max(-low, high), 1.0
    if reach > LEVELS[1]:
        margin = 0.06 * (max(LEVELS[1], high) - min(LEVELS[0], low))
        return min(LEVELS[0], low - margin), max(LEVELS[1], high + margin)
    while p.signal != SINE and scale > 1e-4 and reach < LEVELS[1] * scale / 4.0:
        scale /= 4.0
    return scale * LEVELS[0], scale * LEVELS[1]


def result(found, p):
    """Draw y, the place t_0 on it, what it would be without edges, and the zones that the edges spoil."""
    shown = found.inner if p.mode == VALID else slice(None)
    ideal = without_edges(found.t, p)
    low, high = room(p, found.y, ideal)
    left, right = found.edges(p)
    drawn = {"left": ([0.0, left, left, 0.0], [high, high, low, low]), "ideal": (found.t, ideal),
             "right": ([right, p.t_end, p.t_end, right], [high, high, low, low]), "y": (found.t[shown], found.y[shown])}
    if has_result(found, p):
        drawn["now"] = ([found.t[here(found, p)]], [found.y[here(found, p)]])
    return drawn


def sine_gain(p):
    """Share of the sine's height that the kernel leaves, by theory."""
    return float(abs(response(p.kernel, p.sigma, 2.0 * np.pi / p.T_x)))


def gains(found, p):
    """Draw what the kernel leaves of a sine, over its frequency."""
    f = np.linspace(0.0, 200.0, 401)
    now = {"now": ([1000.0 / p.T_x], [sine_gain(p)])} if p.signal == SINE else {}
    return {"left": (f, np.abs(response(p.kernel, p.sigma, 0.002 * np.pi * f))), **now}


def sine_height(found, p):
    """Height of the sine in y, away from the edges, by least squares; NaN where too little of it is there."""
    t, y = found.t[found.inner], found.y[found.inner]
    if len(t) * p.dt < 0.5 * p.T_x or p.A == 0.0:
        return float("nan")
    w = 2.0 * np.pi / p.T_x
    fitted = np.linalg.lstsq(np.array([np.sin(w * t), np.cos(w * t), np.ones_like(t)]).T, y)[0]
    return float(np.hypot(fitted[0], fitted[1]))


LEVELS = (-1.7, 1.7)  # axis of signal and result
TIME = Variable("time", (0.0, 50.0), unit="ms")


class Convolution(Experiment):
    """A flipped kernel slides along a signal: y(t) is a weighted average of what lies under it (Eq. A.13)."""

    chapter, title = "A.4", "Convolution"

    t_0 = Quantity(20.0, bounds=(0, 200), softbounds=(0, 50), step=0.1, unit="ms", group="place",
                   doc="place of the kernel")
    signal = Choice("sine", objects=["sine", "step", "pulse"], symbol="x", group="signal", doc="shape of the signal")
    A = Quantity(1.0, bounds=(-2, 2), step=0.05, group="signal", doc="height of sine, step or pulse")
    T_x = Quantity(20.0, bounds=(5, 50), step=0.5, unit="ms", group="signal", doc="period of the sine")
    t_1 = Quantity(20.0, bounds=(0, 50), step=0.1, unit="ms", group="signal",
                   doc="begin of step or pulse")
    d = Quantity(5.0, bounds=(0.1, 30), step=0.1, unit="ms", group="signal", doc="length of the pulse")
    c = Quantity(0.0, bounds=(-5, 5), step=0.1, group="signal", doc="constant added to the signal")
    sigma_x = Quantity(0.25, bounds=(0, 1), step=0.01, group="signal", doc="SD of the noise")
    kernel = Choice("Gaussian", objects=list(SHAPES), symbol="k", group="kernel",
                    doc="shape of the kernel; the difference is a narrow minus a wide Gaussian")
    sigma = Quantity(1.5, bounds=(0.2, 4), step=0.05, unit="ms", group="kernel",
                     doc="SD of the kernel")
    mode = Choice("same", objects=["same", "valid"], group="kernel",
                  doc="beyond its edges the signal is 0, or y is not computed there")
    t_end = Quantity(50.0, bounds=(20, 200), step=10, unit="ms", symbol="T", group="grid", rare=True,
                     doc="length of the signal")
    dt = Quantity(0.1, bounds=(0.02, 1), step=0.02, unit="ms", symbol=r"\Delta t", group="grid", rare=True,
                  doc="time step")
    seed = Count(1, bounds=(0, 9999), group="grid", rare=True, doc="seed of the noise")

    plots = (
        Plot("signal_and_kernel", "Signal and flipped kernel", TIME, Variable("x", LEVELS),
              (Mark("kernel", "area", "excitatory", label="kernel k(t_0 - s), 1 high"),
               Mark("x", role="inhibitory", label="x(s)"), Mark("now", role="now")),
              slid, shape="wide", over_time=True, fits="y", clicks=("t_0",)),
        Plot("product", "Product", TIME, Variable("x k", (-0.3, 0.4), unit="1/ms"),
              (Mark("area", "area", "excitatory"), Mark("edge", role="excitatory"), Mark("words", "labels")),
              product, shape="strip", over_time=True, fits="y", clicks=("t_0",)),
        Plot("result", "Result", TIME, Variable("y", LEVELS),
              (Mark("left", "area", "external"), Mark("right", "area", "external", label="over an edge"),
               Mark("ideal", role="theory", label="no noise, no edges"),
               Mark("y", role="inhibitory", label="y(t)", ghost=True), Mark("now", "points", "now")),
              result, shape="wide", over_time=True, tight="y", clicks=("t_0",)),
        Plot("kernel_itself", "Kernel k(s) and flipped kernel k(-s)", Variable("s", (-10.0, 10.0), unit="ms"),
              Variable("k", (0.0, 0.4), unit="1/ms"),
              (Mark("flipped", "area", "excitatory", label="k(-s)"),
               Mark("k", role="inhibitory", label="k(s)", ghost=True)),
              lambda found, p: {"k": (found.s, found.k), "flipped": (found.s, found.k[::-1])}, fits="y"),
        Plot("gain", "Share of a sine that is left", Variable("frequency", (0.0, 200.0), unit="Hz"),
              Variable("gain", (0.0, 1.1)),
              (Mark("left", role="inhibitory", ghost=True), Mark("now", "points", "now")), gains),
    )
    presets = (
        Preset("Fig A.3", "A Gaussian kernel averages the noise away; of the sine it leaves 93 %.",
               values={"sigma": 1.2247, "t_0": 25.0},
               expect={"measured": {"integral of k": (0.999999, 1.000001), "noise before": (0.23, 0.27),
                                    "noise after": (0.02, 0.06), "gain": (0.89, 0.97)}}),
        Preset("Fig A.2", "The kernel looks back only; where it lies, the product has the area y(t_0).",
               values={"kernel": "exponential", "signal": "pulse", "t_1": 15.0, "d": 10.0, "sigma": 3.0, "sigma_x": 0.0,
                       "t_0": 22.0},
               expect={"measured": {"y(t_0)": (0.898, 0.908), "integral of k": (0.999999, 1.000001)}}),
        Preset("Ex A.4.1", "A constant added to the signal: near the edges the kernel averages zeros too.",
               values={"c": 3.0, "t_0": 1.0, "sigma": 2.0, "sigma_x": 0.0},
               expect={"measured": {"y(t_0)": (2.0, 2.6), "no noise, no edges": (3.2, 3.3)}}),
        Preset("Ex A.4.1, causal", "A kernel that looks back spoils the left edge only, and answers late.",
               values={"c": 3.0, "t_0": 1.0, "sigma": 2.0, "sigma_x": 0.0, "kernel": "exponential"},
               expect={"measured": {"y(t_0)": (1.2, 1.4), "gain": (0.84, 0.85)}}),
        Preset("Edge detector", "A kernel of integral 0 sees changes only: the step, not its height.",
               values={"kernel": "difference", "signal": "step", "c": 2.0, "sigma": 1.0, "sigma_x": 0.0, "t_0": 21.0},
               expect={"measured": {"integral of k": (-1e-9, 1e-9)}}),
    )
    look_for = ("Move t_0: the kernel slides along, and the area of the product is drawn as y(t_0). Where the kernel "
                "hangs over an edge (grey), it averages zeros too, and y leaves the dashed line.")
    try_this = ("In Fig A.3, raise sigma from 1.2 to 4 ms: less noise, but only 45 % of the sine is left.",
                "In Ex A.4.1, raise c to 5: the sag at the edges grows. Choose 'valid': y is not computed there.",
                "In Ex A.4.1, choose the exponential kernel: the right edge is right, because it only looks back.",
                "In Fig A.3, choose a pulse of A = 2, d = 0.5 ms (area 1), no noise: y is the kernel itself, 0.32 "
                "high, slid to t_1.")
    book_note = ("The book's exp(-s^2 / sigma) has standard deviation sqrt(sigma / 2), 1.2247 for its sigma = 3. Its "
                 "kernel has an even number of samples, so y comes one step late. 'same' is as long as the longer "
                 "input, not the first; np.convolve sums directly and uses no FFT.")
    equations = (r"y(t_0) = \int_{-\infty}^{\infty} x(s)\, k(t_0 - s)\, ds "
                 r"\approx \sum_j x(s_j)\, k(t_0 - s_j)\, \Delta t",)

    @staticmethod
    def perform(p, progress):
        t = np.arange(round(p.t_end / p.dt)) * p.dt
        s, k = sampled_kernel(p.kernel, p.sigma, p.dt)
        noise = p.sigma_x * hash_normal(p.seed, 0, np.arange(len(t)))
        x, used, middle = noiseless(t, p) + noise, np.flatnonzero(k), (len(k) - 1) // 2
        return Convolved(t, x, noise, s, k, convolved(x, k) * p.dt, convolved(noise, k) * p.dt,
                         back=int(used[-1]) - middle, ahead=middle - int(used[0]))

    @staticmethod
    def idle(found, p):
        return (("T_x",) * (p.signal != SINE) + ("t_1",) * (p.signal == SINE) + ("d",) * (p.signal != PULSE)
                + ("seed",) * (p.sigma_x == 0))

    @staticmethod
    def measure(found, p):
        spread = p.sigma_x * p.dt * float(np.sqrt(np.sum(found.k**2)))
        inner = found.smoothed_noise[found.inner]
        numbers = [Measure("integral of k", float(np.sum(found.k) * p.dt), theory=float(p.kernel != DIFFERENCE)),
                   *([Measure("y(t_0)", float(found.y[here(found, p)]))] if has_result(found, p) else []),
                   Measure("no noise, no edges", float(without_edges(found.t[[here(found, p)]], p)[0]))]
        if p.signal == SINE:
            numbers.append(Measure("gain", sine_height(found, p) / abs(p.A or 1.0), theory=sine_gain(p)))
        if p.sigma_x > 0.0:
            after = float(np.sqrt(np.mean(inner**2))) if len(inner) else float("nan")
            numbers += [Measure("noise before", float(np.sqrt(np.mean(found.noise**2))), theory=p.sigma_x),
                        Measure("noise after", after, theory=spread)]
        return tuple(numbers)

    @staticmethod
    def tell(found, p):
        behind, before = found.back * p.dt, found.ahead * p.dt
        if p.kernel == EXPONENTIAL:
            told = f"the kernel only looks back: y(t_0) depends on the {behind:.3g} ms before t_0, on nothing after it"
        else:
            told = (f"the kernel looks both ways: y(t_0) depends on x from {behind:.3g} ms before t_0 "
                    f"to {before:.3g} ms after")
        if not hangs_over(found, p):
            return told
        return told + ("; here it hangs over the edge, where x counts as 0" if p.mode == SAME else
                       "; here it hangs over the edge of the signal, where 'valid' defines no y")
