"""The contract of a model, and the kinds of model.

For developers. A new model is one file in `ncm_app/models/` with one subclass of
`Flow`, `Spiking` or `Experiment` that states
  * `chapter`, `title`, and a docstring whose first line is a sentence for the catalogue,
  * its controls (`Quantity`, `Count`, `Choice`, `Times`, `Sketch`, `Grid`, `Points`), at least one `Preset`,
  * a flow: its `states` and `rhs(t, y, p)`, pure arithmetic and NumPy functions, `y`
    unpacked, a tuple returned; an experiment: `perform(p, progress)` and its `plots`.
The one text of `rhs` is broadcast over arrays, compiled for stepping, printed as
equations and written into exported scripts. Everything else is generic.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import param

from ncm_app.core.companion import Companion, Pair
from ncm_app.core.definition import CONTROLS, ModelType
from ncm_app.core.drawing import Grid, Points, Sketch
from ncm_app.core.names import unknown
from ncm_app.core.plot import Mark, Measure, Plot
from ncm_app.core.quantity import Choice, Control, Count, Quantity
from ncm_app.core.snapshot import Snapshot
from ncm_app.core.state import Curve, Curves, Preset, State, Variable
from ncm_app.core.times import Times
from ncm_app.core.upload import Upload
from ncm_app.core.written import code_of

RUN_SETTINGS = ("t_end", "dt", "method")
METHODS = ["Euler", "Heun", "RK4", "adaptive"]
STEPPED = METHODS[:3]
"""Methods of models that are driven by impulses: those that step through time evenly."""


class Model(param.Parameterized, metaclass=ModelType):
    """A model with the present values of its controls; see the module's contract.

    Facts of every kind, all optional: `plots` are plots of its own, `equations` lines of
    TeX beside those read from the code, `run_settings` controls that `p` does not hold, `reads`
    what a user may open in a file for an experiment to show. Models of one `family` share names
    of controls, and can be compared under the same values; an `acronym` names them in short. `pictured` names the
    plot in an experiment's small picture on the home page, if it is not the first. `idle_unless`
    says which controls have an effect under which option only: {"curve": {"sigmoid": ("r_max",)}}.
    A `companion` is another model that can stand beside this one on its page, at values that follow from its own.
    """

    chapter: ClassVar[str] = ""
    title: ClassVar[str] = ""
    states: ClassVar[tuple[State, ...]] = ()
    presets: ClassVar[Any] = {}  # declared as a tuple of Preset; read as name -> Preset
    renamed: ClassVar[dict[str, str]] = {}  # former name of a preset -> its name
    look_for: ClassVar[str] = ""
    try_this: ClassVar[tuple[str, ...]] = ()
    book_note: ClassVar[str] = ""
    explore: ClassVar[str] = ""
    plots: ClassVar[tuple[Plot, ...]] = ()
    equations: ClassVar[tuple[str, ...]] = ()
    family: ClassVar[str] = ""
    acronym: ClassVar[str] = ""
    pictured: ClassVar[str] = ""
    run_settings: ClassVar[tuple[str, ...]] = ()
    idle_unless: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {}
    reads: ClassVar[Upload | None] = None
    companion: ClassVar[Companion | None] = None
    opened: Any = None  # what was read from a user's file: the answer in place of the model's own
    Parameters: ClassVar[Any]

    def __init__(self, **values: Any) -> None:
        super().__init__(**type(self).clean(values))

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and not hasattr(type(self), name):  # a slip would be kept, and change nothing
            raise AttributeError(unknown("parameter", name, self.controls(), self.slug()))
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        usual = self.preset_values(None)
        changed = [f", {name}={code_of(self.control(name), value)}" for name, value in self.values().items()
                   if value != usual[name]]
        return f"ncm.model({self.slug()!r}{''.join(changed)})"

    @classmethod
    def slug(cls) -> str:
        """Return the model's file name, which is also its address."""
        return cls.__module__.rsplit(".", 1)[-1]

    @classmethod
    def sentence(cls) -> str:
        """Return the first line of the docstring."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0]

    @classmethod
    def controls(cls) -> dict[str, Control]:
        """Return every control of the model by name, in declared order."""
        return _controls(cls)

    @classmethod
    def control(cls, name: str) -> Control:
        """Return one control, or raise a ValueError that lists near matches."""
        controls = cls.controls()
        if name not in controls:
            raise ValueError(unknown("parameter", name, controls, cls.slug()))
        return controls[name]

    @classmethod
    def clean(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return valid values, or raise a ValueError that names what is wrong."""
        return {name: cls.control(name).clean(value) for name, value in values.items()}

    @classmethod
    def preset_values(cls, name: str | None) -> dict[str, Any]:
        """Return all values under a preset; `None` or "" stands for the defaults."""
        values = {n: c.default for n, c in cls.controls().items()}
        if name:
            name = cls.renamed.get(name, name)
            if name not in cls.presets:
                raise ValueError(unknown("preset", name, cls.presets, cls.slug()))
            values.update(cls.clean(cls.presets[name].values))
        return values

    @classmethod
    def first_preset(cls) -> str:
        """Return the name of the preset on which the page opens."""
        return next(iter(cls.presets), "")

    @staticmethod
    def measure(answer: Any, p: Any) -> tuple[Measure, ...]:
        """Return the numbers that are read off an answer, beside what theory says of them."""
        return ()

    @staticmethod
    def tell(answer: Any, p: Any) -> str:
        """Return what is happening in one sentence without its full stop; "" leaves it to generic code."""
        return ""

    @staticmethod
    def idle(answer: Any, p: Any) -> tuple[str, ...]:
        """Return what changes nothing while the rest stays, beside what `idle_unless` says: names of controls."""
        return ()

    @staticmethod
    def sound(answer: Any, p: Any) -> tuple[Any, float] | None:
        """Return the times of the spikes that the page can play and the duration, ms; None if it has none."""
        return None

    def values(self) -> dict[str, Any]:
        """Return the present value of every control."""
        return {name: getattr(self, name) for name in self.controls()}

    def set_preset(self, name: str | None) -> None:
        """Set every control to its value under a preset."""
        self.param.update(**self.preset_values(name))

    def snapshot(self, **changes: Any) -> Snapshot:
        """Return the present values, with changes, as a frozen, hashable record."""
        return Snapshot.of(type(self), {**self.values(), **self.clean(changes)}, self.opened)


