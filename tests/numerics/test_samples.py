"""Samples made ready: who is tested follows from the seed, each class has its share, and units are as stated."""

from __future__ import annotations

import numpy as np
import pytest

from ncm_app.numerics.learning.samples import BYTES, EACH, SPAN, SPREAD, STORED, parted, scale_of
from ncm_app.readers.samples import labelled

GENERATOR = np.random.default_rng(3)
X, LABELS = GENERATOR.normal(3.0, 2.0, (200, 4)), np.repeat([0, 1, 2], [120, 60, 20])


def data(test=None):
    return labelled("", X.copy(), LABELS.copy(), ("a", "b", "c"), test)


def test_each_class_keeps_its_share_and_no_sample_is_in_both_parts():
    found = parted(data(), 100, 1)
    assert np.bincount(found.labels).tolist() == [60, 30, 10]
    assert (len(found.X), len(found.X_test)) == (100, 100)
    both = np.vstack([found.X, found.X_test])
    assert len(np.unique(both, axis=0)) == 200
    for rows, labels in ((found.X, found.labels), (found.X_test, found.labels_test)):
        places = [int(np.flatnonzero((row == X).all(axis=1))[0]) for row in rows]
        assert places == sorted(places) and LABELS[places].tolist() == labels.tolist()


def test_the_seed_says_which_and_a_quarter_is_always_tested():
    first, again, other = (parted(data(), 100, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.X, again.X)
    assert not np.array_equal(first.X, other.X)
    assert (len(parted(data(), 5000, 1).X), len(parted(data(), 5000, 1).X_test)) == (150, 50)
    few = parted(data(), 4, 1)
    assert len(few.X) == 4 and set(few.labels) == {0, 1, 2}


def test_a_test_of_the_file_s_own_is_kept():
    whole = data((X[:7] + 1.0, LABELS[:7]))
    assert parted(whole, 200, 1) is whole
    fewer = parted(whole, 50, 1)
    assert len(fewer.X) == 50 and fewer.X_test is whole.X_test


@pytest.mark.parametrize(("units", "expected"), [
    (SPAN, lambda found: (found.min(), found.max()) == pytest.approx((0.0, 1.0))),
    (BYTES, lambda found: (found.min(), found.max()) == pytest.approx((0.0, 255.0))),
    (SPREAD, lambda found: (found.mean(), found.std()) == pytest.approx((0.0, 1.0), abs=1e-12)),
    (EACH, lambda found: np.allclose(found.mean(axis=0), 0.0) and np.allclose(found.std(axis=0), 1.0)),
    (STORED, lambda found: np.array_equal(found, X)),
], ids=["span", "bytes", "spread", "each", "stored"])
def test_units(units, expected):
    assert expected(scale_of(X, units)(X))


def test_an_input_that_never_changes_becomes_zero():
    constant = X.copy()
    constant[:, 2] = 0.1
    found = scale_of(constant, EACH)(constant)
    assert np.isfinite(found).all() and np.abs(found[:, 2]).max() < 1e-12
