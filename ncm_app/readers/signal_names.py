"""What the name of a column or an array in a file of signals says: a time, an index, a unit of a potential."""

from __future__ import annotations

import re

from ncm_app.readers.words import role_of

VOLTS = {"v": "V", "volt": "V", "volts": "V", "mv": "mV", "millivolt": "mV", "millivolts": "mV", "uv": "µV", "µv": "µV",
         "μv": "µV", "microvolt": "µV", "microvolts": "µV", "nv": "nV"}
"""Units of potentials that are read."""
IN_MILLIVOLTS = {"V": 1e3, "mV": 1.0, "µV": 1e-3, "nV": 1e-6}

_UNIT = r"(?P<{}>[nmuµμ]?v|(?:milli|micro)?volts?)"
_VOLT = re.compile(rf"[\[(]\s*{_UNIT.format('a')}\s*[\])]|\b(?:in|units?\s*[:=]?|unit of "
                   rf"\w+\s*[:=]?)\s*{_UNIT.format('b')}\b|"
                   rf"_{_UNIT.format('c')}$|^\W*{_UNIT.format('d')}\W*$", re.IGNORECASE)


def volts_in(texts: list[str]) -> str:
    """Return the unit of potentials that names, comments or titles tell, "" for none; ValueError for two."""
    matches = [match for text in texts for match in _VOLT.finditer(text)]
    found = {VOLTS[next(unit for unit in match.groups() if unit).lower()] for match in matches}
    if len(found) > 1:
        raise ValueError(f"one unit of all channels expected, {' and '.join(sorted(found))} found")
    return next(iter(found), "")


def is_time(name: str) -> bool:
    """Tell whether a column holds times; T3 and T4 are electrodes."""
    return not re.search(r"\d", name) and role_of(name).kind == "time"


def is_index(name: str) -> bool:
    """Tell whether a column numbers the samples."""
    return role_of(name).kind in ("index", "id", "samples") and not re.search(r"\d", name)


def plain_name(name: str) -> str:
    """Return the name of a channel without the unit behind it."""
    return re.sub(rf"\s*[\[(]\s*{_UNIT.format('a')}\s*[\])]\s*$|_{_UNIT.format('c')}$", "", name,
                  flags=re.IGNORECASE).strip()
