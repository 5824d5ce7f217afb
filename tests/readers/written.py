"""Texts of known spike trains, written in the ways that programs and people write them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

TIMES = ["time", "Time", "times", "t", "spike time", "spike_times", "SpikeTimes", "timestamps", "Zeit", "Zeitpunkt",
         "temps", "tiempo", "tempo", "tempi", "tijd", "Spikezeiten", "horodatage", "instante", "tijdstip"]
TRIALS = ["trial", "Trial", "trials", "trial number", "TrialNumbers", "sweep", "Versuch", "Durchgang", "Wiederholung",
          "essai", "ensayo", "prova", "ensaio", "proef", "poging", "repetition", "trial_id", "Versuchsnummer"]
CELLS = ["neuron", "neuron_id", "node_ids", "unit", "unitID", "cell", "cluster", "senders", "Zelle", "Kanal", "cellule",
         "neurona", "célula", "neurone", "unità", "neurônio", "unidade", "kanaal", "eenheid", "canal"]
UNITS = {"": 1.0, "ms": 1.0, "s": 1000.0, "us": 1e-3, "msec": 1.0, "sec": 1000.0, "µs": 1e-3, "Millisekunden": 1.0,
         "segundos": 1000.0}
COMMENTS = ["# made by hand", "# cell 5; 20 kHz", "% exported 12,5", "# a;b;c", "# trial 1, 2 and 3", "#",
            "# T = 1000; n = 12"]
TITLES = ["Recording 12", "Zelle 5; Versuch 3", "spike trains", "Maus A"]
FORMATS = ["%d", "%.1f", "%.2f", "%.3f", "%.6f", "%r", "%.18e", "%g"]


class Written(NamedTuple):
    """The bytes of a file, the trains (ms) that it holds, and how it was written."""

    data: bytes
    trains: list[np.ndarray]
    told: dict


def pick(rng, choices, plain=0.0):
    """Return one of the choices, the first of them with a chance of its own."""
    return choices[0] if rng.random() < plain else choices[rng.integers(len(choices))]


def some_trains(rng):
    """Return trains of distinct, ascending times; some are silent, the first never (numbers then begin with it)."""
    count, scale = int(rng.integers(1, 6)), 10.0 ** rng.integers(0, 4)
    rows = [np.unique(np.round(rng.uniform(0, scale, rng.integers(0 if k else 1, 8)), 6)) for k in range(count)]
    return [row if len(row) or k else np.array([scale]) for k, row in enumerate(rows)]


def numbers_of(rng, trains, told):
    """Return functions that write a time, and read what was written back."""
    form = told["form"] = pick(rng, FORMATS)
    mark = told["mark"] = pick(rng, ".,", 0.5)
    thousands = told["thousands"] = pick(rng, ["", ",", ".", " ", "'"], 0.9)
    if thousands == mark:
        thousands = told["thousands"] = ""

    def write(time):
        text = repr(float(time)) if form == "%r" else form % time
        if thousands and "e" not in text:
            whole, _, rest = text.partition(".")
            text = f"{int(whole):,}".replace(",", "_") + (f".{rest}" if rest else "")
        return text.replace(".", mark).replace("_", thousands)

    def value(time):
        return float(repr(float(time)) if form == "%r" else form % time)

    return write, value


def name_of(rng, names, unit, told):
    name = pick(rng, names)
    how = pick(rng, ["{} ({})", "{} [{}]", "{}_{}", "{} in {}", "{}, {}", "{} / {}"])
    return how.format(name, unit) if unit else name


def long_rows(rng, trains, write, told, unit):
    """Return names and rows of a table with a row for each spike."""
    first = told["first"] = int(rng.integers(0, 2))
    spikes = [(time, k + first) for k, train in enumerate(trains) for time in train]
    order = told["order"] = pick(rng, ["trains", "times", "none"])
    if order == "times":
        spikes.sort()
    elif order == "none":
        rng.shuffle(spikes)
        spikes = [(time, int(number)) for time, number in spikes]
    columns = [(name_of(rng, TIMES, unit, told), [write(time) for time, _ in spikes]),
               (pick(rng, TRIALS + CELLS), [str(int(number)) for _, number in spikes])]
    extra = told["extra"] = pick(rng, ["", "amplitude", "whole", "index", "unnamed", "cell", "unknown", "V"], 0.5)
    n = len(spikes)
    more = {"amplitude": ("amplitude", [write(x) for x in rng.uniform(50, 90, n)]),
            "whole": (pick(rng, ["amplitude", "Amplitude (uV)", "depth"]), [str(k) for k in rng.integers(0, 9, n)]),
            "index": (pick(rng, ["index", "spike id", "Nr", "id"]), [str(k) for k in range(n)]),
            "unnamed": ("", [str(k) for k in range(n)]), "cell": ("neuron", ["3"] * n),
            "unknown": (pick(rng, ["foo", "Wert", "label", "condition"]), [str(k) for k in rng.integers(0, 3, n)]),
            "V": ("V (mV)", [write(x) for x in rng.uniform(1, 9, n)])}
    if len(trains) == 1 and extra != "unknown" and rng.random() < 0.5:
        columns.pop()
    if extra:
        columns.append(more[extra])
    rng.shuffle(columns)
    return [name for name, _ in columns], list(zip(*(column for _, column in columns), strict=True))


def wide_rows(rng, trains, write, told, unit):
    """Return names and rows of a table with a column for each train."""
    name = pick(rng, TRIALS + CELLS + ["t", "spikes"])
    longest = max(len(train) for train in trains)
    fill = told["fill"] = pick(rng, ["", "nan", "0", "NaN"], 0.6)
    rows = [[write(train[k]) if k < len(train) else fill for train in trains] for k in range(longest)]
    names = [f"{name} {k + 1}" + (f" ({unit})" if unit else "") for k in range(len(trains))]
    if rng.random() < 0.3:
        names, rows = ["", *names], [[str(k), *row] for k, row in enumerate(rows)]
    if rng.random() < 0.2:
        names = [str(k) for k in range(len(names))]
    return names, rows


def train_rows(rng, trains, write, told, unit):
    """Return rows, one for each train, and no names."""
    longest = max(len(train) for train in trains)
    fill = told["fill"] = pick(rng, [None, "", "nan", "0"], 0.5)
    label = told["label"] = pick(rng, ["", "number", "word"], 0.8)
    rows = [[write(time) for time in train] + ([] if fill is None else [fill] * (longest - len(train)))
            for train in trains]
    return None, [([str(k)] if label == "number" else [f"trial {k}"] if label == "word" else []) + row
                  for k, row in enumerate(rows)]


def wrapped_rows(rng, trains, write, told, unit):
    """Return the one train in lines of several numbers."""
    width = int(rng.integers(1, 5))
    cells = [write(time) for time in trains[0]]
    return [name_of(rng, TIMES, unit, told)], [cells[k:k + width] for k in range(0, len(cells), width)]


def a_text(rng):
    """Return a text of random trains, written in a random way."""
    told = {}
    trains = some_trains(rng)
    way = pick(rng, [long_rows, wide_rows, train_rows, wrapped_rows], 0.4)
    told["way"] = way.__name__
    if way is wrapped_rows:
        trains = trains[:1]
    if way is wide_rows:
        trains = [train for train in trains if len(train)]
    if way is train_rows and max(len(train) for train in trains) == 1:  # a column, which is one train
        trains = [np.array([5.25, 7.5]), np.array([1.5, 2.25, 9.125])]
    unit = told["unit"] = pick(rng, list(UNITS), 0.4) if way is not train_rows else ""
    write, value = numbers_of(rng, trains, told)
    names, rows = way(rng, trains, write, told, unit)
    separator = told["separator"] = pick(rng, [",", ";", "\t", " ", "  ", ", ", "|"], 0.4)
    quoted = told["quoted"] = pick(rng, ["none", "all", "text"], 0.8)
    if separator.strip() == told["mark"]:  # nobody could read that
        quoted = told["quoted"] = "all"
    trailing = separator.strip(" ") if rng.random() < 0.1 else ""

    def cell(text, word=False):
        return f'"{text}"' if quoted == "all" or (word and quoted == "text") else text

    lines = [separator.join(cell(text) for text in row) + trailing for row in rows]
    if names is not None and (rng.random() < 0.75 or (way is wide_rows and len(rows) == 1)):
        told["names"] = names
        lines.insert(0, separator.join(cell(name, True) for name in names) + trailing)
    elif unit:
        lines.insert(0, f"# times in {unit}")
    if rng.random() < 0.15:
        lines.insert(0, told.setdefault("title", pick(rng, TITLES)))
    for _ in range(rng.integers(0, 3) if rng.random() < 0.3 else 0):
        lines.insert(int(rng.integers(0, len(lines) + 1)), pick(rng, COMMENTS))
    if rng.random() < 0.1:
        lines.insert(0, f"sep={separator[0]}")
    if rng.random() < 0.1:
        lines.insert(int(rng.integers(0, len(lines) + 1)) if way is not train_rows else 0, "")
    text = pick(rng, ["\n", "\r\n", "\r"], 0.6).join(lines) + pick(rng, ["\n", "", "\n\n"])
    coding = told["coding"] = pick(rng, ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"], 0.7)
    kept = [np.array([value(time) for time in train]) * UNITS[unit] for train in trains]
    return Written(text.encode(coding), kept, told)
