"""Labels of diagrams found a second way, which shares nothing with the package's numerics.

A branch of fixed points is written down explicitly: as a function of one of its
coordinates, with the parameter solved for. Folds are then zeros of a derivative, Hopf
points and neutral saddles zeros of a coefficient of the characteristic polynomial.
Derivatives are taken with imaginary steps, which have no round-off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

TINY = 1e-30


@dataclass(frozen=True)
class Explicit:
    """A branch: `place(s)` gives the states (n,) and the parameter at coordinate s."""

    rhs: Callable[..., Any]
    p: Any
    field: str
    place: Callable[[Any], tuple[list[Any], Any]]

    def jacobian(self, s: float) -> np.ndarray:
        """Return the Jacobian at a point of the branch, by imaginary steps."""
        y, value = self.place(s)
        at = self.p._replace(**{self.field: value})
        rows = []
        for k in range(len(y)):
            moved = [complex(v, TINY if j == k else 0.0) for j, v in enumerate(y)]
            rows.append(np.imag(np.array(self.rhs(0.0, tuple(moved), at), dtype=complex)) / TINY)
        return np.array(rows).T

    def turning(self, s: float) -> float:
        """Return d(parameter)/ds."""
        return float(np.imag(self.place(complex(s, TINY))[1]) / TINY)

    def pairs(self, s: float) -> float:
        """Return what vanishes where two eigenvalues have the sum 0 (Hurwitz, n - 1)."""
        return hurwitz(characteristic(self.jacobian(s)))

    def labels(self, grid: np.ndarray) -> Iterator[tuple[str, float]]:
        """Yield LP, H and NS between neighbours on a grid of s, each with its s."""
        yield from (("LP", s) for s in zeros(self.turning, grid))
        yield from (("H" if oscillates(self.jacobian(s)) else "NS", s) for s in zeros(self.pairs, grid))

    def saddle(self, value: float, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the saddle at a parameter value and its growing eigenvector, towards a higher first state."""
        for s in zeros(lambda s: float(self.place(s)[1]) - value, grid):
            values, vectors = np.linalg.eig(self.jacobian(s))
            if np.prod(values).real < 0.0:
                vector = vectors[:, int(np.argmax(values))]
                return np.array(self.place(s)[0]), vector * np.sign(vector[0])
        raise ValueError(f"there is no saddle at {value}")


def characteristic(jacobian: np.ndarray) -> np.ndarray:
    """Return the coefficients 1, a1 ... an of det(x - J), by Faddeev and LeVerrier."""
    n = len(jacobian)
    found, m = [1.0], np.zeros((n, n))
    for k in range(1, n + 1):
        m = jacobian @ m + found[-1] * np.eye(n)
        found.append(-float(np.trace(jacobian @ m)) / k)
    return np.array(found)


def hurwitz(c: np.ndarray) -> float:
    """Return the last but one Hurwitz determinant for n = 2, 3 or 4."""
    if len(c) == 3:
        return float(c[1])
    if len(c) == 4:
        return float(c[1] * c[2] - c[3])
    return float(c[1] * c[2] * c[3] - c[3] ** 2 - c[1] ** 2 * c[4])


def oscillates(jacobian: np.ndarray) -> bool:
    """Tell whether the pair with sum 0 is imaginary: its square is then negative."""
    c = characteristic(jacobian)
    return bool((c[2] if len(c) < 5 else c[3] / c[1]) > 0.0)


def zeros(function: Callable[[float], float], grid: np.ndarray) -> Iterator[float]:
    """Yield the zeros of a function between neighbours on a grid."""
    values = [function(float(s)) for s in grid]
    for a, b, fa, fb in zip(grid[:-1], grid[1:], values[:-1], values[1:], strict=True):
        if np.isfinite(fa) and np.isfinite(fb) and fa * fb < 0.0:
            yield float(brentq(function, a, b, xtol=1e-14, rtol=1e-14))


def linear_parameter(rhs: Callable[..., Any], p: Any, field: str, states: Callable[[Any], list[Any]],
                     row: int = 0) -> Explicit:
    """Return a branch whose parameter enters one equation linearly, for states given by s."""
    def place(s: Any) -> tuple[list[Any], Any]:
        y = states(s)
        zero, one = (rhs(0.0, tuple(y), p._replace(**{field: v}))[row] for v in (0.0, 1.0))
        return y, zero / (zero - one)

    return Explicit(rhs, p, field, place)


def morris_lecar(rhs: Callable[..., Any], p: Any) -> Explicit:
    """Return the branch over I, by V."""
    return linear_parameter(rhs, p, "I", lambda V: [V, (1.0 + np.tanh((V - p.V_3) / p.V_4)) / 2.0])


