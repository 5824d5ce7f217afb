"""Two-parameter diagrams of the models: explicit parametrisations and 60-digit solutions.

The 60-digit rows solve the defining equations of each point (two zero eigenvalues, a
vanishing quadratic or Lyapunov coefficient) by Newton's method in multiple precision.
"""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.core.catalogue import models
from ncm_app.numerics.branches.continuation import bifurcation_diagram
from ncm_app.numerics.results import Status
from ncm_app.studies.systems import system_of
from tests.numerics.loci_cases import curves, distance, loci_of, loci_of_model, places

pytestmark = pytest.mark.sweep

POINTS = [
    ("wilson_cowan", "Hoppensteadt-Izhikevich", "P", "Q", {
        "CP": [(-3.00200668943, -5.29066809944), (3.00200668943, -6.70933190056)],
        "GH": [(-4.93419969356, -9.75474867922), (4.93419969356, -2.24525132078)],
        "BT": [(-5.90859523398, -10.5544370724), (-3.17843870648, -5.7082877935),
               (3.17843870648, -6.2917122065), (5.90859523398, -1.44556292764)]}),
    ("wilson_cowan", "1972 Fig 11", "P", "Q", {
        "CP": [(1.15236481097, 0.508238973744), (3.87811960154, 0.299394887165)],
        "BT": [(-1.57831588171, -4.09191096856), (0.960041034228, 0.102663366703)],
        "GH": [(0.224589092225, -1.90282248608)]}),
    ("wilson_cowan", "Neuromatch", "P", "w_ee", {"CP": [(0.835205340785, 6.52078676105)], "BT": [], "GH": []}),
    ("morris_lecar", "Hopf", "I", "g_Ca", {
        "CP": [(107.066550916, 4.96660211276)], "BT": [],
        "GH": [(167.662281072, 2.37374183889), (266.494212054, 3.3530891204)]}),
    ("morris_lecar", "Hopf", "I", "V_3", {
        "CP": [(92.1052300827, 6.41820802838)], "BT": [(48.225938869, 21.7341433499)], "GH": []}),
    ("morris_lecar", "Hopf", "I", "phi", {
        "CP": [], "BT": [], "GH": [(124.470635835, 0.306345031785), (165.685588717, 0.253856314968)]}),
    ("morris_lecar", "SNIC", "I", "phi", {
        "CP": [], "BT": [(-9.94903932262, 0.390961956183), (39.9631530927, 0.0118103680496)],
        "GH": [(-6.5477807765, 0.377721229763)]}),
    ("morris_lecar", "SNIC", "I", "g_Ca", {
        "CP": [(55.0749164249, 2.4466186217)], "BT": [(54.7521202809, 2.46303461586)],
        "GH": [(59.7472744062, 2.22761928941), (147.699403767, 2.47364680502)]}),
    ("hodgkin_huxley", "book", "I_app", "g_K", {
        "CP": [(-1.04910471391, 10.8509414149)], "BT": [(-4.07153702868, 2.63162617537)],
        "GH": [(49.4413027437, 8.74523084333), (60.5667089152, 53.407760297)], "ZH": [], "HH": []}),
    ("hodgkin_huxley", "book", "I_app", "E_K", {
        "CP": [(-6.04634835691, -60.5205202395)], "BT": [], "GH": [], "ZH": [], "HH": []}),
]
TOLERANCE = {"CP": 1e-8, "BT": 1e-8, "GH": 2e-6, "ZH": 1e-8, "HH": 1e-8}


@pytest.mark.parametrize(("slug", "preset", "first", "second", "expected"), POINTS)
def test_points_agree_with_60_digits(slug, preset, first, second, expected):
    loci = loci_of_model(slug, preset, first, second)
    for code, rows in expected.items():
        assert places(loci, code) == [pytest.approx(row, rel=TOLERANCE[code]) for row in rows], code
    assert loci.status is Status.OK
    assert len(loci.points) == sum(map(len, expected.values()))


@pytest.mark.parametrize(("slug", "preset", "first", "second", "expected"), POINTS)
def test_curves_are_fixed_points_with_critical_eigenvalues(slug, preset, first, second, expected):
    """On LP an eigenvalue is 0, on H a pair +-i w, at every row and for the model's own right-hand side."""
    model = models()[slug]
    p = model(**model.preset_values(preset)).snapshot().steady.p
    spans = np.array([high - low for low, high in system_of(model).spans])
    for locus in loci_of_model(slug, preset, first, second).loci:
        for k in range(0, len(locus.first), 7):
            here = p._replace(**{first: locus.first[k], second: locus.second[k]})
            y, h = locus.states[:, k], 1e-5 * spans
            rates = np.array(model.rhs(0.0, tuple(y), here))
            slopes = np.array([(np.array(model.rhs(0.0, tuple(y + h * e), here))
                                - np.array(model.rhs(0.0, tuple(y - h * e), here))) / (2.0 * h @ e)
                               for e in np.eye(len(y))]).T
            values = np.linalg.eigvals(slopes)
            size = np.max(np.abs(values)) + np.max(np.abs(slopes))
            assert np.max(np.abs(rates / spans)) < 1e-9 * size
            target = 0.0 if locus.code == "LP" else 2j * np.pi * locus.frequency[k]
            # Near a double zero eigenvalues are as wrong as the root of the differences.
            assert np.min(np.abs(values - target)) < 1e-4 * size


