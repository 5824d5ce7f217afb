"""Buttons, lists, check boxes and sentences of one place on the page, as one component of the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import param

from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.part import Part
from ncm_app.pages.upstream import at_once
from ncm_app.session.sent_values import is_count, is_within


class Item:
    """One thing in a bar: what it is called, what never changes of it (`facts`), and what is shown now (`state`).

    `act` is called with what a user has chosen, with None for a button.
    """

    def __init__(self, kind: str, name: str, act: Callable[[Any], None] | None = None,
                 state: dict[str, Any] | None = None, **facts: Any) -> None:
        self.kind, self.name, self.act, self.facts = kind, name, act, facts
        self.state: dict[str, Any] = dict(state or {})
        self.bar: Bar | None = None

    def show(self, **state: Any) -> None:
        """Change how it looks, before or after its bar is made; nothing is called back."""
        if self.bar is None:
            self.state |= state
        else:
            self.bar.show({self.name: state})

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self.state.get("value")

    @property
    def text(self) -> str:
        """The sentence."""
        return str(self.state.get("text", ""))

    def takes(self, given: Any) -> bool:
        """Tell whether a user can have chosen this."""
        if self.kind == "button":
            return given is None
        options = self.state.get("options", ())
        if self.kind == "checks":
            return isinstance(given, list) and len(given) <= len(options) and all(one in options for one in given)
        if self.kind == "answers":
            return isinstance(given, str) and given in options
        if self.kind == "range":
            return is_within(given, 0, self.state["end"], whole=True)
        return self.kind == "pick" and isinstance(given, str) and given in options


def button(verb: str, label: str, tip: str, act: Callable[[], None], copies: bool = False) -> Item:
    """Return a button with the hook `ncm-do-<verb>`; one that `copies` copies the page's address too."""
    return Item("button", verb, lambda _: act(), {"label": label}, help=tip, copies=copies)


def text(tone: str) -> Item:
    """Return a sentence with the hook `ncm-<tone>` that screen readers announce when it changes."""
    return Item("text", tone, state={"text": ""})


@at_once
class Bar(Part):
    """What stands in a bar, in order; a list of items stands in a line of its own.

    `shown` holds the state of every item by name, `sent` what users have chosen last, and how often they chose.
    """

    items = param.List(default=[])
    prefix = param.String(default="")
    shown = param.Dict(default={})
    sent = param.Dict(default={})
    _taken = {"sent": lambda bar, value: bar.takes(value)}
    _stylesheets = [browser_code("sentence.css"), browser_code("controls.css"), browser_code("bar.css")]
    _esm = browser_code("bar.js")

    def __init__(self, items: Sequence[Item | list[Item]] = (), **options: Any) -> None:
        every = [one for item in items for one in (item if isinstance(item, list) else [item])]
        self._items = {item.name: item for item in every}
        super().__init__(items=[list(map(described, item)) if isinstance(item, list) else described(item)
                                for item in items],
                         shown={item.name: dict(item.state) for item in every}, **options)
        for item in every:
            item.bar = self
        self.param.watch(self._chosen, "sent")

    def show(self, states: dict[str, dict[str, Any]]) -> None:
        """Change how some items look, in one message; what does not differ is not sent."""
        new = {name: {**self._items[name].state, **state} for name, state in states.items()}
        changed = {name: state for name, state in new.items() if state != self._items[name].state}
        for name, state in changed.items():
            self._items[name].state = state
        if changed:
            self.shown = {**self.shown, **changed}

    def takes(self, value: Any) -> bool:
        """Tell whether a browser may say that users have chosen this."""
        return isinstance(value, dict) and all(
            name in self._items and isinstance(pair, list | tuple) and len(pair) == 2 and is_count(self, pair[1])
            and self._items[name].takes(pair[0]) for name, pair in value.items())

    def _chosen(self, event: Any) -> None:
        for name, pair in event.new.items():
            item = self._items[name]
            if pair != event.old.get(name):
                if item.kind != "button":
                    self.show({name: {"value": pair[0]}})
                if item.act is not None:
                    item.act(pair[0])


def described(item: Item) -> dict[str, Any]:
    """Return what the browser makes an item of."""
    return {"kind": item.kind, "name": item.name, **item.facts}
