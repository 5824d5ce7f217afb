"""What changed is shown, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from ncm_app.core.catalogue import find
from ncm_app.session.actions import Choose, ChoosePreset, Clear, Enlarge, Freeze, Move, Restore, reduce
from ncm_app.session.render import Render
from ncm_app.session.state import PageState

EI = find("ei_rate_network")
FIRST = PageState.of_preset(EI, EI.first_preset())
FACETS = {"preset": lambda s: s.preset, "values": lambda s: s.values, "choices": lambda s: s.choices,
          "explore": lambda s: s.choices.explore, "frozen": lambda s: s.frozen, "large": lambda s: s.large}


class Recorder:
    """Stands for the widgets: keeps which of them were shown what."""

    def __init__(self):
        self.shown, self.render = [], Render()
        for name, facet in FACETS.items():
            self.render.add(facet, lambda state, name=name, facet=facet: self.shown.append((name, facet(state))))

    def after(self, old, new):
        self.shown.clear()
        self.render(old, new)
        return [name for name, _ in self.shown]


def test_the_first_state_is_shown_whole():
    recorder = Recorder()
    assert recorder.after(None, FIRST) == list(FACETS)
    assert recorder.shown == [(name, facet(FIRST)) for name, facet in FACETS.items()]


def test_a_gesture_shows_what_it_changed_and_nothing_else():
    recorder = Recorder()
    for action, expected in {
        Move("tau_i", 31.0): ["values"], Move("tau_i", FIRST.values["tau_i"]): [], Freeze(): ["frozen"], Clear(): [],
        Enlarge(True): ["large"], ChoosePreset(FIRST.preset): [], ChoosePreset("Sigmoid: memory"): ["preset", "values"],
        Restore(replace(FIRST, large=True)): ["large"],
    }.items():
        new = reduce(FIRST, action)
        assert recorder.after(FIRST, new) == expected, action
        assert recorder.shown == [(name, FACETS[name](new)) for name in expected]
    assert recorder.after(FIRST, reduce(FIRST, Choose({"explore": "X_e"}))) == ["choices", "explore"]
    assert recorder.after(FIRST, reduce(FIRST, Choose({"noise": 0.2}))) == ["choices"]
