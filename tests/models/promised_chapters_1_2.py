"""What the pages of chapters 1 and 2 promise."""

from __future__ import annotations

import numpy as np

from ncm_app.models.trains.poisson_process import WAYS
from ncm_app.numerics.spikes.trains import successive_intervals
from ncm_app.studies.plots import drawn_columns, measures, run_or_perform
from ncm_app.studies.simulate import observe, solution
from tests.models.promises import (
    Promise,
    course,
    end,
    interval,
    kinds,
    measured,
    rate,
    rests,
    run,
    sentence,
    spikes,
    stepped_interval,
    swing,
    theory,
)


def successive(snapshot):
    """Return each interval of a recording and the next one of its trial, ms."""
    return successive_intervals(run_or_perform(snapshot).trains)


def rows_fade_alike(snapshot):
    """Tell whether the next interval is as often short after short intervals, middling ones and long ones.

    Of independent intervals the share below the median scatters around a half by its standard error.
    """
    now, following = successive(snapshot)
    short = following < np.median(following)
    thirds = np.array_split(short[np.argsort(now)], 3)
    return all(abs(third.mean() - 0.5) < 3.0 * 0.5 / np.sqrt(len(third)) for third in thirds)


def short_at(snapshot, time):
    """Return how far V is from where its input pulls it just before a time, mV."""
    t, V = course(snapshot)
    here = np.searchsorted(t, time) - 1
    return abs(V[here] - snapshot.p.E_L - observe(snapshot, run(snapshot))[0][here])


def largest_miss(snapshot):
    """Return how far V is from the level of the noise at the end of each hold, in SDs of the noise."""
    t, V = course(snapshot)
    last = np.rint(np.arange(snapshot.p.h_x, t[-1], snapshot.p.h_x) / snapshot.dt).astype(int) - 1
    return np.mean(np.abs(V - snapshot.p.E_L - observe(snapshot, run(snapshot))[0])[last]) / snapshot.p.sigma_x


def widens(snapshot):
    """Tell whether each step of a run goes further than the one before, to the other side."""
    steps = np.diff(course(snapshot)[1])
    return bool(np.all(steps[1:] * steps[:-1] < 0) and np.all(np.abs(steps[1:]) > np.abs(steps[:-1])))


def exact_settles(snapshot):
    exact = solution(snapshot, "exact")[0]
    return bool(np.all(np.diff(np.abs(exact - exact[-1])) <= 1e-12))


def silent_between_fixed_points(q, I_0):
    return len(spikes(q(I_0=I_0, t_end=3000.0))) == 0


def distance(q, I_0):
    one, other = (float(point.state[0]) for point in rests(q(I_0=I_0)))
    return other - one


def rise(snapshot, start=0.0, stop=np.inf, solved=None):
    """Return the highest V above rest between two times, mV."""
    found = run(snapshot)
    V = found.y[0] if solved is None else solution(snapshot, solved)[0]
    inside = (found.t >= start) & (found.t <= stop)
    return float(V[inside].max() - snapshot.p.E_L)


def peak_delay(snapshot, spike, stop):
    t = np.linspace(spike, stop, 20001)
    V = snapshot.model.solutions["exact"](t, snapshot.p)[0]
    return float(t[np.argmax(V)] - spike)


def told_apart(q, other):
    return measured(q(theta_2=other), "told apart")


def spread(snapshot):
    return float(np.std(run_or_perform(snapshot).variations))


def contains(one, other):
    """Tell whether all spikes of one sample are among those of another."""
    times = [np.round(run_or_perform(sample).trains.times, 9) for sample in (one, other)]
    return bool(np.isin(*times).all())


def fitted(snapshot):
    """Return the threshold of the fit as the plot of the f-I curve says it, mV."""
    drawn = [drawn_columns(snapshot, index) for index in range(len(snapshot.model.plots))]
    texts = " ".join(
        text
        for one in drawn
        for columns in one.values()
        for column in columns
        if isinstance(column, list)
        for text in column
    )
    return float(texts.partition("θ = ")[2].split()[0])


