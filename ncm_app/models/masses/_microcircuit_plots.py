"""Plots of the canonical microcircuit: its circuit, the spectrum of the LFP, and what a delay does."""

import numpy as np

from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.models.masses import _delay
from ncm_app.models.masses._linear import SEGMENT, late, spectrum_of
from ncm_app.models.masses._microcircuit import CELLS, gains, jacobian, kick, loop_gains, mixture, rest_near, taus
from ncm_app.numerics.spectra import expected_spectrum, segment_size

HIGHEST, LABELLED, LEFTMOST = 120.0, 92.0, 11.0  # frequencies: drawn, with room for a label on the right, on the left
NEAR, AROUND = 4.0, 9.0  # Hz: tones that share a label, and how far a label reaches over the curves
PLACES = {"ss": (0.0, 1.0), "sp": (0.6, 2.0), "ii": (2.0, 1.0), "dp": (0.6, 0.0)}
WIDE = 1.35  # a unit across is drawn so many times as long as one of depth
ROOM, ASIDE, AWAY, HEAD = 0.25, 0.07, 0.27, 0.13  # about a cell, of a pair of arrows, of a gain, of a head; in depths
SHARE = 0.34  # of the way to ii, where arrows meet, at which gains stand
TURN, MIDDLE = 0.17, 0.36  # radius of the loop of a cell to itself, and of its centre from the cell
DELAYS = np.linspace(0.0, 5.0, 21)


def place_of(cell):
    """Return where a population stands (2,), in units of depth."""
    x, y = PLACES[cell]
    return np.array([WIDE * x, y])


def arrow(source, target):
    """Return the line (2, m) of an arrow, its direction at the end, and where its gain stands, in units of depth.

    Of two that come and go each has its own side; from a population to itself it is a loop, away from the others.
    """
    start = place_of(source)
    if source == target:
        side = 1.0 if source == "ii" else -1.0
        turn = np.linspace(-0.8 * np.pi, 0.8 * np.pi, 25)
        line = start[:, None] + np.array([side * (MIDDLE + TURN * np.cos(turn)), TURN * np.sin(turn)])
        return line, line[:, -1] - line[:, -2], start + np.array([side * (MIDDLE + TURN + 0.25), 0.0])
    end = place_of(target)
    way = (end - start) / np.hypot(*(end - start))
    beside = np.array([way[1], -way[0]])
    line = np.array([start + ROOM * way + ASIDE * beside, end - ROOM * way + ASIDE * beside]).T
    share = 1.0 - SHARE if source == "ii" else SHARE if target == "ii" else 0.5
    return line, way, (1.0 - share) * line[:, 0] + share * line[:, -1] + (AWAY - ASIDE) * beside


def head(tip, way):
    """Two strokes (2, 3) of an arrow's head."""
    way = way / np.hypot(*way)
    across = np.array([-way[1], way[0]])
    left, right = (tip - HEAD * way + sign * 0.6 * HEAD * across for sign in (1.0, -1.0))
    return np.array([left, tip, right]).T


def circuit(run, p):
    """Columns of the circuit: arrows of excitation and inhibition that are there, each with its gain in mV/ms."""
    lines, labels, gap = {"excitation": [], "inhibition": []}, [], np.full((2, 1), np.nan)
    for row, target in enumerate(CELLS):
        for column, source in enumerate(CELLS):
            gain = gains(p)[row, column]
            if gain == 0.0:
                continue
            line, way, beside = arrow(source, target)
            lines["excitation" if gain > 0.0 else "inhibition"] += [line, gap, head(line[:, -1], way), gap]
            labels.append((beside, f"{abs(gain):.3g}"))
    drawn = {name: (part[0] / WIDE, part[1]) for name, parts in lines.items() if parts
             for part in [np.hstack(parts)]}
    x, y = np.array(list(PLACES.values())).T
    places = np.array([place for place, _ in labels]).reshape(-1, 2)
    return drawn | {"names": (x, y, list(CELLS)),
                    "gains": (places[:, 0] / WIDE, places[:, 1], [text for _, text in labels])}


def linear(run, p):
    """Return the potentials (4,) at the fixed point near the run's mean, and the loop gains there; None without one."""
    V = rest_near(run.y[:4, late(run)].mean(axis=1), p)
    return None if V is None else (V, loop_gains(V, p))


def undelayed(run, p, slopes):
    """Return frequencies (m,) and what linear theory expects without a delay; None where the rest is unstable."""
    dt = float(run.t[1] - run.t[0])
    if np.linalg.eigvals(slopes).real.max() >= 0.0:
        return None
    enters, seen = np.zeros(8), np.append(mixture(p), np.zeros(4))
    enters[4] = kick(p)
    f, power = expected_spectrum(slopes, enters, seen, dt, segment_size(len(run.t[late(run)]), dt, SEGMENT))
    return f[1:], power[1:]


