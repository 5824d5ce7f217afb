"""A model's own functions in one precision: the same values, no double among singles, refusals with a reason."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace
from typing import Any

import numba
import numpy as np
import pytest

from ncm_app.models.cells.adex import AdEx
from ncm_app.models.cells.eif import EIF
from ncm_app.models.cells.qif import QIF
from ncm_app.numerics.networks.cell_code import compiled_step
from ncm_app.numerics.networks.lanes import EXPONENTIALS, Unfit, in_precision
from ncm_app.numerics.networks.spec import Population
from tests.support.networks import cell_values, population

HALF = 0.5
FACTORS = np.array([2.0, 3.0])


@pytest.mark.parametrize(("real", "reach", "error"), [(np.float32, 80.0, 6e-6), (np.float64, 700.0, 1e-13)])
def test_exponential_without_branches(real: Any, reach: float, error: float) -> None:
    exponential = EXPONENTIALS[real]
    x = np.linspace(-reach, reach, 20_001).astype(real)
    found = np.array([exponential(value) for value in x])
    assert exponential.nopython_signatures[0].return_type == numba.from_dtype(np.dtype(real))
    assert np.abs(found / np.exp(x.astype(float)) - 1.0).max() < error
    assert np.isfinite(exponential(real(1e4))) and exponential(real(-1e4)) >= 0.0
    small = np.linspace(-1.0, 1.0, 1001).astype(real)
    rounding = np.finfo(real).eps
    assert np.abs(np.array([exponential(v) for v in small]) / np.exp(small.astype(float)) - 1.0).max() < 4 * rounding


@pytest.mark.parametrize("model", [EIF, AdEx, QIF], ids=lambda m: m.__name__)
def test_slopes_are_those_of_the_model_and_stay_single(model: Any) -> None:
    controls = model.controls()
    coded = {n: controls[n].encode(controls[n].default) if isinstance(controls[n].default, str) else controls[n].default
             for n in model.Parameters._fields}
    p = model.Parameters(**coded)
    narrow = in_precision(model.rhs, np.float32)
    single = model.Parameters(*(np.float32(v) if isinstance(v, float) else v for v in p))
    for V in (-80.0, -60.0, -50.0, -41.0):
        y = (V, 1.0)[:len(model.states)]
        found = narrow(3.0, tuple(np.float32(v) for v in y), single)
        assert np.allclose(found, model.rhs(3.0, y, p), rtol=1e-4)
    assert all(kind == numba.float32 for kind in narrow.nopython_signatures[0].return_type)


def of_many_kinds(x: Any, p: Any) -> Any:
    """Whole numbers, truths, powers, constants of the module, an annotation."""
    y: float = HALF * x + (x > 1) * 2
    return np.maximum(y**2, 0.25) - helper(x) / 3.0 + FACTORS[1]


def helper(x: Any) -> Any:
    return np.minimum(np.exp(-x), 1.0)


def test_whatever_a_function_stands_on_is_cast() -> None:
    single, double = in_precision(of_many_kinds, np.float32), in_precision(of_many_kinds, np.float64)
    for x in (-1.0, 0.5, 3.0):
        assert np.isclose(double(x, 0), of_many_kinds(x, 0), rtol=1e-14)
        assert np.isclose(single(np.float32(x), 0), of_many_kinds(x, 0), rtol=1e-6)
    assert single.nopython_signatures[0].return_type == numba.float32


def test_what_cannot_be_compiled_is_refused_with_a_reason() -> None:
    def around(x: float) -> Any:
        return lambda y: x + y

    with pytest.raises(Unfit, match="function around it"):
        in_precision(around(1.0), np.float32)
    with pytest.raises(Unfit, match="no function written with def"):
        in_precision(lambda y: y, np.float32)
    made: dict[str, Any] = {}
    exec("def f(x): return x", made)
    with pytest.raises(Unfit, match="cannot be read"):
        in_precision(made["f"], np.float32)


def calls_python(t: Any, y: Any, p: Any) -> Any:
    return ({"a": y},)


def test_a_cell_that_cannot_be_compiled_is_refused_by_name() -> None:
    cells = population("e", 3)
    with pytest.raises(Unfit, match="cells of e cannot be compiled"):
        compiled_step(replace(cells, cell=replace(cells.cell, rhs=calls_python, owner="")), 1, "float32")
    record = namedtuple("record", "I_0 times")
    with pytest.raises(Unfit, match="parameter times of the cells of e is no number"):
        compiled_step(replace(cells, values=record(1.0, (1.0, 2.0))), 1, "float32")


def test_a_cell_without_a_home_on_disk_is_compiled_all_the_same() -> None:
    cells = Population("e", 3, replace(population("e", 3).cell, owner=""), cell_values(), ((-60.0, -55.0),))
    assert compiled_step(cells, 2, "float64").address != 0
    assert compiled_step(cells, 2, "float64") is compiled_step(cells, 2, "float64")
