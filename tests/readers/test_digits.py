"""The digits that scikit-learn is installed with: which they are, and that the library itself is never loaded."""

from __future__ import annotations

import gzip
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from ncm_app.readers import digits as digits_module
from ncm_app.readers.digits import PLACE, digits


def test_there_are_1797_images_of_ten_digits():
    images, labels = digits()
    assert images.shape == (1797, 8, 8) and images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 16)
    # counts of each digit as the documentation of the set states them
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert labels[:10].tolist() == list(range(10))


def test_images_stand_upright():
    images, labels = digits()
    mean = np.array([images[labels == digit].mean(axis=0) for digit in range(10)])
    assert mean[0][3:5, 3:5].mean() < 2.0 < mean[0][3:5, 1:3].mean()  # a 0 is a ring
    ink = mean[7].sum(axis=1)
    columns = (mean[7] * np.arange(8)).sum(axis=1) / np.maximum(ink, 1e-9)
    assert columns[1] > columns[6] + 0.5  # the foot of a 7 lies left of its bar's end


def test_what_is_returned_is_shared_and_cannot_be_changed():
    assert digits() is digits()
    for array in digits():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_scikit_learn_is_not_imported():
    code = ("import sys; from ncm_app.readers.digits import digits; digits(); "
            "print(sorted({'sklearn', 'joblib'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.parametrize(("found", "words"), [(None, "install scikit-learn"), ("empty", "was not found"),
                                              ("another", "1797 digits of 8 x 8")])
def test_a_missing_or_another_file_is_named(found, words, monkeypatch, tmp_path):
    if found == "another":
        (tmp_path / PLACE).parent.mkdir(parents=True)
        (tmp_path / PLACE).write_bytes(gzip.compress(b"0,1,2\n3,4,5\n"))
    spec = None if found is None else SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(digits_module.importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(RuntimeError, match=words):
        digits.__wrapped__()
