"""Two-parameter diagrams of normal forms and of systems with closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.branches.two_parameter import BENT, DEGENERATE, two_parameter_diagram
from ncm_app.numerics.results import Loci, Status
from tests.numerics.loci_cases import ANYHOW, CASES, KINKED_EI, curves, loci_of, places
from tests.numerics.systems import KINKED_FOLD, LORENZ, make_system, record

pytestmark = pytest.mark.sweep


def test_cusp_normal_form():
    """The folds of x' = a + b x - x^3 lie on 4 b^3 = 27 a^2 and meet at the origin."""
    loci = loci_of("cusp")
    (fold,) = curves(loci, "LP")
    assert len(loci.loci) == 1
    np.testing.assert_allclose(4.0 * fold.second**3, 27.0 * fold.first**2, atol=1e-8)
    assert sorted(fold.second[[0, -1]]) == pytest.approx([1.3, 1.3])
    assert np.ptp(np.sign(fold.first[[0, -1]])) == 2.0
    (cusp,) = loci.points
    assert (cusp.code, cusp.stable) == ("CP", True)
    assert places(loci, "CP") == [pytest.approx((0.0, 0.0), abs=1e-8)]
    assert loci.status is Status.OK


def test_bogdanov_takens_normal_form():
    """Folds on a = 0; Hopf points on a = -b^2 for b > 0 only: for b < 0 these are neutral saddles."""
    loci = loci_of("bogdanov-takens")
    (fold,), (hopf,) = curves(loci, "LP"), curves(loci, "H")
    assert [q.code for q in loci.points] == ["BT"]
    assert places(loci, "BT") == [pytest.approx((0.0, 0.0), abs=1e-8)]
    np.testing.assert_allclose(fold.first, 0.0, atol=1e-9)
    np.testing.assert_allclose(hopf.first, -hopf.second**2, atol=1e-8)
    assert hopf.second.min() == pytest.approx(0.0, abs=1e-8)
    assert hopf.second.max() == pytest.approx(1.0, abs=1e-8)
    assert Status.TAKENS in hopf.ends
    # At x = -sqrt(-a) the Jacobian ((0, 1), (2 x, 0)) has w^2 = -2 x.
    np.testing.assert_allclose((2.0 * np.pi * hopf.frequency) ** 2, 2.0 * np.abs(hopf.second), atol=1e-8)
    assert np.all(hopf.lyapunov[hopf.second > 1e-6] > 0.0)


def test_bogdanov_takens_point_belongs_to_both_curves():
    loci = loci_of("bogdanov-takens")
    (fold,), (hopf,) = curves(loci, "LP"), curves(loci, "H")
    assert fold.points[0] is hopf.points[0]
    assert fold.points[0].eigenvalues == pytest.approx([0.0, 0.0], abs=1e-5)


def test_bautin_normal_form():
    """r' = r (mu + beta r^2 - r^4): Hopf on mu = 0, of the sign of beta, which vanishes at GH."""
    loci = loci_of("bautin")
    (hopf,) = loci.loci
    np.testing.assert_allclose(hopf.first, 0.0, atol=1e-9)
    assert places(loci, "GH") == [pytest.approx((0.0, 0.0), abs=1e-8)]
    np.testing.assert_array_equal(np.sign(hopf.lyapunov), np.sign(np.round(hopf.second, 7)))
    assert hopf.frequency == pytest.approx(np.full(len(hopf.first), 1.0 / (2.0 * np.pi)), rel=1e-8)
    assert [q.frequency for q in loci.points] == [pytest.approx(1.0 / (2.0 * np.pi))]


def test_fold_hopf_normal_form():
    """w' = b + w^2 - r^2, r' = r (m + w): folds on b = 0, Hopf points on b = -m^2, ZH where they touch."""
    loci = loci_of("fold-hopf")
    (fold,), (hopf,) = curves(loci, "LP"), curves(loci, "H")
    np.testing.assert_allclose(fold.second, 0.0, atol=1e-9)
    np.testing.assert_allclose(hopf.second, -hopf.first**2, atol=1e-8)
    assert (hopf.first.min(), hopf.first.max()) == pytest.approx((-1.0, 1.0), abs=1e-8)
    (point,) = loci.points
    assert point.code == "ZH"
    assert places(loci, "ZH") == [pytest.approx((0.0, 0.0), abs=1e-8)]
    assert point.frequency == pytest.approx(1.5 / (2.0 * np.pi), rel=1e-8)
    assert fold.points == hopf.points


