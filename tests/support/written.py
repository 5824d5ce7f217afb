"""Values of controls that hold many numbers, for tests over the catalogue."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ncm_app.core.drawing import Grid, Points, Sketch
from ncm_app.core.past import Past
from ncm_app.core.times import Times


def values_of(control: Any) -> st.SearchStrategy[Any]:
    """Return values that a control may have: none, and drawn or listed ones."""
    if isinstance(control, Times):
        return st.lists(st.floats(*control.bounds).map(lambda x: float(f"{x:.12g}")), max_size=6).map(control.clean)
    return st.sampled_from(two_values(control))


def two_values(control: Any) -> list[Any]:
    """Return none, and as much as there may be of a drawing; of times one at either end; one change of a rule."""
    if isinstance(control, Times):
        return [(), control.bounds]
    if isinstance(control, Past):
        changed = control.owner.rule[0]
        return [(), control.clean([(1, changed, control.owner.control(changed).default)])]
    if isinstance(control, Sketch):
        return [(), control.clean([control.bounds[k % 2] for k in range(control.n)])]
    if isinstance(control, Grid):
        return [(), control.clean([k % control.levels for k in range(control.rows * control.columns)])]
    if isinstance(control, Past):
        name = control.owner.rule[0]
        return [(), ((1, name, control.owner.control(name).default),)]
    assert isinstance(control, Points)
    return [(), control.clean([(*control.bounds, k % len(control.classes)) for k in range(control.most)])]
