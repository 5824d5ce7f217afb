"""Steppers: one small text of a step loop per model and method, run plain or compiled.

The text is written for the number of states, with every state a plain number. It
runs at once on Python floats, and compiled by Numba as soon as `warm` has done its
work in the background. Compiled code is kept on disk (`step_cache`).
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np

from ncm_app.numerics.results import Array
from ncm_app.numerics.runs.delayed import delayed_text
from ncm_app.numerics.step_cache import load_steps
from ncm_app.numerics.system import System

LOG = logging.getLogger(__name__)

STAGES: dict[str, tuple[tuple[float, ...], str]] = {
    "Euler": ((0.0,), "{0}"),
    "Heun": ((0.0, 1.0), "({0} + {1}) / 2.0"),
    "RK4": ((0.0, 0.5, 0.5, 1.0), "({0} + 2.0 * {1} + 2.0 * {2} + {3}) / 6.0"),
}
"""Per method: the time of each stage in steps (a stage starts from the one before), and the mean slope."""

BLOW_UP = 1e6
"""A state that is larger than this many widths of its span has blown up."""

NEAR = 1e-14
"""Rounding at a threshold, in parts of it: V that creeps up to its threshold has not reached it."""

CHUNKS = {True: 50_000, False: 2_000}
"""Steps between two looks at the progress, for compiled and for plain text."""


def limits_of(system: System) -> tuple[float, ...]:
    """Return the magnitude (n,) of each state, in its unit, above which it counts as blown up."""
    return tuple(BLOW_UP * max(high - low, abs(low), abs(high)) for low, high in system.spans)


def step_text(size: int, method: str, spiking: bool, noisy: bool = False) -> str:
    """Return the source of `step` for a number of states, a method, with or without reset.

    With noise, the rows hold beforehand what is added to the states at the end of each
    step (additive noise: Euler-Maruyama if the method is Euler). `moved` holds, for every half step, by
    how much its time is moved onto a jump of the input that rounding keeps it from; empty for none.

    A spike takes V beyond its threshold, or to it with a slope that goes on. A reset that stands above the
    threshold ends the run, like a blow-up: from there spikes have no end.
    """
    nodes, mean = STAGES[method]
    every = range(size)

    def row(pattern: str) -> str:
        return ", ".join(pattern.format(i) for i in every) + ("," if size == 1 else "")

    lines = ["def step(rows, spikes, count, first, steps, t0, dt, limits, moved, p):",
             f"    {row('r{0}')} = rows", f"    {row('b{0}')} = limits",
             f"    {row('y{0}')} = {row('real(r{0}[0])')}"]
    lines += ["    theta = real(threshold(p))", f"    near = {NEAR} * (1.0 + abs(theta))"] if spiking else []
    lines += ["    jumpy = len(moved) > 0", "    for j in range(steps):", "        t = real(t0 + (first + j) * dt)"]
    for s, node in enumerate(nodes):
        reach = f"{node} * dt"
        if s == 0 or node != nodes[s - 1]:
            lines += [f"        s = t + {reach}" if s else "        s = t",
                      "        if jumpy:", f"            s = real(s + moved[2 * j + {round(2 * node)}])"]
        lines += [f"        x{i} = " + (f"real(y{i} + {reach} * k{s - 1}_{i})" if s else f"y{i}") for i in every]
        # Beyond the threshold there is no flow: an upstroke must not overflow inside a step.
        lines += ["        x0 = min(x0, theta)"] if spiking and s else []
        lines += [f"        {row(f'k{s}_{{0}}')} = rhs(s, ({row('x{0}')}), p)"]
    for i in every:
        kick = f" + r{i}[j + 1]" if noisy else ""
        lines += [f"        y{i} = real(y{i} + dt * ({mean.format(*(f'k{s}_{i}' for s in range(len(nodes))))}){kick})"]
    if spiking:
        lines += ["        fires = y0 >= theta",
                  "        if fires and y0 <= theta + near:",
                  "            s = real(t0 + (first + j + 1) * dt)",
                  f"            {row('k0_{0}')} = rhs(s, ({row('y{0}')}), p)",
                  "            fires = k0_0 > near",
                  "        if fires:",
                  "            if count < len(spikes):",
                  "                spikes[count] = t0 + (first + j + 1) * dt",
                  "            count += 1",
                  f"            {row('z{0}')} = reset(({row('y{0}')}), p)"]
        lines += [f"            y{i} = real(z{i})" for i in every]
    lines += [f"        r{i}[j + 1] = y{i}" for i in every]
    lines += ["        if fires and y0 > theta + near:", "            return j, count"] if spiking else []
    lines += [f"        if not ({' and '.join(f'abs(y{i}) <= b{i}' for i in every)}):",
              "            return j, count"]
    return "\n".join([*lines, "    return steps, count", ""])


@dataclass(eq=False)
class _Kernel:
    """The text of one system and method, and its compiled form once there is one."""

    system: System
    method: str
    noisy: bool = False
    delayed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    fast: Callable[..., Any] | None = None
    kinds: tuple[type, ...] = ()
    failed: bool = False

    @functools.cached_property
    def text(self) -> str:
        if self.delayed:
            return delayed_text(self.system.size, *STAGES[self.method], self.noisy)
        return step_text(self.system.size, self.method, self.system.threshold is not None, self.noisy)

    @functools.cached_property
    def plain(self) -> Callable[..., Any]:
        return self._define(float, lambda function: function)

    @functools.cached_property
    def guarded(self) -> Callable[..., Any]:
        """The text on NumPy scalars, where 1/0 is inf instead of an exception."""
        return self._define(np.float64, lambda function: function)

    def _define(self, real: type, wrap: Callable[..., Any]) -> Callable[..., Any]:
        system = self.system
        parts = {name: wrap(function) for name, function in
                 (("rhs", system.rhs), ("threshold", system.threshold), ("reset", system.reset)) if function}
        space: dict[str, Any] = {"real": real, **parts}
        exec(compile(self.text, f"<{self.method} steps of {system.owner or 'a system'}>", "exec"), space)
        step: Callable[..., Any] = space["step"]
        return step

    def compile(self) -> Callable[..., Any]:
        """Return the compiled step, from disk if the owner of the system can be imported."""
        module = load_steps(self.system, self.method, self.text)
        if module is not None:
            step: Callable[..., Any] = module.step
            return step
        jit = numba.njit(nogil=True, error_model="numpy", fastmath=False)
        compiled: Callable[..., Any] = jit(self._define(float, numba.njit(error_model="numpy", forceinline=True)))
        return compiled


_KERNELS: dict[tuple[System, str, bool, bool], _Kernel] = {}
_KERNELS_LOCK = threading.Lock()


def _kernel(system: System, method: str, noisy: bool, delayed: bool = False) -> _Kernel:
    if method not in STAGES:
        raise ValueError(f"There is no fixed-step method named {method!r}; there is {', '.join(STAGES)}.")
    with _KERNELS_LOCK:
        return _KERNELS.setdefault((system, method, noisy, delayed), _Kernel(system, method, noisy, delayed))


def _plain_record(p: Any, promised: tuple[type, ...] = ()) -> Any:
    """Return the record with the ints and floats that the compiled code was promised."""
    kinds = _kinds(p)
    if kinds == promised:
        return p
    lists = [kind is np.ndarray for kind in kinds[1:]]
    whole = [issubclass(kind, int | np.integer) for kind in kinds[1:]]
    if len(kinds) == len(promised) and kinds[0] is promised[0]:
        # A whole number may stand where the compiled code expects a float.
        whole = [kind is int and is_whole for kind, is_whole in zip(promised[1:], whole, strict=True)]
    return p._make(v if is_list else int(v) if is_whole else float(v)
                   for v, is_whole, is_list in zip(p, whole, lists, strict=True))


def _kinds(p: Any) -> tuple[type, ...]:
    return type(p), *(type(v) for v in p)


@dataclass(frozen=True)
class Stepper:
    """Steps a system at a fixed step from one index of an output array to another."""

    kernel: _Kernel

    @property
    def chunk(self) -> int:
        """Number of steps that take a few milliseconds."""
        return CHUNKS[self.kernel.fast is not None]

    def compiled_for(self, p: Any) -> bool:
        """Return whether the compiled text serves records such as `p`."""
        kinds = self.kernel.kinds
        return self.kernel.fast is not None and kinds == _kinds(_plain_record(p, kinds))

    def __call__(self, y: Array, first: int, last: int, p: Any, *, dt: float, t0: float = 0.0,
                 spikes: Array | None = None, count: int = 0, moved: Array | None = None,
                 lag: float = 0.0) -> tuple[int, int]:
        """Fill `y` (n, m) from column `first` + 1 to `last`; the time of column i is t0 + i dt.

        A stepper with noise adds to each state what stands in its column before.
        Spike times go to `spikes` from position `count` on, as far as it has room. `moved` says, for
        column i at 2 i and for the middle of its step behind, by how much these times are moved, ms. A delayed
        stepper needs to know its `lag`, the delay in steps, and all columns from the start of the run on instead.
        Returns the last column with a valid state and the number of spikes. After a blow-up, or a
        reset beyond the threshold, that column is less than `last`, and the next one holds what came out.
        """
        p = _plain_record(p, self.kernel.kinds)
        store = np.empty(0) if spikes is None else spikes
        limits, steps, delayed = limits_of(self.kernel.system), last - first, self.kernel.delayed
        shift = np.empty(0) if moved is None else moved[2 * first:2 * last + 1]
        records = (p, p._replace(**dict(self.kernel.system.at_once))) if delayed else (p,)
        seen = y[:, 0 if delayed else first:last + 1]
        if (fast := self.kernel.fast) is not None and _kinds(p) == self.kernel.kinds:
            done, count = fast(tuple(seen), store, count, first, steps, float(t0), float(dt), limits,
                               float(lag) if delayed else shift, *records)
        else:
            done, count = self._uncompiled(seen, first, steps, store, count, (
                float(t0), float(dt), limits, float(lag) if delayed else shift.tolist(), *records))
        return first + int(done), int(count)

    def _uncompiled(self, y: Array, first: int, steps: int, store: Array, count: int,
                    rest: tuple[Any, ...]) -> tuple[int, int]:
        lists = self._lists(y)
        with np.errstate(all="ignore"):
            try:
                done, spikes = self.kernel.plain(lists, store, count, first, steps, *rest)
            except (ArithmeticError, TypeError):
                # Python floats refuse 1/0, overflow and (-1)**0.5; NumPy scalars answer inf or NaN.
                lists = self._lists(y)
                real = [record._make(np.float64(v) if type(v) is float else v for v in record) for record in rest[4:]]
                done, spikes = self.kernel.guarded(lists, store, count, first, steps, *rest[:4], *real)
        y[:, -steps:] = np.asarray(lists)[:, -steps:]
        return done, spikes

    def _lists(self, y: Array) -> list[list[float]]:
        if self.kernel.delayed:
            return y.tolist()  # type: ignore[no-any-return]
        noise = y[:, 1:] if self.kernel.noisy else np.zeros((len(y), y.shape[1] - 1))
        return np.hstack([y[:, :1], noise]).tolist()  # type: ignore[no-any-return]


def stepper(system: System, method: str, noisy: bool = False, delayed: bool = False) -> Stepper:
    """Return a stepper that never waits for a compiler: compiled if warm, else plain."""
    return Stepper(_kernel(system, method, noisy, delayed))


def is_warm(system: System, method: str, noisy: bool = False, delayed: bool = False) -> bool:
    """Return whether the compiled stepper is ready."""
    return _kernel(system, method, noisy, delayed).fast is not None


def warm(system: System, method: str, p: Any, noisy: bool = False, delayed: bool = False) -> None:
    """Compile now (about a second, less from disk); meant for a background thread.

    A failure is logged once, and the plain text goes on serving.
    """
    call = (np.empty(0), 0, 0, 0, 0.0, 1.0, limits_of(system), 1.0 if delayed else np.empty(0))
    _compile_once(_kernel(system, method, noisy, delayed), p, call, f"{method} steps")


def _compile_once(kernel: _Kernel, p: Any, call: tuple[Any, ...], what: str) -> None:
    """Compile a kernel by a call without work: rows of states, then `call`, then `p` (for a delayed one twice)."""
    system, p = kernel.system, _plain_record(p)
    with kernel.lock:
        if kernel.failed or kernel.fast is not None:
            return
        try:
            fast = kernel.compile()
            fast(tuple(np.zeros((system.size, 1))), *call, *(p,) * (1 + kernel.delayed))
        except Exception:
            kernel.failed = True
            LOG.exception("%s of %s could not be compiled", what, system.owner or system.names)
            return
        kernel.kinds, kernel.fast = _kinds(p), fast
