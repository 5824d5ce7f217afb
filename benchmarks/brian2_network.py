"""The recurrent network of section 3.2 in Brian2's C++ standalone mode, run in an environment of its own.

`python brian2_network.py FOLDER SPEC` prints a line of JSON: seconds to build, the seconds that each run of the
loop took, and the rates in Hz. SPEC is JSON with sizes, probability, weights, time constants, r_x and t_end.
"""

import json
import sys
import time

CELL = """
dV/dt = (-(V - E_L) + D*exp((V - V_T)/D) + I_x + I_e + I_i)/(tau_m*ms) : 1
dI_x/dt = -I_x/(tau_x*ms) : 1
dI_e/dt = -I_e/(tau_e*ms) : 1
dI_i/dt = -I_i/(tau_i*ms) : 1
"""


def main(folder: str, spec: dict, repeats: int = 5) -> None:
    import brian2 as b2  # of that environment; nothing else here needs it

    b2.set_device("cpp_standalone", directory=folder, build_on_run=True)
    b2.defaultclock.dt = 0.1 * b2.ms
    constants = {**spec["cell"], **{f"tau_{name}": tau for name, tau in spec["taus"].items()}}
    parts = {"x": b2.PoissonGroup(spec["sizes"]["x"], spec["r_x"] * b2.Hz)}
    for name in "ei":
        parts[name] = b2.NeuronGroup(spec["sizes"][name], CELL, threshold="V >= V_th", reset="V = V_re",
                                     method="euler", namespace=constants)
        parts[name].V = "E_L + (V_T - E_L)*rand()"
    synapses = []
    for (target, source), weight in spec["weights"].items():
        made = b2.Synapses(parts[source], parts[target], on_pre=f"I_{source}_post += {weight / spec['taus'][source]}")
        made.connect(p=spec["p"])
        synapses.append(made)
    monitors = {name: b2.SpikeMonitor(parts[name]) for name in "ei"}
    begun = time.time()
    b2.Network(*parts.values(), *synapses, *monitors.values()).run(spec["t_end"] * b2.ms)
    built, loops = time.time() - begun, []
    for _ in range(repeats):
        b2.device.run(directory=folder, with_output=False, run_args=[])
        loops.append(float(b2.device._last_run_time))
    rates = {name: 1000.0 * int(monitor.num_spikes) / spec["sizes"][name] / spec["t_end"]
             for name, monitor in monitors.items()}
    print(json.dumps({"build": built, "loops": loops, "rates": rates}))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
