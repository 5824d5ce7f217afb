"""ncm_app: a live laboratory for the dynamics of neural circuits.

From Python, without the pages:

    import ncm_app as ncm
    model = ncm.model("ei_rate_network", preset="Fig 3.4 C,D", tau_i=40)
    ncm.equilibria(model)[0].kind
    ncm.bifurcation_diagram(model, "tau_i", (5, 60)).points
"""

from ncm_app.api import (
    bifurcation_diagram,
    catalogue,
    equilibria,
    measure,
    model,
    open_file,
    phase_portrait,
    simulate,
    two_parameter_diagram,
)
from ncm_app.version import __version__

__all__ = ["__version__", "bifurcation_diagram", "catalogue", "equilibria", "measure", "model", "open_file",
           "phase_portrait", "simulate", "two_parameter_diagram"]
