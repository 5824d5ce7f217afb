"""A compact row per control: symbol, slider, exact field; native inputs, so keys work."""

from __future__ import annotations

from typing import Any

import param

from ncm_app.pages.browser_code import browser_code
from ncm_app.pages.part import Part
from ncm_app.pages.upstream import at_once
from ncm_app.session.sent_values import LONGEST, is_count, is_text, is_within

STYLE, ROWS = browser_code("controls.css"), browser_code("rows.js")


# Panel's global busy state costs two milliseconds an event, and the gate tells better.
@at_once
class Dial(Part):
    """A number: the slider spans `start` to `end`, the field takes `low` to `high`.

    Its `label` is HTML; messages name it as in `shown`, and screen readers say `plain`. A typed value
    beyond the bounds changes nothing and is told in `complaint`.
    """

    value = param.Number(default=0.0)
    start = param.Number(default=0.0)
    end = param.Number(default=1.0)
    low = param.Number(default=0.0)
    high = param.Number(default=1.0)
    step = param.Number(default=0.01)
    label = param.String(default="")
    plain = param.String(default="")
    shown = param.String(default="")
    unit = param.String(default="")
    help = param.String(default="")
    whole = param.Boolean(default=False)
    complaint = param.String(default="")
    _taken = {"value": lambda dial, value: dial.takes(value), "complaint": is_text(LONGEST)}
    _stylesheets = [STYLE]
    _esm = ROWS + browser_code("dial.js")

    def takes(self, value: Any) -> bool:
        """Tell whether a value lies within the bounds, and is whole where it must be."""
        return is_within(value, self.low, self.high, self.whole)


@at_once
class Pick(Part):
    """One of a few options; `labels` are how they read, if not as they are."""

    value = param.String(default="")
    options = param.List(default=[])
    labels = param.List(default=[])
    label = param.String(default="")
    plain = param.String(default="")
    help = param.String(default="")
    bar = param.Boolean(default=False)
    _taken = {"value": lambda pick, value: isinstance(value, str) and value in pick.options}
    _stylesheets = [STYLE]
    _esm = ROWS + browser_code("pick.js")


@at_once
class Action(Part):
    """A button; `copies` makes it copy the page's address before it reports the click.

    One that is `called` for stands out; one that is not `enabled` does nothing.
    """

    label = param.String(default="")
    help = param.String(default="")
    called = param.Boolean(default=False)
    enabled = param.Boolean(default=True)
    copies = param.Boolean(default=False)
    clicks = param.Integer(default=0)
    _taken = {"clicks": is_count}
    _stylesheets = [STYLE]
    _esm = browser_code("action.js")
