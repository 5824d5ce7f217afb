"""Which of two stimuli was shown? Lines through a population's responses, of Fisher's kind and others [Fisher1936]."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ncm_app.numerics.results.base import Array, Result

NEGLIGIBLE = 1e-10
"""Part of the largest variance below which a direction counts as one without any."""


@dataclass(frozen=True)
class Line(Result):
    """Responses x with w . x above `threshold` are taken for the second stimulus: `w` (n,)."""

    w: Array
    threshold: float

    def guesses(self, X: Array) -> NDArray[np.int64]:
        """Return 0 or 1 for each response (m, n)."""
        return np.asarray(X @ self.w > self.threshold, dtype=np.int64)

    def right(self, X: Array, labels: NDArray[np.int64]) -> float:
        """Return the share of responses (m, n) that are taken for what they are, 0 or 1 (m,)."""
        return float(np.mean(self.guesses(X) == labels))


@dataclass(frozen=True)
class Moments(Result):
    """Means (2, n) and covariances (2, n, n) of the responses to two stimuli."""

    means: Array
    covariances: Array

    @property
    def correlations(self) -> tuple[float, float]:
        """Noise correlation of the first two neurons under each stimulus, NaN where one never varies."""
        with np.errstate(invalid="ignore", divide="ignore"):
            first, second = (float(S[0, 1] / math.sqrt(S[0, 0] * S[1, 1])) if S[0, 0] * S[1, 1] > 0.0 else math.nan
                             for S in self.covariances)
        return first, second

    def part(self, which: list[int]) -> Moments:
        """Return those of some neurons."""
        return Moments(self.means[:, which], self.covariances[:, which][:, :, which])


def moments(X: Array, labels: NDArray[np.int64]) -> Moments:
    """Return the moments of responses (m, n) to stimuli 0 and 1 (m,), of each two or more."""
    parts = [X[labels == one] for one in (0, 1)]
    return Moments(np.array([part.mean(axis=0) for part in parts]),
                   np.array([np.atleast_2d(np.cov(part, rowvar=False)) for part in parts]))


def through_the_middle(w: Array, found: Moments) -> Line:
    """Return the line across w halfway between the means."""
    return Line(w, float(w @ found.means.sum(axis=0)) / 2.0)


def by_means(found: Moments) -> Line:
    """Return the line across the difference of the means: it ignores how responses vary."""
    return through_the_middle(found.means[1] - found.means[0], found)


def by_fisher(found: Moments) -> Line:
    """Return Fisher's line: across S^-1 times the difference of the means, S being the mean covariance.

    Directions without variance, of which there are some with fewer responses than neurons, are left out.
    """
    S = found.covariances.mean(axis=0)
    return through_the_middle(np.linalg.pinv(S, rcond=NEGLIGIBLE, hermitian=True) @ (found.means[1] - found.means[0]),
                              found)


def by_fisher_of(X: Array, labels: NDArray[np.int64]) -> Line:
    """Return Fisher's line through responses (m, n) to stimuli 0 and 1 (m,), of each two or more.

    With S = B^T B, B being (m, n), it follows from B B^T where there are more neurons than responses: memory and time
    do not grow with the square of their number.
    """
    if X.shape[1] <= len(X):
        return by_fisher(moments(X, labels))
    parts = [X[labels == one] for one in (0, 1)]
    means = np.array([part.mean(axis=0) for part in parts])
    B = np.concatenate([(part - mean) / math.sqrt(2.0 * (len(part) - 1))
                        for part, mean in zip(parts, means, strict=True)])
    values, vectors = np.linalg.eigh(B @ B.T)
    kept = values > NEGLIGIBLE * values[-1]
    along = vectors[:, kept] / values[kept]
    w = B.T @ (along @ (along.T @ (B @ (means[1] - means[0]))))
    return Line(w, float(w @ means.sum(axis=0)) / 2.0)


def expected_right(line: Line, found: Moments) -> float:
    """Return the share that a line tells right of Gaussian responses with these moments, both stimuli as often."""
    shares = []
    for sign, mean, S in zip((-1.0, 1.0), found.means, found.covariances, strict=True):
        spread = math.sqrt(max(float(line.w @ S @ line.w), 0.0))
        away = sign * (float(line.w @ mean) - line.threshold)
        shares.append(0.5 * math.erfc(-away / (math.sqrt(2.0) * spread)) if spread > 0.0 else 0.5 * (1 + np.sign(away)))
    return float(np.mean(shares))
