"""The loop over the time steps of a recurrent network whose readout learns (Eqs. 4.4, 4.7 and 4.8), compiled.

Rates and their weights are of one precision, single or double; the readout and its learning are always reckoned in
double, where RLS loses nothing over any number of steps. A step reads the weights once, by columns, four at a time, so
that sums stay in vectors; RLS reads and writes half of its symmetric matrix P once: what a step takes off P is
subtracted while the next one multiplies by it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from ncm_app.machine_code.cache import kernel
from ncm_app.numerics.networks.lanes import EXPONENTIALS
from ncm_app.numerics.networks.layout import FLAGS

HELD, LMS, RLS = range(3)
"""What becomes of the readout in a step: it is held, or learns by one of two rules."""


def squash(x: Any) -> Any:
    """Return tanh(x), in the precision of x; in single precision to 1e-7."""
    return np.tanh(x)


@overload(squash)
def _squash(x: Any) -> Any:
    real: Any = np.float32 if x == types.float32 else np.float64
    exponential, one, two = EXPONENTIALS[real], real(1.0), real(2.0)

    def squashed(x: Any) -> Any:
        return one - two / (exponential(two * x) + one)

    return squashed


@kernel(error_model="numpy", fastmath=FLAGS)
def add_products(columns, r, total):  # type: ignore[no-untyped-def]
    """Add W r to `total` (N,): row j of `columns` (N, N) is column j of W."""
    n = len(r)
    whole = n - n % 4
    for j in range(0, whole, 4):
        a, b, c, d = columns[j], columns[j + 1], columns[j + 2], columns[j + 3]
        ra, rb, rc, rd = r[j], r[j + 1], r[j + 2], r[j + 3]
        for k in range(n):
            total[k] += a[k] * ra + b[k] * rb + c[k] * rc + d[k] * rd
    for j in range(whole, n):
        for k in range(n):
            total[k] += columns[j, k] * r[j]


@kernel(error_model="numpy", fastmath=FLAGS)
def subtract_and_multiply(P, s, r, u):  # type: ignore[no-untyped-def]
    """Take s s^T off the upper triangle of the symmetric P (N, N), and set u (N,) to P r, in one pass.

    Three rows at a time: more, and the compiler gives up telling them apart.
    """
    n = len(r)
    whole = n - n % 3
    u[:] = 0.0
    for j in range(0, whole, 3):
        first, second, third = P[j, j + 2:], P[j + 1, j + 2:], P[j + 2, j + 2:]
        sa, sb, sc, ra, rb, rc = s[j], s[j + 1], s[j + 2], r[j], r[j + 1], r[j + 2]
        s_k, r_k, u_k = s[j + 2:], r[j + 2:], u[j + 2:]
        P[j, j], P[j, j + 1], P[j + 1, j + 1] = P[j, j] - sa * sa, P[j, j + 1] - sa * sb, P[j + 1, j + 1] - sb * sb
        ua, ub, uc = P[j, j] * ra + P[j, j + 1] * rb, P[j, j + 1] * ra + P[j + 1, j + 1] * rb, 0.0
        for k in range(n - j - 2):
            a, b, c = first[k] - sa * s_k[k], second[k] - sb * s_k[k], third[k] - sc * s_k[k]
            first[k], second[k], third[k] = a, b, c
            u_k[k] += a * ra + b * rb + c * rc
            ua, ub, uc = ua + a * r_k[k], ub + b * r_k[k], uc + c * r_k[k]
        u[j], u[j + 1], u[j + 2] = u[j] + ua, u[j + 1] + ub, u[j + 2] + uc - third[0] * rc
    for j in range(whole, n):
        for k in range(j, n):
            P[j, k] -= s[j] * s[k]
            u[j] += P[j, k] * r[k]
            u[k] += P[j, k] * r[j] * (k > j)


@kernel(error_model="numpy", fastmath=FLAGS)
def dot(a, b):  # type: ignore[no-untyped-def]
    """Return the product of two vectors (N,)."""
    s = 0.0
    for k in range(len(a)):
        s += a[k] * b[k]
    return s


@kernel(error_model="numpy", fastmath=FLAGS)
def relax(columns, Q, feed, rate, gain, r, total):  # type: ignore[no-untyped-def]
    """Take an Euler step of the rates r (N,), rate = dt / tau, under the feedback Q feed; `total` is scratch (N,)."""
    for k in range(len(r)):
        total[k] = Q[k] * feed
    add_products(columns, r, total)
    for k in range(len(r)):
        r[k] += rate * (squash(gain * total[k]) - r[k])


@kernel(error_model="numpy", fastmath=FLAGS)
def take_steps(network, rates, readout, first, y, windows, rule, numbers, history, sampled, every, samples):  # type: ignore[no-untyped-def]
    """Take len(y) steps after step `first`, changing rates and readout; return how many were taken.

    `network` is columns of W (N, N), Q (N,), dt / tau and the gain, in the precision of the rates r (N,); `readout`,
    in double precision, R (N,), z (1,), P (N, N), of which only the upper triangle counts, and s (N,): s s^T is still
    to be taken off P. `windows` are the steps from and before which it learns, from and before which z is fed back,
    and of how many steps one learns; `rule` is one of HELD, LMS, RLS; `numbers` are eps, eps_P and the |z| beyond
    which the loop ends. Each step's z, |r|^2, |R| and share of the error that it takes away become a column of
    `history` (4, m); of every `every`-th step the rates of the `sampled` cells a column of `samples`.
    """
    columns, Q, rate, gain = network
    R, z, P, s = readout
    learn_from, learn_to, feed_from, feed_to, each = windows
    eps, eps_P, limit = numbers
    total, r, u, kept = np.empty_like(rates), np.empty_like(R), np.empty_like(R), 0
    for i in range(len(y)):
        step = first + i + 1
        total[0] = z[0]  # cast to the precision of the rates
        fed = total[0] if feed_from < step <= feed_to else rate - rate
        relax(columns, Q, fed, rate, gain, rates, total)
        r[:] = rates
        z[0], size, share = dot(R, r), dot(r, r), 0.0
        e = z[0] - y[i]
        if rule != HELD and learn_from <= step < learn_to and step % each == 0:
            if rule == LMS:
                share = eps * size
                for k in range(len(r)):
                    R[k] -= eps * e * r[k]
            else:
                subtract_and_multiply(P, s, r, u)
                ru = dot(r, u)
                left = 1.0 - eps_P * ru / (1.0 + ru)
                share, root = eps * ru * left, np.sqrt(eps_P / (1.0 + ru))
                for k in range(len(r)):
                    R[k] -= eps * e * left * u[k]
                    s[k] = root * u[k]
        history[0, i], history[1, i], history[2, i], history[3, i] = z[0], size, np.sqrt(dot(R, R)), share
        if step % every == 0:
            for k in range(len(sampled)):
                samples[k, kept] = rates[sampled[k]]
            kept += 1
        if not abs(z[0]) <= limit:
            return i + 1
    return len(y)


@kernel(error_model="numpy", fastmath=FLAGS)
def exponent_blocks(network, R, rates, deviation, steps, blocks, before):  # type: ignore[no-untyped-def]
    """Return by how much the logarithm of a small deviation (N,) grows in each block of `steps` steps, (blocks,).

    `network` is as in `take_steps`; R (N,), in the precision of the rates (N,), is held and fed back at once; `before`
    steps come first. Rates and deviation are changed.
    """
    columns, Q, rate, gain = network
    growth, total, slopes = np.zeros(blocks), np.empty_like(rates), np.empty_like(rates)
    one, n = rate / rate, len(rates)
    for i in range(before + steps * blocks):
        fed, z = rate - rate, rate - rate
        for k in range(n):
            fed += R[k] * deviation[k]
            z += R[k] * rates[k]
        for k in range(n):
            total[k] = Q[k] * z
        add_products(columns, rates, total)
        for k in range(n):
            x = squash(gain * total[k])
            rates[k] += rate * (x - rates[k])
            slopes[k] = gain * (one - x * x)
            total[k] = Q[k] * fed
        add_products(columns, deviation, total)
        size = 0.0
        for k in range(n):
            deviation[k] += rate * (slopes[k] * total[k] - deviation[k])
            size += deviation[k] * deviation[k]
        size = np.sqrt(size)
        for k in range(n):
            deviation[k] /= size
        if i >= before:
            growth[(i - before) // steps] += np.log(size)
    return growth