def test_double_hopf_normal_form():
    """Two rotations that do not feel each other linearly: Hopf points on m = 0 and on n = 0."""
    loci = loci_of("double hopf")
    assert [q.code for q in loci.points] == ["HH"]
    assert places(loci, "HH") == [pytest.approx((0.0, 0.0), abs=1e-8)]
    assert sorted(round(float(2.0 * np.pi * locus.frequency[0]), 8) for locus in curves(loci, "H")) == [1.0, 2.5]
    for locus in curves(loci, "H"):
        flat = locus.first if locus.frequency[0] < 0.3 else locus.second
        np.testing.assert_allclose(flat, 0.0, atol=1e-8)
        assert np.all(locus.lyapunov < 0.0)


def test_one_state_has_folds_and_cusps_only():
    """The exponential cell has its fold at I = V_T - E_L - D."""
    (fold,) = loci_of("eif").loci
    np.testing.assert_allclose(fold.first, 17.0 - fold.second, atol=1e-7)
    np.testing.assert_allclose(fold.states[0], -55.0, atol=1e-5)
    assert (fold.second.min(), fold.second.max()) == pytest.approx((0.5, 6.0))
    assert fold.points == ()


@pytest.mark.parametrize(("name", "phi"), [("fhn", 0.08), ("fast fhn", 0.5)])
def test_fitzhugh_nagumo_curves_are_explicit(name, phi):
    """Folds at 1 - v^2 = 1/b, Hopf points at 1 - v^2 = phi b, where I = (v + a)/b - v + v^3/3."""
    loci = loci_of(name)
    for locus in loci.loci:
        v, b = locus.states[0], locus.second
        np.testing.assert_allclose(locus.first, (v + 0.7) / b - v + v**3 / 3.0, atol=1e-8)
        np.testing.assert_allclose(1.0 - v**2, 1.0 / b if locus.code == "LP" else phi * b, atol=1e-8)
        if locus.code == "H":
            np.testing.assert_allclose((2.0 * np.pi * locus.frequency) ** 2, phi - (phi * b) ** 2, atol=1e-7)
    # Each of the two curves v = +-sqrt(1 - phi b) is walked once.
    assert sorted(np.sign(locus.states[0, 1]) for locus in curves(loci, "H")) == [-1.0, 1.0]
    assert len(curves(loci, "LP")) == 1


@pytest.mark.parametrize(("name", "phi"), [("fhn", 0.08), ("fast fhn", 0.5)])
def test_fitzhugh_nagumo_points_are_explicit(name, phi):
    """CP at v = 0, b = 1; BT at b = 1/sqrt(phi); l1 ~ 2 phi b v^2 - w^2 vanishes at phi b^2 - 2 b + 1 = 0."""
    loci = loci_of(name)

    def over(b, squares):
        pairs = [((v + 0.7) / b - v + v**3 / 3.0, b) for v in (-np.sqrt(squares), np.sqrt(squares))]
        return [pytest.approx(pair, rel=1e-7) for pair in sorted(pairs) if pair[0] < CASES[name][3][0][1] and b < 2.0]

    assert places(loci, "CP") == [pytest.approx((0.7, 1.0), rel=1e-8)]
    bautin, takens = (1.0 - np.sqrt(1.0 - phi)) / phi, 1.0 / np.sqrt(phi)
    assert places(loci, "GH") == over(bautin, 1.0 - phi * bautin)
    assert places(loci, "BT") == over(takens, 1.0 - phi * takens)
    for locus in curves(loci, "H"):
        away = np.abs(locus.second - bautin) > 1e-6
        sign = np.sign(2.0 * phi * locus.second * locus.states[0] ** 2 - phi + (phi * locus.second) ** 2)
        known = away & np.isfinite(locus.lyapunov)
        assert np.mean(known) > 0.9
        np.testing.assert_array_equal(np.sign(locus.lyapunov[known]), sign[known])