class Flow(Model):
    """A smooth system dy/dt = rhs(t, y, p).

    Optional facts:
    `explore`   name of the control on the horizontal axis of the bifurcation diagram;
    `steady`    values under which `rhs` does not depend on `t`: analyses use them; {old: new}
                where only some options of a control do;
    `observed`  further variables drawn over time, computed by `observe(t, y, p)`, which
                returns one array (shape of `t`) per variable;
    `solutions` name -> function (t, p) -> one array per state: closed forms and other
                ways to the solution, drawn over the computed one on choice;
    `curves`    up to two plots of functions of one variable (`Curves` of `Curve`) that the
                equations use, with the last state of the run on them;
    `portrait`  False where a plane of two states, eigenvalues and space tell nothing;
    `driven`    True if `impulses(t, p)` kick the states;
    `delay`     name of a control (ms) by which a run hears the states late; `steady` sets it to 0: fixed points stay
                where they are, and analyses know no delay; `at_once` are values under which `rhs` is the part
                that acts at once, such as {"gain": 0.0};
    `convergence` True where the error of each method is drawn over its step, `side_by_side`
                where the runs of all methods are: against the solution named "exact".
    """

    t_end = Quantity(200.0, bounds=(1, 100_000), softbounds=(10, 1000), step=10, unit="ms", symbol="T", group="run",
                     doc="duration of the run")
    dt = Quantity(0.1, bounds=(0.001, 50), softbounds=(0.01, 5), step=0.01, unit="ms", symbol=r"\Delta t", group="run",
                  doc="time step")
    method = Choice("Euler", objects=METHODS, group="run", doc="integration method")

    run_settings = RUN_SETTINGS
    portrait: ClassVar[bool] = True
    driven: ClassVar[bool] = False
    delay: ClassVar[str] = ""
    at_once: ClassVar[Mapping[str, float]] = {}
    convergence: ClassVar[bool] = False
    side_by_side: ClassVar[bool] = False
    steady: ClassVar[Mapping[str, Any]] = {}
    observed: ClassVar[tuple[Variable, ...]] = ()
    solutions: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    curves: ClassVar[tuple[Curves, ...]] = ()

    @staticmethod
    def rhs(t: Any, y: Any, p: Any) -> tuple[Any, ...]:
        """Return the time derivative of each state, a tuple."""
        raise NotImplementedError

    @staticmethod
    def observe(t: Any, y: Any, p: Any) -> tuple[Any, ...]:
        """Return the observed variables, a tuple of arrays."""
        return ()

    @staticmethod
    def impulses(t: Any, p: Any) -> Any:
        """Return by how much each state jumps in each step: (n, m) for m times `t`, column k from t[k] to t[k + 1].

        As in the book's Euler loop, a spike at t[k] is felt from t[k + 1] on; the last column is not used.
        """
        raise NotImplementedError

    @staticmethod
    def levels(p: Any) -> tuple[float | None, ...]:
        """Return where theory expects each state on average, drawn dashed; () draws a lone fixed point."""
        return ()

    @classmethod
    def at_trace_determinant(cls, values: Mapping[str, Any], trace: float, determinant: float) -> dict[str, Any] | None:
        """Return the values to change so that the fixed point lies there, None if nothing can.

        `values` are the present ones; what is returned lies within the bounds, so that a
        point out of reach gives the nearest one that is within. A model that can be told
        its trace and determinant (1/ms, 1/ms^2) states this, and is dragged by them.
        """
        return None


