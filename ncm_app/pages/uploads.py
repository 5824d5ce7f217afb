"""A file that the user opens: it comes in parts, is read in the pool, and is the session's own.

It is kept by the page's state alone: in no cache, no link and no file of the server, and it
goes when the user closes it or the page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import panel as pn
import param
from panel.viewable import Viewable

from ncm_app.core.upload import Upload
from ncm_app.numerics.system import Cancelled
from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.dials import STYLE
from ncm_app.pages.part import Part
from ncm_app.pages.session_loop import SessionLoop
from ncm_app.pages.toolbar import action
from ncm_app.pages.upstream import at_once
from ncm_app.studies import jobs

log = logging.getLogger(__name__)


class Parts:
    """The parts of one file in order; `add` returns the whole once it is there.

    What a browser sends is not trusted: it raises a ValueError where the parts do not fit.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._name: str | None
        self.forget()

    def forget(self) -> None:
        """Drop what has come so far."""
        self._name, self._data, self._next = None, bytearray(), 0

    @property
    def begun(self) -> bool:
        """Whether parts of a file have come, and others have not."""
        return self._name is not None

    def add(self, message: Any) -> tuple[str, bytes] | None:
        """Take a message of `name`, `size`, `part`, `parts` and `data`."""
        given = message if isinstance(message, dict) else {}
        name, size, part, parts, data = (given.get(key) for key in ("name", "size", "part", "parts", "data"))
        if part == 0:
            self.forget()
            self._name = name
        if not (isinstance(name, str) and isinstance(size, int) and isinstance(parts, int) and isinstance(data, bytes)
                and (name, part) == (self._name, self._next)):
            self.forget()
            raise ValueError("The file did not arrive whole: open it again.")
        size = max(size, len(self._data) + len(data))
        if size > self._most:
            self.forget()
            raise ValueError(f"{name[:60]} was not opened: at most {self._most >> 20} MB expected, "
                             f"{size / 2**20:.3g} MB found.")
        self._data += data
        self._next += 1
        if self._next < parts:
            return None
        whole = name, bytes(self._data)
        self.forget()
        return whole


@at_once
class Chooser(Part):
    """A button and a place to drop a file; `words` say what may be opened or what is."""

    endings = param.List(default=[])
    most = param.Integer(default=0)
    kind = param.String(default="recording")
    words = param.String(default="")
    taken = param.Integer(default=0)
    answered = param.Integer(default=0)
    _stylesheets = [STYLE, browser_code("upload.css")]
    _esm = browser_code("upload.js")


class Uploads:
    """What a page does with files; a model that reads none has no panel of it.

    `suits(preset, opened)` is called with what was read and the preset that shows it well, `closed()`
    when the user closes it, `complain(sentence)` when it cannot be opened.
    """

    def __init__(self, reads: Upload | None, suits: Callable[[str, Any], None], closed: Callable[[], None],
                 complain: Callable[[str], None], loop: SessionLoop) -> None:
        self.reads, self._suits, self._complain, self._loop = reads, suits, complain, loop
        self._turn, self._source = 0, ""
        if self.reads is None:
            return
        self._parts = Parts(self.reads.most)
        self.chooser = Chooser(endings=list(self.reads.endings), most=self.reads.most, words=self.reads.hint,
                               kind="file" if self.reads.data else "recording",
                               css_classes=["ncm-upload"], sizing_mode="stretch_width", margin=(4, 10))
        self.chooser.on_msg(lambda event: self.take(event.data))
        self.back = action("close", "close the file and go back to what the app has made", closed, visible=False)
        self.back.margin = (4, 10)

    def give_up(self) -> None:
        """Stop reading a file, as when something else was chosen meanwhile."""
        self._turn += 1

    def show(self, opened: Any) -> None:
        """Say which file is open, None for none."""
        self.give_up()
        left, self._source = self._source, "" if opened is None else opened.source
        if left and opened is None:
            self._loop.locked(lambda: self._complain(
                f"{left} is closed: the page shows again what the app has made."))
        if self.reads is not None:
            self.back.visible = opened is not None
            name = "" if opened is None else f"{opened.source} is open. {opened.reading} ".replace("  ", " ")
            self.chooser.words = name + self.reads.hint

    def _check(self, turn: int) -> None:
        """Stop reading a file where another one, or none, was chosen meanwhile, or the page is closed."""
        if turn != self._turn:
            raise Cancelled

    def take(self, message: Any) -> None:
        """Take one part of a file; read the file when it is whole."""
        if isinstance(message, dict) and message.get("part") == 0:
            self._turn += 1
        try:
            whole = self._parts.add(message)
        except ValueError as error:
            self._refuse(error)
            return
        if whole is None:
            self.chooser.taken += 1
            return
        self._turn += 1
        turn, read = self._turn, self.reads
        assert read is not None
        self._loop.compute(jobs.FRAMES, partial(read.read, *whole, partial(self._check, turn)),
                           lambda future: self._finish(future, turn))

    def _finish(self, future: Future[Any], turn: int) -> None:
        """Show what was read, or say why it cannot be."""
        try:
            opened = future.result()
        except Cancelled:
            self._answered()
        except ValueError as error:
            self._refuse(error)
        except Exception:
            log.exception("a file could not be read")
            self._refuse(ValueError("This file could not be read: something in it was not expected."))
        else:
            self._opened(opened, turn)

    def _opened(self, opened: Any, turn: int) -> None:
        assert self.reads is not None
        self._answered()
        if turn == self._turn:  # else another file, or none, was chosen meanwhile
            self._suits(self.reads.suits(opened), opened)

    def _answered(self) -> None:
        if not self._parts.begun:  # else the chooser would take it for the answer to the file that it sends now
            self.chooser.answered += 1

    def _refuse(self, error: ValueError) -> None:
        self._answered()
        self._complain(f"{error} The page shows what it showed before.")

    def panel(self) -> list[Viewable]:
        """Return the chooser and the button that closes the file; nothing where no file is read."""
        return [] if self.reads is None else [pn.Column(self.chooser, self.back, sizing_mode="stretch_width", margin=0)]

    def close(self) -> None:
        """Stop reading a file, as when the session ends."""
        self.give_up()
