"""Each line that tells a reader what to try, beside the function that finds out whether it is so.

A `Promise` names a line by how it begins, and maps phrases of it to functions of an `Asked`, which
returns snapshots of the line's preset with changes and remembers which. A phrase with numbers is kept if the
function returns those numbers, to the digits in which they are written; one without if it returns
True. None stands for what no program can check, such as what is printed in the book.
Numbers outside of phrases must be values that were set, or those that they had before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.numerics.results import Status
from ncm_app.numerics.spikes.crossings import upward_crossings
from ncm_app.studies.diagram import diagram
from ncm_app.studies.oscillation import limit_cycle
from ncm_app.studies.plots import measures
from ncm_app.studies.rates import rate_at
from ncm_app.studies.regime import regime
from ncm_app.studies.simulate import simulate
from ncm_app.studies.stability import equilibria

NUMBER = re.compile(r"(?<![\w.^])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|\.\d)")
REFERENCE = re.compile(r"\b(?:Fig|Ex|Eqs?|Exercise|section|appendix)\.? [AB]?\.?\d+(?:\.\d+)*[a-z]?|\w\(0\)")
"""What looks like a number and is the name of a figure or of a start value."""


FROM = re.compile(
    r"(?P<name>[A-Za-z]\w*)(?P<start>\(0\))? (?:slowly )?(?:from (?P<old>[-\d.]+) to|"
    r"(?:=|to) [-\d.]+(?: \S+)? instead of (?P<older>[-\d.]+))"
)
"""A control, and the value that a line says it has before it is moved."""


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text as they are written, those in names of figures left out."""
    return NUMBER.findall(REFERENCE.sub("", text))


def value_of(written: str) -> float:
    return float(written.replace(",", "").replace("−", "-"))


def agrees(written: str, value: float) -> bool:
    """Tell whether a value rounds to a number as it is written."""
    plain = written.replace(",", "").replace("−", "-")
    last = 10.0 ** int(Decimal(plain).as_tuple().exponent)
    return abs(float(plain) - value) <= 0.5 * last * (1.0 + 1e-6)


def false_starts(model: Any, preset: str, line: str) -> list[str]:
    """Return where a line says "from 14" of a control that its preset puts at 19."""
    if line in (model.look_for, model.book_note):  # these tell, and ask for nothing
        return []
    usual, wrong = model.preset_values(preset), []
    for found in FROM.finditer(line):
        name = found["name"] + ("_0" if found["start"] else "")
        written = (found["old"] or found["older"]).rstrip(".")
        if name in usual and not agrees(written, float(usual[name])):
            wrong.append(f"{name} starts at {usual[name]}, not at {written}")
    return wrong


@dataclass
class Asked:
    """Snapshots of a model under the preset of a line, with changes; it remembers what was changed."""

    model: Any
    preset: str
    used: set[float] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def __call__(self, preset: str | None = None, **changes: Any) -> Any:
        usual = self.model.preset_values(self.preset if preset is None else preset)
        if preset is not None:
            self.words.add(preset)
        for name, value in changes.items():
            for one in (value, usual[name]):
                if isinstance(one, str):
                    self.words.add(one)
                else:
                    self.used.update(map(float, np.atleast_1d(one)))
        return self.model(**{**usual, **changes}).snapshot()


Check = Callable[[Asked], Any] | None


@dataclass(frozen=True)
class Promise:
    """A line of a model, by its beginning, and what it says; `preset` where the line names none."""

    slug: str
    begin: str
    says: Mapping[str, Check]
    preset: str | None = None


def named_preset(model: Any, line: str) -> str | None:
    """Return the preset that a line names, the longest of those that it could be; None if it names none."""
    return max(
        (name for name in model.presets if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line)), key=len, default=None
    )


def broken(promise: Promise, line: str) -> list[str]:
    """Return what of a line is not so, or is not checked."""
    model = find(promise.slug)
    own = next((name for name, preset in model.presets.items() if preset.sentence == line), None)
    preset = promise.preset or own or named_preset(model, line) or model.first_preset()
    asked, rest, wrong = Asked(model, preset), line, false_starts(model, preset, line)
    for phrase, check in promise.says.items():
        if phrase not in rest:
            return [*wrong, f"{line!r} does not say {phrase!r}"]
        if check is None:
            rest = rest.replace(phrase, " ", 1)
            continue
        found = check(asked)
        if isinstance(found, bool | np.bool_):
            kept = bool(found)
        else:
            written, values = numbers_in(phrase), np.atleast_1d(np.asarray(found, dtype=float))
            kept = len(written) == len(values) and all(map(agrees, written, values))
        if not kept:
            wrong.append(f"{phrase!r}: found {found}")
        rest = rest.replace(phrase, " ", 1)
    for name in model.presets:
        rest = rest.replace(name, " ")
    unknown = [n for n in numbers_in(rest) if not any(agrees(n, value) for value in asked.used)]
    return wrong + [f"{number} is not checked" for number in unknown]


# What is found out ------------------------------------------------------------------------------


def run(snapshot):
    return simulate(snapshot)


def course(snapshot, state=0, after=0.0):
    """Return the times and one state of a run in the unit of its axis, from a time on."""
    found = simulate(snapshot)
    late = found.t >= after
    return found.t[late], found.y[state, late] * snapshot.model.states[state].scale


def peak(snapshot, state=0, after=0.0):
    return float(course(snapshot, state, after)[1].max())


def low(snapshot, state=0, after=0.0):
    return float(course(snapshot, state, after)[1].min())


def end(snapshot, state=0):
    return float(course(snapshot, state)[1][-1])


def swing(snapshot, state=0, after=0.0):
    """Return half the distance from the lowest to the highest value."""
    return 0.5 * (peak(snapshot, state, after) - low(snapshot, state, after))


def spikes(snapshot):
    return simulate(snapshot).spikes


def gaps(snapshot):
    return np.diff(simulate(snapshot).spikes)


def rate(snapshot):
    return float(rate_at(snapshot).exact[0])


def interval(snapshot):
    return 1000.0 / rate(snapshot)


def stepped_interval(snapshot):
    return 1000.0 / float(rate_at(snapshot).stepped[0])


def period(snapshot):
    return float(limit_cycle(snapshot).period)


def rests(snapshot):
    return equilibria(snapshot).points


def kinds(snapshot):
    return tuple(point.kind for point in rests(snapshot))


def blown_up(snapshot):
    """Return when a run blew up, ms; infinity if it did not."""
    found = simulate(snapshot)
    return float(found.t[-1]) if found.status is Status.DIVERGED else float("inf")


def special(snapshot, parameter, code):
    """Return the values of a parameter at labelled points of one kind, in rising order."""
    return sorted(q.parameters[parameter] for q in diagram(snapshot, parameter).points if q.code == code)


def crossings(snapshot, level=0.0):
    """Return when the first state rises through a level, ms."""
    found = simulate(snapshot)
    return upward_crossings(found.t, found.y[0], level)


def beside(snapshot, slug, **changes):
    """Return another model of the family under the same values."""
    other = find(slug)
    shared = {name: value for name, value in snapshot.values_by_name.items() if name in other.controls()}
    return other(**{**shared, **changes}).snapshot()


def measured(snapshot, name):
    return next(float(found.value) for found in measures(snapshot) if found.name == name)


def theory(snapshot, name):
    return next(float(found.theory) for found in measures(snapshot) if found.name == name)


def sentence(snapshot):
    return regime(snapshot, snapshot.model.explore).sentence