class Spiking(Flow):
    """A flow whose first state is reset when it reaches a threshold.

    `threshold(p)` is the value of the first state at which a spike is recorded;
    `reset(y, p)` returns the state just after it.
    """

    @staticmethod
    def sound(answer: Any, p: Any) -> tuple[Any, float] | None:
        """Return the spikes of the run."""
        return answer.spikes, float(answer.t[-1])

    @staticmethod
    def threshold(p: Any) -> Any:
        """Return the value of the first state at which the cell spikes."""
        raise NotImplementedError

    @staticmethod
    def reset(y: Any, p: Any) -> tuple[Any, ...]:
        """Return the state just after a spike."""
        raise NotImplementedError


class Experiment(Model):
    """A model that is computed as a whole, such as many trials of a random process.

    `perform(p, progress)` returns an answer of its own kind, which `plots`, `measure` and `tell`
    read; `p` holds every control. Long work reports its share done, `progress.report(0.3)`, and where
    `progress.wants_partial` an answer so far, `progress.report(0.3, Partial(answer, "the first 3 of 10 trials"))`,
    which the page draws as it draws a whole one: what it holds must be exact. Controls that are `only_drawn` change
    what is drawn of an answer or read off it; `perform` does not read them, and is not asked again.
    """

    only_drawn: ClassVar[tuple[str, ...]] = ()

    @staticmethod
    def perform(p: Any, progress: Any) -> Any:
        """Return the answer to everything that the plots ask."""
        raise NotImplementedError


@functools.cache
def _controls(model: type[Model]) -> dict[str, Control]:
    return {n: c for n, c in model.param.objects("existing").items() if isinstance(c, CONTROLS)}


__all__ = ["METHODS", "RUN_SETTINGS", "STEPPED", "Choice", "Companion", "Count", "Curve", "Curves", "Experiment",
           "Flow", "Grid", "Mark", "Measure", "Model", "Pair", "Plot", "Points", "Preset", "Quantity", "Sketch",
           "Spiking", "State", "Times", "Upload", "Variable", "unknown"]
