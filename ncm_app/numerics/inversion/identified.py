"""What data tell of parameters, and what they cannot tell apart, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ncm_app.numerics.inversion.fitted import Fitted

LEAST = 1.0
"""Information of the data, in units of the prior's, below which they tell hardly anything."""
NOTHING = 0.05
TANGLED, SHARE, GROWN = 20.0, 0.5, 1.5
"""How many times its variance may grow because others are unknown too: beyond it a parameter is not told by itself.
Beyond a smaller factor where the variance also stays above that share of the prior's."""


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words; numbered ones without a gap as a range, g_1 to g_4."""
    numbered = [re.fullmatch(r"(.*?)(\d+)", name) for name in names]
    if len(names) > 2 and all(numbered):
        stems = {found[1] for found in numbered if found}
        numbers = [int(found[2]) for found in numbered if found]
        if len(stems) == 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return f"{names[0]} to {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def cannot_be_told_apart(fitted: Fitted, p_names: Sequence[str] | None = None) -> str:
    """Return in words what the data cannot tell apart or not tell at all, "" where each parameter is told by itself.

    A parameter is not told where the data say less of it than the prior, all others known. Several are tangled where
    the variance of each is many times what it were with the others known.
    """
    names = fitted.names if p_names is None else tuple(p_names)
    F = (fitted.directions * fitted.information) @ fitted.directions.T
    alone = np.diag(F)
    C = fitted.covariance / np.outer(fitted.prior_sd, fitted.prior_sd)
    untold = [i for i in range(len(names)) if alone[i] < LEAST]
    growth = np.diag(C) * (1.0 + alone)
    tangled = [i for i in range(len(names)) if alone[i] >= LEAST
               and (growth[i] > TANGLED or (growth[i] > GROWN and C[i, i] > SHARE))]
    words = []
    if len(tangled) > 1:
        told = int(np.sum(np.linalg.eigvalsh(F[np.ix_(tangled, tangled)]) > LEAST))
        group = listed([names[i] for i in tangled])
        if len(tangled) == 2:
            i, j = tangled
            correlation = C[i, j] / np.sqrt(C[i, i] * C[j, j])
            manner = "larger" if correlation > 0.0 else "smaller"
            words.append(f"{group} {'only together' if told < 2 else 'hardly apart'}: were one larger, the other "
                         f"would be {manner} (correlation {correlation:.3f})")
        elif told == 1:
            words.append(f"{group} only through their weighted sum")
        elif told < len(tangled):
            words.append(f"{group} only through {told} combinations of them")
        else:
            words.append(f"{group} hardly apart")
    if untold:
        nothing = all(alone[i] < NOTHING for i in untold)
        words.append(f"{listed([names[i] for i in untold])} {'not at all' if nothing else 'hardly at all'}")
    return "; ".join(words)
