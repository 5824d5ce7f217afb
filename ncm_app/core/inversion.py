"""The kind of models that go backwards: from data to the parameters that made them, and how well these are known."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ncm_app.core.inversion_plots import PLOTS
from ncm_app.core.model import Choice, Experiment, Measure, Plot, Quantity
from ncm_app.core.quantity import Control

PAIRS = {f"{i + 1} and {j + 1}": (i, j) for i in range(4) for j in range(i + 1, 4)}
"""Two of the first four parameters, by their places in the list."""
TOLD = 4
"""Most parameters that a sentence names."""
OF_THE_SEARCH = ("begin", "pair")
REJECTED = 3.0
"""Standard deviations by which chi2 may be too large before a model is called rejected."""

Check = Callable[[], Any]
Tell = Callable[[Any, Any], Any]
Derived = tuple[str, float, float, float]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is asked of data: parameters by name, each with its unit, mean and standard deviation of its prior.

    `fit(check, tell)` returns what is found, with the fields of `numerics.inversion.fitted.Fitted`: it calls `check()`
    often, which may raise, and `tell(path, cost)` after each step; where there is no answer it raises an
    ArithmeticError that says why. `posterior(fitted, first, second, check)` is the density over two of them,
    `explain(theta)` what the model says of the data, as columns of marks by name, and `apart(fitted)` what cannot be
    told apart, in words. `truth` is (k,) for data with a hidden truth. `derived(fitted)` are further numbers that
    follow, rows of name, value, standard deviation, and the truth or NaN. `tested` is
    False where a small chi2 says nothing for the model.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    prior_mean: Any
    prior_sd: Any
    fit: Callable[[Check, Tell], Any]
    posterior: Callable[[Any, str, str, Check], Any]
    explain: Callable[[Any], Mapping[str, tuple[Any, ...]]]
    apart: Callable[[Any], str]
    truth: Any = None
    derived: Callable[[Any], tuple[Derived, ...]] = lambda found: ()
    tested: bool = True


@dataclass(frozen=True)
class Case:
    """One inversion: `made(p)` are data with a hidden truth, `problem(p, data)` is what is asked of them.

    `takes` is the type of the data, `uses` are the controls that it reads, `truths` those of the hidden truth.
    A case that is no search states `answer(p, data, check)` in place of a problem, with `words` and `numbers`.
    """

    name: str
    takes: type
    made: Callable[[Any], Any]
    problem: Callable[[Any, Any], Problem] | None
    truths: tuple[str, ...]
    uses: tuple[str, ...] = ()
    answer: Callable[[Any, Any, Check], Inverted] | None = None


@dataclass(frozen=True, eq=False)
class Inverted:
    """The answer: the data, what was found (None on its way, or where `failed` says why), and what the model says.

    `path` (steps, k) and `cost` (steps,) are where the search was; `explained` are columns at the estimate, or at the
    last step; `posterior` is the density over the two parameters of `pair`. `words` and `numbers` take the place of the
    kind's sentence and measures.
    """

    case: str
    data: Any
    names: tuple[str, ...]
    units: tuple[str, ...]
    prior_mean: Any
    prior_sd: Any
    truth: Any
    pair: tuple[int, int]
    path: Any
    cost: Any
    fitted: Any = None
    posterior: Any = None
    explained: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()
    apart: str = ""
    failed: str = ""
    tested: bool = True
    words: str = ""
    numbers: tuple[Measure, ...] = ()


class Inversion(Experiment):
    """A model that asks which parameters made data; truth, estimate, posterior and information come with the kind.

    Implement this: `cases`, one `Case` for each thing that can be inverted. A model with several has a control `case`
    that lists their names. `plots` are plots of the data, from `explained` and `data`, with those of the kind,
    `core.inversion_plots.PLOTS`. Data from a file (`reads`, with `data=True`) take the place of made ones.
    """

    cases: ClassVar[tuple[Case, ...]] = ()

    begin = Quantity(0.0, bounds=(-3, 3), step=0.1, group="search", symbol=r"z_0",
                     doc="where the search begins: SDs of the prior away from its mean, in each parameter")
    pair = Choice("1 and 2", objects=list(PAIRS), group="search",
                  doc="over which two parameters, by their number, the posterior is drawn")

    plots: ClassVar[tuple[Plot, ...]] = PLOTS

    @classmethod
    def controls(cls) -> dict[str, Control]:
        """Return every control by name, those of the search last."""
        return _ordered(cls)

    @classmethod
    def case_of(cls, p: Any, data: Any = None) -> Case:
        """Return the chosen case; of a file's data, the first that takes them where the chosen one does not."""
        chosen = cls.cases[getattr(p, "case", 0)]
        if data is None or isinstance(data, chosen.takes):
            return chosen
        return next(case for case in cls.cases if isinstance(data, case.takes))

    @classmethod
    def own_data(cls, p: Any) -> Any:
        """Return data with a hidden truth."""
        return cls.case_of(p).made(p)

    @classmethod
    def perform(cls, p: Any, progress: Any) -> Any:
        """Return the answer to data of its own."""
        return cls.solve(p, None, lambda: progress.report(0.5))

    @classmethod
    def solve(cls, p: Any, data: Any, check: Check, tell: Callable[[Inverted], Any] | None = None) -> Inverted:
        """Return what data tell, made ones where there are None; `tell` is called with each answer on the way."""
        if data is None:
            try:
                data = cls.own_data(p)
            except ArithmeticError as error:
                none = np.empty(0)
                return Inverted(cls.case_of(p).name, None, (), (), none, none, none, (0, 0), np.empty((0, 0)), none,
                                failed=f"no data with this hidden truth: {error}")
        case = cls.case_of(p, data)
        if case.answer is not None:
            return case.answer(p, data, check)
        assert case.problem is not None
        try:
            problem = case.problem(p, data)
        except ArithmeticError as error:
            none = np.empty(0)
            return Inverted(case.name, data, (), (), none, none, none, (0, 0), np.empty((0, 0)), none,
                            failed=f"no such data in this model: {error}")
        k = len(problem.names)
        i, j = list(PAIRS.values())[p.pair]
        pair = (i, j) if j < k else (0, min(1, k - 1))
        made = problem.truth is not None and not getattr(data, "source", "")
        fixed = {"case": case.name, "data": data, "names": problem.names, "units": problem.units, "pair": pair,
                 "tested": problem.tested,
                 "prior_mean": np.asarray(problem.prior_mean, dtype=float),
                 "prior_sd": np.asarray(problem.prior_sd, dtype=float),
                 "truth": np.asarray(problem.truth, dtype=float) if made else np.full(k, np.nan)}

        def on_the_way(path: Any, cost: Any) -> None:
            if tell is not None:
                tell(Inverted(path=path, cost=cost, explained=problem.explain(path[-1]), **fixed))

        try:
            found = problem.fit(check, on_the_way)
        except ArithmeticError as error:
            return Inverted(path=np.empty((0, k)), cost=np.empty(0),
                            failed=f"nothing found from where the search began: {error}", **fixed)
        names, fixed["prior_mean"], fixed["prior_sd"] = problem.names, found.prior_mean, found.prior_sd
        density = problem.posterior(found, names[pair[0]], names[pair[1]], check) if k > 1 else None
        return Inverted(path=found.path, cost=found.cost, fitted=found, posterior=density,
                        explained=problem.explain(found.estimate), apart=problem.apart(found),
                        derived=problem.derived(found), **fixed)

    @classmethod
    def measure(cls, answer: Any, p: Any) -> tuple[Measure, ...]:
        """Return estimates beside the truth, chi2, and the information on each direction."""
        found = answer.fitted
        if found is None:
            return tuple(answer.numbers)
        rows = [Measure(name, float(value), unit, theory=float(true) if math.isfinite(true) else None,
                        error=float(sd), theory_name="truth") for name, unit, value, sd, true in _rows(answer)]
        chi2 = [Measure("chi2", found.chi2, theory=float(found.dof), spread=math.sqrt(2.0 * found.dof),
                        theory_name="expected")] * answer.tested
        return (*rows, *chi2, *(Measure(f"information {n}", float(value))
                               for n, value in enumerate(found.information, 1)))

    @classmethod
    def tell(cls, answer: Any, p: Any) -> str:
        """Return what was found, whether the model fits, and what cannot be told apart."""
        return sentence(answer)

    @classmethod
    def idle(cls, answer: Any, p: Any) -> tuple[str, ...]:
        """Return the controls of other cases, and of the hidden truth where a file has none."""
        case = next(case for case in cls.cases if case.name == answer.case)
        used = set(case.uses) if getattr(answer.data, "source", "") else {*case.uses, *case.truths}
        known = {name for other in cls.cases for name in (*other.uses, *other.truths)}
        idle = known - used | ({"pair"} if len(answer.names) < 3 else set())
        return tuple(sorted(idle | ({"begin", "pair"} if case.answer is not None else set())))


