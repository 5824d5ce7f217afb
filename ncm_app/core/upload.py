"""What a model reads from a file that a user opens in place of what it would compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Upload:
    """How an experiment answers from a file: `read(name, data, check)` returns what `perform` would.

    The answer's `source` is the file's name, and its `reading` how the file was read. `check`, which may be
    left out, is called again and again and may raise to stop the reader; `read` itself raises a ValueError
    with a sentence where it cannot. `suits(answer)` names the preset whose values show an answer well;
    `instead` the control that chooses among the model's own answers: moving it closes the file. `endings`
    are those of the files' names, `most` their size in bytes; `hint` says to the user what may be opened.
    `under(answer, p, progress)`, if it is given, returns what was read as the controls would have it, such as
    in another unit, or what follows from it: it is remembered while the file is open. `warm()`, if it is given,
    compiles what `read` needs, so that no user waits for that. What is read may be `data` from which a model learns,
    rather than its answer: it is a key by its identity.
    """

    read: Callable[..., Any]
    suits: Callable[[Any], str]
    instead: str
    endings: tuple[str, ...]
    most: int
    hint: str
    under: Callable[[Any, Any, Any], Any] | None = None
    warm: Callable[[], Any] | None = None
    data: bool = False
