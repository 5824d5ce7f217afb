"""Plots of the canonical microcircuit: its circuit, the spectrum of the LFP, and what a delay does."""

import numpy as np

from ncm_app.core.model import Mark, Plot, Variable
from ncm_app.models.masses import _delay
from ncm_app.models.masses._linear import SEGMENT, late, spectrum_of
from ncm_app.models.masses._microcircuit import CELLS, gains, jacobian, kick, loop_gains, mixture, rest_near, taus
from ncm_app.numerics.spectra import expected_spectrum, segment_size

HIGHEST, LABELLED = 120.0, 92.0  # frequencies that are drawn, and of tones that have room for their label, Hz
PLACES = {"ss": (0.0, 1.0), "sp": (0.0, 2.0), "ii": (1.6, 0.55), "dp": (0.0, 0.0)}
ROOM, ASIDE, HEAD = 0.17, 0.1, 0.09  # about a cell, between the two arrows of a pair, of an arrow's head
DELAYS = np.linspace(0.0, 5.0, 21)


def arrow(source, target):
    """Line (2, m) of an arrow between two populations, beside the one that comes back; from one to itself a loop."""
    if source == target:
        turn = np.linspace(-0.75 * np.pi, 0.75 * np.pi, 25)
        x, y = PLACES[source]
        side = -1.0 if source != "ii" else 1.0
        line = np.array([x + side * (ROOM + 0.12 - 0.12 * np.cos(turn + np.pi)), y + 0.12 * np.sin(turn)])
        return line, line[:, -1] - line[:, -2]
    start, end = np.array(PLACES[source]), np.array(PLACES[target])
    way = (end - start) / np.hypot(*(end - start))
    beside = ASIDE * np.array([way[1], -way[0]])
    return np.array([start + ROOM * way + beside, end - ROOM * way + beside]).T, way


def head(tip, way):
    """Two strokes (2, 5) of an arrow's head."""
    way = way / np.hypot(*way)
    across = np.array([-way[1], way[0]])
    left, right = (tip - HEAD * way + sign * 0.6 * HEAD * across for sign in (1.0, -1.0))
    return np.array([left, tip, right]).T


def circuit(run, p):
    """Columns of the circuit: arrows of excitation and inhibition that are there, each with its gain in mV/ms."""
    lines, labels = {"excitation": [], "inhibition": []}, []
    for row, target in enumerate(CELLS):
        for column, source in enumerate(CELLS):
            gain = gains(p)[row, column]
            if gain == 0.0:
                continue
            line, way = arrow(source, target)
            lines["excitation" if gain > 0.0 else "inhibition"] += [line, np.full((2, 1), np.nan),
                                                                    head(line[:, -1], way), np.full((2, 1), np.nan)]
            middle = line[:, len(line[0]) // 2] if source == target else line @ np.array([0.4, 0.6])
            labels.append((middle, f"{abs(gain):.3g}"))
    drawn = {name: tuple(np.hstack(parts)) for name, parts in lines.items() if parts}
    x, y = np.array(list(PLACES.values())).T
    places = np.array([place for place, _ in labels])
    return drawn | {"names": (x, y, list(CELLS)),
                    "gains": (places[:, 0], places[:, 1], [text for _, text in labels])}


def linear(run, p):
    """Return the fixed point near the run's mean and its derivatives; None without a stable one."""
    V = rest_near(run.y[:4, late(run)].mean(axis=1), p)
    slopes = None if V is None else jacobian(V, p)
    return None if slopes is None or np.linalg.eigvals(slopes).real.max() >= 0.0 else (V, slopes)


def spectrum(run, p):
    """Columns of the spectrum: the run's, linear theory's with and without the delay, and the resonances on it."""
    f, power = spectrum_of(run, mixture(p) @ run.y[:4])
    shown, dt = f <= HIGHEST, float(run.t[1] - run.t[0])
    drawn, found = {"run": (f[shown], power[shown])}, linear(run, p)
    size = segment_size(len(run.t[late(run)]), dt, SEGMENT)
    if found is None or p.sigma == 0.0 or not size:
        return drawn
    V, slopes = found
    enters, seen = np.zeros(8), np.append(mixture(p), np.zeros(4))
    enters[4] = kick(p)
    f, power = (one[1:][shown] for one in expected_spectrum(slopes, enters, seen, dt, size))
    values = np.linalg.eigvals(slopes)
    tones = np.sort(values[values.imag > 0.0].imag) * 1000.0 / (2.0 * np.pi)
    tones = tones[tones <= LABELLED]
    heights = np.interp(tones, f, power)
    drawn |= {"theory": (f, power), "resonances": (tones, heights),
              "tones": (tones, heights * np.resize([3.0, 20.0], len(tones)), [f"{tone:.3g} Hz" for tone in tones])}
    K = loop_gains(V, p)
    if p.d > 0.0 and _delay.is_stable(taus(p), K, p.d):
        wave = _delay.seen(f, taus(p), K, p.d, np.array([p.sigma, 0.0, 0.0, 0.0]), mixture(p))
        drawn["delayed"] = f, 2.0 / 1000.0 * np.abs(wave) ** 2
    return drawn


def onset(p):
    """Columns of the Hopf point over the delay, at rest without input: the factor on all gains, and its frequency."""
    K = loop_gains(np.zeros(4), p) / p.rho
    found = np.array([_delay.hopf(taus(p), K, delay) for delay in DELAYS])
    here = _delay.hopf(taus(p), K, p.d)
    words = [f"{here[0]:.3g} at {here[1]:.3g} Hz"] if np.isfinite(here[0]) else []
    return {"onset": (DELAYS, found[:, 0]), "now": ([p.d], [p.rho]),
            "words": ([p.d] * len(words), [here[0] * 1.25] * len(words), words)}


PLOTS = (
    Plot("spectrum", "Spectrum of the LFP", Variable("frequency", (0.0, 100.0), "Hz"),
         Variable("power", (1e-7, 10.0), "mV²/Hz"),
         (Mark("run", role="external", label="run", ghost=True), Mark("theory", role="theory", label="linear theory"),
          Mark("delayed", label="with the delay"), Mark("resonances", "points", role="now"), Mark("tones", "labels")),
         spectrum, log="y", above=True),
    Plot("circuit", "Circuit: gains (mV/ms)", Variable("across", (-0.7, 2.3)), Variable("depth", (-0.4, 2.4)),
         (Mark("excitation", role="excitatory", label="excites"), Mark("inhibition", role="inhibitory",
                                                                       label="inhibits"),
          Mark("names", "labels"), Mark("gains", "labels")),
         circuit, above=True),
    Plot("delay", "Hopf point over the delay (click)", Variable("delay d", (0.0, 5.0), "ms"),
         Variable("factor on all gains", (1.0, 30.0)),
         (Mark("onset", role="theory", label="rest loses its stability"), Mark("now", "points", role="now"),
          Mark("words", "labels")), lambda run, p: {}, fixed=onset, log="y", clicks=("d",), on_choice=True),
)
