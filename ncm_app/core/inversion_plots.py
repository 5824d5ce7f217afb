"""What every inversion draws: truth and estimates, the posterior over two parameters, the information, the search."""

from __future__ import annotations

from typing import Any

import numpy as np

from ncm_app.core.plot import Mark, Plot
from ncm_app.core.state import Variable

LEAST = 1e-12
"""Information below which it is drawn as none."""
FARTHEST = 4.0
FAINTEST = 1e-3
"""Density, of the highest, below which none is drawn."""
MOST = 12
"""Most parameters whose numbers stand beside the plot."""
Drawn = dict[str, tuple[Any, ...]]


def _bars(centres: Any, halves: Any, rows: Any) -> tuple[Any, Any]:
    """Return horizontal lines about centres, one in each row, as one curve with gaps."""
    gaps = np.full(len(rows), np.nan)
    return np.ravel([centres - halves, centres + halves, gaps], "F"), np.ravel([rows, rows, gaps], "F")


def draw_parameters(answer: Any, p: Any) -> Drawn:
    """Truth and estimate with its standard deviation, in standard deviations of the prior from its mean."""
    if not answer.names:
        return {}
    rows = np.arange(float(len(answer.names)))
    drawn: Drawn = {"prior": _bars(0.0 * rows, np.ones(len(rows)), rows - 0.2),
                    "names": (np.full(len(rows), -FARTHEST + 0.6), rows, list(answer.names))}
    if np.isfinite(answer.truth).any():
        drawn["truth"] = (answer.truth - answer.prior_mean) / answer.prior_sd, rows
    if answer.fitted is not None:
        z = (answer.fitted.estimate - answer.prior_mean) / answer.prior_sd
        drawn |= {"sd": _bars(z, answer.fitted.sd / answer.prior_sd, rows), "estimate": (z, rows)}
    elif len(answer.path):
        drawn["estimate"] = (answer.path[-1] - answer.prior_mean) / answer.prior_sd, rows
    return drawn


def draw_posterior(answer: Any, p: Any) -> Drawn:
    """The density over two parameters, with truth, estimate, and the way of the search within it."""
    if answer.posterior is None:
        return {}
    found, at = answer.posterior, list(answer.pair)
    x, y = answer.path[:, at].T
    inside = (found.x[0] <= x) & (x <= found.x[-1]) & (found.y[0] <= y) & (y <= found.y[-1])
    shares = found.density / found.density.max()
    drawn: Drawn = {"density": (found.x, found.y, np.where(shares > FAINTEST, shares, np.nan)),
                    "search": (np.where(inside, x, np.nan), np.where(inside, y, np.nan)),
                    "estimate": tuple([value] for value in answer.fitted.estimate[at]),
                    "names": ([0.5 * (found.x[0] + found.x[-1])], [0.06 * found.y[0] + 0.94 * found.y[-1]],
                              [f"{answer.names[at[1]]} over {answer.names[at[0]]}"])}
    true = answer.truth[at]
    if np.isfinite(true).all() and found.x[0] <= true[0] <= found.x[-1] and found.y[0] <= true[1] <= found.y[-1]:
        drawn["truth"] = [true[0]], [true[1]]
    return drawn


def draw_information(answer: Any, p: Any) -> Drawn:
    """Eigenvalues of the information matrix in units of the prior's, and 1, where both say as much."""
    if answer.fitted is None:
        return {}
    information = np.maximum(answer.fitted.information, LEAST)
    k = len(information)
    return {"prior": ([0.5, k + 0.5], [1.0, 1.0]), "data": (np.arange(1.0, k + 1.0), information)}


def draw_search(answer: Any, p: Any) -> Drawn:
    """Half the sum of squares at each step of the search."""
    return {"cost": (np.arange(float(len(answer.cost))), answer.cost)} if len(answer.cost) else {}


PLOTS = (
    Plot("parameters", "Parameters", Variable("SDs of the prior", (-FARTHEST, FARTHEST)),
         Variable("parameter", (-0.5, 1.5)),
         (Mark("prior", role="external", label="prior"), Mark("sd", role="excitatory"),
          Mark("estimate", "points", "excitatory", "estimate ± SD"), Mark("truth", "points", "now", "truth"),
          Mark("names", "labels")), draw_parameters, fits="xy", rows=tuple(str(n + 1) for n in range(MOST))),
    Plot("posterior", "Posterior", Variable("first parameter", (0.0, 1.0)),
         Variable("second parameter", (0.0, 1.0)),
         (Mark("density", "heatmap"), Mark("search", role="external", label="search"),
          Mark("estimate", "points", "excitatory", "estimate"), Mark("truth", "points", "now", "truth"),
          Mark("names", "labels")), draw_posterior, tight="xy", colours=Variable("density / highest", (0.0, 1.0))),
    Plot("information", "Information", Variable("direction", (0.5, 4.5)), Variable("information / prior", (1e-2, 1e4)),
         (Mark("prior", role="theory", label="prior"), Mark("data", "points", "excitatory", "data")),
         draw_information, log="y", fits="xy", tight="x"),
    Plot("search", "Search", Variable("step", (0.0, 10.0)), Variable("half the sum of squares", (1.0, 100.0)),
         (Mark("cost", role="now", ghost=True),), draw_search, log="y", fits="xy", tight="x", on_choice=True),
)
