"""The right-hand side of a system at t = 0 as machine code that kernels of all systems call.

One small function per system is compiled; the kernels take it as an argument, and so are compiled
once for all of them. `warm_flow` does it in the background; until then `compiled_flow` is None.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numba.experimental.function_type  # noqa: F401 - lets kernels take what has an address
import numpy as np
from numba import cfunc, njit, types
from numba.extending import typeof_impl

from ncm_app.numerics.kernels import following, grids, polishing
from ncm_app.numerics.results import Array
from ncm_app.numerics.step_cache import load_module
from ncm_app.numerics.system import System

LOG = logging.getLogger(__name__)

NUMBERS = types.CPointer(types.float64)
SIGNATURE = types.void(NUMBERS, NUMBERS, NUMBERS, types.intp)
"""Of `flow(states, slopes, values, count)`: `count` states, all values of the first component first."""

_MODULE = '''"""The flow of {owner}; written by ncm_app, may be deleted at any time."""
from numba import cfunc, njit, types
from {module} import {name} as Owner

Parameters = Owner.Parameters
rhs = njit(error_model="numpy", forceinline=True)(Owner.rhs)
Numbers = types.CPointer(types.float64)

@cfunc(types.void(Numbers, Numbers, Numbers, types.intp), cache=True, error_model="numpy")
{text}'''


NUMBER, WHOLE = (float, int, np.floating, np.integer), (int, np.integer)


class CompiledFlow(NamedTuple):
    """The machine code of a right-hand side, and the values of its parameters (m,)."""

    call: Any
    values: Array


def flow_text(size: int, kinds: tuple[type, ...]) -> str:
    """Return the source of `flow` for a number of states and parameters of given types."""
    every = range(size)
    record = ", ".join(f"int(q[{i}])" if kind is int else f"q[{i}]" for i, kind in enumerate(kinds))
    states = ", ".join(f"y[{i} * count + j]" for i in every)
    lines = ["def flow(y, out, q, count):", f"    p = Parameters({record})", "    for j in range(count):",
             f"        {', '.join(f'd{i}' for i in every)}, = rhs(0.0, ({states},), p)"]
    return "\n".join([*lines, *(f"        out[{i} * count + j] = d{i}" for i in every), ""])


@dataclass(eq=False)
class _Code:
    """The flow of one system, once it is compiled, and the parameters that it was compiled for."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    call: Any = None
    record: Any = None
    kinds: tuple[type, ...] = ()
    ready: bool = False
    failed: bool = False


_CODES: dict[System, _Code] = {}
_LOCK = threading.Lock()


def _code(system: System) -> _Code:
    with _LOCK:
        return _CODES.setdefault(system, _Code())


def compiled_flow(system: System, p: Any) -> CompiledFlow | None:
    """Return the compiled flow of a system under a record of numbers, None until the kernels that take it are ready."""
    code = _CODES.get(system)
    return None if code is None or not code.ready else _under(code, p)


def _under(code: _Code, p: Any) -> CompiledFlow | None:
    if code.call is None or type(p) is not code.record:
        return None
    for value, kind in zip(p, code.kinds, strict=True):
        if not isinstance(value, NUMBER if kind is float else WHOLE):
            return None
    return CompiledFlow(code.call, np.array(p, dtype=float))


class _Called(types.WrapperAddressProtocol):  # type: ignore[misc]
    """A function at an address, kept alive by what it `keeps`, that kernels can call."""

    def __init__(self, address: int, keeps: Any) -> None:
        self._address, self._keeps = address, keeps

    def __wrapper_address__(self) -> int:
        return self._address

    def signature(self) -> Any:
        """Return the type of the function."""
        return SIGNATURE


_TYPE = types.FunctionType(SIGNATURE)
typeof_impl.register(_Called, lambda value, context: _TYPE)  # else made anew at each call, which costs more than it


class _PythonFlow(_Called):
    """A right-hand side that is not compiled, as a function that kernels can call."""

    def __init__(self, system: System, p: Any) -> None:
        self._rhs, self._size, self._p = system.rhs, system.size, p
        numbers = ctypes.POINTER(ctypes.c_double)
        entry = ctypes.CFUNCTYPE(None, numbers, numbers, numbers, ctypes.c_ssize_t)(self._fill)
        super().__init__(ctypes.cast(entry, ctypes.c_void_p).value or 0, entry)

    def _fill(self, states: Any, slopes: Any, values: Any, count: int) -> None:
        n = self._size
        with np.errstate(all="ignore"):
            for j in range(count):
                for i, slope in enumerate(self._slopes(tuple(states[i * count + j] for i in range(n)))):
                    slopes[i * count + j] = slope

    def _slopes(self, y: tuple[float, ...]) -> tuple[float, ...]:
        try:
            return tuple(float(slope) for slope in self._rhs(0.0, y, self._p))
        except (ArithmeticError, TypeError):
            # Python floats refuse 1/0, overflow and (-1)**0.5; NumPy scalars answer inf or NaN.
            p = self._p._make(np.float64(v) if type(v) is float else v for v in self._p)
            return tuple(float(slope) for slope in self._rhs(0.0, tuple(map(np.float64, y)), p))


def any_flow(system: System, p: Any) -> CompiledFlow:
    """Return the compiled flow, or where there is none yet one that calls Python; the kernels take either."""
    code = _CODES.get(system)
    return (code and _under(code, p)) or CompiledFlow(_PythonFlow(system, p), np.empty(0))


def warm_flow(system: System, p: Any) -> None:
    """Compile the flow now (half a second, less from disk); meant for a background thread.

    A failure is logged once, and NumPy goes on serving; a list among the parameters is no failure.
    """
    code = _code(system)
    with code.lock:
        if code.failed or code.call is not None:
            return
        kinds = tuple(int if isinstance(value, WHOLE) else float for value in p)
        if not all(isinstance(value, NUMBER) for value in p):
            code.failed = True
            return
        try:
            call = _compiled(system, type(p), kinds)
            code.record, code.kinds, code.call = type(p), kinds, call
            for kernels in (grids, polishing, following):  # those of a frame first
                kernels.first_run(call, np.array(p, dtype=float), system.size)
        except Exception:
            code.failed, code.call = True, None
            LOG.exception("the flow of %s could not be compiled", system.owner or system.names)
            return
        code.ready = True


def _compiled(system: System, record: type, kinds: tuple[type, ...]) -> Any:
    """Return the compiled flow, from disk if the owner of the system can be imported."""
    text = flow_text(system.size, kinds)
    module = load_module(system, "flow", text, _MODULE)
    if module is not None:
        return _Called(module.flow.address, module.flow)
    space: dict[str, Any] = {"Parameters": record, "rhs": njit(error_model="numpy", forceinline=True)(system.rhs)}
    exec(compile(text, f"<flow of {system.owner or 'a system'}>", "exec"), space)
    flow = cfunc(SIGNATURE, error_model="numpy")(space["flow"])
    return _Called(flow.address, flow)
