"""Parameters fitted to data under a Gaussian prior, what the data say of each, and what they cannot tell apart.

The posterior's mode is found by SciPy's least squares, with the prior as further residuals; its width is that of the
Gaussian that touches it there (Laplace). All is done in units of the prior's standard deviations, so that the
eigenvalues of the information matrix J'J are pure numbers: below 1, the prior says more than the data.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from ncm_app.numerics.results.base import Array, Result, Status

STEP = 1e-4
"""Step of differences, in standard deviations of the prior."""
EVALUATIONS = 200
FAR = 12.0
"""Cost above the least beyond which a posterior is not followed: exp(-12) of its height."""


@dataclass(frozen=True, eq=False)
class Fitted(Result):
    """Mode and width of the posterior over parameters (k,).

    `estimate`, `sd` (k,) and `covariance` (k, k) are in the parameters' units. `information` (k,), descending, and
    `directions` (k, k), one column each, are of the data's information matrix in units of the prior's standard
    deviations. `path` (steps, k) is where the optimiser was, from the start on, and `cost` (steps,) half the sum of
    squares there, the prior's included. `chi2` is the sum of squared residuals of the data alone, `dof` their number
    less that of the directions they tell. `held` names parameters that ended at a bound.
    """

    names: tuple[str, ...]
    estimate: Array
    sd: Array
    covariance: Array
    information: Array
    directions: Array
    path: Array
    cost: Array
    chi2: float
    dof: int
    prior_mean: Array
    prior_sd: Array
    held: tuple[str, ...] = ()
    status: Status = Status.OK


@dataclass(frozen=True, eq=False)
class Posterior(Result):
    """Density (m, n) over two parameters of which `x` (n,) and `y` (m,) are values, in one over their units."""

    names: tuple[str, str]
    x: Array
    y: Array
    density: Array


class _Whitened:
    """Residuals of data and prior over parameters in units of the prior; NaN where the model has no answer."""

    def __init__(self, residuals: Callable[[Array], Array], mean: Array, sd: Array,
                 check: Callable[[], Any] | None) -> None:
        self.residuals, self.mean, self.sd, self.check, self.size = residuals, mean, sd, check, -1

    def of_data(self, z: Array) -> Array:
        if self.check is not None:
            self.check()
        try:
            found = np.asarray(self.residuals(self.mean + self.sd * z), dtype=float)
        except ArithmeticError:
            if self.size < 0:
                raise  # at the start: there is nothing to go on from
            return np.full(self.size, np.nan)
        if self.size < 0 and not np.all(np.isfinite(found)):
            raise ArithmeticError("the model has no answer at the start")
        self.size = len(found)
        return found

    def __call__(self, z: Array) -> Array:
        return np.concatenate([self.of_data(z), z])

    def slopes(self, z: Array, limits: tuple[Array, Array], central: bool) -> Array:
        """Return the derivatives (m, k) of the data's residuals, by differences that stay within limits."""
        here, columns = self.of_data(z), []
        for unit in np.eye(len(z)):
            ways = [step for step in (STEP, -STEP) if np.all((limits[0] <= z + step * unit)
                                                              & (z + step * unit <= limits[1]))]
            found = []
            for step in ways:
                value = self.of_data(z + step * unit)
                if np.all(np.isfinite(value)):
                    found.append((step, value))
                    if not central:
                        break
            if not found:
                raise ArithmeticError("the model has no answer on either side")
            (first, high), (last, low) = found[0], (0.0, here) if len(found) == 1 else found[1]
            columns.append((high - low) / (first - last))
        return np.array(columns).T


def fit(residuals: Callable[[Array], Array], start: Sequence[float] | Array, prior_mean: Sequence[float] | Array,
        prior_sd: Sequence[float] | Array, names: Sequence[str],
        bounds: tuple[Sequence[float] | Array, Sequence[float] | Array] | None = None,
        check: Callable[[], Any] | None = None, tell: Callable[[Array, Array], Any] | None = None) -> Fitted:
    """Return the posterior's mode and width for whitened residuals under a Gaussian prior.

    `residuals(theta)` returns (m,) differences in standard deviations of the noise, or raises an ArithmeticError
    where the model has no answer: such a step is made shorter. `check` is called before each of them and may raise;
    `tell(path, cost)` after each step. Raises an ArithmeticError where the start itself has no answer.
    """
    mean, sd = np.asarray(prior_mean, dtype=float), np.asarray(prior_sd, dtype=float)
    low, high = (np.full(len(mean), -np.inf), np.full(len(mean), np.inf)) if bounds is None else (
        (np.asarray(end, dtype=float) - mean) / sd for end in bounds)
    whitened, unit = _Whitened(residuals, mean, sd, check), np.eye(len(mean))
    z = np.clip((np.asarray(start, dtype=float) - mean) / sd, low + 2.0 * STEP, high - 2.0 * STEP)
    path, cost = [mean + sd * z], [0.5 * float(np.sum(whitened(z) ** 2))]

    def told(intermediate_result: Any) -> None:  # SciPy gives the cost to an argument of this name
        path.append(mean + sd * intermediate_result.x)
        cost.append(float(intermediate_result.cost))
        if tell is not None:
            tell(np.array(path), np.array(cost))

    def slopes(z: Array) -> Array:
        return np.concatenate([whitened.slopes(z, (low, high), False), unit])

    found = least_squares(whitened, z, slopes, (low, high), ftol=1e-9, xtol=1e-8, gtol=1e-8, max_nfev=EVALUATIONS,
                          callback=told)
    z = found.x
    near = ((z - low < 10.0 * STEP) | (high - z < 10.0 * STEP))
    return _summary(tuple(names), whitened, z, whitened.slopes(z, (low, high), True), np.array(path), np.array(cost),
                    near, Status.OK if found.status > 0 else Status.NOT_CONVERGED)


