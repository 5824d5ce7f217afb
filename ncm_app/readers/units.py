"""Units of times: in comments, and words in the names of columns that may be units which are not read."""

from __future__ import annotations

import re
from itertools import pairwise

from ncm_app.readers.words import (
    BEFORE_UNIT,
    COUNTED,
    FROM,
    GROUP,
    KNOWN,
    LONG,
    PLAIN,
    SPIKE,
    TIME,
    UNITS,
    Role,
    role_of,
    shown,
    tokens,
    units_in,
)

HARMLESS = KNOWN - COUNTED - LONG | PLAIN | BEFORE_UNIT | FROM
"""Words that are no units of times."""

_RATE = re.compile(r"\d\s*[kM]?(?:Hz|S/s)\b|\b[kM]?(?:Hz|S/s)\W*\d|"
                   r"\b(?:fs|sr|rate|freq|frequency)\s*[:=]\s*\d", re.IGNORECASE)

_SAMPLING = re.compile(r"sampl|abtast|digiti[sz]|chantillon|muestreo|campionamento|amostragem|bemonster|\bfs\b|\bsr\b",
                       re.IGNORECASE)


def comment_unit(text: str) -> set[str]:
    """Return the units in which a comment or a title says that times are; "10 s" is a length and no unit.

    Raises ValueError for "in 0.1 ms", which may be the unit, and for units that are not read: "times in minutes".
    """
    before = "|".join(sorted(BEFORE_UNIT))
    if re.search(rf"\b(?:{before})\b\W+(?:\w+\W+)?\d[\d.,]*\s*(?:[mn]?s|µs|μs|us|[mn]?sec\w*)\b", text, re.IGNORECASE):
        raise ValueError(f"a unit of times (ms, s, µs, ns) expected, {shown(text)} found, which may multiply it")
    plain = re.sub(r"\d[\d.,]*\s*[a-zµμ]+\b", " ", text, flags=re.IGNORECASE)
    found = units_in(re.findall(r"[\[(]\s*([a-zµμ]+)\s*[\])]", plain.lower()))
    words = tokens(plain)
    long = [word for word in words if len(word) > 1]
    after = [word for before, word in pairwise(words) if before in BEFORE_UNIT]
    found |= units_in(long) | units_in(after)
    if not found and _other_unit(plain, words, after):
        raise ValueError(f"a unit of times (ms, s, µs, ns) expected, {shown(text)} found")
    return found


def _other_unit(text: str, words: list[str], after: list[str]) -> bool:
    """Tell whether a comment that names no unit that is read names another: "times in minutes", "unit: frames"."""
    bracketed = [word for inner in re.findall(r"[\[(]([^\])]*)[\])]", text) for word in tokens(inner)]
    if any(word in COUNTED | LONG for word in after) or (len(bracketed) == 1 and bracketed[0] in COUNTED | LONG):
        return True
    timed = bool(TIME & set(words))
    day = {"day", "tag", "jour", "dia", "giorno", "dag"}  # the time of day
    if timed and ((LONG - day) & set(words) or (COUNTED & set(words) and not re.search(r"[,;|\t]", text))):
        return True
    plain = " ".join(words)
    if timed and any(word not in UNITS for word in re.findall(r"\bunits? of (?:the )?([a-zμ]+)", plain)):
        return True
    named = re.findall(r"\bunits?\s*[:=]\s*([^\W\d_]+)|\b(?:times?|timestamps?)\s*[\[(]\s*([^\W\d_]+)", text.lower())
    named += [(word, "") for word in re.findall(rf"\b(?:{'|'.join(sorted(TIME))}) (?:in|en|em) ([a-zμ]+)", plain)]
    return any((one or other) not in HARMLESS for one, other in named)


def check_name(role: Role) -> None:
    """Raise a ValueError where the name of a column of times holds a word that may be a unit which is not read."""
    if role.unit:
        return
    allowed = HARMLESS - GROUP
    for inner in re.findall(r"[\[(]([^\])]*)", role.name):
        words = tokens(inner)
        if inner.strip() and (not words or any(not (word in allowed or word.isdigit()) for word in words)):
            raise ValueError(_strange(role))
    words = tokens(role.name)
    numbered = role.kind in ("trial", "cell") and role.number >= 0
    last = max((k for k, word in enumerate(words) if word in TIME | SPIKE or (numbered and word.isdigit())),
               default=len(words))
    allowed = HARMLESS - {"day", "date"}
    if any(not (word in allowed or word.isdigit()) for word in words[last + 1:]):
        raise ValueError(_strange(role))


def _strange(role: Role) -> str:
    return (f"a name that tells times, in ms, s, µs or ns, expected, {shown(role.name)} found, which may name another "
            "unit or quantity")


def tells_of_no_times(name: str) -> bool:
    """Tell whether the name of a column that is not known to hold times speaks of time: a step, a constant."""
    return bool(TIME & set(tokens(name)))


def check_comments(texts: list[str], alone: bool) -> None:
    """Raise a ValueError where a comment or a title is no more than the name of what is no time of a spike.

    `alone` says that it stands over one column without a name: then it may name any quantity.
    """
    for text in texts:
        words = tokens(text)
        if words and all(word in KNOWN | BEFORE_UNIT | PLAIN | LONG for word in words):
            kind = role_of(text).kind
            quantity = kind in ("other", "trace") or (kind == "unknown" and TIME & set(words))
            if kind == "samples" or (alone and quantity):
                raise ValueError(f"times of spikes expected, numbers under {shown(text)} found")


def sampled(texts: list[str]) -> str:
    """Return the comment or title that tells a rate of samples, "" if none does."""
    return next((text for text in texts if _SAMPLING.search(text) and _RATE.search(text)), "")
