"""Which parameters made the data? The search is streamed step by step, and can be cancelled."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ncm_app.core.inversion import Inversion, Inverted
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results.base import Result
from ncm_app.numerics.system import SILENT, Partial, Progress

SLOWNESS = 0.85
"""Share that is left after each step: how many there will be is not known."""


@dataclass(frozen=True, eq=False)
class Inferred(Result, Inverted):
    """What data tell, in a line at the prompt, and as a table: a row for each parameter, or each place of the model."""

    def __repr__(self) -> str:
        if self.fitted is None:
            return f"Inferred({self.case!r}, {self.failed or self.words!r})"
        rows = zip(self.names, self.fitted.estimate, self.fitted.sd, strict=True)
        return f"Inferred({self.case!r}, {', '.join(f'{name} = {value:.4g} ± {sd:.2g}' for name, value, sd in rows)})"

    def columns(self) -> dict[str, Any]:
        """Return prior, truth and estimate of each parameter; where none is estimated, what the model says."""
        if not self.names:
            return {f"{name} {axis}": column for name, columns in self.explained.items()
                    for axis, column in zip("xy", columns, strict=False)}
        found = self.fitted
        told = {} if found is None else {"estimate": found.estimate, "sd": found.sd}
        return {"parameter": list(self.names), "prior_mean": self.prior_mean, "prior_sd": self.prior_sd,
                "truth": self.truth, **told}


def invert(snapshot: Snapshot, progress: Progress = SILENT) -> Inverted:
    """Return what made data tell of their parameters, or those of a file that is open."""
    model: type[Inversion] = snapshot.model
    left = 1.0

    def check() -> None:
        progress.report(1.0 - left)

    def tell(answer: Inverted) -> None:
        nonlocal left
        left *= SLOWNESS
        count = len(answer.path) - 1
        words = f"{count} step{'s' * (count != 1)} of the search"
        progress.report(1.0 - left, Partial(answer, words) if progress.wants_partial else None)

    found = model.solve(snapshot.p, snapshot.opened, check, tell)
    return Inferred(**{field.name: getattr(found, field.name) for field in fields(found)})