def _summary(names: tuple[str, ...], whitened: _Whitened, z: Array, J: Array, path: Array, cost: Array, near: Array,
             status: Status) -> Fitted:
    _, sizes, rows = np.linalg.svd(J)
    information = np.zeros(len(z))
    information[: len(sizes)] = sizes**2
    mean, sd, directions = whitened.mean, whitened.sd, rows.T
    covariance = (directions / (1.0 + information)) @ directions.T * np.outer(sd, sd)
    chi2 = float(np.sum(whitened.of_data(z) ** 2))
    return Fitted(names, mean + sd * z, np.sqrt(np.diag(covariance)), covariance, information, directions, path, cost,
                  chi2, max(whitened.size - int(np.sum(information > 1.0)), 1), mean, sd,
                  tuple(name for name, at_end in zip(names, near, strict=True) if at_end), status)


def posterior(residuals: Callable[[Array], Array], fitted: Fitted, first: str, second: str, points: int = 31,
              reach: float = 4.0, bounds: tuple[Sequence[float] | Array, Sequence[float] | Array] | None = None,
              check: Callable[[], Any] | None = None) -> Posterior:
    """Return the posterior over two parameters on a grid that reaches some standard deviations about the mode.

    With two parameters in all it is exact; others move to where the Gaussian at the mode expects them. It is followed
    from the mode outwards, and 0 where it is below exp(-12) of its height or the model has no answer.
    """
    at = [fitted.names.index(first), fitted.names.index(second)]
    mean, sd, C = fitted.prior_mean, fitted.prior_sd, fitted.covariance
    whitened = _Whitened(residuals, mean, sd, check)
    whitened.of_data((fitted.estimate - mean) / sd)
    gain = C[:, at] @ np.linalg.inv(C[np.ix_(at, at)])
    low, high = (np.full(len(mean), -np.inf), np.full(len(mean), np.inf)) if bounds is None else map(np.asarray, bounds)
    x, y = (np.linspace(max(fitted.estimate[i] - reach * fitted.sd[i], low[i]),
                        min(fitted.estimate[i] + reach * fitted.sd[i], high[i]), points) for i in at)
    def cost(place: tuple[int, int]) -> float:
        theta = fitted.estimate + gain @ (np.array([x[place[1]], y[place[0]]]) - fitted.estimate[at])
        return 0.5 * float(np.sum(whitened((np.clip(theta, low, high) - mean) / sd) ** 2))

    middle = int(np.abs(y - fitted.estimate[at[1]]).argmin()), int(np.abs(x - fitted.estimate[at[0]]).argmin())
    costs = _spread(cost, middle, points)
    density = np.exp(np.nanmin(costs) - np.where(np.isnan(costs), np.inf, costs))
    return Posterior((first, second), x, y, density / np.trapezoid(np.trapezoid(density, x), y))


def _spread(cost: Callable[[tuple[int, int]], float], middle: tuple[int, int], points: int) -> Array:
    """Return costs (points, points) from a place on, as far as they are within FAR of the least; NaN beyond."""
    costs, waiting, least = np.full((points, points), np.nan), deque([middle]), np.inf
    met = {middle}
    while waiting:
        row, column = waiting.popleft()
        costs[row, column] = found = cost((row, column))
        least = min(least, found) if np.isfinite(found) else least
        if not found < least + FAR and len(met) > 1:
            continue
        for place in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if place not in met and min(place) >= 0 and max(place) < points:
                met.add(place)
                waiting.append(place)
    return costs


def gaussian_over(fitted: Fitted, first: str, second: str, points: int = 61, reach: float = 4.0) -> Posterior:
    """Return the Gaussian at the mode over two parameters, others integrated out, on such a grid."""
    at = [fitted.names.index(first), fitted.names.index(second)]
    x, y = (fitted.estimate[i] + reach * fitted.sd[i] * np.linspace(-1.0, 1.0, points) for i in at)
    away = np.stack(np.meshgrid(x - fitted.estimate[at[0]], y - fitted.estimate[at[1]]), axis=-1)
    part = fitted.covariance[np.ix_(at, at)]
    density = np.exp(-0.5 * np.einsum("...i,ij,...j", away, np.linalg.inv(part), away))
    return Posterior((first, second), x, y, density / (2.0 * np.pi * np.sqrt(np.linalg.det(part))))
