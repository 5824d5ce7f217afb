"""What the compiled code of networks agrees on: where numbers stand in memory, how a step is called.

Memory is reached by its address, so that a kernel is compiled once for any number of arrays and any kind of cell.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

MOST_CELLS = 1 << 18
"""Largest population."""

LANES = 128
"""Cells that are stepped before one looks whether any has spiked; populations are filled up to a multiple."""

STRIDE = MOST_CELLS + LANES + 16
"""Numbers between two rows; constant, so that the compiler knows them apart, and no power of 2 for the cache's sake."""

FLAGS = {"reassoc", "contract", "arcp", "nsz"}
"""Liberties of the compiler: all that leave NaN and infinity what they are."""

STEP = types.intp(types.intp, types.intp, types.intp, types.intp, types.float64, types.float64, types.intp)
"""Of `step(block, size, values, keeps, t, dt, fired)`: addresses, but for the number of cells and the times (ms)."""


def _pointer_code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return builder.inttoptr(args[0], context.get_value_type(signature.return_type))


def _pointer_to(kind: Any) -> Any:
    @intrinsic
    def at(typingctx: Any, address: Any) -> Any:
        """Return the pointer that an address stands for."""
        return types.CPointer(kind)(types.intp), _pointer_code

    return at


floats_at, doubles_at, longs_at, ints_at = (
    _pointer_to(kind) for kind in (types.float32, types.float64, types.int64, types.int32))
words_at, shorts_at = _pointer_to(types.uint32), _pointer_to(types.uint16)


@intrinsic
def reals_at(typingctx: Any, address: Any, like: Any) -> Any:
    """Return the pointer to numbers of the kind that an array holds."""
    return types.CPointer(like.dtype)(types.intp, like), _pointer_code


@intrinsic
def fetch(typingctx: Any, address: Any) -> Any:
    """Ask for the line of memory at an address, without waiting for it."""
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [builder.inttoptr(args[0], byte), whole(0), whole(3), whole(1)])
        return context.get_dummy_value()

    return types.void(types.intp), code


@intrinsic
def call_step(typingctx: Any, address: Any, block: Any, size: Any, values: Any, keeps: Any, t: Any, dt: Any,
              fired: Any) -> Any:
    """Call the compiled step at an address."""
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = [context.get_value_type(kind) for kind in STEP.args]
        step = ir.FunctionType(context.get_value_type(STEP.return_type), kinds)
        return builder.call(builder.inttoptr(args[0], step.as_pointer()), args[1:])

    return STEP.return_type(types.intp, *STEP.args), code


def address_of(array: NDArray[Any]) -> int:
    """Return where the data of an array begins; the array must be kept as long as that is used."""
    return int(array.ctypes.data)
