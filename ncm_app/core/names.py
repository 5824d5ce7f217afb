"""Names that do not exist, and those that were perhaps meant."""

from __future__ import annotations

import difflib
import re
from typing import Any


def _plain(name: Any) -> str:
    """Return a name without what people write differently: capitals, blanks, dashes."""
    return re.sub(r"[\s_-]+", "", str(name)).casefold()


def unknown(kind: str, name: str, known: Any, owner: str) -> str:
    """Return the sentence for a name that does not exist, with near matches."""
    plain = {_plain(one): one for one in reversed(list(known))}
    near = [plain[found] for found in difflib.get_close_matches(_plain(name), plain, n=3, cutoff=0.4)]
    hint = f"did you mean {', '.join(near)}?" if near else f"there is {', '.join(known) or 'none'}."
    return f"{owner} has no {kind} named {name!r}; {hint}"
