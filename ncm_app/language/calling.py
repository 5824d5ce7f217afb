"""Export what a page shows as a Python script that asks this package and checks its numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ncm_app.core.share import encode
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.written import code_of

TEXT = '''"""{name}.

Model: {slug}
Link:  {link}
Exported from ncm_app {version}, which it needs (pip install ncm_app). Times are in ms.
It prints the numbers of the page and stops if one differs.
"""

import math

import ncm_app as ncm

model = ncm.model("{slug}"{values})
{opening}answer = ncm.simulate(model)
expected = {{{expected}}}
for name, value in ncm.measure(model).items():
    print(f"{{name}}: {{value:.6g}}")
    if name in expected:
        assert math.isclose(value, expected[name], rel_tol=1e-6, abs_tol=1e-9), name
'''


def calling_script(snapshot: Snapshot, facts: Mapping[str, float], preset: str = "", link: str = "",
                   version: str = "") -> str:
    """Return a script that computes a page's answer anew and asserts the numbers read off it."""
    model = snapshot.model
    usual = model.preset_values("")
    values = "".join(f",\n                  {name}={code_of(model.control(name), value)}"
                     for name, value in snapshot.values_by_name.items() if value != usual[name])
    expected = "".join(f"\n    {name!r}: {value!r}," for name, value in facts.items() if math.isfinite(value))
    title = f"{model.title} (section {model.chapter})" + (f", {preset}" if preset else "")
    opening = "" if snapshot.opened is None else (
        f"ncm.open_file(model, {str(snapshot.opened.source)!r})  # the file that was open: say where it is\n")
    # A link comes from an address bar: nothing in it may end the docstring.
    safe = re.sub(r"[^\w%&=.,:+~/?#-]", "", link or f"?{encode(snapshot, preset)}")
    return TEXT.format(name=title, slug=model.slug(), link=safe, version=version, values=values, opening=opening,
                       expected=expected + "\n" * bool(expected))
