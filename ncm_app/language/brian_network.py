"""A network of spiking cells as a script for the simulator Brian 2, which prints its rates beside the page's.

Connections, inputs and starts are drawn anew by Brian 2, so rates agree within what networks of one kind differ by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ncm_app.core.snapshot import Snapshot
from ncm_app.language.brian import Cell, head, namespace

PROMISE = ("It draws connections, input and starts anew, and prints its rates beside those of the page: they differ\n"
           "as two networks of the same kind do.")


def brian_network_script(snapshot: Snapshot, circuit: Any, settings: Any, rates: Mapping[str, float], start: float,
                         preset: str = "", link: str = "") -> str:
    """Return a Brian 2 script of a network, given as by `numerics.networks.spec`.

    `rates` are those of the page (Hz) by population, measured from `start` (ms) on. Raises Unreadable where a
    function of the cell cannot be written.
    """
    names = ["Network", "NeuronGroup", "PoissonGroup", "SpikeMonitor", "Synapses", "Hz", "ms", "prefs", "seed",
             *(["TimedArray"] if any(source.steps for source in circuit.sources) else [])]
    imports = ["import numpy as np", f"from brian2 import {', '.join(sorted(names, key=str.lower))}"]
    parts = [head(snapshot, preset, link, imports, settings.dt, settings.steps, PROMISE), f"seed({settings.seed})"]
    for population in circuit.populations:
        parts.append(_population(circuit, population))
    parts += [_source(source) for source in circuit.sources]
    found = [p for p in circuit.projections if circuit.part(p.source).size and circuit.part(p.target).size]
    parts += [_projection(circuit, p) for p in found]
    return "\n".join([*parts, _run(circuit, found, rates, start)]) + "\n"


def _learning(circuit: Any, name: str) -> Any:
    """Return the rule of a projection from or onto a population that learns, None if there is none."""
    rules = {p.plasticity for p in circuit.projections if p.plasticity is not None and name in (p.source, p.target)}
    if len({rule.tau_y for rule in rules}) > 1:
        raise ValueError(f"The cells of {name} would need two traces: two rules that touch it differ in tau_y.")
    return next(iter(rules), None)


def _population(circuit: Any, population: Any) -> str:
    currents = circuit.currents(population.name)
    if not population.size:
        return f"# {population.name} has no cells."
    drive = {population.drive: " + ".join(f"I_{current}" for current in currents)} if currents else {}
    cell = Cell(population.cell, population.cell.names, population.values, drive)
    lines = [*cell.equations, *(f"dI_{name}/dt = -I_{name}/({tau!r}*ms) : 1" for name, tau in currents.items())]
    name, reset, rule = population.name, list(cell.reset), _learning(circuit, population.name)
    if rule is not None:
        lines.append(f"dtrace/dt = -trace/({rule.tau_y!r}*ms) : 1")
        reset.append(f"trace = trace + 1/{rule.tau_y!r}")
    text = [namespace(f"p_{name}", cell.read), f'{name} = NeuronGroup({population.size}, """', *lines,
            f'""", method="euler", threshold="{cell.fires}",',
            '    reset="{}", namespace=p_{}, dt=DT*ms)'.format("\\n".join(reset), name)]
    for state, (low, high) in zip(cell.names, population.start, strict=True):
        text.append(f'{name}.{state} = {low!r}' if low == high else
                    f'{name}.{state} = "{low!r} + {high - low!r}*rand()"')
    return "\n".join(text)


def _source(source: Any) -> str:
    if not source.size:
        return f"# {source.name} has no cells."
    if not source.steps:
        return f"{source.name} = PoissonGroup({source.size}, {source.rate_hz!r}*Hz, dt=DT*ms)"
    steps = [(0.0, source.rate_hz), *source.steps]
    return "\n".join([
        f"steps_{source.name} = {steps!r}  # from when on (ms), rate (Hz)",
        f"rate_{source.name} = TimedArray([[r for t, r in steps_{source.name} if t <= (k + 0.5)*DT][-1] "
        "for k in range(STEPS)]*Hz, dt=DT*ms)",
        f'{source.name} = PoissonGroup({source.size}, "rate_{source.name}(t)", dt=DT*ms)'])


def _projection(circuit: Any, p: Any) -> str:
    name, current, rule = f"{p.source}_to_{p.target}", f"I_{p.current_name}_post", p.plasticity
    connect = f"{name}.connect(p={p.probability!r})"
    if rule is None:
        return (f'{name} = Synapses({p.source}, {p.target}, on_pre="{current} += {p.weight!r}/{p.tau!r}", dt=DT*ms)\n'
                f"{connect}")
    highest = f", -1e300, {rule.highest!r})"
    both = 2.0 * rule.target_hz / 1000.0
    return "\n".join([
        f'{name} = Synapses({p.source}, {p.target}, "J : 1", dt=DT*ms, on_pre="""',
        f"{current} += J/{p.tau!r}",
        f"J = clip(J - {rule.eps!r}*(trace_post - {both!r}){highest}",
        f'""", on_post="J = clip(J - {rule.eps!r}*trace_pre{highest}")', connect, f"{name}.J = {p.weight!r}"])


def _run(circuit: Any, projections: list[Any], rates: Mapping[str, float], start: float) -> str:
    filled = [population.name for population in circuit.populations if population.size]
    objects = [*filled, *(source.name for source in circuit.sources if source.size),
               *(f"{p.source}_to_{p.target}" for p in projections), *(f"spikes_{name}" for name in filled)]
    lines = [f"spikes_{name} = SpikeMonitor({name})" for name in filled]
    lines += [f"Network({', '.join(objects)}).run(STEPS*DT*ms)"]
    for name in filled:
        page = f", on the page {rates[name]:.4g} Hz" if name in rates else ""
        lines += [f"late = np.count_nonzero(spikes_{name}.t/ms >= {start!r})",
                  f'print(f"{name}: {{1000*late/len({name})/(STEPS*DT - {start!r}):.4g}} Hz{page}")']
    return "\n".join(lines)
