"""Networks of the book, to test with."""

from __future__ import annotations

from typing import Any

from ncm_app.models.cells.eif import EIF
from ncm_app.numerics.networks.spec import Network, Plasticity, Population, Projection, Source
from ncm_app.numerics.system import System
from ncm_app.studies.systems import system_of

TAUS = {"x": 8.0, "e": 6.0, "i": 4.0}
DRAFT = {"ex": 25.0, "ix": 17.0, "ee": 10.0, "ei": -40.0, "ie": 30.0, "ii": -60.0}
LATER = {"ex": 30.0, "ix": 20.0, "ee": 12.0, "ei": -45.0, "ie": 35.0, "ii": -70.0}


def eif() -> System:
    """Return the system of the EIF cell."""
    return system_of(EIF)


def cell_values(**changes: float) -> Any:
    """Return the parameters of the cell of Fig 3.3."""
    own = {name: EIF.param[name].default for name in EIF.Parameters._fields}
    own |= {"I_0": 0.0, "I_1": 0.0, "I_2": 0.0, "tau_m": 10.0, "E_L": -72.0, "V_re": -72.0, "V_T": -55.0, "D": 2.0,
            "V_th": 0.0}
    return EIF.Parameters(**(own | changes))


def population(name: str, size: int, **changes: float) -> Population:
    """Return a population of EIF cells that start between E_L and V_T."""
    values = cell_values(**changes)
    return Population(name, size, eif(), values, ((values.E_L, values.V_T),))


def recurrent(sizes: dict[str, int], p: float, weights: dict[str, float], r_x: float = 5.0,
              plasticity: Plasticity | None = None) -> Network:
    """Return a network of excitatory and inhibitory cells under external input, as in Fig 3.3."""
    projections = tuple(Projection(b, a, weight, p, TAUS[b], plasticity=plasticity if a + b == "ei" else None)
                        for (a, b), weight in weights.items())
    return Network((population("e", sizes["e"]), population("i", sizes["i"])), (Source("x", sizes["x"], r_x),),
                   projections)


def draft(**changes: Any) -> Network:
    """Return the network of Fig 3.3 in the draft."""
    return recurrent({"x": 2000, "e": 2000, "i": 500}, 0.1, DRAFT, **changes)


def later(**changes: Any) -> Network:
    """Return the network of Fig 3.3 in the later text; with plasticity and r_x = 10 Hz that of Fig 4.1."""
    return recurrent({"x": 800, "e": 800, "i": 200}, 0.2, LATER, **changes)


def feedforward() -> Network:
    """Return the network of Fig 3.1."""
    cells = population("post", 100, V_re=-75.0, V_th=5.0)
    return Network((cells,), (Source("e", 2000, 8.0), Source("i", 500, 15.0)),
                   (Projection("e", "post", 16.0, 0.1, 5.0), Projection("i", "post", -16.0, 0.1, 5.0)))
