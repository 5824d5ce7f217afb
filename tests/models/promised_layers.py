"""What the pages of single layers of weights promise."""

from __future__ import annotations

import numpy as np

from ncm_app.models.learning._decoding_plots import pair_of
from ncm_app.models.learning.perceptron import task
from ncm_app.numerics.learning.discriminant import by_fisher, by_means, moments
from ncm_app.studies.plots import run_or_perform
from tests.models.promises import Promise, measured, theory


def learned(snapshot):
    return measured(snapshot, "guessed right")


def tested(snapshot):
    return measured(snapshot, "guessed right in the test")


def bound(snapshot):
    """Return 2 over the largest eigenvalue of X^T X / m."""
    X = task(snapshot.p, snapshot.model.own_data(snapshot.p)).samples.X.astype(float)
    return 2.0 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]


def losses(snapshot):
    return run_or_perform(snapshot).course[1]


def saturated(snapshot):
    return run_or_perform(snapshot).saturated


def safe(snapshot):
    """Tell whether no update raises the loss just below the largest safe rate, though it does far above."""
    limit = run_or_perform(snapshot).bounds.safe
    fine, high = (losses(snapshot.model(**{**snapshot.values_by_name, "eps": rate}).snapshot())
                  for rate in (0.99 * limit, 40.0 * limit))
    return np.all(np.diff(fine) <= 1e-6) and np.any(np.diff(high) > 0.0)


def lines(snapshot):
    """Return the directions of the lines across the means and of Fisher's, for the two neurons."""
    pair = pair_of(run_or_perform(snapshot), snapshot.p)
    found = moments(pair.X[:, pair.which], pair.labels)
    return [one.w / np.linalg.norm(one.w) for one in (by_means(found), by_fisher(found))]


def alike(snapshot):
    """Return the cosine between the two lines."""
    return float(np.dot(*lines(snapshot)))


PROMISES = (
    Promise("decoding", "In Ex 4.3.1, lower N", {
        "97.8 and then 64.5 %": lambda q: (tested(q()), tested(q(N=8)))}),
    Promise("decoding", "In Ex 4.3.1, delta rule, raise eps", {
        "outputs saturate": lambda q: saturated(q(eps=1.0)) > 0.9 > saturated(q(eps=0.01)),
        "nothing is learned": lambda q: tested(q(eps=1.0)) < 100.0 / 12.0 + 5.0}),
    Promise("decoding", "In A shared gain, lower sigma_g", {
        "no longer correlated": lambda q: theory(q(sigma_g=0.0), "noise correlation at 120°") == 0.0,
        "the lines are nearly one": lambda q: alike(q(sigma_g=0.0)) > 0.98 > 0.9 > alike(q(sigma_g=0.6))}),
    Promise("decoding", "Open the book's counts", {"98 or more of 100": None, "112": None}),
    Promise("decoding", "The exercise has no solution", {
        "98 to 100 of the 100": None, "79 to 99": None, "78 and 66 %": None, "81": None, "84": None}),
    Promise("perceptron", "Each update moves", {"2 / λ": lambda q: safe(q())}, preset="Ex 4.3.2"),
    Promise("perceptron", "Inputs from 0 to 255", {
        "Inputs from 0 to 255": lambda q: np.ptp(task(q().p, q().model.own_data(q().p)).samples.X) == 255.0,
        "saturate": lambda q: saturated(q()) > 0.9}),
    Promise("perceptron", "With outputs W x and a rate", {
        "above 2 / λ": lambda q: q().p.eps > bound(q()),
        "grows with each update": lambda q: np.all(np.diff(losses(q())) > 0.0)}, preset="A rate too high"),
    Promise("perceptron", "In Draft Fig 4.3, choose units", {
        "units 0 to 1": lambda q: np.ptp(task(q(units="0 to 1").p, q().model.own_data(q().p)).samples.X) == 1.0,
        "93 %": lambda q: learned(q(units="0 to 1", eps=1.0)),
        "outputs are in reach of the gradient": lambda q: saturated(q(units="0 to 1", eps=1.0)) < 0.1}),
    Promise("perceptron", "In A rate too high, lower eps", {
        "2 / λ = 0.0631": lambda q: (2.0, bound(q())),
        "the loss falls": lambda q: np.all(np.diff(losses(q(eps=0.06))) < 0.0)}),
    Promise("perceptron", "In Few samples, raise m", {
        "72, 91 and 95.5 %": lambda q: (tested(q(m=20)), tested(q(m=100)), tested(q(m=1000)))}),
    Promise("perceptron", "The draft's figure learns", {
        "31 %": None, "90 % (79 % of the test)": None, "28 x 28 pixels": None,
        "8 x 8": lambda q: q().model.own_data(q().p).picture}),
)