def fitzhugh_nagumo(rhs: Callable[..., Any], p: Any) -> Explicit:
    """Return the branch over I, by w (b may be 0)."""
    return linear_parameter(rhs, p, "I", lambda w: [p.b * w - p.a, w])


def hodgkin_huxley(rhs: Callable[..., Any], p: Any) -> Explicit:
    """Return the branch over I_app, by V."""
    def states(V: Any) -> list[Any]:
        closed, opened = (rhs(0.0, (V, x, x, x), p)[1:] for x in (0.0, 1.0))
        return [V, *(a / (a - b) for a, b in zip(closed, opened, strict=True))]

    return linear_parameter(rhs, p, "I_app", states)


def inverse_response(y: Any, a: float, theta: float, from_zero: bool) -> Any:
    """Return the input at which the response of a population is y."""
    s = y + (1.0 / (1.0 + np.exp(a * theta)) if from_zero else 0.0)
    return theta + np.log(s / (1.0 - s)) / a


def wilson_cowan(rhs: Callable[..., Any], p: Any, field: str) -> Explicit:
    """Return the branch over P or w_ee (by I), or over Q (by E)."""
    from_zero = p.curve == 0

    def by_i(I_: Any) -> tuple[list[Any], Any]:
        drive = inverse_response(I_ / (p.k_i - p.r * I_), p.a_i, p.theta_i, from_zero)
        E = (drive + p.w_ii * I_ - p.Q) / p.w_ie
        needed = inverse_response(E / (p.k_e - p.r * E), p.a_e, p.theta_e, from_zero) + p.w_ei * I_
        return [E, I_], needed - p.w_ee * E if field == "P" else (needed - p.P) / E

    def by_e(E: Any) -> tuple[list[Any], Any]:
        drive = inverse_response(E / (p.k_e - p.r * E), p.a_e, p.theta_e, from_zero)
        I_ = (p.w_ee * E + p.P - drive) / p.w_ei
        needed = inverse_response(I_ / (p.k_i - p.r * I_), p.a_i, p.theta_i, from_zero)
        return [E, I_], needed - p.w_ie * E + p.w_ii * I_

    return Explicit(rhs, p, field, by_e if field == "Q" else by_i)


def taylor(function: Callable[..., Any], order: int = 3, radius: float = 1e-2, points: int = 8) -> np.ndarray:
    """Return the coefficients c[j, k] of x^j y^k of functions (2,), from values on circles (Cauchy)."""
    wheel = radius * np.exp(2j * np.pi * np.arange(points) / points)
    values = np.array(function(*np.meshgrid(wheel, wheel, indexing="ij")))
    found = np.fft.fft2(values, axes=(1, 2))[:, :order + 1, :order + 1] / points**2
    return np.real(found / radius ** np.add.outer(np.arange(order + 1), np.arange(order + 1)))


def first_lyapunov(branch: Explicit, s: float, spans: np.ndarray) -> float:
    """Return 16 a at a Hopf point of the plane (Guckenheimer and Holmes, Eq. 3.4.11), in scaled states."""
    y, value = branch.place(s)
    at = branch.p._replace(**{branch.field: value})
    matrix = branch.jacobian(s) * spans / spans[:, None]
    values, vectors = np.linalg.eig(matrix)
    k = int(np.argmax(values.imag))
    omega, base = float(values[k].imag), np.stack([vectors[:, k].imag, vectors[:, k].real], axis=1)

    def turned(a: Any, b: Any) -> Any:
        u = [y[i] + spans[i] * (base[i, 0] * a + base[i, 1] * b) for i in range(2)]
        field = np.array(branch.rhs(0.0, tuple(u), at)) / spans[:, None, None]
        return np.einsum("ij,jkl->ikl", np.linalg.inv(base), field)

    f, g = taylor(turned)
    cubic = 6 * f[3, 0] + 2 * f[1, 2] + 2 * g[2, 1] + 6 * g[0, 3]
    square = (f[1, 1] * 2 * (f[2, 0] + f[0, 2]) - g[1, 1] * 2 * (g[2, 0] + g[0, 2])
              - 4 * f[2, 0] * g[2, 0] + 4 * f[0, 2] * g[0, 2])
    return float(cubic + square / omega)


def transported(rhs: Callable[..., Any], p: Any, y: np.ndarray, period: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the state one period later and the monodromy matrix, by the variational equations."""
    n = len(y)

    def slope(t: float, u: np.ndarray) -> np.ndarray:
        moved = [u[j] + 1j * TINY * u[n + n * j:2 * n + n * j] for j in range(n)]
        both = np.array(np.broadcast_arrays(*rhs(0.0, tuple(moved), p)))
        return np.concatenate([both[:, 0].real, (both.imag / TINY).ravel()])

    start = np.concatenate([y, np.eye(n).ravel()])
    end = solve_ivp(slope, (0.0, period), start, "DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    return end[:n], end[n:].reshape(n, n)
