"""ncm_app: a live laboratory for the dynamics of neural circuits.

From Python, without the pages:

    import ncm_app as ncm
    ncm.catalogue()                                               # slug -> title of every model
    model = ncm.model("ei_rate_network", preset="Fig 3.4 C,D", tau_i=40)
    model.presets, model.controls(), model.states                 # what there is to set, and to see
    run = ncm.simulate(model, t_end=300.0)                        # run.t, run.y, run.spikes, run.message
    ncm.equilibria(model)[0].kind
    diagram = ncm.bifurcation_diagram(model, "tau_i", (5, 60))    # diagram.branches, .cycles, .points
    next(point for point in diagram.points if point.code == "H").parameters
    ncm.two_parameter_diagram(model, ("tau_i", "tau_e")).loci
    ncm.phase_portrait(model)                                     # field and nullclines
    ncm.measure(ncm.model("poisson_process"))                     # numbers that a page shows
    run.to_frame(), run.to_dict()                                 # as every answer (the first with pandas)

Names that do not exist are answered with near matches, values out of range with the bounds.
The pages: panel serve app.py.
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
