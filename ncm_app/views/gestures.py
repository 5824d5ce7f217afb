"""What the pointer does in a plot: facts that a view states, and `session.clicks` acts on."""

from __future__ import annotations

from enum import Enum, auto


class Click(Enum):
    """What a click in a plot means."""

    NOTHING = auto()
    START = auto()
    """Start a run at the state that was clicked."""
    LINE = auto()
    """Let the run start at the state that was clicked."""
    BRANCH = auto()
    """Set the explored parameter, and on a branch the start too."""
    EXPLORED = auto()
    """Set the explored parameter."""
    OWN = auto()
    """Set the model's own parameter to explore."""
    PAIR = auto()
    """Set both parameters of the chart."""
    PLACE = auto()
    """Bring the fixed point to a trace and a determinant."""
    CONTROLS = auto()
    """Set the controls that the model's plot names."""


class Drag(Enum):
    """What a drag that begins in a plot means; else the plot is moved."""

    NOTHING = auto()
    CLICKS = auto()
    """Each place on the way is clicked."""
    BRANCH = auto()
    """The same, if it begins on a branch."""
    PAINT = auto()
    """A stroke is drawn through all places on the way; the browser says so, see `pages/brush.py`."""
    TURN = auto()
    """Phase space is turned."""