@functools.cache
def _ordered(model: type[Inversion]) -> dict[str, Control]:
    found = Experiment.controls.__func__(model)  # type: ignore[attr-defined]
    return {**{name: control for name, control in found.items() if name not in OF_THE_SEARCH},
            **{name: found[name] for name in OF_THE_SEARCH}}


def deviation(chi2: float, dof: int) -> float:
    """Return by how many standard deviations chi2 is above what is expected (Wilson and Hilferty)."""
    spread = 2.0 / (9.0 * dof)
    return ((chi2 / dof) ** (1.0 / 3.0) - 1.0 + spread) / math.sqrt(spread)


def _rows(answer: Inverted) -> list[tuple[str, str, float, float, float]]:
    """Return name, unit, estimate, standard deviation and truth of what follows from the parameters, and of each."""
    return [*((name, "1", value, sd, true) for name, value, sd, true in answer.derived),
            *zip(answer.names, answer.units, answer.fitted.estimate, answer.fitted.sd, answer.truth, strict=True)]


def found_words(answer: Inverted) -> str:
    """Return estimates with their standard deviations, and the truth where it is known."""
    told = []
    for name, unit, value, sd, true in _rows(answer)[: len(answer.derived) or TOLD]:
        tail = f" (truth {true:.4g})" if math.isfinite(true) else ""
        digits = max(0, 1 - math.floor(math.log10(sd))) if sd > 0.0 else 3
        told.append(f"{name} = {value:.{digits}f} ± {sd:.{digits}f}{'' if unit == '1' else f' {unit}'}{tail}")
    return ", ".join(told)


def sentence(answer: Inverted) -> str:
    """Return in words what was found."""
    if answer.failed:
        return answer.failed
    if answer.words:
        return answer.words
    if answer.fitted is None:
        return f"{len(answer.path) - 1} steps of the search" if len(answer.path) != 2 else "one step of the search"
    found = answer.fitted
    chi2 = f"chi2 is {found.chi2:.3g} where {found.dof} is expected"
    rejected = deviation(found.chi2, found.dof) > REJECTED
    verdict = "no parameters of this model make these data" if rejected else "the model fits"
    parts = [found_words(answer)] + [f"{verdict}: {chi2}"] * (answer.tested or rejected)
    parts += [f"the data tell {answer.apart}"] if answer.apart else []
    parts += [f"{' and '.join(found.held)} ended at a bound"] if found.held else []
    parts += ["the search had not ended"] if found.status.name != "OK" else []
    return "; ".join(parts)