def test_bogdanov_takens_points_of_hoppensteadt_and_izhikevich_are_explicit():
    """With a = E(1-E), c = I(1-I): the trace vanishes at c = 1 - 5 a, the determinant at 600 a^2 - 120 a + 1 = 0."""
    a = (120.0 + np.sqrt(12000.0)) / 1200.0
    c = 1.0 - 5.0 * a
    expected = []
    for E in (0.5 - np.sqrt(0.25 - a), 0.5 + np.sqrt(0.25 - a)):
        for I in (0.5 - np.sqrt(0.25 - c), 0.5 + np.sqrt(0.25 - c)):  # noqa: E741
            expected.append((np.log(E / (1 - E)) - 10 * E + 10 * I, np.log(I / (1 - I)) - 10 * E - 2 * I))
    inside = [pytest.approx(pair, rel=1e-9) for pair in sorted(expected) if abs(pair[0]) < 6]
    assert places(loci_of_model("wilson_cowan", "Hoppensteadt-Izhikevich", "P", "Q"), "BT") == inside
    assert len(inside) == 4


def test_symmetry_of_hoppensteadt_and_izhikevich_maps_the_curves_onto_themselves():
    """(E, I, P, Q) -> (1 - E, 1 - I, -P, -12 - Q), wherever the image lies in the range."""
    loci = loci_of_model("wilson_cowan", "Hoppensteadt-Izhikevich", "P", "Q")
    scale, checked = np.array([1.05, 1.05, 16.0, 24.0]), 0
    for locus in loci.loci:
        for row in np.vstack([locus.states, locus.first, locus.second]).T:
            image = np.array([1.0, 1.0, 0.0, -12.0]) - row
            if -6.0 <= image[2] <= 10.0 and -14.0 <= image[3] <= 10.0:
                checked += 1
                # Chords cut bends by up to 0.002.
                assert min(distance(other, image, scale) for other in curves(loci, locus.code)) < 3e-3
    assert checked > 150


def test_number_of_curves_of_hoppensteadt_and_izhikevich():
    """det J = 0 at c = (10 a - 1)/(120 a - 2): one fold curve at low I and one at high I; Hopf from BT to BT."""
    loci = loci_of_model("wilson_cowan", "Hoppensteadt-Izhikevich", "P", "Q")
    assert sorted(locus.states[1].mean() > 0.5 for locus in curves(loci, "LP")) == [False, True]
    assert [locus.ends for locus in curves(loci, "H")] == [(Status.TAKENS, Status.TAKENS)] * 2
    for locus in curves(loci, "LP"):
        a, c = (x * (1.0 - x) for x in locus.states)
        np.testing.assert_allclose(c, (10.0 * a - 1.0) / (120.0 * a - 2.0), atol=1e-9)
    for locus in curves(loci, "H"):
        a, c = (x * (1.0 - x) for x in locus.states)
        np.testing.assert_allclose(c, 1.0 - 5.0 * a, atol=1e-9)


def test_jansen_rit_curves_follow_the_closed_forms():
    """Folds where dp/dy = 0 for p(y) in closed form, Hopf points where the characteristic polynomial has i w."""
    loci = loci_of("jansen-rit")

    def sigmoid(v):
        s = 1.0 / (1.0 + np.exp(0.56 * (6.0 - v)))
        return 5.0 * s, 5.0 * 0.56 * s * (1.0 - s)

    for locus in loci.loci:
        y = locus.states[1] - locus.states[2]
        s, ds = sigmoid(y)
        s3, ds3 = sigmoid(33.75 * 0.0325 * s)
        s1, ds1 = sigmoid(135.0 * 0.0325 * s)
        B = locus.second
        np.testing.assert_allclose(locus.first, (y + B / 50.0 * 33.75 * s3) / 0.0325 - 108.0 * s1, atol=1e-6)
        loop_e = 325.0**2 * 135.0 * 108.0 * ds * ds1
        loop_i = 325.0 * B * 50.0 * 33.75**2 * ds * ds3
        z = 2j * np.pi * locus.frequency if locus.code == "H" else np.zeros(len(y))
        polynomial = (z + 100.0) ** 4 * (z + 50.0) ** 2 - loop_e * (z + 50.0) ** 2 + loop_i * (z + 100.0) ** 2
        np.testing.assert_allclose(np.abs(polynomial) / 100.0**6, 0.0, atol=1e-8)
    assert places(loci, "GH") == [pytest.approx((59.02013018723, 22.92470745925), rel=2e-6)]
    assert [q.code for q in loci.points] == ["GH"]


@pytest.mark.parametrize(("slug", "preset", "first", "second"), [
    ("wilson_cowan", "1972 Fig 11", "P", "Q"), ("morris_lecar", "SNIC", "I", "g_Ca"),
    ("hodgkin_huxley", "book", "I_app", "g_K")])
def test_no_curve_is_missing_on_lines_across_the_plane(slug, preset, first, second):
    """Folds and Hopf points of one-parameter diagrams at other values lie on the curves, and once each."""
    model, loci = models()[slug], loci_of_model(slug, preset, first, second)
    snapshot = model(**model.preset_values(preset)).snapshot().steady
    system, checked = system_of(model), 0
    scale = np.array([high - low for low, high in (*system.spans, model.control(first).bounds,
                                                   model.control(second).bounds)])
    for moved, held, share in ((first, second, 0.31), (second, first, 0.58)):
        low, high = model.control(held).bounds
        line = {held: low + share * (high - low)}
        diagram = bifurcation_diagram(system, snapshot.p._replace(**line), moved, *model.control(moved).bounds)
        for point in diagram.points:
            if point.code in ("LP", "H"):
                values = {**line, **point.parameters}
                place = np.array([*point.state, values[first], values[second]])
                near = sum(distance(locus, place, scale) < 3e-3 for locus in curves(loci, point.code))
                assert near == 1, (point.code, values)
                checked += 1
    assert checked >= 2