def delayed(f, p, K):
    """Return what linear theory expects at frequencies (m,) with the delay; None where the rest is unstable."""
    T, source = taus(p), np.array([p.sigma, 0.0, 0.0, 0.0])
    if not _delay.is_stable(T, K, p.d):
        return None
    return _delay.windowed(f, lambda at: 2.0 / 1000.0 * np.abs(_delay.seen(at, T, K, p.d, source, mixture(p))) ** 2)


def spectrum(run, p):
    """Columns of the spectrum: the run's, linear theory's of the same circuit, without its delay, and its tones."""
    f, power = spectrum_of(run, mixture(p) @ run.y[:4])
    f, power = f[f <= HIGHEST], power[f <= HIGHEST]
    drawn, found = {"run": (f, power)}, linear(run, p)
    if found is None or p.sigma == 0.0 or len(f) < 2:
        return drawn
    V, K = found
    slopes = jacobian(V, p)
    plain = undelayed(run, p, slopes)
    plain = None if plain is None else plain[1][: len(f)]
    theory = plain if p.d == 0.0 else delayed(f, p, K)
    if p.d > 0.0 and plain is not None:
        drawn["undelayed"] = f, plain
    return drawn if theory is None else drawn | {"theory": (f, theory)} | tones(f, np.maximum(power, theory), theory,
                                                                                slopes, p, K)


def tones(f, highest, theory, slopes, p, K):
    """Columns of the roots that ring, on the curve of theory, and of their frequencies above all curves."""
    values = np.linalg.eigvals(slopes)
    roots = _delay.roots_near(values[values.imag > 0.0], taus(p), K, p.d)
    found = np.sort(np.abs(roots.imag)) * 1000.0 / (2.0 * np.pi)
    found = found[found <= LABELLED]
    groups = np.split(found, 1 + np.flatnonzero(np.diff(found) > NEAR)) if len(found) else []
    x = [max(float(group.mean()), LEFTMOST) for group in groups]
    # A short run has few frequencies: then the nearest one counts.
    away = [np.abs(f - at) for at in x]
    y = [4.0 * 8.0 ** (k % 2) * highest[far <= max(AROUND, far.min())].max() for k, far in enumerate(away)]
    texts = [", ".join(f"{tone:.3g}" for tone in group) + " Hz" for group in groups]
    return {"resonances": (found, np.interp(found, f, theory)), "tones": (x, y, texts)}


def onset(p):
    """Columns of the Hopf point over the delay, at rest without input: the factor on all gains, and its frequency."""
    K = loop_gains(np.zeros(4), p) / p.rho
    found = np.array([_delay.hopf(taus(p), K, delay) for delay in DELAYS])
    here = _delay.hopf(taus(p), K, p.d)
    words = [f"{here[0]:.3g} at {here[1]:.3g} Hz"] if np.isfinite(here[0]) else []
    return {"onset": (DELAYS, found[:, 0]), "now": ([p.d], [p.rho]),
            "words": ([min(max(p.d, 0.9), 4.1)] * len(words), [here[0] * 1.35] * len(words), words)}


def told_of_the_delay(run, p):
    """Return what the delay does to the rest near the run; "" without a delay, or without a rest."""
    found = linear(run, p) if p.d > 0.0 else None
    if found is None:
        return ""
    stable = _delay.is_stable(taus(p), found[1], p.d)
    said = f"with all synapses {p.d:g} ms late the rest is {'stable' if stable else 'unstable'}"
    factor, f = _delay.hopf(taus(p), loop_gains(np.zeros(4), p), p.d)
    if p.U or p.U_ii or not np.isfinite(factor):
        return said
    return f"{said}; it {'would be' if stable else 'is'} lost at rho = {factor * p.rho:.3g}, near {f:.3g} Hz"


PLOTS = (
    Plot("spectrum", "Spectrum of the LFP", Variable("frequency", (0.0, 100.0), "Hz"),
         Variable("power", (1e-9, 10.0), "mV²/Hz"),
         (Mark("run", role="external", label="run", ghost=True), Mark("undelayed", label="without the delay"),
          Mark("theory", role="theory", label="linear theory"), Mark("resonances", "points", role="now"),
          Mark("tones", "labels")),
         spectrum, log="y", above=True),
    Plot("circuit", "Circuit: gains (mV/ms)", Variable("across", (-0.75, 2.75)), Variable("depth", (-0.35, 2.35)),
         (Mark("excitation", role="excitatory", label="excites"), Mark("inhibition", role="inhibitory",
                                                                       label="inhibits"),
          Mark("names", "labels"), Mark("gains", "labels")),
         circuit, above=True),
    Plot("delay", "Hopf point over the delay (click)", Variable("delay d", (0.0, 5.0), "ms"),
         Variable("factor on all gains", (1.0, 30.0)),
         (Mark("onset", role="theory", label="rest loses its stability"), Mark("now", "points", role="now"),
          Mark("words", "labels")), lambda run, p: {}, fixed=onset, log="y", clicks=("d",), on_choice=True),
)
