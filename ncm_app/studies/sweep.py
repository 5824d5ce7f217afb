"""What happens if a parameter is moved slowly up and down again?"""

from __future__ import annotations

from ncm_app.core.capabilities import has_resets
from ncm_app.core.snapshot import Snapshot
from ncm_app.numerics.results import Sweep
from ncm_app.numerics.runs.compiled import STAGES, warm
from ncm_app.numerics.runs.sweep import sweep
from ncm_app.numerics.runs.time_scales import HOLD, fitting_step, slow_time
from ncm_app.numerics.system import SILENT, Progress
from ncm_app.studies.diagram import diagram, whole_range
from ncm_app.studies.memo import long
from ncm_app.studies.systems import system_of


def evolve(snapshot: Snapshot, parameter: str, noise: float = 0.0, seed: int = 0, *,
           progress: Progress = SILENT) -> Sweep:
    """Sweep a parameter over its bounds, up and down, and follow what the model does.

    The present value is not part of the question, so moving the slider asks nothing new.
    `noise` see `numerics.sweep`. `progress` is told the part swept so far, a Sweep.
    """
    return _evolve(whole_range(snapshot, parameter), parameter, float(noise), int(seed), progress=progress)


@long
def _evolve(snapshot: Snapshot, parameter: str, noise: float, seed: int, *, progress: Progress = SILENT) -> Sweep:
    system, p, start = system_of(snapshot.model), snapshot.p, snapshot.start
    low, high = snapshot.model.control(parameter).bounds
    fixed = diagram(snapshot, parameter, progress=progress)
    # Resets make rates without bound: those models are stepped as their pages step them.
    spiking = has_resets(snapshot.model)
    method = snapshot.method if spiking and snapshot.method in STAGES else "RK4"
    # A plain run of hundreds of values would take longer than compiling.
    warm(system, method, p, noisy=noise > 0)
    dt = snapshot.dt if spiking else fitting_step(system, p, parameter, low, high, start, progress)
    hold = HOLD * slow_time(fixed) if fixed.branches else snapshot.t_end
    return sweep(system, p, parameter, low, high, start, settle_time=hold, dt=dt, method=method, noise=noise,
                 seed=seed, progress=progress)
