"""What the pages of two formulations, and of binary units, tell a reader to try and to look for is so."""

from __future__ import annotations

import numpy as np

from ncm_app.core.catalogue import find
from ncm_app.models.networks._binary_updates import fixed_points as binary_states
from ncm_app.models.networks._binary_updates import slope, transition
from ncm_app.models.rates._rate_formulations_plots import rates as second_rates
from ncm_app.numerics.spikes.crossings import upward_crossings
from ncm_app.studies.plots import measures, perform
from tests.models.promised_populations import rise_to
from tests.models.promises import Promise, course, measured, rests, run, special, theory


def error_of(snapshot):
    """Return the standard error of the activity of binary units."""
    return next(m.error for m in measures(snapshot) if m.name == "activity")


def silent_fold(p):
    """Return the input at which the silent state of binary units meets its fold."""
    mu, _, stable = transition(p)
    return float(mu[np.argmin(stable)])


SWINGS = ("swing of r_e, Eq. 3.11", "swing of r_e, Eq. 3.12")
EI = find("ei_rate_network")


def jump(q):
    """Return by how much f(I + X) of e changes within a step of the run, when its input does, Hz."""
    t, f_e = both_rates(q())[::2]
    i = np.searchsorted(t, q().p.t_1 - 1e-9)
    return f_e[i] - f_e[i - 1]


def both_rates(snapshot):
    """Return the times of a run, r_e, and the rate of e in the other formulation, Hz."""
    found = run(snapshot)
    return found.t, 1000.0 * found.y[0], 1000.0 * second_rates(found, snapshot.p)[0]


def turns_of_both(snapshot):
    """Return the periods of both formulations, ms."""
    t, *rates = both_rates(snapshot)
    return [float(np.diff(upward_crossings(t, r, 5.6))[-1]) for r in rates]


def off_W_r(snapshot):
    """Return how far I_e is from W r over time, mV."""
    p, y = snapshot.p, run(snapshot).y
    return np.abs(y[2] - p.w_ee * y[0] - p.w_ei * y[1])


PROMISES = (
    Promise("rate_formulations", "10 mV more", {
        "10 mV more": lambda q: q().p.step_e,
        "jumps by 36 Hz": jump,
        "r_e takes time": lambda q: rise_to(q(), 0.5, 0) > 1.0,
        "both end alike": lambda q: measured(q(), "apart in the end") < 1e-3}),
    Promise("rate_formulations", "Slow inhibition", {
        "22.6 ms, the other 15.1 ms": lambda q: turns_of_both(q(t_end=1500.0))}),
    Promise("rate_formulations", "A sine of 20 Hz", {
        "A sine of 20 Hz": lambda q: q().p.f_x,
        "2.7 times": lambda q: measured(q(), SWINGS[1]) / measured(q(), SWINGS[0])}),
    Promise("rate_formulations", "Fixed points are the same", {
        "G^-1 (G W) G": None,
        "whatever tau_e": lambda q: all(len({complex(np.round(z, 6)) for z in rests(q("Step", tau_e=t))[0].eigenvalues})
                                        == 2 for t in (8.0, 30.0, 90.0))}),
    Promise("rate_formulations", "In Step", {"the jump is 3.6 Hz": lambda q: jump(lambda: q(step_e=1.0))}),
    Promise("rate_formulations", "In Fig 3.4 C,D", {
        "below 28.6 ms": lambda q: (special(EI(**EI.preset_values("Fig 3.4 C,D")).snapshot(), "tau_i", "H")[0]
                                    if q(tau_i=28.0).p.tau_i == 28 else 0),
        "both come to rest": lambda q: np.ptp(course(q(tau_i=24.0, t_end=600.0), 2, 500.0)[1]) < 1e-3}),
    Promise("rate_formulations", "In One time constant", {
        "once the start is forgotten": lambda q: off_W_r(q(I_e_0=0.0))[0] > 10 > 1e-6 > off_W_r(q(I_e_0=0.0))[-1]}),
    Promise("rate_formulations", "In Sine", {
        "by 0.53 Hz": lambda q: measured(q(f_x=100.0), SWINGS[0]),
        "by 6.6 Hz": lambda q: measured(q(f_x=100.0), SWINGS[1])}),
    Promise("rate_formulations", "The draft has only", {"heading of B.7": None, "(2012)": None}),
    Promise("binary_network", "No mean weight", {
        "strays about 0.06": lambda q: theory(q(), "activity"),
        "of 200 inputs": lambda q: q().p.N}),
    Promise("binary_network", "Of 2000 units", {
        "2000 units": lambda q: q().p.N,
        "strays less": lambda q: error_of(q()) < error_of(q("Later Fig B.8")) / 2}),
    Promise("binary_network", "Strong mean weights", {
        "stay silent": lambda q: measured(q(), "activity") < 0.02,
        "active state is there": lambda q: binary_states(q().p)[-1] > 0.9}),
    Promise("binary_network", "Each unit keeps", {
        "some are on for good": lambda q: np.mean(perform(q()).on == 1.0) > 0.05,
        "seeds differ more": lambda q: error_of(q()) > 1.3 * error_of(q(noise="drawn at each update"))}),
    Promise("binary_network", "Inputs are nearly", {
        "is less steep there": lambda q: [slope(r, q("Two states").p) < 1 for r in binary_states(q("Two states").p)] ==
            [True, False, True]}),
    Promise("binary_network", "In Later Fig B.8", {
        "to a quarter": lambda q: 3.5 < error_of(q()) / error_of(q(N=3000)) < 4.5}),
    Promise("binary_network", "In Two states, raise r(0)", {"at 0.95": lambda q: measured(q(r_0=0.6), "activity")}),
    Promise("binary_network", "In Two states, raise mu_X", {
        "its saddle-node at 0.263": lambda q: silent_fold(q().p),
        "the silent state has met": lambda q: measured(q(mu_X=0.3), "activity") > 0.9}),
    Promise("binary_network", "In Inhibition", {
        "from 0.27 to 0.42": lambda q: (measured(q(), "activity"), measured(q(mu_X=3.0), "activity")),
        "to 0.97 as it would": lambda q: theory(q(mu_X=3.0, mu_W=0.0, sigma_W=0.0, sigma_X=1.06), "activity")}),
    Promise("binary_network", "The draft has only", {
        "200 units": lambda q: q().p.N,
        "0.0591 ± 0.0028": None,
        "gives 0.0548": lambda q: binary_states(q(sigma_W=0.0).p)[0],
        "is 0.0601": lambda q: binary_states(q().p)[0]}),
)
