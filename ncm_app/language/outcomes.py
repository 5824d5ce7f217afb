"""What the second half of a line to try speaks of: quantities, in its order, and which way it says that each goes."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

END, SPIKES, PERIOD, INTERVAL, RATE, SWING, PEAK = "end", "spikes", "period", "interval", "rate", "swing", "peak"
"""Quantities that are read off any run; all others are named as the model measures them."""

_WORDS = {
    END: r"rests?|settles?|stays active|dies out|die out|dies|blows? up|(?:small )?cycle|rhythm|ringing|oscillates?|"
         r"slips?|ends?(?= (?:at|near)\b)|fires? again|shoots up",
    SPIKES: r"spikes?|fires?(?: once)?|silent",
    PERIOD: r"period", INTERVAL: r"intervals?", RATE: r"rate", SWING: r"ripple|swings?|amplitude", PEAK: r"peak"}

_RISES = r"grows?|rises?|longer|widens?"
_FALLS = r"falls?|shrinks?|shorter|sinks?|fades?"
_STAYS = r"stays(?! active)|does not change"


class Topic(NamedTuple):
    """A quantity, and whether the line says that it rises (1), falls (-1) or stays (0); None where it does not say."""

    quantity: str
    way: int | None


def topics_of(outcome: str, measured: Collection[str] = ()) -> list[Topic]:
    """Return what a line speaks of, in its order; `measured` are the names of what its model measures."""
    words = _WORDS | {name: re.escape(name) for name in measured if name not in _WORDS}
    # "SD" is enough where the model measures that of one thing only.
    heads = [name.split(" of ")[0] for name in measured]
    words |= {name: rf"{re.escape(name)}|{re.escape(head)}" for name, head in zip(measured, heads, strict=True)
              if heads.count(head) == 1 and name not in _WORDS}
    found = {name: match for name, pattern in words.items()
             if (match := re.search(rf"(?<![\w'-])(?:{pattern})(?![\w-])", outcome))}
    return [Topic(name, _way(outcome[match.end():])) for name, match in sorted(
        found.items(), key=lambda pair: (pair[1].start(), -pair[1].end()))]


def _way(after: str) -> int | None:
    """Return which way goes what the words `after` it are about, as far as their clause."""
    clause = re.split(r"[,;:.](?= |$)", after, maxsplit=1)[0]
    found = {match.start(): way for way, pattern in ((1, _RISES), (-1, _FALLS), (0, _STAYS))
             if (match := re.search(rf"\b(?:{pattern})\b", clause))}
    return found[min(found)] if found else None