def theory_spread(snapshot, name):
    return next(found.spread for found in measures(snapshot) if found.name == name)


LONG = 40.0
CLOSER = (20.0, 120.0, 125.0, 130.0, 135.0)

PROMISES = (
    Promise("leaky_integrator", "In Fig 1.1 C,D, raise tau_m", {
        "still 0.5 mV short": lambda q: short_at(q(tau_m=100.0), 400.0)}),
    Promise("leaky_integrator", "In Sine, raise f_x", {
        "from 2.9 to 1.0 mV": lambda q: (swing(q(), after=300.0), swing(q(f_x=40.0), after=300.0))}),
    Promise("leaky_integrator", "In Noise, set h_x", {
        "close to every level": lambda q: largest_miss(q(h_x=50.0)) < 0.1 < 0.5 < largest_miss(q())}),
    Promise("leaky_integrator", "Set dt to 40 ms", {
        "more than 2 tau_m": lambda q: q(dt=LONG).dt > 2 * q().p.tau_m,
        "swing ever wider": lambda q: widens(q(dt=LONG)),
        "the exact curve does not": lambda q: exact_settles(q(dt=LONG))}),
    Promise("leaky_integrator", "A constant input pulls", {
        "63 % of the way": lambda q: (100 * (1 - np.exp(-1.0)) if rests(q())[0].state[0] == q().p.E_L + q().p.I_0 else
            0)}),
    Promise("leaky_integrator", "A sine of 10 Hz", {
        "2.9 of 4 mV": lambda q: (swing(q(f_x=10.0), after=300.0), q().p.I_1),
        "an eighth of a cycle late": lambda q: (abs(np.arctan(2e-3 * np.pi * 10 * q().p.tau_m) / (2 * np.pi) - 0.125) <
            0.01)}),
    Promise("eif", "In Fig 1.3 A, raise I_0 slowly", {
        "the two fixed points meet at V_T": lambda q: (distance(q, 5.0) > distance(q, 14.99) and kinds(q(I_0=15.0)) ==
            ("semi-stable",) and abs(rests(q(I_0=15.0))[0].state[0] - q().p.V_T) < 1e-3)}),
    Promise("eif", "In Ex 1.2.1 above, lower I_0", {
        "from 96 to 304 ms": lambda q: (interval(q()), interval(q(I_0=15.1)))}),
    Promise("eif", "In Fig 1.3 A, start at V(0)", {
        "just above the unstable point": lambda q: -1 < rests(q())[1].state[0] - q(V_0=-50.0).start[0] < 0,
        "one spike, then rest": lambda q: (len(spikes(q(V_0=-50.0))) == 1 and abs(end(q(V_0=-50.0)) -
            rests(q())[0].state[0]) < 1e-3)}),
    Promise("eif", "In Ex 1.2.2, set dt", {
        "every spike comes late": lambda q: stepped_interval(q(dt=1.0)) > interval(q()),
        "the rate falls": lambda q: stepped_interval(q(dt=1.0)) > stepped_interval(q(dt=0.1))}),
    Promise("eif", "A weak pulse only charges", {"three times": lambda q: len(spikes(q())) == 3}),
    Promise("eif", "1 mV below I_th", {
        "1 mV below I_th": lambda q: q().p.V_T - q().p.E_L - q().p.D - q().p.I_0,
        "V_T - E_L - D = 15 mV": lambda q: q().p.V_T - q().p.E_L - q().p.D,
        "two fixed points, no spike": lambda q: len(rests(q())) == 2 and silent_between_fixed_points(q,
            14.0)}, preset="Ex 1.2.1 below"),
    Promise("eif", "1 mV above I_th", {
        "1 mV above": lambda q: q().p.I_0 - q().p.V_T + q().p.E_L + q().p.D}, preset="Ex 1.2.1 above"),
    Promise("eif", "One point of the f-I curve", {"18.87 Hz": lambda q: rate(q())}, preset="Ex 1.2.2"),
    Promise("synapses", "Click on the excitatory row at 220 ms", {
        "1.18 mV above rest": lambda q: rise(q(s_e=(20.0, 200.0, 210.0, 220.0)), 200.0)}),
    Promise("synapses", "In Temporal summation, click", {
        "5 ms apart": lambda q: np.unique(np.diff(q(s_e=CLOSER).p.s_e[1:])),
        "V rises by 1.87 mV": lambda q: rise(q(s_e=CLOSER))}),
    Promise("synapses", "In Fig 1.4, lower tau_m", {
        "the value of tau_e": lambda q: q(tau_m=5.0).p.tau_e == 5.0,
        "lifts V by 0.88 mV": lambda q: rise(q(tau_m=5.0), 0.0, 90.0, "exact"),
        "after 5.0 ms": lambda q: peak_delay(q(tau_m=5.0), 20.0, 40.0)}),
    Promise("synapses", "In Fig 1.4, set dt to 1 ms", {
        "0.646 mV": lambda q: measured(q(dt=1.0), "EPSP"),
        "0.600 mV": lambda q: rise(q(dt=0.01), 0.0, 90.0, "exact")}),
    Promise("synapses", "Four spikes in 30 ms", {
        "in 30 ms": lambda q: np.ptp(q().p.s_e[1:]),
        "about twice as far": lambda q: 1.9 < measured(q(), "EPSP of 4 spikes") / measured(q(), "EPSP") <
            2.2}, preset="Temporal summation"),
    Promise("spike_trains", "In Fig 2.2, Ex 2.1.2, raise sigma", {
        "28.5 Hz end at 16.3": lambda q: (measured(q(), "highest smoothed rate"), measured(q(sigma=100.0),
            "highest smoothed rate"))}),
    Promise("spike_trains", "In Fig 2.2, Ex 2.1.2, compare the rows", {
        "all fade alike": lambda q: rows_fade_alike(q()),
        "hardly anything of the next one": lambda q: abs(np.corrcoef(*successive(q()))[0, 1]) < 0.05}),
    Promise("spike_trains", "In Fig 2.3, click at 300 deg", {
        "the opposite direction": lambda q: q(theta_1=120.0).values_by_name["theta_1"] + 180.0 == 300.0,
        "53 %": lambda q: told_apart(q, 300.0),
        "99 %": lambda q: told_apart(q, 180.0)}),
    Promise("spike_trains", "One cell for 5 s", {"5 s": lambda q: run_or_perform(q()).duration / 1000.0}),
    Promise("spike_trains", "The same stimulus 200 times", {
        "200 times": lambda q: run_or_perform(q()).trains.count}, preset="Fig 2.2, Ex 2.1.2"),
    Promise("spike_trains", "Counts at 12 orientations", {
        "12 orientations": lambda q: len(np.unique(run_or_perform(q()).stimuli))}, preset="Fig 2.3"),
    Promise("poisson_process", "In Fig 2.4 B, drag r_0", {
        "new spikes join the old ones": lambda q: contains(q(r_0=15.0), q(r_0=30.0)),
        "The seed draws all anew": lambda q: not contains(q(seed=11), q())}),
    Promise("poisson_process", "In Ex 2.2.1, 5 s, click at 100 s", {
        "click at 100 s": lambda q: q(t_end=100_000.0).t_end / 1000.0,
        "fourfold": lambda q: 3.0 < spread(q()) / spread(q(t_end=100_000.0)) < 6.5}),
    Promise("poisson_process", "In Fig 2.4 C,D, raise T_r", {
        "from 1.10 to 1.37": lambda q: (measured(q(), "CV"), measured(q(T_r=1000.0), "CV")),
        "the Fano factor stays": lambda q: (abs(measured(q(), "Fano factor") - measured(q(T_r=1000.0), "Fano factor")) <
            0.2)}),
    Promise("poisson_process", "In Bins too wide, choose Poisson counts", {
        "from 0.89 and 0.77 to 0.98 and 1.02": lambda q: [measured(s, name) for s in (q(), q(algorithm=WAYS[2])) for
            name in ("CV", "Fano factor")]}),
    Promise("poisson_process", "A hundred trials at 15 Hz", {"at 15 Hz": lambda q: q().p.r_0}, preset="Fig 2.4 B"),
    Promise("poisson_process", "A single trial at 15 Hz", {"at 15 Hz": lambda q: q().p.r_0}, preset="Fig 2.4 A"),
    *(Promise("poisson_process", f"{10 * T} spikes or so", {
        f"{10 * T} spikes": lambda q: q().p.r_0 * q().t_end / 1000.0,
        f"within {digits}": lambda q: theory_spread(q(),
            "CV")}, preset=f"Ex 2.2.1, {T} s") for T, digits in ((5, 0.13), (20, 0.07), (100, 0.03))),
    *(Promise("poisson_process", f"{N} counts tell", {
        f"{N} counts": lambda q: q().p.trials,
        f"within {digits}": lambda q: theory_spread(q(),
            "Fano factor")}, preset=f"Ex 2.2.2, {N} trials") for N, digits in ((10, 0.42), (100,
        0.14))),
    Promise("poisson_process", "One spike per bin at most", {
        "r dt = 0.2": lambda q: q().p.r_0 * q().p.dt / 1000.0}, preset="Bins too wide"),
    Promise("poisson_process", "Chance alone", {
        "CV and Fano factor are 1": lambda q: round(theory(q(t_end=100_000.0), "CV"), 2)}),
    Promise("eif_poisson", "In Fig 2.5, lower r_e", {
        "falls to 4 mV": lambda q: theory(q(r_e=5.0), "mean I"),
        "the run is silent": lambda q: len(spikes(q(r_e=5.0))) == 0}),
    Promise("eif_poisson", "In Fig 2.5, raise r_e to 11 Hz", {
        "drift-driven": lambda q: sentence(q(r_e=11.0)).startswith("Drift-driven"),
        "48 Hz": lambda q: measured(q(r_e=11.0), "rate"),
        "52.4 Hz": lambda q: float(sentence(q(r_e=11.0)).partition("fire at ")[2].split()[0])}),
    Promise("eif_poisson", "Freeze Fig 2.5", {
        "the same mean": lambda q: theory(q("Ex 2.3.2 j_e"), "mean I") == theory(q("Fig 2.5"), "mean I"),
        "10.1 instead of 7.76 mV": lambda q: (theory(q("Ex 2.3.2 j_e"), "SD of I"), theory(q("Fig 2.5"), "SD of I")),
        "from 9.5 to 8.4 mV": lambda q: (fitted(q("Fig 2.5")), fitted(q("Ex 2.3.2 j_e")))}),
    Promise("eif_poisson", "In Fig 2.5, raise tau_e", {
        "falls to 5.43": lambda q: theory(q(tau_e=20.0), "SD of I"),
        "rises to 11 mV": lambda q: fitted(q(tau_e=20.0))}),
    Promise("eif_poisson", "Fluctuation-driven", {
        "4.6 mV below threshold": lambda q: q().p.V_T - q().p.E_L - q().p.D - theory(q(),
            "mean I")}, preset="Fig 2.6 A"),
    Promise("eif_poisson", "One point of the f-I curve", {
        "5 s long": lambda q: q().t_end / 1000,
        "5 mV below I_th": lambda q: 15.0 - fitted(q())}, preset="Fig 2.6 C"),
    Promise("eif_poisson", "The weights of the book's text", {"15 mV ms": lambda q: q().p.j_e}, preset="Text of 2.3"),
    Promise("eif_poisson", "One trial of 100 ms", {
        "100 ms": lambda q: q().t_end,
        "400 of them": lambda q: 40_000 / q().t_end,
        "40 s": lambda q: 400 * q().t_end / 1000}, preset="Ex 2.3.1"),
    Promise("eif_poisson", "20 s give enough", {
        "20 s": lambda q: q().t_end / 1000,
        "0.8": lambda q: measured(q(), "CV")}, preset="Ex 2.3.3"),
)