def test_lorenz_hopf_curves_and_what_has_no_curve():
    """r = s (s + beta + 3)/(s - beta - 1) on both rests; the branch point r = 1 is the same for all s."""
    sigma = make_system(lambda t, y, p: (p.s * (y[1] - y[0]), y[0] * (p.r - y[2]) - y[1],
                                         y[0] * y[1] - 8.0 / 3.0 * y[2]), LORENZ.spans, LORENZ.box)
    loci = two_parameter_diagram(sigma, record(r=0.0, s=10.0), ("r", "s"), ((0.5, 40.0), (5.0, 30.0)))
    assert [locus.code for locus in loci.loci] == ["H", "H"]
    for locus in loci.loci:
        s = locus.second
        np.testing.assert_allclose(locus.first, s * (s + 8.0 / 3.0 + 3.0) / (s - 8.0 / 3.0 - 1.0), rtol=1e-7)
        assert np.all(locus.lyapunov > 0.0)
    assert loci.points == ()
    assert (loci.status, loci.message) == (Status.OK, DEGENERATE)


def test_a_curve_ends_at_a_kink_and_says_so():
    """Tr J = 0 at tau_i = 57.1951 while both populations are active, down to the input at which e falls silent."""
    loci = loci_of("kinked")
    (hopf,) = loci.loci
    np.testing.assert_allclose(hopf.first, 57.19512, atol=1e-4)
    # e is silent below the X_e at which X_e - theta = 2000 i, with i = g (X_i - theta)/(1 - g w_ii).
    threshold = 9.639161 + 2000.0 * 0.003575 * (17.0 - 9.639161) / (1.0 + 0.003575 * 3000.0)
    assert hopf.second.max() == pytest.approx(60.0)
    assert 0.0 < hopf.second.min() - threshold < 0.01 * 60.0
    assert set(hopf.ends) == {Status.KINK, Status.PARAMETER_BOUND}
    assert np.all(hopf.lyapunov[:-1] == 0.0)  # linear up to the kink
    assert (loci.status, loci.message) == (Status.OK, BENT)


def test_border_collisions_are_no_folds():
    loci = two_parameter_diagram(KINKED_FOLD, record(w=1.5, X=0.0), ("X", "w"), ((-1.0, 1.0), (1.2, 2.0)))
    assert loci.loci == ()
    assert loci.message == BENT


def test_fixed_points_that_nothing_moves_have_no_curve():
    """A centre has trace zero over all of the plane of its other two entries."""
    centre = make_system(lambda t, y, p: (p.b * y[1], p.c * y[0]), [(-1.0, 1.0), (-1.0, 1.0)])
    loci = two_parameter_diagram(centre, record(b=1.0, c=-1.0), ("b", "c"), ((0.5, 2.0), (-2.0, -0.5)))
    assert loci.loci == ()


@pytest.mark.parametrize(("fields", "ranges", "words"), [
    (("X_e", "X_e"), ANYHOW, "two different parameters"),
    (("X_e", "tau_i"), ((3.0, 3.0), (1.0, 2.0)), "range of X_e must grow, not go from 3 to 3"),
    (("X_e", "tau_i"), ((3.0, 4.0), (2.0, 1.0)), "range of tau_i must grow"),
])
def test_impossible_questions_are_refused(fields, ranges, words):
    with pytest.raises(ValueError, match=words):
        two_parameter_diagram(KINKED_EI, record(tau_i=15.0, X_e=25.0), fields, ranges)


def test_results_are_read_only_and_sorted():
    loci = loci_of("fhn")
    assert isinstance(loci, Loci)
    assert set(loci.to_dict()) == {"fields", "loci", "status", "message"}
    assert not any(a.flags.writeable for locus in loci.loci for a in (locus.first, locus.states, locus.lyapunov))
    assert [q.code for q in loci.points] == ["CP", "GH", "GH"]
